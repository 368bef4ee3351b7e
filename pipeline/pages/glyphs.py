"""The characters of a page with how they are set, and which of them people read as its text.

Readers give words, and words are enough for most pages. Some pages print characters that are no text of any cell: the
second print of a bold word, letters of a seal, watermarks. Others have fonts whose boxes are far taller than their
letters, or content that lies on its side. Both readers describe such pages by their glyphs and share what follows here.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pipeline.pages.model import Word
from pipeline.text import unify

TALL = 1.8  # sizes of the font; a taller box is no measure of its letters. Sound fonts have 1.0 to 1.7, odd ones 2.4
ABOVE, BELOW = 0.8, 0.2  # of the font's size: what letters reach above and below their base line
HALF = 0.5
LEANING = math.sin(math.radians(5))  # text that leans more is no line of a page; scans that are set straight lean less


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


def quarters_of(glyphs: Iterable[Glyph]) -> int:
    """By how many quarters clockwise most of the text is turned, as displayed; 0 where no direction has the most."""
    counts = Counter(quarter_of(g.dx, g.dy) for g in glyphs)
    total = sum(counts.values())
    quarter, count = counts.most_common(1)[0] if counts else (None, 0)
    return quarter if quarter is not None and count > HALF * total else 0


def quarter_of(dx: float, dy: float) -> int | None:
    """The direction of writing in quarters clockwise from level; None when it leans."""
    if abs(dx) > LEANING < abs(dy):
        return None
    return (0 if dx > 0 else 2) if abs(dx) > abs(dy) else (1 if dy > 0 else 3)


def level_box(glyph: Glyph) -> tuple[float, float, float, float]:
    """The box of a glyph on a page turned so that its text runs from left to right; only good for comparisons."""
    quarter = quarter_of(glyph.dx, glyph.dy)
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
    quarter = quarter_of(glyph.dx, glyph.dy)
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
