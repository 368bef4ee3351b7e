"""Makes texts safe for spreadsheets: no formulas, no text longer than a cell, no forbidden characters."""

from __future__ import annotations

import re

CELL = 32_767
"""The most UTF-16 units in a cell of Excel."""

CUT = "…[…]"
"""The end of a text that is cut, whatever its language."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # after OWASP: CSV injection
_QUOTE = "'"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet takes a text from csv for a formula or command."""
    return text.startswith(_FORMULA)


def quoted(text: str) -> str:
    """A text for csv; one that Excel would take for a formula gets a leading `'`.

    A text that begins with `'` gets another one, so removing one leading `'` always restores the text.
    """
    return _QUOTE + text if looks_like_formula(text) or text.startswith(_QUOTE) else text


def without_control(text: str) -> str:
    """A text without characters that are forbidden in workbooks, with the line ends of Excel."""
    return _CONTROL.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def fitted(text: str) -> str:
    """A text that fits into a cell; a longer one is cut and ends with a note."""
    if _units(text) <= CELL:
        return text
    room = CELL - _units(CUT)
    kept = text[:room]
    return kept.encode("utf-16-le")[: 2 * room].decode("utf-16-le", errors="ignore") + CUT


def _units(text: str) -> int:
    return len(text) if len(text) * 2 <= CELL else len(text.encode("utf-16-le")) // 2
