"""Headings that run over the right border of their column: 一级指标二级指标 as one word over two cells.

A reader cuts such a word at the border (一级指 | 标二级指标), leaves it in one cell beside a blank one, or in one
cell over both columns. People read it as what it says: one heading for each column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby

from pipeline.forms.dictionary import Knowledge
from pipeline.tables.model import Box, Cell, Line, Table
from pipeline.text import key

LONGEST, SHORTEST = 10, 2  # characters of a heading that another one may run into
MOST = 3  # headings that run into each other


def with_headings_apart(table: Table, knowledge: Knowledge) -> Table:
    """The table, with each heading of such a word in the cell of its column."""
    headings = _headings_of(knowledge)
    if not any(_ends_as_heading(cell.text, headings) for cell in table.cells):
        return table
    cells: list[Cell] = []
    for _, row in groupby(table.cells, key=lambda cell: cell.row):
        cells += _apart(list(row), table, headings)
    return replace(table, cells=tuple(cells))


@lru_cache(maxsize=4)
def _headings_of(knowledge: Knowledge) -> frozenset[str]:
    """The headings of indicator columns."""
    return frozenset(text for text, found in knowledge.labels.items() if "column" in found)


def _ends_as_heading(text: str, headings: frozenset[str]) -> bool:
    """Whether a text is longer than the heading with which it ends."""
    if not SHORTEST < len(text) <= MOST * LONGEST or text in headings:
        return False
    return any([text[-n:] in headings for n in range(SHORTEST, min(LONGEST, len(text) - 1) + 1)])


def _apart(row: list[Cell], table: Table, headings: frozenset[str]) -> list[Cell]:
    """The cells that begin in one row; those of a row without another heading as they are."""
    if not any(key(cell.text) in headings for cell in row if cell.text):
        return row
    for n, cell in enumerate(row):
        if not _ends_as_heading(cell.text, headings):
            continue
        if cell.column_span > 1 and (parts := _divide(cell.text, cell.column_span, headings)):
            return [*row[:n], *_divided(cell, parts, table), *row[n + 1 :]]
        for first, last in ((n - 1, n + 1), (n, n + 2), (n - 2, n + 1), (n - 1, n + 2), (n, n + 3)):
            run = row[first:last] if first >= 0 else []
            if len(run) == last - first and (parts := _divide("".join(c.text for c in run), len(run), headings)):
                return [*row[:first], *map(_with_text, run, parts), *row[last:]]
    return row


def _divide(text: str, count: int, headings: frozenset[str]) -> tuple[str, ...] | None:
    """The headings of which a text consists; None where it does not."""
    if count == 1:
        return (text,) if text in headings else None
    for n in range(SHORTEST, min(LONGEST, len(text) - 1) + 1):
        if text[:n] in headings and (rest := _divide(text[n:], count - 1, headings)):
            return (text[:n], *rest)
    return None


def _with_text(cell: Cell, text: str) -> Cell:
    return cell._replace(text=text, lines=(Line(cell.box, text),))


def _divided(cell: Cell, texts: Sequence[str], table: Table) -> list[Cell]:
    """A cell over several columns as one for each of them."""
    return [
        _with_text(
            cell._replace(
                column=cell.column + n,
                column_span=1,
                box=Box(table.xs[cell.column + n], cell.box.y0, table.xs[cell.column + n + 1], cell.box.y1),
            ),
            text,
        )
        for n, text in enumerate(texts)
    ]
