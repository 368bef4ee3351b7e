"""Budget tables that the generator draws in many styles are read back number by number."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.budget.find import TableFinder
from pipeline.budget.read import TableReading, read_table
from pipeline.budget.sums import table_sums
from pipeline.dictionaries import load_budget_knowledge, load_code_names
from pipeline.document.checks.budget import check_tables
from pipeline.tables.cells import page_grid
from tests.fuzz import fuzz
from tests.generator.budget import BudgetSet
from tests.generator.budget_amounts import made_up
from tests.generator.budget_sheets import Expected, Style
from tests.generator.printing import printed_page

STYLES = st.builds(
    Style,
    unit=st.sampled_from(["万元", "元"]),
    decimals=st.sampled_from([2, 6]),
    grouped=st.booleans(),
    codes=st.sampled_from(["one", "split", "rest", "bracket", "dash"]),
    total=st.sampled_from(["top", "foot", "merged"]),
    column_numbers=st.booleans(),
    sequence=st.booleans(),
    zero=st.sampled_from(["", "0.00", "-"]),
    caption_in_grid=st.booleans(),
    numbered=st.sampled_from(["公开{:02d}表", "表{}", ""]),
    general=st.booleans(),
    items_by_row=st.booleans(),
    rows_a_page=st.sampled_from([6, 9, 40]),
    repeat=st.sampled_from(["nothing", "heading", "title"]),
)


def read(budget: BudgetSet) -> list[TableReading]:
    knowledge = load_budget_knowledge()
    finder = TableFinder(knowledge)
    for number, page in enumerate(budget.pages(), start=1):
        finder.add(page_grid(printed_page(page, number)))
    return [read_table(table, 2026, knowledge) for table in finder.tables()]


def lines_of(table: TableReading) -> list[Expected]:
    kind = table.table.kind.id
    return [
        Expected(kind, x.label, x.row.code, x.side, x.fund or "", x.use or "", x.origin or "", x.item, x.amount or 0)  # type: ignore[arg-type]
        for x in table.lines
    ]


@fuzz(20)
@given(st.integers(0, 10_000), STYLES)
def test_every_number_is_read_back_with_what_it_means(seed: int, style: Style) -> None:
    budget = BudgetSet(made_up(seed), style)
    tables = read(budget)
    assert [t.table.kind.id for t in tables] == [s.kind for s in budget.sheets()]
    for table, sheet in zip(tables, budget.sheets(), strict=True):
        assert lines_of(table) == sheet.expected
        assert table.unit == style.unit
        assert table.is_empty == (not any(line.amount for line in sheet.expected))


@fuzz(10)
@given(st.integers(0, 10_000), STYLES)
def test_what_adds_up_gives_no_finding_and_leaves_add_up(seed: int, style: Style) -> None:
    tables = read(BudgetSet(made_up(seed), style))
    assert [f for f in check_tables(tables, load_code_names()) if f.severity != "info"] == []
    assert sum(len(list(table_sums(table))) for table in tables) > 20
    for table in tables:
        if table.table.kind.id not in ("expenditure", "general_expenditure", "general_basic", "project"):
            continue
        columns = {line.column_no for line in table.lines}
        for column in columns:
            mine = [line for line in table.lines if line.column_no == column]
            total = sum(line.number for line in mine if line.row.role == "total")
            assert sum(line.number for line in mine if line.row.is_leaf) == total
