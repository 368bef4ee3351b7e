"""The shapes that pdfplumber finds on a page: which are rules, which cover text, in which order all is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from pdfminer.layout import LTChar, LTContainer, LTCurve, LTImage, LTLine, LTRect

from pipeline.pages.check_boxes import STROKE, Shape
from pipeline.pages.covers import WHITE, Cover, covers_over
from pipeline.pages.model import Area, Word
from pipeline.pages.readers.plumber_glyphs import lightness_of
from pipeline.pages.rules import THIN, RuleCollector

_DARK = 0.5  # lightness of a filled box, at most


def is_plain(page: Any, words: Sequence[Word], left: float, top: float) -> bool:
    """Whether all that the shapes show are straight rules, and areas without text below them."""
    if any(s["x1"] - s["x0"] > THIN < s["bottom"] - s["top"] and not _unseen(s) for s in page.curves):
        return False
    first: int | None = None
    orders: dict[type, list[int]] | None = None
    for i, shape in enumerate(page.rects):
        box = area_of(shape, left, top)
        if _unseen(shape) or not (box.x1 - box.x0 > THIN < box.y1 - box.y0) or not shape.get("fill"):
            continue
        if covers_over([Cover(*box, 0)], words):
            orders = orders or orders_of(page.layout)
            first = min(orders[LTChar], default=0) if first is None else first
            if orders[LTRect][i] > first and _is_over(box, page, orders, orders[LTRect][i], left, top):
                return False
    return True


def _is_over(box: Area, page: Any, orders: dict[type, list[int]], order: int, left: float, top: float) -> bool:
    """Whether an area was drawn over a character."""
    below = (c for c, n in zip(page.chars, orders[LTChar], strict=True) if n < order)
    middles = (((c["x0"] + c["x1"]) / 2 - left, (c["top"] + c["bottom"]) / 2 - top) for c in below)
    return any(box.x0 < x < box.x1 and box.y0 < y < box.y1 for x, y in middles)


def _unseen(shape: dict[str, Any]) -> bool:
    """Whether a shape leaves no ink on paper."""
    return not (
        (shape.get("stroke") and not is_light(shape.get("stroking_color")))
        or (shape.get("fill") and not is_light(shape.get("non_stroking_color")))
    )


def rules_of(page: Any, beyond: dict[type, int], left: float, top: float) -> RuleCollector:
    """The rules of the page itself: `beyond` counts the shapes of overlays, which come last."""
    collector = RuleCollector()
    for shape in page.rects[: len(page.rects) - beyond[LTRect]]:
        _collect_rect(shape, collector, left, top)
    lines, curves = page.lines, page.curves
    for shape in (*lines[: len(lines) - beyond[LTLine]], *curves[: len(curves) - beyond[LTCurve]]):
        _collect_path(shape, collector, left, top)
    return collector


def orders_of(layout: Any) -> dict[type, list[int]]:
    """For each character, rectangle and picture, in drawing order, its number among all three."""
    orders: dict[type, list[int]] = {LTChar: [], LTRect: [], LTImage: []}
    number = 0
    stack = [iter(layout)]
    while stack:
        for item in stack[-1]:
            if isinstance(item, LTContainer):
                stack.append(iter(item))
                break
            if type(item) in orders:
                orders[type(item)].append(number)
                number += 1
        else:
            stack.pop()
    return orders


def is_light(color: Any) -> bool:
    """Whether a colour is white in grey or RGB; CMYK white is all zero."""
    if isinstance(color, int | float):
        return color >= WHITE
    if not isinstance(color, tuple | list) or not color or not all(isinstance(c, int | float) for c in color):
        return False
    return bool(max(color) <= 1 - WHITE if len(color) == 4 else min(color) >= WHITE)


def _collect_rect(shape: dict[str, Any], collector: RuleCollector, left: float, top: float) -> None:
    box = shape["x0"] - left, shape["top"] - top, shape["x1"] - left, shape["bottom"] - top
    if shape.get("stroke") and not is_light(shape.get("stroking_color")):
        collector.stroked(*box)
    elif shape.get("fill") and not is_light(shape.get("non_stroking_color")):
        collector.filled(*box)


def _collect_path(shape: dict[str, Any], collector: RuleCollector, left: float, top: float) -> None:
    points = [(x - left, y - top) for x, y in shape.get("pts", [])]
    if shape.get("stroke") and not is_light(shape.get("stroking_color")):
        for (x0, y0), (x1, y1) in pairwise(points):
            collector.line(x0, y0, x1, y1)
    elif shape.get("fill") and not is_light(shape.get("non_stroking_color")):
        collector.filled(shape["x0"] - left, shape["top"] - top, shape["x1"] - left, shape["bottom"] - top)


def area_of(shape: dict[str, Any], left: float, top: float) -> Area:
    """Where a shape stands on what the page shows."""
    x0, y0, x1, y1 = (float(shape[edge]) for edge in ("x0", "top", "x1", "bottom"))
    return Area(x0 - left, y0 - top, x1 - left, y1 - top)


def shapes_of(page: Any, left: float, top: float) -> list[Shape]:
    """The drawn paths of a page, as far as they tell a ticked box from an empty one."""
    result = []
    for shape in (*page.rects, *page.lines, *page.curves):
        fills = bool(shape.get("fill")) and not is_light(shape.get("non_stroking_color"))
        if not fills and (not shape.get("stroke") or is_light(shape.get("stroking_color"))):
            continue
        box = shape["x0"] - left, shape["top"] - top, shape["x1"] - left, shape["bottom"] - top
        is_dark = fills and lightness_of(shape.get("non_stroking_color")) <= _DARK
        is_slanted = any(abs(b[0] - a[0]) > STROKE < abs(b[1] - a[1]) for a, b in pairwise(shape.get("pts") or ()))
        is_box = not is_slanted and not any(step[0] in ("c", "v", "y") for step in shape.get("path") or ())
        result.append(Shape(*box, is_dark, is_slanted, is_box))
    return result
