"""Indicators that only blank space divides: each has its row, or nothing is divided."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.pages.readers import PRIMARY
from tests.documents import FORM, extract, indicators
from tests.fuzz import fuzz
from tests.generator.drawing import DrawnCell, DrawnPage
from tests.generator.forms import FormContent, FormLayout, lay_out
from tests.generator.traits import LEVELS

NAMES = (
    "助餐人数",
    "助餐点个数",
    "食品安全合格率",
    "送餐及时性",
    "减轻家庭照护负担",
    "长效管理机制健全性",
    "老年人满意度",
)
TARGETS = (">=1000人", "=12个", "=100%", "及时", "有所减轻", "健全", ">=95%")


@st.composite
def indicator_rows(draw: st.DrawFn) -> tuple[tuple[str, ...], ...]:
    """Rows in the order of the levels, with a text in each column."""
    levels = sorted(draw(st.lists(st.integers(0, len(LEVELS) - 1), min_size=2, max_size=7)))
    names = draw(st.permutations(NAMES))
    return tuple(
        (*LEVELS[level], name, draw(st.sampled_from(TARGETS))) for level, name in zip(levels, names, strict=False)
    )


def without_rules(
    form: FormContent, first_column: int, row_height: float, breaks: tuple[int, ...] = ()
) -> list[DrawnPage]:
    """A form's pages whose indicators have no level rules from a column (0: level 1) on."""
    pages = lay_out(form, FormLayout(row_height=row_height, goal_characters=22, breaks=breaks))
    headings = [cell for cell in pages[0].tables[0].cells if cell.text in form.columns]
    first = sorted(cell.column for cell in headings)[first_column]
    found = []
    for page in pages:
        (table,) = page.tables
        rows, top = len(table.row_heights), headings[0].row + 1 if page is pages[0] else 0
        cells = tuple(_opened(c, top, rows) if c.row >= top and c.column >= first else c for c in table.cells)
        found.append(replace(page, tables=(replace(table, cells=cells),)))
    return found


def _opened(cell: DrawnCell, top: int, rows: int) -> DrawnCell:
    sides = "L" + "T" * (cell.row == top) + "R" + "B" * (cell.row + cell.row_span == rows)
    return replace(cell, borders=sides)


@fuzz(30)
@given(indicator_rows(), st.sampled_from((0, 2)), st.integers(20, 34))
def test_indicators_without_rules_between_them(
    rows: tuple[tuple[str, ...], ...], first_column: int, row_height: int
) -> None:
    pages = without_rules(replace(FORM, rows=rows), first_column, row_height)
    assert indicators(extract(pages)) == list(rows)


@pytest.mark.parametrize("first_row", [2, 3, 5])
def test_rows_without_rules_on_the_next_page(first_row: int) -> None:
    assert indicators(extract(without_rules(FORM, 2, 24, (first_row,)))) == list(FORM.rows)


@pytest.mark.parametrize("reader", PRIMARY)
def test_both_readers_read_rows_without_rules(reader: str) -> None:
    rows = tuple(FORM.rows[:5])
    assert indicators(extract(without_rules(replace(FORM, rows=rows), 2, 24), reader=reader)) == list(rows)


def test_wrapped_texts_beside_each_other_are_one_indicator() -> None:
    rows = (("产出指标", "数量指标", "为老年人提供助餐服务的人\n次数", "大于等于一千人\n次"), *FORM.rows[2:])
    (page,) = lay_out(replace(FORM, rows=rows))
    assert len(indicators(extract([page]))) == len(rows)
