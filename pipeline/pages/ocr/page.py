"""The image of a page to words and rules, as a reader gives them for a digital page.

Ruled lines come first. In their cells, lines of text are told apart by the blank rows between them and read one by one;
outside of tables the model looks for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import mean
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pipeline.pages.lattice import Lattice, lattices
from pipeline.pages.model import Page, Recognition, Rule, Word
from pipeline.pages.ocr.deskew import lean, turned, without_seals
from pipeline.pages.ocr.line_segmentation import bands, line_height, text_lines, without_specks
from pipeline.pages.ocr.model import Char, Pixels, Recogniser
from pipeline.pages.ocr.rule_detection import inked, ruled
from pipeline.text import unify

if TYPE_CHECKING:
    from pipeline.pages.ocr.model import Grey
    from pipeline.pages.pictures import Colour

INSET = 0.8  # points of a cell beside its rules that hold their ink
ABOVE, ASIDE = 0.14, 0.3  # line heights of paper around a line: models know lines with some
SHORT = 3.3  # line heights; lines of a cell that are all shorter are read as one: single characters say too little
PIECE_GAP = 0.12  # line heights between lines that are read as one
ALONE = 1.3  # line heights; what is less wide is one character
NUMBER, NUMBER_SIZE = "90", 34  # put on both sides of one character; pixels of height for OpenCV's unit of size
TOGETHER = 24.0  # line heights that are read as one at most


CELLS = 12  # a form has more
NARROWED = 0.6  # of the width of a line on pages that hold no form
LENGTHY = 1.5  # a box so many times as long as wide tells which way its text runs
CUT_OFF, BESIDE = 1.2, 0.4  # line heights: as far on, a line's last character may stand, and so far from it
CERTAIN = 0.98  # confidence with which a 一 is one
FLAT, DASH = 0.3, 0.9  # line heights: a stroke that is less high is level, and one that is less long is no 一
POOR = 0.6  # mean confidence of a page that may stand on its head


@dataclass(frozen=True, slots=True)
class _Strip:
    """An image to be read: the boxes of one line, or of several short ones, from left to right in the image."""

    image: Grey
    boxes: tuple[Pixels, ...]
    ends: tuple[float, ...]  # of each box in the image, from 0 to 1
    start: float = 0.0  # of the first box
    width: float = 1.0  # of the image, as a share of what it was on the page


def recognise(image: Colour, number: int, size: tuple[float, float], recogniser: Recogniser) -> Page:
    """Page `number` from its image as displayed; `size` is its width and height in points.

    Text that runs sideways or stands on its head is turned; see `Recognition`.
    """
    grey = without_seals(image, image.shape[1] / size[0])
    look = _looked(grey, size, 0, recogniser)
    if look.runs_upright:
        look = _looked(grey, size, 1, recogniser)
    found = _read(look, number, recogniser)
    if 0 < _mean_confidence(found) < POOR:
        other = _read(_looked(grey, size, (look.quarters + 2) % 4, recogniser), number, recogniser)
        found = max(found, other, key=_mean_confidence)
    return found


def _mean_confidence(page: Page) -> float:
    assert page.recognition is not None
    return mean(page.recognition.confidence or (0.0,))


@dataclass(frozen=True, slots=True)
class _Look:
    """The page set straight, its ruled lines, and where there is text: all that is cheap to know."""

    grey: Grey
    size: tuple[float, float]
    quarters: int
    lean: float
    level: tuple[Rule, ...]
    upright: tuple[Rule, ...]
    frames: list[Lattice]
    ink: Grey
    found: list[Pixels]

    @property
    def scale(self) -> float:
        """Pixels a point."""
        return int(self.grey.shape[1]) / self.size[0]

    @property
    def runs_upright(self) -> bool:
        """Whether the text runs up or down the page."""
        sides = [(b.x1 - b.x0, b.y1 - b.y0) for b in self.found]
        wide = sum(x * y for x, y in sides if x > LENGTHY * y)
        return sum(x * y for x, y in sides if y > LENGTHY * x) > wide

    @property
    def may_hold_form(self) -> bool:
        """Whether its tables have as many cells as a form has."""
        return sum(len(frame.spans) for frame in self.frames) >= CELLS


def _looked(grey: Grey, size: tuple[float, float], quarters: int, recogniser: Recogniser) -> _Look:
    """The page turned back by so many quarters and by what it leans."""
    grey = np.ascontiguousarray(np.rot90(grey, quarters))
    size = (size[1], size[0]) if quarters % 2 else size
    leans = lean(grey)
    grey = turned(grey, -leans)
    scale = grey.shape[1] / size[0]
    ink = inked(grey, scale)
    level, upright, rule_ink = ruled(grey, ink, scale)
    clean = without_specks(cv2.subtract(ink, cv2.dilate(rule_ink, np.ones((3, 3), np.uint8))), scale)
    frames = lattices(level, upright)
    return _Look(grey, size, quarters, leans, level, upright, frames, clean, recogniser.find(grey))


def _read(look: _Look, number: int, recogniser: Recogniser) -> Page:
    strips = [*_table_strips(look), *_free_strips(look)]
    words: list[Word] = []
    confidence: list[float] = []
    boxes = (
        item
        for strip, chars in zip(strips, recogniser.read([s.image for s in strips]), strict=True)
        for item in _shared(strip, _dashes(strip, chars))
    )
    for run, (box, chars) in enumerate(boxes, start=1):
        for word, sure in _words(box, chars, look.scale, run):
            words.append(word)
            confidence.append(sure)
    recognition = Recognition(recogniser.version, tuple(confidence), look.lean)
    rules = look.level, look.upright
    return Page(number, *look.size, tuple(words), *rules, False, recognition=recognition, quarters=look.quarters)


def _table_strips(look: _Look) -> Iterator[_Strip]:
    grey, ink, scale = look.grey, look.ink, look.scale
    cells = [cell for frame in look.frames for cell in _cells(frame, ink.shape, scale)]
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


def _free_strips(look: _Look) -> Iterator[_Strip]:
    """Lines outside of tables. On pages that hold no form they are read narrowed: half as dear, nearly as right."""
    frames = [_pixels(f, look.scale) for f in look.frames]
    for box in sorted(look.found, key=lambda b: (b.y0 + b.y1, b.x0)):
        x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
        if any(f.x0 <= x <= f.x1 and f.y0 <= y <= f.y1 for f in frames):
            continue
        beside = [f for f in frames if f.x0 < box.x1 and box.x0 < f.x1]
        above = max((f.y1 for f in beside if f.y1 <= y), default=0)
        below = min((f.y0 for f in beside if f.y0 >= y), default=look.grey.shape[0])
        tight = _tightened(look.ink, box._replace(y0=max(box.y0, above), y1=min(box.y1, below)))
        if tight is not None:
            strip = _joined(look.grey, [tight], Pixels(0, above, look.grey.shape[1], below))
            yield strip if look.may_hold_form else replace(strip, image=_narrowed(strip.image), width=NARROWED)


def _pixels(frame: Lattice, scale: float) -> Pixels:
    """A table with its outer rules."""
    return Pixels(
        round((frame.xs[0] - INSET) * scale),
        round((frame.ys[0] - INSET) * scale),
        round((frame.xs[-1] + INSET) * scale),
        round((frame.ys[-1] + INSET) * scale),
    )


def _narrowed(image: Grey) -> Grey:
    width = max(1, round(NARROWED * image.shape[1]))
    narrow: Grey = cv2.resize(image, (width, image.shape[0]), interpolation=cv2.INTER_AREA)
    return narrow


def _tightened(ink: Grey, box: Pixels) -> Pixels | None:
    """The box drawn in to its ink, and out to a last character; None when it is blank."""
    part = ink[box.y0 : box.y1, box.x0 : box.x1]
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    if not len(rows):
        return None
    y0, y1 = box.y0 + int(rows[0]), box.y0 + int(rows[-1]) + 1
    x0, x1 = box.x0 + int(columns[0]), box.x0 + int(columns[-1]) + 1
    for a, b in bands(np.count_nonzero(ink[y0:y1, x1 : x1 + round(CUT_OFF * (y1 - y0))], axis=0))[:1]:
        if a < BESIDE * (y1 - y0):  # the model leaves out a last character at times
            x1 += b
    return Pixels(x0, y0, x1, y1)


def _dashes(strip: _Strip, chars: Sequence[Char]) -> list[Char]:
    """The characters, with each doubtful 一 or — that is too short for one as the dash that it is.

    Models go by what stands beside: between digits and Chinese, 1-产出 is read as 1一产出, though with less confidence.
    """
    doubtful = [c for c in chars if c.text in "一—" and c.confidence < CERTAIN]
    if not doubtful:
        return list(chars)
    ink = strip.image < 255 - (255 - int(strip.image.min())) // 4  # dashes are thin, and so are light
    height, width = ink.shape
    height = round(height / (1 + 2 * ABOVE))
    strokes = bands(np.count_nonzero(ink, axis=0))

    def is_dash(at: float) -> bool:
        a, b = min(strokes, key=lambda s: abs((s[0] + s[1]) / 2 - at * width), default=(0, width))
        rows = np.flatnonzero(ink[:, a:b].any(axis=1))
        return len(rows) > 0 and rows[-1] - rows[0] < FLAT * height and (b - a) / strip.width < DASH * height

    return [c._replace(text="-") if c in doubtful and is_dash(c.at) else c for c in chars]


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
