"""Targets that mix months, powers, several values and sentences, each as a real form printed it."""

from datetime import date
from decimal import Decimal

import pytest

from pipeline.fields.dates import parse_dates
from pipeline.fields.targets import parse_target


@pytest.mark.parametrize(
    ("text", "operator", "number", "unit"),
    [
        ("≥750㎡", ">=", "750", "㎡"),  # NFKC makes two characters of the unit
        ("≤14元/m2/月", "<=", "14", "元/㎡/月"),
        ("≥95%.", ">=", "95", "%"),
        ("≥5%使市属国企减轻负担", ">=", "5", "%"),
        ("1-12月执行率≥95%", ">=", "95", "%"),
        ("完成率≥95%", ">=", "95", "%"),
    ],
)
def test_number_among_other_things(text: str, operator: str, number: str, unit: str) -> None:
    target = parse_target(text)
    assert (target.kind, target.operator, target.value, target.unit) == ("numeric", operator, Decimal(number), unit)


@pytest.mark.parametrize(
    ("text", "operator", "day"),
    [
        ("2022年5-6月", None, date(2022, 6, 30)),
        ("2022年1至12月", None, date(2022, 12, 31)),
        ("2026年3月-6月", None, date(2026, 6, 30)),
        ("2022.12", None, date(2022, 12, 31)),
        ("=20261125日", "=", date(2026, 11, 25)),
        ("2022年11月30日前完成.", "<=", date(2022, 11, 30)),
        ("10—12月", None, None),
        ("年底前", "<=", None),
    ],
)
def test_date_or_period(text: str, operator: str | None, day: date | None) -> None:
    target = parse_target(text)
    assert (target.kind, target.operator, target.on) == ("date", operator, day)


@pytest.mark.parametrize(("text", "unit"), [("两年1次", "次/两年"), ("≤1次/48小时", "次/48小时"), ("1次/月", "次/月")])
def test_frequency(text: str, unit: str) -> None:
    target = parse_target(text)
    assert (target.kind, target.value, target.unit) == ("frequency", Decimal(1), unit)


@pytest.mark.parametrize(
    "text", ["≤100万元/家；≤50万元/家", "7*24", "50＊50", "完成年内受理任务", "按运费的30%且≤300万元/家", "100%/≥3篇"]
)
def test_several_values_or_words(text: str) -> None:
    target = parse_target(text)
    assert (target.kind, target.operator, target.value) == ("qualitative", None, None)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026年1-12月", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026年3月1日-6月30日", date(2026, 3, 1), date(2026, 6, 30)),
        ("2023.07-2024.01", date(2023, 7, 1), date(2024, 1, 31)),
    ],
)
def test_period(text: str, first: date, last: date) -> None:
    dates = parse_dates(text)
    assert (dates[0].first(), dates[-1].last()) == (first, last)
