"""The words of a page from its glyphs: ornaments apart, second prints left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from pipeline.pages.glyphs import Glyph, words_of
from pipeline.pages.model import Word
from pipeline.pages.ornaments import PAPER, sort_out
from pipeline.pages.words import Char

_LIGHT = 100_000  # lines of text that a page has at most; those in the colour of paper are numbered from there
SEEN = 0.05  # opacity; fainter letters are not seen, and text behind a scan has none


class SetWords(NamedTuple):
    """The words of a page, and what gives the characters of each of them with their boxes.

    `ornaments` are words that are no text; `invisible` ones are not drawn at all. `is_less`: words lack
    some glyphs.
    """

    words: list[Word]
    chars_of: Callable[[Word], Sequence[Char]]
    ornaments: tuple[Word, ...] = ()
    invisible: tuple[Word, ...] = ()
    is_less: bool = False


def after_gaps(glyphs: Sequence[Glyph], places: Sequence[int]) -> list[Glyph]:
    """Some of the glyphs; one before which others are left out begins a word where the first of these did."""
    result: list[Glyph] = []
    last = -1
    for i in places:
        begins = any(glyphs[j].begins for j in range(last + 1, i + 1))
        result.append(glyphs[i] if begins == glyphs[i].begins else glyphs[i]._replace(begins=begins))
        last = i
    return result


Arrange = Callable[[Sequence[Glyph], Sequence[int]], Sequence[Glyph]]
"""What sets words and lines for some glyphs, given all of them and the places of those."""


def words_as_set(glyphs: Sequence[Glyph], in_lines: Arrange = after_gaps, *, may_be_covered: bool = False) -> SetWords:
    """The words that glyphs form, in the order of drawing; `in_lines` sets where words and lines begin.

    `may_be_covered`: white areas are drawn on the page. Of two equal glyphs in one place the first may then be hidden
    and the second its redrawing: both are kept.

    Where no glyph is drawn, all are kept: they are the text behind a scan, and whether to trust it is asked elsewhere.
    """
    places = range(len(glyphs))
    lost = [i for i in places if glyphs[i].opacity < SEEN]
    if not lost or len(lost) == len(glyphs):
        return _drawn(glyphs, in_lines, may_be_covered)
    found = _drawn(_without(glyphs, lost), in_lines, may_be_covered)
    return found._replace(invisible=tuple(word for word, _ in words_of(in_lines(glyphs, lost))), is_less=True)


def _without(glyphs: Sequence[Glyph], left_out: Sequence[int]) -> list[Glyph]:
    gone = frozenset(left_out)
    return after_gaps(glyphs, [i for i in range(len(glyphs)) if i not in gone])


def _drawn(glyphs: Sequence[Glyph], in_lines: Arrange, may_be_covered: bool) -> SetWords:
    """The words of glyphs that are drawn; those in the colour of paper are no part of other words that they lie on."""
    pale = [i for i, glyph in enumerate(glyphs) if glyph.lightness >= PAPER]
    if not pale or len(pale) == len(glyphs) or not _lie_on(pale, glyphs):
        return _sorted_out(glyphs, in_lines, may_be_covered)
    dark = _sorted_out(_without(glyphs, pale), in_lines, may_be_covered)
    light = _sorted_out(after_gaps(glyphs, pale), in_lines, may_be_covered)
    more = {word._replace(run=_LIGHT + word.run): word for word in light.words}

    def chars_of(word: Word) -> Sequence[Char]:
        return light.chars_of(more[word]) if word in more else dark.chars_of(word)

    return SetWords([*dark.words, *more], chars_of, (*dark.ornaments, *light.ornaments), is_less=True)


def _lie_on(some: Sequence[int], glyphs: Sequence[Glyph]) -> bool:
    """Whether any of some glyphs lies on another glyph of the page."""
    chosen = frozenset(some)
    others = [g for i, g in enumerate(glyphs) if i not in chosen and not g.text.isspace()]
    middles = [((glyphs[i].x0 + glyphs[i].x1) / 2, (glyphs[i].y0 + glyphs[i].y1) / 2) for i in some]
    return any(g.x0 < x < g.x1 and g.y0 < y < g.y1 for x, y in middles for g in others)


def _sorted_out(glyphs: Sequence[Glyph], in_lines: Arrange, may_be_covered: bool) -> SetWords:
    kept, ornaments, seals = sort_out(glyphs, second_prints=not may_be_covered)
    words, chars = [], {}
    for word, letters in words_of(in_lines(glyphs, kept)):
        words.append(word)
        chars[word] = [(g.x0, g.y0, g.x1, g.y1, g.text) for g in letters]
    apart = tuple(word for word, _ in words_of(in_lines(glyphs, ornaments)))
    return SetWords(words, chars.__getitem__, (*apart, *seals), is_less=len(kept) < len(glyphs))
