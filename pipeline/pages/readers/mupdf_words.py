"""Words of MuPDF's text pages, and their characters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pipeline.pages.limits import MOST_CHARACTERS, MOST_WORDS, check_count
from pipeline.pages.model import Word
from pipeline.pages.readers.mupdf_glyphs import narrowed
from pipeline.pages.readers.mupdf_rules import turned
from pipeline.pages.words import Char
from pipeline.text import is_unified, unify

_new = tuple.__new__  # what a NamedTuple does, without matching names: pages have hundreds of words


def words_of(text_page: Any, turn: Any) -> list[Word]:
    """Words, numbered by the text line that they stand on."""
    words: list[Word] = []
    last_block = last_line = -1
    run = 0
    raw = text_page.extractWORDS()
    check_count(len(raw), MOST_WORDS, "words")
    printed = "".join([entry[4] for entry in raw])
    check_count(len(printed), MOST_CHARACTERS, "characters")
    plain = is_unified(printed)
    for x0, y0, x1, y1, text, block, line, _ in raw:
        if line != last_line or block != last_block:
            last_block, last_line = block, line
            run += 1
        if plain or (text := unify(text)):
            words.append(_new(Word, (x0, y0, x1, y1, text, run)))
    if turn is not None:
        words = [Word(*turned(w[:4], turn), w.text, w.run) for w in words]
    return words


def chars_in(text_page: Any, turn: Any) -> Callable[[Word], Sequence[Char]]:
    return lambda word: _chars_of(text_page, word, turn)


def _chars_of(text_page: Any, word: Word, turn: Any) -> list[Char]:
    """A word's characters."""
    with narrowed(text_page, word, turn):
        blocks = text_page.extractRAWDICT()["blocks"]
    found = [_chars(line, word, turn) for block in blocks for line in block.get("lines", ())]
    same = (chars for chars in found if unify("".join(char[4] for char in chars)) == word.text)
    return next(same, None) or max(found, key=len, default=[])


def _chars(line: dict[str, Any], word: Word, turn: Any) -> list[Char]:
    """The characters of a line that stand in the word's place."""
    chars: list[Char] = []
    for span in line["spans"]:
        for char in span["chars"]:
            x0, y0, x1, y1 = turned(char["bbox"], turn) if turn is not None else char["bbox"]
            if (
                x0 >= word.x0 - 0.1
                and x1 <= word.x1 + 0.1
                and y0 >= word.y0 - 3
                and y1 <= word.y1 + 3
                and not char["c"].isspace()
            ):
                chars.append((x0, y0, x1, y1, char["c"]))
    return chars
