"""Exports csv files that Excel opens correctly: UTF-8 with a byte order mark, no text that becomes a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

from pipeline.dataset.contract.schema import Table, load_schema
from pipeline.outputs.export.cells import text_of
from pipeline.outputs.export.described import CODES_HEAD, COLUMNS_HEAD, described_codes, described_columns
from pipeline.outputs.export.rows import Selection, rows_of
from pipeline.outputs.export.texts import quoted

COLUMNS, CODES = "columns.csv", "codes.csv"
"""The files that describe the columns, and the codes with their Chinese names."""


def csv_names() -> list[str]:
    """The names of all files of an export."""
    return [COLUMNS, CODES, *(_name(table) for table in load_schema().tables.values())]


def write_csv_files(connection: duckdb.DuckDBPyConnection, folder: Path, selection: Selection) -> None:
    """Writes a file for each selected table, and those that describe columns and codes."""
    tables = [load_schema().tables[name] for name in selection.tables]
    for table in tables:
        head = [column.name for column in table.columns]
        _write(folder / _name(table), head, rows_of(connection, table, selection.year))
    _write(folder / COLUMNS, [*COLUMNS_HEAD], described_columns(tables))
    _write(folder / CODES, [*CODES_HEAD], described_codes(tables))


def _name(table: Table) -> str:
    return f"{table.name}.csv"


def _write(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as sink:
        writer = csv.writer(sink)
        writer.writerow(head)
        for row in rows:
            writer.writerow([_cell(value) for value in row])


def _cell(value: object) -> object:
    """Texts that Excel would take for a formula are quoted; numbers never are."""
    return quoted(text_of(value)) if isinstance(value, (str, list)) else value
