"""`budget-forms query`."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.options import Out, make_settings
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

_SHOWN = 1000  # rows of a table that people still read


class Format(StrEnum):
    """How the result is written."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


def query(
    sql: Annotated[str, typer.Argument(help="A query of DuckDB; each table of the dataset is a view.")],
    out: Out = None,
    format: Annotated[Format, typer.Option(help="json is one object a line.")] = Format.table,
) -> None:
    """Asks the dataset in SQL and writes the result to standard output."""
    import duckdb

    from pipeline.dataset.query import connect

    if format is Format.parquet and sys.stdout.isatty():
        raise UsageError("usage.terminal", "parquet is not for terminals: send it to a file, … --format parquet > FILE")
    with connect(make_settings(out=out).out) as connection:
        try:
            if format is Format.parquet:
                _write_parquet(connection.sql(sql))
            else:
                _write_rows(connection.execute(sql), format)
        except duckdb.Error as error:
            raise UsageError("usage.sql", str(error)) from error


def _write_parquet(relation: DuckDBPyRelation | None) -> None:
    import pyarrow.parquet as pq

    if relation is None:
        raise _no_rows()
    pq.write_table(relation.to_arrow_table(), sys.stdout.buffer)


def _no_rows() -> UsageError:
    return UsageError("usage.sql", "the SQL gives no rows: ask with SELECT")


def _write_rows(result: DuckDBPyConnection | None, format: Format) -> None:
    if result is None or not result.description:
        raise _no_rows()
    columns = [column[0] for column in result.description]
    if format is Format.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(_rows(result))
    elif format is Format.json:
        for row in _rows(result):  # dates, and decimals that JSON would round, are written as text
            print(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False, default=str))
    else:
        _print_table(columns, result.fetchmany(_SHOWN + 1))


def _rows(result: DuckDBPyConnection) -> Iterator[tuple[object, ...]]:
    while rows := result.fetchmany(10_000):
        yield from rows


def _print_table(columns: list[str], rows: list[tuple[object, ...]]) -> None:
    """A ruled table on a terminal, plain columns as wide as their values elsewhere."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    terminal = console.is_terminal
    table = Table(*columns, box=box.ROUNDED if terminal else None, pad_edge=False)
    for row in rows[:_SHOWN]:
        table.add_row(*(Text("" if value is None else str(value)) for value in row))
    if not terminal:
        console.width = max(console.measure(table, options=console.options.update(max_width=100_000)).maximum, 1)
    console.print(table)
    if len(rows) > _SHOWN:
        print(f"only the first {_SHOWN} rows are shown; for all of them: --format csv", file=sys.stderr)
