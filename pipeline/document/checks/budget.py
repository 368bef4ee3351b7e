"""Checks of budget tables: what must add up within a table and between the tables of a document."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from pipeline.budget.balance import Link, links
from pipeline.budget.dictionary import OTHER, CodeNames
from pipeline.budget.model import BudgetTable, RowIdentity, UnreadTable
from pipeline.budget.read import TableReading, numbered
from pipeline.budget.sums import Sum, table_sums
from pipeline.document.checks.model import Finding, shorten
from pipeline.messages import Text, t, tn
from pipeline.tables.model import Box
from pipeline.text import key

MOST = 12  # open sums of one rule in one table that are told one by one; more come from one slip of a column
FACTOR = Decimal(10_000)  # between 元 and 万元
NEAR = Decimal("0.01")  # share by which two totals of one thing differ at most, carried-over money included
_SECRET = re.compile(r"保密|涉密|剔除|不予公开")
_NO_DATA = re.compile(r"无数据|空表|本表无|为空|无发生额")
_ERRORS = ("table.balance", "table.fiscal_balance")
_LINKED = {
    "table.balance": t("total income and total expenditure"),
    "table.fiscal_balance": t("income and expenditure from fiscal appropriations"),
    "table.income_total": t("the totals of 收支总表 and 收入总表"),
    "table.expenditure_total": t("the totals of 收支总表 and 支出总表"),
    "table.fiscal_total": t("expenditure from fiscal appropriations and that of its three budgets"),
    "table.basic_total": t("basic expenditure in two tables"),
}


def check_tables(tables: Sequence[TableReading], names: CodeNames) -> Iterator[Finding]:
    """All findings about the budget tables of a document, in their order."""
    for number, table in numbered(tables):
        yield from _check_cells(number, table)
        yield from _check_sums(number, table)
        yield from _check_codes(number, table, names)
        yield from _check_note(number, table)
    for link in links(tables):
        if not link.is_closed:
            yield _open_link(link)


def check_unread_tables(
    left: Iterable[UnreadTable], used: Mapping[int, Sequence[Box]], tables: Sequence[TableReading]
) -> Iterator[Finding]:
    """A finding for each grid of a budget table that was not read.

    `used` has the boxes of forms by page; `tables` those that were read, or that a person has added.
    """
    added = [table.table for table in tables if table.added_no is not None]
    for table in left:
        if table.box not in used.get(table.page, ()) and not any(_is_of(table, one) for one in added):
            message = t(
                "a grid with numbers, after the title {title!r}, was not understood and not read", title=table.title
            )
            yield Finding("table.not_read", "error", message, table.page, table.box, text=table.title)


def _is_of(left: UnreadTable, added: BudgetTable) -> bool:
    """Whether a grid that was not read is a part of a table that a person has added."""
    is_titled = left.title is None or key(left.title) == key(added.caption.title or "")
    return is_titled and added.page_first <= left.page <= added.page_last


def _check_cells(number: int, table: TableReading) -> Iterator[Finding]:
    caption = table.table.caption
    if table.table.kind is OTHER:
        message = t("the title {title!r} is in no dictionary: the table is of kind other", title=caption.title)
        yield _at(number, "table.unknown_title", "info", message, table.table.page_first, caption.box, caption.title)
    if table.unit is None and any(line.value_kind == "amount" for line in table.lines):
        message = t("the table {title!r} prints no unit of money: its amounts are null", title=caption.title)
        yield _at(number, "table.no_unit", "error", message, table.table.page_first, caption.box, caption.title)
    for cell in table.not_read:
        message = t("{text!r} stands in a column of amounts and is no number", text=shorten(cell.text))
        yield _at(number, "table.not_a_number", "warning", message, cell.page, cell.box, cell.text)
    for cell in table.unplaced:
        message = t(
            "the number {text!r} stands in a column of names or texts and gives no line", text=shorten(cell.text)
        )
        yield _at(number, "table.number_not_read", "warning", message, cell.page, cell.box, cell.text)
    told: set[str] = set()
    for line in table.lines:
        if not line.is_known and line.heading not in told:
            told.add(line.heading)
            message = t(
                "the heading {heading!r} is in no dictionary: fund, use, origin and phase are null",
                heading=shorten(line.heading),
            )
            yield _at(number, "table.unknown_heading", "warning", message, line.page, line.box, line.heading)


def _check_sums(number: int, table: TableReading) -> Iterator[Finding]:
    """Sums that differ by more than rounding, one by one; those within it in one line."""
    is_secret = any(_SECRET.search(key(line.text)) for line in table.table.notes)
    severity = "info" if is_secret else "error"
    told: Counter[str] = Counter()
    rounded: list[Sum] = []
    for one in table_sums(table):
        if not one.is_open:
            continue
        if not one.is_beyond:
            rounded.append(one)
            continue
        told[one.rule] += 1
        if told[one.rule] <= MOST:
            line = one.line
            yield _at(number, one.rule, severity, _sum_message(one), line.page, line.box, line.amount_text)
    for rule, count in told.items():
        if count > MOST:
            message = tn(
                "{count} more sum of this table is open", "{count} more sums of this table are open", count - MOST
            )
            yield _at(number, rule, severity, message, table.table.page_first, table.table.caption.box)
    if rounded:
        line = rounded[0].line
        most = max(abs(one.difference) for one in rounded).normalize()
        message = tn(
            "{count} sum differs by rounding, at most by {most:f}",
            "{count} sums differ by rounding, at most by {most:f}",
            len(rounded),
            most=most,
        )
        yield _at(number, "table.rounding", "info", message, line.page, line.box)


def _sum_message(one: Sum) -> Text:
    what = shorten(one.line.label or one.line.heading)
    return t(
        "{what} in the column {heading!r} prints {number:,f}, its {addends} parts add up to "
        "{parts:,f}: {difference:+,f}",
        what=what,
        heading=shorten(one.line.heading),
        number=one.line.number.normalize(),
        addends=one.addends,
        parts=one.parts.normalize(),
        difference=one.difference.normalize(),
    )


def _check_codes(number: int, table: TableReading, names: CodeNames) -> Iterator[Finding]:
    """Rows whose name is that of another code, or none that was ever observed with theirs."""
    told: set[tuple[str | None, str | None]] = set()
    for row in table.identities:
        if (row.code, row.label) in told or not row.code or not row.label:
            continue
        told.add((row.code, row.label))
        known = names.names_of(row.classification, row.code)
        if not known or names.fits(row.label, known):
            continue
        other = names.code_of(row.classification, row.label)
        is_slip = other is not None and not other.startswith(row.code) and not row.code.startswith(other)
        message = _name_message(row.code, row.label, other, known[0])
        page, box = _place(table, row)
        yield _at(number, "table.code_name", "warning" if is_slip else "info", message, page, box, row.label)


def _name_message(code: str, label: str, other: str | None, known: str) -> Text:
    message = t(
        "{code} is printed as {label!r}; elsewhere it is {known!r}", code=code, label=shorten(label), known=known
    )
    if other is None:
        return message
    return t("{message}; what is printed is the name of {other}", message=message, other=other)


def _check_note(number: int, table: TableReading) -> Iterator[Finding]:
    note = next((line for line in table.table.notes if _NO_DATA.search(key(line.text))), None)
    if note is not None and not table.is_empty:
        message = tn(
            "the note says that the table is empty, and it prints {count} number",
            "the note says that the table is empty, and it prints {count} numbers",
            len(table.lines),
        )
        page = table.table.page_last
        yield _at(number, "table.note", "warning", message, page, note.box, note.text)


def _open_link(link: Link) -> Finding:
    left, right = link.left, sum((total.amount for total in link.right), Decimal(0))
    severity = "error" if link.rule in _ERRORS else "warning"
    pages = ", ".join(str(total.line.page) for total in link.right)
    message = t(
        "{linked} differ: {amount:,} on page {page}, {right:,} on page {pages} ({difference:+,})",
        linked=_LINKED[link.rule],
        amount=left.amount,
        page=left.line.page,
        right=right,
        pages=pages,
        difference=link.difference,
    )
    if _is_factor(left.amount, right):
        severity = "error"
        message = t("{message}; the unit of money of one of the tables is wrong by 10,000", message=message)
    return _at(left.table_no, link.rule, severity, message, left.line.page, left.line.box, left.line.amount_text)


def _is_factor(one: Decimal, other: Decimal) -> bool:
    """Whether one amount is about 10,000 times the other."""
    less, more = sorted((abs(one), abs(other)))
    return less > 0 and abs(more / less / FACTOR - 1) < NEAR


def _place(table: TableReading, row: RowIdentity) -> tuple[int, Box | None]:
    line = next((line for line in table.lines if line.row is row), None)
    return (line.page, line.box) if line else (row.page, None)


def _at(
    number: int, rule: str, severity: str, message: Text, page: int, box: Box | None, text: str | None = None
) -> Finding:
    return Finding(rule, severity, message, page, box, None, text, number)
