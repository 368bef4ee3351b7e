"""Finds the budget tables of a document: told by their titles, joined over pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.budget.captions import caption_above, caption_rows, merge
from pipeline.budget.columns import right_half, understand
from pipeline.budget.dictionary import OTHER, BudgetKnowledge, Kind
from pipeline.budget.model import BudgetTable, Caption, Part, Piece, UnreadTable
from pipeline.budget.numbers import is_money
from pipeline.tables.model import Cell, Line, PageGrid, Table
from pipeline.text import key

NOTE = re.compile(r"^[(（]?(?:注|备注|说明|附注)\s*\d?[:：.．、]?")
GAP = 1  # pages without a table that may lie between two pages of one table
_FORM = re.compile(r"[一二三]级指标|指标值|绩效指标|年度目标|评分标准|得分|是否空表|(?:预算|资金)到位|指标结余")


class TableFinder:
    """Takes the pages of a document one by one and joins the budget tables on them."""

    def __init__(self, knowledge: BudgetKnowledge) -> None:
        self._knowledge = knowledge
        self._tables: list[BudgetTable] = []
        self._open: BudgetTable | None = None  # the last table, which may go on
        self._left: list[UnreadTable] = []
        self._foot = Caption()  # at the foot of the page before, below its last table: the title of the next

    def tables(self) -> list[BudgetTable]:
        """The tables in reading order; those of no kind where they stand among others, not in the text around them."""
        known = [table for table in self._tables if table.kind is not OTHER]
        if not known:
            return []
        first, last = known[0].page_first, known[-1].page_last + 1
        return [table for table in self._tables if table.kind is not OTHER or first <= table.page_first <= last]

    def left(self) -> Sequence[UnreadTable]:
        """The grids with numbers that belong to a table and were not read, a form below a table among them."""
        return self._left

    def add(self, page: PageGrid) -> None:
        """Take the tables of the next page."""
        top = 0.0
        for n, table in enumerate(page.tables):
            above = [line for line in page.lines if top - 1 <= line.box.y0 and line.box.y1 <= table.box.y0 + 3]
            self._take(page, table, above, first=n == 0)
            bottom = page.tables[n + 1].box.y0 if n + 1 < len(page.tables) else page.height
            self._take_notes([line for line in page.lines if table.box.y1 - 3 <= line.box.y0 < bottom])
            top = table.box.y1
        self._foot = caption_above([line for line in page.lines if page.tables and line.box.y0 >= top - 1])

    def _take(self, page: PageGrid, table: Table, above: Sequence[Line], first: bool) -> None:
        rows = _rows(table)
        count, own = caption_rows(rows)
        caption = merge(own, caption_above(above))
        if first and caption.title is None and caption.amount_unit is not None and self._foot.title is not None:
            caption = merge(caption, self._foot)
        piece = _piece(page.number, table, count)
        kind = self._knowledge.kind_of(caption.title) if caption.title else None
        if _is_form(rows):
            self._open = None
        elif caption.title is None:
            self._go_on(piece, caption, first)
        elif kind is None or (kind is OTHER and caption.amount_unit is None):
            self._open = None
        elif self._repeats(caption, piece):
            self._join(piece)
        else:
            self._begin(piece, caption, kind)

    def _begin(self, piece: Piece, caption: Caption, kind: Kind) -> None:
        part = understand(piece, None, self._knowledge)
        if part is not None and _has_amounts(part, kind):
            self._open = BudgetTable(caption, kind, (part,))
            self._tables.append(self._open)
        elif kind is OTHER:
            self._open = None
        else:
            self._leave(piece, caption.title)

    def _leave(self, piece: Piece, title: str | None) -> None:
        """Keep the place of a grid that was not understood when it prints numbers; the table before ends."""
        self._open = None
        if any(is_money(cell.text) for row in piece.rows for cell in row):
            self._left.append(UnreadTable(piece.page, piece.box, title))

    def _go_on(self, piece: Piece, caption: Caption, first: bool) -> None:
        """Join a grid without title to the table before when it is the first of its page and its columns agree."""
        if self._open is None or piece.page - self._open.page_last > 1 + GAP:
            if self._left and piece.page - self._left[-1].page <= 1:
                self._leave(piece, self._left[-1].title)
            self._open = None
            return
        if not first:
            self._leave(piece, self._open.caption.title)
            return
        before = self._open.parts[-1]
        part = understand(piece, before, self._knowledge)
        if piece.page - before.piece.page == 1 and (right := right_half(piece, before, self._knowledge)) is not None:
            part = right
        elif part is None or not (part.goes_on or [c.path for c in part.columns] == [c.path for c in before.columns]):
            self._leave(piece, self._open.caption.title)
            return
        if self._open.caption.amount_unit is None:  # printed above the right half of a sheet
            self._open = replace(self._open, caption=merge(self._open.caption, caption))
        self._extend(part)

    def _repeats(self, caption: Caption, piece: Piece) -> bool:
        if self._open is None or piece.page - self._open.page_last != 1:
            return False
        mine = self._open.caption
        alike = key(mine.title or "") == key(caption.title or "") and mine.amount_unit == caption.amount_unit
        return alike and len(self._open.parts[-1].piece.xs) == len(piece.xs) and mine.unit_name == caption.unit_name

    def _join(self, piece: Piece) -> None:
        assert self._open is not None
        part = understand(piece, self._open.parts[-1], self._knowledge)
        if part is not None:
            self._extend(part)
        else:
            self._leave(piece, self._open.caption.title)

    def _extend(self, part: Part) -> None:
        assert self._open is not None
        self._open = replace(self._open, parts=(*self._open.parts, part))
        self._tables[-1] = self._open

    def _take_notes(self, below: Sequence[Line]) -> None:
        """Keep the notes below the last table: from a line that begins with 注 to the first that is none of it."""
        if self._open is None or self._open is not (self._tables[-1] if self._tables else None):
            return
        notes: list[Line] = []
        for line in below:
            if NOTE.match(key(line.text)) or (
                notes and line.box.y0 - notes[-1].box.y1 < 1.2 * (line.box.y1 - line.box.y0)
            ):
                notes.append(line)
            elif notes:
                break
        if notes:
            self._open = replace(self._open, notes=tuple(notes))
            self._tables[-1] = self._open


def _rows(table: Table) -> list[list[Cell]]:
    rows: list[list[Cell]] = [[] for _ in range(len(table.ys) - 1)]
    for cell in table.cells:
        rows[cell.row].append(cell)
    return rows


def _piece(page: int, table: Table, skipped: int) -> Piece:
    """The table below its caption rows, its rows counted from 0."""
    rows = _rows(table)
    covered: list[list[Cell]] = [[] for _ in rows]
    for row in rows:
        for cell in row:
            for n in range(cell.row + 1, min(cell.row + cell.row_span, len(rows))):
                covered[n].append(cell)
    own, above = tuple(map(tuple, rows[skipped:])), tuple(map(tuple, covered[skipped:]))
    return Piece(page, table.box, table.xs, table.ys[skipped:], own, above)


def _is_form(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether a grid is a form of targets, a list of such, or a table of contents."""
    return any(_FORM.search(key(cell.text)) for row in rows[:6] for cell in row if len(cell.text) < 20)


def _has_amounts(part: Part, kind: Kind) -> bool:
    """Whether a part has columns of amounts; of a table of no kind, with numbers in them."""
    amounts = {n for n, column in enumerate(part.columns) if column.means == "amount"}
    if kind is not OTHER:
        return bool(amounts)
    return any(is_money(cell.text) for n in part.body for cell in part.piece.rows[n] if cell.column in amounts)
