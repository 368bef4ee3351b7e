"""Borders of cells as people see them, drawn in every way but as black lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .drawing import DrawnTable

Box = tuple[float, float, float, float]

RULE = 0.72  # points
SHADE, DARK, GREY = "0.86 0.9 0.96", "0.12 0.3 0.55", "0.5 0.5 0.5"  # red, green, blue
BORDER_SIGNS = "─│"  # of borders that are printed as text: lying, standing


class Way(Enum):
    """What draws the borders."""

    BARS = "bars"  # filled boxes as thick as `size`
    DOUBLE = "double"  # a box for each cell, `size` from its neighbour's
    DASHES = "dashes"  # dashes of 6 points, `size` apart, each a line
    GAPS = "gaps"  # shaded boxes with `size` of paper between them
    WHITE = "white"  # white lines, as thick as `size`, over shaded boxes
    LEFT_OVER = "left over"  # white boxes, `size` apart, on a black one
    RINGS = "rings"  # a box with a hole for each cell, as thick as `size`
    TWO_RINGS = "rings of lines"  # the same, of lines that run in opposite directions
    CURVES = "curves"  # straight curves
    PICTURES = "pictures"  # stretched pictures of one black pixel, as thick as `size`
    LETTERS = "letters"  # box-drawing characters, `size` points high
    DARK_HEADING = "dark heading"  # grey lines, and white ones in a dark first row


@dataclass(frozen=True, slots=True)
class Borders:
    """A way to draw borders; `size` in points. Every cell has all of its borders."""

    way: Way
    size: float

    @property
    def value(self) -> str:
        return f"{self.way.value}, {self.size:g}"


def border_operators(table: DrawnTable, borders: Borders, height: float) -> Iterator[str]:
    """What draws a table's borders on a page of a height."""
    boxes = [(x0, height - y1, x1, height - y0) for x0, y0, x1, y1 in map(table.box, table.cells)]
    heads = [cell.row == 0 for cell in table.cells]
    yield "q"
    yield from _WAYS[borders.way](boxes, borders.size, heads)
    yield "Q"


def _bars(boxes: list[Box], size: float, heads: list[bool]) -> Iterator[str]:
    yield from (f"{_rectangle(_grown(side, size / 2))} f" for side in _sides(boxes))


def _pictures(boxes: list[Box], size: float, heads: list[bool]) -> Iterator[str]:
    pixel = "BI /W 1 /H 1 /BPC 8 /CS /G /F /AHx ID 00> EI"
    for x0, y0, x1, y1 in (_grown(side, size / 2) for side in _sides(boxes)):
        yield f"q {x1 - x0:.2f} 0 0 {y1 - y0:.2f} {x0:.2f} {y0:.2f} cm {pixel} Q"


def _double(boxes: list[Box], size: float, heads: list[bool]) -> Iterator[str]:
    yield from (f"{RULE} w {_rectangle(_grown(box, -size / 2))} S" for box in boxes)


def _dashed(boxes: list[Box], size: float, heads: list[bool]) -> Iterator[str]:
    yield from (f"{RULE} w {dash} S" for side in _sides(boxes) for dash in _dashes(side, size))


def _gaps(boxes: list[Box], size: float, heads: list[bool]) -> Iterator[str]:
    yield from (f"{SHADE} rg {_rectangle(_grown(box, -size / 2))} f" for box in boxes)


def _left_over(boxes: list[Box], size: float, heads: list[bool]) -> Iterator[str]:
    left, low, right, top = zip(*boxes, strict=True)
    yield f"0 g {_rectangle(_grown((min(left), min(low), max(right), max(top)), size / 2))} f 1 g"
    yield from (f"{_rectangle(_grown(box, -size / 2))} f" for box in boxes)


def _white(boxes: list[Box], size: float, heads: list[bool]) -> Iterator[str]:
    yield from (f"{SHADE} rg {_rectangle(box)} f" for box in boxes)
    yield from (f"1 G {size:g} w {_line(side)} S" for side in _sides(boxes))


def _rings(boxes: list[Box], size: float, heads: list[bool]) -> Iterator[str]:
    yield from (f"{_rectangle(_grown(box, size / 2))} {_rectangle(_grown(box, -size / 2))} f*" for box in boxes)


def _two_rings(boxes: list[Box], size: float, heads: list[bool]) -> Iterator[str]:
    yield from (f"{_corners(_grown(box, size / 2), 1)} {_corners(_grown(box, -size / 2), -1)} f" for box in boxes)


def _curves(boxes: list[Box], size: float, heads: list[bool]) -> Iterator[str]:
    for x0, y0, x1, y1 in _sides(boxes):
        a, b, c, d = (2 * x0 + x1) / 3, (2 * y0 + y1) / 3, (x0 + 2 * x1) / 3, (y0 + 2 * y1) / 3
        yield f"{RULE} w {x0:.2f} {y0:.2f} m {a:.2f} {b:.2f} {c:.2f} {d:.2f} {x1:.2f} {y1:.2f} c S"


def _letters(boxes: list[Box], size: float, heads: list[bool]) -> Iterator[str]:
    from .drawing import advance, ascent_and_descent, glyph_code

    above, below = (size * reach for reach in ascent_and_descent())
    for x0, y0, x1, y1 in _sides(boxes):
        sign = BORDER_SIGNS[y0 != y1]
        width = advance(sign) * size
        if y0 == y1:
            count = max(1, round((x1 - x0) / width))
            scale = 100 * (x1 - x0) / (count * width)
            places = [(x0, y0 - (above - below) / 2, glyph_code(sign) * count, scale)]
        else:
            count = max(1, round((y1 - y0) / (above + below)))
            step = (y1 - y0) / count
            middles = [y0 + (n + 0.5) * step for n in range(count)]
            places = [(x0 - width / 2, y - (above - below) / 2, glyph_code(sign), 100.0) for y in middles]
        for x, y, codes, scale in places:
            yield f"BT /F0 {size:g} Tf {scale:.2f} Tz {x:.2f} {y:.2f} Td <{codes}> Tj ET"


def _dark_heading(boxes: list[Box], size: float, heads: list[bool]) -> Iterator[str]:
    dark = [box for box, is_head in zip(boxes, heads, strict=True) if is_head]
    yield from (f"{DARK} rg {_rectangle(box)} f" for box in dark)
    yield from (f"{GREY} RG {RULE} w {_rectangle(box)} S" for box in boxes if box not in dark)
    yield from (f"1 G {size:g} w {_rectangle(box)} S" for box in dark)


_WAYS: dict[Way, Callable[[list[Box], float, list[bool]], Iterator[str]]] = {
    Way.BARS: _bars,
    Way.DOUBLE: _double,
    Way.DASHES: _dashed,
    Way.GAPS: _gaps,
    Way.WHITE: _white,
    Way.LEFT_OVER: _left_over,
    Way.RINGS: _rings,
    Way.TWO_RINGS: _two_rings,
    Way.CURVES: _curves,
    Way.PICTURES: _pictures,
    Way.LETTERS: _letters,
    Way.DARK_HEADING: _dark_heading,
}


def _sides(boxes: list[Box]) -> list[Box]:
    sides = [s for a, b, c, d in boxes for s in ((a, b, a, d), (c, b, c, d), (a, b, c, b), (a, d, c, d))]
    return list(dict.fromkeys(sides))


def _grown(box: Box, by: float) -> Box:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def _rectangle(box: Box) -> str:
    x0, y0, x1, y1 = box
    return f"{x0:.2f} {y0:.2f} {x1 - x0:.2f} {y1 - y0:.2f} re"


def _corners(box: Box, turn: int) -> str:
    x0, y0, x1, y1 = box
    (a, b), *others = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)][::turn]
    return f"{a:.2f} {b:.2f} m " + " ".join(f"{x:.2f} {y:.2f} l" for x, y in others) + " h"


def _line(side: Box) -> str:
    return f"{side[0]:.2f} {side[1]:.2f} m {side[2]:.2f} {side[3]:.2f} l"


def _dashes(side: Box, gap: float) -> Iterator[str]:
    x0, y0, x1, y1 = side
    length, start = max(x1 - x0, y1 - y0), 0.0
    while start < length:
        end = min(start + 6, length)
        if x1 > x0:
            yield _line((x0 + start, y0, x0 + end, y0))
        else:
            yield _line((x0, y1 - start, x0, y1 - end))
        start += 6 + gap
