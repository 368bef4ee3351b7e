"""Checks of budget tables: what must add up within a table and between the tables of a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.budget.read import TableReading
from pipeline.document.checks.model import Finding, shorten


def check_tables(tables: Sequence[TableReading]) -> Iterator[Finding]:
    """All findings about the budget tables of a document, in their order."""
    for number, table in enumerate(tables, start=1):
        yield from _check_reading(number, table)


def _check_reading(number: int, table: TableReading) -> Iterator[Finding]:
    caption = table.table.caption
    if table.unit is None and any(line.value_kind == "amount" for line in table.lines):
        message = f"the table {caption.title!r} prints no unit of money: its amounts are null"
        yield Finding(
            "table.no_unit", "error", message, table.table.page_first, caption.box, None, caption.title, number
        )
    for cell in table.not_read:
        message = f"{shorten(cell.text)!r} stands in a column of amounts and is no number"
        yield Finding("table.not_a_number", "warning", message, cell.page, cell.box, None, cell.text, number)
    told: set[str] = set()
    for line in table.lines:
        if not line.is_known and line.heading not in told:
            told.add(line.heading)
            message = f"the heading {shorten(line.heading)!r} is in no dictionary: its numbers have no fund, use, origin and phase"
            yield Finding("table.unknown_heading", "warning", message, line.page, line.box, None, line.heading, number)
