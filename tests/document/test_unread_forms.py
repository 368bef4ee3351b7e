"""Pages that show a form, or a table of indicators, from which nothing was read: reported, and only those."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document.result import DocumentResult
from tests.documents import FORM, JOURNAL, SYSTEM, column, extract, finding, list_pages, on_one_page
from tests.fuzz import fuzz
from tests.generator.drawing import DrawnPage, DrawnText, ruled_table
from tests.generator.forms import lay_out
from tests.generator.varied import Varied, varied_forms
from tests.generator.varied_lists import VariedList, varied_lists

LEVELS = ("一级指标", "二级指标", "三级指标", "指标值")
NARRATIVE = (
    "四、绩效目标设置情况",
    "本部门2026年实行绩效目标管理的项目共12个，涉及财政拨款3,600.00万元。",
    "绩效目标是指预算资金在一定期限内达到的产出和效果。",
    "产出指标：包括数量指标、质量指标、时效指标、成本指标。",
    "附表：项目支出绩效目标表",
)


def without_rules(pages: Sequence[DrawnPage], sides: str = "") -> list[DrawnPage]:
    """The pages with no rules but those on the given sides of cells."""
    return [
        replace(
            page, tables=tuple(replace(t, cells=tuple(replace(c, borders=sides) for c in t.cells)) for t in page.tables)
        )
        for page in pages
    ]


def unread_pages(extraction: DocumentResult) -> set[object]:
    return {row["page"] for row in extraction.tables.get("findings", []) if row["rule"] == "form.not_read"}


@pytest.mark.parametrize("reader", ["mupdf", "pdfplumber"])
def test_a_form_without_rules_makes_the_document_partial(reader: str) -> None:
    extraction = extract(without_rules(lay_out(FORM)), reader=reader)
    found = finding(extraction, "form.not_read")
    assert (found["severity"], found["page"], found["text"]) == ("error", 1, FORM.title)
    assert found["y0"] < 60 < 300 < found["y1"]  # type: ignore[operator]
    assert (extraction.document["status"], extraction.document["error_code"]) == ("partial", "form.not_read")


@fuzz(25)
@given(varied_forms(), st.sampled_from(["", "L", "R", "T", "TB", "LR"]))
def test_any_form_without_rules_is_reported(form: Varied, sides: str) -> None:
    extraction = extract(without_rules(form.pages, sides))
    forms = extraction.tables["forms"]
    assert 1 in unread_pages(extraction) or {name: forms[0][name] for name in form.fields} == form.fields


@fuzz(20)
@given(varied_lists())
def test_any_list_without_rules_is_reported(form: VariedList) -> None:
    extraction = extract(without_rules(form.pages))
    assert 1 in unread_pages(extraction) or len(extraction.tables["forms"]) == len(form.projects)


def test_indicators_that_belong_to_no_form() -> None:
    rows = [("产出指标", "数量指标", "巡查次数", "≥12次"), ("效益指标", "社会效益指标", "安全感", "提高")]
    page = on_one_page(DrawnText(40, 0, "附件"), ruled_table(rows, (80, 80, 120, 80)))
    assert unread_pages(extract([page])) == {1}


@pytest.mark.parametrize("pages", [lay_out(FORM), list_pages([JOURNAL, SYSTEM])])
def test_forms_that_were_read(pages: list[DrawnPage]) -> None:
    assert not unread_pages(extract(pages))


def test_an_empty_template() -> None:
    empty = replace(
        FORM,
        header=tuple((a, "", b, "") for a, _, b, _ in FORM.header),
        funds=tuple((a, "", b, "") for a, _, b, _ in FORM.funds),
        goals=("目标1：\n目标2：", "……"),
        rows=tuple((*row[:2], "指标1：", "") for row in FORM.rows),
    )
    extraction = extract(lay_out(empty))
    assert not column(extraction, "forms", "form_id")
    assert not unread_pages(extraction)


def test_text_about_performance() -> None:
    lines = [DrawnText(60, 0, text) for text in NARRATIVE]
    contents = [DrawnText(60, 0, f"{n}、项目支出绩效目标表……{n + 20}") for n in range(1, 9)]
    budget = ruled_table(
        [
            ("项目名称", "合计", "基本支出", "项目支出"),
            ("绩效管理费", "12.00", "0.00", "12.00"),
            ("合计", "12.00", "", "12.00"),
        ],
        (160, 80, 80, 80),
    )
    assert not unread_pages(extract([on_one_page(*lines), on_one_page(*contents), on_one_page(*lines[:2], budget)]))


def test_another_kind_of_table() -> None:
    rows = [LEVELS, ("决策", "项目立项", "立项依据", "充分"), ("过程", "资金管理", "资金到位率", "100%")]
    page = on_one_page(DrawnText(60, 0, "项目支出绩效评价指标体系表"), ruled_table(rows, (80, 80, 120, 80)))
    assert not unread_pages(extract(without_rules([page])))


def test_rows_that_nothing_divides() -> None:
    rows = ((None, "产出指标", "数量指标\n质量指标", "人数\n合格率", "≥900人\n=100%"),)
    head = (("项目名称", "助餐", "主管部门", "民政局", ""), ("年度目标", "服务老人。", "资金总额", "12.00", ""))
    extraction = extract(
        [on_one_page(DrawnText(40, 0, FORM.title), ruled_table((*head, ("绩效指标", *LEVELS), *rows), (90,) * 5, 40))]
    )
    assert not extraction.tables["indicators"]
    assert finding(extraction, "indicators.mixed_rows")["severity"] == "error"


def test_a_long_number_is_searched_once() -> None:
    """With a pattern that fits such a text in many ways this would not end."""
    rows = (LEVELS, ("产出指标", "数量指标", "1." * 40 + "甲", "1…" * 40 + "乙"))
    table = ruled_table(rows, (90, 90, 200, 200), x=40, y=60)
    assert extract([on_one_page(table)]).document["status"] in ("ok", "partial")
