"""The characters of a page with how they are set, and which of them people read as its text.

Readers give words, and words are enough for most pages. Some pages print characters that are no text of any cell: the
second print of a bold word, letters of a seal, watermarks. Others have fonts whose boxes are far taller than their
letters, or content that lies on its side. Both readers describe such pages by their glyphs and share what follows here.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import NamedTuple

from pipeline.pages.model import Word
from pipeline.text import unify

TALL = 1.8  # sizes of the font; a taller box is no measure of its letters. Sound fonts have 1.0 to 1.7, odd ones 2.4
ABOVE, BELOW = 0.8, 0.2  # of the font's size: what letters reach above and below their base line
LEANING = math.sin(math.radians(5))  # text that leans more is no line of a page; scans that are set straight lean less
MOST = 0.5  # share of a page's characters; more than that are its content, however they lie
TWICE = 1.1  # points between two prints of one character that people see as one, in bold or with a shadow
TWICE_SIZES = 0.25  # of the font's size: two letters that stand side by side are further apart
PALE, PAPER = 0.6, 0.97  # lightness: watermarks are between the two; what is lighter is not seen
FAINT = 0.5  # opacity of a watermark, at most
LARGE = 1.8  # times the usual size of a page's characters
ON_TEXT = 3  # characters of other words that a large text lies on, at least
ARC = 4  # letters of a seal that lean in different directions, at least
ON_ARC = 0.35  # of the font's size: how far a letter of a seal stands off the circle


class Glyph(NamedTuple):
    """A character as it is set on the page as displayed: points, origin top left.

    The box is that of the character, `x` and `y` its origin on the base line, `dx` and `dy` the direction of writing (a
    unit vector). `lightness` is that of its colour on white paper, from 0 (black) to 1. `begins`: a blank stands before
    it, or nothing; `run` numbers the reader's lines.
    """

    x0: float
    y0: float
    x1: float
    y1: float
    text: str
    x: float
    y: float
    dx: float
    dy: float
    size: float
    font: str
    lightness: float
    opacity: float
    begins: bool
    run: int


class Sorted(NamedTuple):
    """Glyphs that are text of the page, by their place in what was given, and those that are ornaments."""

    text: tuple[int, ...]
    ornaments: tuple[int, ...]


def sort_out(glyphs: Sequence[Glyph]) -> Sorted:
    """The glyphs that people read as text, and the ornaments; second prints are neither."""
    ornaments = _leaning(glyphs)
    ornaments |= _of_seals(glyphs, ornaments)
    ornaments |= _watermarks(glyphs, ornaments)
    twice = _twice(glyphs)
    kept = tuple(i for i in range(len(glyphs)) if i not in ornaments and i not in twice)
    return Sorted(kept, tuple(sorted(ornaments - twice)))


def quarters_of(glyphs: Iterable[Glyph]) -> int:
    """By how many quarters clockwise most of the text is turned, as displayed; 0 where no direction has the most."""
    counts = Counter(_quarter(g.dx, g.dy) for g in glyphs)
    total = sum(counts.values())
    quarter, count = counts.most_common(1)[0] if counts else (None, 0)
    return quarter if quarter is not None and count > MOST * total else 0


def _quarter(dx: float, dy: float) -> int | None:
    """The direction of writing in quarters clockwise from level; None when it leans."""
    if abs(dx) > LEANING < abs(dy):
        return None
    return (0 if dx > 0 else 2) if abs(dx) > abs(dy) else (1 if dy > 0 else 3)


def level_box(glyph: Glyph) -> tuple[float, float, float, float]:
    """The box of a glyph on a page turned so that its text runs from left to right; only good for comparisons."""
    quarter = _quarter(glyph.dx, glyph.dy)
    x0, y0, x1, y1 = glyph[:4]
    if quarter == 1:
        return y0, -x1, y1, -x0
    if quarter == 2:
        return -x1, -y1, -x0, -y0
    if quarter == 3:
        return -y1, x0, -y0, x1
    return x0, y0, x1, y1


def settled(glyph: Glyph) -> Glyph:
    """A glyph in a box of its font's size on the base line, where its own box is far taller or stands elsewhere."""
    quarter = _quarter(glyph.dx, glyph.dy)
    if quarter is None or glyph.x0 == glyph.x1:  # a text that stands for a picture has no letters
        return glyph
    is_level, is_forward = quarter % 2 == 0, quarter in (0, 3)  # letters stand above or left of their base line
    line, first, last = (glyph.y, glyph.y0, glyph.y1) if is_level else (glyph.x, glyph.x0, glyph.x1)
    above, below = (line - first, last - line) if is_forward else (last - line, line - first)
    if above + below <= TALL * glyph.size and above > below:
        return glyph
    above, below = ABOVE * glyph.size, BELOW * glyph.size
    first, last = (line - above, line + below) if is_forward else (line - below, line + above)
    return glyph._replace(y0=first, y1=last) if is_level else glyph._replace(x0=first, x1=last)


def words_of(glyphs: Iterable[Glyph]) -> Iterator[tuple[Word, tuple[Glyph, ...]]]:
    """Words with their glyphs: one ends where a blank or another line begins."""
    group: list[Glyph] = []
    for glyph in glyphs:
        if group and (glyph.begins or glyph.run != group[-1].run):
            yield from _word(group)
            group = []
        group.append(glyph)
    yield from _word(group)


def _word(group: Sequence[Glyph]) -> Iterator[tuple[Word, tuple[Glyph, ...]]]:
    text = unify("".join(g.text for g in group))
    if text:
        x0, y0 = min(g.x0 for g in group), min(g.y0 for g in group)
        x1, y1 = max(g.x1 for g in group), max(g.y1 for g in group)
        yield Word(x0, y0, x1, y1, text, group[0].run), tuple(group)


def _leaning(glyphs: Sequence[Glyph]) -> set[int]:
    """Characters that are written slantwise, where these are not the page's content."""
    found = {i for i, g in enumerate(glyphs) if abs(g.dx) > LEANING < abs(g.dy)}
    return found if len(found) < MOST * len(glyphs) else set()


def _of_seals(glyphs: Sequence[Glyph], leaning: set[int]) -> set[int]:
    """Characters that stand level by chance on the circle on which others of the same style lean."""
    styles: dict[tuple[str, int, int], list[int]] = defaultdict(list)
    for i in leaning:
        styles[_style(glyphs[i])].append(i)
    found: set[int] = set()
    for style, places in styles.items():
        if len({(round(glyphs[i].dx, 1), round(glyphs[i].dy, 1)) for i in places}) < ARC:
            continue
        circle = _circle([(glyphs[i].x, glyphs[i].y) for i in places])
        if circle is None:
            continue
        x, y, radius = circle
        found |= {
            i
            for i, g in enumerate(glyphs)
            if _style(g) == style and abs(math.hypot(g.x - x, g.y - y) - radius) < ON_ARC * g.size
        }
    return found


def _style(glyph: Glyph) -> tuple[str, int, int]:
    return glyph.font, round(glyph.size * 2), round(glyph.lightness * 100)


def _circle(points: Sequence[tuple[float, float]]) -> tuple[float, float, float] | None:
    """Centre and radius of the circle through points, by least squares; None when they stand on one line."""
    n = len(points)
    mx, my = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    uv = [(x - mx, y - my) for x, y in points]
    uu, vv, cross = sum(u * u for u, _ in uv), sum(v * v for _, v in uv), sum(u * v for u, v in uv)
    scale = uu * vv - cross * cross
    if scale < 1e-6 * max(uu * vv, 1e-9):
        return None
    p = sum(u * (u * u + v * v) for u, v in uv) / 2
    q = sum(v * (u * u + v * v) for u, v in uv) / 2
    cu, cv = (p * vv - q * cross) / scale, (q * uu - p * cross) / scale
    return mx + cu, my + cv, math.sqrt(cu * cu + cv * cv + (uu + vv) / n)


def _watermarks(glyphs: Sequence[Glyph], known: set[int]) -> set[int]:
    """Faint text, and pale or large text that is drawn over other words, with all that is set as it is."""
    usual = median(g.size for g in glyphs) if glyphs else 0.0
    styles: dict[tuple[str, int, int], list[int]] = defaultdict(list)
    found: set[int] = set()
    for i, g in enumerate(glyphs):
        if i in known:
            continue
        if g.opacity < FAINT:
            found.add(i)
        elif PALE < g.lightness < PAPER or g.size > LARGE * usual:
            styles[_style(g)].append(i)
    for places in styles.values():
        style = set(places)
        others = [g for i, g in enumerate(glyphs) if i not in style and i not in known and i not in found]
        if len(style) < len(others) and _lie_on([glyphs[i] for i in places], others):
            found |= style
    return found if len(found) < MOST * len(glyphs) else set()


def _lie_on(letters: Sequence[Glyph], others: Sequence[Glyph]) -> bool:
    """Whether some of the other glyphs have their middle in letters."""
    count = 0
    for other in others:
        x, y = (other.x0 + other.x1) / 2, (other.y0 + other.y1) / 2
        count += any(g.x0 < x < g.x1 and g.y0 < y < g.y1 for g in letters)
        if count >= ON_TEXT:
            return True
    return False


def _twice(glyphs: Sequence[Glyph]) -> set[int]:
    """The later ones of two equal characters that are printed in nearly the same place."""
    places: dict[tuple[str, int, int], list[Glyph]] = {}
    found: set[int] = set()
    for i, g in enumerate(glyphs):
        if g.x0 == g.x1:  # the characters of a text that stands for a picture are all in one place
            continue
        column, row = int(g.x / TWICE), int(g.y / TWICE)
        near = min(TWICE, TWICE_SIZES * g.size)
        around = ((g.text, column + a, row + b) for a in (-1, 0, 1) for b in (-1, 0, 1))
        if any(_near(g, other, near) for place in around for other in places.get(place, ())):
            found.add(i)
        else:
            places.setdefault((g.text, column, row), []).append(g)
    return found


def _near(glyph: Glyph, other: Glyph, distance: float) -> bool:
    return (
        abs(glyph.x - other.x) <= distance
        and abs(glyph.y - other.y) <= distance
        and abs(glyph.size - other.size) < 0.2 * glyph.size
    )
