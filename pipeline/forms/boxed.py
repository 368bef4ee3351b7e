"""One form a project: labels with values beside or below them, a fund block, goals, and indicator rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.forms.cell_index import Shape, View
from pipeline.forms.dictionary import NOTHING, Knowledge, Layout, Lexicon, Meanings, is_part_of_block
from pipeline.forms.funds import AMOUNT
from pipeline.forms.header import Header
from pipeline.forms.label_area import Region
from pipeline.forms.model import Piece, RawForm, Sheet, Unread, headers_of, printed
from pipeline.forms.repeated_columns import LIFETIME, beside
from pipeline.forms.rows import Body, BodyRow, indicators, is_level, stitch
from pipeline.tables.model import Box, Cell

TOTALS = ("weight", "score")
LABEL_LENGTH = 20  # characters; a longer text is no label


@dataclass(slots=True)
class _Period:
    """A block of indicators with the label beside it: those of the whole period, or those of the year."""

    label: str
    rows: list[BodyRow]


class BoxedWalk:
    """Walks the pieces of one form and fills a RawForm. Used cells are remembered, the rest is reported."""

    def __init__(self, sheet: Sheet, layout: Layout, knowledge: Knowledge) -> None:
        self._sheet, self._layout, self._knowledge = sheet, layout, knowledge
        self._lexicon = Lexicon(knowledge, layout)
        first, last = sheet.pieces[0].table.page, sheet.pieces[-1].table.page
        self.form = RawForm(layout, first, last)
        self._used: set[int] = set()
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
            if id(row) in whole and "lifetime_target" not in row.cells:
                row.cells = {LIFETIME.get(role, role): value for role, value in row.cells.items()}
        found = indicators(rows)
        self.form.indicators = beside(found) if whole else found
        return self.form

    def _means(self, cell: Cell | None) -> Meanings:
        return self._lexicon.means(cell.text) if cell is not None and cell.text else NOTHING

    def _piece(self, piece: Piece) -> None:
        view = piece.view
        headers = [h for h in headers_of(piece, self._knowledge, self._layout) if piece.first <= h.top < piece.last]
        body = self._body_ranges(view, piece, headers)
        in_body = {row for rows, _ in body for row in rows} | {row for h in headers for row in range(h.top, h.bottom)}
        region = [c for row in range(piece.first, piece.last) if row not in in_body for c in view.starting[row]]
        below = headers[-1].bottom if headers else piece.first
        self._totals(view, [row for row in range(below, piece.last) if row not in in_body])
        Region(view, region, self.form, self._lexicon, self._used).read()
        for rows, header in body:
            columns = Body(view, header.columns)
            found = columns.rows(rows)
            if found:
                self._body.append(found)
            headed = header in headers and rows.start == header.bottom
            self._note_period(piece, header.top if headed else rows.start, header, found)
            self._mark_body(view, rows, header)
            self.form.unread += columns.ignored(rows)
        for h in headers:
            self._used |= {id(c) for row in range(h.top, h.bottom) for c in view.row_cells(row) if self._heads(c, h)}
        self._report(view, piece)

    def _is_whole(self, period: _Period) -> bool:
        found = self._lexicon.means(period.label)
        return any(m in found and found[m].scope == "lifetime" for m in ("block", "goal"))

    def _note_period(self, piece: Piece, top: int, header: Header, rows: Sequence[BodyRow]) -> None:
        """Add rows to the block under way, or begin one at a header; a page break may cut the block's label."""
        left = [c for c in piece.view.row_cells(top) if c.box.x1 <= header.columns[0].x0 + 1]
        label = "".join(c.text for c in left)
        begins = top == header.top and (top > piece.first or "block" in self._lexicon.means(label))
        if top == header.top and left:
            self._goal_beside(piece, left[-1])
        if begins or not self._periods:
            self._periods.append(_Period(label, list(rows)))
            return
        period = self._periods[-1]
        if label != period.label:
            period.label += label
        period.rows += rows

    def _goal_beside(self, piece: Piece, label: Cell) -> None:
        """A goal left of its indicators, below its label that stands beside their header."""
        below, found = piece.view.below(label), self._means(label)
        if "goal" not in found or below is None or not below.text or self._means(below) or below.row >= piece.last:
            return
        self.form.goals.setdefault(found["goal"].scope or "annual", printed(piece.table.page, below))
        self._used |= {id(label), id(below)}

    def _body_ranges(self, view: View, piece: Piece, headers: Sequence[Header]) -> list[tuple[range, Header]]:
        """Row ranges below each header, up to the first row that is no indicator; without a header the last goes on."""
        ranges: list[tuple[range, Header]] = []
        starts: list[tuple[int, Header]] = [(h.bottom, h) for h in headers]
        if self._header is not None and (not headers or headers[0].top > piece.first):
            starts.insert(0, (piece.first, self._header))
        for i, (start, header) in enumerate(starts):
            limit = starts[i + 1][1].top if i + 1 < len(starts) else piece.last
            end = next((row for row in range(start, limit) if self._stops(view, row, header)), limit)
            if end > start or start == header.bottom:  # a header at a page's foot has its rows on the next page
                ranges.append((range(start, end), header))
            self._header = header
        return ranges

    def _stops(self, view: View, row: int, header: Header) -> bool:
        """A sum, a remark or a field below the indicators: its first cell says so."""
        left = header.columns[0].x1
        for cell in view.row_cells(row):
            if cell.box.x0 >= left and cell.box.x0 > header.columns[0].x0 + 1:
                break
            found = self._means(cell) or self._ends(view, cell, header)
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

    def _ends(self, view: View, cell: Cell, header: Header) -> Meanings:
        """What patterns say of a text that stands over more than one level: a sum or a remark, and no indicator."""
        x0, x1 = header.columns[0].x0, header.columns[0].x1
        wide = cell.box.x1 > x1 + 1 if cell.box.x0 > x0 - 1 else cell.box.x1 > x0 + 1
        beside = view.right_of(cell)
        alone = beside is not None and beside.column + beside.column_span == view.columns
        if not cell.text or not (wide or alone):
            return NOTHING
        return {m: x for m, x in self._lexicon.guesses(cell.text).items() if m in ("total_row", "ignored")}

    def _totals(self, view: View, rows: Sequence[int]) -> None:
        """Weight and score that a row below the indicators sums up; no amounts, though 合计 heads them elsewhere."""
        roles = [c for c in self._header.columns if c.role in TOTALS] if self._header is not None else []
        for row in rows if roles else ():
            cells = view.row_cells(row)
            first = next((c for c in cells if "total_row" in self._lexicon.likely(c.text)), None)
            if first is None:
                continue
            found = {c.role: below[0] for c in roles if len(below := view.under(row, c.x0, c.x1)) == 1}
            if found.get("weight") is found.get("score"):  # one cell for both says what was reached
                found.pop("weight", None)
            for role, cell in found.items():
                if cell.text and cell is not first:
                    self.form.totals[role] = printed(view.table.page, cell)
            others = [c for c in cells if c.row == row and c is not first]
            self._used |= {id(c) for c in (first, *others)}
            texts = "; ".join(c.text for c in others if c.text)
            self.form.unread.append(Unread("ignored", f"{first.text}: {texts}", view.table.page, first.box))

    def _mark_body(self, view: View, rows: range, header: Header) -> None:
        left = header.columns[0].x0
        headed: dict[Shape, list[bool]] = {}
        for row in rows:
            cells, shape = view.row_cells(row), view.shapes[row]
            if shape not in headed:
                headed[shape] = [_is_headed(cell.box, header) for cell in cells]
            for cell, is_headed in zip(cells, headed[shape], strict=True):
                if is_headed or (cell.box.x0 < left and self._heads_block(cell)):
                    self._used.add(id(cell))

    def _heads(self, cell: Cell, header: Header) -> bool:
        """Whether a cell in the rows of a header is a heading of it."""
        named = any(c.text == cell.text and c.x0 == cell.box.x0 for c in header.columns)
        return named or bool(self._means(cell)) or any(c.over and c.over[1] is cell for c in header.columns)

    def _heads_block(self, cell: Cell) -> bool:
        return (
            bool(self._means(cell))
            or "block" in self._lexicon.guesses(cell.text)
            or (bool(cell.text) and is_part_of_block(self._knowledge, cell.text))
        )

    def _report(self, view: View, piece: Piece) -> None:
        """What nothing used: text beside an ignored label, unknown labels, and the rest."""
        labels = [
            (cell, found["ignored"])
            for cell in view.table.cells
            if cell.row_span > 1 and "ignored" in (found := self._means(cell))
        ]
        for row in range(piece.first, piece.last):
            beside = [(c, x) for c, x in labels if c.row <= row < c.row + c.row_span]
            for cell in view.starting[row]:
                if cell.text and id(cell) not in self._used:
                    left = [(c.column, c.text, x.private) for c, x in beside if c.column < cell.column]
                    _, label, private = max(left, default=(0, "", False))
                    text = label if private else cell.text
                    kind = "ignored" if beside else self._kind(view, cell)
                    self.form.unread.append(Unread(kind, text, view.table.page, cell.box))

    def _kind(self, view: View, cell: Cell) -> str:
        """unknown_label for a short text with an unread value beside it, or below it and beside another heading."""
        if len(cell.text) > LABEL_LENGTH or AMOUNT.match(cell.text):
            return "text"
        beside = self._is_unread(view.right_of(cell))
        heads = self._is_unread(view.below(cell)) and any(
            self._means(other).keys() & {"goal", "column", "fund"} for other in view.starting[cell.row]
        )
        return "unknown_label" if beside or heads else "text"

    def _is_unread(self, cell: Cell | None) -> bool:
        return cell is not None and bool(cell.text) and not self._means(cell) and id(cell) not in self._used


def _is_headed(box: Box, header: Header) -> bool:
    """Whether a column stands over a cell, or over a part of it."""
    middle = (box.x0 + box.x1) / 2
    return any(c.x0 - 1 <= middle <= c.x1 + 1 or box.x0 < (c.x0 + c.x1) / 2 < box.x1 for c in header.columns)
