"""Rows of indicators that no rule divides: the names and the targets stand in tall cells, line beside line.

Such cells are divided where blank space runs between the lines of all of them, so that each indicator has a row of its
table. Nothing is divided where lines of the columns do not pair, or where a line may be the rest of the one above.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.forms.cell_index import CellIndex
from pipeline.forms.dictionary import Taxonomy
from pipeline.forms.header import Header
from pipeline.forms.roles import LEVELS, TARGETS, Role
from pipeline.forms.rows import is_level
from pipeline.tables.model import Box, Cell, Line, Table
from pipeline.text import join_lines

BLANK = 0.6  # line heights of blank space between two rows; lines of one text stand closer, but for wide spacing
WIDE = 1.0  # line heights of blank space that no text has between its lines
FULL = 1.5  # line heights that a full line ends from the border: the next character did not fit
APART = 0.5  # line heights between the middles of lines that stand beside each other
SAME = 2.0  # points between borders that are one
CENTRED = 0.3  # share of a row that the middle of a merged level may miss the middle of its rows


class _Group(NamedTuple):
    """Cells beside each other from `top` to `bottom`, to be divided at `cuts` (y, in points)."""

    top: float
    bottom: float
    cuts: tuple[float, ...]


def with_blank_rows(index: CellIndex, headers: Sequence[Header], taxonomy: Taxonomy) -> Table | None:
    """The table with the tall cells below its headers divided; None when there are none."""
    cuts: dict[Cell, tuple[float, ...]] = {}
    for header, last in zip(headers, [*(h.top for h in headers[1:]), index.rows], strict=True):
        for group in _groups(index, header, range(header.bottom, last)):
            cuts |= _divided(index, header, range(header.bottom, last), group, taxonomy)
    return _with_cuts(index.table, cuts) if cuts else None


def _groups(index: CellIndex, header: Header, rows: range) -> Iterator[_Group]:
    """The names and targets that stand line beside line."""
    names = [c for c in header.columns if c.role == Role.LEVEL3]
    targets = [c for c in header.columns if c.role in TARGETS]
    if len(names) != 1 or not targets:
        return
    for row in rows:
        for name in index.starting[row]:
            if not _is_below(name, names[0].x0, names[0].x1) or len(name.lines) < 2:
                continue
            target = next((c for c in index.starting[row] if any(_is_below(c, t.x0, t.x1) for t in targets)), None)
            if target is None or abs(target.box.y1 - name.box.y1) > SAME:
                continue
            cuts = _cuts(name, target, index.table.ys)
            if cuts:
                yield _Group(name.box.y0, name.box.y1, cuts)


def _is_below(cell: Cell, x0: float, x1: float) -> bool:
    return x0 <= (cell.box.x0 + cell.box.x1) / 2 <= x1


def _bands(cell: Cell) -> list[list[Line]]:
    """The lines of a cell, those without blank space between them together."""
    bands: list[list[Line]] = []
    for line in cell.lines:
        if bands and line.box.y0 - bands[-1][-1].box.y1 < BLANK * _height(line):
            bands[-1].append(line)
        else:
            bands.append([line])
    return bands


def _height(line: Line) -> float:
    return line.box.y1 - line.box.y0


def _cuts(name: Cell, target: Cell, ys: Sequence[float]) -> tuple[float, ...]:
    """Where the rows of a name cell and a target cell are divided; empty when their lines do not pair."""
    names, targets = _bands(name), _bands(target)
    if len(names) < 2 or len(names) != len(targets):
        return ()
    if any(abs(_middle(a) - _middle(b)) > APART * _height(a[0]) for a, b in zip(names, targets, strict=True)):
        return ()
    cuts: list[float] = []
    for (above, below), (beside, other) in zip(pairwise(names), pairwise(targets), strict=True):
        top, bottom = max(above[-1].box.y1, beside[-1].box.y1), min(below[0].box.y0, other[0].box.y0)
        ruled = next((y for y in ys if top <= y <= bottom), None)
        height = _height(above[-1])
        is_full = name.box.x1 - above[-1].box.x1 < FULL * height
        if ruled is None and is_full and bottom - top < WIDE * height:
            return ()
        cuts.append((top + bottom) / 2 if ruled is None else ruled)
    return tuple(cuts)


def _middle(lines: Sequence[Line]) -> float:
    return (lines[0].box.y0 + lines[-1].box.y1) / 2


def _divided(
    index: CellIndex, header: Header, rows: range, group: _Group, taxonomy: Taxonomy
) -> dict[Cell, tuple[float, ...]]:
    """The cells of a group, and levels beside it that hold several names, with where each is divided."""
    cuts: dict[Cell, tuple[float, ...]] = {}
    for row in rows:
        for cell in index.starting[row]:
            role = next((c.role for c in header.columns if _is_below(cell, c.x0, c.x1)), None)
            if role is None or cell.box.y0 < group.top - SAME or cell.box.y1 > group.bottom + SAME:
                continue
            if role in LEVELS:
                found = _level_cuts(cell, group, taxonomy)
                if found:
                    cuts[cell] = found
            elif isinstance(role, Role) and abs(cell.box.y0 - group.top) + abs(cell.box.y1 - group.bottom) < 2 * SAME:
                cuts[cell] = group.cuts
    return cuts


def _level_cuts(cell: Cell, group: _Group, taxonomy: Taxonomy) -> tuple[float, ...]:
    """Where a cell with several level names is divided: each stands in the middle of its rows, or beside the first."""
    bands = _bands(cell)
    if len(bands) < 2 or not all(is_level(taxonomy, join_lines([x.text for x in band])) for band in bands):
        return ()
    borders = [y for y in (group.top, *group.cuts, group.bottom) if cell.box.y0 - SAME <= y <= cell.box.y1 + SAME]
    middles = [_middle(band) for band in bands]
    return _centred(borders, middles) or _beside_first(borders, middles)


def _centred(borders: Sequence[float], middles: Sequence[float]) -> tuple[float, ...]:
    start, cuts = borders[0], []
    for middle in middles:
        end = min(borders, key=lambda y: abs(y - (2 * middle - start)))
        if end <= start or abs((start + end) / 2 - middle) > CENTRED * (borders[-1] - borders[0]) / (len(borders) - 1):
            return ()
        cuts.append(end)
        start = end
    return tuple(cuts[:-1]) if cuts[-1] == borders[-1] else ()


def _beside_first(borders: Sequence[float], middles: Sequence[float]) -> tuple[float, ...]:
    places = [bisect_left(borders, middle) - 1 for middle in middles]
    if places[0] != 0 or any(a >= b for a, b in pairwise(places)):
        return ()
    return tuple(borders[place] for place in places[1:])


def _with_cuts(table: Table, cuts: dict[Cell, tuple[float, ...]]) -> Table:
    """The table with some cells divided; new grid rows run through all others."""
    ys = list(table.ys)
    for y in sorted({y for found in cuts.values() for y in found}):
        if min(abs(y - other) for other in ys) > 0:
            insort(ys, y)
    row_of = {y: row for row, y in enumerate(ys)}
    cells: list[Cell] = []
    for cell in table.cells:
        bounds = [table.ys[cell.row], *cuts.get(cell, ()), table.ys[cell.row + cell.row_span]]
        for top, bottom in pairwise(bounds):
            first, last = row_of[top], row_of[bottom]
            if len(bounds) == 2:
                cells.append(cell._replace(row=first, row_span=last - first))
                continue
            lines = tuple(x for x in cell.lines if top <= (x.box.y0 + x.box.y1) / 2 < bottom)
            box = Box(cell.box.x0, top, cell.box.x1, bottom)
            text = join_lines([x.text for x in lines])
            cells.append(Cell(first, cell.column, last - first, cell.column_span, box, lines, text, cell.clipped))
    cells.sort(key=lambda c: (c.row, c.column))
    return Table(table.page, table.box, table.xs, tuple(ys), tuple(cells), table.head, table.foot)
