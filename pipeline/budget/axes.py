"""What a number of a budget table means: side, fund, use, origin, phase and item."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.budget.dictionary import Axis, BudgetKnowledge, Kind
from pipeline.budget.headings import ITEM_NUMBER, NO_NUMBER
from pipeline.budget.model import Column, RowIdentity
from pipeline.fields.money import money_unit
from pipeline.text import key

_YEAR = re.compile(r"(20\d\d)年?")
_SIDES = ((re.compile(r"收入"), "income"), (re.compile(r"支出"), "expenditure"))
_SUM = re.compile(r"^(?:合计|总计|小计)$")
INCOME_KINDS = ("income",)
OWN_USES = ("to_superior", "to_affiliated", "operating")  # uses that a row of any classification may name
BOTH_SIDES = ("income_expenditure", "fiscal_income_expenditure", "gov_fund", "state_capital", "special_funds")
_ENTERS = re.compile(r"年初.*结[转余]|上年.*结[转余]|本年收入")
_EXECUTES = re.compile(r"决算|执行")


@dataclass(frozen=True, slots=True)
class TableMeaning:
    """What holds for all numbers of a table: its kind, its stage, its year, and what its title says of funds."""

    kind: Kind
    stage: str
    year: int | None
    fund: str | None
    use: str | None
    origin: str | None
    has_meetings: bool  # a column of meetings or training stands beside the 三公 items
    panels: int
    has_items: bool  # a 三公 table of which the columns, not the rows, are the items


@dataclass(slots=True)
class Above:
    """What a row above gives to the rows below it, up to the next total or the next number of the same style."""

    origin: str | None = None
    origin_rank: int = NO_NUMBER
    use: str | None = None
    use_rank: int = NO_NUMBER


def side_of(column: Column, kind: Kind, stage: str, panels: int) -> str:
    """Income or expenditure, by the panel's top heading, else by the kind."""
    if kind.id in INCOME_KINDS:
        return "income"
    if kind.id not in BOTH_SIDES:
        return "expenditure"
    if panels > 1:
        for part in column.path[:1]:
            for pattern, side in _SIDES:
                if pattern.search(key(part)):
                    return side
        return "income" if column.panel == 1 else "expenditure"
    entering = stage == "final_accounts" and any(_ENTERS.search(key(part)) for part in column.path)
    return "income" if entering else "expenditure"


class ColumnMeaning(NamedTuple):
    """What the headings of a column say of each number in it; None where they say nothing of an axis."""

    side: str
    inner_fund: str | None  # below the top heading, or by the only one
    outer_fund: str | None  # by the top heading
    use: str | None
    origin: str | None
    phases: tuple[str, ...]  # from the lowest heading to the top
    item: str | None
    unit: str | None  # of money
    is_known: bool
    heading: str


@dataclass(frozen=True, slots=True)
class AxisReader:
    """Reads the axes of the numbers of one table."""

    meaning: TableMeaning
    knowledge: BudgetKnowledge
    _columns: dict[Column, ColumnMeaning] = field(default_factory=dict)

    def column(self, column: Column) -> ColumnMeaning:
        """What the headings of a column say; a table has few columns, and thousands of numbers."""
        if column not in self._columns:
            self._columns[column] = self._understood(column)
        return self._columns[column]

    def _understood(self, column: Column) -> ColumnMeaning:
        meaning, path = self.meaning, column.path
        inner = path[1:] or path
        phases = (self._phase_of(text, column) for text in reversed(path))
        return ColumnMeaning(
            side_of(column, meaning.kind, meaning.stage, meaning.panels),
            self._by_path("fund", inner),
            self._by_path("fund", path[:1]),
            self._by_path("use", path),
            self._by_path("origin", inner if meaning.panels > 1 else path),
            tuple(phase for phase in phases if phase is not None),
            self._by_path("item", [text for text in path if not _SUM.match(key(text))]),
            next((unit for part in reversed(path) if (unit := money_unit(part))), None),
            column.means != "amount" or _known(column, self.knowledge),
            "/".join(path),
        )

    def fund(self, column: ColumnMeaning, row: RowIdentity) -> str:
        """The fund by the column's headings, else by the row's label on the side of income, else by the kind."""
        if column.inner_fund is not None:
            return column.inner_fund
        is_named = column.side == "income" and row.classification in ("fund", "total", "other")
        by_row = self._by_label("fund", row) if is_named else None
        return by_row or column.outer_fund or self.meaning.fund or "total"

    def use(self, column: ColumnMeaning, row: RowIdentity, above: Above) -> str:
        """The use by the column's headings, else by the row's label or a row above, else by the kind."""
        if column.side == "income":
            return "total"
        if column.use is not None:
            return column.use
        by_row = self._by_label("use", row) if row.code is None else None
        if row.classification not in ("use", "other", "total") and by_row not in OWN_USES:
            by_row = None
        if row.classification == "total" and self.meaning.use is None and row.role == "total":
            by_row = None
        return by_row or above.use or self.meaning.use or "total"

    def origin(self, column: ColumnMeaning, row: RowIdentity, above: Above) -> str:
        """This year's money, carried over, or left at the end of the year."""
        if column.origin is not None:
            return column.origin
        is_named = row.code is None and row.classification in ("fund", "total", "other")
        return (self._by_label("origin", row) if is_named else None) or above.origin or self.meaning.origin or "all"

    def phase(self, column: Column, row: RowIdentity) -> str:
        """Budget, execution or change, of this year or of the year before."""
        found = self.column(column).phases
        if row.label is not None and self.knowledge.rows.period.search(key(row.label)):
            by_row = self._phase_of(row.label, column)
            found = found if by_row is None else (*found, by_row)
        special = next((phase for phase in found if phase != "budget"), None)
        return special or (found[0] if found else "executed" if self.meaning.stage == "final_accounts" else "budget")

    def item(self, column: ColumnMeaning, row: RowIdentity) -> str | None:
        """The item of a 三公 table: of its column, else of its row."""
        if self.meaning.kind.id != "three_public":
            return None
        named = self.knowledge.axis("item", row.label) if row.label else None
        found = column.item if self.meaning.has_items else named
        return found or ("all" if self.meaning.has_meetings else "three_public")

    def _by_path(self, axis: Axis, path: Sequence[str]) -> str | None:
        for part in reversed(path):
            if (found := self.knowledge.axis(axis, part)) is not None:
                return found
        return None

    def _by_label(self, axis: Axis, row: RowIdentity) -> str | None:
        if row.label is None:
            return None
        return self.knowledge.axis(axis, ITEM_NUMBER.sub("", key(row.label)))

    def _phase_of(self, text: str, column: Column) -> str | None:
        plain = key(text)
        found = self.knowledge.axis("phase", text)
        if found in ("change", "change_rate") or self.meaning.stage == "final_accounts":
            return found
        year = _YEAR.search(plain)
        if year and self.meaning.year is not None and int(year[1]) < self.meaning.year:
            executed = any(_EXECUTES.search(key(part)) for part in (text, *column.path))
            return "prior_executed" if executed else "prior_budget"
        return None if found == "executed" and self.meaning.stage == "budget" and not year else found


def _known(column: Column, knowledge: BudgetKnowledge) -> bool:
    """Whether the dictionary knows what a column of amounts means."""
    return any(_known_part(part, knowledge) for part in column.path) or not column.path


def _known_part(part: str, knowledge: BudgetKnowledge) -> bool:
    plain = key(part)
    if re.search(r"金额|预算|决算|合计|小计|总计|总额|收入|支出|经费|本年|年度|其中|^\d{4}年?", plain):
        return True
    return any(knowledge.axis(axis, part) is not None for axis in ("fund", "use", "origin", "phase", "item"))


def texts(columns: Sequence[Column]) -> Iterator[str]:
    """The headings of all columns."""
    for column in columns:
        yield from column.path
