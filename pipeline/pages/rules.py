"""Rules of a page from lines, thin filled rectangles and edges of areas: snapped to common positions, pieces joined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from operator import itemgetter

from pipeline.pages.crossings import settled
from pipeline.pages.double_rules import single
from pipeline.pages.letter_rules import letter_rules
from pipeline.pages.limits import MOST_RULES, MOST_SHAPES, check_count
from pipeline.pages.model import Rule, Word
from pipeline.pages.painted_areas import BAR, PAPER, PICTURE, Edge, PaintedArea
from pipeline.pages.shades import borders_of
from pipeline.pages.words import Char

THIN = 2.0  # points; a filled rectangle thinner than this is a rule. Excel and print drivers draw up to 1.5.
SNAP = 2.0  # points; rules closer than this are one: neighbouring cells draw their common border twice.
GAP = 2.5  # points; pieces closer than this are one rule: pieces end at the border of each cell.
SHORTEST = 3.0  # points; what is shorter after joining is a dash or a glyph drawn as a line.
DASH = 8.0  # points; the pieces of a dashed line are shorter
DASHES = 8  # pieces; fewer in a row may be anything
DASH_GAP = 4.0  # points between two pieces of a dashed line
LONGEST_DASH = 15.0  # points; with wider gaps than DASH_GAP between them, dashes are as long as this
WIDEST_GAP = 8.0  # points between two dashes
DASHED = 2  # lines of wide dashes in each direction, of DASHES pieces each; a page with dashed borders has more
ALIKE = 0.15  # share of the gaps between dashes that are as wide as the widest ones; where lines lie on each other,
# most are narrower
ROUNDED = 1.0  # points that gaps counted as alike may be wider
SLOPE = 0.7  # points a drawn line may lean and still be a rule.

_START = itemgetter(1)

Piece = tuple[float, float, float]
"""A piece of a rule as it was drawn: at, start and end. Pages have five times as many as rules."""


class RuleCollector:
    """Takes drawn primitives in page coordinates and gives the merged rules."""

    __slots__ = ("_areas", "_level", "_upright")

    def __init__(self) -> None:
        self._level: list[Piece] = []
        self._upright: list[Piece] = []
        self._areas: list[PaintedArea] = []  # in the order of drawing

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

    def area(self, x0: float, y0: float, x1: float, y1: float, colour: int) -> None:
        """A filled rectangle or white line with its colour: its edges may be borders. Call `filled` for it as well."""
        self._areas.append(PaintedArea(x0, y0, x1, y1, colour))

    def picture(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A picture: a border when it is thin."""
        if x1 - x0 <= BAR or y1 - y0 <= BAR:
            self._areas.append(PaintedArea(x0, y0, x1, y1, PICTURE))

    def merged(self) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
        """Level and upright rules, each sorted by position, then start. Raises `PageError` where they are too many."""
        level, upright = self._lines()
        if not any(area.colour != PAPER for area in self._areas):
            return level, upright
        more_level, more_upright = borders_of(self._areas, level, upright)
        return _with(level, more_level), _with(upright, more_upright)

    def merged_with_words(
        self, words: Sequence[Word], chars_of: Callable[[Word], Sequence[Char]]
    ) -> tuple[tuple[Rule, ...], tuple[Rule, ...], Sequence[Word]]:
        """Level and upright rules, those that characters print included, and the words without these characters."""
        letters = letter_rules(words, chars_of)
        if letters is None:
            return *self.merged(), words
        level, upright = self._lines()
        more_level, more_upright = borders_of(self._areas, level, upright, (letters.level, letters.upright))
        printed = {edge.at for edge in (*letters.level, *letters.upright)}
        is_ruled = any(edge.at in printed for edge in (*more_level, *more_upright))
        return _with(level, more_level), _with(upright, more_upright), letters.words if is_ruled else words

    def _lines(self) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
        """The rules that are drawn as lines: dashes joined, double ones made single."""
        check_count(len(self._level) + len(self._upright) + len(self._areas), MOST_SHAPES, "lines and areas")
        level, upright = tuple(_merge(self._level)), tuple(_merge(self._upright))
        check_count(len(level) + len(upright), MOST_RULES, "rules")
        gap = _wide_dashes(self._level, self._upright)
        if gap is not None:
            across, down = list(_merge(self._level, gap)), list(_merge(self._upright, gap))
            level, upright = tuple(settled(across, down, gap)), tuple(settled(down, across, gap))
        singled = single(level, upright, (self._level, self._upright), SNAP)
        if singled is not None:
            level, upright = tuple(_merge(list(singled[0]))), tuple(_merge(list(singled[1])))
        return level, upright


def _with(rules: tuple[Rule, ...], edges: list[Edge]) -> tuple[Rule, ...]:
    return tuple(_merge([*rules, *(edge[:3] for edge in edges)])) if edges else rules


def _groups(pieces: list[Piece]) -> Iterator[list[Piece]]:
    """Pieces by their common position."""
    pieces.sort()
    group: list[Piece] = []
    for piece in pieces:
        if group and piece[0] - group[0][0] > SNAP:
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


def _merge(pieces: list[Piece], gap: float = GAP) -> Iterator[Rule]:
    for group in _groups(pieces):
        yield from _join(group, gap)


def _wide_dashes(level: list[Piece], upright: list[Piece]) -> float | None:
    """The gap between the dashes of a page whose borders are dashed widely, in both directions; None on others."""
    gaps = [_gap(pieces) for pieces in (level, upright)]
    return None if None in gaps else max(gap for gap in gaps if gap is not None)


def _gap(pieces: list[Piece]) -> float | None:
    if sum([end - start <= LONGEST_DASH for _, start, end in pieces]) < DASHED * DASHES:
        return None
    widths: Counter[int] = Counter()
    for group in _groups(pieces):
        dashes = [p for p in _touching(group, GAP) if p[2] - p[1] <= LONGEST_DASH]
        if len(dashes) >= DASHES:
            widths.update(round(b[1] - a[2]) for a, b in pairwise(dashes) if b[1] - a[2] <= WIDEST_GAP)
    common = [width for width, count in widths.items() if count >= ALIKE * widths.total()]
    return max(common) + ROUNDED if widths.total() >= DASHED * DASHES and common and max(common) > GAP else None


def _join(group: list[Piece], gap: float) -> list[Rule]:
    """Pieces of one position as few long rules, without what is too short to be one."""
    joined = _touching(group, gap)
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
