"""Which edges of painted areas are borders of cells, beside the rules that are drawn as lines.

A drawn rule always counts. An edge counts where no rule is near it, both of its ends meet another border, and it
belongs to a table: a shade behind words, a coloured title bar, and the bars of a chart make no cells.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.pages.crossings import met
from pipeline.pages.lattice import Lattice, lattices
from pipeline.pages.limits import MOST_RULES, check_count
from pipeline.pages.model import Rule
from pipeline.pages.painted_areas import BAR, OUTER, PAPER, THIN, Edge, PaintedArea, edges_of

NEAR = 3.5  # points between a rule and the edge of a shade that fills the cell beside it, at most
SHORTEST = 6.0  # points of an edge beyond a rule beside it; less is the width of another border
LEAST = 2  # areas; one alone has no border inside of it
GRID = 3  # edges in each direction of a table that has no drawn rule: two rows and two columns


class _Edges(NamedTuple):
    level: list[Edge]
    upright: list[Edge]


def borders_of(
    areas: Sequence[PaintedArea],
    level: Sequence[Rule],
    upright: Sequence[Rule],
    printed: tuple[Sequence[Edge], Sequence[Edge]] = ((), ()),
) -> tuple[list[Edge], list[Edge]]:
    """The level and upright edges that are borders of cells; `level` and `upright` are the drawn rules.

    `printed` are lines that characters form; inside of a ruled table they are text.
    """
    visible = _over_shades(areas)
    found_level, found_upright = edges_of(visible) if len(visible) >= LEAST else ([], [])
    edges = _Edges(_apart([*found_level, *printed[0]], level), _apart([*found_upright, *printed[1]], upright))
    if not (edges.level or edges.upright):
        return [], []
    check_count(len(edges.level) + len(edges.upright), MOST_RULES, "edges of areas")
    edges = _without_shades_in_cells(edges, lattices(level, upright))
    return _of_tables(_supported(edges, level, upright), level, upright)


def _over_shades(areas: Sequence[PaintedArea]) -> list[PaintedArea]:
    """Areas without the white ones that lie on no shade: spreadsheets paint each cell white."""
    shades = [a for a in areas if a.colour != PAPER]
    if not shades or len(shades) == len(areas):
        return shades
    x0, y0 = min(a.x0 for a in shades), min(a.y0 for a in shades)
    x1, y1 = max(a.x1 for a in shades), max(a.y1 for a in shades)
    return [a for a in areas if a.colour != PAPER or (a.x0 < x1 and a.x1 > x0 and a.y0 < y1 and a.y1 > y0)]


def _apart(edges: Sequence[Edge], rules: Sequence[Rule]) -> list[Edge]:
    """The parts of edges that no rule runs along."""
    places = [rule.at for rule in rules]
    left: list[Edge] = []
    for at, first, end, kind in edges:
        start = first
        near = rules[bisect_left(places, at - NEAR) : bisect_right(places, at + NEAR)]
        for rule in sorted(near, key=lambda r: r.start):
            if rule.start >= end or rule.end <= start:
                continue
            if rule.start - start > SHORTEST:
                left.append(Edge(at, start, rule.start, kind))
            start = rule.end
        if end - start > SHORTEST:
            left.append(Edge(at, start, end, kind))
    return left


def _without_shades_in_cells(edges: _Edges, frames: Sequence[Lattice]) -> _Edges:
    """Edges without those of shades inside of a ruled table, which has its own borders; thin areas divide its cells."""
    boxes = [(f.xs[0], f.ys[0], f.xs[-1], f.ys[-1]) for f in frames if len(f.spans) > 1]

    def outside(x: float, y: float) -> bool:
        return not any(x0 + NEAR < x < x1 - NEAR and y0 + NEAR < y < y1 - NEAR for x0, y0, x1, y1 in boxes)

    return _Edges(
        [e for e in edges.level if e.kind == THIN or outside((e.start + e.end) / 2, e.at)],
        [e for e in edges.upright if e.kind == THIN or outside(e.at, (e.start + e.end) / 2)],
    )


def _supported(edges: _Edges, level: Sequence[Rule], upright: Sequence[Rule]) -> _Edges:
    """Edges of which both ends meet another border, moved to where they meet it."""
    while True:
        crossed_by = [*level, *(Rule(*e[:3]) for e in edges.level)], [*upright, *(Rule(*e[:3]) for e in edges.upright)]
        kept = _Edges(
            [e for edge in edges.level if (e := _ending_at(edge, crossed_by[1])) is not None],
            [e for edge in edges.upright if (e := _ending_at(edge, crossed_by[0])) is not None],
        )
        if (len(kept.level), len(kept.upright)) == (len(edges.level), len(edges.upright)):
            return kept
        edges = kept


def _ending_at(edge: Edge, crossing: Sequence[Rule]) -> Edge | None:
    start, end = met(edge.at, (edge.start, edge.end), crossing, BAR)
    if start is None or end is None or end - start < SHORTEST:
        return None
    return Edge(edge.at, start, end, edge.kind)


def _of_tables(edges: _Edges, level: Sequence[Rule], upright: Sequence[Rule]) -> tuple[list[Edge], list[Edge]]:
    """The edges of groups that go on with a drawn table, or are one without drawn rules."""
    found_level: list[Edge] = []
    found_upright: list[Edge] = []
    for group in _groups(edges):
        if not any(e.kind != OUTER for e in (*group.level, *group.upright)):
            continue
        ruled = any(_touch(e, r) for e in group.level for r in upright) or any(
            _touch(e, r) for e in group.upright for r in level
        )
        if ruled or (_positions(group.level) >= GRID and _positions(group.upright) >= GRID and _divides(group.upright)):
            found_level += group.level
            found_upright += group.upright
    return found_level, found_upright


def _divides(uprights: Sequence[Edge]) -> bool:
    """Whether more than the edge of one shade stands between the outermost ones."""
    left, right = min(e.at for e in uprights), max(e.at for e in uprights)
    return any(e.kind != OUTER and left < e.at < right for e in uprights)


def _positions(edges: Sequence[Edge]) -> int:
    places = sorted(e.at for e in edges)
    return 1 + sum(b - a > BAR for a, b in pairwise(places)) if places else 0


def _touch(edge: Edge, other: Edge | Rule) -> bool:
    return edge.start - NEAR <= other.at <= edge.end + NEAR and other.start - NEAR <= edge.at <= other.end + NEAR


def _groups(edges: _Edges) -> list[_Edges]:
    """Edges joined where they touch."""
    groups: list[_Edges] = [_Edges([e], []) for e in edges.level]
    for edge in edges.upright:
        met = [g for g in groups if any(_touch(edge, e) for e in g.level)]
        joined = _Edges([e for g in met for e in g.level], [edge, *(e for g in met for e in g.upright)])
        groups = [*(g for g in groups if all(g is not m for m in met)), joined]
    return groups
