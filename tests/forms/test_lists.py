"""Lists of projects: a row group a project, whatever a page break or a merged name does to it."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from pipeline.document.result import DocumentResult
from tests.documents import JOURNAL, SYSTEM, Project, column, extract, indicators, list_pages, on_one_page, rows_of
from tests.generator.cutting import CutText, cut_table
from tests.generator.drawing import DrawnCell, DrawnPage, DrawnText, ruled_table
from tests.generator.forms import wrap
from tests.generator.spans import Row as SpannedRow
from tests.generator.spans import merged_table

BOTH = (JOURNAL, SYSTEM)


def printed(project: Project) -> list[tuple[str, str, str, str]]:
    """The indicators as the dataset has them: operator, value and unit joined, 定性 left out."""
    return [(a, b, c, ("" if sign == "定性" else sign) + value + unit) for a, b, c, sign, value, unit in project.rows]


def assert_read(extraction: DocumentResult, projects: Sequence[Project]) -> None:
    forms = extraction.tables["forms"]
    assert [f"{form['project_code']}-{form['project_name']}" for form in forms] == [p.name for p in projects]
    assert [form["annual_goal"] for form in forms] == [project.goal for project in projects]
    totals = [Decimal(project.amounts[0]) * 10_000 for project in projects]
    assert [form["lifetime_total"] for form in forms] == totals
    assert [indicators(extraction, number) for number, _ in enumerate(projects, start=1)] == [*map(printed, projects)]


def test_project_is_a_row_group() -> None:
    extraction = extract(list_pages(BOTH))
    assert_read(extraction, BOTH)
    first, second = extraction.tables["forms"]
    assert (first["project_code"], first["project_name"]) == ("11000022T000000460216", "《北京审计》杂志办刊经费")
    assert (second["fiscal_year"], second["amount_unit"]) == (2023, "万元")
    assert [second[name] for name in ("lifetime_total", "lifetime_fiscal", "lifetime_other")] == [
        Decimal("36000.00"),
        Decimal("30000.00"),
        Decimal("6000.00"),
    ]
    assert extraction.tables["findings"] == []


def test_operator_value_and_unit_from_three_columns() -> None:
    rows = rows_of(extract(list_pages(BOTH)), "indicators")
    names = ("target", "target_kind", "target_operator", "target_value", "target_unit")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("＝12期", "numeric", "=", Decimal(12), "期"),
        ("≤1‰", "numeric", "<=", Decimal(1), "‰"),
        ("优良中低差", "qualitative", None, None, None),
        ("≥95%", "numeric", ">=", Decimal(95), "%"),
    ]


@pytest.mark.parametrize("head_on_every_page", [True, False])
@pytest.mark.parametrize("before_row", [1, 3, 4, 5])
@pytest.mark.parametrize("cut_text", [CutText.FIRST, CutText.LAST, CutText.MIDDLE, CutText.EVERY])
def test_group_cut_by_the_page_break(cut_text: CutText, before_row: int, head_on_every_page: bool) -> None:
    """Name, amounts, goal and levels are printed on either side of the break, or on both."""
    extraction = extract(list_pages(BOTH, (before_row,), cut_text, head_on_every_page))
    assert_read(extraction, BOTH)


@pytest.mark.parametrize("head_on_every_page", [True, False])
def test_project_over_three_pages(head_on_every_page: bool) -> None:
    extraction = extract(list_pages(BOTH, (1, 3), CutText.FIRST, head_on_every_page))
    assert_read(extraction, BOTH)
    assert column(extraction, "forms", "page_first") == [1, 3]
    assert column(extraction, "forms", "page_last") == [3, 3]


def test_project_begins_on_a_page_without_any_name() -> None:
    """Page 2 ends one project and begins the next, whose names are printed on pages 1 and 3."""
    assert_read(extract(list_pages(BOTH, (2, 5), CutText.MIDDLE)), BOTH)


def test_name_higher_than_its_row_with_the_independent_reader() -> None:
    assert_read(extract(list_pages(BOTH, (1,)), reader="pdfplumber"), BOTH)


def test_goal_cut_in_mid_sentence() -> None:
    goal = "按时出版杂志十二期，印数不少于一千册，扩大审计工作在全市各行业的影响。"
    projects = (replace(JOURNAL, name="11000022T000000460216-办刊", goal=goal), SYSTEM)
    lines = wrap(goal, 14).split("\n")
    first, second = list_pages(projects, (2,), CutText.FIRST)
    extraction = extract([with_goal(first, lines[:2]), with_goal(second, lines[2:])])
    assert_read(extraction, projects)
    assert [row["page"] for row in rows_of(extraction, "evidence") if row["field"] == "annual_goal"] == [1, 2]


def with_goal(page: DrawnPage, lines: Sequence[str]) -> DrawnPage:
    """The page with these lines as the first goal in its list."""
    head, body = page.tables
    goal = next(cell for cell in body.cells if (cell.row, cell.column) == (0, 4))
    cells = tuple(replace(cell, text="\n".join(lines)) if cell is goal else cell for cell in body.cells)
    return replace(page, tables=(head, replace(body, cells=cells)))


@pytest.mark.parametrize("breaks", [(), (4,)])
@pytest.mark.parametrize("cut_text", [CutText.FIRST, CutText.LAST, CutText.EVERY])
def test_one_name_over_several_blocks(cut_text: CutText, breaks: tuple[int, ...]) -> None:
    """培训类项目: one name cell over two blocks of amount, goal and indicators is two forms of that name."""
    (page,) = list_pages((JOURNAL, replace(SYSTEM, name="")))
    head, body = page.tables
    first, second = (cell for cell in body.cells if cell.column == 0)
    name = replace(first, row_span=first.row_span + second.row_span)
    whole = replace(body, cells=(name, *(cell for cell in body.cells if cell.column != 0)))
    parts = cut_table(whole, breaks, cut_text, head.rows[-1])
    extraction = extract([replace(page, tables=(head, part)) for part in parts])
    assert column(extraction, "forms", "project_code") == ["11000022T000000460216"] * 2
    assert column(extraction, "forms", "annual_goal") == [JOURNAL.goal, SYSTEM.goal]
    assert [indicators(extraction, number) for number in (1, 2)] == [printed(JOURNAL), printed(SYSTEM)]


def simple_list(*rows: tuple[str, ...], title: str = "2024年项目支出绩效目标表") -> DrawnPage:
    """A list with one row a project and no code."""
    heads = ("项目名称", "资金总额", "绩效目标", "一级指标", "二级指标", "三级指标", "指标值")
    table = ruled_table((heads, *rows), (120, 60, 150, 70, 90, 120, 80))
    return on_one_page(DrawnText(40, 0, title), DrawnText(600, 0, "单位：元"), table, width=800)


MEALS = ("助餐服务", "800", "吃上热饭", "产出指标", "数量指标", "助餐人数", "≥100人")
CARE = ("照护补贴", "200", "按月发放", "产出指标", "质量指标", "准确率", "=100%")


@pytest.mark.parametrize("label", ["合计", "总计", "小计"])
def test_sum_row_is_no_project(label: str) -> None:
    extraction = extract([simple_list(MEALS, CARE, (label, "1000", "", "", "", "", ""))])
    assert column(extraction, "forms", "project_name") == ["助餐服务", "照护补贴"]


def test_unit_row_names_the_unit_of_the_projects_below_it() -> None:
    units = [(name, "", "", "", "", "", "") for name in ("区养老服务中心", "区救助管理站")]
    extraction = extract([simple_list(units[0], MEALS, units[1]), simple_list(CARE)])
    assert column(extraction, "forms", "project_name") == ["助餐服务", "照护补贴"]
    assert column(extraction, "forms", "implementing_unit") == ["区养老服务中心", "区救助管理站"]


def test_note_below_a_list_is_no_project() -> None:
    note = DrawnCell(3, 0, column_span=7, text="注：本表按项目填列。")
    page = simple_list(MEALS, CARE)
    table = page.tables[0]
    noted = replace(table, row_heights=(*table.row_heights, 20), cells=(*table.cells, note))
    assert column(extract([replace(page, tables=(noted,))]), "forms", "project_name") == ["助餐服务", "照护补贴"]


def test_year_of_the_title_is_every_projects() -> None:
    assert column(extract([simple_list(MEALS, CARE)]), "forms", "fiscal_year") == [2024, 2024]


def test_list_with_another_title_is_another_list() -> None:
    pages = [simple_list(MEALS), simple_list(CARE, title="2023年项目支出绩效目标表")]
    assert column(extract(pages), "forms", "fiscal_year") == [2024, 2023]


PROSE = (
    "1、1－产出指标，11－数量指标，助餐人数；实施周期指标值：≥3000人，年度指标值：≥1000人；"
    "2、1－产出指标，12－质量指标，合格率(≤1/1000=合格)；实施周期指标值：100%，年度指标值：100%；"
    "3、2－效益指标，22－社会效益指标，减轻负担；实施周期指标值：有所减轻；稳定，年度指标值：≥\n600家。"
)


def test_indicators_as_prose_in_one_cell() -> None:
    heads = ("项目名称（资金使用单位）", "总计", "财政拨款", "绩效目标", "绩效指标")
    rows = (heads, ("助餐服务", "800", "800", "吃上热饭", wrap(PROSE, 23)))
    table = ruled_table(rows, (130, 60, 60, 120, 230), row_height=110)
    extraction = extract([on_one_page(DrawnText(40, 0, "项目支出绩效目标表"), table, width=700)])
    assert indicators(extraction) == [
        ("产出指标", "数量指标", "助餐人数", "≥1000人"),
        ("产出指标", "质量指标", "合格率(≤1/1000=合格)", "100%"),
        ("效益指标", "社会效益指标", "减轻负担", "≥600家"),
    ]
    assert column(extraction, "indicators", "lifetime_target") == ["≥3000人", "100%", "有所减轻；稳定"]


def test_list_in_prose_without_indicators_is_narrative() -> None:
    heads = ("项目名称", "预算金额（万元）", "绩效目标")
    table = ruled_table((heads, ("助餐服务", "80.00", "吃上热饭"), ("照护补贴", "20", "按月发放")), (130, 90, 200))
    extraction = extract([on_one_page(DrawnText(40, 0, "项目绩效目标表"), table)])
    assert column(extraction, "forms", "form_kind") == ["project_narrative"] * 2
    assert column(extraction, "forms", "annual_total") == [Decimal("800000.00"), Decimal("200000.00")]


def test_funds_below_a_fund_are_its_parts() -> None:
    """总计 | 财政拨款: 合计, 一般公共预算, 政府性基金预算 | 其他资金."""
    rows: list[SpannedRow] = [
        ("项目名称", "总计", "财政拨款", ..., ..., "其他资金", "绩效目标"),
        (None, None, "合计", "一般公共预算", "政府性基金预算", None, None),
        ("老年人助餐服务", "10.00", "9.00", "2.00", "7.00", "1.00", "让老年人吃上热饭。"),
        ("居家照护补贴", "5.00", "5.00", "5.00", "0.00", "0.00", "减轻家庭照护负担。"),
    ]
    table = merged_table(rows, (110, 60, 60, 70, 70, 60, 150))
    extraction = extract([on_one_page(DrawnText(40, 0, "单位：万元"), table)])
    form = extraction.tables["forms"][0]
    assert (form["annual_total"], form["annual_fiscal"], form["annual_other"]) == (100_000, 90_000, 10_000)
    assert not [row for row in extraction.tables["findings"] if str(row["rule"]).startswith("funds.")]


def test_goal_without_a_border_beside_the_blank_amount_is_no_amount() -> None:
    (page,) = list_pages((JOURNAL,))
    head, body = page.tables
    goal = next(cell for cell in body.cells if cell.column == 4)
    cells = [c for c in body.cells if c.column not in (3, 4)]
    wide = replace(goal, column=3, column_span=2, text="\n".join(f"{' ' * 8}{x}" for x in goal.text.split("\n")))
    extraction = extract([replace(page, tables=(head, replace(body, cells=(*cells, wide))))])
    assert column(extraction, "forms", "annual_goal") == [JOURNAL.goal]
    assert column(extraction, "funds", "label") == ["项目总额", "其中：财政资金"]


def test_heading_that_no_dictionary_knows() -> None:
    rows = [("项目名称", "总计", "神秘栏目", "绩效目标"), ("老年人助餐服务", "10.00", "甲", "让老年人吃上热饭。")]
    extraction = extract([on_one_page(merged_table(rows, (110, 60, 70, 150)))])
    found = [row for row in extraction.tables["findings"] if row["rule"] == "layout.unknown_label"]
    assert len(found) == 1 and "神秘栏目" in str(found[0]["message"])


def test_blank_name_at_the_head_of_a_page_may_be_printed_on_the_next() -> None:
    """The first project fills its page; the second prints its amount on one page and its name on the next."""
    head = ("项目名称", "项目总额", "绩效目标", "一级指标", "二级指标", "三级指标", "指标值")
    levels = ("产出指标", "数量指标")
    pages: list[list[SpannedRow]] = [
        [head, ("11000022T000000460216-杂志经费", "10.00", "办好杂志。", *levels, "期数", "12期")],
        [head, ("", "20.00", "完成研究。", *levels, "报告数", "1份"), (None, None, None, *levels, "会议数", "2次")],
        [head, ("11000026T000003808286-地下水位研究", "", "", *levels, "论文数", "3篇")],
    ]
    widths = (110, 60, 120, 60, 60, 80, 60)
    extraction = extract([on_one_page(merged_table(rows, widths), width=700) for rows in pages])
    names = [(form["project_code"], form["project_name"]) for form in extraction.tables["forms"]]
    assert names == [("11000022T000000460216", "杂志经费"), ("11000026T000003808286", "地下水位研究")]
    assert [len(indicators(extraction, n)) for n in (1, 2)] == [1, 3]


def test_line_above_a_list_that_is_an_organ_with_its_code() -> None:
    rows = [("项目名称", "总计", "绩效目标"), ("老年人助餐服务", "10.00", "让老年人吃上热饭。")]
    lines = (DrawnText(40, 0, "表11 市级部门项目支出表"), DrawnText(40, 0, "341-某市财政局"))
    (form,) = extract([on_one_page(*lines, merged_table(rows, (110, 60, 150)))]).tables["forms"]
    assert (form["department_code"], form["department"]) == ("341", "某市财政局")
    assert form["title"] == "表11市级部门项目支出表"
