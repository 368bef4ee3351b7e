"""Rules of a page from what MuPDF says of its drawn shapes: their bounds where these tell enough, else all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.pages.covers import WHITE
from pipeline.pages.readers.mupdf_blocks import Block
from pipeline.pages.rules import THIN, RuleCollector

_STROKE_OF_GLYPH = 8.0  # points; a thin shape that is no box and shorter may be part of a character drawn as a path
_DOT = 2.1  # points; a box that is no larger is a dot, or the corner between two borders
_DOTS = 4  # dots for each longer box, more than the corners of cells

Box = tuple[float, float, float, float]


def placed(box: Sequence[float], turn: Any) -> Box:
    """A box on the page as displayed."""
    return (box[0], box[1], box[2], box[3]) if turn is None else turned(box, turn)


def turned(box: Sequence[float], turn: Any) -> Box:
    """A box after a transformation by six numbers."""
    # by hand: pages with thousands of drawn lines spend most of their time in pymupdf.Rect otherwise
    a, b, c, d, e, f = turn
    x0, y0, x1, y1 = box
    xs, ys = (a * x0 + c * y0 + e, a * x1 + c * y1 + e), (b * x0 + d * y0 + f, b * x1 + d * y1 + f)
    return min(xs), min(ys), max(xs), max(ys)


def rules_of_shapes(blocks: Sequence[Block], turn: Any) -> RuleCollector | None:
    """The rules of a page from the bounds of its shapes; None when they do not tell enough.

    Filled boxes, bars cut slantwise at their ends, and single thin strokes are as large as their bounds say. Of other
    shapes nobody knows what is inside, and a white box drawn after text may cover it. Most pages have neither, and
    reading the drawings costs as much as all the rest of MuPDF's work. Where borders are rows of dots, the text page
    leaves many of them out; the drawings have them all.
    """
    collector = RuleCollector()
    texts: list[Box] = []
    dots = longer = 0
    for x0, y0, x1, y1, style in blocks:
        is_shape, _, is_stroked, is_box, is_seen = style
        if not is_shape:
            texts.append((x0, y0, x1, y1))
            continue
        width, height = x1 - x0, y1 - y0
        if width <= _DOT and height <= _DOT:
            dots += 1
        else:
            longer += 1
        if is_stroked:
            if is_seen and not (is_box and (width < THIN or height < THIN)):
                return None
            if is_seen:
                line = _line_within(x0, y0, x1, y1)
                collector.line(*(line if turn is None else turned(line, turn)))
        elif not (is_box or width >= _STROKE_OF_GLYPH or height >= _STROKE_OF_GLYPH):
            return None
        elif is_seen:
            box = x0, y0, x1, y1
            collector.filled(*(box if turn is None else turned(box, turn)))
        elif width > THIN < height and any(t[0] < x1 and t[2] > x0 and t[1] < y1 and t[3] > y0 for t in texts):
            return None
    return None if dots > _DOTS * longer else collector


def is_plain(blocks: Sequence[Block]) -> bool:
    """Whether all that the shapes show are straight rules, and areas without text below them."""
    texts: list[Box] = []
    for x0, y0, x1, y1, style in blocks:
        if not style.is_shape:
            texts.append((x0, y0, x1, y1))
        elif x1 - x0 > THIN < y1 - y0 and style.is_seen:
            if style.is_stroked or not style.is_box:
                return False
            if any(t[0] < x1 and t[2] > x0 and t[1] < y1 and t[3] > y0 for t in texts):
                return False
    return True


def _line_within(x0: float, y0: float, x1: float, y1: float) -> Box:
    """The line of a straight stroke with these bounds, which go beyond it by half of its width."""
    width, height = x1 - x0, y1 - y0
    if height > width:
        return (x0 + x1) / 2, y0 + width / 2, (x0 + x1) / 2, y1 - width / 2
    return x0 + height / 2, (y0 + y1) / 2, x1 - height / 2, (y0 + y1) / 2


def rules_of_drawings(drawings: Sequence[dict[str, Any]], turn: Any) -> RuleCollector:
    """The rules of a page from all that is known of its shapes."""
    collector = RuleCollector()
    for path in drawings:
        strokes, fills = are_visible(path)
        if strokes or fills:
            _collect_path(path, strokes, collector, turn)
    return collector


def are_visible(path: dict[str, Any]) -> tuple[bool, bool]:
    """Whether the strokes and the filling of a path are seen on white paper."""
    kind = path["type"]
    strokes = "s" in kind and not _invisible(path.get("color"), path.get("stroke_opacity", 1))
    return strokes, "f" in kind and not _invisible(path.get("fill"), path.get("fill_opacity", 1))


def _invisible(color: Sequence[float] | None, opacity: float | None) -> bool:
    return opacity == 0 or (color is not None and min(color) >= WHITE)


def _collect_path(path: dict[str, Any], strokes: bool, collector: RuleCollector, turn: Any) -> None:
    items = path["items"]
    for item in items:
        shape = item[0]
        if shape == "l":
            if strokes:
                collector.line(*placed((*item[1], *item[2]), turn))
        elif shape in ("re", "qu"):
            box = placed(item[1] if shape == "re" else _bounds(item[1]), turn)
            (collector.stroked if strokes else collector.filled)(*box)
    if not strokes and items and items[0][0] == "l" and all(item[0] == "l" for item in items):
        collector.filled(*placed(path["rect"], turn))  # a thin bar filled as a polygon of lines


def _bounds(points: Sequence[tuple[float, float]]) -> Box:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)
