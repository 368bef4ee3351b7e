"""Words of which a reader cannot name the characters: another reader names them, or they are left out and told.

Fonts without a usable map to Unicode print letters and store the numbers of glyphs. Readers go different ways from
there to characters, so that one may know what the other does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from pipeline.pages.model import Page, Word
from pipeline.pages.text_layer_quality import IMPLAUSIBLE

UNKNOWN = "\ufffd"
_APART = 1.0  # points by which boxes of one word differ between readers


def with_known_words(page: Page, other_words: Callable[[], Sequence[Word]]) -> Page:
    """The page with its words of unknown characters as another reader gives them; `unmapped` are those it gives not."""
    nameless = [word for word in page.words if UNKNOWN in word.text]
    if not nameless:
        return page
    others = [word for word in other_words() if not IMPLAUSIBLE.search(word.text)]
    named = {word: _in_place_of(word, others) for word in nameless}
    known = {word: found for word, found in named.items() if found}
    words = tuple(w for word in page.words for w in known.get(word, (word,)))
    unmapped = tuple(word for word in nameless if word not in known)
    return replace(page, words=words, unmapped=unmapped)


def without_unmapped(words: Iterable[Word]) -> tuple[Word, ...]:
    """Words without those of unknown characters."""
    return tuple(word for word in words if UNKNOWN not in word.text)


def _in_place_of(word: Word, others: Sequence[Word]) -> tuple[Word, ...]:
    """The words that another reader has where a word stands, in its line; none where they do not fill its place."""
    x0, y0, x1, y1, _, run = word
    found = [w for w in others if w.x0 > x0 - _APART and w.x1 < x1 + _APART and y0 < (w.y0 + w.y1) / 2 < y1]
    if not found or min(w.x0 for w in found) > x0 + _APART or max(w.x1 for w in found) < x1 - _APART:
        return ()
    return tuple(Word(*w[:4], w.text, run) for w in found)
