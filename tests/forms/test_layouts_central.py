"""Forms of the central departments: drawn as their circulars describe them, and read back."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from pipeline.document.result import DocumentResult
from pipeline.pages.readers import PRIMARY
from tests.documents import column, extract, on_one_page, rows_of
from tests.generator.cutting import VISIBLE_CUTS, CutText, cut_table
from tests.generator.drawing import DrawnPage, DrawnTable, DrawnText, Producer
from tests.generator.spans import Row, merged_table

SEVEN = (45, 55, 60, 80, 65, 60, 85, 65)  # points
LEVELS = ("一级指标", "二级指标", "三级指标")
MID_TERM: tuple[Row, ...] = (
    ("项目名称", ..., "信访信息系统", ..., ..., ..., ..., ...),
    ("主管部门及代码", ..., "[292]国家信访局", ..., ..., "实施单位", "国家信访局信息中心", ...),
    ("项目属性", ..., "延续项目", ..., ..., "项目期", "2024年-2026年", ...),
    ("项目资金（万元）", ..., "中期资金总额：", ..., "300.00", "年度资金总额：", ..., "100.00"),
    (None, ..., "其中：财政拨款", ..., "270.00", "其中：财政拨款", ..., "90.00"),
    (None, ..., "其他资金", ..., "30.00", "其他资金", ..., "10.00"),
    ("总体目标", "中期目标(2024年-2026年)", ..., ..., ..., "年度目标", ..., ...),
    (None, "目标1：三年内建成全国信访信息系统，覆盖所有的县。", ..., ..., ..., "目标1：完成二期。", ..., ...),
    ("绩效指标", *LEVELS, "指标值", *LEVELS[1:], "指标值"),
)
MID_TERM_ROWS: tuple[Row, ...] = (
    (None, "产出指标", "数量指标", "培训人数", "≥3000人", "数量指标", "培训人数", "≥1000人"),
    (None, None, None, "覆盖县数", "=2800个", None, "新接入县数", "≥900个"),
    (None, None, "质量指标", "系统可用率", "≥99%", None, "新开发功能数", "≥12项"),
    (None, None, "时效指标", "全部验收时间", "2026年底前", "质量指标", "系统可用率", "≥98%"),
    (None, "效益指标", "社会效益指标", "群众来访", "减少", "社会效益指标", "群众来访", "减少"),
    (None, "满意度指标", "服务对象满意度指标", "使用者满意度", "≥95%", "", "", ""),
)
MID_TERM_READ = [
    ("产出指标", "数量指标", "培训人数", "≥3000人", "≥1000人"),
    ("产出指标", "数量指标", "覆盖县数", "=2800个", None),
    ("产出指标", "数量指标", "新接入县数", None, "≥900个"),
    ("产出指标", "质量指标", "系统可用率", "≥99%", "≥98%"),
    ("产出指标", "数量指标", "新开发功能数", None, "≥12项"),
    ("产出指标", "时效指标", "全部验收时间", "2026年底前", None),
    ("效益指标", "社会效益指标", "群众来访", "减少", "减少"),
    ("满意度指标", "服务对象满意度指标", "使用者满意度", "≥95%", None),
]


def pages_of(title: str, *tables: DrawnTable, year: str = "（2024年度）") -> list[DrawnPage]:
    """Title and year over the first table; every further table is a page of its own."""
    width = 80 + sum(tables[0].column_widths)
    heading = (DrawnText(width / 2, 0, title, "centre", 14), DrawnText(width / 2, 0, year, "centre"))
    first, *others = tables
    return [on_one_page(*heading, first, width=width), *(on_one_page(table, width=width) for table in others)]


def read(title: str, rows: Sequence[Row], widths: Sequence[float], year: str = "（2024年度）") -> DocumentResult:
    """A form on one page, drawn and read back."""
    return extract(pages_of(title, merged_table(rows, widths), year=year))


def table(extraction: DocumentResult, *names: str, form_no: int = 1) -> list[tuple[object, ...]]:
    """Columns of a form's indicators."""
    return [tuple(row[name] for name in names) for row in rows_of(extraction, "indicators", form_no)]


def funds(extraction: DocumentResult, form_no: int = 1) -> list[tuple[object, ...]]:
    """Scope, source and yuan of a form's amounts."""
    return [(row["scope"], row["source"], row["amount"]) for row in rows_of(extraction, "funds", form_no)]


def rules(extraction: DocumentResult) -> list[object]:
    return column(extraction, "findings", "rule")


def both_targets(extraction: DocumentResult) -> list[tuple[object, ...]]:
    return table(extraction, "level1", "level2", "level3", "lifetime_target", "target")


def test_mid_term_beside_annual() -> None:
    """财预〔2015〕88号: amounts, goals and indicators of the period on the left, those of the year on the right."""
    extraction = read("项目支出绩效目标申报表", (*MID_TERM, *MID_TERM_ROWS), SEVEN)
    (form,) = extraction.tables["forms"]
    expected = {
        "form_kind": "project_target",
        "layout": "central-mid-term",
        "fiscal_year": 2024,
        "project_name": "信访信息系统",
        "project_nature": "延续项目",
        "department": "国家信访局",
        "department_code": "292",
        "implementing_unit": "国家信访局信息中心",
        "amount_unit": "万元",
        "lifetime_total": Decimal("3000000.00"),
        "lifetime_fiscal": Decimal("2700000.00"),
        "lifetime_other": Decimal("300000.00"),
        "annual_total": Decimal("1000000.00"),
        "annual_fiscal": Decimal("900000.00"),
        "annual_other": Decimal("100000.00"),
        "lifetime_goal": "目标1：三年内建成全国信访信息系统，覆盖所有的县。",
        "annual_goal": "目标1：完成二期。",
    }
    assert {name: form[name] for name in expected} == expected
    assert (str(form["start_date"]), str(form["end_date"])) == ("2024-01-01", "2026-12-31")
    assert both_targets(extraction) == MID_TERM_READ
    assert set(rules(extraction)) == {"dates.imprecise"}


def test_period_without_dates_is_not_lost() -> None:
    head = [tuple("三年" if text == "2024年-2026年" else text for text in row) for row in MID_TERM]
    extraction = read("项目支出绩效目标申报表", (*head, *MID_TERM_ROWS), SEVEN)
    assert [row["start_date"] for row in extraction.tables["forms"]] == [None]
    assert [(row["label"], row["text"]) for row in extraction.tables["other_values"]] == [("项目期", "三年")]


@pytest.mark.parametrize("cut_text", VISIBLE_CUTS)
@pytest.mark.parametrize("breaks", [(1,), (2,), (3,), (4,), (5,), (2, 4)])
def test_mid_term_beside_annual_over_pages(breaks: tuple[int, ...], cut_text: CutText) -> None:
    whole = merged_table((*MID_TERM, *MID_TERM_ROWS), SEVEN, least=30)
    parts = cut_table(whole, [len(MID_TERM) + n for n in breaks], cut_text, 0)
    extraction = extract(pages_of("项目支出绩效目标申报表", *parts))
    assert len(extraction.tables["forms"]) == 1
    assert both_targets(extraction) == MID_TERM_READ


@pytest.mark.parametrize("reader", PRIMARY)
@pytest.mark.parametrize("producer", Producer)
def test_mid_term_beside_annual_by_any_producer_and_reader(producer: Producer, reader: str) -> None:
    pages = pages_of("项目支出绩效目标申报表", merged_table((*MID_TERM, *MID_TERM_ROWS), SEVEN))
    assert both_targets(extract(pages, producer, reader)) == MID_TERM_READ


@pytest.mark.parametrize(
    "heads",
    [
        (
            ("绩效指标", "一级指标", "中期指标", ..., ..., "年度指标", ..., ...),
            (None, None, *MID_TERM[-1][2:]),
        ),
        (("绩效指标", *LEVELS, "中期指标值", *LEVELS[1:], "年度指标值"),),
    ],
)
def test_headings_that_name_the_period(heads: tuple[Row, ...]) -> None:
    extraction = read("项目支出绩效目标申报表", (*MID_TERM[:-1], *heads, *MID_TERM_ROWS), SEVEN)
    assert both_targets(extraction) == MID_TERM_READ
    assert set(rules(extraction)) == {"dates.imprecise"}


def test_heading_on_every_page() -> None:
    first = merged_table((*MID_TERM, *MID_TERM_ROWS[:4]), SEVEN)
    second = merged_table((("绩效指标", *MID_TERM[-1][1:]), *MID_TERM_ROWS[4:]), SEVEN)
    assert both_targets(extract(pages_of("项目支出绩效目标申报表", first, second))) == MID_TERM_READ


def test_two_levels_shared_by_both_sides() -> None:
    rows: tuple[Row, ...] = (
        ("项目名称", ..., "系统", ..., ..., ..., ...),
        ("绩效指标", *LEVELS, "指标值", "三级指标", "指标值"),
        (None, "产出指标", "数量指标", "培训人数", "≥3000人", "培训人数", "≥1000人"),
        (None, None, None, "覆盖县数", "=2800个", "新接入县数", "≥900个"),
    )
    assert both_targets(read("项目支出绩效目标申报表", rows, SEVEN[:7])) == MID_TERM_READ[:3]


def test_targets_in_three_columns_on_both_sides() -> None:
    heading = ("一级指标", "二级指标", "三级指标", "指标性质", "指标值", "计量单位")
    rows: tuple[Row, ...] = (
        ("项目名称", *[...] * 1, "系统", *[...] * 8),
        (*heading, *heading[1:]),
        ("产出指标", "数量指标", "培训人数", "≥", "3000", "人", "数量指标", "培训人数", "≥", "1000", "人"),
    )
    extraction = read("项目支出绩效目标申报表", rows, (50, 50, 55, 40, 40, 40, 50, 55, 40, 40, 40))
    assert both_targets(extraction) == [("产出指标", "数量指标", "培训人数", "≥3000人", "≥1000人")]
    boxes = [row for row in extraction.tables["evidence"] if row["field"] == "lifetime_target"]
    assert [row["text"] for row in boxes] == ["≥", "3000", "人"]


def test_current_form() -> None:
    """财预〔2021〕101号: the year alone, 成本指标 as level 1, 10 points for the execution rate and 90 for the rest."""
    rows: tuple[Row, ...] = (
        ("项目名称", ..., "信访业务费", ..., ..., ...),
        ("主管部门及代码", ..., "[292]国家信访局", "实施单位", "国家信访局本级", ...),
        ("项目资金（万元）", ..., "年度资金总额：", "1,000.00", "执行率分值（10）", "10"),
        (None, ..., "其中：财政拨款", "900.00", None, None),
        (None, ..., "上年结转", "60.00", None, None),
        (None, ..., "其他资金", "40.00", None, None),
        ("年度总体目标", "办理群众来信，接待群众来访。", ..., ..., ..., ...),
        ("绩效指标", "一级指标", "二级指标", "三级指标", "指标值", "分值权重（90）"),
        (None, "成本指标", "经济成本指标", "人均接待成本", "≤20元", "20"),
        (None, "产出指标", "数量指标", "办理来信", "≥10万件", "40"),
        (None, "效益指标", "社会效益指标", "矛盾化解", "有效", "20"),
        (None, "满意度指标", "服务对象满意度指标", "来访人满意度", "≥85%", "10"),
    )
    extraction = read("项目支出绩效目标表", rows, (50, 70, 90, 110, 90, 60))
    (form,) = extraction.tables["forms"]
    assert (form["form_kind"], form["department"], form["department_code"]) == ("project_target", "国家信访局", "292")
    assert (form["annual_goal"], form["lifetime_goal"]) == ("办理群众来信，接待群众来访。", None)
    assert funds(extraction) == [
        ("annual", "total", Decimal(10_000_000)),
        ("annual", "fiscal", Decimal(9_000_000)),
        ("annual", "carryover", Decimal(600_000)),
        ("annual", "other", Decimal(400_000)),
    ]
    assert table(extraction, "level1_code", "level2_code", "target", "weight") == [
        ("cost", "economic_cost", "≤20元", Decimal(20)),
        ("output", "quantity", "≥10万件", Decimal(40)),
        ("outcome", "social", "有效", Decimal(20)),
        ("satisfaction", "satisfaction", "≥85%", Decimal(10)),
    ]
    assert not rules(extraction)


DEPARTMENT_INDICATORS: tuple[Row, ...] = (
    ("年度绩效指标", "一级指标", "二级指标", "三级指标", ..., "指标值"),
    (None, "履职效能", "整体工作完成", "重点工作完成率", ..., "=100%"),
    (None, "管理效率", "预算编制管理", "预算编制质量", ..., "符合要求"),
    (None, "社会效应", "社会公众满意度", "来访人满意度", ..., "≥90%"),
    (None, "可持续发展能力", "体制机制改革", "创新举措", ..., "≥2项"),
)


def test_department_with_tasks() -> None:
    """财预〔2015〕88号: the tasks of the year with their money; the amounts of the form are those of 金额合计."""
    rows: tuple[Row, ...] = (
        ("部门名称", ..., "国家信访局", ..., ..., ...),
        ("年度主要任务", "任务名称", "主要内容", "预算金额（万元）", ..., ...),
        (None, None, None, "总额", "财政拨款", "其他资金"),
        (None, "任务1：办理来信", "登记、转送、交办", "70.00", "60.00", "10.00"),
        (None, "任务2：接待来访", "接谈、协调", "30.00", "30.00", "0.00"),
        (None, "金额合计", ..., "100.00", "90.00", "10.00"),
        ("年度总体目标", "目标1：来信办理率达到100%。", ..., ..., ..., ...),
        *DEPARTMENT_INDICATORS,
    )
    extraction = read("部门整体支出绩效目标申报表", rows, (50, 80, 90, 80, 70, 80))
    (form,) = extraction.tables["forms"]
    assert (form["form_kind"], form["department"]) == ("department_overall", "国家信访局")
    assert form["annual_goal"] == "目标1：来信办理率达到100%。"
    assert funds(extraction) == [
        ("annual", "total", Decimal(1_000_000)),
        ("annual", "fiscal", Decimal(900_000)),
        ("annual", "other", Decimal(100_000)),
    ]
    names = ("name", "content", "amount_total", "amount_fiscal", "amount_other")
    assert [tuple(task[n] for n in names) for task in rows_of(extraction, "tasks")] == [
        ("任务1：办理来信", "登记、转送、交办", Decimal(700_000), Decimal(600_000), Decimal(100_000)),
        ("任务2：接待来访", "接谈、协调", Decimal(300_000), Decimal(300_000), Decimal(0)),
    ]
    assert len(rows_of(extraction, "indicators")) == 4
    assert not rules(extraction)


def test_levels_of_a_department_are_its_own() -> None:
    """履职效能 and its kind are kept as printed and never taken for a level of the projects' taxonomy."""
    rows: tuple[Row, ...] = (
        ("部门名称", ..., "国家信访局", ..., ..., ...),
        ("年度资金总额（万元）", ..., "100.00", ..., ..., ...),
        ("整体绩效目标", ..., "办理群众来信。", ..., ..., ...),
        *DEPARTMENT_INDICATORS,
    )
    extraction = read("部门（单位）整体支出绩效目标表", rows, (50, 80, 90, 80, 70, 80))
    assert column(extraction, "forms", "form_kind") == ["department_overall"]
    assert table(extraction, "level1", "level1_code", "level2") == [
        ("履职效能", "other", "整体工作完成"),
        ("管理效率", "other", "预算编制管理"),
        ("社会效应", "other", "社会公众满意度"),
        ("可持续发展能力", "other", "体制机制改革"),
    ]
    assert rules(extraction) == []


def test_department_with_income_and_expenditure() -> None:
    """Hubei: amounts by income and by expenditure with their shares and those of two years before."""
    rows: tuple[Row, ...] = (
        ("部门（单位）名称", ..., "鄂州市信访局", ..., ..., ..., ...),
        ("部门总体资金情况（万元）", "总体资金情况", ..., "当年金额", "占比", "近两年收支金额", ...),
        (None, None, ..., None, None, "2020年", "2021年"),
        (None, "收入构成", "财政拨款", "90.00", "90%", "80.00", "85.00"),
        (None, None, "其他资金", "10.00", "10%", "5.00", "5.00"),
        (None, None, "合计", "100.00", "100%", "85.00", "90.00"),
        (None, "支出构成", "人员类项目支出", "60.00", "60%", "55.00", "56.00"),
        (None, None, "公用经费项目支出", "40.00", "40%", "30.00", "34.00"),
        (None, None, "合计", "100.00", "100%", "85.00", "90.00"),
        ("部门职能概述", ..., "负责全市信访工作。", ..., ..., ..., ...),
        ("整体绩效总目标", "长期目标（截止2025年）", ..., "年度目标", ..., ..., ...),
        (None, "三年内信访总量下降。", ..., "全年办结来信。", ..., ..., ...),
        ("年度绩效指标", "一级指标", "二级指标", "三级指标", ..., "指标值", "指标值确定依据"),
        (None, "产出指标", "数量指标", "办结来信", ..., "≥900件", "工作计划"),
    )
    extraction = read("部门（单位）整体支出绩效目标申报表", rows, (60, 80, 90, 70, 60, 70, 80), "（2022年度）")
    (form,) = extraction.tables["forms"]
    assert (form["form_kind"], form["department"]) == ("department_overall", "鄂州市信访局")
    assert (form["lifetime_goal"], form["annual_goal"]) == ("三年内信访总量下降。", "全年办结来信。")
    assert (form["annual_total"], form["annual_fiscal"]) == (Decimal(1_000_000), Decimal(900_000))
    assert [(f["scope"], f["label"], f["amount_text"]) for f in rows_of(extraction, "funds")] == [
        ("annual", "财政拨款", "90.00"),
        ("annual", "其他资金", "10.00"),
        ("annual", "合计", "100.00"),
        ("annual", "人员类项目支出", "60.00"),
        ("annual", "公用经费项目支出", "40.00"),
        ("annual", "合计", "100.00"),
    ]
    assert "80.00" in column(extraction, "other_values", "text")
    assert not rules(extraction)
