"""How sure the words of recognised pages are, and where boxes of pages that were set upright stand as displayed."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pipeline.pages.model import Page, Word


def lowest_confidence(page: Page, box: Sequence[float]) -> float | None:
    """The lowest confidence (0 to 1) of a recognised page's words with their middle in `box`; None without any."""
    assert page.recognition is not None
    x0, y0, x1, y1 = box
    confidence = page.recognition.confidence
    inside = (c for w, c in zip(page.words, confidence, strict=True) if _within(w, x0, y0, x1, y1))
    return min(inside, default=None)


def displayed_box(page: Page, box: Sequence[float]) -> tuple[float, float, float, float]:
    """A box of a page (points) on the page as displayed; where the page leans, the box around it."""
    lean = page.recognition.lean if page.recognition is not None else 0.0
    width, height = page.width, page.height
    shown = (height, width) if page.quarters % 2 else (width, height)
    angle = math.radians(90 * page.quarters + lean)
    cos, sin = math.cos(angle), math.sin(angle)
    corners = [(x - width / 2, y - height / 2) for x in (box[0], box[2]) for y in (box[1], box[3])]
    xs = [x * cos - y * sin + shown[0] / 2 for x, y in corners]
    ys = [x * sin + y * cos + shown[1] / 2 for x, y in corners]
    return max(min(xs), 0.0), max(min(ys), 0.0), min(max(xs), shown[0]), min(max(ys), shown[1])


def _within(word: Word, x0: float, y0: float, x1: float, y1: float) -> bool:
    return x0 <= (word.x0 + word.x1) / 2 <= x1 and y0 <= (word.y0 + word.y1) / 2 <= y1
