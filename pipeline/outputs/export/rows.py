"""Selects the rows of a table for export, in the order of the dataset, with document and page of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from pipeline.dataset.contract.schema import Column, Table, load_schema
from pipeline.dataset.views import fetched
from pipeline.errors import UsageError
from pipeline.messages import t

LARGE = ("evidence", "regions", "links")
"""Tables with several rows per value or page, or about the other tables: exported only when named."""

HELD = ("forms", "budget_tables")
"""Tables with rows of a year that is not that of their document."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The exported tables, in the order of the schema, and the fiscal year; None exports all years."""

    tables: tuple[str, ...]
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """The document and the page (from 1) of a row."""

    source_path: str
    source_url: str | None
    page: int


@dataclass(frozen=True, slots=True)
class Located:
    """A row with its place; `project` is set for tables without a column for it."""

    values: tuple[object, ...]
    place: Place | None
    project: str | None


def select(tables: Sequence[str], year: int | None = None) -> Selection:
    """The named tables; by default all but the large ones. Raises `UsageError` for an unknown name."""
    known = tuple(load_schema().tables)
    if unknown := sorted(set(tables) - set(known)):
        raise UsageError(
            "usage.table", t("no table {unknown!r}: there are {known}", unknown=unknown[0], known=", ".join(known))
        )
    return Selection(tuple(name for name in known if (name in tables if tables else name not in LARGE)), year)


def rows_of(connection: duckdb.DuckDBPyConnection, table: Table, year: int | None) -> Iterator[tuple[object, ...]]:
    """The rows of a table as they are, in the order of the dataset."""
    sql = f"SELECT {_columns(table.columns)} FROM {_table(table)} t {of_year(table.name, year)} {_order(table)}"
    yield from _fetch(connection, sql)


def located_rows(
    connection: duckdb.DuckDBPyConnection, table: Table, columns: Sequence[Column], year: int | None
) -> Iterator[Located]:
    """The rows of a table, some of its columns, with their places, document by document in the order of their paths."""
    page, joins = _joins(table)
    project = "f.project_name" if has_project(table) else "NULL"
    sql = (
        f"SELECT {_columns(columns)}, d.source_path, d.source_url, {page}, {project} "
        f"FROM {_table(table)} t {joins} {of_year(table.name, year)} {_order(table, 'd.source_path')}"
    )
    for row in _fetch(connection, sql):
        *values, path, url, number, name = row
        place = Place(str(path), _text(url), int(str(number))) if path is not None else None
        yield Located(tuple(values), place, _text(name))


def has_project(table: Table) -> bool:
    """Whether rows of the table belong to a form and have no column for its project."""
    names = {column.name for column in table.columns}
    return "form_id" in names and "project_name" not in names


def count_rows(connection: duckdb.DuckDBPyConnection, table: Table, year: int | None) -> int:
    """How many rows a table has."""
    [(count,)] = connection.execute(f"SELECT count(*) FROM {_table(table)} t {of_year(table.name, year)}").fetchall()
    return int(count)


def _joins(table: Table) -> tuple[str, str]:
    """SQL for the page of a row, and the joins that lead to its form `f` and document `d`."""
    names = {column.name for column in table.columns}
    form = "t.form_ids[1]" if "form_ids" in names else "t.form_id" if "form_id" in names else None
    forms = f"LEFT JOIN forms f ON f.form_id = {form}" if form and table.name != "forms" else ""
    document = "t.document_id" if "document_id" in names else "f.document_id"
    first = [f"t.{name}" for name in ("page", "page_first") if name in names]
    page = f"coalesce({', '.join([*first, 'f.page_first' if forms else '1', '1'])})"
    return page, f"{forms} LEFT JOIN documents d ON d.document_id = {document}"


def of_year(table: str, year: int | None) -> str:
    """SQL condition on rows `t` of a fiscal year; of documents also those with a form or budget table of this year."""
    if year is None:
        return ""
    held = "".join(f" OR t.document_id IN (SELECT document_id FROM {name} WHERE fiscal_year = {year})" for name in HELD)
    return f"WHERE t.fiscal_year = {year}" + (held if table == "documents" else "")


def _order(table: Table, *first: str) -> str:
    return f"ORDER BY {', '.join([*first, *(f't.{_quoted(name)}' for name in table.sort_key)])}"


def _fetch(connection: duckdb.DuckDBPyConnection, sql: str) -> Iterator[tuple[object, ...]]:
    cursor = connection.cursor()  # a separate one: the reader of the rows may run other queries meanwhile
    yield from fetched(cursor.execute(sql))


def _columns(columns: Sequence[Column]) -> str:
    return ", ".join(map(_selected, columns))


def _selected(column: Column) -> str:
    name = f"t.{_quoted(column.name)}"
    # the shortest decimal number that means the same: 72.1, not the 72.0999984741211 of a wider float
    return f"CAST(CAST({name} AS VARCHAR) AS DOUBLE)" if column.type == "float32" else name


def _table(table: Table) -> str:
    return _quoted(table.name)


def _quoted(name: str) -> str:
    return f'"{name}"'


def _text(value: object) -> str | None:
    return None if value is None else str(value)
