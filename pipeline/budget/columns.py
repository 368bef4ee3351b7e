"""What each column of a budget table holds, and which part side by side it belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.budget.dictionary import NAMES, BudgetKnowledge
from pipeline.budget.headings import body_rows, heading_paths
from pipeline.budget.model import Column, Part, Piece
from pipeline.budget.numbers import is_nil, is_number
from pipeline.text import key

NUMERIC = 0.6  # share of a column's printed cells that are numbers, at least; codes and years in names are fewer
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
    headings, first, half = body_rows(piece, knowledge)
    body = range(first, len(piece.rows))
    if headings == 0:
        if before is None or not goes_on(before.piece, piece):
            return None
        return Part(piece, before.columns, body)
    paths = heading_paths(piece, headings)
    means = [_means(path, _body_texts(piece, n, body), knowledge) for n, path in enumerate(paths)]
    panels = _panels(paths, means)
    columns = tuple(
        Column(path, meaning, panel, _classification(path))
        for path, meaning, panel in zip(paths, means, panels, strict=True)
    )
    return Part(piece, columns, body, half)


def goes_on(before: Piece, piece: Piece) -> bool:
    """Whether the columns of a piece are those of the piece before it: as many, at the same places."""
    if len(before.xs) != len(piece.xs):
        return False
    shift = piece.xs[0] - before.xs[0]
    return all(abs(b - a - shift) < SHIFT for a, b in zip(before.xs, piece.xs, strict=True))


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
    is_numeric = bool(texts) and numbers >= NUMERIC * len(texts)
    said = next((found for part in reversed(path) if (found := knowledge.column(part)) is not None), None)
    last = knowledge.column(path[-1]) if path else None
    if said in ("sequence", "code", "unit_code", "project_code"):
        return said
    if is_numeric:
        return said if said in ("count", "percent") else "amount"
    if texts:
        return said or "text"
    return last if last in NAMES and not _says_amount(path[-1], knowledge) else last if last == "text" else "amount"


def _says_amount(heading: str, knowledge: BudgetKnowledge) -> bool:
    plain = key(heading)
    return (
        bool(re.search(r"金额|预算数|决算数|合计|小计|总计|经费$|支出$|收入$", plain))
        or knowledge.axis("use", heading) is not None
    )


def _panels(paths: Sequence[Sequence[str]], means: Sequence[str]) -> list[int]:
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
