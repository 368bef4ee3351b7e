"""The rows and columns of budget tables as they are printed, those without numbers included, for people to correct."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.budget.find import TableFinder
from pipeline.budget.model import NUMERIC, Column, RowIdentity
from pipeline.budget.read import TableReading, numbered
from pipeline.dictionaries import load_budget_knowledge
from pipeline.document.assemble import page_grids
from pipeline.document.corrections.model import AnyCorrection
from pipeline.document.table_readings import read_tables
from pipeline.pages.model import DocumentPages


@dataclass(frozen=True, slots=True)
class TableLayout:
    """`columns` are those of numbers by `column_no`; `rows` the body rows, one a row and panel, in reading order."""

    table_no: int
    columns: dict[int, Column]
    rows: tuple[RowIdentity, ...]


def table_layouts(document: DocumentPages, corrections: Sequence[AnyCorrection] = ()) -> tuple[TableLayout, ...]:
    """The layout of each budget table of a document, corrections applied."""
    finder = TableFinder(load_budget_knowledge())
    for grid in page_grids(document):
        finder.add(grid)
    readings, _ = read_tables(finder.tables(), None, corrections, document.info.page_count)
    return tuple(_layout(number, reading) for number, reading in numbered(readings))


def _layout(number: int, reading: TableReading) -> TableLayout:
    columns: dict[int, Column] = {}
    for part in reading.table.parts:
        for column_no, column in enumerate(part.columns, start=part.first_column):
            if column.means in NUMERIC:
                columns.setdefault(column_no, column)
    return TableLayout(number, columns, tuple(reading.identities))
