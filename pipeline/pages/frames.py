"""Where things of a page that was set upright for reading stand on the page as displayed, and the way back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.pages.model import Page

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in points, origin top left."""


class Frame(NamedTuple):
    """How a page was set upright: its size so (points), and how far it is turned clockwise from there as displayed."""

    width: float
    height: float
    quarters: int
    lean: float


def frame_of(page: Page) -> Frame | None:
    """How the page was set upright; None when it is read as it is displayed."""
    lean = page.recognition.lean if page.recognition is not None else 0.0
    return Frame(page.width, page.height, page.quarters, lean) if page.quarters or lean else None


def displayed_box(frame: Frame, box: Sequence[float]) -> Box:
    """A box of a page set upright on the page as displayed; where the page leans, the box around it."""
    shown = _displayed_size(frame)
    return _turned(box, 90 * frame.quarters + frame.lean, (frame.width, frame.height), shown)


def upright_box(frame: Frame, box: Sequence[float]) -> Box:
    """A box of the page as displayed on the page set upright."""
    shown = _displayed_size(frame)
    return _turned(box, -90 * frame.quarters - frame.lean, shown, (frame.width, frame.height))


def _displayed_size(frame: Frame) -> tuple[float, float]:
    return (frame.height, frame.width) if frame.quarters % 2 else (frame.width, frame.height)


def _turned(box: Sequence[float], degrees: float, size: tuple[float, float], then: tuple[float, float]) -> Box:
    """The bounds of a box after its page of one size was turned about its middle to another."""
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    corners = [(x - size[0] / 2, y - size[1] / 2) for x in (box[0], box[2]) for y in (box[1], box[3])]
    xs = [x * cos - y * sin + then[0] / 2 for x, y in corners]
    ys = [x * sin + y * cos + then[1] / 2 for x, y in corners]
    return max(min(xs), 0.0), max(min(ys), 0.0), min(max(xs), then[0]), min(max(ys), then[1])
