"""Self-evaluations (财预〔2020〕10号): amounts by scope, execution rate, scores, and the ways in which they differ."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from pipeline.document.result import DocumentResult
from tests.documents import finding, others, rows_of
from tests.forms.test_layouts_central import read, rules, table
from tests.generator.spans import Row

WIDTHS = (30, 50, 60, 75, 60, 60, 60, 60, 60)  # points
HEAD: tuple[Row, ...] = (
    ("项目名称", ..., ..., "信访业务费", ..., ..., ..., ..., ...),
    ("主管部门及代码", ..., ..., "[292]国家信访局", ..., ..., "实施单位", "国家信访局", ...),
)
FUND_HEAD: Row = ("项目资金（万元）", ..., "", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")
FUNDS: tuple[Row, ...] = (
    (None, ..., "年度资金总额：", "1000.00", "900.00", "873.00", "10", "97.00%", "9.7"),
    (None, ..., "其中：当年财政拨款", "1000.00", "850.00", "823.00", "—", "96.82%", "—"),
    (None, ..., "上年结转资金", "", "50.00", "50.00", "—", "—", "—"),
    (None, ..., "其他资金", "0", "0", "0", "—", "", "—"),
)
GOALS: tuple[Row, ...] = (
    ("年度总体目标", "预期目标", ..., ..., ..., "实际完成情况", ..., ..., ...),
    (None, "办理群众来信，接待群众来访。", ..., ..., ..., "办理来信11万件。", ..., ..., ...),
)
LEVELS = ("绩效指标", "一级指标", "二级指标", "三级指标")
INDICATOR_HEAD: Row = (*LEVELS, "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施")
INDICATORS: tuple[Row, ...] = (
    (None, "产出指标", "数量指标", "办理来信", "≥10万件", "11万件", "50", "50", ""),
    (None, "效益指标", "社会效益指标", "矛盾化解", "有效", "达成预期指标", "30", "28", "来访量增加。"),
    (None, "满意度指标", "服务对象满意度指标", "来访人满意度", "≥85%", "90%", "10", "10", ""),
)
TOTAL: Row = ("总分", ..., ..., ..., ..., ..., "100", "97.7", "")
STANDARD = (*HEAD, FUND_HEAD, *FUNDS, *GOALS, INDICATOR_HEAD, *INDICATORS, TOTAL)
SCORED = ("level3", "target", "actual", "weight", "score", "deviation_reason")
READ = [
    ("办理来信", "≥10万件", "11万件", Decimal(50), Decimal(50), None),
    ("矛盾化解", "有效", "达成预期指标", Decimal(30), Decimal(28), "来访量增加。"),
    ("来访人满意度", "≥85%", "90%", Decimal(10), Decimal(10), None),
]


def evaluation(*rows: Row, title: str = "项目支出绩效自评表") -> DocumentResult:
    return read(title, rows, WIDTHS)


def executed(extraction: DocumentResult) -> list[tuple[object, ...]]:
    names = ("source", "amount", "execution_rate", "score")
    return [tuple(f[n] for n in names) for f in rows_of(extraction, "funds") if f["scope"] == "executed"]


def changed(rows: Sequence[Row], old: str, new: str) -> list[Row]:
    """The rows with a text replaced that stands once in them."""
    assert sum(text == old for row in rows for text in row) == 1
    return [tuple(new if text == old else text for text in row) for row in rows]


def test_standard_form() -> None:
    extraction = evaluation(*STANDARD)
    (form,) = extraction.tables["forms"]
    assert (form["form_kind"], form["annual_goal"]) == ("self_evaluation", "办理群众来信，接待群众来访。")
    scopes = [(f["scope"], f["source"], str(f["amount"])) for f in rows_of(extraction, "funds")]
    assert scopes[:3] == [
        ("initial_budget", "total", "10000000.00"),
        ("adjusted_budget", "total", "9000000.00"),
        ("executed", "total", "8730000.00"),
    ]
    assert executed(extraction) == [
        ("total", Decimal(8730000), Decimal("97.00"), Decimal("9.7")),
        ("fiscal", Decimal(8230000), Decimal("96.82"), None),
        ("carryover", Decimal(500000), None, None),
        ("other", Decimal(0), None, None),
    ]
    assert table(extraction, *SCORED) == READ
    assert (form["annual_goal_actual"], form["total_score"]) == ("办理来信11万件。", Decimal("97.7"))
    assert others(extraction) == {("总分", "100")}
    assert not rules(extraction)


@pytest.mark.parametrize(
    "head",
    [
        ("年初预算数", "全年预算数(A)", "全年执行数(B)", "分值", "执行率(B/A)", "得分"),
        ("年初预算数", "调整后预算数", "预算执行数", "权重", "预算执行率", "得分"),
        ("年初预算数", "调整后预算数（A）", "预算执行数（B）", "分值", "执行率（B/A）", "自评得分"),
    ],
)
def test_headings_of_the_amounts(head: tuple[str, ...]) -> None:
    rows = (*HEAD, (*FUND_HEAD[:3], *head), *STANDARD[3:])
    assert executed(evaluation(*rows)) == executed(evaluation(*STANDARD))


def test_reasons_beside_the_amounts() -> None:
    head: Row = (*FUND_HEAD[:3], "调整后预算数", "预算执行数", "预算执行率", "权重", "得分", "原因")
    amounts: Row = (None, ..., "年度资金总额", "900.00", "873.00", "97%", "10", "9.7", "结余资金交回国库")
    extraction = evaluation(*HEAD, head, amounts, *GOALS, INDICATOR_HEAD, *INDICATORS, TOTAL)
    assert executed(extraction) == [("total", Decimal(8730000), Decimal(97), Decimal("9.7"))]
    assert ("原因", "结余资金交回国库") in others(extraction)
    assert not rules(extraction)


def test_without_scores() -> None:
    head: Row = (*FUND_HEAD[:3], "全年预算数", ..., "全年执行数", ..., "执行率", ...)
    amounts: Row = (None, ..., "年度资金总额", "900.00", ..., "873.00", ..., "97.00%", ...)
    columns: Row = (*LEVELS, "年度指标值", ..., "实际完成值", ..., "未完成原因和改进措施")
    rows: list[Row] = [(*row[:5], ..., row[5], ..., row[8]) for row in INDICATORS]
    extraction = evaluation(*HEAD, head, amounts, *GOALS, columns, *rows)
    assert executed(extraction) == [("total", Decimal(8730000), Decimal("97.00"), None)]
    assert table(extraction, *SCORED) == [(*row[:3], None, None, row[5]) for row in READ]
    assert not rules(extraction)


def test_conclusions_below_the_indicators() -> None:
    tail: list[Row] = [
        (label, ..., ..., text, *[...] * 5)
        for label, text in (("评价结论", "优"), ("存在问题", "预算执行偏慢。"), ("改进措施", "加快执行。"))
    ]
    extraction = evaluation(*STANDARD, *tail)
    assert table(extraction, *SCORED) == READ
    assert not rules(extraction)


def test_reviewers_columns() -> None:
    columns: Row = (*LEVELS, "年度指标值", "实际完成值", "分值", "得分", "复核完成值", "复核得分", "复核指标偏差")
    reviewed = [(*row[:8], "11万件", "49", "计数有误") for row in INDICATORS]
    wider: list[Row] = [(*row, ..., ...) for row in (*HEAD, FUND_HEAD, *FUNDS, *GOALS)]
    total: Row = ("总分", *[...] * 5, "100", "97.7", "", "96.7", "")
    extraction = read("项目支出绩效自评表", (*wider, columns, *reviewed, total), (*WIDTHS[:8], 45, 45, 45))
    assert table(extraction, *SCORED[:5]) == [row[:5] for row in READ]
    assert others(extraction) >= {("复核得分", "49"), ("复核指标偏差", "计数有误"), ("总分", "96.7")}
    assert not rules(extraction)


@pytest.mark.parametrize("label", ["总分", "合计"])
def test_row_of_totals_is_no_amount(label: str) -> None:
    total: Row = (label, *TOTAL[1:])
    assert len(rows_of(evaluation(*STANDARD[:-1], total), "funds")) == 11


def test_self_evaluation_of_a_department() -> None:
    """The task table of the year heads amounts twice: by scope, and below it by source."""
    scopes = ("全年预算数（万元）", ..., ..., "全年执行数（万元）", ..., ...)
    rows: tuple[Row, ...] = (
        ("部门名称", ..., "国家信访局", *[...] * 7),
        ("年度主要任务完成情况", "任务名称", "完成情况", *scopes, "执行率"),
        (None, None, None, "总额", "财政拨款", "其他资金", "总额", "财政拨款", "其他资金", None),
        (None, "办信", "完成", "60", "50", "10", "56", "46", "10", "93.33%"),
        (None, "接访", "完成", "40", "40", "0", "38", "38", "0", "95%"),
        (None, "金额合计", ..., "100", "90", "10", "94", "84", "10", "94%"),
        ("年度总体目标", "预期目标", *[...] * 4, "实际完成情况", *[...] * 3),
        (None, "办理群众来信。", *[...] * 4, "已办理。", *[...] * 3),
        ("年度绩效指标", "一级指标", "二级指标", "三级指标", ..., "年度指标值", "实际完成值", ..., "分值", "得分"),
        (None, "产出指标", "数量指标", "办理来信", ..., "≥10万件", "11万件", ..., "90", "90"),
    )
    extraction = read("部门整体支出绩效自评表", rows, (45, 50, 55, 50, 50, 50, 50, 50, 50, 50))
    (form,) = extraction.tables["forms"]
    assert (form["form_kind"], form["department"]) == ("self_evaluation", "国家信访局")
    assert [(f["scope"], f["source"], str(f["amount_text"])) for f in rows_of(extraction, "funds")] == [
        ("adjusted_budget", "total", "100"),
        ("adjusted_budget", "fiscal", "90"),
        ("adjusted_budget", "other", "10"),
        ("executed", "total", "94"),
        ("executed", "fiscal", "84"),
        ("executed", "other", "10"),
    ]
    assert [row["execution_rate"] for row in rows_of(extraction, "funds")] == [*[None] * 3, Decimal(94), None, None]
    assert not rules(extraction)


@pytest.mark.parametrize(
    ("old", "new", "rule", "severity", "says"),
    [
        ("97.00%", "98.00%", "funds.execution_rate", "warning", ("98.00", "97.00 % of 9,000,000.00")),
        ("9.7", "9.5", "funds.budget_score", "warning", ("9.5", "97.00", "9.70 of 10 points")),
        ("97.7", "98.7", "indicators.score_sum", "error", ("98.7", "88", "9.7")),
    ],
)
def test_what_does_not_add_up(old: str, new: str, rule: str, severity: str, says: tuple[str, ...]) -> None:
    rows = changed(STANDARD, old, new)
    if rule == "funds.budget_score":
        rows = changed(rows, "97.7", "97.5")
    found = finding(evaluation(*rows), rule)
    assert (found["severity"], found["page"]) == (severity, 1)
    assert all(text in str(found["message"]) for text in says)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("97.00%", "97%"),
        ("97.00%", "0.97"),
        ("97.00%", "87.30%"),  # of the budget at the year's beginning
        ("97.00%", "96.99%"),  # cut, not rounded
    ],
)
def test_rates_that_are_right(old: str, new: str) -> None:
    assert "funds.execution_rate" not in rules(evaluation(*changed(STANDARD, old, new)))


def test_points_of_the_rate_as_printed() -> None:
    """Some places give the rate 20 points of 100; then 80 remain."""
    amounts: Row = (*FUNDS[0][:6], "20", "97.00%", "19.4")
    rows: list[Row] = [(*INDICATORS[0][:6], "40", "40", ""), *INDICATORS[1:]]
    total: Row = (*TOTAL[:7], "97.4", "")
    extraction = evaluation(*HEAD, FUND_HEAD, amounts, *FUNDS[1:], *GOALS, INDICATOR_HEAD, *rows, total)
    assert not rules(extraction)


def test_rate_without_an_executed_amount_is_named() -> None:
    other: Row = (None, ..., "其他资金", "360", "97", "", "—", "0%", "—")
    extraction = evaluation(*HEAD, FUND_HEAD, *FUNDS[:3], other, *GOALS, INDICATOR_HEAD, *INDICATORS, TOTAL)
    assert ("执行率", "0%") in others(extraction)


def test_number_in_the_corner_of_a_fund_grid_is_no_amount() -> None:
    head: Row = (*FUND_HEAD[:2], "500", *FUND_HEAD[3:])
    extraction = evaluation(*HEAD, head, *FUNDS, *GOALS, INDICATOR_HEAD, *INDICATORS, TOTAL)
    assert "500" not in [row["amount_text"] for row in extraction.tables["funds"]]
    assert "'500'" in str(finding(extraction, "form.unread_text")["message"])
