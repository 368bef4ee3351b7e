"""Two versions of a dataset side by side in one DuckDB connection: a schema each, a view a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from pipeline.checks.unread import UNKNOWN_LABEL, UNREAD_TEXT
from pipeline.dataset.panel import FILLED
from pipeline.dataset.parts import part_path, years_of
from pipeline.dataset.query import create_view, literal
from pipeline.dataset.schema import Table, load_schema
from pipeline.extraction import Row
from pipeline.report.labels import UnreadText
from pipeline.report.model import Document, FormRows, Totals

COMPARED = ("forms", "funds", "indicators", "findings")
"""Tables whose rows tell whether a document is read differently; where values stand may move without changing them."""


class Version:
    """The tables of one version, of which `columns` are visible, as views of the schema `name`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, name: str, folder: Path) -> None:
        self.folder, self.name, self._connection = folder, name, connection
        self.columns: dict[str, tuple[str, ...]] = {}
        connection.execute(f"CREATE SCHEMA {name}")
        for table in load_schema().tables.values():
            parts = [part_path(folder, table.name, year) for year in years_of(folder, table.name)]
            if parts:  # a table that is younger than the version has none
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

    def documents(self) -> dict[str, Document]:
        """All documents by their id, superseded ones too."""
        rows = self._rows(
            "SELECT document_id, source_path, publisher, fiscal_year, status, form_count AS forms, "
            "error_code, error_message, superseded_by FROM {0}.documents"
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

    def unread(self, year: int | None = None) -> list[UnreadText]:
        """The findings about labels and texts that nothing knows, of one fiscal year or of all."""
        rows = self._rows(
            "SELECT form_id, rule, message, source_path, coalesce(layout, '') AS layout, page, x0, y0, x1, y1 "
            "FROM {0}.findings JOIN {0}.forms USING (form_id) "
            "JOIN {0}.documents ON documents.document_id = forms.document_id "
            f"WHERE list_contains({literal([UNKNOWN_LABEL, UNREAD_TEXT])}, rule) AND x0 IS NOT NULL "
            "AND (? IS NULL OR forms.fiscal_year = ?) ORDER BY source_path, form_id, page, y0, x0, finding_no",
            year,
            year,
        )
        return [UnreadText(**row) for row in rows]  # type: ignore[arg-type]

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


def read_differently(connection: duckdb.DuckDBPyConnection, old: Version, new: Version) -> set[str]:
    """The first 12 digits of every document of which a row has come, gone or changed."""
    found: set[str] = set()
    for name in COMPARED:
        own = [column for column in new.columns[name] if column not in FILLED]  # projects change with other documents
        shared = [column for column in own if column in old.columns.get(name, ())]
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
    for year in years_of(one.folder, table):
        part, twin = part_path(one.folder, table, year), part_path(other.folder, table, year)
        if not (twin.exists() and part.samefile(twin)):
            changed.append(part)
    return changed


def _columns(table: Table, part: Path) -> tuple[str, ...]:
    """Today's columns that a version has; all of its files have the same."""
    stored = set(pq.read_schema(part).names)
    return tuple(column.name for column in table.columns if column.partition or column.name in stored)
