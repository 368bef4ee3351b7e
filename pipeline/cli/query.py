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
    from duckdb import DuckDBPyRelation

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
            relation = connection.sql(sql)
            if relation is None:
                raise UsageError("usage.sql", "the SQL gives no rows: ask with SELECT")
            _write(relation, format)
        except duckdb.Error as error:
            raise UsageError("usage.sql", " ".join(str(error).split())) from error


def _write(relation: DuckDBPyRelation, format: Format) -> None:
    if format is Format.parquet:
        import pyarrow.parquet as pq

        pq.write_table(relation.to_arrow_table(), sys.stdout.buffer)
    elif format is Format.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(relation.columns)
        writer.writerows(_rows(relation))
    elif format is Format.json:
        for row in _rows(relation):  # numbers that JSON would round are written as text
            print(json.dumps(dict(zip(relation.columns, row, strict=True)), ensure_ascii=False, default=str))
    else:
        _print_table(relation)


def _rows(relation: DuckDBPyRelation) -> Iterator[tuple[object, ...]]:
    while rows := relation.fetchmany(10_000):
        yield from rows


def _print_table(relation: DuckDBPyRelation) -> None:
    """A ruled table on a terminal, plain columns as wide as their values elsewhere."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(soft_wrap=not sys.stdout.isatty())
    table = Table(*relation.columns, box=box.ROUNDED if console.is_terminal else None, pad_edge=False)
    rows = relation.fetchmany(_SHOWN + 1)
    for row in rows[:_SHOWN]:
        table.add_row(*(Text("" if value is None else str(value)) for value in row))
    console.print(table, width=None if console.is_terminal else 10_000)
    if len(rows) > _SHOWN:
        print(f"only the first {_SHOWN} rows are shown; for all of them: --format csv", file=sys.stderr)
