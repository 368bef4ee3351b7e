"""Types of the dictionary of budget tables (`schemas/budget_tables.toml`) and how a printed text is looked up in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pipeline.text import key

Axis = Literal["fund", "use", "origin", "phase", "item"]
AXES: tuple[Axis, ...] = ("fund", "use", "origin", "phase", "item")

Means = Literal[
    "sequence", "code", "unit_code", "project_code", "text", "count", "percent",
    "project_name", "procurement_name", "procurement_class", "unit_name", "label",
]  # fmt: skip
NAMES: tuple[Means, ...] = ("project_name", "procurement_name", "label", "unit_name", "procurement_class")
"""Columns that name a row."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`value` is meant by a text in whose key `match` is found."""

    match: re.Pattern[str]
    value: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of budget table: its titles, and what its numbers mean where neither heading nor label says it."""

    id: str
    match: re.Pattern[str]
    fund: str | None = None
    use: str | None = None
    origin: str | None = None


OTHER = Kind("other", re.compile("(?!)"))
"""The kind of a table of money whose title is in no dictionary."""


@dataclass(frozen=True, slots=True)
class RowPatterns:
    """What labels of rows mean: totals, subtotals, of-which rows, periods, uses, closing balances, economic items."""

    total: re.Pattern[str]
    subtotal: re.Pattern[str]
    of_which: re.Pattern[str]
    period: re.Pattern[str]
    use: re.Pattern[str]
    closing: re.Pattern[str]
    economic_department: re.Pattern[str]
    economic_government: re.Pattern[str]


@dataclass(frozen=True, slots=True, eq=False)  # there is one, and it remembers what it was asked
class BudgetKnowledge:
    """Everything under `schemas/budget_tables.toml`."""

    kinds: tuple[Kind, ...]
    others: re.Pattern[str]
    titles: Mapping[str, re.Pattern[str]]
    columns: tuple[Rule, ...]
    axes: Mapping[Axis, tuple[Rule, ...]]
    rows: RowPatterns
    found: dict[tuple[str, str], str | None] = field(default_factory=dict)

    def kind_of(self, title: str) -> Kind | None:
        """The kind of the table with a printed title; `OTHER` for one that no kind has, None for no table of money."""
        text = key(title)
        if self.others.search(text):
            return None
        return next((kind for kind in self.kinds if kind.match.search(text)), OTHER)

    def column(self, heading: str) -> str | None:
        """What a column with this heading holds besides amounts."""
        return self._first("column", heading, self.columns)

    def axis(self, axis: Axis, text: str) -> str | None:
        """The value of an axis that a heading or a label says."""
        return self._first(axis, text, self.axes[axis])

    def _first(self, name: str, text: str, rules: tuple[Rule, ...]) -> str | None:
        asked = name, text
        if asked not in self.found:
            plain = key(text)
            self.found[asked] = next((rule.value for rule in rules if rule.match.search(plain)), None)
        return self.found[asked]


_PLAIN_NAME = re.compile(r"[()（）\[\]、,，.·的和及与\"“”]")


@dataclass(frozen=True, slots=True, eq=False)
class CodeNames:
    """The names that codes were observed with (`schemas/codes.toml`), by classification."""

    names: Mapping[str, Mapping[str, tuple[str, ...]]]
    codes: Mapping[str, Mapping[str, str]]

    def names_of(self, classification: str, code: str) -> tuple[str, ...]:
        """The observed names of a code; nothing for one that was not observed."""
        return self.names.get(classification, {}).get(code, ())

    def code_of(self, classification: str, name: str) -> str | None:
        """The one code that was observed with a name; None where there is none, or several."""
        return self.codes.get(classification, {}).get(plain_name(name))

    def fits(self, name: str, known: tuple[str, ...]) -> bool:
        """Whether a printed name is an observed one, or one that the table's edge has cut."""
        printed = plain_name(name)
        return any(printed in plain_name(one) or plain_name(one) in printed for one in known)


def plain_name(name: str) -> str:
    """A name as names of codes are compared: without brackets, stops and the words 的, 和, 及, 与."""
    return _PLAIN_NAME.sub("", key(name))
