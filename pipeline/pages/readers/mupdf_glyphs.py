"""The glyphs of a page as MuPDF gives them: twice as dear as reading the page, so only where its words are odd."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import Any

import pymupdf

from pipeline.pages.glyphs import Glyph, settled
from pipeline.pages.model import Word
from pipeline.pages.ornaments import TILES, in_a_grid, may_hold_ornaments
from pipeline.pages.readers.mupdf_blocks import TEXT, Block
from pipeline.pages.readers.mupdf_rules import placed, turned
from pipeline.pages.signs import ODD, signs_of
from pipeline.pages.text_layer_quality import IMPLAUSIBLE

_NARROW = 0.18  # of its height: what a word has of width for each byte of UTF-8, unless it is tall, turned or leaning
_MANY = 40  # doubtful words; to look at more of them takes as long as to look at all glyphs
_LETTERS = 4  # places from left to right of Chinese characters that stand alone: a seal has at least as many
_DOUBLED = re.compile(r"(?<!\S)(?:([^\s.…_*-])\1){2,}(?!\S)")
_LARGE = 2.5  # times the height of most words: more than the titles of forms
_LINES = 3  # blocks at either end of a page, and lines of each, of which the direction of writing is looked at
_TOGETHER = 120.0  # points
_OVER = 0.4  # share of the lower height by which words lie on each other
_OVER_WIDTH = 2.5  # points
_OTHER_SIZE = 1.25  # ratio of the heights of a watermark and the words below it
_OFTEN = 3  # prints of a small watermark on a page
_TOP = itemgetter(1)
_BLANKS = frozenset(map(chr, (*range(33), 160, *range(0x202A, 0x202F))))  # what ends a word in MuPDF


def is_odd(text_page: Any, blocks: Sequence[Block], words: Sequence[Word], turn: Any) -> bool:
    """Whether words of a page look as sound text never does, so that all of its glyphs have to be looked at.

    The glyphs of doubtful words are looked at first: few pages with such words have any that is not sound.
    """
    text = " ".join([word[4] for word in words])
    if IMPLAUSIBLE.search(text):
        return True
    for count, word in enumerate(dict.fromkeys(_doubtful(words, text))):
        if count == _MANY or _is_odd_at(text_page, word, turn):
            return True
    return _may_be_turned(words) and _is_turned(text_page, blocks, turn)


def _doubtful(words: Sequence[Word], text: str) -> Iterator[Word]:
    """Words that sound text seldom has; `text` is that of all of them."""
    for pattern in (ODD, _DOUBLED):
        if pattern.search(text):
            yield from (word for word in words if pattern.search(word[4]))
    yield from [w for w in words if w[2] - w[0] < _NARROW * (w[3] - w[1]) * len(w[4].encode())]
    yield from _large(words)
    yield from _tiles(words)
    yield from _lying_on_others(words)


def _is_odd_at(text_page: Any, word: Word, turn: Any) -> bool:
    """Whether any of the glyphs that stand where a word does is not set as those of sound text are."""
    with narrowed(text_page, word, turn):
        glyphs, changed = glyphs_of(text_page, turn)
    return changed or may_hold_ornaments(glyphs)


@contextmanager
def narrowed(text_page: Any, box: Sequence[Any], turn: Any) -> Iterator[None]:
    """A text page that gives no more than what stands in a box; all of a page takes thirty times as long."""
    area = text_page.this.m_internal.mediabox
    whole = area.x0, area.y0, area.x1, area.y1
    area.x0, area.y0, area.x1, area.y1 = box[:4] if turn is None else turned(box[:4], ~pymupdf.Matrix(*turn))
    try:
        yield
    finally:
        area.x0, area.y0, area.x1, area.y1 = whole


def _may_be_turned(words: Sequence[Word]) -> bool:
    """Whether a page has letters that stand alone, as on a seal, or words that follow upwards or to the left.

    Those of labels and units stand in columns, below each other.
    """
    if not words or len({int(word[0]) for word in words if len(word[4]) == 1 and word[4] >= "\u4e00"}) >= _LETTERS:
        return True
    down = up = 0
    before = words[0]
    for word in words:
        if word[5] == before[5] and word[0] < before[0]:
            return True
        up += word[3] <= before[1]
        down += word[1] >= before[3]
        before = word
    return up >= down


def _tiles(words: Sequence[Word]) -> Iterator[Word]:
    """The prints of a text that is printed again and again in even distances."""
    counts = Counter([word[4] for word in words])
    places: dict[str, list[Word]] = {text: [] for text, n in counts.items() if n >= TILES and len(text) > 1}
    for word in words if places else ():
        if word[4] in places:
            places[word[4]].append(word)
    for found in places.values():
        if in_a_grid([word[:2] for word in found], found[0][3] - found[0][1]):
            yield from found


def _large(words: Sequence[Word]) -> list[Word]:
    """The words that are far higher than most, as a watermark is."""
    heights = [word[3] - word[1] for word in words]
    if not heights or max(heights) <= _LARGE * min(heights):  # half of all pages
        return []
    most = _LARGE * sorted(heights)[len(heights) // 2]
    return [word for word, height in zip(words, heights, strict=True) if height > most]


def _is_turned(text_page: Any, blocks: Sequence[Block], turn: Any) -> bool:
    """Whether any of the first or last lines is not written from left to right on the page as displayed.

    The letters of a seal are a block each, so the lines of the last blocks are looked at.
    """
    a, b = (1.0, 0.0) if turn is None else (turn[0], turn[2])
    texts = [block for block in blocks if block[4] is TEXT]
    places = [*_places(texts[:_LINES]), *_places(texts[-_LINES:])]
    directions = (line["dir"] for place in places for line in _lines(text_page, place))
    return any(a * x + b * y < 0.99 for x, y in directions)


def _places(blocks: Sequence[Block]) -> Iterable[Sequence[Any]]:
    """The place of some blocks: one where they stand together."""
    x0s, y0s, x1s, y1s, _ = zip(*blocks, strict=True) if blocks else [(0.0,)] * 5
    return [(min(x0s), min(y0s), max(x1s), max(y1s))] if max(y1s) - min(y0s) < _TOGETHER else blocks


def _lines(text_page: Any, place: Sequence[Any]) -> list[dict[str, Any]]:
    """The first lines of each block in a place. To walk from block to block would take ten times as long."""
    with narrowed(text_page, place, None):
        found = text_page.extractDICT()["blocks"]
    return [line for block in found for line in block.get("lines", ())[:_LINES]]


def _lying_on_others(words: Sequence[Word]) -> Iterator[Word]:
    """The words that lie on another one as second prints and watermarks do, and not as the text of a low cell."""
    places = sorted(words, key=_TOP)
    counts: Counter[str] | None = None
    for i, word in enumerate(places):
        x0, y0, x1, y1, text, _ = word
        height = y1 - y0
        end = y1 - _OVER * height
        for j in range(i + 1, len(places)):
            left, top, right, bottom, other, _ = places[j]
            if top > end:
                break
            if left < x1 and right > x0 and (right if right < x1 else x1) - (left if left > x0 else x0) > _OVER_WIDTH:
                low, high = sorted((height, bottom - top))
                if min(bottom, y1) - top > _OVER * low:
                    counts = counts if counts is not None else Counter(place[4] for place in places)
                    is_often = max(counts[text], counts[other]) >= _OFTEN
                    if is_often or high > _OTHER_SIZE * low or text in other or other in text:
                        yield word
                        break


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
