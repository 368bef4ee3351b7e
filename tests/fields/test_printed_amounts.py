"""Amounts in every notation, against the printer that is the inverse of the grammar: the whole amount or none."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fields.chinese_numbers import parse_chinese_amount, spell_amount
from pipeline.fields.money import YUAN, parse_amount
from pipeline.notation import AMOUNT_CELL, AMOUNT_OR_NUMBER
from tests.fuzz import fuzz

WIDE = str.maketrans("0123456789,.()-", "０１２３４５６７８９，．（）－")
MARKS = ("", "*", "＊", "①", "②", "※", "¹", "²", "[1]", "〔2〕", "（注）", "注1", "★")
OTHER_TEXT = (
    ".",
    ",",
    "，",
    "、1",
    ",0001",
    ",1",
    "人",
    "%",
    "多",
    "余",
    "-1",
    "×2",
    "/2",
    "至9",
    "万元/年",
    "1½",
    "~5",
    "(",
    "=",
)


@st.composite
def printed_amounts(draw: st.DrawFn) -> tuple[str, str | None, Decimal]:
    """An amount as a cell prints it, the unit of its form, and its yuan."""
    number = draw(st.decimals(0, 10**9 - 1, places=draw(st.integers(0, 4))))  # in 亿元 less than is refused
    grouping = draw(st.sampled_from(("{:,}", "{:f}", "{:,}，", "{:,}'")))
    digits = grouping[:4].format(number)
    if grouping[4:]:
        digits = digits.replace(",", grouping[4:])
    unit = draw(st.sampled_from((None, "元", "万元", "万", "千元", "亿元", "百万元")))
    of_form = draw(st.sampled_from((None, "元", "万元")))
    yuan = number * YUAN[unit or of_form or "元"]
    before, after = draw(
        st.sampled_from(
            (("", ""), ("-", ""), ("－", ""), ("", "-"), ("△", ""), ("▲", ""), ("负", ""), ("(", ")"), ("（", "）"))
        )
    )
    currency = draw(st.sampled_from(("", "￥", "¥", "人民币", "人民币：", "RMB")))
    exactly = draw(st.sampled_from(("", "整", "正"))) if unit else ""
    about = draw(st.sampled_from(("", "约", "共", "")))
    mark = draw(st.sampled_from(MARKS))
    text = f"{about}{before}{currency}{digits}{after}{unit or ''}{exactly}{mark}"
    if draw(st.booleans()):
        text = text.translate(WIDE)
    if draw(st.booleans()):
        text = f" {text} "
    return text, of_form, -yuan if before or after else yuan


@fuzz(150)
@given(printed_amounts())
def test_amounts_in_any_notation_are_read_back(printed: tuple[str, str | None, Decimal]) -> None:
    text, unit, yuan = printed
    amount = parse_amount(text, unit)
    assert amount == yuan.quantize(Decimal("0.01"))
    assert AMOUNT_CELL.match(text)


@fuzz(150)
@given(printed_amounts(), st.sampled_from(OTHER_TEXT), st.booleans())
def test_an_amount_with_other_text_is_none_or_the_printed_one(
    printed: tuple[str, str | None, Decimal], other: str, before: bool
) -> None:
    text, unit, yuan = printed
    first = before and not other[-1].isdigit()
    glued = f"{other}{text.strip()}" if first else f"{text.strip()}{other}"
    assert parse_amount(glued, unit) in (None, yuan.quantize(Decimal("0.01")))


@pytest.mark.parametrize(
    "text",
    [
        "860,0001",
        "86,00",
        "1,2345.67",
        "860、000、1",
        "100、200",
        "860,000人",
        "(40,000",
        "40,000)",
        "-(-40,000)",
        "-40,000-",
        "860,",
        "860,000.",
        "860,000元、40,000元",
        "860,00040,000",
        "86万余",
        "捌拾陆",
        "捌拾陆万元元",
        "拾捌佰元",
        "1½",
        "1⒉5",
        "860,000（大写：捌拾伍万元整）",
        "٣",
    ],
)
def test_what_is_no_whole_amount_is_none(text: str) -> None:
    assert parse_amount(text, "元") is None


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("860,000元整", "860000"),
        ("860,000*", "860000"),
        ("860,000①", "860000"),
        ("①860,000", "860000"),
        ("860、000", "860000"),
        ("￥860,000", "860000"),
        ("¥ 860,000.00", "860000"),
        ("约860,000", "860000"),
        ("△40,000", "-40000"),
        ("▲40,000", "-40000"),
        ("40,000-", "-40000"),
        ("(40,000)", "-40000"),
        ("捌拾陆万元整", "860000"),
        ("人民币捌拾陆万元", "860000"),
        ("八十六万元", "860000"),
        ("86万元整", "860000"),
        ("8 6 0,000", "860000"),
        ("８６０，０００", "860000"),
        ("860，000.00元（大写：捌拾陆万元整）", "860000"),
        ("86（万元）", "860000"),
        ("860,000元人民币", "860000"),
    ],
)
def test_notations_of_one_amount(text: str, yuan: str) -> None:
    assert parse_amount(text, None) == Decimal(yuan)
    assert AMOUNT_CELL.match(text)


@fuzz(300)
@given(st.decimals(0, 10**15, places=2))
def test_amounts_in_words_are_read_back(yuan: Decimal) -> None:
    words = spell_amount(yuan)
    assert parse_chinese_amount(words) == yuan
    assert parse_amount(f"人民币{words}整", "万元") == yuan


@pytest.mark.parametrize(
    ("yuan", "words"),
    [
        ("0", "零元"),
        ("10", "壹拾元"),
        ("1005", "壹仟零伍元"),
        ("100000001", "壹亿零壹元"),
        ("1234567.89", "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"),
        ("1000000000000", "壹万亿元"),
        ("0.05", "零元零伍分"),
    ],
)
def test_amount_in_words(yuan: str, words: str) -> None:
    assert spell_amount(Decimal(yuan)) == words


@fuzz(200)
@given(st.text("零壹贰叁拾佰仟万亿元角分整一二十百", max_size=9))
def test_any_numerals_give_the_amount_that_is_spelt_so(text: str) -> None:
    yuan = parse_chinese_amount(text)
    assert yuan is None or parse_chinese_amount(spell_amount(yuan)) == yuan


@fuzz(300)
@given(st.text("0123456789,，.、 元万", max_size=14))
def test_no_piece_of_a_number_is_an_amount_in_a_sentence(text: str) -> None:
    for match in re.finditer(AMOUNT_OR_NUMBER, text):
        before, after = text[: match.start()], text[match.end() :]
        assert not re.search(r"\d[,，.、]?$", before)
        assert not re.match(r"[,，.、]?\d", after) or match[0][-1] in "元万 "
