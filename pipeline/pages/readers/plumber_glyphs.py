"""pdfplumber's characters as glyphs, and the lines and words that they form."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from pipeline.pages.glyphs import Glyph, level_box
from pipeline.pages.signs import signs_of

_X_TOLERANCE_RATIO = 0.4  # share of the font size: glyphs of one word touch, justified text stretches
_SMALLER = 0.8  # of the size of a number: that of a raised digit behind it
_FULL = 0.95  # of the font size: a Latin letter or digit of that width is not what it claims to be
_DEEPEST, _DESCENT = 0.5, 0.2  # of the font's size: what no font descends below its base line, and what most do
_NO_NAME = re.compile(r"\(cid:\d+\)")


def glyphs_of(chars: Sequence[dict[str, Any]], left: float, top: float) -> list[Glyph]:
    """Characters as glyphs, blanks among them; `left` and `top` are the corner of what the page shows."""
    texts = [_NO_NAME.sub("\ufffd", char["text"]) for char in chars]
    fonts = [char["fontname"] for char in chars]
    return [_glyph(char, text, left, top) for char, text in zip(chars, signs_of(texts, fonts), strict=True)]


def _glyph(char: dict[str, Any], text: str, left: float, top: float) -> Glyph:
    a, b, _, _, x, y = char["matrix"]
    scale = math.hypot(a, b) or 1.0
    dx, dy = a / scale, -b / scale
    x0, y0, x1, y1 = char["x0"], char["top"], char["x1"], char["bottom"]
    base = y1 - (y - char["y0"])
    size = char["size"] if abs(dy) < 1e-3 else _size(x1 - x0, y1 - y0, char["adv"] * scale, abs(dx), abs(dy))
    if char["upright"] and base - y1 < -_DEEPEST * size:  # some fonts claim to descend by more than they are high
        down = base + _DESCENT * size - y1
        y0, y1 = y0 + down, y1 + down
    box = x0 - left, y0 - top, x1 - left, y1 - top
    lightness = lightness_of(char.get("non_stroking_color"))
    return Glyph(
        *box, text, x - left, base - top, dx, dy, size, char["fontname"], lightness, char.get("opacity", 1.0), False, 0
    )


def _size(width: float, height: float, advance: float, cos: float, sin: float) -> float:
    """The size of a font from the bounds of a turned character."""
    return (height - advance * sin) / cos if cos > sin else (width - advance * cos) / sin


def lightness_of(color: Any) -> float:
    """The lightness of a colour in grey, RGB or CMYK; that of black for anything else."""
    if isinstance(color, int | float):
        return float(color)
    if not isinstance(color, tuple | list) or not all(isinstance(c, int | float) for c in color):
        return 0.0
    if len(color) == 4:
        color = [1 - min(c + color[3], 1) for c in color[:3]]
    if len(color) == 3:
        red, green, blue = color
        return float(0.3 * red + 0.59 * green + 0.11 * blue)
    return float(color[0]) if color else 0.0


def in_lines(glyphs: Sequence[Glyph], places: Sequence[int]) -> list[Glyph]:
    """Some of the glyphs in drawing order, without blanks: a blank, a wide gap or a new line begins a word."""
    result: list[Glyph] = []
    run, before = 0, None
    begins = True
    for i in places:
        glyph = glyphs[i]
        if before is not None and not _same_line(before, glyph):
            run += 1
            begins = True
        elif before is not None and not _touch(before, glyph):
            begins = True
        if glyph.text.isspace():
            begins = True
        elif glyph.text:
            result.append(glyph._replace(begins=begins, run=run))
            begins = False
        before = glyph
    return result


def _touch(before: Glyph, glyph: Glyph) -> bool:
    start, _, end, _ = level_box(before)
    gap = level_box(glyph)[0] - end
    if glyph.size < _SMALLER * before.size and glyph.text.isdecimal() and before.text.isdecimal():
        return False  # as MuPDF divides them; `tables.lines` joins them and sees which are raised
    if before.text.isascii() and end - start >= _FULL * before.size:
        return gap < 0  # a font that claims to have no narrow characters; the next one stands where this one ends
    return abs(gap) <= _X_TOLERANCE_RATIO * glyph.size


def _same_line(before: Glyph, glyph: Glyph) -> bool:
    if before.dx * glyph.dx + before.dy * glyph.dy < 0.99:
        return False
    left, top, _, bottom = level_box(before)
    x0, y0, _, y1 = level_box(glyph)
    return min(bottom, y1) - max(top, y0) > 0.5 * min(bottom - top, y1 - y0) and x0 > left - 1
