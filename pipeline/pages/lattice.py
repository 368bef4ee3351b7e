"""Rules to lattices: which rules belong together, and which unit cells they leave joined.

Steps, each a pure function: touching rules form a component; open sides get a closing edge; positions become
a unit grid; borders become bit masks per grid line; unit cells without a border between them are one cell.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import xor

from pipeline.pages.model import Rule

TOUCH = 3.0  # points between the end of a rule and the rule that it meets
ALONG = 0.8  # share of a table's height that a loose upright rule runs along it to be one of its borders
SLACK = 2.0  # points a border may miss of a unit cell and still close it


@dataclass(frozen=True, slots=True)
class Lattice:
    """Unit grid of one component. `spans` are (row, column, row_span, column_span) in row order.

    `head` and `foot` have a bit for each column that a drawn rule closes at the top and the bottom.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    spans: tuple[tuple[int, int, int, int], ...]
    head: int
    foot: int


def lattices(level: Sequence[Rule], upright: Sequence[Rule]) -> list[Lattice]:
    """The lattices on a page from its merged rules (sorted by position), top to bottom."""
    found = [_lattice(part_level, part_upright) for part_level, part_upright in _adopted(_components(level, upright))]
    return sorted((x for x in found if x is not None), key=lambda x: (x.ys[0], x.xs[0]))


_Parts = list[tuple[list[Rule], list[Rule]]]  # level and upright rules


def _components(level: Sequence[Rule], upright: Sequence[Rule]) -> _Parts:
    """Rules joined where they touch."""
    heights = [rule[0] for rule in level]
    part = list(range(len(level)))  # of each level rule
    held = [[i] for i in part]  # the level rules of each part
    first_met: list[int | None] = []  # by each upright rule
    for x, top, bottom in upright:
        met: int | None = None
        for i in range(bisect_left(heights, top - TOUCH), bisect_right(heights, bottom + TOUCH)):
            _, start, end = level[i]
            if not start - TOUCH <= x <= end + TOUCH:
                continue
            if met is None:
                met = i
            elif part[i] != part[met]:
                _join(part[i], part[met], part, held)
            if len(held[part[met]]) == len(level):  # all are one: soon so, on most pages
                break
        first_met.append(met)
    return _by_part(level, upright, part, first_met)


def _join(one: int, other: int, part: list[int], held: list[list[int]]) -> None:
    """Make two parts one: the smaller goes to the larger."""
    large, small = (one, other) if len(held[one]) > len(held[other]) else (other, one)
    for i in held[small]:
        part[i] = large
    held[large] += held[small]


def _by_part(
    level: Sequence[Rule], upright: Sequence[Rule], part: Sequence[int], first_met: Sequence[int | None]
) -> _Parts:
    """The rules of each part, and upright rules that met none as parts of their own."""
    parts: dict[int, tuple[list[Rule], list[Rule]]] = {i: ([], []) for i in dict.fromkeys(part)}
    for i, rule in zip(part, level, strict=True):
        parts[i][0].append(rule)
    alone: _Parts = []
    for met, rule in zip(first_met, upright, strict=True):
        if met is None:
            alone.append(([], [rule]))
        else:
            parts[part[met]][1].append(rule)
    return [*parts.values(), *alone]


def _adopted(parts: _Parts) -> _Parts:
    """Components, with upright rules that meet no level rule given to the table beside them.

    A cell that fills a page from a break to the next has no rule above or below, only at its sides.
    """
    loose = [rule for level, upright in parts if not level for rule in upright]
    tables = [(level, upright) for level, upright in parts if level and upright]
    return [(level, _with_loose(upright, loose)) for level, upright in tables] if loose else tables


def _with_loose(upright: list[Rule], loose: list[Rule]) -> list[Rule]:
    """A table's upright rules and the loose ones that run along it."""
    top, bottom = min([r[1] for r in upright]), max([r[2] for r in upright])
    beside = [r for r in loose if r[1] > top - TOUCH and r[2] < bottom + TOUCH and r[2] - r[1] > ALONG * (bottom - top)]
    return sorted([*upright, *beside])


def _lattice(level: list[Rule], upright: list[Rule]) -> Lattice | None:
    """The lattice of a component's rules, sorted by position."""
    if len(level) + len(upright) < 3:
        return None
    closed_level = _closed(level, upright)
    closed_upright = _closed(upright, closed_level)
    xs, ys = _positions(closed_upright), _positions(closed_level)
    if len(xs) < 2 or len(ys) < 2:
        return None
    across, down = _masks(closed_level, ys, xs), _masks(closed_upright, xs, ys)
    drawn = across if closed_level is level else _masks(level, ys, xs)
    spans = _spans(across, _walls(down, len(ys) - 1), len(xs) - 1)
    return Lattice(tuple(xs), tuple(ys), tuple(spans), drawn[0], drawn[-1])


def _closed(rules: list[Rule], crossing: list[Rule]) -> list[Rule]:
    """Rules with an edge where crossing rules run on beyond the first or last of them, or beside them.

    A page break may leave the last row, or some of its cells, without a bottom rule; lists are printed without side
    borders.
    """
    first, last = rules[0][0], rules[-1][0]
    low, high = crossing[0][0], crossing[-1][0]
    starts, ends = sorted([r[1] for r in crossing]), sorted([r[2] for r in crossing])
    edges: list[Rule] = []
    if starts[:2][-1] < first - TOUCH and len(starts) > 1:
        edges.append(Rule(starts[0], low, high))
    elif _is_short(rules, first, low, high):
        edges.append(Rule(first, low, high))
    if ends[-2:][0] > last + TOUCH and len(ends) > 1:
        edges.append(Rule(ends[-1], low, high))
    elif _is_short(reversed(rules), last, low, high):
        edges.append(Rule(last, low, high))
    return sorted([*rules, *edges]) if edges else rules


def _is_short(rules: Iterable[Rule], at: float, low: float, high: float) -> bool:
    """Whether one of the outermost rules, which come first, leaves a part of the crossing rules open."""
    for rule in rules:
        if rule[0] != at:
            return False
        if rule[1] > low + TOUCH or rule[2] < high - TOUCH:
            return True
    return False


def _positions(rules: Iterable[Rule]) -> list[float]:
    return sorted({rule[0] for rule in rules})


def _masks(rules: Iterable[Rule], lines: Sequence[float], steps: Sequence[float]) -> list[int]:
    """For each grid line a bit per unit step that a rule covers."""
    masks = dict.fromkeys(lines, 0)
    for at, start, end in rules:
        low, high = bisect_left(steps, start - SLACK), bisect_right(steps, end + SLACK) - 1
        if high > low:
            masks[at] |= (1 << high) - (1 << low)
    return list(masks.values())


def _walls(down: Sequence[int], rows: int) -> list[int]:
    """For each row a bit per upright grid line that is a border in it."""
    turns = [0] * (rows + 1)
    for line, mask in enumerate(down):
        changes = mask ^ mask << 1  # the rows where a border begins, or has ended
        while changes:
            turns[_lowest(changes)] ^= 1 << line
            changes &= changes - 1
    return list(accumulate(turns[:-1], xor))


def _spans(across: list[int], walls: list[int], columns: int) -> list[tuple[int, int, int, int]]:
    """Cells grown right to the next upright border, then down to the next full level border."""
    spans: list[tuple[int, int, int, int]] = []
    taken = [0] * len(walls)  # the columns of each row that a cell of a row above fills
    every = (1 << columns) - 1
    shapes: dict[tuple[int, int], list[tuple[int, int, int, int]]] = {}
    for row, wall in enumerate(walls):
        filled = taken[row]
        if across[row + 1] | filled != every:
            spans += _row(across, walls, taken, row, columns)
            continue
        shape = shapes.get((wall, filled))  # no cell goes on below, and most such rows are alike
        if shape is None:
            shape = shapes[wall, filled] = _row(across, walls, taken, row, columns)
        spans += [(row, column, 1, column_span) for _, column, _, column_span in shape]
    return spans


def _row(
    across: list[int], walls: list[int], taken: list[int], row: int, columns: int
) -> list[tuple[int, int, int, int]]:
    """The cells that begin in a row."""
    cells: list[tuple[int, int, int, int]] = []
    filled, below = taken[row], across[row + 1]
    ends = walls[row] | filled | 1 << columns
    column = 0
    while column < columns:
        if filled >> column & 1:
            column += 1
            continue
        beyond = ends >> column + 1
        bottom, right = row + 1, column + (beyond & -beyond).bit_length()  # to the first end
        mask = (1 << right) - (1 << column)
        if below & mask != mask:
            bottom, right = _extent(across, walls, taken, (row, column, right))
            mask = (1 << right) - (1 << column)
            for r in range(row + 1, bottom):
                taken[r] |= mask
        cells.append((row, column, bottom - row, right - column))
        column = right
    return cells


def _extent(across: list[int], walls: list[int], taken: list[int], start: tuple[int, int, int]) -> tuple[int, int]:
    """The row below the cell that begins at `start` (row, column, right) and the column to its right.

    A level border that ends inside of a cell ends at an upright border that was not drawn: the cell is cut there.
    """
    row, column, right = start
    bottom = row + 1
    mask = (1 << right) - (1 << column)
    inner = mask ^ 1 << column  # the upright grid lines inside of it
    while bottom < len(walls) and (drawn := across[bottom] & mask) != mask and not taken[bottom] & mask:
        if walls[bottom] & inner:
            break
        if drawn:
            other = ~drawn if drawn >> column & 1 else drawn  # the bits from where the border ends, or begins
            return _extent(across, walls, taken, (row, column, column + _lowest(other >> column)))
        bottom += 1
    return bottom, right


def _lowest(bits: int) -> int:
    """The place of the lowest bit that is set."""
    return (bits & -bits).bit_length() - 1
