"""Opens two versions of a dataset in one DuckDB connection: one schema per version, one view per table."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence, Set
from itertools import groupby
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.dataset.contract.schema import PARTITION, Table, load_schema
from pipeline.dataset.landing.ledger import ledger_of
from pipeline.dataset.landing.projects import FILLED
from pipeline.dataset.landing.staging import COMPARED
from pipeline.dataset.store import model as store
from pipeline.dataset.store.parts import open_part
from pipeline.dataset.store.paths import same_bytes
from pipeline.dataset.views import create_view, literal, named_rows
from pipeline.document.checks.forms import UNREAD_TEXT
from pipeline.document.result import Row
from pipeline.outputs.changes.labels import UNKNOWN, UnreadText
from pipeline.outputs.changes.model import Document, Totals
from pipeline.outputs.changes.pairing import DocumentPair

PAIRS = "document_pairs"
BOX = ("x0", "y0", "x1", "y1")
_NUMBER = "number of the pair"


class Version:
    """The tables of one version as views of the schema `name`; `columns` are their columns by table."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, name: str, stored: store.Version) -> None:
        self.stored, self.name, self._connection = stored, name, connection
        self.columns: dict[str, tuple[str, ...]] = {}
        connection.execute(f"CREATE SCHEMA {name}")
        for table in load_schema().tables.values():
            if parts := stored.parts(table.name):  # a table that is younger than the version has none
                self.columns[table.name] = _columns(table, parts[0])
                create_view(connection, f'{name}."{table.name}"', self.columns[table.name], parts)

    def totals(self) -> Totals:
        """The numbers of documents, forms and indicators."""
        counted = self._rows(
            "SELECT (SELECT count(*) FROM {0}.documents WHERE superseded_by IS NULL) AS documents, "
            "(SELECT count(*) FROM {0}.forms) AS forms, "
            "(SELECT count(*) FROM {0}.indicators) AS indicators"
        )
        budget = {table: self.count(table) for table in ("budget_tables", "budget_lines")}
        return next(Totals(**row, **budget) for row in counted)  # type: ignore[arg-type]

    def documents(self, wanted: Set[str] | None = None) -> dict[str, Document]:
        """Documents by their id, superseded ones too: all of them, or those `wanted`."""
        has = "error_message_zh" in self.columns.get("documents", ())
        chinese = ", error_message_zh" if has else ""  # a version of an earlier program has none
        rows = self._rows(
            "SELECT document_id, source_path, publisher, fiscal_year, status, form_count AS forms, "
            f"error_code, error_message, superseded_by{chinese} FROM {{0}}.documents "
            f"WHERE {self._among('document_id', wanted)}"
        )
        return {str(row["document_id"]): Document(**row) for row in rows}  # type: ignore[arg-type]

    def count(self, table: str) -> int:
        """The number of rows of a table; 0 when the version is older than the table."""
        if table not in self.columns:
            return 0
        return next(int(str(row["n"])) for row in self._rows(f'SELECT count(*) AS n FROM {{0}}."{table}"'))

    def years_of_pairs(self) -> set[int | None]:
        """The fiscal years in which the documents that `number_pairs` numbered have rows."""
        years = self._rows(
            f"WITH years AS (SELECT document_id, fiscal_year FROM {{0}}.documents UNION "
            f"SELECT document_id, fiscal_year FROM {{0}}.forms{self._years_of_tables()}) "
            f"SELECT DISTINCT fiscal_year FROM years JOIN {PAIRS} p "
            f'ON left(document_id, 12) = p."{self.name}"'
        )
        return {row["fiscal_year"] for row in years}  # type: ignore[misc]

    def _years_of_tables(self) -> str:
        """SQL for the years of budget tables; empty when the version is older than they are."""
        there = "budget_tables" in self.columns
        return " UNION SELECT document_id, fiscal_year FROM {0}.budget_tables" if there else ""

    def paired(self, name: str, years: Collection[int | None]) -> Iterator[tuple[int, list[Row]]]:
        """The rows of a table in the documents that `number_pairs` numbered, number by number; only files of `years`
        are read."""
        if name not in self.columns:
            return iter(())
        table = load_schema().tables[name]
        order = ", ".join(f't."{column}"' for column in table.sort_key)
        rows = self._rows(
            f'SELECT p.number AS "{_NUMBER}", t.* FROM {{0}}."{name}" t JOIN {PAIRS} p '
            f'ON left(t."{table.owner}", 12) = p."{self.name}" '
            f"WHERE {_of_years(years)} ORDER BY p.number, {order}"
        )
        return ((number, list(group)) for number, group in groupby(rows, lambda row: int(str(row.pop(_NUMBER)))))

    def unread(self, year: int | None = None, documents: Set[str] | None = None) -> list[UnreadText]:
        """The findings about unknown labels, headings and unread texts: of one fiscal year or all, of some documents or
        all.

        None in a dataset that landed before `findings` had the column `text`.
        """
        if "text" not in self.columns["findings"]:
            return []
        owners = ["SELECT form_id AS owner, coalesce(layout, '') AS layout, fiscal_year AS year FROM {0}.forms"]
        owner = "form_id"
        if "table_id" in self.columns["findings"]:
            owners.append("SELECT table_id, kind, fiscal_year FROM {0}.budget_tables")
            owner = "coalesce(form_id, table_id)"
        rows = self._rows(
            f"SELECT {owner} AS form_id, rule, text, source_path, layout, page, x0, y0, x1, y1 "
            f"FROM {{0}}.findings JOIN ({' UNION ALL '.join(owners)}) ON owner = {owner} "
            "JOIN {0}.documents ON documents.document_id = findings.document_id "
            f"WHERE list_contains({literal([*UNKNOWN, UNREAD_TEXT])}, rule) AND text IS NOT NULL AND x0 IS NOT NULL "
            f"AND {self._among('findings.document_id', documents)} "
            "AND (? IS NULL OR year = ?) ORDER BY source_path, 1, page, y0, x0, finding_no",
            year,
            year,
        )
        return [UnreadText(**row) for row in rows]  # type: ignore[arg-type]

    def _among(self, column: str, wanted: Set[str] | None) -> str:
        """SQL condition that a column has one of the wanted values, of which there may be many."""
        if wanted is None:
            return "true"
        self._connection.register("listed", pa.table({"value": pa.array(sorted(wanted), pa.string())}))
        self._connection.execute("CREATE OR REPLACE TABLE wanted AS SELECT value FROM listed")  # which cursors see
        return f"{column} IN (SELECT value FROM wanted)"

    def _rows(self, sql: str, *values: object) -> Iterator[Row]:
        return named_rows(self._connection.cursor().execute(sql.format(self.name), values))


def number_pairs(connection: duckdb.DuckDBPyConnection, pairs: Sequence[DocumentPair]) -> None:
    """Numbers pairs of documents from 0, for `Version.paired`; the schemas of the versions are named old and new."""
    columns = {
        "number": pa.array(range(len(pairs)), pa.int64()),
        "old": pa.array([pair.old and pair.old.document_id[:12] for pair in pairs], pa.string()),
        "new": pa.array([pair.new and pair.new.document_id[:12] for pair in pairs], pa.string()),
    }
    connection.register("numbered", pa.table(columns))
    connection.execute(f"CREATE TABLE {PAIRS} AS SELECT * FROM numbered")  # cursors see no registered objects


def read_differently(
    connection: duckdb.DuckDBPyConnection,
    old: Version,
    new: Version,
    tables: Sequence[str] = COMPARED,
    apart_from: Sequence[str] = (*FILLED, *BOX),
) -> set[str]:
    """The first 12 digits of every document with a row that was added, is gone or has changed.

    By default columns that follow from joining projects are left out: they also change with other documents. A table
    that one version does not have tells nothing about its documents.
    """
    found: set[str] = set()
    for name in tables:
        if name not in old.columns or name not in new.columns:
            continue
        owner = f'DISTINCT left("{load_schema().tables[name].owner}", 12) AS owner'
        for rows in rows_apart(connection, old, new, name, owner, apart_from):
            found |= {str(row["owner"]) for row in rows}
    return found


def documents_that_differ(connection: duckdb.DuckDBPyConnection, old: Version, new: Version) -> set[str]:
    """The documents whose row in `documents` differs between the versions, and those that replaced one of them."""
    apart = rows_apart(connection, old, new, "documents", "document_id, superseded_by")
    return {str(document) for rows in apart for row in rows for document in row.values() if document}


def documents_read_differently(connection: duckdb.DuckDBPyConnection, old: Version, new: Version) -> set[str]:
    """The documents of both versions with a row that differs; those with equal digests in the ledgers are skipped."""
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
    differ = read_differently(connection, old, new)  # a new column makes another digest and no difference
    return {document for document in doubtful if document[:12] in differ}


def rows_apart(
    connection: duckdb.DuckDBPyConnection,
    old: Version,
    new: Version,
    name: str,
    selected: str = "*",
    apart_from: Sequence[str] = (),
) -> tuple[list[Row], list[Row]]:
    """The columns `selected` of the rows that only the old version has, and of those that only the new one has.

    Files that both share, or that hold the same bytes, are not read.
    """
    columns = [column for column in shared_columns(old, new, name) if column not in apart_from]
    parts = [_changed_parts(one, other, name) for one, other in ((old, new), (new, old))]
    only = (_only_in(connection, columns, selected, *sides) for sides in (parts, parts[::-1]))
    return next(only), next(only)


def shared_columns(old: Version, new: Version, name: str) -> list[str]:
    """The columns that a table has in both versions; all columns of a table that only one version has."""
    before, now = old.columns.get(name, ()), new.columns.get(name, ())
    return [column for column in now if column in before] if before and now else list(before or now)


def _only_in(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[str], selected: str, some: list[Path], others: list[Path]
) -> list[Row]:
    if not some:
        return []
    create_view(connection, "these", columns, some)
    query = "SELECT * FROM these"
    if others:
        create_view(connection, "those", columns, others)
        query += " EXCEPT ALL SELECT * FROM those"
    rows = list(named_rows(connection.execute(f"SELECT {selected} FROM ({query})")))
    connection.execute("DROP VIEW these; DROP VIEW IF EXISTS those")
    return rows


def _changed_parts(one: Version, other: Version, table: str) -> list[Path]:
    """The partition files of a version that are not byte for byte in the other one. Landing links unchanged files, and
    the same rows give the same bytes."""
    changed = []
    for year, part in zip(one.stored.years(table), one.stored.parts(table), strict=True):
        twin = other.stored.part(table, year)
        if twin is None or not same_bytes(part, twin):
            changed.append(part)
    return changed


def _of_years(years: Collection[int | None]) -> str:
    known = ", ".join(str(year) for year in sorted(year for year in years if year is not None))
    conditions = [f"t.{PARTITION} IN ({known})"] if known else []
    return " OR ".join([*conditions, *([f"t.{PARTITION} IS NULL"] if None in years else [])]) or "false"


def _columns(table: Table, part: Path) -> tuple[str, ...]:
    """The columns of today's schema that the files of a version have."""
    with open_part(part) as file:
        stored = set(file.schema_arrow.names)
    return tuple(column.name for column in table.columns if column.partition or column.name in stored)
