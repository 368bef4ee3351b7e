"""The glyphs of a page as MuPDF gives them: twice as dear as reading the page, so only where its words are odd."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from pymupdf import mupdf

from pipeline.pages.glyphs import Glyph, settled
from pipeline.pages.model import Word
from pipeline.pages.ornaments import TILES, in_a_grid
from pipeline.pages.readers.mupdf_rules import placed
from pipeline.pages.signs import ODD, signs_of
from pipeline.pages.text_layer_quality import IMPLAUSIBLE

_NARROW = 0.18  # of its height: what a word has of width for each byte of UTF-8, unless it is tall, turned or leaning
_LETTERS = 4  # Chinese characters that stand alone: those of a seal, or of a label in a narrow cell
_DOUBLED = re.compile(r"(?<!\S)(?:([^\s.…_*-])\1){2,}(?!\S)")
_LARGE = 2.5  # times the height of most words: more than the titles of forms
_LINES = 3  # lines at either end of a page of which the direction of writing is looked at: 40 microseconds each
_OVER = 0.4  # share of the lower height by which words lie on each other
_OVER_WIDTH = 2.5  # points
_OTHER_SIZE = 1.25  # ratio of the heights of a watermark and the words below it
_OFTEN = 3  # prints of a small watermark on a page
_BLANKS = frozenset(map(chr, (*range(33), 160, *range(0x202A, 0x202F))))  # what ends a word in MuPDF


def is_odd(text_page: Any, words: Sequence[Word], turn: Any) -> bool:
    """Whether words of a page look as sound text never does, so that its glyphs have to be looked at."""
    text = " ".join([word[4] for word in words])
    if IMPLAUSIBLE.search(text) or ODD.search(text) or _DOUBLED.search(text):
        return True
    narrow = any([x1 - x0 < _NARROW * (y1 - y0) * len(text.encode()) for x0, y0, x1, y1, text, _ in words])
    return (
        narrow
        or _has_large(words)
        or _has_tiles(words)
        or _lie_on_each_other(words)
        or (_may_be_turned(words) and _is_turned(text_page, turn))
    )


def _may_be_turned(words: Sequence[Word]) -> bool:
    """Whether a page has letters that stand alone, as on a seal, or words that follow upwards or to the left."""
    if not words:
        return True
    alone = back = down = up = 0
    before = words[0]
    for word in words:
        alone += len(word[4]) == 1 and word[4] >= "\u4e00"
        back += word[5] == before[5] and word[0] < before[0]
        up += word[3] <= before[1]
        down += word[1] >= before[3]
        before = word
    return alone >= _LETTERS or back > 0 or up >= down


def _has_tiles(words: Sequence[Word]) -> bool:
    """Whether a text is printed again and again in even distances."""
    places: dict[str, list[Word]] = {}
    for word in words:
        places.setdefault(word[4], []).append(word)
    often = (found for text, found in places.items() if len(found) >= TILES and len(text) > 1)
    return any(in_a_grid([word[:2] for word in found], found[0][3] - found[0][1]) for found in often)


def _has_large(words: Sequence[Word]) -> bool:
    """Whether a word is far higher than most, as a watermark is."""
    heights = sorted([word[3] - word[1] for word in words])
    return bool(heights) and heights[-1] > _LARGE * heights[len(heights) // 2]


def _is_turned(text_page: Any, turn: Any) -> bool:
    """Whether any of the first or last lines is not written from left to right on the page as displayed."""
    a, b = (1.0, 0.0) if turn is None else (turn[0], turn[2])
    return any(a * line.dir.x + b * line.dir.y < 0.99 for line in (*_first_lines(text_page), *_last_lines(text_page)))


def _first_lines(text_page: Any) -> Iterator[Any]:
    return islice((line.m_internal for block in text_page.this if _is_text(block) for line in block), _LINES)


def _last_lines(text_page: Any) -> Iterator[Any]:
    """The first line of each of the last blocks, from the end; the letters of a seal are a block each."""
    block = text_page.this.m_internal.last_block
    for _ in range(_LINES):
        if block is None:
            return
        found = mupdf.FzStextBlock(block)
        if _is_text(found):
            yield from islice((line.m_internal for line in found), 1)
        block = block.prev


def _is_text(block: Any) -> bool:
    return bool(block.m_internal.type == mupdf.FZ_STEXT_BLOCK_TEXT)


def _lie_on_each_other(words: Sequence[Word]) -> bool:
    """Whether a word lies on another one as second prints and watermarks do, and not as the text of a low cell."""
    places = sorted([(y0, x0, x1, y1, text) for x0, y0, x1, y1, text, _ in words])
    counts: Counter[str] | None = None
    for i, (y0, x0, x1, y1, text) in enumerate(places):
        height = y1 - y0
        end = y1 - _OVER * height
        for j in range(i + 1, len(places)):
            top, left, right, bottom, other = places[j]
            if top > end:
                break
            if left < x1 and right > x0 and (right if right < x1 else x1) - (left if left > x0 else x0) > _OVER_WIDTH:
                low, high = sorted((height, bottom - top))
                if min(bottom, y1) - top > _OVER * low:
                    counts = counts if counts is not None else Counter(place[4] for place in places)
                    is_often = max(counts[text], counts[other]) >= _OFTEN
                    if is_often or high > _OTHER_SIZE * low or text in other or other in text:
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
