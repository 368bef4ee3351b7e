"""Texts as spreadsheets take them: nothing is a formula, nothing is longer than a cell, nothing breaks the file."""

from __future__ import annotations

import re

CELL = 32_767
"""UTF-16 units that a cell of Excel holds."""

CUT = "…（已截断 cut）"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # after OWASP: CSV injection
_QUOTE = "'"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet would take a text that is typed in, or read from csv, for a formula or command."""
    return text.startswith(_FORMULA)


def quoted(text: str) -> str:
    """A text for csv that Excel opens: with `'` before it when it would be taken for a formula.

    A text that begins with `'` gets another one, so taking away one leading `'` always gives the text back.
    """
    return _QUOTE + text if looks_like_formula(text) or text.startswith(_QUOTE) else text


def without_control(text: str) -> str:
    """A text without characters that no workbook may hold; ends of lines become those of Excel."""
    return _CONTROL.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def fitted(text: str) -> str:
    """A text that fits into a cell; one that does not is cut and says so at its end."""
    if _units(text) <= CELL:
        return text
    room = CELL - _units(CUT)
    kept = text[:room]
    return kept.encode("utf-16-le")[: 2 * room].decode("utf-16-le", errors="ignore") + CUT


def _units(text: str) -> int:
    return len(text) if len(text) * 2 <= CELL else len(text.encode("utf-16-le")) // 2
