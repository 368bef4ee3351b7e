"""Texts: one code point a character, lines joined as a reader would, keys for matching."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text import join_lines, join_words, key, one_line, unify
from tests.fuzz import fuzz

RADICALS = [chr(code) for code in range(0x2E80, 0x2FD6) if unicodedata.category(chr(code)) == "So"]


@pytest.mark.parametrize(
    ("printed", "unified"),
    [
        ("\u2f00", "一"),  # Kangxi radical
        ("⻚⾯", "页面"),  # the first of the supplement block, which NFKC leaves alone
        ("⻓⻔⻢⻰⻳", "长门马龙龟"),
        ("\uf90a", "金"),  # compatibility ideograph
        ("100％（元）①²", "100％（元）①²"),  # looks different, so it stays as printed
        ("绩效目标", "绩效目标"),
        ("a\x1b[31m\ud800", "a\ufffd[31m\ufffd"),  # a terminal would obey the first, no file can hold the last
        ("目\t标\u3000\ufeff", "目标"),
    ],
)
def test_lookalikes_become_the_unified_character(printed: str, unified: str) -> None:
    assert unify(printed) == unified


def test_no_radical_is_left() -> None:
    left = [character for character in RADICALS if unify(character) == character]
    assert left == ["⺀"]  # the only one without an equivalent in Unicode


@fuzz(100)
@given(st.text())
def test_unify_changes_nothing_twice(text: str) -> None:
    assert unify(unify(text)) == unify(text)


@pytest.mark.parametrize(
    ("lines", "whole"),
    [
        (["共1", "000人次"], "共1000人次"),
        (["开展时间为202", "3.1.1-2023.12.31"], "开展时间为2023.1.1-2023.12.31"),
        (["长效管理机制健全性和执行", "有效性"], "长效管理机制健全性和执行有效性"),
        (["Power", "Point培训"], "Power Point培训"),
        (["使用A", "I系统"], "使用A I系统"),
        (["≥", "600家"], "≥600家"),
        (["金额", "", "1,110,", "000.00"], "金额1,110,000.00"),
        ([], ""),
    ],
)
def test_lines_of_a_cell(lines: list[str], whole: str) -> None:
    assert join_lines(lines) == whole


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["项目", "名称"], "项目名称"),
        (["≥", "95%"], "≥95%"),
        (["2023", "年"], "2023年"),
        (["ISO", "9001", "认证"], "ISO 9001认证"),
        (["Office", "(WPS)"], "Office (WPS)"),
    ],
)
def test_words_of_a_line(words: list[str], line: str) -> None:
    assert join_words(words) == line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("项 目\n资金（元）", "项目资金(元)"),
        ("≧９５％", "≥95%"),
        ("≦５—８", "≤5-8"),
        ("⩾1–⩽2", "≥1-≤2"),
    ],
)
def test_key(text: str, expected: str) -> None:
    assert key(text) == expected


@fuzz(100)
@given(st.text())
def test_key_holds_no_white_space(text: str) -> None:
    assert not any(character.isspace() for character in key(text))


@fuzz(100)
@given(st.text())
def test_what_is_told_is_one_short_line_that_no_terminal_obeys(text: str) -> None:
    line = one_line(text)
    assert len(line) <= 200
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in line)


def test_a_long_message_is_cut() -> None:
    assert one_line("损坏 " * 1000).endswith("…")
    assert one_line("\x1b[2J the file \n is damaged") == "[2J the file is damaged"
