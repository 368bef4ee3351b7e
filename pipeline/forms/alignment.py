"""Where the columns of a table stand on the next page: moved by another margin, scaled, or a few points off."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from pipeline.forms.header import Column, Header
from pipeline.tables.model import Table

ALIGN = 4.0  # points two tables' column positions may differ and still be one table
ALIKE = 0.7  # share of column positions that must agree
# A border of a table set anew on the next page was found up to 10 points off. It may also be no further off than this
# share of the narrower column beside it: a border nearer to the middle of a column divides another column.
LOOSE, NARROW = 12.0, 0.3
EXACT = 1.5  # points; borders as near as that were not set anew, only moved or scaled
SCALES = (0.6, 1.7)  # of a page in the other orientation, 0.71 and 1.41, and a margin beside
SURPLUS = 0.5  # borders of the next table that divide no column of the header, as a share of those that do


class Alignment(NamedTuple):
    """Positions in the table before, and the same positions in the table after it, both from left to right, in points.

    Empty for tables that stand at the same place.
    """

    before: tuple[float, ...] = ()
    after: tuple[float, ...] = ()

    def place(self, x: float) -> float:
        """Where a position of the table before stands in the table after it."""
        if not self.before:
            return x
        i = min(max(bisect_right(self.before, x), 1), len(self.before) - 1)
        left, right = self.before[i - 1], self.before[i]
        scale = (self.after[i] - self.after[i - 1]) / (right - left)
        return self.after[i - 1] + (x - left) * scale

    def move(self, header: Header) -> Header:
        """A header as it would stand above the table after it."""
        return replace(header, columns=self.move_columns(header.columns)) if self.before else header

    def move_columns(self, columns: Sequence[Column]) -> tuple[Column, ...]:
        """Columns as they would stand in the table after it."""
        return tuple(c._replace(x0=self.place(c.x0), x1=self.place(c.x1)) for c in columns)


SAME_PLACE = Alignment()


def stands_alike(before: Table, table: Table) -> bool:
    """Whether two tables have their columns at the same place."""
    hits = sum(any(abs(x - y) < ALIGN for y in before.xs) for x in table.xs)
    return (
        hits >= ALIKE * len(table.xs)
        and abs(before.box.x0 - table.box.x0) < 2 * ALIGN
        and abs(before.box.x1 - table.box.x1) < 2 * ALIGN
    )


def as_wide(before: Table, table: Table) -> bool:
    """Whether two tables are equally wide, wherever they stand."""
    return abs(_width(before) - _width(table)) < 2 * ALIGN


def lay_over(before: Table, table: Table) -> Alignment:
    """Where positions of a table stand in one as wide, or in one that is scaled: the outer borders are the same."""
    moved = max(abs(before.box.x0 - table.box.x0), abs(before.box.x1 - table.box.x1)) > ALIGN
    if moved and SCALES[0] < _width(table) / _width(before) < SCALES[1]:
        return Alignment((before.box.x0, before.box.x1), (table.box.x0, table.box.x1))
    return SAME_PLACE


def _width(table: Table) -> float:
    return table.box.x1 - table.box.x0


class Fit(NamedTuple):
    """How well columns fit: the largest distance, in points, of a border from where it is looked for."""

    off: float
    alignment: Alignment

    @property
    def is_exact(self) -> bool:
        return self.off < EXACT


def align(header: Header, before: Table, table: Table) -> Fit | None:
    """How a header's columns stand in a later table without one; None where they do not.

    `before` is the table in which the header stands, or the last one that went on with it. A column left of the header
    (the label of the block) may be missing.
    """
    own = _distinct([x for c in header.columns for x in (c.x0, c.x1)])
    edges = _distinct([before.box.x0, *own, before.box.x1])
    needed = (edges, own) if edges[0] < own[0] else (edges,)
    best = min((fit for some in needed for fit in _fits(some, table.xs)), default=None)
    if best is None or len(table.xs) > (1 + SURPLUS) * len(best.alignment.before):
        return None
    return best


def _distinct(positions: Sequence[float]) -> list[float]:
    found: list[float] = []
    for x in sorted(positions):
        if not found or x - found[-1] > ALIGN:
            found.append(x)
    return found


def _fits(edges: Sequence[float], xs: Sequence[float]) -> Iterator[Fit]:
    """Each way to move the edges so that all stand on borders."""
    for scale, shift in _moves(edges, xs):
        moved = [scale * x + shift for x in edges]
        widths = [b - a for a, b in pairwise(moved)]
        found = [_nearest(x, xs) for x in moved]
        off = [abs(x - y) for x, y in zip(moved, found, strict=True)]
        narrower = [min(pair) for pair in zip([widths[0], *widths], [*widths, widths[-1]], strict=True)]
        fits = all(d < max(ALIGN, min(LOOSE, NARROW * width)) for d, width in zip(off, narrower, strict=True))
        if fits and all(a < b for a, b in pairwise(found)):
            yield Fit(max(off), Alignment(tuple(edges), tuple(found)))


def _moves(edges: Sequence[float], xs: Sequence[float]) -> Iterator[tuple[float, float]]:
    """Scales and shifts that lay the outer edges, or one of them, on the outer borders of a table."""
    scale = (xs[-1] - xs[0]) / (edges[-1] - edges[0])
    if SCALES[0] < scale < SCALES[1]:
        yield scale, xs[0] - scale * edges[0]
    yield 1.0, xs[0] - edges[0]
    yield 1.0, xs[-1] - edges[-1]


def _nearest(x: float, xs: Sequence[float]) -> float:
    i = bisect_left(xs, x)
    return min(xs[max(i - 1, 0) : i + 1], key=lambda y: abs(x - y))
