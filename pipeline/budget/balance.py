"""The totals of a document's budget tables, and which of them are to be the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from pipeline.budget.model import BudgetLine
from pipeline.budget.read import TableReading, numbered
from pipeline.budget.sums import rounding
from pipeline.fields.money import YUAN
from pipeline.text import key

_FUND = {
    "income_expenditure": "total",
    "income": "total",
    "expenditure": "total",
    "fiscal_income_expenditure": "fiscal",
    "general_expenditure": "general_public",
    "general_basic": "general_public",
    "gov_fund": "gov_fund",
    "state_capital": "state_capital",
}
_WHOLE = ("收入总计", "支出总计", "总计")


@dataclass(frozen=True, slots=True)
class Total:
    """The total of one side of a table in yuan, where it stands, and by how much rounding may move it."""

    table_no: int
    line: BudgetLine
    amount: Decimal
    tolerance: Decimal


@dataclass(frozen=True, slots=True)
class Link:
    """Two totals of a document that are to be the same. `right` may be the sum of several."""

    rule: str
    left: Total
    right: tuple[Total, ...]

    @property
    def difference(self) -> Decimal:
        """How much the left total is above the right, in yuan."""
        return self.left.amount - sum((total.amount for total in self.right), Decimal(0))

    @property
    def is_closed(self) -> bool:
        """Whether rounding explains the difference."""
        allowed = self.left.tolerance + sum((total.tolerance for total in self.right), Decimal(0))
        return abs(self.difference) <= allowed


def links(tables: Sequence[TableReading]) -> Iterator[Link]:
    """The pairs of totals of a document that are to be the same, each stage and set of tables for itself."""
    for stage in sorted({table.stage for table in tables}):
        mine = [(n, table) for n, table in numbered(tables) if table.stage == stage]
        for variant in sorted({table.variant or "" for _, table in mine}):
            yield from _links(_set_of(mine, variant))


def _set_of(tables: Sequence[tuple[int, TableReading]], variant: str) -> list[tuple[int, TableReading]]:
    """The tables of a set. Those of a kind that the plain set lacks belong to it, whatever their titles exclude."""
    plain = {table.table.kind.id for _, table in tables if table.variant is None}
    return [
        (n, table)
        for n, table in tables
        if (table.variant or "") == variant or (not variant and table.table.kind.id not in plain)
    ]


def _links(tables: Sequence[tuple[int, TableReading]]) -> Iterator[Link]:
    income = _total(tables, "income_expenditure", "income")
    expenditure = _total(tables, "income_expenditure", "expenditure")
    yield from _pair("table.balance", income, expenditure)
    received = _total(tables, "income", "income")
    if received and received.line.origin == "current":  # final accounts print this year's income alone
        income = _this_year(tables, "income")
    yield from _pair("table.income_total", income, received)
    spent = _total(tables, "expenditure", "expenditure")
    if expenditure and spent:
        closing, this_year = _closing(tables), _this_year(tables, "expenditure")
        rule = "table.expenditure_total"
        ways = [Link(rule, expenditure, (spent,))]
        ways += [Link(rule, expenditure, (spent, closing))] if closing else []
        ways += [Link(rule, this_year, (spent,))] if this_year else []
        yield min(ways, key=lambda link: abs(link.difference))
    fiscal = _total(tables, "fiscal_income_expenditure", "expenditure")
    yield from _pair("table.fiscal_balance", _total(tables, "fiscal_income_expenditure", "income"), fiscal)
    general = _total(tables, "general_expenditure", "expenditure")
    others = [
        _total(tables, kind, "expenditure") or _this_year(tables, "expenditure", kind)
        for kind in ("gov_fund", "state_capital")
    ]
    if fiscal and general:
        parts = (general, *(total for total in others if total))
        wholes = (fiscal, _this_year(tables, "expenditure", "fiscal_income_expenditure"))
        ways = [Link("table.fiscal_total", whole, parts) for whole in wholes if whole]
        yield min(ways, key=lambda link: abs(link.difference))
    yield from _pair("table.basic_total", _basic(tables), _total(tables, "general_basic", "expenditure"))
    basic = [
        total for n, t in tables if t.table.kind.id == "general_basic" and (total := _of_table(n, t, "expenditure"))
    ]
    for one, other in pairwise(basic):
        yield Link("table.basic_total", one, (other,))


def _pair(rule: str, left: Total | None, right: Total | None) -> Iterator[Link]:
    if left and right:
        yield Link(rule, left, (right,))


def _total(tables: Sequence[tuple[int, TableReading]], kind: str, side: str) -> Total | None:
    """The total of the first table of a kind that prints one."""
    found = (_of_table(n, t, side) for n, t in tables if t.table.kind.id == kind)
    return next((total for total in found if total), None)


def _basic(tables: Sequence[tuple[int, TableReading]]) -> Total | None:
    """The basic expenditure that the table of general public expenditure prints."""
    found = (_of_table(n, t, "expenditure", "basic") for n, t in tables if t.table.kind.id == "general_expenditure")
    return next((total for total in found if total), None)


def _of_table(number: int, table: TableReading, side: str, use: str | None = None) -> Total | None:
    kind = table.table.kind
    fund = _FUND.get(kind.id, "total")
    phase = "executed" if table.stage == "final_accounts" else "budget"
    rows = _total_rows(table)
    lines = [
        line
        for line in table.lines
        if line.side == side
        and (line.row.row_no, line.row.panel) in rows
        and line.amount is not None
        and (line.fund, line.phase) == (fund, phase)
        and line.use == (use or kind.use or "total")
    ]
    lines = [line for line in lines if line.origin == "all"] or [line for line in lines if line.origin == "current"]
    first = [line for line in lines if line.row.panel == lines[0].row.panel]
    whole = [line for line in first if key(line.label or "") in _WHOLE] or first
    if not whole:
        return None
    line = next(line for line in whole if line.row is whole[-1].row)
    assert line.amount is not None
    return Total(number, line, line.amount, rounding(table) * YUAN[table.unit or "元"])


def _this_year(tables: Sequence[tuple[int, TableReading]], side: str, kind: str = "income_expenditure") -> Total | None:
    """This year's total (本年收入合计, 本年支出合计) of a side in the first table of a kind that prints one."""
    for number, table in tables:
        for line in table.lines if table.table.kind.id == kind else ():
            row = line.row
            is_sum = row.classification == "total" and row.role == "subtotal" and "本年" in key(row.label or "")
            is_all = (line.side, line.fund, line.use) == (side, _FUND[kind], "total")
            if is_sum and is_all and line.amount is not None:
                return Total(number, line, line.amount, rounding(table) * YUAN[table.unit or "元"])
    return None


def _total_rows(table: TableReading) -> set[tuple[int, int]]:
    """The rows of the total, with their panels: those that say so, else that of the only unit.

    A row without a label is a total only where it prints a number other than 0.
    """
    printed = {(line.row.row_no, line.row.panel) for line in table.lines if line.row.label or line.number}
    rows = {(row.row_no, row.panel) for row in table.identities if row.role == "total"} & printed
    units = [row for row in table.identities if row.classification == "unit" and row.parent_row_no is None]
    return rows or ({(units[0].row_no, units[0].panel)} if len(units) == 1 else set())


def _closing(tables: Sequence[tuple[int, TableReading]]) -> Total | None:
    """What the table of income and expenditure leaves for the next year."""
    for number, table in tables:
        if table.table.kind.id != "income_expenditure":
            continue
        lines = [
            line
            for line in table.lines
            if line.side == "expenditure"
            and line.origin == "closing"
            and line.amount is not None
            and line.row.role != "of_which"
        ]
        mine = [line for line in lines if line.row.panel == lines[0].row.panel]
        if mine:
            amount = sum((line.amount for line in mine if line.amount is not None), Decimal(0))
            return Total(number, mine[0], amount, rounding(table) * len(mine) * YUAN[table.unit or "元"])
    return None
