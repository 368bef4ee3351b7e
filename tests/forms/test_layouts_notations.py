"""How values, amounts, periods, names and levels are written in forms all over the country, notation by notation."""

from datetime import date
from decimal import Decimal

import pytest

from pipeline.dictionaries import load_knowledge
from pipeline.fields.dates import parse_dates
from pipeline.fields.levels import classify
from pipeline.fields.money import parse_amount
from pipeline.fields.names import split_organ, split_project
from pipeline.fields.targets import parse_target
from tests.layouts import cells, funds, only_form, read, rules, yuan

TAXONOMY = load_knowledge().taxonomy

# texts, divided by blanks: kind, operator, number, unit
TARGETS = (
    ("=1000人次", "numeric", "=", "1000", "人次"),
    (">=2000人 ≥2000人 ≧2000人 ⩾2000人 =>2000人 ＞＝2000人 >＝2000人 ＞=2000人", "numeric", ">=", "2000", "人"),
    ("<=3天 ≤3天 ≦3天 ⩽3天 ＜＝3天", "numeric", "<=", "3", "天"),
    ("=100% ＝100% =100％ =１００% =100.00(%) =100.00（%）", "numeric", "=", "100", "%"),
    ("≥100百分比 ≥100.00% 大于等于100% 不低于100%", "numeric", ">=", "100", "%"),
    ("≤65万元 ≤６５万元 ≤65.00万元 不超过65万元 不高于65万元", "numeric", "<=", "65", "万元"),
    ("控制在65万元以内 65万元以下", "numeric", "<=", "65", "万元"),
    ("不少于10次 至少10次 10次以上", "numeric", ">=", "10", "次"),
    ("80M", "numeric", None, "80", "M"),
    ("10辆", "numeric", None, "10", "辆"),
    ("985米", "numeric", None, "985", "米"),
    ("0起", "numeric", None, "0", "起"),
    ("250万", "numeric", None, "250", "万"),
    ("100% 100％", "numeric", None, "100", "%"),
    ("超13万元/年 超过13万元/年 大于13万元/年 >13万元/年", "numeric", ">", "13", "万元/年"),
    ("<5% ＜5% 小于5% 低于5%", "numeric", "<", "5", "%"),
    ("≈50人 约50人 50人左右", "numeric", "~", "50", "人"),
    ("≥1,000标箱 ≥1，000标箱", "numeric", ">=", "1000", "标箱"),
    ("≤5元/人·月", "numeric", "<=", "5", "元/人·月"),
    ("292%", "numeric", None, "292", "%"),
    ("2280次", "numeric", None, "2280", "次"),
    ("88100", "numeric", None, "88100", None),
    ("**人 XX ×× ** …… XX%", "placeholder", None, None, None),
    ("≥**% ≥XX%", "placeholder", ">=", None, None),
    ("及时 是 有 无 高 优良 合格 达标 可控 合理 有效 规范 健全 全覆盖 增强 提升 提高", "qualitative", None, None, None),
    ("降低 减少 保障 维护 体现 弘扬 健全和有效 明显 效果明显 不超预算", "qualitative", None, None, None),
    ("符合相关规定 严格执行相关制度规定 优 良 中 低 差 按季度", "qualitative", None, None, None),
    ("在项目计划完成时间内完成", "qualitative", None, None, None),
    ("12月底前 12月31日前 6月底之前", "date", "<=", None, None),
    ("9-12月", "date", None, None, None),
    ("1次/月 每月1次", "frequency", None, "1", "次/月"),
    ("4次/年 每年4次", "frequency", None, "4", "次/年"),
    ("每季度1次 1次/季度", "frequency", None, "1", "次/季度"),
    ("— － / * 空 —— -— —- ― ──", "empty", None, None, None),
)
RANGES = (
    ("90%-95% 90-95% 90%—95% 90%–95% 90%~95% 90%～95% 90%至95%", 90, 95, "%"),
    ("80～90分 80-90分", 80, 90, "分"),
    ("5-8天 5至8天", 5, 8, "天"),
    ("300±10", 290, 310, None),
)
DATES = (
    ("2023年12月31日前", "<=", date(2023, 12, 31)),
    ("2023年12月31日之前", "<=", date(2023, 12, 31)),
    ("2023/12/31前", "<=", date(2023, 12, 31)),
    ("2023年6月底前", "<=", date(2023, 6, 30)),
    ("2023.07-2024.01", None, date(2024, 1, 31)),
)


@pytest.mark.parametrize(
    ("text", "kind", "operator", "number", "unit"),
    [(text, *expected) for texts, *expected in TARGETS for text in texts.split()],
)
def test_target(text: str, kind: str, operator: str | None, number: str | None, unit: str | None) -> None:
    """An operator only where one is printed; 全覆盖 is no 100 %, and 无 says that something is to be none."""
    target = parse_target(text)
    assert (target.text, target.kind, target.operator, target.unit) == (text, kind, operator, unit)
    assert target.value == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"), [(text, *expected) for texts, *expected in RANGES for text in texts.split()]
)
def test_range(text: str, low: int, high: int, unit: str | None) -> None:
    target = parse_target(text)
    assert (target.kind, target.operator, target.unit) == ("range", "between", unit)
    assert (target.value, target.value_high) == (Decimal(low), Decimal(high))


@pytest.mark.parametrize(("text", "operator", "day"), DATES)
def test_date(text: str, operator: str | None, day: date) -> None:
    target = parse_target(text)
    assert (target.kind, target.operator, target.on) == ("date", operator, day)


@pytest.mark.parametrize(
    ("cells", "text", "operator", "unit"),
    [
        (("100", "=", "%"), "=100%", "=", "%"),
        (("100", "≥", "百分比"), "≥100百分比", ">=", "%"),
        (("100", None, "％"), "100％", None, "%"),
        (("100", "", "米"), "100米", None, "米"),
    ],
)
def test_target_in_three_cells(cells: tuple[str, str | None, str], text: str, operator: str | None, unit: str) -> None:
    """An unsigned number takes the sign of its own column, and none where that is blank."""
    target = parse_target(*cells)
    assert (target.text, target.operator, target.value, target.unit) == (text, operator, Decimal(100), unit)


# amount as printed, unit of the form, yuan
AMOUNTS = (
    ("800,000", "元", "800000"),
    ("  771,325,800.00", "元", "771325800"),
    ("0.00", "万元", "0"),
    ("250000.00", "元", "250000"),
    ("215,457.6", "元", "215457.60"),
    ("89.974", "万元", "899740"),
    ("6923.3552", "万元", "69233552"),
    ("10606.7522万元", None, "106067522"),
    ("12.345678", "万元", "123456.78"),
    ("250万", "元", "2500000"),
    ("1720.00万", None, "17200000"),
    ("968.191 8", "万元", "9681918"),
    ("3，518.85万元", None, "35188500"),
    ("22,614.51万元", "元", "226145100"),
    ("－123.45", "元", "-123.45"),
    ("(123.45)", "元", "-123.45"),
    *((blank, "万元", None) for blank in ("", "—", "——", "/", "*", "-", "－")),
)
DAY, MONTH, YEAR = "day", "month", "year"
PERIODS = (
    ("2023-01-01", date(2023, 1, 1), date(2023, 1, 1), DAY),
    ("2026/1/1", date(2026, 1, 1), date(2026, 1, 1), DAY),
    ("20190101 到 20191231", date(2019, 1, 1), date(2019, 12, 31), DAY),
    ("2023.1.1-2023.12.31", date(2023, 1, 1), date(2023, 12, 31), DAY),
    ("2023年4月-2024年2月", date(2023, 4, 1), date(2024, 2, 29), MONTH),
    ("2023.07-2024.01", date(2023, 7, 1), date(2024, 1, 31), MONTH),
    ("2015 年 1 月1 日 —— 2015 年 12 月 31 日", date(2015, 1, 1), date(2015, 12, 31), DAY),
    ("（2023 年 - 2023年）", date(2023, 1, 1), date(2023, 12, 31), YEAR),
    ("2021年度", date(2021, 1, 1), date(2021, 12, 31), YEAR),
)


@pytest.mark.parametrize(("text", "unit", "yuan"), AMOUNTS)
def test_amount(text: str, unit: str | None, yuan: str | None) -> None:
    """Blank is not 0."""
    assert parse_amount(text, unit) == (None if yuan is None else Decimal(yuan))


@pytest.mark.parametrize(("text", "first", "last", "precision"), PERIODS)
def test_period(text: str, first: date, last: date, precision: str) -> None:
    found = parse_dates(text)
    assert (found[0].first(), found[-1].last(), found[-1].precision) == (first, last, precision)


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("219001-市住房和城乡建设局", "219001", "市住房和城乡建设局"),
        ("[101]市财政局", "101", "市财政局"),
        ("101-市财政局（本级）", "101", "市财政局（本级）"),
        ("普陀区城市管理行政执法局（部门）", None, "普陀区城市管理行政执法局（部门）"),
    ],
)
def test_unit(text: str, code: str | None, name: str) -> None:
    assert split_organ(text) == (code, name)


def test_project_code() -> None:
    assert split_project("51000021R000000019951-工资性支出") == ("51000021R000000019951", "工资性支出")


# level 1, level 2 as printed: their codes
LEVELS = (
    ("产出(工作量)指标", "数量", "output", "quantity"),
    ("产品指标", "质量指标", "output", "quality"),
    ("产出", "进度指标", "output", "timeliness"),
    ("产出指标(50分)", "时效目标", "output", "timeliness"),
    ("产出指标", "经济成本", "output", "economic_cost"),
    ("效果指标", "环境效益指标", "outcome", "ecological"),
    ("项目效益", "生态环境效益", "outcome", "ecological"),
    ("效益指标（30分）", "可持 续影 响指标", "outcome", "sustainability"),
    ("效益", "可持续发展影响指标", "outcome", "sustainability"),
    ("效益指标", "可持续性指标", "outcome", "sustainability"),
    ("效益指标", "绩效 指标", "outcome", "other"),
    ("效益指标", "社会公众或服务对象满意度指标", "outcome", "satisfaction"),
    ("社会公众或服务对象满意度指标", "社会公众或服务对象满意度指标指标", "satisfaction", "satisfaction"),
    ("满意度指标(10)分", "社会公众满意度", "satisfaction", "satisfaction"),
    ("满意度", "受益对象满意度", "satisfaction", "satisfaction"),
    ("成本指标(0-20)分", "生态环境⏎成本指标".replace("⏎", "\n"), "cost", "ecological_cost"),
    ("投入指标", "资金到位率", "other", "other"),
    ("过程指标", "资金管理", "other", "other"),
    ("管理指标", "资金管理", "other", "other"),
    ("决策指标", "项目立项", "other", "other"),
)


@pytest.mark.parametrize(("level1", "level2", "code1", "code2"), LEVELS)
def test_levels(level1: str, level2: str, code1: str, code2: str) -> None:
    found = classify(TAXONOMY, level1, level2)
    assert (found.level1_code, found.level2_code, found.belongs) == (code1, code2, True)


def test_levels_of_a_form_stay_as_printed() -> None:
    """Broken over lines, with weights, or missing: what is printed is kept, and only the code is inferred."""
    rows = (
        ("项目名称", "造林", ..., ...),
        ("年度目标", "造林1000亩。", ..., ...),
        ("一级指标", "二级指标", "三级指标", "指标值"),
        ("", "生态环境成本指标", "农药用量", "≤5公斤/亩"),
        ("产品指标(50分)", "数量", "造林面积", "≥1000亩"),
        ("效果指标", "可持续影响指标指标", "成活年限", "长期"),
    )
    extraction = read("项目绩效目标表", rows, (60, 50, 110, 110), "（2024年度）")
    assert only_form(extraction)["fiscal_year"] == 2024
    assert cells(extraction, "level1", "level2", "level1_code", "level2_code", "level_inferred") == [
        (None, "生态环境成本指标", "cost", "ecological_cost", True),
        ("产品指标(50分)", "数量", "output", "quantity", False),
        ("效果指标", "可持续影响指标指标", "outcome", "sustainability", False),
    ]


def test_amounts_in_the_cells_of_their_labels() -> None:
    """资金总额：60 in one cell, as forms from a word processor print it."""
    rows = (
        ("项目名称", "集镇改造", ...),
        ("项目资金（万元）", "资金总额：60.5", "财政拨款：60.5"),
        ("年度目标", "完成改造。", ...),
        ("一级指标", "三级指标", "指标值"),
        ("产出指标", "改造面积", "≥2000平方米"),
    )
    extraction = read("项目绩效目标表", rows, (110, 170, 170), "（2021年度）")
    assert funds(extraction) == [("annual", "total", yuan("605000")), ("annual", "fiscal", yuan("605000"))]
    assert rules(extraction) == set()
