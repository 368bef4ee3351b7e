"""Finds which rows of a list add up to which: units, groups and projects nested without codes."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

NEAR = Decimal("0.01")  # of the printed unit, for each addend
ROUNDED = Decimal("1e-8")  # share of a sum by which a total printed with fewer decimals than its parts may differ
FREE = 1000  # rank of a row that may be part of any other
MOST_ROWS = 400  # of a list; the longest seen has 239
DEEPEST = 6  # levels of a list, the total included; the deepest seen has five: group, department, unit, group, project
MOST_STEPS = 10_000  # tries; lists that nest take some hundred, one of 88 rows 3,400


def is_near(difference: Decimal, addends: int, total: Decimal) -> bool:
    """Whether rounding explains the difference between a total and its parts."""
    return abs(difference) <= NEAR * addends + ROUNDED * abs(total)


def nest(numbers: Sequence[Decimal], total: Decimal, ranks: Sequence[int]) -> list[int | None] | None:
    """The parent of each number of a list, None at the top, such that all sums are those printed.

    A parent stands above its children, and is their sum; the numbers at the top are the total. A row is no part of one
    of the same or a higher rank, unless its own rank is `FREE`. None where there is no such nesting, or none is found
    soon. Numbers are positive.
    """
    if not 0 < len(numbers) <= MOST_ROWS:
        return None
    search = _Search(numbers, ranks)
    return search.parents if search.run(0, ((None, total, 0),)) else None


_Level = tuple[int | None, Decimal, int]
"""An open sum: its row, what is left of it, and how many addends it has so far."""


class _Search:
    """Takes the rows from top to bottom; each is a part of the innermost open sum, and may open one of its own."""

    def __init__(self, numbers: Sequence[Decimal], ranks: Sequence[int]) -> None:
        self.numbers, self.ranks = numbers, ranks
        self.parents: list[int | None] = [None] * len(numbers)
        self.failed: set[tuple[int, tuple[Decimal, ...]]] = set()
        self.steps = 0

    def run(self, n: int, levels: tuple[_Level, ...]) -> bool:
        """Whether the rows from `n` on close all open sums."""
        while levels and self._is_closed(levels[-1]):
            levels = levels[:-1]
        if n == len(self.numbers):
            return not levels
        state = n, tuple([left for _, left, _ in levels])
        self.steps += 1
        if not levels or state in self.failed or self.steps > MOST_STEPS:
            return False
        row, left, addends = levels[-1]
        if row is not None and self.ranks[n] < FREE and self.ranks[row] >= self.ranks[n]:
            return False  # a unit begins, and a sum of the unit before is open
        number = self.numbers[n]
        rest = left - number
        if rest >= 0 or is_near(rest, addends + 1, left):
            self.parents[n] = row
            inner = (*levels[:-1], (row, rest, addends + 1))
            opens = n + 1 < len(self.numbers) and self.numbers[n + 1] <= number and len(levels) < DEEPEST
            if (opens and self.run(n + 1, (*inner, (n, number, 0)))) or self.run(n + 1, inner):
                return True
        self.failed.add(state)
        return False

    def _is_closed(self, level: _Level) -> bool:
        row, left, addends = level
        total = left if row is None else self.numbers[row]
        return addends > 0 and is_near(left, addends, total)
