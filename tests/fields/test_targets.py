"""Targets: kind, operator, value and unit. What is not printed is not invented."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fields.targets import parse_target
from pipeline.text import key
from tests.fuzz import fuzz


@pytest.mark.parametrize(
    ("text", "operator", "value", "unit"),
    [
        ("=1000人次", "=", "1000", "人次"),
        (">=2000人", ">=", "2000", "人"),
        ("=>19家", ">=", "19", "家"),
        ("＝53人", "=", "53", "人"),
        ("=100%", "=", "100", "%"),
        ("≥90％", ">=", "90", "%"),
        ("≧90%", ">=", "90", "%"),
        ("≦5%", "<=", "5", "%"),
        ("＞＝3次", ">=", "3", "次"),
        (">95%", ">", "95", "%"),
        ("<3天", "<", "3", "天"),
        ("≈20个", "~", "20", "个"),
        ("=100.00(%)", "=", "100.00", "%"),
        ("≥13459.00(平方米)", ">=", "13459.00", "平方米"),
        ("≥100百分比", ">=", "100", "%"),
        ("≤ 30 万元", "<=", "30", "万元"),
        ("≥1,000人", ">=", "1000", "人"),
        ("≥80M", ">=", "80", "M"),
        ("≥400 个", ">=", "400", "个"),
        ("10辆", None, "10", "辆"),
        ("985米", None, "985", "米"),
        ("0起", None, "0", "起"),
        ("100%", None, "100", "%"),
        ("250万", None, "250", "万"),
        ("292%", None, "292", "%"),
        ("88100", None, "88100", None),
        ("超13万元/年", ">", "13", "万元/年"),
        ("超过5次", ">", "5", "次"),
        ("大于95%", ">", "95", "%"),
        ("大于等于95%", ">=", "95", "%"),
        ("不低于95%", ">=", "95", "%"),
        ("不少于12个", ">=", "12", "个"),
        ("至少2次", ">=", "2", "次"),
        ("不高于5%", "<=", "5", "%"),
        ("不超过30万元", "<=", "30", "万元"),
        ("至多3次", "<=", "3", "次"),
        ("控制在30万元以内", "<=", "30", "万元"),
        ("95%以上", ">=", "95", "%"),
        ("5%以下", "<=", "5", "%"),
        ("50人左右", "~", "50", "人"),
        ("约50人", "~", "50", "人"),
        ("≥3年", ">=", "3", "年"),
        ("12个月", None, "12", "个月"),
        ("10余次", None, "10", "次"),
        ("20多家", None, "20", "家"),
    ],
)
def test_numeric(text: str, operator: str | None, value: str, unit: str | None) -> None:
    target = parse_target(text)
    assert (target.kind, target.operator, target.value, target.unit) == ("numeric", operator, Decimal(value), unit)
    assert target.text == text
    assert target.value_high is None


@pytest.mark.parametrize(
    ("cells", "text", "operator", "value", "unit"),
    [
        (("100", "=", "%"), "=100%", "=", "100", "%"),
        (("12", "＝", "期"), "＝12期", "=", "12", "期"),
        (("95", "≥", "(%)"), "≥95(%)", ">=", "95", "%"),
        (("1,000.50", "≤", "元/人"), "≤1,000.50元/人", "<=", "1000.50", "元/人"),
        (("3", "", "个"), "3个", None, "3", "个"),
        (("3", None, "个"), "3个", None, "3", "个"),
        (("3", "定量", "个"), "3个", None, "3", "个"),
        (("3", "≥", None), "≥3", ">=", "3", None),
        (("3", "大于等于", "次"), "大于等于3次", ">=", "3", "次"),
    ],
)
def test_three_cells(
    cells: tuple[str, str | None, str | None], text: str, operator: str | None, value: str, unit: str | None
) -> None:
    target = parse_target(*cells)
    assert (target.text, target.kind, target.operator) == (text, "numeric", operator)
    assert (target.value, target.unit) == (Decimal(value), unit)


@pytest.mark.parametrize(
    ("cells", "text", "kind"),
    [
        (("优良中低差", "定性", ""), "优良中低差", "qualitative"),
        (("有效提升", "定性", None), "有效提升", "qualitative"),
        ((None, "定性", None), None, "empty"),
    ],
)
def test_qualitative_sign_is_not_joined(cells: tuple[str | None, str, str | None], text: str | None, kind: str) -> None:
    target = parse_target(*cells)
    assert (target.text, target.kind, target.operator, target.value) == (text, kind, None, None)


@pytest.mark.parametrize(
    "text",
    [
        *("及时", "是", "无", "优良", "达标", "全覆盖", "健全和有效", "明显", "不超预算", "符合相关规定", "按季度"),
        *("严格执行相关制度规定", "在项目计划完成时间内完成", "完成5000吨稻谷和500吨成品粮的轮换"),
    ],
)
def test_qualitative(text: str) -> None:
    target = parse_target(text)
    assert (target.text, target.kind, target.operator, target.value) == (text, "qualitative", None, None)


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("90%-95%", "90", "95", "%"),
        ("80～90分", "80", "90", "分"),
        ("5-8天", "5", "8", "天"),
        ("5—8天", "5", "8", "天"),
        ("10至20人", "10", "20", "人"),
        ("300±10", "290", "310", None),
    ],
)
def test_range(text: str, low: str, high: str, unit: str | None) -> None:
    target = parse_target(text)
    assert (target.kind, target.operator) == ("range", "between")
    assert (target.value, target.value_high, target.unit) == (Decimal(low), Decimal(high), unit)


@pytest.mark.parametrize(
    ("text", "operator", "day"),
    [
        ("2023年12月31日前", "<=", date(2023, 12, 31)),
        ("2023年6月底前", "<=", date(2023, 6, 30)),
        ("2023年12月", None, date(2023, 12, 31)),
        ("≤2024年3月31日", "<=", date(2024, 3, 31)),
        ("2023年底前", "<=", date(2023, 12, 31)),
        ("12月底前", "<=", None),
        ("2023.07-2024.01", None, date(2024, 1, 31)),
        ("9-12月", None, None),
    ],
)
def test_date(text: str, operator: str | None, day: date | None) -> None:
    target = parse_target(text)
    assert (target.kind, target.operator, target.on, target.value) == ("date", operator, day, None)


@pytest.mark.parametrize(
    ("text", "operator", "value", "unit"),
    [
        ("1次/月", None, "1", "次/月"),
        ("≥4次/年", ">=", "4", "次/年"),
        ("每季度1次", None, "1", "次/季"),
        ("每年至少2次", ">=", "2", "次/年"),
    ],
)
def test_frequency(text: str, operator: str | None, value: str, unit: str) -> None:
    target = parse_target(text)
    assert (target.kind, target.operator, target.value) == ("frequency", operator, Decimal(value))
    assert (target.unit or "").replace("季度", "季") == unit


@pytest.mark.parametrize(
    ("text", "operator"), [("**人", None), ("≥**%", ">="), ("XX", None), ("××", None), ("......", None), ("…", None)]
)
def test_placeholder(text: str, operator: str | None) -> None:
    target = parse_target(text)
    assert (target.kind, target.operator, target.value) == ("placeholder", operator, None)


@pytest.mark.parametrize("text", [None, "", " ", "-", "—", "－", "/", "——", "-—", "空"])
def test_empty(text: str | None) -> None:
    target = parse_target(text)
    assert (target.kind, target.operator, target.value) == ("empty", None, None)


@pytest.mark.parametrize("text", ["=100％", "100%%", "2026年1-12月月", "受益人数 ≤6个", "1.2.3.4次", "第2023001号"])
def test_odd_targets_are_kept_as_printed(text: str) -> None:
    assert parse_target(text).text == text


PRINTED = {
    "=": r"= 等于",
    ">=": "≥ >= => 大于等于 大于或等于 不低于 不少于 不小于 至少 以上",
    ">": "> 超 大于 高于 多于",
    "<=": "≤ <= =< 小于等于 小于或等于 不高于 不超过 不大于 不多于 至多 以下 内 前",
    "<": "< 小于 低于 少于",
    "~": "≈ ~ ± 约 左右",
    "between": "- ~ 至 到 ±",
}
LETTERS = "0123456789.,%≥≤<>=＝＞～-—±*/×人次元万年月日前底内以上下约超过不低于少大小等至及时每季(（)） \n"
TEXTS = st.text() | st.text(LETTERS, max_size=16)


@fuzz(500)
@given(TEXTS)
def test_no_operator_without_a_sign_or_word_for_it(text: str) -> None:
    target = parse_target(text)
    if target.operator is not None:
        assert any(sign in key(text) for sign in PRINTED[target.operator].split())
    assert target.text == (text or None)


@fuzz(100)
@given(TEXTS, TEXTS | st.none(), TEXTS | st.none())
def test_three_cells_never_raise_nor_invent(text: str, operator: str | None, unit: str | None) -> None:
    target = parse_target(text, operator, unit)
    printed = key(text + (operator or "") + (unit or ""))
    assert target.operator is None or any(sign in printed for sign in PRINTED[target.operator].split())


@fuzz(100)
@given(st.sampled_from("≥≤=><"), st.decimals(0, 10**9, places=2), st.sampled_from(("人", "%", "万元")))
def test_sign_number_and_unit_round_trip(sign: str, value: Decimal, unit: str) -> None:
    target = parse_target(f"{sign}{value}{unit}")
    assert (target.kind, target.operator) == ("numeric", {"≥": ">=", "≤": "<="}.get(sign, sign))
    assert (target.value, target.unit) == (value, unit)
