"""What each column of a budget table holds, and which part side by side it belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.budget.dictionary import NAMES, BudgetKnowledge
from pipeline.budget.headings import body_rows, heading_paths, is_column_numbers
from pipeline.budget.model import Column, Part, Piece
from pipeline.budget.numbers import is_money, is_nil, is_number
from pipeline.tables.model import Cell
from pipeline.text import key

MOSTLY_NUMBERS = 0.6  # share of a column's printed cells that are numbers, at least; codes and years in names are fewer
EVEN = 3.0  # points by which the rows of the two halves of a sheet may differ
SAME = 0.8  # share of the texts of a repeated row of headings that are those of the page before
SHIFT = 12.0  # points that the columns of a table may move from page to page; the widest seen is 7
_DESCRIBES = ("code", "unit_code", *NAMES)  # columns that say what a row is about
_CLASSES = (
    (re.compile(r"政府.*经济|政府预算"), "economic_government"),
    (re.compile(r"经济"), "economic_department"),
    (re.compile(r"功能"), "functional"),
)


def understand(piece: Piece, before: Part | None, knowledge: BudgetKnowledge) -> Part | None:
    """A piece with its columns and body. A piece without headings takes the columns of the part before it.

    None for a piece without headings that no part before it explains.
    """
    fitted = fit(piece, before.piece) if before is not None else None
    if before is not None and fitted is not None:
        first = _repeated(fitted, before)
        return Part(fitted, before.columns, range(first, len(piece.rows)), goes_on=first == 0)
    headings, first, half = body_rows(piece, knowledge)
    if headings == 0:
        return None
    paths = heading_paths(piece, headings)
    body = range(first, len(piece.rows))
    means = [_means(path, _body_texts(piece, n, body), knowledge) for n, path in enumerate(paths)]
    panels = _panels(means)
    columns = tuple(
        Column(path, meaning, panel, _classification(path))
        for path, meaning, panel in zip(paths, means, panels, strict=True)
    )
    return Part(piece, columns, body, half)


def right_half(piece: Piece, before: Part, knowledge: BudgetKnowledge) -> Part | None:
    """A piece as the right half of a wide sheet of which the part before is the left; None where it is none.

    Both halves have the same rows at the same heights. A heading that the cut divides stands on the left alone.
    """
    if before.goes_on or len(piece.ys) != len(before.piece.ys):
        return None
    if any(abs(a - b) > EVEN for a, b in zip(piece.ys, before.piece.ys, strict=True)):
        return None
    part = understand(piece, None, knowledge)
    if part is None or part.body != before.body or any(column.means in _DESCRIBES for column in part.columns):
        return None
    last = before.columns[-1]
    columns = [
        column._replace(path=(*last.path[: depth - len(column.path)], *column.path), panel=last.panel)
        for column in part.columns
        for depth in [_depth_of(piece, part.body, column)]
    ]
    first = before.first_column + len(before.columns)
    return replace(part, columns=tuple(columns), is_right=True, first_column=first)


def _depth_of(piece: Piece, body: range, column: Column) -> int:
    """How many headings a column would have if no cell above it were blank."""
    blank = sum(not key(cell.text) for n in range(body.start) for cell in piece.rows[n] if cell.column == 0)
    return len(column.path) + (blank if column.path and _is_first(piece, body, column) else 0)


def _is_first(piece: Piece, body: range, column: Column) -> bool:
    """Whether a column is the first of its piece, where the cut may have taken a heading from it."""
    return any(cell.column == 0 and cell.text == column.path[-1] for n in range(body.start) for cell in piece.rows[n])


def _repeated(piece: Piece, before: Part) -> int:
    """How many of the first rows of a piece repeat the headings of the part before, and the numbers of columns."""
    known = {key(text) for column in before.columns for text in column.path}
    for n, row in enumerate(piece.rows):
        texts = [key(cell.text) for cell in row if key(cell.text)]
        if texts and is_column_numbers(texts) and n:
            return n + 1
        if not texts or sum(text in known for text in texts) < SAME * len(texts):
            return n
    return len(piece.rows)


def fit(piece: Piece, before: Piece) -> Piece | None:
    """A piece in the grid of the piece before it. None where its columns stand elsewhere.

    A last row whose first cells are merged has fewer columns, each of them at the edges of some of those before.
    """
    shift = piece.xs[0] - before.xs[0]
    places = [min(range(len(before.xs)), key=lambda n: abs(before.xs[n] + shift - x)) for x in piece.xs]
    near = all(abs(before.xs[n] + shift - x) < SHIFT for n, x in zip(places, piece.xs, strict=True))
    if not near or len(set(places)) < len(places) or places[-1] != len(before.xs) - 1:
        return None
    if len(places) == len(before.xs):
        return piece
    rows = tuple(tuple(_moved(cell, places) for cell in row) for row in piece.rows)
    covered = tuple(tuple(_moved(cell, places) for cell in row) for row in piece.covered)
    return replace(piece, xs=before.xs, rows=rows, covered=covered)


def _moved(cell: Cell, places: Sequence[int]) -> Cell:
    first = places[cell.column]
    return cell._replace(column=first, column_span=places[cell.column + cell.column_span] - first)


def _body_texts(piece: Piece, column: int, body: range) -> list[str]:
    return [
        cell.text
        for n in body
        for cell in piece.rows[n]
        if cell.column <= column < cell.column + cell.column_span
        and not is_nil(cell.text)
        and (cell.column_span == 1 or is_number(cell.text))
    ]


def _means(path: Sequence[str], texts: Sequence[str], knowledge: BudgetKnowledge) -> str:
    """What a column holds, by its headings from the last to the first; numbers below a name make it one of amounts."""
    numbers = sum(is_number(text) for text in texts)
    is_numeric = bool(texts) and numbers >= MOSTLY_NUMBERS * len(texts)
    said = next((found for part in reversed(path) if (found := knowledge.column(part)) is not None), None)
    last = knowledge.column(path[-1]) if path else None
    if said in ("sequence", "code", "unit_code", "project_code"):
        return said
    if is_numeric and not (said == "text" and not any(map(is_money, texts))):
        return said if said in ("count", "percent") else "amount"
    if texts:
        return "text" if said in (None, "count", "percent") else said
    return last if last in NAMES and not _says_amount(path[-1], knowledge) else last if last == "text" else "amount"


def _says_amount(heading: str, knowledge: BudgetKnowledge) -> bool:
    plain = key(heading)
    return (
        bool(re.search(r"^其中|金额|预算数|决算数|合计|小计|总计|经费$|支出$|收入$", plain))
        or knowledge.axis("use", heading) is not None
    )


def _panels(means: Sequence[str]) -> list[int]:
    """The panel of each column: a name or code behind amounts, with amounts behind it, begins the next."""
    panels, panel, amounts = [], 1, 0
    for n, meaning in enumerate(means):
        if meaning in _DESCRIBES and amounts and "amount" in means[n + 1 :]:
            panel, amounts = panel + 1, 0
        amounts += meaning == "amount"
        panels.append(panel)
    return panels


def _classification(path: Sequence[str]) -> str | None:
    """The classification that the headings of a code or a name say, the last first."""
    for part in reversed(path):
        for pattern, name in _CLASSES:
            if pattern.search(key(part)):
                return name
    return None
