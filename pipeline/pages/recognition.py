"""How sure the words of recognised pages are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.pages.model import Page, Rule, Word

LEVEL = 0.2  # degrees by which the picture of a digital page may seem to lean
NEAR = 3.0  # points between a rule and its picture


def lowest_confidence(page: Page, box: Sequence[float]) -> float | None:
    """The lowest confidence (0 to 1) of a recognised page's words with their middle in `box`; None without any."""
    assert page.recognition is not None
    x0, y0, x1, y1 = box
    confidence = page.recognition.confidence
    inside = (c for w, c in zip(page.words, confidence, strict=True) if _within(w, x0, y0, x1, y1))
    return min(inside, default=None)


def with_recognised(page: Page, found: Page) -> Page:
    """A page with what was recognised on its picture where it has no words and rules itself; else `found` alone.

    Words of the page itself count as certain. A page that is turned or leans is taken as it was recognised.
    """
    seen = found.recognition
    assert seen is not None
    if found.quarters != page.quarters or abs(seen.lean) > LEVEL:
        return found
    more = [
        (word, sure)
        for word, sure in zip(found.words, seen.confidence, strict=True)
        if not any(_overlap(word, own) for own in page.words)
    ]
    last = max((word.run for word in page.words), default=0)
    words = (*page.words, *(word._replace(run=last + word.run) for word, _ in more))
    confidence = (*(1.0 for _ in page.words), *(sure for _, sure in more))
    level = tuple(sorted((*page.level, *(r for r in found.level if not _drawn(r, page.level)))))
    upright = tuple(sorted((*page.upright, *(r for r in found.upright if not _drawn(r, page.upright)))))
    recognition = replace(seen, confidence=confidence)
    return replace(page, words=words, level=level, upright=upright, recognition=recognition, untrusted=None)


def _overlap(word: Word, own: Word) -> bool:
    """Whether a recognised word stands where the page has one itself."""
    x, y = (word.x0 + word.x1) / 2, (word.y0 + word.y1) / 2
    return (own.x0 < x < own.x1 and own.y0 < y < own.y1) or (
        word.x0 < (own.x0 + own.x1) / 2 < word.x1 and word.y0 < (own.y0 + own.y1) / 2 < word.y1
    )


def _drawn(rule: Rule, own: Sequence[Rule]) -> bool:
    """Whether a recognised rule is one of the page itself."""
    return any(abs(rule.at - r.at) < NEAR and rule.start < r.end and rule.end > r.start for r in own)


def _within(word: Word, x0: float, y0: float, x1: float, y1: float) -> bool:
    return x0 <= (word.x0 + word.x1) / 2 <= x1 and y0 <= (word.y0 + word.y1) / 2 <= y1
