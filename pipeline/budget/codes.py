"""Codes of classifications, in every notation, as digits."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.text import key

_DIGITS = re.compile(r"\d+")
_IN_NAME = re.compile(
    r"^(?P<text>[\[【(（]?(?P<code>\d{3,12})[\]】)）]?)(?![-—－]?\d)[-—－:：.、]*(?P<name>[^\d年月日个届第号元万%].*)$",
    re.DOTALL,
)
_BEHIND_NAME = re.compile(r"^(?P<name>\D*?\D)[-—－]?(?P<text>[\[【(（](?P<code>\d{3,12})[\]】)）])$", re.DOTALL)
CLASSES = {"2": "functional", "3": "economic_department", "5": "economic_government"}
"""The classification that a code's first digit tells: functional expenditure begins with 2, economic with 3 and 5."""

_LEVELS = {3: 1, 5: 2, 7: 3, 9: 4}


def level_of(code: str) -> int | None:
    """1 for 类, 2 for 款, 3 for 项, by the number of digits."""
    return _LEVELS.get(len(code))


def class_of(code: str) -> str | None:
    """The classification that a code belongs to by its digits; None for codes of units, projects and goods."""
    return CLASSES.get(code[0]) if len(code) in _LEVELS and code.isdecimal() else None


def part_name(text: str) -> tuple[str, str, str] | None:
    """Code, printed code and name of a text that prints both: [30201]办公费, 2010801-行政运行, 教育部 (105)."""
    found = _IN_NAME.match(text.strip()) or _BEHIND_NAME.match(text.strip())
    return (found["code"], found["text"], found["name"].strip()) if found else None


class CodeColumns:
    """The columns of one classification's code: one for the whole code, or one each for 类, 款 and 项.

    Parts that a row leaves blank before its first printed one are those of the rows above.
    """

    def __init__(self, count: int) -> None:
        self._above: list[str] = [""] * count

    def read(self, texts: Sequence[str]) -> tuple[str, str] | None:
        """The digits of a row's code and the code as printed. None for a row that prints none."""
        printed = ["".join(_DIGITS.findall(key(text))) for text in texts]
        if not any(printed):
            return None
        if len(texts) == 1:
            code = self._above[0][:3] + printed[0] if len(printed[0]) == 2 else printed[0]
            self._above = [code] if level_of(code) else self._above
            return code, texts[0].strip()
        first = next(n for n, part in enumerate(printed) if part)
        last = max(n for n, part in enumerate(printed) if part)
        code = "".join(self._above[:first]) if not _is_whole(printed[first], first) else ""
        parts = self._above[:first] if code else [""] * first
        for n in range(first, last + 1):
            part = printed[n].zfill(2) if n else printed[n]  # spreadsheets cut the 0 from a 款 of 01
            if part.startswith(code) and len(part) > max(len(code), 2 + (n == 0)):
                part = part[len(code) :]  # the column repeats the code so far
            code += part
            parts.append(part)
        self._above = [*parts, *[""] * (len(texts) - len(parts))]
        return code, " ".join(text.strip() for text in texts if key(text))


def _is_whole(part: str, n: int) -> bool:
    """Whether a part in column `n` is a whole code by its length."""
    return n > 0 and len(part) >= 3 + 2 * n
