"""`budget-forms diff`."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import fields
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pipeline.cli.options import Limit, Tables
from pipeline.language import shown
from pipeline.messages import Text, t

if TYPE_CHECKING:
    from pipeline.outputs.changes.model import Difference
    from pipeline.outputs.changes.tally import Tally


def diff(
    old: Annotated[
        str,
        typer.Argument(
            help=t(
                "The old dataset: a folder of a dataset, that folder with @NUMBER or @before, or the folder of one "
                "version."
            )
        ),
    ],
    new: Annotated[str, typer.Argument(help=t("The new dataset, named in the same way."))],
    format: Annotated[Literal["table", "csv", "json"], typer.Option(help=t("json is one object a line."))] = "table",
    table: Tables = None,
    limit: Limit = None,
    wide: Annotated[bool, typer.Option("--wide", help=t("Leaves long texts whole in a table."))] = False,
) -> None:
    """Prints the differences between two datasets or versions, by table and value. Exit status 1 when there are any."""
    import duckdb

    from pipeline.dataset.store.versions import pinned_named
    from pipeline.outputs.changes.difference import Differences
    from pipeline.outputs.changes.tally import Tally
    from pipeline.outputs.changes.versions import Version
    from pipeline.outputs.export.rows import select

    tables = select(table or ()).tables
    with pinned_named(old) as before, pinned_named(new) as now, duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        versions = Version(connection, "old", before), Version(connection, "new", now)
        tally = Tally(*versions, tables)
        found = tally.counted(Differences(connection, *versions, tables))
        if format == "csv":
            _write_csv(found)
        elif format == "json":
            _write_json(found)
        else:
            _print(tally, found, limit, wide)
    if tally.any:
        raise typer.Exit(1)


def _write_csv(found: Iterable[Difference]) -> None:
    from pipeline.outputs.changes.model import Difference

    names = [field.name for field in fields(Difference)]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    for one in found:
        values = (getattr(one, name) for name in names)
        writer.writerow([_json(value) if isinstance(value, dict | list) else value for value in values])


def _write_json(found: Iterable[Difference]) -> None:
    for one in found:
        print(_json({field.name: getattr(one, field.name) for field in fields(one)}))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _print(tally: Tally, found: Iterator[Difference], limit: int | None, wide: bool) -> None:
    """The count by table, then the differences."""
    from pipeline.cli.table import print_table, rows_to_show
    from pipeline.outputs.changes.tally import HEAD, as_cells
    from pipeline.outputs.query.display import Column

    first = list(islice(found, rows_to_show(limit)))
    total = len(first) + sum(1 for _ in found)
    head = [Column(shown(HEAD[0]), "VARCHAR"), *(Column(shown(name), "BIGINT") for name in tally.HEAD)]
    print_table(head, [_shown(row) for row in tally.rows()])
    if first:
        print()
        rows = [_shown(as_cells(one)) for one in first]
        print_table([Column(shown(name), "VARCHAR") for name in HEAD], rows, total=total, wide=wide)


def _shown(cells: Iterable[object]) -> tuple[object, ...]:
    return tuple(shown(cell) if isinstance(cell, Text) else cell for cell in cells)
