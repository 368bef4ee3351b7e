"""Rules of a page from drawn lines and thin filled rectangles: snapped to common positions, pieces joined."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.reading.model import Rule

THIN = 2.0  # points; a filled rectangle thinner than this is a rule. Excel and print drivers draw up to 1.5.
SNAP = 2.0  # points; rules closer than this are one: neighbouring cells draw their common border twice.
GAP = 2.5  # points; pieces closer than this are one rule: pieces end at the border of each cell.
SHORTEST = 3.0  # points; what is shorter after joining is a dash or a glyph drawn as a line.
DASH = 8.0  # points; the pieces of a dashed line are shorter
DASHES = 8  # pieces; fewer in a row may be anything
DASH_GAP = 4.0  # points between two pieces of a dashed line
SLOPE = 0.7  # points a drawn line may lean and still be a rule.


class RuleCollector:
    """Takes drawn primitives in page coordinates and gives the merged rules."""

    __slots__ = ("_level", "_upright")

    def __init__(self) -> None:
        self._level: list[Rule] = []
        self._upright: list[Rule] = []

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A stroked line; slanted ones are no rules."""
        if -SLOPE < y1 - y0 < SLOPE:
            self._level.append(Rule((y0 + y1) / 2, x0, x1) if x0 <= x1 else Rule((y0 + y1) / 2, x1, x0))
        elif -SLOPE < x1 - x0 < SLOPE:
            self._upright.append(Rule((x0 + x1) / 2, y0, y1) if y0 <= y1 else Rule((x0 + x1) / 2, y1, y0))

    def filled(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A filled rectangle: a rule when thin, shading otherwise. Corners may come in any order."""
        x0, x1 = (x0, x1) if x0 <= x1 else (x1, x0)
        y0, y1 = (y0, y1) if y0 <= y1 else (y1, y0)
        width, height = x1 - x0, y1 - y0
        if height < THIN and width >= height:
            self._level.append(Rule((y0 + y1) / 2, x0, x1))
        elif width < THIN:
            self._upright.append(Rule((x0 + x1) / 2, y0, y1))

    def stroked(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A stroked rectangle: four rules, or one when it is thin."""
        x0, x1 = (x0, x1) if x0 <= x1 else (x1, x0)
        y0, y1 = (y0, y1) if y0 <= y1 else (y1, y0)
        if y1 - y0 < THIN or x1 - x0 < THIN:
            self.filled(x0, y0, x1, y1)
            return
        self._level += (Rule(y0, x0, x1), Rule(y1, x0, x1))
        self._upright += (Rule(x0, y0, y1), Rule(x1, y0, y1))

    def merged(self) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
        """Level and upright rules, each sorted by position, then start."""
        return tuple(_merge(self._level)), tuple(_merge(self._upright))


def _merge(rules: list[Rule]) -> Iterable[Rule]:
    rules.sort()
    group: list[Rule] = []
    for rule in rules:
        if group and rule.at - group[0].at > SNAP:
            yield from _join(group)
            group = []
        group.append(rule)
    yield from _join(group)


def _join(group: list[Rule]) -> Iterable[Rule]:
    """Rules of one position as few long ones, without what is too short to be one."""
    pieces = list(_touching(group, GAP))
    short = sum(rule.end - rule.start < DASH for rule in pieces)
    if short >= DASHES and short > len(pieces) / 2:
        half = DASH_GAP / 2  # the gap in which the line may end
        pieces = [Rule(at, start - half, end + half) for at, start, end in _touching(pieces, DASH_GAP)]
    return (rule for rule in pieces if rule.end - rule.start >= SHORTEST)


def _touching(group: list[Rule], gap: float) -> Iterable[Rule]:
    """Rules without larger gaps. The longest of all says the position: pieces stray, long rules do not."""
    if not group:
        return
    at = max(group, key=lambda r: r.end - r.start).at
    group.sort(key=lambda r: r.start)
    start, end = group[0].start, group[0].end
    for rule in group[1:]:
        if rule.start > end + gap:
            yield Rule(at, start, end)
            start, end = rule.start, rule.end
        elif rule.end > end:
            end = rule.end
    yield Rule(at, start, end)
