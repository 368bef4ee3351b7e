"""Every rule speaks up on the smallest form that breaks it and is silent on a right one."""

from dataclasses import replace

import pytest

from tests.documents import FORM, JOURNAL, SCORED, SYSTEM, column, extract, extract_form, finding, list_pages, rows_of
from tests.generator.drawing import DrawnPage, DrawnText
from tests.generator.forms import FormContent, lay_out

HEADER, FUNDS = FORM.header, FORM.funds


def with_dates(start: str, end: str) -> FormContent:
    return replace(FORM, header=(*HEADER[:2], ("计划开始日期", start, "计划完成日期", end)))


def with_funds(old: str, new: str, row: int, column: int) -> FormContent:
    """The form with one printed amount changed."""
    changed = list(FUNDS[row])
    assert changed[column] == old
    changed[column] = new
    return replace(FORM, funds=(*FUNDS[:row], tuple(changed), *FUNDS[row + 1 :]))


def with_row(*row: str) -> FormContent:
    return replace(FORM, rows=(*FORM.rows, row))


def without_name() -> FormContent:
    return replace(FORM, header=(("项目名称", "", "项目类别", "经常性项目"), *HEADER[1:]))


@pytest.mark.parametrize("form", [FORM, SCORED, with_dates("2022-01-01", "2024-12-31")])
def test_right_form_has_no_findings(form: FormContent) -> None:
    assert extract_form(form).tables["findings"] == []


def test_right_list_has_no_findings() -> None:
    assert extract(list_pages((JOURNAL, SYSTEM))).tables["findings"] == []


@pytest.mark.parametrize(
    ("rule", "severity", "form", "says"),
    [
        ("form.no_project_name", "error", without_name(), ()),
        ("form.no_funds", "warning", replace(FORM, funds=()), ()),
        ("form.no_goal", "warning", replace(FORM, goals=("", "")), ()),
        ("form.no_fiscal_year", "info", replace(FORM, year=""), ()),
        ("dates.order", "error", with_dates("2023-12-31", "2023-01-01"), ("2023-12-31", "2023-01-01")),
        ("dates.fiscal_year", "warning", with_dates("2024-01-01", "2025-12-31"), ("2023", "2024-01-01", "2025-12-31")),
        (
            "layout.unknown_label",
            "warning",
            replace(FORM, header=(*HEADER, ("助餐方式", "堂食", "项目性质", "延续"))),
            ("助餐方式",),
        ),
        (
            "funds.annual_sum",
            "error",
            with_funds("700,000", "700,500", 1, 3),
            ("800,000.00", "800,500.00", "-500.00", "年度资金申请总额"),
        ),
        (
            "funds.lifetime_sum",
            "error",
            with_funds("50,000", "40,000", 3, 1),
            ("800,000.00", "790,000.00", "10,000.00"),
        ),
        ("funds.not_a_number", "error", with_funds("50,000", "1.2.3", 3, 3), ("1.2.3", "其他资金")),
        (
            "funds.year_over_life",
            "error",
            with_funds("800,000", "900,000", 0, 3),
            ("900,000.00", "800,000.00"),
        ),
        (
            "funds.life_over_single_year",
            "info",
            with_funds("800,000", "900,000", 0, 1),
            ("900,000.00", "800,000.00"),
        ),
        ("indicators.no_name", "warning", with_row("满意度指标", "服务对象满意度指标", "", "=90%"), ("indicator 8",)),
        ("indicators.no_target", "warning", with_row("满意度指标", "服务对象满意度指标", "家属", ""), ("家属",)),
        ("indicators.placeholder", "warning", with_row("满意度指标", "服务对象满意度指标", "家属", "≥**%"), ("≥**%",)),
        ("indicators.level_mismatch", "warning", with_row("效益指标", "数量指标", "个数", "3个"), ("数量", "效益")),
        (
            "indicators.level_inferred",
            "info",
            replace(FORM, rows=(("", "质量指标", "甲", "好"), *FORM.rows)),
            ("质量",),
        ),
        ("indicators.suspect_sign", "warning", with_row("产出指标", "质量指标", "到位率", "292%"), ("292%",)),
        ("indicators.unclosed", "info", with_row("产出指标", "数量指标", "岗位（门岗；综合管理", "4个"), ("综合管理",)),
        ("indicators.suspect_fused", "warning", with_row("产出指标", "质量指标", "优良数", "88100"), ("88100",)),
        ("indicators.unclear_unit", "info", with_row("产出指标", "数量指标", "投入", "≤250万"), ("250万",)),
        ("indicators.percent_over_100", "warning", with_row("产出指标", "质量指标", "到位率", "=110%"), ("=110%",)),
        (
            "indicators.satisfaction_at_most",
            "warning",
            with_row("满意度指标", "服务对象满意度指标", "家属满意度", "≤95%"),
            ("≤95%",),
        ),
        (
            "indicators.weight_sum",
            "warning",
            replace(SCORED, rows=(*SCORED.rows[:2], (*SCORED.rows[2][:5], "15", "15"))),
            ("95", "3 indicators"),
        ),
        (
            "indicators.score_over_weight",
            "error",
            replace(SCORED, rows=(*SCORED.rows[:2], (*SCORED.rows[2][:6], "21"))),
            ("21", "20"),
        ),
    ],
)
def test_rule(rule: str, severity: str, form: FormContent, says: tuple[str, ...]) -> None:
    extraction = extract_form(form)
    found = finding(extraction, rule)
    assert (found["severity"], found["form_id"]) == (severity, extraction.tables["forms"][0]["form_id"])
    assert all(text in str(found["message"]) for text in says)
    assert found["page"] == 1
    x0, y0, x1, y1 = (float(str(found[name])) for name in ("x0", "y0", "x1", "y1"))
    assert 0 <= x0 < x1 <= 595 and 0 <= y0 < y1 <= 842


@pytest.mark.parametrize(
    ("rule", "form", "text"),
    [
        ("form.no_funds", replace(FORM, funds=()), None),
        ("layout.unknown_label", replace(FORM, header=(*HEADER, ("助餐方式", "堂食", "项目性质", "延续"))), "助餐方式"),
        ("funds.annual_sum", with_funds("700,000", "700,500", 1, 3), "800,000"),
        ("funds.not_a_number", with_funds("50,000", "1.2.3", 3, 3), "1.2.3"),
        ("dates.imprecise", with_dates("2023年1月", "2023-12-31"), "2023年1月"),
        (
            "form.options",
            replace(FORM, header=(("项目名称", "甲", "项目类别", "一次性□经常性□"), *HEADER[1:])),
            "一次性□经常性□",
        ),
    ],
)
def test_finding_has_the_text_that_it_is_about(rule: str, form: FormContent, text: str | None) -> None:
    assert finding(extract_form(form), rule)["text"] == text


def test_imprecise_dates() -> None:
    findings = extract_form(with_dates("2023年1月", "2023年")).tables["findings"]
    messages = [str(row["message"]) for row in findings if row["rule"] == "dates.imprecise"]
    assert ["month" in messages[0], "year" in messages[1]] == [True, True]


@pytest.mark.parametrize(("name", "target"), [("投诉率", "≤5%"), ("家属满意度", "投诉率≤5%")])
def test_few_complaints_are_a_target_of_satisfaction(name: str, target: str) -> None:
    extraction = extract_form(with_row("满意度指标", "服务对象满意度指标", name, target))
    assert "indicators.satisfaction_at_most" not in column(extraction, "findings", "rule")


def test_form_without_indicators() -> None:
    page = lay_out(replace(FORM, rows=FORM.rows[:1]))[0]
    table = page.tables[0]
    first = next(cell.row for cell in table.cells if cell.text == "一级指标")
    cells = tuple(cell for cell in table.cells if cell.row < first)
    cut = replace(table, cells=cells, row_heights=table.row_heights[:first])
    assert column(extract([replace(page, tables=(cut,))]), "findings", "rule") == ["form.no_indicators"]


def test_printed_numbers_are_never_repaired() -> None:
    """A real form: 年度资金申请总额 10,903,043.00 with 当年财政拨款 11,419,043.00."""
    funds = (
        ("项目资金总额", "11,419,043.00", "年度资金申请总额", "10,903,043.00"),
        ("其中：财政资金", "11,419,043.00", "其中：当年财政拨款", "11,419,043.00"),
        ("其他资金", "0", "其他资金", "0"),
    )
    extraction = extract_form(replace(FORM, funds=funds))
    amounts = [str(row["amount"]) for row in rows_of(extraction, "funds") if row["scope"] == "annual"]
    assert amounts == ["10903043.00", "11419043.00", "0.00"]
    assert "-516,000.00" in str(finding(extraction, "funds.annual_sum")["message"])


def test_box_of_a_wrong_sum_is_the_totals() -> None:
    extraction = extract_form(with_funds("700,000", "700,500", 1, 3))
    found = finding(extraction, "funds.annual_sum")
    (total,) = (
        row
        for row in rows_of(extraction, "evidence")
        if row["table"] == "funds" and row["row_no"] == 2 and row["field"] == "amount"
    )
    assert [found[name] for name in ("page", "x0", "y0", "x1", "y1")] == [
        total[name] for name in ("page", "x0", "y0", "x1", "y1")
    ]


def test_rounding_in_ten_thousands_is_no_finding() -> None:
    funds = (("项目资金总额", "100.00", "年度资金总额", "100.00"), ("财政资金", "66.67", "当年财政拨款", "66.67"))
    other = ("其他资金", "33.34", "其他资金", "33.34")
    assert extract_form(replace(FORM, funds_label="项目资金\n(万元)", funds=(*funds, other))).tables["findings"] == []


def test_counts_of_a_form_are_its_findings() -> None:
    form = replace(with_funds("700,000", "700,500", 1, 3), rows=(*FORM.rows, ("效益指标", "数量指标", "个数", "**")))
    (row,) = extract_form(form).tables["forms"]
    assert (row["error_count"], row["warning_count"]) == (1, 2)


def test_fewer_forms_than_announced() -> None:
    text = "绩效目标设置情况：编报绩效目标的项目14个，涉及项目预算资金1,099.22万元。"
    extraction = extract([DrawnPage(texts=(DrawnText(40, 60, text),)), *lay_out(FORM)])
    assert extraction.document["announced_project_count"] == 14
    assert str(extraction.document["announced_project_amount"]) == "10992200.00"
    found = finding(extraction, "document.announced_projects")
    assert (found["severity"], found["form_id"]) == ("info", None)
    assert "14" in str(found["message"]) and "1 " in str(found["message"])
