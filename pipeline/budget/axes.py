"""What a number of a budget table means: side, fund, use, origin, phase and item."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.budget.dictionary import Axis, BudgetKnowledge, Kind
from pipeline.budget.headings import ITEM_NUMBER, NO_NUMBER
from pipeline.budget.model import Column, RowIdentity
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


@dataclass(frozen=True, slots=True)
class AxisReader:
    """Reads the axes of the numbers of one table."""

    meaning: TableMeaning
    knowledge: BudgetKnowledge

    def fund(self, column: Column, row: RowIdentity, side: str) -> str | None:
        """The fund by the column's headings, else by the row's label on the side of income, else by the kind."""
        by_row = (
            self._by_label("fund", row)
            if row.classification in ("fund", "total", "other") and side == "income"
            else None
        )
        inner = self._by_path("fund", column.path[1:] if len(column.path) > 1 else column.path)
        outer = self._by_path("fund", column.path[:1])
        return inner or by_row or outer or self.meaning.fund or "total"

    def use(self, column: Column, row: RowIdentity, side: str, above: Above) -> str | None:
        """The use by the column's headings, else by the row's label or a row above, else by the kind."""
        if side == "income":
            return "total"
        by_row = self._by_label("use", row) if row.code is None else None
        if row.classification not in ("use", "other", "total") and by_row not in OWN_USES:
            by_row = None
        if row.classification == "total" and self.meaning.use is None and row.role == "total":
            by_row = None
        return self._by_path("use", column.path) or by_row or above.use or self.meaning.use or "total"

    def origin(self, column: Column, row: RowIdentity, above: Above) -> str:
        """This year's money, carried over, or left at the end of the year."""
        by_row = (
            self._by_label("origin", row)
            if row.code is None and row.classification in ("fund", "total", "other")
            else None
        )
        path = column.path[1:] if self.meaning.panels > 1 and len(column.path) > 1 else column.path
        return self._by_path("origin", path) or by_row or above.origin or self.meaning.origin or "all"

    def phase(self, column: Column, row: RowIdentity) -> str:
        """Budget, execution or change, of this year or of the year before."""
        is_period = row.label is not None and self.knowledge.rows.period.search(key(row.label))
        named = (*reversed(column.path), *((row.label or "",) if is_period else ()))
        found = [phase for text in named if (phase := self._phase_of(text, column)) is not None]
        special = next((phase for phase in found if phase != "budget"), None)
        return special or (found[0] if found else "executed" if self.meaning.stage == "final_accounts" else "budget")

    def item(self, column: Column, row: RowIdentity) -> str | None:
        """The item of a 三公 table: of its column, else of its row."""
        if self.meaning.kind.id != "three_public":
            return None
        everything = "all" if self.meaning.has_meetings else "three_public"
        if not self.meaning.has_items:
            return (self.knowledge.axis("item", row.label) if row.label else None) or everything
        named = [text for text in column.path if not _SUM.match(key(text))]
        return (
            next((found for text in reversed(named) if (found := self.knowledge.axis("item", text))), None)
            or everything
        )

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


def known(column: Column, knowledge: BudgetKnowledge) -> bool:
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
