"""Reads the budget tables of a document, with corrections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.budget.model import BudgetTable
from pipeline.budget.read import TableReading, read_table
from pipeline.dictionaries import load_budget_knowledge
from pipeline.document.checks.model import Finding
from pipeline.document.corrections.model import AnyCorrection, TableCorrection
from pipeline.document.corrections.tables import corrected_tables


def read_tables(
    tables: Iterable[BudgetTable], year: int | None, corrections: Sequence[AnyCorrection], page_count: int
) -> tuple[list[TableReading], list[Finding]]:
    """The tables after all corrections of tables, and findings about corrections that did not fit.

    `year` is the fiscal year of the document, which has `page_count` pages.
    """
    knowledge = load_budget_knowledge()
    readings = [read_table(table, year, knowledge) for table in tables]
    made = [c for c in corrections if isinstance(c, TableCorrection)]
    if not made:
        return readings, []
    return corrected_tables(readings, made, lambda table: read_table(table, year, knowledge), knowledge, page_count)
