"""Tables as grids of cells with spans, and lines of text inside and outside of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle in points, origin top left, page as displayed."""

    x0: float
    y0: float
    x1: float
    y1: float


class Line(NamedTuple):
    """One printed line of text with its box."""

    box: Box
    text: str


class Cell(NamedTuple):
    """A cell of a table: `row` and `column` from 0, spans in grid units, `text` its lines joined.

    `clipped`: part of the text is stored in the file but not visible on the page.
    """

    row: int
    column: int
    row_span: int
    column_span: int
    box: Box
    lines: tuple[Line, ...]
    text: str
    clipped: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table on one page. `xs` and `ys` are the grid positions; `cells` are in row order, without overlaps.

    `head` and `foot` have a bit for each column that a drawn rule closes at the top and the bottom; where none does, a
    page break may have cut the cell.
    """

    page: int
    box: Box
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[Cell, ...]
    head: int
    foot: int


@dataclass(frozen=True, slots=True)
class PageGrid:
    """A page as tables and the lines of text outside of them, both from top to bottom.

    `hidden` are texts that nobody sees on the page and no cell took: below a white cover, or clipped away in a table.
    `pictures` are the larger ones.
    """

    number: int
    width: float
    height: float
    tables: tuple[Table, ...]
    lines: tuple[Line, ...]
    hidden: tuple[Line, ...] = ()
    pictures: tuple[Box, ...] = ()
