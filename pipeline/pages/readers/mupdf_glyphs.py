"""The glyphs of a page as MuPDF gives them: twice as dear as reading the page, so only where its words are odd."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from pipeline.pages.glyphs import Glyph, settled
from pipeline.pages.model import Word
from pipeline.pages.readers.mupdf_rules import placed
from pipeline.pages.signs import ODD, signs_of
from pipeline.pages.text_layer_quality import IMPLAUSIBLE

_NARROW = 0.18  # of its height: what a word has of width for each byte of UTF-8, unless it is tall, turned or leaning
_LETTERS = 4  # Chinese characters that stand alone, each wider or lower than those of words are: letters of a seal
_LOWEST, _WIDEST = 0.68, 1.02  # width of a character by its height
_DOUBLED = re.compile(r"(?<!\S)(?:([^\s.…_*-])\1){2,}(?!\S)")
_LINES = 6  # lines of which the direction of writing is looked at
_OVER = 0.4  # share of the lower height by which words lie on each other
_OVER_WIDTH = 2.5  # points
_BLANKS = frozenset(map(chr, (*range(33), 160, *range(0x202A, 0x202F))))  # what ends a word in MuPDF


def is_odd(text_page: Any, words: Sequence[Word], turn: Any) -> bool:
    """Whether words of a page look as sound text never does, so that its glyphs have to be looked at."""
    text = " ".join([word[4] for word in words])
    if IMPLAUSIBLE.search(text) or ODD.search(text) or _DOUBLED.search(text):
        return True
    narrow = any([x1 - x0 < _NARROW * (y1 - y0) * len(text.encode()) for x0, y0, x1, y1, text, _ in words])
    return narrow or _letters(words) >= _LETTERS or _is_turned(text_page, turn) or _lie_on_each_other(words)


def _letters(words: Sequence[Word]) -> int:
    """Number of Chinese characters alone that are not as wide as they are in the words of most fonts."""
    count = 0
    for x0, y0, x1, y1, text, _ in words:
        if len(text) == 1 and "\u4e00" <= text <= "\u9fff" and not _LOWEST < (x1 - x0) / ((y1 - y0) or 1) < _WIDEST:
            count += 1
    return count


def _is_turned(text_page: Any, turn: Any) -> bool:
    """Whether any of the first lines is not written from left to right on the page as displayed."""
    a, b = (1.0, 0.0) if turn is None else (turn[0], turn[2])
    left = _LINES
    for block in text_page.this:
        if block.m_internal.type != 0:
            continue
        for line in block:
            direction = line.m_internal.dir
            if a * direction.x + b * direction.y < 0.99:
                return True
            left -= 1
            if not left:
                return False
    return False


def _lie_on_each_other(words: Sequence[Word]) -> bool:
    """Whether a word lies on another one."""
    places = sorted([(y0, x0, x1, y1) for x0, y0, x1, y1, _, _ in words])
    for i, (y0, x0, x1, y1) in enumerate(places):
        height = y1 - y0
        end = y1 - _OVER * height
        for j in range(i + 1, len(places)):
            top, left, right, bottom = places[j]
            if top > end:
                break
            if left < x1 and right > x0 and (right if right < x1 else x1) - (left if left > x0 else x0) > _OVER_WIDTH:
                lower = bottom - top if bottom - top < height else height
                if (bottom if bottom < y1 else y1) - top > _OVER * lower:
                    return True
    return False


def glyphs_of(text_page: Any, turn: Any) -> tuple[list[Glyph], bool]:
    """The glyphs of a page as displayed, in drawing order, and whether any of them is not as MuPDF gives it.

    Those of fonts with tall boxes are set to their base lines, and those of fonts of pictures are signs.
    """
    glyphs: list[Glyph] = []
    run = 0
    for block in text_page.extractRAWDICT()["blocks"]:
        for line in block.get("lines", ()):
            run += 1
            begins = True
            for span in line["spans"]:
                begins = _add_span(glyphs, span, _direction(line["dir"], turn), turn, run, begins)
    texts = signs_of([g.text for g in glyphs], [g.font for g in glyphs])
    read = [settled(g if g.text == text else g._replace(text=text)) for g, text in zip(glyphs, texts, strict=True)]
    return read, any(a is not b for a, b in zip(glyphs, read, strict=True))


def _add_span(
    glyphs: list[Glyph], span: dict[str, Any], direction: tuple[float, float], turn: Any, run: int, begins: bool
) -> bool:
    """Adds the glyphs of a span; whether the next one begins a word."""
    lightness = _lightness(span["color"])
    opacity = span.get("alpha", 255) / 255
    for char in span["chars"]:
        text = char["c"]
        if text in _BLANKS:
            begins = True
            continue
        x, y, _, _ = placed((*char["origin"], *char["origin"]), turn)
        box = placed(char["bbox"], turn)
        style = span["size"], span["font"], lightness, opacity
        glyphs.append(Glyph(*box, text, x, y, *direction, *style, begins, run))
        begins = False
    return begins


def _direction(direction: Sequence[float], turn: Any) -> tuple[float, float]:
    x, y = direction
    if turn is None:
        return x, y
    a, b, c, d = turn[:4]
    dx, dy = a * x + c * y, b * x + d * y
    length = math.hypot(dx, dy) or 1.0
    return dx / length, dy / length


def _lightness(color: int) -> float:
    red, green, blue = color >> 16 & 255, color >> 8 & 255, color & 255
    return (0.3 * red + 0.59 * green + 0.11 * blue) / 255
