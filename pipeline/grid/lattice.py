"""Rules to lattices: which rules belong together, and which unit cells they leave joined.

Steps, each a pure function: touching rules form a component; open sides get a closing edge; positions become
a unit grid; borders become bit masks per grid line; unit cells without a border between them are one cell.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.reading.model import Rule

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
    found = [
        _lattice(part_level, part_upright) for part_level, part_upright in _adopted(list(_components(level, upright)))
    ]
    return sorted((x for x in found if x is not None), key=lambda x: (x.ys[0], x.xs[0]))


def _components(level: Sequence[Rule], upright: Sequence[Rule]) -> Iterable[tuple[list[Rule], list[Rule]]]:
    """Rules joined where they touch."""
    parent = list(range(len(level) + len(upright)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    heights = [rule.at for rule in level]
    for j, (x, top, bottom) in enumerate(upright, start=len(level)):
        for i in range(bisect_left(heights, top - TOUCH), bisect_right(heights, bottom + TOUCH)):
            _, start, end = level[i]
            if start - TOUCH <= x <= end + TOUCH and (other := root(i)) != j:
                parent[other] = j  # which no other rule has joined yet
    parts: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for i, rule in enumerate(level):
        parts.setdefault(root(i), ([], []))[0].append(rule)
    for j, rule in enumerate(upright, start=len(level)):
        parts.setdefault(root(j), ([], []))[1].append(rule)
    return parts.values()


def _adopted(parts: list[tuple[list[Rule], list[Rule]]]) -> list[tuple[list[Rule], list[Rule]]]:
    """Components, with upright rules that meet no level rule given to the table beside them.

    A cell that fills a page from a break to the next has no rule above or below, only at its sides.
    """
    loose = [rule for level, upright in parts if not level for rule in upright]
    adopted: list[tuple[list[Rule], list[Rule]]] = []
    for level, upright in parts:
        if not level or not upright:
            continue
        top, bottom = min(r.start for r in upright), max(r.end for r in upright)
        beside = [
            r
            for r in loose
            if r.start > top - TOUCH and r.end < bottom + TOUCH and r.end - r.start > ALONG * (bottom - top)
        ]
        adopted.append((level, sorted([*upright, *beside])))
    return adopted


def _lattice(level: list[Rule], upright: list[Rule]) -> Lattice | None:
    if len(level) + len(upright) < 3:
        return None
    closed_level = sorted([*level, *_edges(level, upright)])
    closed_upright = sorted([*upright, *_edges(upright, closed_level)])
    xs, ys = _positions(closed_upright), _positions(closed_level)
    if len(xs) < 2 or len(ys) < 2:
        return None
    across, down = _masks(closed_level, ys, xs), _masks(closed_upright, xs, ys)
    drawn = _masks(level, ys, xs)
    return Lattice(tuple(xs), tuple(ys), tuple(_spans(across, down, len(ys) - 1, len(xs) - 1)), drawn[0], drawn[-1])


def _edges(rules: list[Rule], crossing: list[Rule]) -> list[Rule]:
    """Edges to add where crossing rules run on beyond the first or last of the rules, or beside them.

    A page break may leave the last row, or some of its cells, without a bottom rule; lists are printed without side
    borders.
    """
    first, last = min(r.at for r in rules), max(r.at for r in rules)
    low, high = min(r.at for r in crossing), max(r.at for r in crossing)
    edges: list[Rule] = []
    if sum(r.start < first - TOUCH for r in crossing) > 1:
        edges.append(Rule(min(r.start for r in crossing), low, high))
    elif any(r.at == first and (r.start > low + TOUCH or r.end < high - TOUCH) for r in rules):
        edges.append(Rule(first, low, high))
    if sum(r.end > last + TOUCH for r in crossing) > 1:
        edges.append(Rule(max(r.end for r in crossing), low, high))
    elif any(r.at == last and (r.start > low + TOUCH or r.end < high - TOUCH) for r in rules):
        edges.append(Rule(last, low, high))
    return edges


def _positions(rules: Iterable[Rule]) -> list[float]:
    return sorted({rule.at for rule in rules})


def _masks(rules: Iterable[Rule], lines: Sequence[float], steps: Sequence[float]) -> list[int]:
    """For each grid line a bit per unit step that a rule covers."""
    masks = [0] * len(lines)
    for at, start, end in rules:
        low, high = bisect_left(steps, start - SLACK), bisect_right(steps, end + SLACK) - 1
        if high > low:
            masks[bisect_left(lines, at)] |= (1 << high) - (1 << low)
    return masks


def _spans(across: list[int], down: list[int], rows: int, columns: int) -> Iterable[tuple[int, int, int, int]]:
    """Cells grown right to the next upright border, then down to the next full level border."""
    taken = [0] * rows
    for row in range(rows):
        bit = 1 << row
        column = 0
        while column < columns:
            if taken[row] >> column & 1:
                column += 1
                continue
            right = column + 1
            while right < columns and not down[right] & bit and not taken[row] >> right & 1:
                right += 1
            mask = (1 << right) - (1 << column)
            if across[row + 1] & mask == mask:  # closed below: nearly all cells
                yield row, column, 1, right - column
            else:
                bottom, right = _extent(across, down, taken, (row, column, right), rows)
                mask = (1 << right) - (1 << column)
                for r in range(row + 1, bottom):
                    taken[r] |= mask
                yield row, column, bottom - row, right - column
            column = right


def _extent(
    across: list[int], down: list[int], taken: list[int], start: tuple[int, int, int], rows: int
) -> tuple[int, int]:
    """The row below the cell that begins at `start` (row, column, right) and the column to its right.

    A level border that ends inside of a cell ends at an upright border that was not drawn: the cell is cut there.
    """
    row, column, right = start
    bottom = row + 1
    mask = (1 << right) - (1 << column)
    while bottom < rows and (drawn := across[bottom] & mask) != mask and not taken[bottom] & mask:
        if any(down[k] >> bottom & 1 for k in range(column + 1, right)):
            break
        if drawn:
            other = ~drawn if drawn >> column & 1 else drawn  # the bits from where the border ends, or begins
            return _extent(across, down, taken, (row, column, column + _lowest(other >> column)), rows)
        bottom += 1
    return bottom, right


def _lowest(bits: int) -> int:
    """The place of the lowest bit that is set."""
    return (bits & -bits).bit_length() - 1
