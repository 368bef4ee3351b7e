"""Notations that several packages share."""

import re

import pytest

from pipeline.notation import AMOUNT, AMOUNT_CELL, AMOUNT_OR_NUMBER, ORGAN_ENDING, UNIT_NAMED, YEAR_LINE


@pytest.mark.parametrize(
    ("sentence", "amounts"),
    [
        ("预算860,000元整", ["860,000元整"]),
        ("共1,720.5 万元，其中：财政80万元", ["1,720.5 万元", "80万元"]),
        ("2026年安排5亿", ["5亿"]),
        ("12人，3次", []),
    ],
)
def test_amounts_in_a_sentence(sentence: str, amounts: list[str]) -> None:
    assert [match[0] for match in re.finditer(AMOUNT, sentence)] == amounts


@pytest.mark.parametrize("text", ["860,000元左右", "860,000人", "1,000件"])
def test_a_piece_of_a_number_is_no_amount(text: str) -> None:
    assert not re.match(rf"{AMOUNT_OR_NUMBER}(?=$|[，,])", text)


@pytest.mark.parametrize(
    ("text", "is_cell"),
    [("860,000元整", True), ("1.2.3", True), ("—", True), ("5人", False), ("无", False)],
)
def test_cell_for_an_amount(text: str, is_cell: bool) -> None:
    assert bool(AMOUNT_CELL.match(text)) == is_cell


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("（万元）", "万元"),
        ("金额单位：元", "元"),
        ("单位万元", "万元"),
        ("万元", "万元"),
        ("年度金额(千元)", "千元"),
        ("元旦活动", None),
        ("填报单位：民政局", None),
    ],
)
def test_named_unit(text: str, unit: str | None) -> None:
    match = UNIT_NAMED.search(text)
    assert (match and match[1]) == unit


@pytest.mark.parametrize(
    ("text", "is_year"),
    [("(2023年度)", True), ("2023", True), ("2023年度目标", False), ("12023", False)],
)
def test_year_line(text: str, is_year: bool) -> None:
    assert bool(YEAR_LINE.match(text)) == is_year


@pytest.mark.parametrize("name", ["民政局", "教育委员会", "街道办事处", "实验小学", "残联", "培训基地"])
def test_organ(name: str) -> None:
    assert re.search(f"{ORGAN_ENDING}$", name)
