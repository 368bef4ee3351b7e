"""Lists: a project is a row group, found by its merged name, amount and goal cells and joined across pages.

A page break may leave a group's cells blank on either page (a merged cell prints where its middle falls), print them
twice, or cut a goal in mid-sentence; one name may stand over several blocks of amount and goal: each block is a form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from pipeline.forms.header import Column, Header
from pipeline.forms.indented import LevelRows, with_levels
from pipeline.forms.knowledge import Knowledge, Layout, likely, meanings
from pipeline.forms.model import Piece, Printed, RawForm, RawFund, Sheet, Unread, headers_of, printed
from pipeline.forms.prose import prose_indicators
from pipeline.forms.rows import BodyRow, Slot, body_rows, ignored_columns, indicators, stitch
from pipeline.forms.view import View
from pipeline.grid.model import Box, Cell
from pipeline.text import key

_ORGAN = re.compile(
    r"(局|委员会|委|厅|办公室|部|院|会|中心|政府|街道办事处|处|队|署|站|馆|所|学校|大学|中学|小学|法院|检察院|集团|公司|园|本级|机关|单位|总队|支队|分局|社|台|校|协会|基地)(\([^()]*\))?$"
)
_CODE = re.compile(r"[\[(]?[0-9A-Z]{6,}")
_SENTENCE_END = ("。", "!", ";", ".")
_NOTE = re.compile(r"^(注|备注|说明)[:：]")
OVERLAP = 6  # characters; a shorter repetition at a break is chance
LOST = 3  # characters that the first line below a break may have lost
AGREEMENT = 0.7  # share of the repeated text that must be the same on both sides


@dataclass(slots=True)
class Block:
    """One project's rows on one page, later on several: group slots by column number, indicator rows by page."""

    slots: dict[int, Slot]
    pages: list[list[BodyRow]]
    page_first: int
    page_last: int
    prose: Printed | None = None
    unread: list[Unread] = field(default_factory=list)

    def text(self, number: int | None) -> str:
        slot = self.slots.get(number) if number is not None else None
        return key(slot.value.text) if slot is not None and slot.value is not None else ""

    @property
    def has_rows(self) -> bool:
        return any("level3" in row.cells or "target" in row.cells for rows in self.pages for row in rows)


_Levels = Mapping[int, Mapping[str, Slot]]
_Table = tuple[View, _Levels, dict[int, dict[int, Cell]]]


class ListWalk:
    """Walks the pieces of a list and gives a raw form a project."""

    def __init__(self, sheet: Sheet, layout: Layout, knowledge: Knowledge) -> None:
        self._sheet, self._layout, self._knowledge = sheet, layout, knowledge
        self._columns: tuple[Column, ...] = ()
        self._merges = False
        self._unknown: list[Unread] = []
        self._levels = LevelRows(knowledge.taxonomy)

    def walk(self) -> Iterator[RawForm]:
        """The forms of the list, in reading order."""
        tables = [table for piece in self._sheet.pieces if (table := self._rows(piece))]
        self._merges = any(self._merged(cells) for _, _, cells in tables)
        pages = [self._blocks(*table) for table in tables]
        feet = {self._closed(found[-1]) for found in pages[:-1]}
        blocks: list[Block] = []
        for found in pages:
            if blocks:
                self._share_slots(blocks, found)
                if self._goes_on(blocks[-1], found[0], drawn=feet == {True, False}):
                    self._merge(blocks[-1], found.pop(0))
            blocks += found
        unit: Printed | None = None
        form: RawForm | None = None
        left: list[Unread] = []
        for block in blocks:
            name = self._slot(block, self._name())
            sums = self._is_sum(block)
            if sums or (not block.has_rows and block.prose is None and not block.text(self._number("goal"))):
                if not sums and name is not None and _ORGAN.search(key(name.text)):
                    unit = name
                left += _row_left_out(block)
                continue
            form = self._form(block, unit)
            form.unread, left = left + form.unread, []
            yield form
        if form is not None:
            form.unread += left

    def _number(self, role: str) -> int | None:
        return next((i for i, c in enumerate(self._columns) if c.role == role), None)

    def _name(self) -> int | None:
        """The column that names the row group: a project, or a unit in a list of units."""
        roles = ("field:project_name", "field:implementing_unit", "field:department")
        return next((n for role in roles if (n := self._number(role)) is not None), None)

    @staticmethod
    def _slot(block: Block, number: int | None) -> Printed | None:
        slot = block.slots.get(number) if number is not None else None
        return slot.value if slot is not None else None

    def _anchors(self) -> list[int]:
        """Name, first amount and goal: where one of them begins, a block begins."""
        fund = next((i for i, c in enumerate(self._columns) if c.role == "fund"), None)
        return [i for i in (self._name(), fund, self._number("goal")) if i is not None]

    def _rows(self, piece: Piece) -> _Table | None:
        """A table's rows below its header, each with its group's cells by column number."""
        view = piece.view
        headers = [h for h in headers_of(piece, self._knowledge, self._layout) if h.is_list]
        if headers:
            self._note_unknown(view, headers[0])
            self._columns = headers[0].columns
        heads = {row for h in headers for row in range(h.top, h.bottom)}
        first = headers[0].bottom if headers else 0
        rows = [row for row in range(first, view.rows) if row not in heads and not self._is_note(view, row)]
        if not rows or not self._columns:
            return None
        name = self._name()
        levels = self._levels.take(view, rows, self._columns[name] if name is not None else None)
        columns = self._group_columns()
        return view, levels, {row: _group_cells(view, row, columns) for row in levels}

    def _note_unknown(self, view: View, header: Header) -> None:
        """Headings that no dictionary knows, from the first header: what stands below them is read by nobody."""
        if self._columns:
            return
        for row in range(header.top, header.bottom):
            for cell in view.starting[row]:
                over = any(c.over and c.over[1] is cell for c in header.columns)
                if cell.text and not over and not likely(self._knowledge, cell.text, self._layout):
                    self._unknown.append(Unread("unknown_label", cell.text, view.table.page, cell.box))

    def _blocks(self, view: View, levels: _Levels, cells: dict[int, dict[int, Cell]]) -> list[Block]:
        rows = list(levels)
        starts = [row for n, row in enumerate(rows) if not n or self._starts(cells, rows[n - 1], row)]
        slots: dict[int, Slot] = {}
        blocks: list[Block] = []
        for i, start in enumerate(starts):
            end = starts[i + 1] if i + 1 < len(starts) else rows[-1] + 1
            own = {row: levels[row] for row in rows if start <= row < end}
            blocks.append(self._block(view, own, cells, slots, (rows[0], rows[-1])))
        return blocks

    def _group_columns(self) -> list[tuple[int, Column]]:
        return [
            (i, c)
            for i, c in enumerate(self._columns)
            if c.role in ("fund", "goal", "prose") or c.role.startswith("field:")
        ]

    def _merged(self, cells: dict[int, dict[int, Cell]]) -> bool:
        """Whether a table merges a group's cells; if none does, blank cells below a name mean the same project."""
        anchors = self._anchors()
        return any(cell.row_span > 1 for row in cells.values() for i, cell in row.items() if i in anchors)

    def _starts(self, cells: dict[int, dict[int, Cell]], above: int, row: int) -> bool:
        here, before = cells[row], cells[above]
        begins = any(i in here and here[i].row == row and (self._merges or here[i].text) for i in self._anchors())
        return begins and not all(i in before and _repeats(before[i], cell, self._merges) for i, cell in here.items())

    def _block(
        self,
        view: View,
        levels: Mapping[int, Mapping[str, Slot]],
        cells: dict[int, dict[int, Cell]],
        slots: dict[int, Slot],
        ends: tuple[int, int],
    ) -> Block:
        page, rows = view.table.page, list(levels)
        own: dict[int, Slot] = {}
        for row in rows:
            for i, cell in cells[row].items():
                if id(cell) not in slots:
                    value = printed(page, cell) if cell.text else None
                    bottom = cell.row + cell.row_span > ends[1]
                    slots[id(cell)] = Slot(value, cell.row <= ends[0], bottom, not bottom or view.ruled_foot(cell))
                if i not in own or (own[i].value is None and slots[id(cell)].value is not None):
                    own[i] = slots[id(cell)]
        columns = [
            c
            for c in self._columns
            if c.role != "prose" and not c.role.startswith("field:") and c.role not in ("fund", "goal")
        ]
        prose = self._number("prose")
        body = list(with_levels(body_rows(view, rows, columns), levels)) if columns else []
        unread = [*ignored_columns(view, rows, self._columns), *self._unheaded(view, rows)]
        block = Block(own, [body] if body else [], page, page, unread=unread)
        block.prose = own[prose].value if prose is not None and prose in own else None
        return block

    def _unheaded(self, view: View, rows: list[int]) -> Iterator[Unread]:
        """Texts in columns that no heading names, or one that nobody knows."""
        headed = [(c.x0, (c.x0 + c.x1) / 2, c.x1) for c in self._columns]
        for cell in (cell for row in rows for cell in view.starting[row] if cell.text):
            x0, _, x1, _ = cell.box
            middle = (x0 + x1) / 2
            if not any(left < middle < right or x0 < centre < x1 for left, centre, right in headed):
                yield Unread("text", cell.text, view.table.page, cell.box)

    def _is_note(self, view: View, row: int) -> bool:
        cells = view.row_cells(row)
        return len(cells) <= 2 and bool(_NOTE.match(cells[0].text))

    def _is_sum(self, block: Block) -> bool:
        texts = [block.text(i) for i, c in enumerate(self._columns) if c.role.startswith("field:")]
        no_name = re.compile(r"^[*＊—－\-/]+$")
        return (
            any("total_row" in meanings(self._knowledge, t) or no_name.match(t) for t in texts if t)
            and not block.has_rows
        )

    def _share_slots(self, blocks: list[Block], following: list[Block]) -> None:
        """One merged name over blocks on both sides of a break: whichever side prints it names both."""
        for i, column in enumerate(self._columns):
            if not column.role.startswith("field:"):
                continue
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
        anchors = [self._number("goal"), *self._anchors()]
        slot = next((block.slots[i] for i in anchors if i is not None and i in block.slots), None)
        return slot is None or slot.ruled

    def _goes_on(self, above: Block, below: Block, drawn: bool) -> bool:
        """Whether a page break cut one block in two. Where a list rules off some pages only, the rule says so."""
        return not self._closed(above) if drawn else self._same(above, below)

    def _same(self, above: Block, below: Block) -> bool:
        """Whether a page break cut one block in two."""
        name, goal = self._name(), self._number("goal")
        fund = next((i for i, c in enumerate(self._columns) if c.role == "fund"), None)
        a_fund, b_fund = above.text(fund), below.text(fund)
        shared = name is not None and above.slots.get(name) is below.slots.get(name)
        if not shared and above.text(name) and below.text(name):
            if above.text(name) == below.text(name):
                if not (a_fund and b_fund):  # a block of its own would print its amount
                    return True
                return a_fund == b_fund and above.text(goal) == below.text(goal) and below.prose is None
            if a_fund and _digits(a_fund) == _digits(b_fund) and _halves(above.text(name), below.text(name)):
                return True
            if a_fund == b_fund and above.text(goal) == below.text(goal) and _ends_alike(above, below, name):
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
            if i == self._name() and _is_another(key(value.text), below.text(i)):
                above.slots[i] = slot  # the blank cell before it was not the end of the name above
                continue
            if slot.value is not None and key(slot.value.text) != key(value.text):
                value = _whole(value, slot.value)
            above.slots[i] = Slot(value, mine.top, slot.bottom, slot.ruled)
        above.pages += below.pages
        above.page_last = below.page_last
        above.unread += below.unread
        if below.prose is not None:
            above.prose = below.prose if above.prose is None else above.prose + below.prose

    def _form(self, block: Block, unit: Printed | None) -> RawForm:
        form = RawForm(self._layout, block.page_first, block.page_last)
        form.in_prose = not any(c.role in ("level3", "prose") for c in self._columns)
        for i, column in enumerate(self._columns):
            value = self._slot(block, i)
            if value is None:
                continue
            if column.role.startswith("field:"):
                form.fields[column.role.removeprefix("field:")] = value
            elif column.role == "goal":
                form.goals.setdefault(column.label.scope or "annual", value)
        form.funds = list(self._funds(block))
        form.unread = [*self._unknown, *block.unread]
        self._unknown = []  # once a list
        if unit is not None and "implementing_unit" not in form.fields:
            form.fields["implementing_unit"] = unit
        form.indicators = indicators(stitch(block.pages, self._knowledge.taxonomy))
        if block.prose is not None:
            form.indicators += prose_indicators(block.prose, self._knowledge)
        return form

    def _funds(self, block: Block) -> Iterator[RawFund]:
        scope = next((c.label.scope for c in self._columns if c.role == "fund" and c.label.scope), None)
        for i, column in enumerate(self._columns):
            value = self._slot(block, i)
            if column.role == "fund" and value is not None:
                label = column.label
                yield RawFund(column.text, str(label.source), label.scope or scope, value, item=label.part == "item")


def _group_cells(view: View, row: int, columns: Sequence[tuple[int, Column]]) -> dict[int, Cell]:
    """A row's cells of its group, by column number."""
    found = [(column, cells[0]) for column in columns if (cells := view.under(row, column[1].x0, column[1].x1))]
    return {i: cell for (i, _), cell in found if not _reaches_in(i, cell, [c for c, other in found if other is cell])}


def _reaches_in(number: int, cell: Cell, columns: Sequence[tuple[int, Column]]) -> bool:
    """Whether a cell over several columns has its text in another one: a border between them was not drawn."""
    if len(columns) < 2 or not cell.lines:
        return False
    middle = (min(x.box.x0 for x in cell.lines) + max(x.box.x1 for x in cell.lines)) / 2
    return any(c.x0 <= middle <= c.x1 for i, c in columns if i != number)


def _is_another(above: str, below: str) -> bool:
    """Whether a name printed below a break has a code of its own, and not the one above it or the end of that."""
    mine, other = _CODE.match(above), _CODE.match(below)
    return mine is not None and other is not None and not mine[0].endswith(other[0])


def _repeats(above: Cell, cell: Cell, merged: bool) -> bool:
    """Whether a cell of a row group says what the one above it said: name and goal may be printed on every row."""
    same_text = key(cell.text) == key(above.text) if cell.text else not merged
    return cell is above or same_text


def _row_left_out(block: Block) -> Iterator[Unread]:
    """A row that is no project: a sum, or a unit above its projects."""
    values = [slot.value for slot in block.slots.values() if slot.value is not None]
    parts = [part for value in values for part in value.parts if part.page == block.page_first]
    if parts:
        boxes = [part.box for part in parts]
        box = Box(*(min(b[n] for b in boxes) for n in (0, 1)), *(max(b[n] for b in boxes) for n in (2, 3)))
        yield Unread("ignored", "; ".join(value.text for value in values), block.page_first, box)


def _halves(above: str, below: str) -> bool:
    """Whether two names are one cut in half, each half damaged in its own way: only the first begins with its code."""
    return bool(_CODE.match(above)) and not _CODE.match(below) and _seam(above, below) is not None


def _ends_alike(above: Block, below: Block, name: int | None) -> bool:
    """Whether one name is the end of the other: a row that is too low hides the beginning of a long name."""
    a, b = above.text(name), below.text(name)
    return min(len(a), len(b)) >= OVERLAP and (a.endswith(b) or b.endswith(a))


def _digits(amount: str) -> str:
    return re.sub(r"\D", "", amount)


def _whole(above: Printed, below: Printed) -> Printed:
    """A text cut by a page break; what is stored on both sides of it counts once.

    A line cut in half may have lost characters on either side, so the seam is where the texts agree best.
    """
    parts, clipped = above.parts + below.parts, above.clipped or below.clipped
    a, b = above.text, below.text
    if b in a or a in b:
        return Printed(max(a, b, key=len), parts, clipped)
    for length in range(min(len(a), len(b)), OVERLAP - 1, -1):
        if a.endswith(b[:length]):
            return Printed(a + b[length:], parts, clipped)
    seam = _seam(a, b)
    return above + below if seam is None else Printed(a[: seam[0]] + b[seam[1] :], parts, clipped)


def _seam(above: str, below: str) -> tuple[int, int] | None:
    """Where the text below begins inside the one above; None when it does not."""
    blocks = [m for m in SequenceMatcher(None, above, below, autojunk=False).get_matching_blocks() if m.size > 1]
    if not blocks or blocks[0].b > LOST:
        return None
    agreed = sum(m.size for m in blocks)
    tail = len(above) - blocks[0].a
    return (blocks[0].a, blocks[0].b) if agreed >= OVERLAP and agreed >= AGREEMENT * tail else None
