"""Printed numbers of budget tables."""

from __future__ import annotations

import re
from decimal import Decimal

from pipeline.fields.money import YUAN, parse_amount
from pipeline.text import key

_PLAIN = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_PERCENT = re.compile(rf"({_PLAIN.pattern})%")
_NIL = re.compile(r"[-—–－/\\*]*")
_YEAR = re.compile(r"(?:19|20)\d\d")
_GLUED = re.compile(r"-?\d{1,3}(?:,\d{3})*\.\d\d(?=\d|-)")
_OVERRUN = re.compile(rf"([\u4e00-\u9fff)）]{{1,20}})({_PLAIN.pattern})")
LARGEST = Decimal(10) ** 17
SIX = Decimal("0.000001")
CENT = Decimal("0.01")


def is_number(text: str) -> bool:
    """Whether a cell prints a number and nothing else; a code does, too."""
    return bool(_PLAIN.fullmatch(plain := key(text)) or _PERCENT.fullmatch(plain))


def is_money(text: str) -> bool:
    """Whether a cell prints a number that no code, year or number of a row looks like: with decimals or separators."""
    plain = key(text)
    return bool(_PLAIN.fullmatch(plain)) and ("." in plain or "," in plain)


def is_year(text: str) -> bool:
    """Whether a text is a year alone."""
    return bool(_YEAR.fullmatch(key(text)))


def is_nil(text: str) -> bool:
    """Whether a cell is blank or prints a mark for nothing: -, —, /."""
    return bool(_NIL.fullmatch(key(text)))


def parse_number(text: str) -> tuple[Decimal, bool] | None:
    """The printed number and whether it is a percentage. None for a text that is no number as a whole.

    Notations besides digits (brackets, △, ￥) are read as amounts of `fields.money` are.
    """
    plain = key(text)
    if _PLAIN.fullmatch(plain):
        number, is_percent = Decimal(plain.replace(",", "")), False
    elif percent := _PERCENT.fullmatch(plain):
        number, is_percent = Decimal(percent[1].replace(",", "")), True
    elif (amount := parse_amount(text, None)) is not None and "元" not in plain:
        number, is_percent = amount, False
    else:
        return None
    return (number.quantize(SIX), is_percent) if abs(number) < LARGEST else None


def in_yuan(number: Decimal, unit: str) -> Decimal:
    """A printed number of a unit of money as yuan."""
    return (number * YUAN[unit]).quantize(CENT)


def part_glued(left: str, right: str) -> tuple[str, str] | None:
    """Two amounts with two decimals that were printed without a gap, cut where the first ends.

    168,441.8 and 1154,304.22 are 168,441.81 and 154,304.22: the rule between their cells ran through the first. None
    where either is a number with separators in their places.
    """
    a, b = key(left), key(right)
    if (_PLAIN.fullmatch(b) and _PLAIN.fullmatch(a) and _decimals(a) == _decimals(b)) or not (a and b):
        return None
    glued = _GLUED.match(a + b)
    rest = (a + b)[glued.end() :] if glued else ""
    if glued is None or _decimals(rest) != 2 or not _PLAIN.fullmatch(rest):
        return None
    return glued[0], rest


def part_overrun(text: str) -> tuple[str, str] | None:
    """The end of a name that runs over into a cell of amounts, and the amount: 出1839311.66. None where it does not."""
    found = _OVERRUN.fullmatch(text.strip())
    return (found[1], found[2]) if found else None


def _decimals(text: str) -> int:
    return len(text.partition(".")[2])
