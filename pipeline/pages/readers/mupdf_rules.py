"""Rules of a page from what MuPDF says of its drawn shapes: their bounds where these tell enough, else all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.pages.covers import WHITE
from pipeline.pages.painted_areas import BAR, PAPER, areas_of_outline
from pipeline.pages.readers.mupdf_blocks import Block
from pipeline.pages.rules import SLOPE, THIN, RuleCollector

_STROKE_OF_GLYPH = 8.0  # points; a thin shape that is no box and shorter may be part of a character drawn as a path
_LONGEST_STROKE = 25.0  # points; a thin bar with round ends is longer than the strokes of characters
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
    outer: Block | None = None  # a box that is one shape with the next one
    for block in blocks:
        x0, y0, x1, y1, style = block
        if not style[0]:
            texts.append((x0, y0, x1, y1))
            if style[1]:
                collector.picture(*placed((x0, y0, x1, y1), turn))
            continue
        if x1 - x0 <= _DOT and y1 - y0 <= _DOT:
            dots += 1
        else:
            longer += 1
        if outer is not None and _holds(outer, block):
            return None  # a ring
        outer = block if style.continues and not _is_thin(block) else None
        if not (_add_stroke if style.is_stroked else _add_fill)(collector, block, turn, texts):
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


def _holds(block: Block, other: Block) -> bool:
    return block[0] <= other[0] and block[1] <= other[1] and block[2] >= other[2] and block[3] >= other[3]


def _add_stroke(collector: RuleCollector, block: Block, turn: Any, texts: Sequence[Box]) -> bool:
    """Add a stroke by its bounds; False when they do not tell enough."""
    x0, y0, x1, y1, style = block
    if style.colour is None and not style.is_seen:
        return True
    if not style.is_box or min(x1 - x0, y1 - y0) > BAR or (style.is_seen and not _is_thin(block)):
        return False
    if style.is_seen:
        collector.line(*placed(_line_within(x0, y0, x1, y1), turn))
    else:
        collector.area(*placed((x0, y0, x1, y1), turn), PAPER)
    return True


def _add_fill(collector: RuleCollector, block: Block, turn: Any, texts: Sequence[Box]) -> bool:
    """Add a filled shape by its bounds; False when they do not tell enough. `texts` are those drawn before it."""
    x0, y0, x1, y1, style = block
    is_thin = _is_thin(block)
    if not style.is_box and ((style.is_seen and not is_thin) or max(x1 - x0, y1 - y0) < _STROKE_OF_GLYPH):
        return False
    box = placed((x0, y0, x1, y1), turn)
    if style.is_seen:
        collector.filled(*box)
    elif not is_thin and any(t[0] < x1 and t[2] > x0 and t[1] < y1 and t[3] > y0 for t in texts):
        return False
    if style.colour is not None and not (is_thin and style.is_seen):
        collector.area(*box, style.colour)
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
        kind = path["type"]
        fill = _seen_as(path.get("fill"), path.get("fill_opacity")) if "f" in kind else None
        stroke = _seen_as(path.get("color"), path.get("stroke_opacity")) if "s" in kind else None
        if fill is not None:
            _collect_fill(path, fill, bool(stroke), collector, turn)
        if stroke is not None:
            _collect_stroke(path, stroke, collector, turn)
    return collector


def are_visible(path: dict[str, Any]) -> tuple[bool, bool]:
    """Whether the strokes and the filling of a path are seen on white paper."""
    kind = path["type"]
    stroke = _seen_as(path.get("color"), path.get("stroke_opacity")) if "s" in kind else None
    fill = _seen_as(path.get("fill"), path.get("fill_opacity")) if "f" in kind else None
    return bool(stroke), bool(fill)


def _seen_as(color: Sequence[float] | None, opacity: float | None) -> int | None:
    """The colour of areas that a shape leaves; None when it leaves none."""
    if opacity == 0:
        return None
    red, green, blue = (round(part * 255) for part in color or (0, 0, 0))
    return PAPER if color is not None and min(color) >= WHITE else red << 16 | green << 8 | blue | 1 << 24


def _collect_stroke(path: dict[str, Any], colour: int, collector: RuleCollector, turn: Any) -> None:
    half = (path.get("width") or 1) / 2
    for item in path["items"]:
        shape = item[0]
        if shape == "c" and not _is_straight(item[1:]):
            continue
        is_line = shape in ("l", "c")
        box = placed((*item[1], *item[-1]) if is_line else item[1] if shape == "re" else _bounds(item[1]), turn)
        if colour != PAPER:
            (collector.line if is_line else collector.stroked)(*box)
        else:
            for x0, y0, x1, y1 in (box,) if is_line else _sides(box):
                collector.area(min(x0, x1) - half, min(y0, y1) - half, max(x0, x1) + half, max(y0, y1) + half, PAPER)


def _sides(box: Box) -> tuple[Box, ...]:
    x0, y0, x1, y1 = box
    return (x0, y0, x0, y1), (x1, y0, x1, y1), (x0, y0, x1, y0), (x0, y1, x1, y1)


def _is_straight(points: Sequence[tuple[float, float]]) -> bool:
    """Whether a curve with these points is a level or upright line."""
    x0, y0, x1, y1 = _bounds(points)
    return x1 - x0 < SLOPE or y1 - y0 < SLOPE


def _collect_fill(path: dict[str, Any], colour: int, outlined: bool, collector: RuleCollector, turn: Any) -> None:
    """A filled shape: one box, a thin bar of any outline, or an outline of level and upright sides such as a ring."""
    items = path["items"]
    boxes = [placed(item[1], turn) for item in items if item[0] == "re" and _is_thin(item[1])]
    rest = [item for item in items if item[0] != "re" or not _is_thin(item[1])]
    if (rest and len(rest) < len(items)) or (len(items) > 1 and not _is_bar(path["rect"], items)):
        outlines = _outlines(rest)
        found = areas_of_outline(outlines, bool(path.get("even_odd")), colour) if outlines else []
        boxes += [placed(area[:4], turn) for area in found]
    elif rest:
        boxes.append(placed(path["rect"], turn))
    for box in boxes:
        if colour != PAPER and not outlined:
            collector.filled(*box)
        if colour == PAPER or not _is_thin(box):
            collector.area(*box, colour)


def _is_thin(box: Sequence[Any]) -> bool:
    return bool(box[2] - box[0] < THIN or box[3] - box[1] < THIN)


def _is_bar(box: Sequence[float], items: Sequence[Any]) -> bool:
    """Whether a shape of lines or curves is as thin as a rule; short ones with curves are characters."""
    has_curves = any(item[0] == "c" for item in items)
    return _is_thin(box) and (not has_curves or max(box[2] - box[0], box[3] - box[1]) > _LONGEST_STROKE)


def _outlines(items: Sequence[Any]) -> list[list[tuple[float, float]]]:
    """The corners of a shape's closed lines; none when it has curves."""
    outlines: list[list[tuple[float, float]]] = []
    for item in items:
        if item[0] == "l":
            if outlines and outlines[-1][-1] == item[1]:
                outlines[-1].append(item[2])
            else:
                outlines.append([item[1], item[2]])
        elif item[0] == "re":
            x0, y0, x1, y1 = item[1]
            corners = [(x0, y0), (x0, y1), (x1, y1), (x1, y0)]
            outlines.append(corners if item[2] > 0 else corners[::-1])
        elif item[0] == "qu":
            upper_left, upper_right, lower_left, lower_right = item[1]
            outlines.append([upper_left, lower_left, lower_right, upper_right])
        else:
            return []
    return outlines


def _bounds(points: Sequence[tuple[float, float]]) -> Box:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)
