"""Words and rules cut at the edges of their page: damaged widths of a font, or a damaged box, put some beyond them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isnan

from pipeline.messages import Text, t
from pipeline.pages.model import Page, Rule, Word

TOLD = 3.0  # points beyond the page; of 459,000 words of published documents none reaches half a point beyond

NEAR = 5.0  # points; text that is cut off ends nearer to an edge. Of 5,311 pages 2 % have a word there, or none at all
PAPER = ((595.0, 842.0), (842.0, 595.0), (842.0, 1191.0), (1191.0, 842.0))  # points; of nearly all pages
SAME = 7.0  # points
LEAST = 2  # characters


def within_page(page: Page) -> Page:
    """The page with all words and rules on it. Words that reached far beyond it make it a damaged page."""
    width, height = page.width, page.height
    words, far = page.words, 0
    if any(not (0 <= w[0] <= w[2] <= width and 0 <= w[1] <= w[3] <= height) for w in words):
        found = [_cut(word, width, height) for word in words]
        far = sum(_is_far(word, width, height) for word in words)
        words = tuple(word for word in found if word is not None)
    level, upright = _on_page(page.level, height, width), _on_page(page.upright, width, height)
    if words is page.words and level is page.level and upright is page.upright:  # nearly all pages
        return page
    if page.recognition is not None and len(words) != len(page.words):
        return page  # they lie on its picture, and each has a confidence
    damaged = page.damaged or (t("{far} words reach beyond the page", far=far) if far else None)
    return replace(page, words=words, level=level, upright=upright, damaged=damaged)


def _cut(word: Word, width: float, height: float) -> Word | None:
    """The part of a word on the page; None without any."""
    if any(map(isnan, word[:4])):
        return None
    x0, x1 = sorted((word.x0, word.x1))
    y0, y1 = sorted((word.y0, word.y1))
    x0, y0, x1, y1 = max(x0, 0.0), max(y0, 0.0), min(x1, width), min(y1, height)
    return Word(x0, y0, x1, y1, word.text, word.run) if x0 <= x1 and y0 <= y1 else None


def _is_far(word: Word, width: float, height: float) -> bool:
    x0, y0, x1, y1 = word[:4]
    return not (-TOLD <= x0 <= x1 <= width + TOLD and -TOLD <= y0 <= y1 <= height + TOLD)


def _on_page(rules: Sequence[Rule], across: float, along: float) -> tuple[Rule, ...]:
    """Rules cut at the edges of a page that is so wide `across` them and so long `along` them."""
    kept = tuple(rules)
    if all(0 <= at <= across and 0 <= start <= end <= along for at, start, end in kept):
        return kept
    cut = ((at, max(start, 0.0), min(end, along)) for at, start, end in kept if 0 <= at <= across)
    return tuple(Rule(at, start, end) for at, start, end in cut if start < end)


def is_cut(words: Sequence[Word], width: float, height: float) -> bool:
    """Whether a page may have more text beyond its edges: a word stands at one of them, or its size is no paper's."""
    if not words or not any(abs(width - a) < SAME > abs(height - b) for a, b in PAPER):
        return True
    x0, y0, x1, y1, _, _ = zip(*words, strict=True)
    nearest: float = min(*x0, *y0, width - max(x1), height - max(y1))
    return nearest < NEAR


def text_beyond(count: int) -> Text | None:
    """The damage of a page that has so many characters beyond its edges; None where they are few."""
    return t("{count:,} characters stand beyond the edges of the page", count=count) if count >= LEAST else None


def odd_turn(degrees: float) -> Text | None:
    """The damage of a page that is not turned by quarters; None where it is. Readers take it as not turned."""
    return t("the page is turned by {degrees:g} degrees", degrees=degrees) if degrees % 90 else None


def without_content(has_content: bool, has_resources: bool) -> Text | None:
    """The damage of a page that names fonts or pictures and draws nothing; None of others, blank ones included."""
    return t("the content of the page is missing") if has_resources and not has_content else None
