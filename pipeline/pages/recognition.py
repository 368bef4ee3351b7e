"""How sure the words of recognised pages are."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.pages.model import Page, Word


def lowest_confidence(page: Page, box: Sequence[float]) -> float | None:
    """The lowest confidence (0 to 1) of a recognised page's words with their middle in `box`; None without any."""
    assert page.recognition is not None
    x0, y0, x1, y1 = box
    confidence = page.recognition.confidence
    inside = (c for w, c in zip(page.words, confidence, strict=True) if _within(w, x0, y0, x1, y1))
    return min(inside, default=None)


def _within(word: Word, x0: float, y0: float, x1: float, y1: float) -> bool:
    return x0 <= (word.x0 + word.x1) / 2 <= x1 and y0 <= (word.y0 + word.y1) / 2 <= y1
