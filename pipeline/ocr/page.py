"""The image of a page to words and rules, as a reader gives them for a digital page.

Ruled lines come first. In their cells, lines of text are told apart by the blank rows between them and read one by one;
outside of tables the model looks for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pipeline.grid.lattice import Lattice, lattices
from pipeline.ocr.lines import line_height, text_lines, without_specks
from pipeline.ocr.model import Char, Pixels, Recognised, Recogniser
from pipeline.ocr.ruled import inked, ruled
from pipeline.ocr.straight import lean, turned, without_seals
from pipeline.reading.model import Page, Word
from pipeline.text import unify

if TYPE_CHECKING:
    from pipeline.ocr.model import Colour, Grey

INSET = 0.8  # points of a cell beside its rules that hold their ink
ABOVE, ASIDE = 0.14, 0.3  # line heights of paper around a line: models know lines with some
SHORT = 3.3  # line heights; lines of a cell that are all shorter are read as one: single characters say too little
PIECE_GAP = 0.12  # line heights between lines that are read as one
ALONE = 1.3  # line heights; what is less wide is one character
NUMBER, NUMBER_SIZE = "90", 34  # put on both sides of one character; pixels of height for OpenCV's unit of size
TOGETHER = 24.0  # line heights that are read as one at most


LOOK = 736  # pixels of the longer side on which is told which way the text runs
LENGTHY = 1.5  # a box so many times as long as wide tells which way its text runs
POOR = 0.6  # mean confidence of a page that may stand on its head


@dataclass(frozen=True, slots=True)
class _Strip:
    """An image to be read: the boxes of one line, or of several short ones, from left to right in the image."""

    image: Grey
    boxes: tuple[Pixels, ...]
    ends: tuple[float, ...]  # of each box in the image, from 0 to 1
    start: float = 0.0  # of the first box


def recognise(image: Colour, number: int, size: tuple[float, float], recogniser: Recogniser) -> Recognised:
    """Page `number` from its image as displayed; `size` is its width and height in points.

    Text that runs sideways or stands on its head is turned; see `Recognised`.
    """
    grey = without_seals(image, image.shape[1] / size[0])
    quarters = _quarters(grey, recogniser)
    found = _upright(grey, number, size, recogniser, quarters)
    if found.confidence and mean(found.confidence) < POOR:
        other = _upright(grey, number, size, recogniser, (quarters + 2) % 4)
        found = max(found, other, key=lambda r: mean(r.confidence or (0.0,)))
    return found


def _quarters(grey: Grey, recogniser: Recogniser) -> int:
    """Quarter turns clockwise by which the text lies on the page; 1 where only reading tells 1 from 3."""
    shrink = min(1.0, LOOK / max(grey.shape))
    small = cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    wide = high = 0
    for box in recogniser.find(small):
        x, y = box.x1 - box.x0, box.y1 - box.y0
        wide += x * y * (x > LENGTHY * y)
        high += x * y * (y > LENGTHY * x)
    return 1 if high > wide else 0


def _upright(grey: Grey, number: int, size: tuple[float, float], recogniser: Recogniser, quarters: int) -> Recognised:
    """The page read after it was turned back by so many quarters and by what it leans."""
    grey = np.ascontiguousarray(np.rot90(grey, quarters))
    size = (size[1], size[0]) if quarters % 2 else size
    leans = lean(grey)
    grey = turned(grey, -leans)
    scale = grey.shape[1] / size[0]
    ink = inked(grey, scale)
    level, upright, rule_ink = ruled(ink, scale)
    clean = without_specks(cv2.subtract(ink, cv2.dilate(rule_ink, np.ones((3, 3), np.uint8))), scale)
    frames = lattices(level, upright)
    strips = [*_table_strips(grey, clean, frames, scale), *_free_strips(grey, frames, scale, recogniser)]
    words: list[Word] = []
    confidence: list[float] = []
    boxes = (
        item
        for strip, chars in zip(strips, recogniser.read([s.image for s in strips]), strict=True)
        for item in _shared(strip, chars)
    )
    for run, (box, chars) in enumerate(boxes, start=1):
        for word, sure in _words(box, chars, scale, run):
            words.append(word)
            confidence.append(sure)
    page = Page(number, *size, tuple(words), level, upright, False)
    return Recognised(page, tuple(confidence), quarters, leans)


def _table_strips(grey: Grey, ink: Grey, frames: Sequence[Lattice], scale: float) -> Iterator[_Strip]:
    cells = [cell for frame in frames for cell in _cells(frame, ink.shape, scale)]
    inks = [ink[c.y0 : c.y1, c.x0 : c.x1] for c in cells]
    usual = line_height(inks, scale)
    for cell, cell_ink in zip(cells, inks, strict=True):
        lines = [
            Pixels(x.x0 + cell.x0, x.y0 + cell.y0, x.x1 + cell.x0, x.y1 + cell.y0) for x in text_lines(cell_ink, usual)
        ]
        yield from _strips(grey, lines, cell, usual)


def _cells(frame: Lattice, shape: tuple[int, ...], scale: float) -> Iterator[Pixels]:
    for row, column, row_span, column_span in frame.spans:
        x0, y0 = (frame.xs[column] + INSET) * scale, (frame.ys[row] + INSET) * scale
        x1, y1 = (frame.xs[column + column_span] - INSET) * scale, (frame.ys[row + row_span] - INSET) * scale
        cell = Pixels(max(0, round(x0)), max(0, round(y0)), min(shape[1], round(x1)), min(shape[0], round(y1)))
        if cell.x1 - cell.x0 > 2 and cell.y1 - cell.y0 > 2:
            yield cell


def _strips(grey: Grey, lines: Sequence[Pixels], cell: Pixels, usual: float) -> Iterator[_Strip]:
    """What to read of a cell: each line, or short lines one after the other, as in labels printed downwards."""
    lines = [_raised(x, usual, first=i == 0) for i, x in enumerate(lines)]
    together: list[Pixels] = []
    if len(lines) > 1 and all(x.x1 - x.x0 < SHORT * usual for x in lines):
        for line in lines:
            if sum(x.x1 - x.x0 for x in (*together, line)) > TOGETHER * usual:
                yield _strip(grey, together, cell, usual)
                together = []
            together.append(line)
    else:
        for line in lines:
            yield _strip(grey, [line], cell, usual)
    if together:
        yield _strip(grey, together, cell, usual)


def _strip(grey: Grey, lines: Sequence[Pixels], cell: Pixels, usual: float) -> _Strip:
    strip = _joined(grey, lines, cell)
    return _between_numbers(strip) if len(lines) == 1 and lines[0].x1 - lines[0].x0 < ALONE * usual else strip


def _between_numbers(strip: _Strip) -> _Strip:
    """A single character with a number on both sides: ≥ alone is read as V, = as 二, and a dash as 一 or not at all."""
    height, width = strip.image.shape
    size, thick = height / NUMBER_SIZE, max(1, height // 18)
    (wide, high), _ = cv2.getTextSize(NUMBER, cv2.FONT_HERSHEY_SIMPLEX, size, thick)
    number = np.full((height, wide + 2), 255, np.uint8)
    cv2.putText(number, NUMBER, (1, (height + high) // 2), cv2.FONT_HERSHEY_SIMPLEX, size, 30, thick, cv2.LINE_AA)
    image = np.hstack([number, strip.image, number])
    whole = image.shape[1]
    return _Strip(image, strip.boxes, ((wide + 2 + width) / whole,), (wide + 2) / whole)


def _raised(line: Pixels, usual: float, *, first: bool) -> Pixels:
    """A line of nothing but low signs with the paper that belongs to it: alone it is a dash or =, below others 。"""
    low = usual - (line.y1 - line.y0)
    if low <= usual / 4:
        return line
    above = low / 2 if first else low
    return Pixels(line.x0, round(line.y0 - above), line.x1, round(line.y1 + low - above))


def _joined(grey: Grey, lines: Sequence[Pixels], cell: Pixels) -> _Strip:
    height = max(x.y1 - x.y0 for x in lines)
    above, aside, gap = round(ABOVE * height) + 1, round(ASIDE * height) + 1, round(PIECE_GAP * height)
    widths = [x.x1 - x.x0 for x in lines]
    image = np.full((height + 2 * above, sum(widths) + gap * (len(lines) - 1) + 2 * aside), 255, np.uint8)
    at, ends = aside, []
    for line in lines:
        # paper around the line as far as it belongs to the cell
        spare = gap // 2 if len(lines) > 1 else aside - 1
        y0, y1 = max(cell.y0, line.y0 - above), min(cell.y1, line.y1 + above)
        x0, x1 = max(cell.x0, line.x0 - spare), min(cell.x1, line.x1 + spare)
        drop = above + (height - (line.y1 - line.y0)) // 2 - (line.y0 - y0)
        part = grey[y0:y1, x0:x1][max(0, -drop) :]
        part = part[: image.shape[0] - max(0, drop)]
        left = at - (line.x0 - x0)
        image[max(0, drop) : max(0, drop) + len(part), left : left + part.shape[1]] = part
        at += line.x1 - line.x0
        ends.append((at + gap / 2) / image.shape[1])
        at += gap
    return _Strip(image, tuple(lines), (*ends[:-1], 1.0))


def _free_strips(grey: Grey, frames: Sequence[Lattice], scale: float, recogniser: Recogniser) -> Iterator[_Strip]:
    """Lines outside of tables."""
    rest = grey.copy()
    for frame in frames:
        x0, y0, x1, y1 = (
            round(v * scale) for v in (frame.xs[0] - 1, frame.ys[0] - 1, frame.xs[-1] + 1, frame.ys[-1] + 1)
        )
        rest[max(0, y0) : y1, max(0, x0) : x1] = 255
    whole = Pixels(0, 0, grey.shape[1], grey.shape[0])
    for box in sorted(recogniser.find(rest), key=lambda b: (b.y0 + b.y1, b.x0)):
        tight = _tightened(rest, box)
        if tight is not None:
            yield _joined(rest, [tight], whole)


def _tightened(grey: Grey, box: Pixels) -> Pixels | None:
    """The box drawn in to its ink; None when it is blank."""
    part = grey[box.y0 : box.y1, box.x0 : box.x1]
    if not part.size:
        return None
    ink = part < (int(part.min()) + 255) / 2
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if part.min() > 200 or not len(rows):
        return None
    return Pixels(
        box.x0 + int(columns[0]), box.y0 + int(rows[0]), box.x0 + int(columns[-1]) + 1, box.y0 + int(rows[-1]) + 1
    )


def _shared(strip: _Strip, chars: Iterable[Char]) -> Iterator[tuple[Pixels, list[Char]]]:
    """The characters of each of a strip's boxes, their places now within the box."""
    rest = list(chars)
    start = strip.start
    for box, end in zip(strip.boxes, strip.ends, strict=True):
        own = [c for c in rest if start <= c.at < end or (c.at >= end == 1.0)]
        width = end - start
        yield box, [c._replace(at=(c.at - start) / width) for c in own]
        start = end


def _words(box: Pixels, chars: Sequence[Char], scale: float, run: int) -> Iterator[tuple[Word, float]]:
    """A line's words: blanks end one. Their boxes are as wide as their share of the line."""
    parts: list[list[Char]] = [[]]
    for char in chars:
        if char.text.isspace():
            parts.append([])
        else:
            parts[-1].append(char)
    parts = [part for part in parts if part]
    left = box.x0 / scale
    for i, part in enumerate(parts):
        last = i + 1 == len(parts)
        share = 1.0 if last else (part[-1].at + parts[i + 1][0].at) / 2
        right = (box.x0 + min(max(share, 0.0), 1.0) * (box.x1 - box.x0)) / scale
        text = unify("".join(c.text for c in part))
        if text:
            word = Word(left, box.y0 / scale, max(right, left), box.y1 / scale, text, run)
            yield word, min(c.confidence for c in part)
        left = max(right, left)
