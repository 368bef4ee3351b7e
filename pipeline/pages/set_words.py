"""The words of a page from its glyphs: ornaments apart, second prints left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from pipeline.pages.glyphs import Glyph, words_of
from pipeline.pages.model import Word
from pipeline.pages.ornaments import sort_out
from pipeline.pages.words import Char

SEEN = 0.05  # opacity; fainter letters are not seen, and text behind a scan has none


class SetWords(NamedTuple):
    """The words of a page, and what gives the characters of each of them with their boxes.

    `ornaments` are words that are no text; `invisible` ones are not drawn at all. `is_less`: not all glyphs are
    in words.
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


def words_as_set(glyphs: Sequence[Glyph], in_lines: Arrange = after_gaps) -> SetWords:
    """The words that glyphs form, in the order of drawing; `in_lines` sets where words and lines begin.

    Where no glyph is drawn, all are kept: they are the text behind a scan, and whether to trust it is asked elsewhere.
    """
    places = range(len(glyphs))
    lost = [i for i in places if glyphs[i].opacity < SEEN]
    if not lost or len(lost) == len(glyphs):
        return _drawn(glyphs, in_lines)
    gone = frozenset(lost)
    found = _drawn(after_gaps(glyphs, [i for i in places if i not in gone]), in_lines)
    return found._replace(invisible=tuple(word for word, _ in words_of(in_lines(glyphs, lost))), is_less=True)


def _drawn(glyphs: Sequence[Glyph], in_lines: Arrange) -> SetWords:
    kept, ornaments, seals = sort_out(glyphs)
    words, chars = [], {}
    for word, letters in words_of(in_lines(glyphs, kept)):
        words.append(word)
        chars[word] = [(g.x0, g.y0, g.x1, g.y1, g.text) for g in letters]
    apart = tuple(word for word, _ in words_of(in_lines(glyphs, ornaments)))
    return SetWords(words, chars.__getitem__, (*apart, *seals), is_less=len(kept) < len(glyphs))
