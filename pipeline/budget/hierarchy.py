"""Which row of a table is part of which: by codes, else by numbering and indentation where the sums confirm it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from pipeline.budget.codes import level_of
from pipeline.budget.headings import NO_NUMBER, number_rank
from pipeline.budget.model import RowIdentity

INDENT = 3.0  # points; an indentation is at least half a character of 7 points


def set_levels(rows: Sequence[RowIdentity], sums: Mapping[int, Decimal]) -> None:
    """Give the rows of one panel their level, parent and leaf flag.

    `sums` holds the first amount of each row by its number: of rows without codes, parents are believed where their
    children add up.
    """
    coded = [
        row for row in rows if row.code is not None and level_of(row.code) is not None and row.classification != "unit"
    ]
    for row in rows:
        if row.role == "total":
            row.level, row.is_leaf = 0, False
    _by_code(rows)
    if not coded:
        _by_numbering([row for row in rows if row.label], sums)


def _by_code(rows: Sequence[RowIdentity]) -> None:
    """Parents of codes: the nearest row above whose code begins this one, in the same block of a unit."""
    above: list[RowIdentity] = []
    for row in rows:
        if row.classification in ("unit",):
            above = []
        if row.code is None or level_of(row.code) is None or row.classification == "unit":
            continue
        row.level, row.is_leaf = level_of(row.code), True
        while above and not (row.code.startswith(above[-1].code or "") and row.code != above[-1].code):
            above.pop()
        if above and above[-1].classification == row.classification:
            row.parent_row_no = above[-1].row_no
            above[-1].is_leaf = False
        above.append(row)


def _by_numbering(rows: Sequence[RowIdentity], sums: Mapping[int, Decimal]) -> None:
    """Parents by the style of numbers and by indentation; a parent whose children do not add up has none."""
    stack: list[tuple[tuple[int, float], RowIdentity]] = []
    children: dict[int, list[RowIdentity]] = {}
    for row in rows:
        if row.role == "total" or row.classification == "total":
            stack = []
            continue
        depth = _depth(row)
        while stack and not _is_below(depth, stack[-1][0]):
            stack.pop()
        if stack:
            children.setdefault(stack[-1][1].row_no, []).append(row)
        stack.append((depth, row))
    for row in rows:
        _confirm(row, children.get(row.row_no, []), sums)


def _confirm(row: RowIdentity, children: Sequence[RowIdentity], sums: Mapping[int, Decimal]) -> None:
    if row.role == "total" or row.classification == "total":
        return
    if not children:
        row.is_leaf = True
        return
    total, parts = sums.get(row.row_no), sum((sums.get(c.row_no, Decimal(0)) for c in children), Decimal(0))
    row.is_leaf = None
    if total is not None and abs(total - parts) <= Decimal("0.01") * (len(children) + 1):
        row.is_leaf = False
        for child in children:
            child.parent_row_no = row.row_no


def _depth(row: RowIdentity) -> tuple[int, float]:
    """The rank of a label's number and its indentation in points."""
    if row.classification == "unit":
        return -1, float(len(row.unit_code or ""))
    return number_rank(row.label), row.label_x or 0.0


def _is_below(depth: tuple[int, float], above: tuple[int, float]) -> bool:
    if depth[0] != above[0] and NO_NUMBER not in (depth[0], above[0]):
        return depth[0] > above[0]
    if depth[0] == above[0] not in (NO_NUMBER, -1):
        return False
    if -1 in (depth[0], above[0]):
        return depth[0] > above[0] or (depth[0] == above[0] and depth[1] > above[1])
    return depth[1] - above[1] >= INDENT
