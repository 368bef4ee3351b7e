"""Rules of a page from drawn lines and thin filled rectangles: snapped to common positions, pieces joined."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter

from pipeline.pages.model import Rule

THIN = 2.0  # points; a filled rectangle thinner than this is a rule. Excel and print drivers draw up to 1.5.
SNAP = 2.0  # points; rules closer than this are one: neighbouring cells draw their common border twice.
GAP = 2.5  # points; pieces closer than this are one rule: pieces end at the border of each cell.
SHORTEST = 3.0  # points; what is shorter after joining is a dash or a glyph drawn as a line.
DASH = 8.0  # points; the pieces of a dashed line are shorter
DASHES = 8  # pieces; fewer in a row may be anything
DASH_GAP = 4.0  # points between two pieces of a dashed line
SLOPE = 0.7  # points a drawn line may lean and still be a rule.

_START = itemgetter(1)

Piece = tuple[float, float, float]
"""A piece of a rule as it was drawn: at, start and end. Pages have five times as many as rules."""


class RuleCollector:
    """Takes drawn primitives in page coordinates and gives the merged rules."""

    __slots__ = ("_level", "_upright")

    def __init__(self) -> None:
        self._level: list[Piece] = []
        self._upright: list[Piece] = []

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A stroked line; slanted ones are no rules."""
        if -SLOPE < y1 - y0 < SLOPE:
            self._level.append(((y0 + y1) / 2, x0, x1) if x0 <= x1 else ((y0 + y1) / 2, x1, x0))
        elif -SLOPE < x1 - x0 < SLOPE:
            self._upright.append(((x0 + x1) / 2, y0, y1) if y0 <= y1 else ((x0 + x1) / 2, y1, y0))

    def filled(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A filled rectangle: a rule when thin, shading otherwise. Corners may come in any order."""
        x0, x1 = (x0, x1) if x0 <= x1 else (x1, x0)
        y0, y1 = (y0, y1) if y0 <= y1 else (y1, y0)
        width, height = x1 - x0, y1 - y0
        if height < THIN and width >= height:
            self._level.append(((y0 + y1) / 2, x0, x1))
        elif width < THIN:
            self._upright.append(((x0 + x1) / 2, y0, y1))

    def stroked(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A stroked rectangle: four rules, or one when it is thin."""
        x0, x1 = (x0, x1) if x0 <= x1 else (x1, x0)
        y0, y1 = (y0, y1) if y0 <= y1 else (y1, y0)
        if y1 - y0 < THIN or x1 - x0 < THIN:
            self.filled(x0, y0, x1, y1)
            return
        self._level += ((y0, x0, x1), (y1, x0, x1))
        self._upright += ((x0, y0, y1), (x1, y0, y1))

    def merged(self) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
        """Level and upright rules, each sorted by position, then start."""
        return tuple(_merge(self._level)), tuple(_merge(self._upright))


def _merge(pieces: list[Piece]) -> Iterator[Rule]:
    pieces.sort()
    group: list[Piece] = []
    for piece in pieces:
        if group and piece[0] - group[0][0] > SNAP:
            yield from _join(group)
            group = []
        group.append(piece)
    if group:
        yield from _join(group)


def _join(group: list[Piece]) -> list[Rule]:
    """Pieces of one position as few long rules, without what is too short to be one."""
    joined = _touching(group, GAP)
    if len(joined) >= DASHES:
        short = sum(end - start < DASH for _, start, end in joined)
        if short >= DASHES and short > len(joined) / 2:
            half = DASH_GAP / 2  # the gap in which the line may end
            joined = [(at, start - half, end + half) for at, start, end in _touching(joined, DASH_GAP)]
    return [Rule(at, start, end) for at, start, end in joined if end - start >= SHORTEST]


def _touching(group: list[Piece], gap: float) -> list[Piece]:
    """Pieces without larger gaps. The longest of all says the position: pieces stray, long rules do not."""
    if len(group) == 1:
        return group
    at, longest = group[0][0], -1.0
    for position, start, end in group:
        if end - start > longest:
            at, longest = position, end - start
    group.sort(key=_START)
    joined: list[Piece] = []
    _, first, last = group[0]
    for _, start, end in group:
        if start > last + gap:
            joined.append((at, first, last))
            first, last = start, end
        elif end > last:
            last = end
    joined.append((at, first, last))
    return joined
