"""Values compared with the words that a second library sees in their boxes. Words and values are made by hand."""

from __future__ import annotations

import pytest

from pipeline.document.value_check import DISAGREEMENT, UNSEEN, PrintedValue, ValueCheck, check_values
from pipeline.pages.model import Word
from pipeline.tables.model import Box

CELL = Box(100, 50, 160, 70)


def word(text: str, x: float = 102, y: float = 55, size: float = 10) -> Word:
    """A word with its top left corner; a character is as wide as high."""
    return Word(x, y, x + size * len(text), y + size, text, 0)


def value(text: str, box: Box = CELL, row_no: int = 1, page: int = 1, clipped: bool = False) -> PrintedValue:
    return PrintedValue(2, "indicators", row_no, "target", page, box, text, clipped)


def check(values: list[PrintedValue], *words: Word) -> ValueCheck:
    return check_values(values, {1: words})


def below(box: Box, rows: int = 1) -> Box:
    return Box(box.x0, box.y0 + 20 * rows, box.x1, box.y1 + 20 * rows)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("≥95%", [word("≥95%")]),
        ("≥ 95 %", [word("≥95"), word("%", 132)]),
        ("（一）", [word("(一)")]),  # NFKC
        ("及时完成任务", [word("任务", y=61, size=8), word("及时完成", y=51, size=8)]),  # lines stored in another order
        ("完成", [word("完成"), word("别的", 300), word("更多", y=90)]),  # other cells
        ("2022年", [word("2022年12月31日", 100, size=8)]),  # a word that runs beyond the box
        ("一流水平", [word("一流水", 128), word("平", 158.5)]),  # a word that ends beyond the box
    ],
)
def test_a_value_that_is_seen_alike_is_confirmed(text: str, words: list[Word]) -> None:
    box = Box(100, 50, 140, 70) if text == "2022年" else CELL
    assert check([value(text, box)], *words) == ValueCheck((1.0,), ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("=12个", [word("=13个")]),
        ("12", [word("21")]),  # the same characters
        ("100", [word("1000")]),
        ("及时完成", [word("及时完成"), word("任务", y=61)]),  # a line is missing, and no other value has it
        ("食品安全", [word("食品安全", y=300)]),  # it stands elsewhere
        ("食品安全", [word("食品"), word("安全", 165)]),  # glued from two cells
        ("5", [word("\ufffd6")]),
    ],
)
def test_a_value_that_is_seen_otherwise_is_disputed(text: str, words: list[Word]) -> None:
    found = check([value(text)], *words)
    assert found.confidences == (0.5,)
    assert [(f.rule, f.severity, f.page, f.box, f.form_no) for f in found.findings] == [
        (DISAGREEMENT, "warning", 1, CELL, 2)
    ]


def test_the_finding_has_both_texts() -> None:
    (finding,) = check([value("=12个")], word("=13个")).findings
    assert finding.message == "indicators 1, target: the value is '=12个', PDFium sees '=13个' in its place"


def test_text_of_a_neighbour_that_overflows_is_no_difference() -> None:
    long = value("按时完成全部工作", below(CELL), row_no=2)
    words = [word("指标"), word("按时完成", y=60.5, size=9), word("全部工作", y=75)]
    assert check([value("指标"), long], *words).confidences == (1.0, 1.0)
    # but a neighbour's text says nothing when it stands in the neighbour's own box, once more
    found = check([value("10"), value("100", below(CELL), row_no=2)], word("100"), word("100", y=75))
    assert found.confidences == (0.5, 1.0)


def test_text_that_overflows_from_the_page_before() -> None:
    before = value("上年完成。并且报告", Box(100, 780, 160, 800), row_no=0, page=2)
    found = check_values([before, value("指标")], {1: [word("并且报告", y=51, size=8), word("指标", y=61)]})
    assert found.confidences == (0.99, 1.0)


def test_text_below_a_white_cover_is_no_difference() -> None:
    words = [word("旧值", y=51), word("新值")]
    assert check_values([value("新值")], {1: words}).confidences == (0.5,)
    assert check_values([value("新值")], {1: words}, {1: [words[0]]}).confidences == (1.0,)


def test_a_clipped_text_is_confirmed_when_it_is_stored_in_one_piece() -> None:
    words = [word("11000026T"), word("000038", 192, 55)]
    assert check([value("11000026T000038", Box(100, 50, 195, 70), clipped=True)], *words).confidences == (1.0,)
    # what a page break leaves of a row is too low for any text
    low = value("跨页的目标", Box(100, 50, 160, 51.5))
    assert check([low], word("跨页的", y=40), word("目标", y=30)).confidences == (1.0,)


def test_characters_that_the_library_leaves_out_are_told_but_not_disputed() -> None:
    for words in ([word("白蚁防治年")], [word("白蚁防治年\ufffd")]):
        found = check([value("白蚁防治年限", Box(100, 50, 170, 70))], *words)
        assert found.confidences == (0.99,)
        assert [(f.rule, f.severity) for f in found.findings] == [(UNSEEN, "info")]


def test_a_page_that_the_library_has_not_read_says_nothing() -> None:
    assert check_values([value("甲", page=2)], {1: []}) == ValueCheck((0.99,), ())


def test_a_text_drawn_twice_in_one_place_is_no_difference() -> None:
    assert check([value("绩效目标")], word("绩效目标"), word("目标", 122)).confidences == (1.0,)
