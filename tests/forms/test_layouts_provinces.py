"""Forms of provinces whose layouts are known from descriptions: drawn as described, and read back."""

from datetime import date
from decimal import Decimal

import pytest

from tests.documents import others
from tests.generator.spans import Row
from tests.layouts import cells, funds, only_form, read, rules, yuan

SHANGHAI_2026: tuple[Row, ...] = (
    ("项目名称", ..., "街道助老服务", "项目类别", "特定目标类"),
    ("主管部门", ..., "普陀区民政局", "实施单位", "普陀区养老服务中心"),
    ("项目性质", ..., "经常性项目", ..., ...),
    ("计划开始日期", ..., "2026/1/1", "计划完成日期", "2028/12/31"),
    ("项目资金(元)", "项目资金总额", "2,400,000.00", "年度资金申请总额", "800,000.00"),
    (None, "其中：财政资金", "2,400,000.00", "其中：当年财政拨款", "750,000.00"),
    (None, None, None, "上年结转资金", "50,000.00"),
    (None, "其他资金", "0.00", "其他资金", "0.00"),
    ("项目绩效目标", "项目总目标（2026年-2028年）", ..., "年度总体目标", ...),
    (None, "三年内形成助餐网络。", ..., "全年为1000名老年人提供助餐服务。", ...),
    ("绩效指标", "一级指标", "二级指标", "三级指标", "年度(/项目)指标值"),
    (None, "成本指标", "经济成本指标", "助餐补贴标准", "≤5.00(元/人·次)"),
    (None, None, "生态环境成本指标", "餐具回收率", "=100.00(%)"),
    (None, "产出指标", "数量指标", "助餐人数", "≥1000.00(人)"),
    (None, None, "时效指标", "送餐及时性", "及时"),
    (None, "满意度指标", "服务对象满意度指标", "老年人满意度", "≥90.00(%)"),
)
SICHUAN: tuple[Row, ...] = (
    ("项目名称", "51000021R000000019951-工资性支出", *[...] * 6),
    ("主管部门", "305-省民政厅", ..., "实施单位", "305001-四川省民政厅机关", ..., ..., ...),
    ("项目资金（万元）", "年度资金总额", ..., "100.50", *[...] * 4),
    (None, "财政资金", ..., "80.50", *[...] * 4),
    (None, "财政专户管理资金", ..., "10.00", *[...] * 4),
    (None, "单位资金", ..., "8.00", *[...] * 4),
    (None, "其他资金", ..., "2.00", *[...] * 4),
    ("总体目标", "严格执行相关政策，保障工资及时、足额发放。（100字以内）", *[...] * 6),
    ("绩效指标", "一级指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位", "权重"),
    (None, "产出指标", "数量指标", "发放人数", "＝", "120", "人", "30"),
    (None, None, "质量指标", "足额保障率", "＝", "100", "%", "30"),
    (None, "效益指标", "社会效益指标", "运转保障", "定性", "好坏", "", "20"),
    (None, "满意度指标", "满意度指标", "职工满意度", "≥", "95", "%", "10"),
)
NEIJIANG: tuple[Row, ...] = (
    ("部门名称", ..., "101-内江市民政局", ..., ...),
    ("年度主要任务", "任务名称", ..., "主要内容", ...),
    (None, "养老服务", ..., "建设社区食堂", ...),
    ("年度部门整体支出预算（万元）", "资金总额", ..., "财政拨款", "其他资金"),
    (None, "1,200.00", ..., "1,000.00", "200.00"),
    ("年度总体目标", "保障老年人的生活。", ..., ..., ...),
    ("年度绩效指标", "一级指标", "二级指标", "三级指标", "指标值（包含数字及文字描述）"),
    (None, "产出指标", "数量指标", "社区食堂", "≥20个"),
    (None, "效益指标", "社会效益指标", "老年人生活", "明显改善"),
)
CHONGQING: tuple[Row, ...] = (
    ("项目名称", "困难群众救助", ..., "业务主管部门", "重庆市民政局", ..., ..., ...),
    ("当年预算", "360.00", ..., "财政资金科目代码", "2082001", ..., ..., ...),
    ("项目概况", "为困难群众发放补助。", *[...] * 6),
    ("当年绩效目标", "按时足额发放。", *[...] * 6),
    ("绩效指标", "一级指标", "二级指标", "三级指标", "指标值", "权重", "指标解释", "备注"),
    (None, "成本指标(0-20)分", "经济成本指标", "人均补助", "≤3000元", "20", "补助总额除以人数", ""),
    (None, "产出指标(40-50)分", "数量指标", "救助人数", "≥1200人", "50", "实际救助的人数", "按月"),
    (None, "效益指标(20-30)分", "社会效益指标", "生活水平", "提高", "20", "问卷", ""),
    (None, "满意度指标(10)分", "服务对象满意度指标", "满意度", "≥90%", "10", "问卷", ""),
)
CHONGQING_OLD: tuple[Row, ...] = (
    ("项目名称", "智慧养老", ..., "业务主管部门", "重庆市民政局", ...),
    ("当年预算（万元）", "50", ..., "预算执行率权重(%)", "10", ...),
    ("项目概况", "建设信息平台。", *[...] * 4),
    ("当年绩效目标", "平台上线。", *[...] * 4),
    ("绩效指标", "指标名称", "指标权重", "计量单位", "运算符号", "指标值"),
    (None, "平台个数", "60", "个", "＝", "1"),
    (None, "用户满意度", "30", "%", "≥", "90"),
)
HUNAN: tuple[Row, ...] = (
    ("项目支出名称", ..., "儿童福利院改造", "项目属性", "延续项目", ...),
    ("主管部门", ..., "湖南省民政厅", "项目支出实施期", "2023.07-2024.01", ...),
    ("资金总额", ..., "600", "其中：财政拨款", "600", ...),
    ("实施期绩效目标", ..., "完成全部楼栋的改造。", ..., ..., ...),
    ("本年度绩效目标", ..., "完成两栋楼的改造。", ..., ..., ...),
    ("绩效指标", "一级指标", "二级指标", "三级指标", "指标值及单位", "绩效标准"),
    (None, "产出指标", "数量指标", "改造楼栋", "2栋", "计划标准"),
    (None, None, "质量指标", "验收合格率", "100%", "行业标准"),
    (None, "效益指标", "社会效益指标", "居住条件", "改善", "历史标准"),
    (None, None, "社会公众或服务对象满意度指标", "儿童满意度", "≥95%", "计划标准"),
)


def test_shanghai_since_2026() -> None:
    """Costs as level 1, percent in brackets, dates with slashes, 项目性质 and a heading with a slash in it."""
    widths = (60, 85, 110, 120, 140)
    extraction = read("财政项目支出绩效目标申报表", SHANGHAI_2026, widths, "（2026年度）")
    expected = {
        "layout": "shanghai-district-target",
        "fiscal_year": 2026,
        "project_name": "街道助老服务",
        "project_category": "特定目标类",
        "project_nature": "经常性项目",
        "department": "普陀区民政局",
        "implementing_unit": "普陀区养老服务中心",
        "start_date": date(2026, 1, 1),
        "end_date": date(2028, 12, 31),
        "lifetime_total": yuan("2400000"),
        "lifetime_fiscal": yuan("2400000"),
        "lifetime_other": yuan("0"),
        "annual_total": yuan("800000"),
        "annual_fiscal": yuan("750000"),
        "annual_carryover": yuan("50000"),
        "annual_other": yuan("0"),
        "lifetime_goal": "三年内形成助餐网络。",
        "annual_goal": "全年为1000名老年人提供助餐服务。",
    }
    assert expected.items() <= only_form(extraction).items()
    assert cells(extraction) == [
        ("成本指标", "经济成本指标", "助餐补贴标准", "≤5.00(元/人·次)"),
        ("成本指标", "生态环境成本指标", "餐具回收率", "=100.00(%)"),
        ("产出指标", "数量指标", "助餐人数", "≥1000.00(人)"),
        ("产出指标", "时效指标", "送餐及时性", "及时"),
        ("满意度指标", "服务对象满意度指标", "老年人满意度", "≥90.00(%)"),
    ]
    assert cells(extraction, "level1_code", "target_value", "target_unit")[:3] == [
        ("cost", Decimal("5.00"), "元/人·次"),
        ("cost", Decimal("100.00"), "%"),
        ("output", Decimal("1000.00"), "人"),
    ]
    assert rules(extraction) == set()


def test_sichuan() -> None:
    """A report number above the title, four kinds of money, targets in three columns, a hint left in a cell."""
    widths = (60, 75, 75, 90, 50, 55, 50, 45)
    lines = ("报表编号:510000_0013zp", "（2024年度）")
    extraction = read("部门预算项目绩效目标表", SICHUAN, widths, *lines)
    expected = {
        "title": "部门预算项目绩效目标表",
        "project_code": "51000021R000000019951",
        "project_name": "工资性支出",
        "department_code": "305",
        "department": "省民政厅",
        "implementing_unit": "四川省民政厅机关",
        "lifetime_goal": "严格执行相关政策，保障工资及时、足额发放。",
    }
    assert expected.items() <= only_form(extraction).items()
    assert funds(extraction) == [
        ("annual", "total", yuan("1005000")),
        ("annual", "fiscal", yuan("805000")),
        ("annual", "special_account", yuan("100000")),
        ("annual", "other", yuan("80000")),
        ("annual", "other", yuan("20000")),
    ]
    assert cells(extraction) == [
        ("产出指标", "数量指标", "发放人数", "＝120人"),
        ("产出指标", "质量指标", "足额保障率", "＝100%"),
        ("效益指标", "社会效益指标", "运转保障", "好坏"),
        ("满意度指标", "满意度指标", "职工满意度", "≥95%"),
    ]
    assert [weight for (weight,) in cells(extraction, "weight")] == [30, 30, 20, 10]
    assert rules(extraction) == set()


def test_goal_that_is_a_hint_of_the_template_is_none() -> None:
    hint: Row = ("总体目标", "（100字以内）", *[...] * 6)
    rows = [hint if row[0] == "总体目标" else row for row in SICHUAN]
    extraction = read("部门预算项目绩效目标表", rows, (60, 75, 75, 90, 50, 55, 50, 45), "（2024年度）")
    assert rules(extraction) == {"form.no_goal"}


def test_neijiang_department() -> None:
    extraction = read("部门整体目标填报表", NEIJIANG, (70, 75, 75, 120, 120), "（2024年度）")
    form = only_form(extraction)
    assert (form["form_kind"], form["department_code"], form["department"]) == (
        "department_overall",
        "101",
        "内江市民政局",
    )
    assert [form[f"annual_{source}"] for source in ("total", "fiscal", "other")] == [
        yuan("12000000"),
        yuan("10000000"),
        yuan("2000000"),
    ]
    assert cells(extraction) == [
        ("产出指标", "数量指标", "社区食堂", "≥20个"),
        ("效益指标", "社会效益指标", "老年人生活", "明显改善"),
    ]
    assert not rules(extraction)


@pytest.mark.parametrize("line", ["预算单位：市社会救助中心 金额单位：万元", "预算单位：市社会救助中心金额单位：万元"])
def test_chongqing(line: str) -> None:
    """Unit of the budget and of the amounts on one line, whatever stands between them; weights within level 1."""
    extraction = read("2024年市级项目绩效目标表", CHONGQING, (60, 75, 85, 85, 60, 40, 85, 40), line)
    expected = {
        "fiscal_year": 2024,
        "department": "重庆市民政局",
        "implementing_unit": "市社会救助中心",
        "amount_unit": "万元",
        "annual_total": yuan("3600000"),
        "annual_goal": "按时足额发放。",
    }
    assert expected.items() <= only_form(extraction).items()
    assert cells(extraction, "level1", "level1_code", "level3", "target", "weight", "remark") == [
        ("成本指标(0-20)分", "cost", "人均补助", "≤3000元", 20, None),
        ("产出指标(40-50)分", "output", "救助人数", "≥1200人", 50, "按月"),
        ("效益指标(20-30)分", "outcome", "生活水平", "提高", 20, None),
        ("满意度指标(10)分", "satisfaction", "满意度", "≥90%", 10, None),
    ]
    assert not rules(extraction)


def test_chongqing_before() -> None:
    """Without levels; the weight of the execution has no column in the tables."""
    line = "编制单位：重庆市民政局（本级） 2021年"
    extraction = read("项目绩效目标表（一级项目）", CHONGQING_OLD, (60, 125, 70, 70, 70, 70), line)
    expected = {
        "fiscal_year": 2021,
        "project_name": "智慧养老",
        "department": "重庆市民政局",
        "implementing_unit": "重庆市民政局（本级）",
        "annual_total": yuan("500000"),
        "annual_goal": "平台上线。",
    }
    assert expected.items() <= only_form(extraction).items()
    assert cells(extraction, "level1", "level3", "target", "weight") == [
        (None, "平台个数", "＝1个", 60),
        (None, "用户满意度", "≥90%", 30),
    ]
    assert ("预算执行率权重(%)", "10") in others(extraction)


def test_hunan() -> None:
    """绩效标准 beside 指标值及单位 says what the target is measured by."""
    widths = (60, 75, 95, 110, 90, 80)
    extraction = read("2023年项目支出绩效目标表", HUNAN, widths, "填报单位：湖南省民政厅本级 单位：万元")
    expected = {
        "project_name": "儿童福利院改造",
        "project_nature": "延续项目",
        "department": "湖南省民政厅",
        "implementing_unit": "湖南省民政厅本级",
        "start_date": date(2023, 7, 1),
        "end_date": date(2024, 1, 31),
        "amount_unit": "万元",
        "annual_total": yuan("6000000"),
        "annual_fiscal": yuan("6000000"),
        "lifetime_goal": "完成全部楼栋的改造。",
        "annual_goal": "完成两栋楼的改造。",
    }
    assert expected.items() <= only_form(extraction).items()
    assert cells(extraction) == [
        ("产出指标", "数量指标", "改造楼栋", "2栋"),
        ("产出指标", "质量指标", "验收合格率", "100%"),
        ("效益指标", "社会效益指标", "居住条件", "改善"),
        ("效益指标", "社会公众或服务对象满意度指标", "儿童满意度", "≥95%"),
    ]
    assert cells(extraction, "level1_code", "level2_code")[-1] == ("outcome", "satisfaction")
    assert rules(extraction) == {"dates.imprecise"}
