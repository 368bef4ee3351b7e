"""What budget tables are checked for: slips that are printed are told, with their place; what agrees is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from pipeline.document.assemble import assemble
from pipeline.document.result import Row
from tests.budget_documents import EXPENDITURE, INCOME, INCOME_EXPENDITURE, TABLES, budget_pages, changed
from tests.documents import printed_document
from tests.generator.drawing import DrawnPage, DrawnText, ruled_table

Tables = Sequence[tuple[str, Sequence[Sequence[str]]]]


def findings(tables: Tables, *sentences: str) -> list[Row]:
    text = tuple(DrawnText(60, 80 + 20 * n, sentence) for n, sentence in enumerate(sentences))
    pages = [*budget_pages(tables), DrawnPage(texts=text)]
    return told(pages)


def told(pages: Sequence[DrawnPage]) -> list[Row]:
    found = assemble(printed_document(pages)).tables["findings"]
    return [row for row in found if str(row["rule"]).startswith("table.") and row["severity"] != "info"]


def test_tables_that_agree_give_no_finding() -> None:
    assert findings(TABLES, "收入预算1,000.00万元，支出预算1,000.00万元。") == []


SLIPS: dict[str, tuple[Tables, str, int]] = {
    "a class is not the sum of its items": (
        [*TABLES[:2], ("支出预算总表", changed(EXPENDITURE, "700.00", "710.00"))],
        "table.parent_sum",
        4,
    ),
    "income is not expenditure": (
        [("收支预算总表", [*INCOME_EXPENDITURE[:-1], ("收入总计", "1,000.00", "支出总计", "1,100.00")]), *TABLES[1:]],
        "table.balance",
        2,
    ),
    "two tables print two totals of income": (
        [TABLES[0], ("收入预算总表", [*INCOME[:-1], ("合计", "1,200.00", "1,100.00", "100.00")]), TABLES[2]],
        "table.income_total",
        2,
    ),
    "the funds are not the total": (
        [TABLES[0], ("收入预算总表", changed(INCOME, "900.00", "950.00")), TABLES[2]],
        "table.fund_sum",
        3,
    ),
    "the name of another code": (
        [*TABLES[:2], ("支出预算总表", changed(EXPENDITURE, "行政单位医疗", "事业单位医疗"))],
        "table.code_name",
        4,
    ),
    "a word among the amounts": (
        [*TABLES[:2], ("支出预算总表", changed(EXPENDITURE, "200.00", "贰佰"))],
        "table.not_a_number",
        4,
    ),
    "a heading that nobody knows": (
        [*TABLES[:2], ("支出预算总表", changed(EXPENDITURE, "项目支出", "甲类乙款"))],
        "table.unknown_heading",
        4,
    ),
}


OTHER_COLUMNS = [("201", "1.00", "2.00"), ("202", "3.00", "4.00")]


def test_a_grid_below_a_table_that_does_not_fit_it_is_told_and_makes_the_document_partial() -> None:
    other = DrawnPage(tables=(ruled_table(OTHER_COLUMNS, [90, 90, 90], x=60),))
    result = assemble(printed_document([*budget_pages(TABLES), other, other]))
    found = [row for row in result.tables["findings"] if row["rule"] == "table.not_read"]
    assert [(row["page"], row["x0"]) for row in found] == [(5, 60), (6, 60)]
    assert (result.document["status"], result.document["error_code"]) == ("partial", "table.not_read")


def test_a_second_grid_of_a_page_that_continues_nothing_is_told() -> None:
    pages = budget_pages(TABLES)
    below = ruled_table(OTHER_COLUMNS, [90, 90, 90], y=600)
    pages[-1] = replace(pages[-1], tables=(*pages[-1].tables, below))
    assert [row["rule"] for row in told(pages)] == ["table.not_read"]


def test_a_table_of_a_known_kind_without_amounts_that_prints_numbers_is_told() -> None:
    rows = [("编码", "编码"), ("1.00", "2.00"), ("3.00", "4.00")]
    found = findings([*TABLES, ("政府性基金预算支出表", rows)])
    assert [(row["rule"], row["page"]) for row in found] == [("table.not_read", 5)]


def test_a_number_among_names_is_told() -> None:
    rows = changed(EXPENDITURE, "行政单位医疗", "300.00")
    found = findings([*TABLES[:2], ("支出预算总表", rows)])
    assert ("table.number_not_read", "300.00") in [(row["rule"], row["text"]) for row in found]


@pytest.mark.parametrize(("tables", "rule", "page"), SLIPS.values(), ids=SLIPS)
def test_a_slip_is_told_at_its_page(tables: Tables, rule: str, page: int) -> None:
    found = [row for row in findings(tables) if row["rule"] == rule]
    assert found
    assert found[0]["page"] == page
    assert found[0]["table_id"]
    assert found[0]["x0"] is not None


def test_a_total_in_the_text_that_no_table_prints_is_told() -> None:
    [found] = findings(TABLES, "2026年收入预算1,300.00万元。")
    assert (found["rule"], found["page"]) == ("table.text", 5)


def test_a_unit_that_is_wrong_by_ten_thousand_is_an_error() -> None:
    def in_yuan(rows: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
        return [tuple(text.replace(",", "").replace(".00", "0000.00") for text in row) for row in rows]

    found = findings([TABLES[0], ("收入预算总表", in_yuan(INCOME)), TABLES[2]])
    assert any(row["rule"] == "table.income_total" and row["severity"] == "error" for row in found)


def test_rounding_of_printed_hundredths_is_an_info() -> None:
    rows = changed(EXPENDITURE, "1,000.00", "1,000.01")
    found = assemble(printed_document(budget_pages([("支出预算总表", rows)]))).tables["findings"]
    assert [row["severity"] for row in found if row["rule"] == "table.rounding"] == ["info"]
    assert not [row for row in found if row["rule"] == "table.total_sum"]
