"""Borders drawn as two rules: in web pages each cell has a box, some points apart from those of its neighbours.

Two parallel rules are one border when nothing stands between them: no rule crosses the gap. Rows that are as low as
such a gap have sides. Single gaps may be anything, so a page has gaps in both directions.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.pages.crossings import settled
from pipeline.pages.model import Rule

WIDEST = 8.0  # points between two rules of one border; text needs more
MOST = 10_000_000  # comparisons of pairs with pieces, about a second
LEAST = 2  # double borders in each direction
SIDE = 1.0  # points from the end of two rules to what closes the gap between them
SHARED = 0.5  # share of the shorter rule's length along which the other one runs, at least

Piece = tuple[float, float, float]


def single(
    level: Sequence[Rule], upright: Sequence[Rule], pieces: tuple[Sequence[Piece], Sequence[Piece]], nearest: float
) -> tuple[list[Rule], list[Rule]] | None:
    """Level and upright rules with those of double borders in the middle of them; None when there are none.

    `pieces` are level and upright rules as they were drawn, not joined; rules `nearest` points apart are one already.
    """
    pairs = _pairs(level, nearest), _pairs(upright, nearest)
    if min(map(len, pairs)) < LEAST:
        return None
    if sum(len(near) * len(across) for near, across in zip(pairs, reversed(pieces), strict=True)) > MOST:
        return None  # nobody draws so many borders double
    doubles = [_uncrossed(near, across) for near, across in zip(pairs, reversed(pieces), strict=True)]
    if min(map(len, doubles)) < LEAST:
        return None
    moved = [_moved(rules, found) for rules, found in zip((level, upright), doubles, strict=True)]
    return settled(moved[0], moved[1], WIDEST), settled(moved[1], moved[0], WIDEST)


def _pairs(rules: Sequence[Rule], nearest: float) -> list[tuple[Rule, Rule]]:
    """Rules and those that run beside them closely; `rules` are sorted by position."""
    pairs: list[tuple[Rule, Rule]] = []
    for i, rule in enumerate(rules):
        for other in rules[i + 1 :]:
            if other.at - rule.at > WIDEST:
                break
            shared = min(rule.end, other.end) - max(rule.start, other.start)
            if other.at - rule.at > nearest and shared > SHARED * min(rule.end - rule.start, other.end - other.start):
                pairs.append((rule, other))
    return pairs


def _uncrossed(pairs: Sequence[tuple[Rule, Rule]], across: Sequence[Piece]) -> list[tuple[Rule, Rule]]:
    found: list[tuple[Rule, Rule]] = []
    for one, other in pairs:
        middle = (one.at + other.at) / 2
        low, high = max(one.start, other.start) - SIDE, min(one.end, other.end) + SIDE
        if not any(low <= at <= high and start < middle < end for at, start, end in across):
            found.append((one, other))
    return found


def _moved(rules: Sequence[Rule], pairs: Sequence[tuple[Rule, Rule]]) -> list[Rule]:
    middles: dict[Rule, float] = {}
    for one, other in pairs:
        middle = middles.get(one, (one.at + other.at) / 2)
        middles[one] = middles[other] = middle
    return sorted(Rule(middles.get(rule, rule.at), rule.start, rule.end) for rule in rules)
