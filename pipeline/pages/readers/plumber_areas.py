"""The filled areas of a page, in the order of drawing, for edges that are borders.

pdfminer takes apart a shape of several closed lines and forgets that they belong together, so a ring would be two
boxes. Shapes are therefore noted as they are painted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from pipeline.pages.covers import WHITE
from pipeline.pages.painted_areas import PAPER, areas_of_outline
from pipeline.pages.rules import THIN, RuleCollector

_PATTERN = 1 << 25  # the colour of areas of which it is not known
Point = tuple[float, float]


class PaintedShape(NamedTuple):
    """A shape as it was painted, in pdfminer's coordinates (origin bottom left); `outlines` have no curves.

    `width` is that of a stroke, 0 for a filled shape; `colour` that of areas, None for a picture.
    """

    outlines: tuple[tuple[Point, ...], ...]
    even_odd: bool
    width: float
    colour: int | None


def colour_of(color: Any) -> int:
    """The colour of areas that pdfminer's colour paints: in grey, RGB or CMYK."""
    parts = (color,) if isinstance(color, int | float) else color
    if not isinstance(parts, tuple | list) or not parts or not all(isinstance(c, int | float) for c in parts):
        return _PATTERN
    if len(parts) == 4:
        *inks, black = parts
        parts = [(1 - ink) * (1 - black) for ink in inks]
    if min(parts) >= WHITE:
        return PAPER
    number = 1
    for part in parts:
        number = number << 8 | min(255, max(0, round(part * 255)))
    return number


def add_areas(shapes: Sequence[PaintedShape], collector: RuleCollector, left: float, bottom: float) -> None:
    """Give the areas of shapes to the collector. `left`, `bottom`: the left end and foot of what is displayed."""
    for outlines, even_odd, width, colour in shapes:
        boxes = [_box(points) for points in outlines]
        if colour is None:
            collector.picture(*_placed(boxes[0], left, bottom))
        elif width:
            for x0, y0, x1, y1 in boxes:
                grown = x0 - width / 2, y0 - width / 2, x1 + width / 2, y1 + width / 2
                collector.area(*_placed(grown, left, bottom), colour)
        else:
            wide = [n for n, box in enumerate(boxes) if not _is_thin(box)]
            if len(wide) == 1 and len(outlines[wide[0]]) == 4:
                found = [boxes[wide[0]]]
            else:
                found = [a[:4] for a in areas_of_outline([outlines[n] for n in wide], even_odd, colour)]
            found += [box for box in boxes if colour == PAPER and _is_thin(box)]
            for box in found:
                if colour == PAPER or not _is_thin(box):
                    collector.area(*_placed(box, left, bottom), colour)
                else:
                    collector.filled(*_placed(box, left, bottom))


def _is_thin(box: Sequence[float]) -> bool:
    return box[2] - box[0] < THIN or box[3] - box[1] < THIN


def _box(points: Sequence[Point]) -> tuple[float, float, float, float]:
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _placed(box: Sequence[float], left: float, bottom: float) -> tuple[float, float, float, float]:
    return box[0] - left, bottom - box[3], box[2] - left, bottom - box[1]
