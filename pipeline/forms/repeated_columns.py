"""Indicator columns repeated side by side: 一级 | 二级 | 三级 | 指标值 | 二级 | 三级 | 指标值.

The form of 财预〔2015〕88号 prints the indicators of the whole period on the left and those of the year on the right,
under one level 1. Each side is read as if it stood alone; then the same indicator on both sides is one row. Other forms
print the two below each other, as blocks with labels of their own; there too the same indicator is one row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.forms.header import Column
from pipeline.forms.model import RawIndicator
from pipeline.text import key

NAMES = ("level1", "level2", "level3")
TARGETS = ("target", "lifetime_target")
LIFETIME = {"target": "lifetime_target", "operator": "lifetime_operator", "unit": "lifetime_unit"}


def sides(columns: Sequence[Column]) -> list[list[Column]]:
    """Columns by side, from left to right, each with the levels that it shares with the first; mostly one side."""
    found: list[list[Column]] = [[]]
    for n, column in enumerate(columns):
        if column.role in NAMES and _is_side(found[-1]) and _is_side(columns[n:]):
            found.append([])
        found[-1].append(column)
    first, *others = found
    shared = [[c for c in first if c.role in NAMES and c.role not in {x.role for x in side}] for side in others]
    if len(others) == 1 and not any(c.role == "lifetime_target" or c.over for c in columns):
        first = [c.as_role(LIFETIME.get(c.role, c.role)) for c in first]
    return [first, *(levels + side for levels, side in zip(shared, others, strict=True))]


def _is_side(columns: Sequence[Column]) -> bool:
    roles = {c.role for c in columns}
    return "level3" in roles and not roles.isdisjoint(TARGETS)


def beside(indicators: Iterable[RawIndicator]) -> list[RawIndicator]:
    """Indicators of all sides in printed order; what one side says of another's indicator becomes part of its row."""
    result: list[RawIndicator] = []
    for right in indicators:
        n = next((n for n, left in enumerate(result) if _same(left, right)), None)
        if n is None:
            result.append(right)
        else:
            result[n] = RawIndicator(right.page, {**result[n].cells, **right.cells})
    return result


def _same(left: RawIndicator, right: RawIndicator) -> bool:
    """Whether both name the same indicator, one its target of the whole period and one that of the year."""
    a, b = left.cells, right.cells
    own = {role for cells in (a, b) for role in cells} - {*TARGETS, *LIFETIME, *LIFETIME.values()}
    return (
        {role for role in TARGETS if role in a}.isdisjoint(b)
        and "level3" in own
        and all(role in a and role in b and key(a[role].text) == key(b[role].text) for role in own)
    )
