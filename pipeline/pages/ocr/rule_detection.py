"""Ruled lines on the image of a page: long thin runs of ink, found by morphology, their gaps closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pipeline.pages.model import Rule
from pipeline.pages.rules import RuleCollector

if TYPE_CHECKING:
    from pipeline.pages.ocr.model import Grey

SHORTEST = 8.0  # points; the borders of the lowest rows are as long, and so are a few strokes of large characters
ALONE = 40.0  # points; what is shorter is a rule only when both ends meet rules that cross it
MEETS = 2.0  # points between an end and the rule that it meets
BESIDE = 2.0  # points at both sides of a rule that are blank, unlike those of a stroke
BUSY = 0.2  # share of the pixels along a short rule that may have ink beside them, on the quieter side
LONG = 80.0  # points; no stroke of a character is as long
THICK = 3.5  # points; what is thicker is no rule
NARROWEST, LOWEST = 11.0, 6.0  # points of any column and row: a wider gap in a long rule may be meant
GAP = 0.7  # points that a rule may be broken
FAINT = 24  # levels that a faint rule is darker than the paper beside it
BLOCK, CONTRAST = 12.0, 10  # points around a pixel, and levels that ink is darker than the mean there


def inked(image: Grey, scale: float) -> Grey:
    """255 where there is ink, 0 elsewhere; `scale` is in pixels a point. Shading is no ink, faint lines are."""
    block = int(BLOCK * scale) | 1
    ink: Grey = cv2.adaptiveThreshold(image, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, block, CONTRAST)
    return ink


def ruled(image: Grey, ink: Grey, scale: float) -> tuple[tuple[Rule, ...], tuple[Rule, ...], Grey]:
    """Level and upright rules in points, merged; and the ink that they consist of."""
    level_ink = _runs(ink | _thin(image, scale), scale)
    upright_ink = np.ascontiguousarray(_runs(ink.T | _thin(image.T, scale), scale).T)
    level, upright = _strokes(level_ink, ink, scale), _strokes(upright_ink.T, ink.T, scale)
    collector = RuleCollector()
    for rule in _kept(level, upright):  # strokes of characters beside each other are not to become a rule
        collector.line(rule.start, rule.at, rule.end, rule.at)
    for rule in _kept(upright, level):
        collector.line(rule.at, rule.start, rule.at, rule.end)
    across, down = collector.merged()
    level, upright = _bridged(across, NARROWEST), _bridged(down, LOWEST)
    merged = tuple(_kept(level, upright)), tuple(_kept(upright, level))
    drawn = [_along(merged[0], level_ink, scale), _along(merged[1], upright_ink.T, scale).T]
    return *merged, cv2.bitwise_or(*(np.ascontiguousarray(x) for x in drawn))


def _bridged(rules: Sequence[Rule], gap: float) -> list[Rule]:
    """Rules with gaps closed that are wider than print makes them: faint ones break, a fold lies there."""
    whole: list[Rule] = []
    for rule in rules:
        before = whole[-1] if whole else rule
        if before.at == rule.at and 0 < rule.start - before.end <= gap < LONG < rule.end - before.start:
            whole[-1] = before._replace(end=rule.end)
        else:
            whole.append(rule)
    return whole


def _along(rules: tuple[Rule, ...], runs: Grey, scale: float) -> Grey:
    """Of level runs of ink, those that rules consist of."""
    near = np.zeros_like(runs)
    for rule in rules:
        y0, y1 = round((rule.at - THICK) * scale), round((rule.at + THICK) * scale)
        x0, x1 = round((rule.start - GAP) * scale), round((rule.end + GAP) * scale)
        near[max(0, y0) : y1 + 1, max(0, x0) : x1 + 1] = 255
    return np.bitwise_and(runs, near)


def _thin(image: Grey, scale: float) -> Grey:
    """What is darker than the paper above and below: faint rules beside dark print, where the mean says nothing."""
    across = np.ones((round(THICK * scale) | 1, 1), np.uint8)
    darker = cv2.morphologyEx(np.ascontiguousarray(image), cv2.MORPH_BLACKHAT, across)
    return np.where(darker > FAINT, 255, 0).astype(np.uint8)


def _runs(ink: Grey, scale: float) -> Grey:
    """The ink that belongs to long level runs."""
    # a thin rule that leans ever so little goes on in the row of pixels above or below
    thick = cv2.dilate(np.ascontiguousarray(ink), np.ones((3, 1), np.uint8))
    closed = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, np.ones((1, max(1, round(GAP * scale))), np.uint8))
    runs: Grey = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, round(SHORTEST * scale)), np.uint8))
    return runs


def _strokes(runs: Grey, ink: Grey, scale: float) -> list[Rule]:
    """Level runs of ink as rules, in points; without those that are strokes of characters by what is beside them."""
    count, _, stats, middles = cv2.connectedComponentsWithStats(np.ascontiguousarray(runs))
    found = []
    for i in range(1, count):
        x, y, width, height, area = (int(v) for v in stats[i])
        thickness = area / width / scale  # a leaning rule is high, not thick
        if thickness > THICK or height > max(THICK * scale, 0.02 * width):
            continue
        if width < LONG * scale and _busy(ink, x, y, x + width, y + height, scale) > BUSY:
            continue
        found.append(Rule((middles[i][1] + 0.5) / scale, x / scale, (x + width) / scale))
    return found


def _busy(ink: Grey, x0: int, y0: int, x1: int, y1: int, scale: float) -> float:
    """The share of a run's length that has ink beside it, on the quieter side; its ends meet rules and do not count."""
    edge, reach = round(MEETS * scale), round(BESIDE * scale)
    if x1 - x0 > 3 * edge:
        x0, x1 = x0 + edge, x1 - edge
    sides = ink[max(0, y0 - 1 - reach) : max(0, y0 - 1), x0:x1], ink[y1 + 1 : y1 + 1 + reach, x0:x1]
    return min(float(side.any(axis=0).mean()) if side.size else 0.0 for side in sides)


def _kept(rules: list[Rule], crossing: list[Rule]) -> list[Rule]:
    """Rules without what is too short to be one: it counts when both its ends meet a rule that crosses."""
    long = [r for r in crossing if r.end - r.start >= ALONE]
    return [r for r in rules if r.end - r.start >= ALONE or (_met(r.at, r.start, long) and _met(r.at, r.end, long))]


def _met(at: float, end: float, crossing: list[Rule]) -> bool:
    return any(abs(c.at - end) <= MEETS and c.start - MEETS <= at <= c.end + MEETS for c in crossing)
