"""Lists: a project is a row group, found by its merged name, amount and goal cells and joined across pages.

A page break may leave a group's cells blank on either page (a merged cell prints where its middle falls), print them
twice, or cut a goal in mid-sentence; one name may stand over several blocks of amount and goal: each block is a form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from pipeline.forms.blocks import Block, ListColumns, ListTable
from pipeline.forms.cell_index import CellIndex
from pipeline.forms.dictionary import Knowledge, Layout, Lexicon, likely, meanings
from pipeline.forms.header import Header, take_headings
from pipeline.forms.indented import LevelRows
from pipeline.forms.model import (
    OtherValue,
    Piece,
    RawForm,
    RawFund,
    Sheet,
    Unread,
    Value,
    goal_scope,
    headers_of,
    together,
)
from pipeline.forms.prose import prose_indicators
from pipeline.forms.reading import Reading, Rule, Taken, UnreadKind, Use
from pipeline.forms.roles import Field, Role
from pipeline.forms.rows import Slot, indicators, stitch
from pipeline.notation import ORGAN_ENDING
from pipeline.text import key

_ORGAN = re.compile(rf"(?:{ORGAN_ENDING}|本级|机关|单位)(?:\([^()]*\))?$")
_CODE = re.compile(r"[\[(]?[0-9A-Z]{6,}")
_SENTENCE_END = ("。", "!", ";", ".")
_NO_NAME = re.compile(r"^[*＊—－\-/]+$")
_NOTE = re.compile(r"^(注|备注|说明)[:：]")
OVERLAP = 6  # characters; a shorter repetition at a break is chance
LOST = 3  # characters that the first line below a break may have lost
AGREEMENT = 0.7  # share of the repeated text that must be the same on both sides


class ListWalk:
    """Walks the pieces of a list and gives a raw form a project."""

    def __init__(self, sheet: Sheet, layout: Layout, knowledge: Knowledge, reading: Reading) -> None:
        self._sheet, self._layout, self._knowledge, self._reading = sheet, layout, knowledge, reading
        self._columns = ListColumns()
        self._unknown: list[Unread] = []
        self._levels = LevelRows(knowledge.taxonomy, reading)

    def walk(self) -> Iterator[RawForm]:
        """The forms of the list, in reading order."""
        tables = [table for piece in self._sheet.pieces if (table := self._rows(piece))]
        merged = any(table.merges() for table in tables)
        pages = [table.blocks(merged) for table in tables]
        feet = {self._closed(found[-1]) for found in pages[:-1]}
        blocks: list[Block] = []
        for found in pages:
            if blocks:
                self._share_slots(blocks, found)
                if self._goes_on(blocks[-1], found[0], drawn=feet == {True, False}):
                    self._merge(blocks[-1], found.pop(0))
            blocks += found
        unit: Value | None = None
        form: RawForm | None = None
        left: list[OtherValue] = []
        for block in blocks:
            name = block.value(self._columns.name)
            sums = self._is_sum(block)
            if sums or (not block.has_rows and block.prose is None and not block.text(self._columns.goal)):
                if not sums and name is not None and _ORGAN.search(key(name.text)):
                    unit = name
                self._take(block, Use.OTHER, Rule.NO_PROJECT)
                left += self._row_left_out(block)
                continue
            self._take(block, Use.VALUE, Rule.GROUP)
            form = self._form(block, unit)
            form.others, left = left + form.others, []
            yield form
        if form is not None:
            form.others += left

    def _take(self, block: Block, use: Use, rule: Rule) -> None:
        taken = (Taken(use, rule, column.label, column.role) for _, column in block.cells)
        self._reading.take_row([cell for cell, _ in block.cells], enumerate(taken))

    def _rows(self, piece: Piece) -> ListTable | None:
        """A table with its rows below its header; None when it has none."""
        index = piece.cells
        headers = [h for h in headers_of(piece, self._knowledge, self._layout) if h.is_list]
        if headers:
            self._note_unknown(index, headers[0])
            self._columns = ListColumns(headers[0].columns)
        elif piece.alignment.before:
            self._columns = ListColumns(piece.alignment.move_columns(self._columns.all))
        for header in headers:
            take_headings(index, header, self._reading, Lexicon(self._knowledge, self._layout).likely)
        heads = {row for h in headers for row in range(h.top, h.bottom)}
        first = headers[0].bottom if headers else 0
        below = [row for row in range(first, index.rows) if row not in heads]
        notes = [row for row in below if _is_note(index, row)]
        rows = [row for row in below if row not in notes]
        for cell in (cell for row in notes for cell in index.row_cells(row)):
            self._reading.take(cell, Use.LEFT_OUT, Rule.NOTE)
        columns = self._columns
        levels = self._levels.take(index, rows, columns.all[columns.name] if columns.name is not None else None)
        return ListTable(index, levels, columns, self._reading) if levels and columns.all else None

    def _note_unknown(self, index: CellIndex, header: Header) -> None:
        """Headings that no dictionary knows, from the first header: no rule reads the cells below them."""
        if self._columns.all:
            return
        for row in range(header.top, header.bottom):
            for cell in index.starting[row]:
                over = any(c.over and c.over[1] is cell for c in header.columns)
                if cell.text and not over and not likely(self._knowledge, cell.text, self._layout):
                    self._reading.report(cell, UnreadKind.UNKNOWN_LABEL)
                    self._unknown.append(Unread(UnreadKind.UNKNOWN_LABEL, cell.text, index.table.page, cell.box))

    def _is_sum(self, block: Block) -> bool:
        texts = [text for i in self._columns.fields if (text := block.text(i))]
        says_so = any("total_row" in meanings(self._knowledge, text) or _NO_NAME.match(text) for text in texts)
        return says_so and not block.has_rows

    def _row_left_out(self, block: Block) -> Iterator[OtherValue]:
        """The values of a row that is no project (a sum, or a unit above its projects), by the headings of columns."""
        for number, slot in block.slots.items():
            for part in slot.value.parts if slot.value is not None else ():
                if part.page == block.page_first:
                    yield OtherValue(self._columns.all[number].text, part.text, part.page, part.box)

    def _share_slots(self, blocks: list[Block], following: list[Block]) -> None:
        """One merged name over blocks on both sides of a break: whichever side prints it names both."""
        for i in self._columns.fields:
            above, below = blocks[-1].slots.get(i), following[0].slots.get(i)
            if (
                above is None
                or below is None
                or not (above.bottom and below.top)
                or (above.value is not None and below.value is not None)
            ):
                continue
            shared = above if above.value is not None else below
            for block in blocks:
                if block.slots.get(i) is above:
                    block.slots[i] = shared
            for block in following:
                if block.slots.get(i) is below:
                    block.slots[i] = shared
            shared.bottom, shared.top, shared.ruled = below.bottom, above.top, below.ruled

    def _closed(self, block: Block) -> bool:
        """Whether a drawn rule closes a page's last block: its goal, or its amount where there is no goal column."""
        anchors = [self._columns.goal, *self._columns.anchors]
        slot = next((block.slots[i] for i in anchors if i is not None and i in block.slots), None)
        return slot is None or slot.ruled

    def _goes_on(self, above: Block, below: Block, drawn: bool) -> bool:
        """Whether a page break cut one block in two. Where a list rules off some pages only, the rule says so."""
        return not self._closed(above) if drawn else self._same(above, below)

    def _same(self, above: Block, below: Block) -> bool:
        """Whether a page break cut one block in two."""
        name, goal, fund = self._columns.name, self._columns.goal, self._columns.fund
        a_fund, b_fund = above.text(fund), below.text(fund)
        shared = name is not None and above.slots.get(name) is below.slots.get(name)
        if not shared and above.text(name) and below.text(name):
            if above.text(name) == below.text(name):
                if not (a_fund and b_fund):  # a block of its own would print its amount
                    return True
                return a_fund == b_fund and above.text(goal) == below.text(goal) and below.prose is None
            if a_fund and _digits(a_fund) == _digits(b_fund) and _halves(above.text(name), below.text(name)):
                return True
            same_goal = above.text(goal) == below.text(goal) and _are_parts(_digits(a_fund), _digits(b_fund))
            if same_goal and _ends_alike(above, below, name, 1 if len(above.text(goal)) >= OVERLAP else OVERLAP):
                return True
            cut_goal = not below.text(goal) or not above.text(goal).endswith(_SENTENCE_END)
            return not b_fund and bool(a_fund) and cut_goal  # the tail of a cut name
        return not (a_fund and b_fund)

    def _merge(self, above: Block, below: Block) -> None:
        for i, slot in below.slots.items():
            mine = above.slots.get(i)
            if mine is None or mine.value is None or slot is mine:
                above.slots[i] = slot
                continue
            value = mine.value
            if i == self._columns.name and _is_another(key(value.text), below.text(i)):
                above.slots[i] = slot  # the blank cell before it was not the end of the name above
                continue
            if slot.value is not None and key(slot.value.text) != key(value.text):
                value = _whole(value, slot.value)
            above.slots[i] = Slot(value, mine.top, slot.bottom, slot.ruled)
        above.cells += below.cells
        above.pages += below.pages
        above.page_last = below.page_last
        above.unread += below.unread
        above.others += below.others
        if below.prose is not None:
            above.prose = below.prose if above.prose is None else together([above.prose, below.prose])

    def _form(self, block: Block, unit: Value | None) -> RawForm:
        form = RawForm(self._layout, block.page_first, block.page_last)
        form.in_prose = not any(c.role in (Role.LEVEL3, Role.PROSE) for c in self._columns.all)
        for i, column in self._columns.group:
            value = block.value(i)
            if value is None:
                continue
            if isinstance(column.role, Field):
                form.fields[column.role] = value
                form.labels[column.role] = column.text
            elif column.role == Role.GOAL:
                form.goals.setdefault(goal_scope(column.label), value)
        form.funds = list(self._funds(block))
        form.unread = [*self._unknown, *block.unread]
        form.others = list(block.others)
        self._unknown = []  # once a list
        if unit is not None and Field.IMPLEMENTING_UNIT not in form.fields:
            form.fields[Field.IMPLEMENTING_UNIT] = unit
        form.indicators = indicators(stitch(block.pages, self._knowledge.taxonomy))
        if block.prose is not None:
            prose = prose_indicators(block.prose, self._knowledge)
            form.indicators += prose.indicators
            place = block.prose.parts[0]
            form.unread += [Unread(UnreadKind.TEXT, text, place.page, place.box) for text in prose.left]
        return form

    def _funds(self, block: Block) -> Iterator[RawFund]:
        scope = next((c.label.scope for c in self._columns.all if c.role == Role.FUND and c.label.scope), None)
        for i, column in self._columns.group:
            value = block.value(i)
            label = column.label
            if column.role == Role.FUND and value is not None and label.source is not None:
                yield RawFund(column.text, label.source, label.scope or scope, value, item=label.part == "item")


def _is_note(index: CellIndex, row: int) -> bool:
    cells = index.row_cells(row)
    return len(cells) <= 2 and bool(_NOTE.match(cells[0].text))


def _is_another(above: str, below: str) -> bool:
    """Whether a name printed below a break has a code of its own, and not the one above it or the end of that."""
    mine, other = _CODE.match(above), _CODE.match(below)
    return mine is not None and other is not None and not mine[0].endswith(other[0])


def _halves(above: str, below: str) -> bool:
    """Whether two names are one cut in half, each half damaged in its own way: only the first begins with its code."""
    return bool(_CODE.match(above)) and not _CODE.match(below) and _seam(above, below) is not None


def _ends_alike(above: Block, below: Block, name: int | None, least: int) -> bool:
    """Whether one name is the end of the other, of so many characters at least.

    A row that is too low, or a page break, hides the beginning of a long name.
    """
    a, b = above.text(name), below.text(name)
    return min(len(a), len(b)) >= least and _are_parts(a, b)


def _are_parts(above: str, below: str) -> bool:
    """Whether one text is the other or a part of its end: a line cut in half by a break may lose what is before."""
    return above.endswith(below) or below.endswith(above)


def _digits(amount: str) -> str:
    return re.sub(r"\D", "", amount)


def _whole(above: Value, below: Value) -> Value:
    """A text cut by a page break; what is stored on both sides of it counts once.

    A line cut in half may have lost characters on either side, so the seam is where the texts agree best.
    """
    parts, clipped = above.parts + below.parts, above.clipped or below.clipped
    a, b = above.text, below.text
    if b in a or a in b:
        return Value(max(a, b, key=len), parts, clipped)
    for length in range(min(len(a), len(b)), OVERLAP - 1, -1):
        if a.endswith(b[:length]):
            return Value(a + b[length:], parts, clipped)
    seam = _seam(a, b)
    return together([above, below]) if seam is None else Value(a[: seam[0]] + b[seam[1] :], parts, clipped)


def _seam(above: str, below: str) -> tuple[int, int] | None:
    """Where the text below begins inside the one above; None when it does not."""
    blocks = [m for m in SequenceMatcher(None, above, below, autojunk=False).get_matching_blocks() if m.size > 1]
    if not blocks or blocks[0].b > LOST:
        return None
    agreed = sum(m.size for m in blocks)
    tail = len(above) - blocks[0].a
    return (blocks[0].a, blocks[0].b) if agreed >= OVERLAP and agreed >= AGREEMENT * tail else None
