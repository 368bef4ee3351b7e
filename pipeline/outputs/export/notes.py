"""Counts the values that an export had to change, for a note to the reader."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum


class Note(StrEnum):
    """Why a cell differs from the value in the dataset."""

    cut = "texts longer than 32,767 characters are cut, and say so at their end 超长文本已截断"
    control = "texts lost characters that a workbook cannot hold 已去除控制字符"
    digits = "numbers of more than 15 digits, which Excel would round, are text 超过15位的数字以文本保存"
    link = "pages are named without a link, because a sheet holds 65,530 links 超出链接上限，仅列页码"
    sheets = "sheets go on in another sheet, because a sheet holds 1,048,576 rows 工作表已拆分"


class Notes:
    """The number of cells for each sheet and note."""

    def __init__(self) -> None:
        self._counted: Counter[tuple[str, Note]] = Counter()

    def add(self, sheet: str, note: Note) -> None:
        """Counts one cell."""
        self._counted[sheet, note] += 1

    def lines(self) -> list[str]:
        """A line for each sheet and note."""
        return [f"{sheet}: {count:,} {note}" for (sheet, note), count in self._counted.items()]
