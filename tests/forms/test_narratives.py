"""Projects told in prose (项目经费情况说明): one record a project, with its amount, goal and unit from the text."""

from datetime import date
from decimal import Decimal

import pytest

from pipeline.document.result import DocumentResult
from tests.documents import extract, rows_of
from tests.generator.drawing import DrawnPage, DrawnText

SECTIONS = (
    "社区服务项目经费情况说明",
    "一、项目概述",
    "为居民提供日常服务。",
    "二、立项依据",
    "区政府有关文件。",
    "三、实施主体",
    "某区民政局",
    "四、实施方案",
    "按季度实施。",
    "五、实施周期",
    "2025年1月1日至2025年12月31日",
    "六、年度预算安排",
    "2025年安排预算1720.50万元。",
    "七、绩效目标",
    "1、提高服务质量；",
    "2、居民满意度达到90%以上。",
)


def told(*lines: str, break_at: int | None = None) -> DocumentResult:
    """Lines below each other, from `break_at` on a second page, with page numbers at the foot."""
    pages = [lines[:break_at], lines[break_at:]] if break_at else [lines]
    return extract(
        [
            DrawnPage(
                texts=(*(DrawnText(60, 60 + 24 * i, x) for i, x in enumerate(part)), DrawnText(290, 800, f"- {n} -"))
            )
            for n, part in enumerate(pages, start=1)
        ]
    )


@pytest.mark.parametrize("break_at", [None, 5, 15])
def test_record_of_a_project(break_at: int | None) -> None:
    extraction = told(*SECTIONS, break_at=break_at)
    (form,) = rows_of(extraction, "forms")
    assert (form["form_kind"], form["layout"], form["project_name"]) == ("project_narrative", "narrative", "社区服务")
    assert (form["implementing_unit"], form["start_date"]) == ("某区民政局", date(2025, 1, 1))
    assert (form["annual_total"], form["amount_unit"]) == (Decimal("17205000"), "万元")
    assert form["annual_goal"] == "1、提高服务质量；2、居民满意度达到90%以上。"
    assert (form["page_first"], form["page_last"]) == (1, 2 if break_at else 1)
    assert not [row for row in extraction.tables["findings"] if row["rule"] == "funds.no_unit"]


def test_two_records() -> None:
    second = ("养老服务项目经费情况说明", *SECTIONS[1:])
    extraction = told(*SECTIONS, *second)
    assert [row["project_name"] for row in extraction.tables["forms"]] == ["社区服务", "养老服务"]


@pytest.mark.parametrize(
    ("amounts", "total"),
    [
        ("预算10万元，其中：设备购置6万元，培训4万元。", "100000"),
        ("甲项目6万元，乙项目4万元。", None),  # nobody can say which is the project's
        ("本年未安排预算。", None),
    ],
)
def test_amount_of_the_year_among_several(amounts: str, total: str | None) -> None:
    lines = [amounts if "1720.50" in line else line for line in SECTIONS]
    (form,) = rows_of(told(*lines), "forms")
    assert form["annual_total"] == (Decimal(total) if total else None)


def test_several_amounts_are_lines_of_their_own() -> None:
    lines = ["第一季度用款10万元，第二季度用款6.5万元。" if "1720.50" in line else line for line in SECTIONS]
    funds = rows_of(told(*lines), "funds")
    assert [(row["label"], row["amount"]) for row in funds] == [("第一季度用款", 100_000), ("第二季度用款", 65_000)]


def test_sections_without_goal_are_no_record() -> None:
    assert not told(*SECTIONS[:13]).tables.get("forms")
