"""The ink of a page drawn small, compared with what has been read of it: ink that nothing explains, words without ink.

No text layer can fool this witness: what people see leaves ink, whatever a file stores. Ink is contrast within a few
points, light on dark as well as dark on light; the flat areas of shades, charts and ornaments have none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from pipeline.pages.areas import is_line
from pipeline.pages.drawing import Drawing
from pipeline.pages.model import Area, Page, Word

Grey = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

DOTS = 48.0  # an inch; strokes of letters that are 5 points high are grey at this size, and seen
FINE = 144.0  # dots an inch; a minus sign of 5 points is 2 pixels high
CONTRAST = 40  # of 255, between ink and what is around it; the lines of a pale watermark have 30
FAINT = 12  # of 255; less contrast in the box of a word is no ink of it
STROKE = 9.0  # points; wider than the strokes of any letter below 60 points
MARGIN = 1.5  # points that ink may reach beyond a box or a rule: a pixel of the drawing
OVERSHOOT = 0.15  # of the height of a word that its letters may reach beyond its box
CELL = 8  # pixels; ink less than a cell apart belongs together
LEAST = 12  # pixels of ink; less is a dot, or the corner of a shade
THIN = 3  # pixels; narrower left-over ink is the edge of a shade or a line


def left_over(drawing: Drawing, page: Page) -> tuple[Area, ...]:
    """The areas (points) of a page that show ink where neither words nor rules nor pictures stand."""
    grey = pixels(drawing)
    pictures = (area for area in page.pictures if not is_line(area))
    unexplained = ~within(drawing, (*read_boxes(page), *pictures))
    if not ((grey < 255 - CONTRAST) & unexplained).any():  # nearly all pages
        return ()
    ink = _thin(grey, drawing.scale) & unexplained
    return tuple(_areas(ink, drawing.scale))


def without_ink(drawing: Drawing, words: Iterable[Word]) -> list[Word]:
    """The words in whose boxes the drawing shows one even tone."""
    return [word for word in words if _is_even(drawing, in_pixels(drawing, word[:4], 0.0))]


def _is_even(drawing: Drawing, box: tuple[int, int, int, int]) -> bool:
    x0, y0, x1, y1 = box
    x1, y1 = min(x1, drawing.width), min(y1, drawing.height)
    if x0 >= x1 or y0 >= y1:
        return True
    width, samples, middle = drawing.width, drawing.samples, (y0 + y1) // 2
    first = samples[middle * width + x0]
    for y in (*range(middle, y1), *range(y0, middle)):  # the middle of nearly all words has ink
        row = samples[y * width + x0 : y * width + x1]
        if row.count(first) != len(row) and not first - FAINT <= min(row) <= max(row) <= first + FAINT:
            return False
    return True


def shown_pictures(drawing: Drawing, page: Page) -> tuple[Area, ...]:
    """The pictures of a page that leave ink: not white ones, nor what is paler than print."""
    dark = (pixels(drawing) < 255 - CONTRAST) & ~within(drawing, read_boxes(page))
    boxes = ((area, in_pixels(drawing, area, 0.0)) for area in page.pictures)
    return tuple(area for area, (x0, y0, x1, y1) in boxes if dark[y0:y1, x0:x1].any())


def halved(drawing: Drawing) -> Drawing:
    """A drawing with half as many dots an inch: quicker than to decode a page's pictures once more."""
    height, width = drawing.height // 2, drawing.width // 2
    grey = pixels(drawing)[: 2 * height, : 2 * width]
    rows = grey[::2].astype(np.uint16) + grey[1::2]
    return Drawing(width, height, drawing.dots / 2, ((rows[:, ::2] + rows[:, 1::2]) >> 2).astype(np.uint8).tobytes())


def is_light(drawing: Drawing, box: Sequence[float]) -> bool:
    """Whether most of a box is as light as paper, so that a light letter is not seen on it."""
    x0, y0, x1, y1 = in_pixels(drawing, box, 0.0)
    part = pixels(drawing)[y0:y1, x0:x1]
    return bool(part.size) and float(np.median(part)) >= 255 - CONTRAST


def strokes(grey: Grey, scale: float) -> Mask:
    """The pixels that are darker, or lighter, than some on both sides: left and right, or above and below.

    The edge of a flat area has the area's other pixels on one side. `scale` is in pixels a point.
    """
    found = np.zeros(grey.shape, np.bool_)
    wide, reach = grey.astype(np.int16), round(STROKE * scale)
    for axis in (0, 1):
        before, after = _beside(grey, reach, axis, np.maximum)
        found |= np.minimum(before, after) - wide > CONTRAST
        before, after = _beside(grey, reach, axis, np.minimum)
        found |= wide - np.maximum(before, after) > CONTRAST
    return found


def _thin(grey: Grey, scale: float) -> Mask:
    """The strokes that are no wider than `STROKE`; light ones only where they are dark on all four sides.

    The row of a dark heading is wider, and the white between two lines of text has white beside it.
    """
    dark, light = np.zeros(grey.shape, np.bool_), np.ones(grey.shape, np.bool_)
    wide, reach = grey.astype(np.int16), round(STROKE * scale)
    for axis in (0, 1):
        _, after = _beside(grey, reach, axis, np.maximum)
        closed, _ = _beside(after, reach, axis, np.minimum)  # without what is dark and narrower than `reach`
        dark |= closed - wide > CONTRAST
        before, after = _beside(grey, reach, axis, np.minimum)
        light &= wide - np.maximum(before, after) > CONTRAST
    found: Mask = dark | light
    return found


def pixels(drawing: Drawing) -> Grey:
    """The pixels of a drawing, by row."""
    return np.frombuffer(drawing.samples, np.uint8).reshape(drawing.height, drawing.width)


def in_pixels(drawing: Drawing, box: Sequence[float], margin: float) -> tuple[int, int, int, int]:
    """A box in points, `margin` points around it included, in pixels: left, top, and past the right and the bottom."""
    scale = drawing.scale
    return (
        max(int((box[0] - margin) * scale), 0),
        max(int((box[1] - margin) * scale), 0),
        max(int((box[2] + margin) * scale) + 1, 0),
        max(int((box[3] + margin) * scale) + 1, 0),
    )


def read_boxes(page: Page) -> Iterator[Sequence[float]]:
    """The boxes of what has been read as text, rules or signs of attached files; clipped words may show in part."""
    for x0, y0, x1, y1, _, _ in (*page.words, *(page.stored or ()), *page.ornaments):
        beyond = OVERSHOOT * (y1 - y0)
        yield x0, y0 - beyond, x1, y1 + beyond
    yield from (file[:4] for file in page.attachments)  # their signs
    yield from ((start, at, end, at) for at, start, end in page.level)
    yield from ((at, start, at, end) for at, start, end in page.upright)


def within(drawing: Drawing, boxes: Iterable[Sequence[float]]) -> Mask:
    """The pixels in and around some boxes."""
    mask = np.zeros((drawing.height, drawing.width), np.bool_)
    for box in boxes:
        x0, y0, x1, y1 = in_pixels(drawing, box, MARGIN)
        mask[y0:y1, x0:x1] = True
    return mask


def _beside(grey: Grey, reach: int, axis: int, extreme: np.ufunc) -> tuple[Grey, Grey]:
    """For each pixel the extreme of it and the `reach` pixels before it, and of those after it."""
    before, after = grey.copy(), grey.copy()
    done = 0  # pixels beside each that its extreme knows of
    while done < reach:
        by = min(done + 1, reach - done)
        if axis == 0:
            before[by:] = extreme(before[by:], before[:-by])
            after[:-by] = extreme(after[:-by], after[by:])
        else:
            before[:, by:] = extreme(before[:, by:], before[:, :-by])
            after[:, :-by] = extreme(after[:, :-by], after[:, by:])
        done += by
    return before, after


def _areas(ink: Mask, scale: float) -> Iterator[Area]:
    """Ink that belongs together, as areas in points."""
    ys, xs = ink.nonzero()
    cells: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for y, x in zip(ys.tolist(), xs.tolist(), strict=True):
        cells.setdefault((y // CELL, x // CELL), []).append((y, x))
    while cells:
        start = next(iter(cells))
        group, pixels = [start], cells.pop(start)
        while group:
            row, column = group.pop()
            for near in ((row + dy, column + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)):
                if near in cells:
                    pixels += cells.pop(near)
                    group.append(near)
        x0, x1 = min(x for _, x in pixels), max(x for _, x in pixels) + 1
        y0, y1 = min(y for y, _ in pixels), max(y for y, _ in pixels) + 1
        if len(pixels) >= LEAST and x1 - x0 > THIN and y1 - y0 > THIN:
            yield Area(x0 / scale, y0 / scale, x1 / scale, y1 / scale)
