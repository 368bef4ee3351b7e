"""Text below a white cover, such as an old title under a redrawn one: it is stored in the file, and invisible.

An editor that may not change a page's text paints over it with a rectangle or picture in paper white. What was drawn
before the cover and lies below it is hidden; what is drawn after it is not.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.pages.model import Word
from pipeline.pages.words import Char
from pipeline.text import unify

WHITE = 0.97  # what is this light on all channels is not seen on white paper
HALF = 0.5
BAND = 20.0  # points; covers are looked up by the bands of the page that they reach into


class Cover(NamedTuple):
    """A white area; it hides what was drawn before it (a lower `order`)."""

    x0: float
    y0: float
    x1: float
    y1: float
    order: int


class Letter(NamedTuple):
    """A character with its place in the order of drawing."""

    char: Char
    order: int


def covers_over(covers: Iterable[Cover], words: Sequence[Word]) -> list[Cover]:
    """The covers that some word has its middle in, whichever of the two was drawn first."""
    middles = sorted(((w[1] + w[3]) * HALF, (w[0] + w[2]) * HALF) for w in words)
    heights = [y for y, _ in middles]
    return [
        c
        for c in covers
        if any(c[0] < x < c[2] for _, x in middles[bisect_right(heights, c[1]) : bisect_left(heights, c[3])])
    ]


def covered_words(words: Sequence[Word], covers: Sequence[Cover], letters: Iterable[Letter]) -> frozenset[Word]:
    """The words of which all letters lie below a cover; where the same text was drawn again there, it is visible."""
    bands: dict[int, list[Cover]] = defaultdict(list)
    for cover in covers:
        for band in range(int(cover.y0 // BAND), int(cover.y1 // BAND) + 1):
            bands[band].append(cover)
    hidden: list[Char] = []
    shown: list[Char] = []
    for char, order in letters:
        x, y = (char[0] + char[2]) * HALF, (char[1] + char[3]) * HALF
        around = [c for c in bands.get(int(y // BAND), ()) if c[0] < x < c[2] and c[1] < y < c[3]]
        if around:
            (hidden if any(order < c.order for c in around) else shown).append(char)
    if not hidden:
        return frozenset()
    return frozenset(w for w in words if w.text in within(w, hidden) and w.text not in within(w, shown))


def within(word: Word, chars: Iterable[Char]) -> str:
    """The text that characters form inside of a word's box."""
    x0, y0, x1, y1 = word[:4]
    inside = (c for c in chars if x0 < (c[0] + c[2]) * HALF < x1 and y0 < (c[1] + c[3]) * HALF < y1)
    return unify("".join(c[4] for c in inside if not c[4].isspace()))
