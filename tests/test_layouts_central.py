"""Forms of the central departments: drawn as their circulars describe them, and read back."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from pipeline.extraction import Extraction
from tests.documents import column, extract, on_one_page, rows_of
from tests.generator.cutting import CutText, cut_table
from tests.generator.drawing import DrawnPage, DrawnTable, DrawnText
from tests.generator.spans import Row, merged_table

SEVEN = (45, 55, 60, 80, 65, 60, 85, 65)  # points
MID_TERM: tuple[Row, ...] = (
    ("项目名称", ..., "信访信息系统", ..., ..., ..., ..., ...),
    ("主管部门及代码", ..., "[292]国家信访局", ..., ..., "实施单位", "国家信访局信息中心", ...),
    ("项目属性", ..., "延续项目", ..., ..., "项目期", "2024年-2026年", ...),
    ("项目资金（万元）", ..., "中期资金总额：", ..., "300.00", "年度资金总额：", ..., "100.00"),
    (None, ..., "其中：财政拨款", ..., "270.00", "其中：财政拨款", ..., "90.00"),
    (None, ..., "其他资金", ..., "30.00", "其他资金", ..., "10.00"),
    ("总体目标", "中期目标(2024年-2026年)", ..., ..., ..., "年度目标", ..., ...),
    (None, "目标1：三年内建成全国信访信息系统，覆盖所有的县。", ..., ..., ..., "目标1：完成二期。", ..., ...),
    ("绩效指标", "一级指标", "二级指标", "三级指标", "指标值", "二级指标", "三级指标", "指标值"),
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
    middle = 40 + sum(tables[0].column_widths) / 2
    heading = (DrawnText(middle, 0, title, "centre", 14), DrawnText(middle, 0, year, "centre"))
    return [on_one_page(*heading, tables[0]), *(on_one_page(table) for table in tables[1:])]


def read(title: str, rows: Sequence[Row], widths: Sequence[float], year: str = "（2024年度）") -> Extraction:
    """A form on one page, drawn and read back."""
    return extract(pages_of(title, merged_table(rows, widths), year=year))


def table(extraction: Extraction, *names: str, form_no: int = 1) -> list[tuple[object, ...]]:
    """Columns of a form's indicators."""
    return [tuple(row[name] for name in names) for row in rows_of(extraction, "indicators", form_no)]


def funds(extraction: Extraction, form_no: int = 1) -> list[tuple[object, ...]]:
    """Scope, source and yuan of a form's amounts."""
    return [(row["scope"], row["source"], row["amount"]) for row in rows_of(extraction, "funds", form_no)]


def rules(extraction: Extraction) -> list[object]:
    return column(extraction, "findings", "rule")


def both_targets(extraction: Extraction) -> list[tuple[object, ...]]:
    return table(extraction, "level1", "level2", "level3", "lifetime_target", "target")


def test_mid_term_beside_annual() -> None:
    """财预〔2015〕88号: amounts, goals and indicators of the period on the left, those of the year on the right."""
    extraction = read("项目支出绩效目标申报表", (*MID_TERM, *MID_TERM_ROWS), SEVEN)
    (form,) = extraction.tables["forms"]
    expected = {
        "form_kind": "project_target",
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


@pytest.mark.parametrize("cut_text", CutText)
@pytest.mark.parametrize("breaks", [(1,), (2,), (3,), (4,), (5,), (2, 4)])
def test_mid_term_beside_annual_over_pages(breaks: tuple[int, ...], cut_text: CutText) -> None:
    whole = merged_table((*MID_TERM, *MID_TERM_ROWS), SEVEN, least=30)
    parts = cut_table(whole, [len(MID_TERM) + n for n in breaks], cut_text, 0)
    extraction = extract(pages_of("项目支出绩效目标申报表", *parts))
    assert len(extraction.tables["forms"]) == 1
    assert both_targets(extraction) == MID_TERM_READ


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
