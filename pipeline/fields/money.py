"""Parses printed amounts of money to exact yuan."""

from __future__ import annotations

import re
from decimal import Decimal

from pipeline.fields.chinese_numbers import parse_chinese_amount
from pipeline.notation import PRINTED_AMOUNT, UNIT_NAMED, plain_amount
from pipeline.text import key

YUAN = {
    "元": Decimal(1),
    "百元": Decimal(100),
    "千元": Decimal(1000),
    "万元": Decimal(10_000),
    "万": Decimal(10_000),
    "十万元": Decimal(10**5),
    "百万元": Decimal(10**6),
    "千万元": Decimal(10**7),
    "亿元": Decimal(10**8),
    "亿": Decimal(10**8),
    "百亿元": Decimal(10**10),
}
CENT = Decimal("0.01")
LARGEST = Decimal(10) ** 17  # yuan; decimal128(20,2) holds less than 10^18
_NO_DIGIT = re.compile(r"[^\d.]")
_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,12})?")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)\s+(?=\d)")
_WHOLE = re.compile(r"(?<![\d,.])(?:\d{1,3}(?:,\d{3})+|\d{2,})(?:\.\d+)?(?![\d,.])")
_WITH_NUMBERS = re.compile(r"[,%分]")


def parse_amount(text: str, unit: str | None) -> Decimal | None:
    """Yuan, or None where the text as a whole is no amount (blank, dash, 860,0001). `unit` is the form's; a unit
    printed with the number wins.

    Blanks, thousands separators, signs of the currency and marks of footnotes are dropped; brackets, a minus on either
    side, △ and ▲ mean negative. An amount that is repeated in words counts when both agree.
    """
    match = _amount(text)
    if match is None:
        return None
    number = match["number"]
    yuan = (
        parse_chinese_amount(match["words"])
        if number is None
        else Decimal(_NO_DIGIT.sub("", number)) * YUAN[match["unit"] or unit or "元"]
    )
    if yuan is None or yuan >= LARGEST:
        return None
    if match["said"] and parse_chinese_amount(match["said"]) != yuan:
        return None
    is_negative = match["open"] or match["minus"] or (match["sign"] or match["inner"] or "+") != "+"
    return (-yuan if is_negative else yuan).quantize(CENT)


def _amount(text: str) -> re.Match[str] | None:
    """The parts of an amount; None for a text with two signs, an open bracket, or a unit behind numerals."""
    match = PRINTED_AMOUNT.match(plain_amount(text))
    if match is None or _are_several(text):
        return None
    brackets = bool(match["open"]), bool(match["close"] or match["end"])
    signs = [match[name] for name in ("sign", "inner", "minus") if match[name]]
    is_broken = brackets[0] != brackets[1] or (match["close"] and match["end"]) or len(signs) > 1
    return None if is_broken or (match["words"] and match["unit"]) else match


def _are_several(text: str) -> bool:
    """Whether blanks divide a text into numbers; a digit alone may have been torn off its number."""
    parts = _BETWEEN_DIGITS.split(text)
    return len(parts) > 1 and all(_WHOLE.search(one) or (one == "0" and "." not in parts[0]) for one in parts)


def last_place(text: str, unit: str | None) -> Decimal:
    """One unit of the last printed digit of an amount, in yuan: 100 for 1,720.05 in 万元. `unit` is the form's."""
    match = _amount(text)
    decimals = len((match["number"] or "").partition(".")[2]) if match else 0
    return YUAN[(own_unit(text) if match else None) or unit or "元"].scaleb(-decimals)


def parse_number(text: str) -> Decimal | None:
    """A plain number such as a weight or score, with or without % or 分; None when it is none."""
    cleaned = _WITH_NUMBERS.sub("", key(text))
    return Decimal(cleaned) if _NUMBER.fullmatch(cleaned) else None


def money_unit(text: str) -> str | None:
    """The unit named in a label or a line: （万元）, 单位：元, 金额单位:万元."""
    found = UNIT_NAMED.search(key(text))
    return found[1] if found else None


def own_unit(text: str) -> str | None:
    """The unit printed behind an amount (1720.00万元); None where there is none or no amount."""
    match = _amount(text)
    return ("元" if match["words"] else match["unit"]) if match else None
