"""Dates, periods and fiscal years in the notations of the forms."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fields.dates import parse_dates, parse_year
from tests.fuzz import fuzz


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("2023-01-01", (2023, 1, 1), (2023, 1, 1), "day"),
        ("2026/1/1", (2026, 1, 1), (2026, 1, 1), "day"),
        ("2023.1.1", (2023, 1, 1), (2023, 1, 1), "day"),
        ("20190101", (2019, 1, 1), (2019, 1, 1), "day"),
        ("2015 年 1 月1 日", (2015, 1, 1), (2015, 1, 1), "day"),
        ("2024年2月", (2024, 2, 1), (2024, 2, 29), "month"),
        ("2023.07", (2023, 7, 1), (2023, 7, 31), "month"),
        ("2023年", (2023, 1, 1), (2023, 12, 31), "year"),
        ("２０２３－０１－０１", (2023, 1, 1), (2023, 1, 1), "day"),
    ],
)
def test_date(text: str, first: tuple[int, int, int], last: tuple[int, int, int], precision: str) -> None:
    (found,) = parse_dates(text)
    assert (found.first(), found.last(), found.precision) == (date(*first), date(*last), precision)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2023.1.1-2023.12.31", (2023, 1, 1), (2023, 12, 31)),
        ("2025.1.1-2025.12.31。", (2025, 1, 1), (2025, 12, 31)),
        ("20190101 到 20191231", (2019, 1, 1), (2019, 12, 31)),
        ("2015 年 1 月1 日 —— 2015 年 12 月 31 日", (2015, 1, 1), (2015, 12, 31)),
        ("2023年4月-2024年2月", (2023, 4, 1), (2024, 2, 29)),
        ("2023.07-2024.01", (2023, 7, 1), (2024, 1, 31)),
        ("（2023 年 - 2023年）", (2023, 1, 1), (2023, 12, 31)),
        ("2023-2025年", (2023, 1, 1), (2025, 12, 31)),
        ("2024-2026", (2024, 1, 1), (2026, 12, 31)),
    ],
)
def test_period(text: str, first: tuple[int, int, int], last: tuple[int, int, int]) -> None:
    start, end = parse_dates(text)
    assert (start.first(), end.last()) == (date(*first), date(*last))


@pytest.mark.parametrize("text", ["", "及时", "9-12月", "2023-13-01", "2023年2月30日", "202311111", "12月底前"])
def test_no_date(text: str) -> None:
    assert parse_dates(text) == []


@fuzz(100)
@given(st.text() | st.text("0123456789年月日-./ 至20", max_size=30))
def test_any_text_gives_possible_dates_only(text: str) -> None:
    for found in parse_dates(text):
        assert found.first() <= found.last()
    parse_year(text)


@fuzz(100)
@given(
    st.dates(date(1950, 1, 1), date(2099, 12, 31)),
    st.sampled_from(("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d")),
)
def test_printed_date_round_trip(day: date, notation: str) -> None:
    (found,) = parse_dates(day.strftime(notation))
    assert found.first() == found.last() == day


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("（2023年度）", 2023),
        ("(2022 年度)", 2022),
        ("(   2023年度)", 2023),
        ("（２０２３年度）", 2023),
        ("2023年项目支出绩效目标申报表", 2023),
        ("鄂州市2022年市直部门预算项目绩效目标申报表", 2022),
        ("2021年度", 2021),
        ("2026年", 2026),
        ("2024", 2024),
        ("2024年度（2024年-2026年）", 2024),  # the one before 年度
        ("（ 年度）", None),
        ("2024年-2026年", None),
        ("预算12表", None),
        ("320231", None),
    ],
)
def test_fiscal_year(text: str, year: int | None) -> None:
    assert parse_year(text) == year
