"""`budget-forms query`."""

from __future__ import annotations

import csv
import json
import sys
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import nullcontext
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TextIO

import typer

from pipeline.cli.options import Limit, make_settings
from pipeline.errors import UsageError
from pipeline.language import shown
from pipeline.messages import known, t

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

READY_LIST = "list"
PATIENCE = 0.1  # seconds until Ctrl-C is looked for
_BOM = "\ufeff"

PLACED = "SET errors_as_json = true"
"""With this setting all errors of DuckDB have a position, not only those with an arrow below the SQL."""


Format = Literal["table", "csv", "json", "parquet"]

_SUFFIXES: dict[str, Format] = {".csv": "csv", ".json": "json", ".jsonl": "json", ".parquet": "parquet"}
FILES = {*_SUFFIXES, ".txt", ".tsv", ".xlsx"}
"""Endings of names that are meant for a file and no dataset."""


def query(
    sql: Annotated[
        str | None, typer.Argument(help=t("A query of DuckDB; each table of the dataset is a view."))
    ] = None,
    dataset: Annotated[
        Path | None, typer.Option(metavar="DIR", help=t("Folder of the dataset to ask.  \\[default: data/processed]"))
    ] = None,
    out: Annotated[Path | None, typer.Option(hidden=True)] = None,
    format: Annotated[
        Format | None,
        typer.Option(help=t("json is one object a line.  \\[default: by the ending of --output, else table]")),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help=t("File to write instead of standard output."))
    ] = None,
    ready: Annotated[
        str | None, typer.Option(metavar="NAME", help=t("A ready question instead of SQL; `list` shows them."))
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help=t("Shows the views and their columns."))] = False,
    limit: Limit = None,
    wide: Annotated[bool, typer.Option("--wide", help=t("Leaves long texts whole in a table."))] = False,
    bom: Annotated[
        bool, typer.Option("--bom", help=t("csv for Excel: a byte order mark, and ' before texts like formulas."))
    ] = False,
    trusted: Annotated[
        bool,
        typer.Option("--trusted", help=t("Lets the SQL read and write other files, use the network and extensions.")),
    ] = False,
) -> None:
    """Asks the dataset in SQL and writes the result to standard output or a file."""
    if [sql is None, ready is None, not list_].count(False) != 1:
        raise UsageError("usage.query", t("give one of SQL, --ready NAME and --list"))
    format = format or (_SUFFIXES.get(output.suffix.lower()) if output else None) or "table"
    _check(format, output, bom)
    if format != "table" and (wide or limit is not None):
        raise UsageError("usage.format", t("--limit and --wide are for tables; other formats are whole"))
    listing = list_ or ready == READY_LIST
    with _connect(_named(dataset, out), listing=listing, restricted=not trusted) as connection:
        if ready == READY_LIST:
            sql = _listed(connection, "ready")
        elif list_:
            sql = _listed(connection, "columns")
        elif ready is not None:
            from pipeline.outputs.query.ready import ready_question

            sql = ready_question(ready).sql
        assert sql is not None
        sql = sql.encode(errors="surrogateescape").decode(errors="replace")  # UTF-8, whatever the locale takes it for
        if format == "parquet":
            _write_parquet(connection, sql, output)
            return
        _ask(connection, sql)
        if format == "table":
            _print(connection, 0 if listing and limit is None else limit, wide)
        else:
            _write(connection, format, output, bom)


def _named(dataset: Path | None, out: Path | None) -> Path | None:
    """The dataset to ask. `--out` names it too, as in other commands; a file there was meant for `--output`."""
    if out is not None and (out.suffix.lower() in FILES or out.is_file()):
        raise UsageError(
            "usage.out", t("--out names the dataset to ask, and {out} is a file: write it with --output", out=out)
        )
    if dataset is not None and out is not None:
        raise UsageError("usage.out", t("--dataset and --out name the same folder: give one of them"))
    return dataset or out


def _check(format: Format, output: Path | None, bom: bool) -> None:
    if format == "table" and output is not None:
        raise UsageError("usage.format", t("a table is for reading: give --format csv, json or parquet with --output"))
    ending = _SUFFIXES.get(output.suffix.lower()) if output else None
    if ending not in (None, format):
        raise UsageError(
            "usage.format",
            t("--format {format} and the name {output} contradict each other", format=format, output=output),
        )
    if format == "parquet" and output is None and sys.stdout.isatty():
        raise UsageError("usage.terminal", t("parquet is not for terminals: name a file with --output"))
    if bom and format != "csv":
        raise UsageError("usage.format", t("--bom is for --format csv"))


def _connect(out: Path | None, *, listing: bool, restricted: bool) -> DuckDBPyConnection:
    """A connection with the dataset's views; lists are the same for every dataset and need none."""
    import duckdb

    from pipeline.dataset.views import connect

    return duckdb.connect() if listing else connect(make_settings(out=out).out, restricted=restricted, settings=PLACED)


def _listed(connection: DuckDBPyConnection, what: str) -> str:
    """SQL for the lists of `--list` and `--ready list`."""
    import pyarrow as pa

    from pipeline.dataset.contract.schema import load_schema
    from pipeline.outputs.query.ready import ready_questions

    if what == "ready":
        rows: list[dict[str, object]] = [
            {"name": ready.name, "question": ready.question, "title": shown(ready.title)}
            for ready in ready_questions().values()
        ]
    else:
        rows = [
            {
                "view": table.name,
                "column": c.name,
                "type": c.type,
                "unit": c.unit,
                "label_zh": c.label_zh,
                "description_zh": c.description_zh,
                "description": c.description,
            }
            for table in load_schema().tables.values()
            for c in table.columns
        ]
    connection.register(what, pa.Table.from_pylist(rows))
    return f"SELECT * FROM {what}"


def _ask(connection: DuckDBPyConnection, sql: str) -> None:
    """Runs SQL; the rows wait in the connection.

    Raises `UsageError` with the place of the error, `DatasetError` when an object store fails.
    """
    import duckdb

    from pipeline.dataset.views import store_error

    try:
        _execute(connection, sql)
    except duckdb.Error as error:
        raise store_error(error) or _sql_error(sql, str(error)) from error
    if not sql.strip() or not connection.description:
        raise _no_rows()


def _execute(connection: DuckDBPyConnection, sql: str) -> None:
    """Runs SQL in a thread: DuckDB works in the thread that asks it, now and then without looking for Ctrl-C."""
    with ThreadPoolExecutor(1) as executor:
        asked = executor.submit(connection.execute, sql)
        try:
            while not asked.done():
                wait([asked], PATIENCE)
        except KeyboardInterrupt:
            connection.interrupt()
            raise
    asked.result()


def _sql_error(sql: str, message: str) -> UsageError:
    """The error for DuckDB's `message` about `sql`; line and column are counted from 1."""
    from pipeline.library_messages import sql_message

    kind, brace, rest = message.partition("{")
    try:
        details: dict[str, Any] = json.loads(brace + rest)
    except ValueError:
        return UsageError("usage.sql", known(message))
    named, said = sql_message(kind, str(details.get("exception_message", "")))
    text = t("{kind}{message}", kind=named, message=said)
    if "position" not in details:
        return UsageError("usage.sql", text)
    before = sql.encode()[: int(details["position"])].decode(errors="ignore")  # positions count bytes
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return UsageError("usage.sql", t("SQL line {line}, column {column}: {text}", line=line, column=column, text=text))


def _print(connection: DuckDBPyConnection, limit: int | None, wide: bool) -> None:
    from pipeline.cli.table import print_table, rows_to_show
    from pipeline.dataset.views import fetched
    from pipeline.outputs.query.display import Column

    columns = [Column(name, str(type_)) for name, type_, *_ in connection.description or ()]
    found = fetched(connection)
    rows = list(islice(found, rows_to_show(limit)))
    print_table(columns, rows, total=len(rows) + sum(1 for _ in found), wide=wide)


def _write_parquet(connection: DuckDBPyConnection, sql: str, output: Path | None) -> None:
    """Writes rows as they come, so that they need not fit into memory."""
    import duckdb
    import pyarrow.parquet as pq

    from pipeline.outputs.export.files import new_file

    try:
        relation = connection.sql(sql)
    except duckdb.Error:
        _ask(connection, sql)  # fails again, with the place of the error
        raise
    if relation is None:
        raise _no_rows()
    with nullcontext(sys.stdout.buffer) if output is None else new_file(output, "--output") as sink:
        batches = relation.to_arrow_reader()
        with pq.ParquetWriter(sink, batches.schema, compression="zstd") as writer:
            for batch in batches:
                writer.write_batch(batch)


def _no_rows() -> UsageError:
    return UsageError("usage.sql", t("the SQL gives no rows: ask with SELECT"))


def _write(connection: DuckDBPyConnection, format: Format, output: Path | None, bom: bool) -> None:
    """Writes the rows to a file or to standard output."""
    from pipeline.outputs.export.files import new_file

    if output is None:
        _write_text(connection, format, sys.stdout, bom)
        return
    with new_file(output, "--output") as path, path.open("w", encoding="utf-8", newline="") as sink:
        _write_text(connection, format, sink, bom)


def _write_text(connection: DuckDBPyConnection, format: Format, sink: TextIO, bom: bool) -> None:
    if format == "csv":
        _write_csv(connection, sink, bom)
    else:
        _write_json(connection, sink)


def _write_csv(connection: DuckDBPyConnection, sink: TextIO, bom: bool) -> None:
    from pipeline.dataset.views import fetched
    from pipeline.outputs.export.texts import quoted

    if bom:
        sink.write(_BOM)
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(column[0] for column in connection.description or ())
    for row in fetched(connection):
        writer.writerow([quoted(value) if isinstance(value, str) else value for value in row] if bom else row)


def _write_json(connection: DuckDBPyConnection, sink: TextIO) -> None:
    from pipeline.dataset.views import named_rows

    for row in named_rows(connection):  # dates, and decimals that JSON would round, are written as text
        print(json.dumps(row, ensure_ascii=False, default=str), file=sink)
