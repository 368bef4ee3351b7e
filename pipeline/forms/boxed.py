"""One form a project: labels with values beside or below them, a fund block, goals, and indicator rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.forms.alignment import Alignment
from pipeline.forms.cell_index import CellIndex, Shape
from pipeline.forms.dictionary import NOTHING, Knowledge, Label, Layout, Lexicon, Meanings, is_part_of_block
from pipeline.forms.header import Column, Header, take_headings
from pipeline.forms.label_area import LabelArea
from pipeline.forms.model import OtherValue, Piece, RawForm, Sheet, Unread, goal_scope, headers_of, printed
from pipeline.forms.reading import Reading, Rule, Taken, UnreadKind, Use
from pipeline.forms.repeated_columns import join_repeated
from pipeline.forms.roles import LIFETIME, Role
from pipeline.forms.rows import Body, BodyRow, first_indicator, indicators, is_level, stitch
from pipeline.forms.tasks import Tasks
from pipeline.notation import AMOUNT_CELL
from pipeline.tables.model import Box, Cell

TOTALS = (Role.WEIGHT, Role.SCORE)
LABEL_LENGTH = 20  # characters; a longer text is no label


@dataclass(slots=True)
class _Period:
    """A block of indicators with the label beside it: those of the whole period, or those of the year."""

    label: str
    rows: list[BodyRow]


class BoxedWalk:
    """Walks the pieces of one form and fills a RawForm.

    Every cell that a rule uses is recorded in `reading`; what is left is reported.
    """

    def __init__(self, sheet: Sheet, layout: Layout, knowledge: Knowledge, reading: Reading) -> None:
        self._sheet, self._layout, self._knowledge, self._reading = sheet, layout, knowledge, reading
        self._lexicon = Lexicon(knowledge, layout)
        first, last = sheet.pieces[0].table.page, sheet.pieces[-1].table.page
        self.form = RawForm(layout, first, last)
        self._body: list[list[BodyRow]] = []
        self._header: Header | None = None
        self._periods: list[_Period] = []

    def walk(self) -> RawForm:
        """The form with everything that was found."""
        for piece in self._sheet.pieces:
            self._piece(piece)
        rows = stitch(self._body, self._knowledge.taxonomy)
        whole = {id(row) for period in self._periods if self._is_whole(period) for row in period.rows}
        for row in rows:
            if id(row) in whole and Role.LIFETIME_TARGET not in row.cells:
                row.cells = {LIFETIME.get(role, role): value for role, value in row.cells.items()}
        found = indicators(rows)
        self.form.indicators = join_repeated(found) if whole else found
        return self.form

    def _means(self, cell: Cell | None) -> Meanings:
        return self._lexicon.means(cell.text) if cell is not None and cell.text else NOTHING

    def _piece(self, piece: Piece) -> None:
        index = piece.cells
        self._move(piece.alignment)
        headers = [h for h in headers_of(piece, self._knowledge, self._layout) if piece.first <= h.top < piece.last]
        body = self._body_ranges(index, piece, headers)
        in_body = {row for rows, _ in body for row in rows} | {row for h in headers for row in range(h.top, h.bottom)}
        label_cells = [c for row in range(piece.first, piece.last) if row not in in_body for c in index.starting[row]]
        below = headers[-1].bottom if headers else piece.first
        self._totals(index, [row for row in range(below, piece.last) if row not in in_body])
        Tasks(index, self.form, self._lexicon, self._reading).read(label_cells)
        LabelArea(index, label_cells, self.form, self._lexicon, self._reading).read()
        for rows, header in body:
            columns = Body(index, header.columns, self._reading)
            found = columns.rows(rows)
            if found:
                self._body.append(found)
            headed = header in headers and rows.start == header.bottom
            self._note_period(piece, header.top if headed else rows.start, header, found)
            self.form.others += columns.others(rows)
            self._take_body(index, rows, header)
        for h in headers:
            take_headings(index, h, self._reading, self._lexicon.means)
        self._report(index, piece)

    def _move(self, alignment: Alignment) -> None:
        """Look for the columns of the header and the rest of values where a table that was moved has them."""
        if self._header is not None:
            self._header = alignment.move(self._header)
        places = self.form.value_places
        places[:] = [place._replace(left=alignment.place(place.left)) for place in places]

    def _is_whole(self, period: _Period) -> bool:
        found = self._lexicon.means(period.label)
        return any(m in found and found[m].scope == "lifetime" for m in ("block", "goal"))

    def _note_period(self, piece: Piece, top: int, header: Header, rows: Sequence[BodyRow]) -> None:
        """Add rows to the block under way, or begin one at a header; a page break may cut the block's label."""
        left = [c for c in piece.cells.row_cells(top) if c.box.x1 <= header.columns[0].x0 + 1]
        label = "".join(c.text for c in left)
        begins = top == header.top and (top > piece.first or "block" in self._lexicon.means(label))
        if top == header.top and left:
            self._take_goal_beside(piece, left[-1])
        if begins or not self._periods:
            self._periods.append(_Period(label, list(rows)))
            return
        period = self._periods[-1]
        if label != period.label:
            period.label += label
        period.rows += rows

    def _take_goal_beside(self, piece: Piece, label: Cell) -> None:
        """A goal left of its indicators, below its label that stands beside their header."""
        below, found = piece.cells.below(label), self._means(label)
        if "goal" not in found or below is None or not below.text or self._means(below) or below.row >= piece.last:
            return
        self.form.goals.setdefault(goal_scope(found["goal"]), printed(piece.table.page, below))
        self._reading.take(label, Use.LABEL, Rule.GOAL, found["goal"])
        self._reading.take(below, Use.VALUE, Rule.GOAL, found["goal"])

    def _body_ranges(self, index: CellIndex, piece: Piece, headers: Sequence[Header]) -> list[tuple[range, Header]]:
        """Row ranges below each header, up to the first row that is no indicator; without a header the last goes on."""
        ranges: list[tuple[range, Header]] = []
        starts: list[tuple[int, Header]] = [(h.bottom, h) for h in headers]
        if self._header is not None and (not headers or headers[0].top > piece.first):
            starts.insert(0, (piece.first, self._header))
        elif not headers and self._sheet.header is not None and piece is self._sheet.pieces[0]:
            rows = range(piece.first, piece.last)
            first = first_indicator(index, rows, self._sheet.header, self._knowledge.taxonomy)
            starts = [(first, self._sheet.header)] if first is not None else []
        for i, (start, header) in enumerate(starts):
            limit = starts[i + 1][1].top if i + 1 < len(starts) else piece.last
            end = next((row for row in range(start, limit) if self._stops(index, row, header)), limit)
            if end > start or start == header.bottom:  # a header at a page's foot has its rows on the next page
                ranges.append((range(start, end), header))
            self._header = header
        return ranges

    def _stops(self, index: CellIndex, row: int, header: Header) -> bool:
        """A sum, a remark or a field below the indicators: its first cell says so."""
        left = header.columns[0].x1
        for cell in index.row_cells(row):
            if cell.box.x0 >= left and cell.box.x0 > header.columns[0].x0 + 1:
                break
            found = self._means(cell) or self._ends(index, cell, header)
            if (
                not found
                or cell.row != row
                or is_level(self._knowledge.taxonomy, cell.text)
                or (found.keys() & {"block", "column"} and "ignored" not in found)
            ):
                continue
            beside = cell.box.x1 <= header.columns[0].x0 + 1  # a goal's label may head the indicators too
            if found.keys() & {"total_row", "field", "ignored"} or ("goal" in found and not beside):
                return True
        return False

    def _ends(self, index: CellIndex, cell: Cell, header: Header) -> Meanings:
        """What patterns say of a text that stands over more than one level: a sum or a remark, and no indicator."""
        x0, x1 = header.columns[0].x0, header.columns[0].x1
        wide = cell.box.x1 > x1 + 1 if cell.box.x0 > x0 - 1 else cell.box.x1 > x0 + 1
        beside = index.right_of(cell)
        alone = beside is not None and beside.column + beside.column_span == index.columns
        if not cell.text or not (wide or alone):
            return NOTHING
        return {m: x for m, x in self._lexicon.guesses(cell.text).items() if m in ("total_row", "ignored")}

    def _totals(self, index: CellIndex, rows: Sequence[int]) -> None:
        """Weight and score that a row below the indicators sums up; no amounts, though 合计 heads them elsewhere."""
        header = self._header
        columns = [(c, role) for c in header.columns if (role := _total(c)) is not None] if header is not None else []
        for row in rows if columns else ():
            cells = index.row_cells(row)
            first = next((c for c in cells if "total_row" in self._lexicon.likely(c.text)), None)
            if first is None:
                continue
            found = {role: below[0] for c, role in columns if len(below := index.under(row, c.x0, c.x1)) == 1}
            if found.get(Role.WEIGHT) is found.get(Role.SCORE):  # one cell for both says what was reached
                found.pop(Role.WEIGHT, None)
            for role, cell in found.items():
                if cell.text and cell is not first:
                    self.form.totals[role] = printed(index.table.page, cell)
                    if cell.row == row:
                        self._reading.take(cell, Use.VALUE, Rule.TOTALS, role=role)
            others = [c for c in cells if c.row == row and c is not first]
            total = self._lexicon.likely(first.text)["total_row"]
            self._reading.take(first, Use.LABEL, Rule.TOTALS, total)
            for cell in others:
                self._reading.take(cell, Use.OTHER, Rule.TOTALS, total)
                if cell.text and cell is not found.get(Role.SCORE):
                    self._keep(first.text, cell, index.table.page)

    def _keep(self, label: str, cell: Cell, page: int) -> None:
        """Keep a value that has no column in the tables."""
        self.form.others.append(OtherValue(label, cell.text, page, printed(page, cell).parts[0].box))

    def _take_body(self, index: CellIndex, rows: range, header: Header) -> None:
        """Record the other cells of indicator rows: those below a heading that no row needs, and a block's label."""
        left = header.columns[0].x0
        headed: dict[Shape, list[tuple[int, Taken]]] = {}
        beside: dict[Shape, list[int]] = {}
        for row in rows:
            cells, shape = index.row_cells(row), index.shapes[row]
            if shape not in headed:
                headings = [_heading_of(cell.box, header) for cell in cells]
                headed[shape] = [
                    (place, Taken(Use.LEFT_OUT, Rule.BODY, column.label, column.role))
                    for place, column in enumerate(headings)
                    if column is not None
                ]
                beside[shape] = [n for n, c in enumerate(cells) if headings[n] is None and c.box.x0 < left]
            self._reading.take_row(cells, headed[shape])
            for place in beside[shape]:
                if not self._reading.is_taken(cells[place]):
                    self._take_block(cells[place])

    def _take_block(self, cell: Cell) -> None:
        """A label beside the indicators that heads them all, or a piece of it that a page break has cut off."""
        found = self._means(cell) or {m: x for m, x in self._lexicon.guesses(cell.text).items() if m == "block"}
        if found or (cell.text and is_part_of_block(self._knowledge, cell.text)):
            self._reading.take(cell, Use.LABEL, Rule.BLOCK, next(iter(found.values()), None))

    def _report(self, index: CellIndex, piece: Piece) -> None:
        """Keep text beside a label without a column; report unknown labels and the rest of what nothing took."""
        labels = [
            (cell, label)
            for cell in index.table.cells
            if cell.row_span > 1
            and (found := self._means(cell))
            and (label := found.get("ignored", found.get("tasks")))
        ]
        left_out: list[tuple[Cell, Label]] = []
        value: Cell | None = None  # of the unknown label before
        for row in range(piece.first, piece.last):
            beside = [(c, x) for c, x in labels if c.row <= row < c.row + c.row_span]
            for cell in index.starting[row]:
                if not cell.text or self._reading.is_taken(cell):
                    continue
                if beside:
                    left = [(c.column, c.text) for c, _ in beside if c.column < cell.column]
                    label = _most_private([x for _, x in beside])
                    left_out.append((cell, label))
                    if not label.private:
                        self._keep(max(left, default=(0, beside[-1][0].text))[1], cell, index.table.page)
                else:
                    kind = self._kind(index, cell)
                    self.form.unread.append(Unread(kind, cell.text, index.table.page, cell.box))
                    self._reading.report(cell, kind)
                    right = index.right_of(cell)
                    if kind is UnreadKind.UNKNOWN_LABEL and right is not None and cell is not value:
                        value = self._keep_beside(cell, right, index.table.page)
        for cell, label in left_out:  # not before: an unknown label is one whose value nothing took
            self._reading.take(cell, Use.OTHER, Rule.NO_COLUMN, label)

    def _keep_beside(self, label: Cell, right: Cell, page: int) -> Cell | None:
        """Keep the value beside an unknown label, unless a pattern says that it names a person; the value."""
        if not self._is_unread(right):
            return None
        if not any(found.private for found in self._lexicon.guesses(label.text).values()):
            self._keep(label.text, right, page)
        return right

    def _kind(self, index: CellIndex, cell: Cell) -> UnreadKind:
        """An unknown label is a short text with an unread value beside it, or below it and beside another heading."""
        if len(cell.text) > LABEL_LENGTH or AMOUNT_CELL.match(cell.text):
            return UnreadKind.TEXT
        beside = self._is_unread(index.right_of(cell))
        heads = self._is_unread(index.below(cell)) and any(
            self._means(other).keys() & {"goal", "column", "fund"} for other in index.starting[cell.row]
        )
        return UnreadKind.UNKNOWN_LABEL if beside or heads else UnreadKind.TEXT

    def _is_unread(self, cell: Cell | None) -> bool:
        return cell is not None and bool(cell.text) and not self._means(cell) and not self._reading.is_taken(cell)


def _most_private(labels: Sequence[Label]) -> Label:
    """The last of the labels beside a text, or one that makes it private."""
    return next((label for label in labels if label.private), labels[-1])


def _total(column: Column) -> Role | None:
    """The role of a column whose numbers a row of totals adds up."""
    return next((role for role in TOTALS if role == column.role), None)


def _heading_of(box: Box, header: Header) -> Column | None:
    """The column that stands over a cell, or over a part of it."""
    middle = (box.x0 + box.x1) / 2
    return next(
        (c for c in header.columns if c.x0 - 1 <= middle <= c.x1 + 1 or box.x0 < (c.x0 + c.x1) / 2 < box.x1), None
    )
