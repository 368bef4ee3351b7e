"""Two versions of a dataset side by side in one DuckDB connection: a schema each, a view a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from itertools import groupby
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.checks.unread import UNKNOWN_LABEL, UNREAD_TEXT
from pipeline.dataset import versions
from pipeline.dataset.ledger import ledger_of
from pipeline.dataset.panel import FILLED
from pipeline.dataset.parts import open_part
from pipeline.dataset.places import same_file
from pipeline.dataset.query import create_view, literal
from pipeline.dataset.schema import Table, load_schema
from pipeline.dataset.staging import COMPARED
from pipeline.extraction import Row
from pipeline.report.labels import UnreadText
from pipeline.report.model import Document, FormRows, Totals


class Version:
    """The tables of one version, of which `columns` are visible, as views of the schema `name`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, name: str, stored: versions.Version) -> None:
        self.stored, self.name, self._connection = stored, name, connection
        self.columns: dict[str, tuple[str, ...]] = {}
        connection.execute(f"CREATE SCHEMA {name}")
        for table in load_schema().tables.values():
            if parts := stored.parts(table.name):  # a table that is younger than the version has none
                self.columns[table.name] = _columns(table, parts[0])
                create_view(connection, f'{name}."{table.name}"', self.columns[table.name], parts)

    def totals(self) -> Totals:
        """How many documents, forms and indicators there are."""
        counted = self._rows(
            "SELECT (SELECT count(*) FROM {0}.documents WHERE superseded_by IS NULL) AS documents, "
            "(SELECT count(*) FROM {0}.forms) AS forms, "
            "(SELECT count(*) FROM {0}.indicators) AS indicators"
        )
        return next(Totals(**row) for row in counted)  # type: ignore[arg-type]

    def documents(self, wanted: Set[str] | None = None) -> dict[str, Document]:
        """Documents by their id, superseded ones too: all of them, or those `wanted`."""
        rows = self._rows(
            "SELECT document_id, source_path, publisher, fiscal_year, status, form_count AS forms, "
            "error_code, error_message, superseded_by FROM {0}.documents "
            f"WHERE {self._among('document_id', wanted)}"
        )
        return {str(row["document_id"]): Document(**row) for row in rows}  # type: ignore[arg-type]

    def forms(self, document_id: str) -> list[FormRows]:
        """The forms of a document in reading order, with their amounts and indicators."""
        parts = {
            table: {
                form_id: tuple(rows)
                for form_id, rows in groupby(self._of(document_id, table, number), key=lambda row: row["form_id"])
            }
            for table, number in (("funds", "line_no"), ("indicators", "indicator_no"))
        }
        return [
            FormRows(form, parts["funds"].get(form["form_id"], ()), parts["indicators"].get(form["form_id"], ()))
            for form in self._of(document_id, "forms", "form_no")
        ]

    def unread(self, year: int | None = None, documents: Set[str] | None = None) -> list[UnreadText]:
        """The findings about labels and texts that nothing knows, of one fiscal year or of all, of some documents or
        of all."""
        rows = self._rows(
            "SELECT form_id, rule, message, source_path, coalesce(layout, '') AS layout, page, x0, y0, x1, y1 "
            "FROM {0}.findings JOIN {0}.forms USING (form_id) "
            "JOIN {0}.documents ON documents.document_id = forms.document_id "
            f"WHERE list_contains({literal([UNKNOWN_LABEL, UNREAD_TEXT])}, rule) AND x0 IS NOT NULL "
            f"AND {self._among('findings.document_id', documents)} "
            "AND (? IS NULL OR forms.fiscal_year = ?) ORDER BY source_path, form_id, page, y0, x0, finding_no",
            year,
            year,
        )
        return [UnreadText(**row) for row in rows]  # type: ignore[arg-type]

    def _among(self, column: str, wanted: Set[str] | None) -> str:
        """SQL that is true where a column is one of some values, which may be many."""
        if wanted is None:
            return "true"
        self._connection.register("wanted", pa.table({"value": pa.array(sorted(wanted), pa.string())}))
        return f"{column} IN (SELECT value FROM wanted)"

    def _of(self, document_id: str, table: str, order: str) -> Iterator[Row]:
        """A document's rows; form ids begin with the first 12 digits of its own, by which the files are sorted."""
        first = document_id[:12]
        return self._rows(
            f"SELECT * FROM {{0}}.{table} WHERE form_id BETWEEN ? AND ? ORDER BY form_id, {order}",
            f"{first}-",
            f"{first}-~",
        )

    def _rows(self, sql: str, *values: object) -> Iterator[Row]:
        result = self._connection.execute(sql.format(self.name), values)
        names = [column[0] for column in result.description or ()]
        return (dict(zip(names, row, strict=True)) for row in result.fetchall())


def documents_that_differ(connection: duckdb.DuckDBPyConnection, old: Version, new: Version) -> set[str]:
    """The documents whose own row is not the same in both versions, and those that have replaced one of them."""
    columns = [c for c in new.columns["documents"] if c in old.columns["documents"]]
    selected = ", ".join(f'"{column}"' for column in columns)
    found: set[str] = set()
    for one, other in ((old, new), (new, old)):
        if parts := _changed_parts(one, other, "documents"):
            create_view(connection, "these", columns, parts)
            rows = connection.execute(
                f"SELECT document_id, superseded_by FROM (SELECT {selected} FROM these "
                f"EXCEPT ALL SELECT {selected} FROM {other.name}.documents)"
            ).fetchall()
            found |= {str(document) for row in rows for document in row if document}
            connection.execute("DROP VIEW these")
    return found


def read_differently(connection: duckdb.DuckDBPyConnection, old: Version, new: Version) -> set[str]:
    """The documents in both versions of which a row has come, gone or changed."""
    contents = [
        {entry.summary.document_id: entry.summary.content for entry in ledger_of(version.stored).values()}
        for version in (old, new)
    ]
    doubtful = {
        document
        for document in contents[0].keys() & contents[1].keys()
        if contents[0][document] is None or contents[0][document] != contents[1][document]
    }
    if not doubtful:
        return set()
    first = _rows_that_differ(connection, old, new)  # a column that is new makes another digest and no difference
    return {document for document in doubtful if document[:12] in first}


def _rows_that_differ(connection: duckdb.DuckDBPyConnection, old: Version, new: Version) -> set[str]:
    """The first 12 digits of every document of which a row has come, gone or changed."""
    found: set[str] = set()
    for name in COMPARED:
        # what follows from joining projects changes with other documents
        shared = [c for c in new.columns[name] if c in old.columns.get(name, ()) and c not in FILLED]
        parts = [_changed_parts(one, other, name) for one, other in ((old, new), (new, old))]
        for some, others in (parts, parts[::-1]):
            if some and shared:
                found |= _only_in(connection, load_schema().tables[name], shared, some, others)
    return found


def _only_in(
    connection: duckdb.DuckDBPyConnection, table: Table, columns: Sequence[str], some: list[Path], others: list[Path]
) -> set[str]:
    create_view(connection, "these", columns, some)
    selected = ", ".join(f'"{column}"' for column in columns)
    query = f"SELECT {selected} FROM these"
    if others:
        create_view(connection, "those", columns, others)
        query += f" EXCEPT ALL SELECT {selected} FROM those"
    rows = connection.execute(f'SELECT DISTINCT left("{table.owner}", 12) FROM ({query})').fetchall()
    connection.execute("DROP VIEW these; DROP VIEW IF EXISTS those")
    return {str(row[0]) for row in rows}


def _changed_parts(one: Version, other: Version, table: str) -> list[Path]:
    """The partition files of a version that the other one does not share: landing links those that it leaves alone."""
    changed = []
    for year, part in zip(one.stored.years(table), one.stored.parts(table), strict=True):
        twin = other.stored.part(table, year)
        if twin is None or not same_file(part, twin):
            changed.append(part)
    return changed


def _columns(table: Table, part: Path) -> tuple[str, ...]:
    """Today's columns that a version has; all of its files have the same."""
    with open_part(part) as file:
        stored = set(file.schema_arrow.names)
    return tuple(column.name for column in table.columns if column.partition or column.name in stored)
