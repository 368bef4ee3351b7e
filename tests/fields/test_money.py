"""Printed amounts to exact yuan."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fields.money import last_place, money_unit, parse_amount, parse_number
from tests.fuzz import fuzz


@pytest.mark.parametrize(
    ("text", "unit", "yuan"),
    [
        ("800,000", "元", "800000.00"),
        ("  771,325,800.00", "元", "771325800.00"),
        ("0", "元", "0.00"),
        ("0.00", "万元", "0.00"),
        ("238.93", "万元", "2389300.00"),
        ("89.974", "万元", "899740.00"),
        ("6923.3552", "万元", "69233552.00"),
        ("12.345678", "万元", "123456.78"),
        ("0.5", "亿元", "50000000.00"),
        ("3", "千元", "3000.00"),
        ("65", None, "65.00"),
        ("22,614.51万元", "元", "226145100.00"),  # a unit printed with the number wins
        ("1720.00万", "元", "17200000.00"),
        ("3，518.85万元", "元", "35188500.00"),  # full-width thousands separator
        ("968.191 8", "万元", "9681918.00"),
        ("１２３．４５", "元", "123.45"),
        ("-123.45", "元", "-123.45"),
        ("－123.45", "元", "-123.45"),
        ("(123.45)", "元", "-123.45"),
        ("（123.45）", "元", "-123.45"),
        ("10,903,043.00元", None, "10903043.00"),
        ("860,000元整", None, "860000.00"),
        (".5", "万元", "5000.00"),
    ],
)
def test_amount(text: str, unit: str | None, yuan: str) -> None:
    assert parse_amount(text, unit) == Decimal(yuan)
    assert str(parse_amount(text, unit)) == yuan


@pytest.mark.parametrize("text", ["", " ", "—", "——", "-", "－", "/", "*", "无", "见附件", "1.2.3", "12人", "100%"])
def test_no_amount_is_not_zero(text: str) -> None:
    assert parse_amount(text, "万元") is None


@pytest.mark.parametrize(
    ("text", "unit", "yuan"),
    [("1,720.05", "万元", "100"), ("7614.74万元", "元", "100"), ("800,000", None, "1"), ("0.5", "元", "0.1")],
)
def test_last_printed_place_in_yuan(text: str, unit: str | None, yuan: str) -> None:
    assert last_place(text, unit) == Decimal(yuan)


def test_amount_larger_than_the_column_is_none() -> None:
    assert parse_amount("9" * 40, "元") is None


@fuzz(100)
@given(
    st.text() | st.text("0123456789,，.．-－()（）元万亿 ", max_size=40),
    st.sampled_from((None, "元", "千元", "万元", "亿元")),
)
def test_any_text_gives_whole_cents_or_none(text: str, unit: str | None) -> None:
    amount = parse_amount(text, unit)
    assert amount is None or amount == amount.quantize(Decimal("0.01"))
    parse_number(text)


@fuzz(100)
@given(st.decimals(-(10**12), 10**12, places=2))
def test_printed_yuan_round_trip(amount: Decimal) -> None:
    assert parse_amount(f"{amount:,}", "元") == amount


@fuzz(100)
@given(st.decimals(0, 10**9, places=6))
def test_printed_ten_thousands_round_trip(amount: Decimal) -> None:
    assert parse_amount(f"{amount:.6f}", "万元") == amount * 10_000


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("项目资金\n（万元）", "万元"),
        ("项目资金(元)", "元"),
        ("单位：万元", "万元"),
        ("金额单位:元", "元"),
        ("预算金额（单位：亿元）", "亿元"),
        ("项目资金", None),
        ("元旦活动", None),
    ],
)
def test_unit_of_a_label(text: str, unit: str | None) -> None:
    assert money_unit(text) == unit


@pytest.mark.parametrize(
    ("text", "number"),
    [("10", "10"), ("9.5分", "9.5"), ("99.43%", "99.43"), ("１０", "10"), ("-1.5", "-1.5"), ("—", None), ("优", None)],
)
def test_weight_or_score(text: str, number: str | None) -> None:
    assert parse_number(text) == (Decimal(number) if number else None)
