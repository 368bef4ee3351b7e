"""Tables that look like performance forms: those that set targets are read, the others are named and left alone."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from tests.documents import FORM, column, extract, finding, others, rows_of
from tests.forms.test_layouts_central import pages_of, read, rules, table
from tests.generator.forms import lay_out
from tests.generator.spans import Row, merged_table

MONITORING: tuple[Row, ...] = (
    ("项目名称", ..., "信访业务费", ..., ..., ..., ..., ...),
    ("主管部门", ..., "国家信访局", ..., ..., "实施单位", "国家信访局", ...),
    ("项目资金（万元）", ..., "", "年初预算数", "1-7月执行数", ..., "全年预计执行数", ...),
    (None, ..., "年度资金总额", "100.00", "56.00", ..., "100.00", ...),
    ("年度总体目标", ..., "办理群众来信。", ..., ..., ..., ..., ...),
    ("绩效指标", "一级指标", "二级指标", "三级指标", "年度指标值", "当前完成值", "全年预计完成值", "完成目标可能性"),
    (None, "产出指标", "数量指标", "办理来信", "≥10万件", "6万件", "10万件", "确定能"),
)
APPRAISAL: tuple[Row, ...] = (
    ("项目名称", ..., "信访大厅改造", ..., ...),
    ("一级指标", "二级指标", "三级指标", "分值", "得分"),
    ("立项必要性", "政策相关性", "与政策是否相符", "10", "9"),
    ("投入经济性", "投入合理性", "投入与产出是否匹配", "20", "18"),
    ("筹资合规性", "筹资规范性", "来源是否合规", "20", "20"),
)
CRITERIA: tuple[Row, ...] = (
    ("一级指标", "二级指标", "三级指标", "分值", "评分标准", "得分"),
    ("决策", "项目立项", "立项依据充分性", "5", "依据充分得满分", "5"),
    ("过程", "资金管理", "预算执行率", "5", "按比例得分", "4.5"),
    ("产出", "产出数量", "办理来信", "20", "按比例得分", "20"),
    ("效益", "社会效益", "矛盾化解", "30", "按效果得分", "28"),
)
NEIGHBOURS: dict[str, tuple[tuple[Row, ...], tuple[int, ...]]] = {
    "项目支出绩效目标执行监控表": (MONITORING, (40, 60, 70, 75, 70, 65, 70, 70)),
    "信访大厅改造事前绩效评估评分表": (APPRAISAL, (90, 90, 130, 60, 60)),
    "信访业务费项目绩效评价指标体系表": (CRITERIA, (60, 70, 110, 50, 110, 50)),
}


@pytest.mark.parametrize("title", [*NEIGHBOURS, "", "某某项目绩效情况表"])
@pytest.mark.parametrize("printed", NEIGHBOURS)
def test_neighbour_is_named_and_not_read(printed: str, title: str) -> None:
    """By its own title, without one, or under one that says nothing."""
    rows, widths = NEIGHBOURS[printed]
    extraction = read(title, rows, widths)
    assert (extraction.tables["forms"], extraction.tables["indicators"]) == ([], [])
    found = finding(extraction, "document.other_form")
    assert (found["severity"], found["page"]) == ("info", 1)
    assert title in str(found["message"])


def test_self_evaluation_by_the_criteria_of_an_evaluation() -> None:
    """What the title calls a self-evaluation is one, whatever its levels are called."""
    rows, widths = NEIGHBOURS["信访业务费项目绩效评价指标体系表"]
    head: Row = ("项目名称", ..., "信访业务费", ..., ..., ...)
    extraction = read("项目支出绩效自评表", (head, *rows), widths)
    assert column(extraction, "forms", "form_kind") == ["self_evaluation"]
    assert table(extraction, "level1", "level1_code")[:2] == [("决策", "other"), ("过程", "other")]


def test_form_after_a_neighbour() -> None:
    rows, widths = NEIGHBOURS["项目支出绩效目标执行监控表"]
    pages = [*pages_of("项目支出绩效目标执行监控表", merged_table(rows, widths)), *lay_out(FORM)]
    extraction = extract(pages)
    assert column(extraction, "forms", "project_name") == ["老年人助餐服务"]
    assert len(rows_of(extraction, "indicators")) == len(FORM.rows)


@pytest.mark.parametrize(
    "title", ["绩效评价指标体系建设项目绩效目标表", "绩效运行监控服务项目绩效目标表", "事前绩效评估经费绩效目标表"]
)
def test_project_that_is_about_a_neighbour(title: str) -> None:
    rows: tuple[Row, ...] = (
        ("项目名称", ..., "评价指标体系建设", ...),
        ("年度资金总额（万元）", ..., "10.00", ...),
        ("年度目标", ..., "建成指标体系。", ...),
        ("一级指标", "二级指标", "三级指标", "指标值"),
        ("产出指标", "数量指标", "事前绩效评估数", "≥5个"),
    )
    extraction = read(title, rows, (90, 90, 120, 80))
    assert column(extraction, "forms", "form_kind") == ["project_target"]
    assert rules(extraction) == []


TRANSFER_WIDTHS: Sequence[float] = (60, 70, 80, 130, 90, 90)
TRANSFER_ROWS: tuple[Row, ...] = (
    ("绩效指标", "一级指标", "二级指标", "三级指标", "指标值", ...),
    (None, "产出指标", "数量指标", "培训信访干部", "≥500人次", ...),
    (None, "效益指标", "社会效益指标", "矛盾化解", "有效", ...),
    (None, "满意度指标", "服务对象满意度指标", "来访人满意度", "≥85%", ...),
)


def test_targets_of_a_region_for_a_transfer() -> None:
    """财预〔2015〕163号."""
    rows: tuple[Row, ...] = (
        ("专项名称", ..., "信访工作补助资金", ..., ..., ...),
        ("中央主管部门", ..., "国家信访局", ..., ..., ...),
        ("省级财政部门", ..., "湖北省财政厅", "省级主管部门", "湖北省信访局", ...),
        ("资金情况（万元）", ..., "年度金额：", "500.00", ..., ...),
        (None, ..., "其中：中央补助", "400.00", ..., ...),
        (None, ..., "地方资金", "100.00", ..., ...),
        ("年度总体目标", "提高信访干部能力。", ..., ..., ..., ...),
        *TRANSFER_ROWS,
    )
    extraction = read("中央对地方转移支付区域绩效目标表", rows, TRANSFER_WIDTHS)
    (form,) = extraction.tables["forms"]
    expected = {
        "form_kind": "project_target",
        "project_name": "信访工作补助资金",
        "department": "国家信访局",
        "annual_total": Decimal(5_000_000),
        "annual_goal": "提高信访干部能力。",
    }
    assert {name: form[name] for name in expected} == expected
    assert [(f["source"], f["label"], f["amount"]) for f in rows_of(extraction, "funds")] == [
        ("total", "年度金额：", Decimal(5_000_000)),
        ("fiscal", "其中：中央补助", Decimal(4_000_000)),
        ("fiscal", "地方资金", Decimal(1_000_000)),
    ]
    assert len(rows_of(extraction, "indicators")) == 3
    assert {"湖北省财政厅", "湖北省信访局"} <= {text for _, text in others(extraction)}
    assert not rules(extraction)


@pytest.mark.parametrize("title", ["转移支付区域绩效自评表", "中央对地方转移支付（项目）绩效自评表"])
def test_self_evaluation_of_a_transfer(title: str) -> None:
    rows: tuple[Row, ...] = (
        ("转移支付（项目）名称", ..., "信访工作补助资金", ..., ..., ...),
        ("中央主管部门", ..., "国家信访局", ..., ..., ...),
        ("地方主管部门", ..., "湖北省信访局", "资金使用单位", "武汉市信访局", ...),
        ("资金投入情况（万元）", ..., "", "全年预算数（A）", "全年执行数（B）", "预算执行率（B/A×100%）"),
        (None, ..., "年度资金总额：", "500.00", "450.00", "90%"),
        (None, ..., "其中：中央财政资金", "400.00", "360.00", "90%"),
        (None, ..., "地方资金", "100.00", "90.00", "90%"),
        ("资金管理情况", "", ..., "情况说明", "存在问题和改进措施", ...),
        (None, "分配科学性", ..., "按因素法分配", "无", ...),
        (None, "下达及时性", ..., "30日内下达", "无", ...),
        ("总体目标完成情况", "总体目标", ..., ..., "全年实际完成情况", ...),
        (None, "提高信访干部能力。", ..., ..., "培训干部520人次。", ...),
        ("绩效指标", "一级指标", "二级指标", "三级指标", "指标值", "全年实际完成值"),
        (None, "产出指标", "数量指标", "培训信访干部", "≥500人次", "520人次"),
        (None, "效益指标", "社会效益指标", "矛盾化解", "有效", "达成预期指标"),
        ("说明", "无", ..., ..., ..., ...),
    )
    extraction = read(title, rows, TRANSFER_WIDTHS)
    (form,) = extraction.tables["forms"]
    assert (form["form_kind"], form["project_name"]) == ("self_evaluation", "信访工作补助资金")
    assert (form["department"], form["implementing_unit"]) == ("国家信访局", "武汉市信访局")
    assert [(f["scope"], f["source"], f["execution_rate"]) for f in rows_of(extraction, "funds")] == [
        ("adjusted_budget", "total", None),
        ("executed", "total", Decimal(90)),
        ("adjusted_budget", "fiscal", None),
        ("executed", "fiscal", Decimal(90)),
        ("adjusted_budget", "fiscal", None),
        ("executed", "fiscal", Decimal(90)),
    ]
    assert table(extraction, "level3", "target", "actual") == [
        ("培训信访干部", "≥500人次", "520人次"),
        ("矛盾化解", "有效", "达成预期指标"),
    ]
    assert form["lifetime_goal"] == "提高信访干部能力。"
    assert ("说明", "无") in others(extraction)
    assert not rules(extraction)
