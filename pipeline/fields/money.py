"""Parses printed amounts of money to exact yuan."""

from __future__ import annotations

import re
from decimal import Decimal

from pipeline.notation import AMOUNT_UNIT, NUMBER, UNIT_NAMED
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
    rf"^(?P<open>\()?(?P<sign>[-+])?(?P<number>{NUMBER}|\.\d+),*(?P<close>\))?(?:(?P<unit>{AMOUNT_UNIT})整?)?$"
)
_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,12})?")
_WITH_NUMBERS = re.compile(r"[,%分]")


def parse_amount(text: str, unit: str | None) -> Decimal | None:
    """Yuan, or None when no number is printed (blank, dash). `unit` is the form's; a unit printed with the number wins.

    Thousands separators of both widths and blanks inside the number are dropped; brackets and a minus mean negative.
    """
    match = _AMOUNT.match(key(text))
    if match is None:
        return None
    number = Decimal(match["number"].replace(",", ""))
    if match["sign"] == "-" or (match["open"] and match["close"]):
        number = -number
    yuan = number * YUAN[match["unit"] or unit or "元"]
    return yuan.quantize(CENT) if abs(yuan) < LARGEST else None


def last_place(text: str, unit: str | None) -> Decimal:
    """One unit of the last printed digit of an amount, in yuan: 100 for 1,720.05 in 万元. `unit` is the form's."""
    match = _AMOUNT.match(key(text))
    decimals = len(match["number"].partition(".")[2]) if match else 0
    return YUAN[(match and match["unit"]) or unit or "元"].scaleb(-decimals)


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
    match = _AMOUNT.match(key(text))
    return match["unit"] if match else None
