"""Computes the widths of columns of a sheet: as wide as most values, within limits."""

from __future__ import annotations

import duckdb

from pipeline.dataset.contract.schema import Column, Table

NARROWEST, WIDEST = 9, 60  # characters; a Chinese one counts two
IDENTIFIER = 18  # nobody reads digests
_SHARE = 0.9  # of the values that a column shows whole


def widths_of(connection: duckdb.DuckDBPyConnection, table: Table) -> list[int]:
    """The width of each column of a table, in characters."""
    # a Chinese character has three bytes in UTF-8 and takes the room of two: (3 + 1) / 2
    wide = "(strlen({0}) + length({0})) / 2"
    selected = ", ".join(f"quantile_disc({wide.format(_as_shown(column))}, {_SHARE})" for column in table.columns)
    [row] = connection.execute(f'SELECT {selected} FROM "{table.name}"').fetchall()
    return [_within(column, width) for column, width in zip(table.columns, row, strict=True)]


def _as_shown(column: Column) -> str:
    name = f'"{column.name}"'
    return f"format('{{:,.2f}}', CAST({name} AS DOUBLE))" if column.unit == "yuan" else f"CAST({name} AS VARCHAR)"


def _within(column: Column, values: float | None) -> int:
    headings = max(2 * len(column.label_zh), len(column.name) + 3)  # room for the button of the filter
    widest = IDENTIFIER if column.name.endswith(("_id", "_by")) else WIDEST
    return round(min(max(values or 0, headings, NARROWEST) + 1, widest))
