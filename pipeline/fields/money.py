"""Amounts of money as printed, to exact yuan."""

from __future__ import annotations

import re
from decimal import Decimal

from pipeline.text import key

YUAN = {
    "元": Decimal(1),
    "千元": Decimal(1000),
    "万元": Decimal(10_000),
    "万": Decimal(10_000),
    "亿元": Decimal(10**8),
    "亿": Decimal(10**8),
}
CENT = Decimal("0.01")
LARGEST = Decimal(10) ** 17  # yuan; decimal128(20,2) holds less than 10^18
_AMOUNT = re.compile(
    r"^(?P<open>\()?(?P<sign>[-+])?(?P<number>\d[\d,]*(?:\.\d+)?|\.\d+)(?P<close>\))?(?P<unit>亿元|万元|千元|元|亿|万)?$"
)
_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,12})?")
_WITH_NUMBERS = re.compile(r"[,%分]")
_UNIT = re.compile(r"(?:单位[:(为]?|[(\[/,])(亿元|万元|千元|元)")


def parse_amount(text: str, unit: str | None) -> Decimal | None:
    """Yuan, or None when no number is printed (blank, dash). `unit` is the form's; a unit printed with the number wins.

    Thousands separators of both widths and blanks inside the number are dropped; brackets and a minus mean negative.
    """
    match = _AMOUNT.match(key(text).replace("，", ","))
    if match is None:
        return None
    number = Decimal(match["number"].replace(",", ""))
    if match["sign"] == "-" or (match["open"] and match["close"]):
        number = -number
    yuan = number * YUAN[match["unit"] or unit or "元"]
    return yuan.quantize(CENT) if abs(yuan) < LARGEST else None


def parse_number(text: str) -> Decimal | None:
    """A plain number such as a weight or score, with or without % or 分; None when it is none."""
    cleaned = _WITH_NUMBERS.sub("", key(text))
    return Decimal(cleaned) if _NUMBER.fullmatch(cleaned) else None


def money_unit(text: str) -> str | None:
    """The unit named in a label or a line: （万元）, 单位：元, 金额单位:万元."""
    found = _UNIT.search(key(text))
    return found[1] if found else None


def own_unit(text: str) -> str | None:
    """The unit printed behind an amount (1720.00万元); None where there is none or no amount."""
    match = _AMOUNT.match(key(text).replace("，", ","))
    return match["unit"] if match else None
