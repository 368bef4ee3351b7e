"""Rows as people read them: a ruled table on a terminal, or records when it is too narrow; plain columns elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.cli.printing import note
from pipeline.language import shown
from pipeline.messages import t
from pipeline.outputs.query.display import Column, as_texts, cut

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

SCREEN = 40
"""Rows of a table that a terminal shows unless `--limit` names another number: about a screen."""

TEXT = 60
"""Columns of a terminal that a text may take; a Chinese character takes two."""

_NARROW = 12  # columns that a text is not squeezed below


def rows_to_show(limit: int | None) -> int | None:
    """The number of rows that `--limit` asks for; None for all. By default a terminal shows a screen, a file all."""
    if limit is None:
        return SCREEN if sys.stdout.isatty() else None
    return limit or None


def print_table(
    columns: Sequence[Column], rows: Sequence[Sequence[object]], *, total: int | None = None, wide: bool = False
) -> None:
    """Prints rows, of `total` that there are; standard error says when rows are left out or texts cut.

    `wide` leaves texts whole.
    """
    from rich.console import Console

    texts = as_texts(columns, rows)
    shown = texts if wide else [[cut(text, TEXT) for text in column] for column in texts]
    console = Console()
    for renderable in _layout(console, columns, shown):
        console.print(renderable, no_wrap=True)
    if total is not None and total > len(rows):
        note(t("{shown:,} of {total:,} rows, `--limit 0` for all", shown=len(rows), total=total))
    if shown != texts:
        note(t("texts longer than {columns} columns are cut; for the whole ones: --wide", columns=TEXT))


def _layout(console: Console, columns: Sequence[Column], texts: Sequence[Sequence[str]]) -> list[RenderableType]:
    from rich import box
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    terminal = console.is_terminal
    widths = [max(map(cell_len, (column.name, *values))) for column, values in zip(columns, texts, strict=True)]
    least = [width if c.is_number else min(width, _NARROW) for c, width in zip(columns, widths, strict=True)]
    if terminal and sum(least) + 3 * len(columns) + 1 > console.width:
        return [_record(columns, row, number) for number, row in enumerate(zip(*texts, strict=True), 1)]
    if not terminal:  # a pipe has no width
        console.width = sum(widths) + 2 * len(widths) + 1
    table = Table(box=box.ROUNDED if terminal else None, pad_edge=False)
    for column, width in zip(columns, least, strict=True):
        table.add_column(
            column.name,
            justify="right" if column.is_number else "left",
            no_wrap=True,
            overflow="ellipsis",
            min_width=width,
        )
    for row in zip(*texts, strict=True):
        table.add_row(*map(Text, row))
    return [table]


def _record(columns: Sequence[Column], row: Sequence[str], number: int) -> RenderableType:
    """One row as a list of its values, for results that are wider than the terminal."""
    from rich.table import Table
    from rich.text import Text

    table = Table(
        "",
        "",
        box=None,
        pad_edge=False,
        show_header=False,
        title=shown(t("row {number}", number=number)),
        title_justify="left",
    )
    for column, text in zip(columns, row, strict=True):
        if text:
            table.add_row(Text(column.name, style="bold"), Text(text, overflow="fold"))
    return table
