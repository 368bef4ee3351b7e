"""A sheet too wide for its page: its right part stands on the next page, with the same rows at the same heights.

Both parts become one table on the page of the left part. Places are set back to the page of the right part when the
form has been read.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from pipeline.forms.cell_index import CellIndex, index_cells
from pipeline.forms.dictionary import Taxonomy
from pipeline.forms.model import Part, RawForm, RawFund, Seam, Value
from pipeline.forms.rows import is_level
from pipeline.tables.model import Box, Cell, Table

NEAR = 1.5  # points that the same rule may be off on the other page
LEAST_ROWS = 5  # rows; fewer may be as high by chance
SHARED = 0.8  # of the borders between the left part's rows that the right part has as well
_Key = TypeVar("_Key")


def right_part(left: Table, right: Table, taxonomy: Taxonomy) -> tuple[CellIndex, Seam] | None:
    """The wide table, and where the right part begins in it; None where a table is no right part of another."""
    shift = right.ys[0] - left.ys[0]
    rows = [_near(y - shift, left.ys) for y in right.ys]
    shared = [row for row in rows if row is not None]
    if right.page != left.page + 1 or len(shared) < len(rows) or len(rows) <= LEAST_ROWS:
        return None
    whole = shared[0] == 0 and shared[-1] == len(left.ys) - 1 and len(shared) >= SHARED * len(left.ys)
    if not whole or any(is_level(taxonomy, cell.text) for cell in right.cells):
        return None
    seam = Seam(left.box.x1, left.box.x1 - right.box.x0, shift)
    moved = [_moved(cell, shared, len(left.xs) - 1, seam) for cell in right.cells]
    xs = (*left.xs, *(x + seam.right for x in right.xs[1:]))
    box = Box(left.box.x0, left.box.y0, xs[-1], left.box.y1)
    cells = tuple(sorted((*left.cells, *moved), key=lambda cell: (cell.row, cell.column)))
    return index_cells(replace(left, box=box, xs=xs, cells=cells)), seam


def _near(y: float, ys: Sequence[float]) -> int | None:
    """The number of the border at a height."""
    i = bisect_left(ys, y - NEAR)
    return i if i < len(ys) and ys[i] <= y + NEAR else None


def _moved(cell: Cell, rows: Sequence[int], column: int, seam: Seam) -> Cell:
    """A cell of the right part as it stands in the wide table."""
    top, bottom = rows[cell.row], rows[cell.row + cell.row_span]
    lines = tuple(line._replace(box=seam.to_left(line.box)) for line in cell.lines)
    box = seam.to_left(cell.box)
    return cell._replace(row=top, row_span=bottom - top, column=cell.column + column, box=box, lines=lines)


def set_back(form: RawForm, seam: Seam) -> None:
    """Set the places of a form that was read from a wide table back to the pages on which they stand."""
    first = form.page_first
    form.page_last = max(form.page_last, first + 1)
    form.fields, form.goals, form.totals = (
        _values(form.fields, seam, first),
        _values(form.goals, seam, first),
        _values(form.totals, seam, first),
    )
    form.funds = [_fund(fund, seam, first) for fund in form.funds]
    form.indicators = [row._replace(cells=_values(row.cells, seam, first)) for row in form.indicators]
    form.unread = [
        x._replace(page=first + 1, box=seam.to_right(x.box)) if _is_right(x.page, x.box, seam, first) else x
        for x in form.unread
    ]


def _fund(fund: RawFund, seam: Seam, first: int) -> RawFund:
    amount = _value(fund.amount, seam, first)
    rate, score, weight = (
        _value(value, seam, first) if value is not None else None for value in (fund.rate, fund.score, fund.weight)
    )
    return fund._replace(amount=amount, rate=rate, score=score, weight=weight)


def _values(values: dict[_Key, Value], seam: Seam, first: int) -> dict[_Key, Value]:
    return {name: _value(value, seam, first) for name, value in values.items()}


def _value(value: Value, seam: Seam, first: int) -> Value:
    return value._replace(parts=tuple(_part(part, seam, first) for part in value.parts))


def _part(part: Part, seam: Seam, first: int) -> Part:
    is_right = _is_right(part.page, part.box, seam, first)
    return Part(first + 1, seam.to_right(part.box), part.text) if is_right else part


def _is_right(page: int, box: Box, seam: Seam, first: int) -> bool:
    return page == first and box.x0 >= seam.x - NEAR
