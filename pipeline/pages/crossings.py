"""Where rules meet: their ends moved to the rules that cross them."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.pages.model import Rule


def met(at: float, ends: tuple[float, float], crossing: Sequence[Rule], reach: float) -> list[float | None]:
    """The positions of the crossing rules that are nearest to the two ends of a rule; None beyond `reach` (points)."""
    near = [r.at for r in crossing if r.start - reach <= at <= r.end + reach]
    nearest = [min(near, key=lambda x: abs(x - end), default=None) for end in ends]
    return [x if x is not None and abs(x - end) <= reach else None for x, end in zip(nearest, ends, strict=True)]


def settled(rules: Sequence[Rule], crossing: Sequence[Rule], reach: float) -> list[Rule]:
    """Rules with their ends moved to crossing rules within `reach`; other ends stay."""
    moved: list[Rule] = []
    for at, start, end in rules:
        first, last = met(at, (start, end), crossing, reach)
        rule = Rule(at, start if first is None else first, end if last is None else last)
        if rule.end > rule.start:
            moved.append(rule)
    return moved
