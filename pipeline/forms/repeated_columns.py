"""Indicator columns repeated side by side: 一级 | 二级 | 三级 | 指标值 | 二级 | 三级 | 指标值.

The form of 财预〔2015〕88号 prints the indicators of the whole period on the left and those of the year on the right,
under one level 1. Each set of columns is read as if it stood alone; then the same indicator in both sets is one row.
Other forms print the two below each other, in blocks with separate labels; there too the same indicator is one row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.forms.header import Column
from pipeline.forms.model import RawIndicator
from pipeline.forms.roles import LIFETIME, NAMES, TARGETS, Role
from pipeline.text import key


def column_sets(columns: Sequence[Column]) -> list[list[Column]]:
    """Columns by set, from left to right, each with the levels that it shares with the first; mostly one set."""
    found: list[list[Column]] = [[]]
    for n, column in enumerate(columns):
        if column.role in NAMES and _is_set(found[-1]) and _is_set(columns[n:]):
            found.append([])
        found[-1].append(column)
    first, *others = found
    shared = [[c for c in first if c.role in NAMES and c.role not in {x.role for x in own}] for own in others]
    if len(others) == 1 and not any(c.role == Role.LIFETIME_TARGET or c.over for c in columns):
        first = [c.as_role(LIFETIME.get(c.role, c.role)) if isinstance(c.role, Role) else c for c in first]
    return [first, *(levels + own for levels, own in zip(shared, others, strict=True))]


def _is_set(columns: Sequence[Column]) -> bool:
    roles = {c.role for c in columns}
    return Role.LEVEL3 in roles and not roles.isdisjoint(TARGETS)


def join_repeated(indicators: Iterable[RawIndicator]) -> list[RawIndicator]:
    """Indicators of all sets in printed order; rows of two sets that name the same indicator become one."""
    result: list[RawIndicator] = []
    for right in indicators:
        n = next((n for n, left in enumerate(result) if _same(left, right)), None)
        if n is None:
            result.append(right)
        else:
            result[n] = right._replace(cells={**result[n].cells, **right.cells})
    return result


def _same(left: RawIndicator, right: RawIndicator) -> bool:
    """Whether both name the same indicator, one its target of the whole period and one that of the year."""
    a, b = left.cells, right.cells
    own = {role for cells in (a, b) for role in cells} - {*TARGETS, *LIFETIME, *LIFETIME.values()}
    return (
        {role for role in TARGETS if role in a}.isdisjoint(b)
        and Role.LEVEL3 in own
        and all(role in a and role in b and key(a[role].text) == key(b[role].text) for role in own)
    )
