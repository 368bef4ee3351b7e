"""The heading rows of a budget table: where they end, and the path of headings above each column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.budget.dictionary import BudgetKnowledge
from pipeline.budget.model import Piece
from pipeline.budget.numbers import is_money, is_nil, is_number, is_year
from pipeline.tables.model import Cell
from pipeline.text import key

MOST = 7  # rows of headings; the deepest of 2,558 tables has four, and the numbers of columns
BLANK = 0.5  # share of the cells of a row without numbers that are blank, from which on it is no heading
_STYLES = (
    r"[一二三四五六七八九十]+[、.．]",
    r"[(（][一二三四五六七八九十]+[)）]",
    r"\d{1,2}[、.．](?!\d)",
    r"[(（]\d{1,2}[)）]",
)
ITEM_NUMBER = re.compile(f"^(?:{'|'.join(_STYLES)})")
"""The number of an item: 一、 （一） 1、 (1)."""

NO_NUMBER = 9  # rank of a label without a number
_RANKS = tuple(re.compile(style) for style in (*_STYLES, "[①-⑳]"))
_OF_WHICH = re.compile(r"^其中[:：]?")
_COLUMN_NUMBER = re.compile(
    r"[-—*]+|栏次|行次|序号|列次|[甲乙丙丁戊己]|[A-Z]|\d{1,2}|(?:\d{1,2}|[A-Z])=.*|[(（]?\d{1,2}[)）]?"
)
_LEVELS = frozenset("类款项目节")


def number_rank(label: str | None) -> int:
    """The rank of the style of a label's number: 0 for 一、, 1 for （一）, 2 for 1、, 3 for (1), 4 for ①."""
    plain = _OF_WHICH.sub("", key(label or ""))
    return next((n for n, pattern in enumerate(_RANKS) if pattern.match(plain)), NO_NUMBER)


def body_rows(piece: Piece, knowledge: BudgetKnowledge) -> tuple[int, int, int | None]:
    """The rows of headings, the first row of the body, and the heading row that carries numbers in its right half.

    The first two differ by the row of column numbers (栏次 1 2 3) that may stand between. (0, 0, None) for a piece
    without headings, as a page that a table runs on to.
    """
    deepest = 0
    for n, row in enumerate(piece.rows[: MOST + 1]):
        cells = [cell for cell in row if key(cell.text)]
        if _is_split(cells):
            return n + 1, n + 1, n
        if _numbers_columns(cells) and n >= deepest - 1:
            return n + any(key(cell.text) in _LEVELS for cell in cells), n + 1, None
        reached = n >= deepest or any(is_money(cell.text) for cell in cells)
        if reached and _is_body(piece, n, cells, knowledge):
            return n, n, None
        deepest = max([deepest, *(n + cell.row_span for cell in row if key(cell.text))])
    return (0, 0, None) if len(piece.rows) > MOST else (len(piece.rows), len(piece.rows), None)


def _numbers_columns(cells: Sequence[Cell]) -> bool:
    """Whether a row numbers the columns; 类 款 项 may stand in its left half."""
    return is_column_numbers([text for cell in cells if (text := key(cell.text)) not in _LEVELS])


def heading_paths(piece: Piece, rows: int) -> tuple[tuple[str, ...], ...]:
    """The texts above each grid column, from top to bottom; a cell over several columns or rows counts once in each."""
    columns = len(piece.xs) - 1
    paths: list[list[str]] = [[] for _ in range(columns)]
    for n in range(rows):
        numbered = _numbers_columns(piece.rows[n])
        for cell in piece.rows[n]:
            if not key(cell.text) or is_money(cell.text) or (numbered and key(cell.text) not in _LEVELS):
                continue
            for column in range(cell.column, min(cell.column + cell.column_span, columns)):
                paths[column].append(cell.text)
    return tuple(tuple(path) for path in paths)


def _is_split(cells: Sequence[Cell]) -> bool:
    """Whether a row prints 类 款 项 as headings on its left and numbers on its right."""
    texts = [key(cell.text) for cell in cells]
    levels = [text for text in texts if text in _LEVELS]
    return len(levels) >= 2 and any(is_money(cell.text) for cell in cells)


def is_column_numbers(texts: Sequence[str]) -> bool:
    """Whether the keys of a row are numbers of columns: 栏次 1 2 3, ** ** 1 2, 1=2+3."""
    if not texts or not all(_COLUMN_NUMBER.fullmatch(text) for text in texts):
        return False
    numbers = [int(text.strip("()（）")) for text in texts if text.strip("()（）").isdecimal()]
    counted = len(numbers) > 1 and all(b - a in (0, 1) for a, b in pairwise(numbers)) and numbers[0] <= 3
    marked = any(text in ("栏次", "行次") or set(text) <= set("*") for text in texts)
    return counted or (marked and bool(numbers)) or any("=" in text for text in texts)


def _is_body(piece: Piece, n: int, cells: Sequence[Cell], knowledge: BudgetKnowledge) -> bool:
    texts = [key(cell.text) for cell in cells]
    if not texts:
        return n > 0 and not any(key(cell.text) for cell in piece.covered[n])
    numbers = [text for text in texts if is_number(text)]
    if any(not is_year(text) for text in numbers):
        return True
    blank = len(piece.rows[n]) > len(cells) or any(is_nil(text) for text in texts)
    if n > 0 and BLANK * len(piece.rows[n]) <= sum(is_nil(cell.text) for cell in piece.rows[n]):
        return True
    if ITEM_NUMBER.match(texts[0]) and (blank or n > 0):
        return True
    is_total = any(knowledge.rows.total.search(text) for text in texts)
    return is_total and blank and n > 0 and all(is_nil(t) or knowledge.rows.total.search(t) for t in texts)
