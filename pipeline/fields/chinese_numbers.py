"""Amounts in Chinese numerals (捌拾陆万元整, 八十六万元), as contracts and receipts spell them."""

from __future__ import annotations

import re
from decimal import Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_SECTIONS = ("", "万", "亿", "万")
_NUMERALS = frozenset(f"{DIGITS}拾佰仟万亿")
_FORMAL = str.maketrans("〇一二三四五六七八九十百千圆两", "零壹贰叁肆伍陆柒捌玖拾佰仟元贰")
_LEFT_OUT = re.compile("(?<=[万亿])零(?=.仟)|(?<=[元角])零")
_WORDS = re.compile(r"(?P<yuan>[^元]+)元(?:零?(?P<jiao>[^角分零])角)?(?:零?(?P<fen>[^角分零])分)?[整正]?")


def spell_amount(yuan: Decimal) -> str:
    """An amount from 0 to less than 10^16 yuan in formal numerals, without 整: 捌拾陆万元, 壹元零伍分."""
    whole, cents = divmod(int(yuan * 100), 100)
    jiao, fen = divmod(cents, 10)
    text = f"{_spell(whole) or '零'}元"
    text += f"{DIGITS[jiao]}角" if jiao else "零" if fen else ""
    return text + (f"{DIGITS[fen]}分" if fen else "")


def parse_chinese_amount(text: str) -> Decimal | None:
    """Yuan of an amount in formal or everyday numerals; None when `spell_amount` would spell it in another way."""
    formal = re.sub("^拾", "壹拾", text.translate(_FORMAL))
    match = _WORDS.fullmatch(formal)
    if match is None or not _NUMERALS.issuperset(match["yuan"]):
        return None
    if any(digit is not None and digit not in DIGITS for digit in (match["jiao"], match["fen"])):
        return None
    cents = DIGITS.index(match["jiao"] or "零") * 10 + DIGITS.index(match["fen"] or "零")
    yuan = Decimal(_value(match["yuan"])) + Decimal(cents) / 100
    return yuan if _bare(spell_amount(yuan)) == _bare(formal) else None


def _bare(text: str) -> str:
    """The spelling without what may be left out: 整, and 零 before 仟, 角 and 分."""
    return _LEFT_OUT.sub("", text.rstrip("整正"))


def _spell(number: int) -> str:
    """A whole number; 零 stands for any row of zeros between digits."""
    text, gap = "", False
    for place, digit in zip(range(len(str(number)) - 1, -1, -1), map(int, str(number)), strict=True):
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + _PLACES[place % 4]
        gap = digit == 0
        if place % 4 == 0 and number // 10**place % 10**4:
            text += _SECTIONS[place // 4]
        elif place == 8 and number >= 10**12:
            text += "亿"
    return text


def _value(text: str) -> int:
    """The number of a text of formal numerals, if it is one."""
    for section, name in ((10**8, "亿"), (10**4, "万")):
        if name in text:
            above, _, below = text.rpartition(name)
            return _value(above) * section + _value(below)
    value = digit = 0
    for character in text:
        if character in DIGITS:
            digit = DIGITS.index(character)
        else:
            value += digit * 10 ** _PLACES.index(character)
            digit = 0
    return value + digit
