"""Which row of a table is part of which: by codes, else by numbers and sums where the sums confirm it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from pipeline.budget.codes import level_of
from pipeline.budget.headings import NO_NUMBER, number_rank
from pipeline.budget.model import RowIdentity
from pipeline.budget.nesting import FREE, is_near, nest

INDENT = 3.0  # points; an indentation is at least half a character of 7 points
_UNIT = -1  # rank of a unit's row, which stands above all numbers


def set_levels(rows: Sequence[RowIdentity], sums: Mapping[int, Decimal]) -> None:
    """Give the rows of one panel their level, parent and leaf flag.

    `sums` holds what each row prints in all its columns together, by its number. Of rows without codes, a parent is
    believed where its children add up to it.
    """
    for row in rows:
        if row.role == "total":
            row.level, row.is_leaf = 0, False
    if any(_is_coded(row) for row in rows):
        _by_code(rows)
        return
    named = [row for row in rows if (row.label or row.classification == "unit") and row.role != "total"]
    if any(row.classification == "total" for row in named) or not _by_sums(rows, named, sums):
        _by_numbering(named, sums)
        _by_subtotals([row for row in rows if row.label], sums)
        _doubt(rows, sums)


def _doubt(rows: Sequence[RowIdentity], sums: Mapping[int, Decimal]) -> None:
    """Take back what was said of leaves when they are more than the printed total."""
    total = next((sums[row.row_no] for row in rows if row.role == "total" and sums.get(row.row_no)), None)
    leaves = [row for row in rows if row.is_leaf]
    added = sum((sums.get(row.row_no, Decimal(0)) for row in leaves), Decimal(0))
    if total is not None and added > total and not is_near(added - total, len(leaves), total):
        for row in leaves:
            row.is_leaf = None


def _is_coded(row: RowIdentity) -> bool:
    """Whether a row's code places it among the others; that of a unit does not, nor one that pays for a project."""
    return row.code is not None and level_of(row.code) is not None and row.classification not in ("unit", "project")


def _by_code(rows: Sequence[RowIdentity]) -> None:
    """Parents of codes: the nearest row above whose code begins this one, in the same block of a unit."""
    above: list[RowIdentity] = []
    unit: RowIdentity | None = None
    for row in rows:
        if row.classification == "unit":
            above, unit = [], row
            row.is_leaf = None
        if not _is_coded(row):
            continue
        assert row.code is not None
        row.level, row.is_leaf = level_of(row.code), True
        while above and not (row.code.startswith(above[-1].code or "") and row.code != above[-1].code):
            above.pop()
        if above and above[-1].classification == row.classification:
            row.parent_row_no = above[-1].row_no
            above[-1].is_leaf = False
        elif unit is not None and not above:
            row.parent_row_no = unit.row_no
            unit.is_leaf = False
        above.append(row)


def _by_sums(rows: Sequence[RowIdentity], named: Sequence[RowIdentity], sums: Mapping[int, Decimal]) -> bool:
    """Parents in a list whose rows nest without codes (units, groups, projects): each is the sum of rows below it.

    Whether the rows at the top add up to the printed total; else nothing is said.
    """
    total = next((sums[row.row_no] for row in rows if row.role == "total" and row.row_no in sums), None)
    return total is not None and _nest(named, total, sums)


def _nest(rows: Sequence[RowIdentity], total: Decimal, sums: Mapping[int, Decimal]) -> bool:
    listed = [row for row in rows if not _is_memo(row) and sums.get(row.row_no)]
    if any(sums[row.row_no] < 0 for row in listed):
        return False
    parents = nest([sums[row.row_no] for row in listed], total, [_rank(row) for row in listed])
    if parents is None:
        return False
    for row in rows:
        row.is_leaf = not _is_memo(row)
    for row, parent in zip(listed, parents, strict=True):
        row.parent_row_no = None if parent is None else listed[parent].row_no
        if parent is not None:
            listed[parent].is_leaf = False
    return True


def _rank(row: RowIdentity) -> int:
    """What a row of a list can be part of: groups stand above units, units above those whose codes are longer."""
    if row.classification == "other" and row.role == "subtotal":
        return 0
    return len(row.unit_code) if row.classification == "unit" and row.unit_code else FREE


def _by_subtotals(rows: Sequence[RowIdentity], sums: Mapping[int, Decimal]) -> None:
    """Nest the rows above a printed total by their sums where those that seem to be leaves do not add up to it.

    A list may show what is part of what by nothing but its numbers: 上年结转 above the same amount of one fund.
    """
    block: list[RowIdentity] = []
    before = Decimal(0)
    for row in rows:
        if row.classification != "total":
            block.append(row)
            continue
        total = sums.get(row.row_no, Decimal(0))
        parts = (total - before, total) if row.role == "total" else (total,)  # subtotals are below their rows or above
        leaves = [other for other in block if other.is_leaf]
        if total and not any(_add_up(leaves, part, sums) for part in parts):
            any(_nest(block, part, sums) for part in parts)
        before += total
        block = []


def _by_numbering(rows: Sequence[RowIdentity], sums: Mapping[int, Decimal]) -> None:
    """Parents by the style of numbers and by indentation; a parent whose children do not add up has none."""
    stack: list[tuple[tuple[int, float], RowIdentity]] = []
    children: dict[int, list[RowIdentity]] = {}
    for row in rows:
        if row.classification == "total":
            stack = []
            continue
        depth = _depth(row)
        while stack and not _is_below(depth, stack[-1][0]):
            stack.pop()
        if stack:
            children.setdefault(stack[-1][1].row_no, []).append(row)
        stack.append((depth, row))
    for row in rows:
        if row.classification != "total":
            _confirm(row, children.get(row.row_no, []), sums)


def _confirm(row: RowIdentity, children: Sequence[RowIdentity], sums: Mapping[int, Decimal]) -> None:
    """Give a row its children where they add up to it, rows of 其中 among them or not; else nothing is known of it."""
    plain = [child for child in children if not _is_memo(child)]
    if not plain:
        row.is_leaf = not _is_memo(row)
    total = sums.get(row.row_no)
    for parts in (children, plain):
        if parts and total is not None and _add_up(parts, total, sums):
            row.is_leaf = False
            for child in parts:
                child.parent_row_no = row.row_no
                child.is_leaf = True if child.role == "of_which" else child.is_leaf
            return
    if plain:
        row.is_leaf = None


def _add_up(parts: Sequence[RowIdentity], total: Decimal, sums: Mapping[int, Decimal]) -> bool:
    found = sum((sums.get(part.row_no, Decimal(0)) for part in parts), Decimal(0))
    return is_near(total - found, len(parts) + 1, total)


def _is_memo(row: RowIdentity) -> bool:
    """Whether a row is an of-which row beside the parts of another; one with a number is the first part."""
    return row.role == "of_which" and number_rank(row.label) == NO_NUMBER


def _depth(row: RowIdentity) -> tuple[int, float]:
    """The rank of a label's number and its indentation in points; of a unit, the length of its code.

    A group (全额, 差额) stands above the units in it.
    """
    if row.classification == "unit":
        return _UNIT, float(len(row.unit_code or ""))
    if row.classification == "other" and row.role == "subtotal":
        return _UNIT, 0.0
    return number_rank(row.label), row.label_x or 0.0


def _is_below(depth: tuple[int, float], above: tuple[int, float]) -> bool:
    if _UNIT in (depth[0], above[0]):
        return depth[0] > above[0] or (depth[0] == above[0] and depth[1] > above[1])
    if depth[0] != above[0] and NO_NUMBER not in (depth[0], above[0]):
        return depth[0] > above[0]
    return depth[0] == NO_NUMBER and depth[1] - above[1] >= INDENT
