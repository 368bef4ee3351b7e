"""Reads a budget table to its lines: one a printed number, with everything that the table says of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from pipeline.budget.axes import Above, AxisReader, TableMeaning, texts
from pipeline.budget.dictionary import NAMES, BudgetKnowledge
from pipeline.budget.headings import NO_NUMBER, number_rank
from pipeline.budget.hierarchy import set_levels
from pipeline.budget.identity import PanelReader
from pipeline.budget.model import NUMERIC, BudgetLine, BudgetTable, Column, Part, RowIdentity
from pipeline.budget.numbers import in_yuan, is_money, is_nil, parse_number, part_glued, part_overrun
from pipeline.tables.model import Box, Cell
from pipeline.text import key

_YEAR = re.compile(r"(20\d\d)年")
_MEASURE = re.compile(r"(?<=\d)[人次台辆个批套件]+$")  # behind a number of things: 60人
_TEXTS = ("text", *NAMES)  # columns without numbers
_NO_KIND_FUND = ("procurement", "purchased_services", "project", "basic", "transfer", "other")


@dataclass(frozen=True, slots=True)
class NotRead:
    """A cell that gives no line, with its place."""

    text: str
    page: int
    box: Box


@dataclass(slots=True)
class TableReading:
    """A table with its lines and what was not read of it."""

    table: BudgetTable
    basis: str | None
    stage: str
    variant: str | None
    year: int | None
    unit: str | None
    rows: int = 0
    lines: list[BudgetLine] = field(default_factory=list)
    identities: list[RowIdentity] = field(default_factory=list)
    not_read: list[NotRead] = field(default_factory=list)  # cells of columns of amounts that are no numbers
    unplaced: list[NotRead] = field(default_factory=list)  # numbers in columns of names and texts
    added_no: int | None = None  # its number for good, where a person has added it; it stands on no page's grid

    @property
    def is_empty(self) -> bool:
        """Whether the table prints no number other than 0."""
        return not any(line.number for line in self.lines)


def numbered(tables: Sequence[TableReading]) -> list[tuple[int, TableReading]]:
    """The tables of a document with their numbers: those that were found from 1, added ones with their own."""
    found = [table for table in tables if table.added_no is None]
    added = [(table.added_no, table) for table in tables if table.added_no is not None]
    return [*enumerate(found, start=1), *added]


def read_table(table: BudgetTable, year: int | None, knowledge: BudgetKnowledge) -> TableReading:
    """All lines of a table. `year` is the document's."""
    title = key(table.caption.title or "")
    said = {name: bool(pattern.search(title)) for name, pattern in knowledge.titles.items()}
    basis = "economic" if said["economic"] else "functional" if said["functional"] else None
    stage = "final_accounts" if said["final_accounts"] else "budget"
    printed = _YEAR.search(title)
    reading = TableReading(
        table,
        basis,
        stage,
        "excluding_carryover" if said["excluding_carryover"] else None,
        int(printed[1]) if printed else year,
        table.caption.amount_unit,
    )
    _Reader(reading, knowledge).read()
    return reading


def renew(reading: TableReading, knowledge: BudgetKnowledge) -> None:
    """Make everything that follows from rows and printed numbers anew: levels, axes, amounts in yuan.

    For a reading of which rows or the texts of numbers have been changed.
    """
    _Reader(reading, knowledge).renew()


class _Reader:
    def __init__(self, reading: TableReading, knowledge: BudgetKnowledge) -> None:
        self.out = reading
        self.table = reading.table
        self.knowledge = knowledge
        kind = self.table.kind
        columns = self.table.parts[0].columns
        items = {knowledge.axis("item", text) for text in texts(columns)}
        self.axes = AxisReader(
            TableMeaning(
                kind,
                reading.stage,
                reading.year,
                self._title_fund(),
                kind.use,
                kind.origin,
                bool(items & {"meeting", "training"}),
                max((column.panel for column in columns), default=1),
                kind.id == "three_public" and bool(items - {None, "three_public", "agency_operation"}),
            ),
            knowledge,
        )
        self.readers: dict[int, PanelReader] = {}
        self.above: dict[int, Above] = {}

    def _title_fund(self) -> str | None:
        """The fund of numbers whose headings and labels say none."""
        kind = self.table.kind
        if kind.fund is not None or kind.id in _NO_KIND_FUND:
            return kind.fund
        if kind.id in ("three_public", "agency_operation", "carryover"):
            return self.knowledge.axis("fund", self.table.caption.title or "")
        return None

    def read(self) -> None:
        for part in self.table.parts:
            self._part(part)
        if not self.axes.meaning.has_items:  # a label may have been completed after its first number was read
            self.out.lines = [line._replace(label=line.row.label) for line in self.out.lines]
        self._set_levels()

    def renew(self) -> None:
        """Make levels, and the axes and amounts of all numbers, from the rows and the printed numbers as they are."""
        printed: dict[tuple[int, int], list[BudgetLine]] = {}
        for line in self.out.lines:
            printed.setdefault((line.row.row_no, line.row.panel), []).append(line)
        parts = {part.piece.page: part for part in self.table.parts}
        self.out.lines = []
        for row in self.out.identities:
            row.level = row.parent_row_no = row.is_leaf = None
            above = self.above.setdefault(row.panel, Above())
            self._note_above(row, above)
            for line in sorted(printed.get((row.row_no, row.panel), ()), key=lambda line: line.column_no):
                part = parts[line.page]
                column = part.columns[line.column_no - part.first_column]
                self.out.lines.append(self._renewed(line, row, column, above))
        self.out.lines.sort(key=lambda line: line.page)
        self._set_levels()

    def _renewed(self, line: BudgetLine, row: RowIdentity, column: Column, above: Above) -> BudgetLine:
        found = parse_number(line.amount_text)
        assert found is not None, line.amount_text
        made = self._line(line.page, row, line.column_no, column, line.amount_text, line.box, found, above)
        return made._replace(is_corrected=line.is_corrected)

    def _set_levels(self) -> None:
        for panel in range(1, self.axes.meaning.panels + 1):
            rows = [row for row in self.out.identities if row.panel == panel]
            sums: dict[int, Decimal] = {}
            for line in self.out.lines:
                if (
                    line.row.panel == panel
                    and line.value_kind == "amount"
                    and line.phase not in ("change", "change_rate")
                ):
                    sums[line.row.row_no] = sums.get(line.row.row_no, Decimal(0)) + line.number
            set_levels(rows, sums)

    def _part(self, part: Part) -> None:
        if part.is_right:
            self._right_half(part)
            return
        rows = [*([part.half_body] if part.half_body is not None else []), *part.body]
        readers = list(self._panels(part))
        for n in rows:
            printed = {_column_of(cell, part.columns): cell for cell in part.piece.rows[n]}
            covered = {_column_of(cell, part.columns): cell for cell in part.piece.covered[n]}
            cells = {**covered, **printed}
            if part.goes_on and n == 0 and self._is_rest(part, cells):
                continue
            self.out.rows += 1
            self._note_unplaced(part, n)
            named = _without_halves(part, n, cells)
            for reader, amounts in readers:
                row = reader.read(self.out.rows, part.piece.page, named)
                above = self.above.setdefault(reader.panel, Above())
                self._note_above(row, above)
                self.out.identities.append(row)
                self.out.lines += self._lines(part, row, amounts, printed, above)

    def _note_unplaced(self, part: Part, n: int) -> None:
        """Keep the numbers of a row that stand in no column of numbers or codes."""
        for cell in part.piece.rows[n]:
            if part.columns[_column_of(cell, part.columns)].means in _TEXTS and is_money(cell.text):
                self.out.unplaced.append(NotRead(cell.text, part.piece.page, cell.box))

    def _right_half(self, part: Part) -> None:
        """Read the amounts of the right half of a sheet; its rows are those of the left half."""
        first = self.out.rows - len(part.body)
        left = {row.row_no: row for row in self.out.identities if row.panel == part.columns[0].panel}
        amounts = {n: column for n, column in enumerate(part.columns) if column.means in NUMERIC}
        for row_no, n in enumerate(part.body, start=first + 1):
            printed = {_column_of(cell, part.columns): cell for cell in part.piece.rows[n]}
            self._note_unplaced(part, n)
            above = self.above.setdefault(part.columns[0].panel, Above())
            self.out.lines += self._lines(part, left[row_no], amounts, printed, above)

    def _is_rest(self, part: Part, cells: Mapping[int, Cell]) -> bool:
        """Whether the first row of a page is the rest of the row that the page break cut; its labels are completed.

        It has no number in the column that numbers the rows, and no amount.
        """
        sequence = [n for n, column in enumerate(part.columns) if column.means == "sequence"]
        amounts = [n for n, column in enumerate(part.columns) if column.means == "amount"]
        if not sequence or any(n in cells and not is_nil(cells[n].text) for n in (*sequence, *amounts)):
            return False
        texts_ = {part.columns[n].panel: cell.text for n, cell in cells.items() if key(cell.text)}
        for panel, text in texts_.items():
            row = next((row for row in reversed(self.out.identities) if row.panel == panel), None)
            if row is not None and row.label:
                row.label += text.strip()
        return True

    def _panels(self, part: Part) -> Iterator[tuple[PanelReader, Mapping[int, Column]]]:
        """The panels of a page: what reads their rows, and their columns of numbers."""
        for panel in range(1, self.axes.meaning.panels + 1):
            columns = {n: column for n, column in enumerate(part.columns) if column.panel == panel}
            amounts = {n: column for n, column in columns.items() if column.means in NUMERIC}
            reader = self.readers.get(panel)
            if amounts and (reader is None or reader.columns != columns):
                reader = self._reader(panel, self.axes.column(next(iter(amounts.values()))).side, columns, reader)
            if amounts and reader is not None:
                yield reader, amounts

    def _reader(self, panel: int, side: str, columns: Mapping[int, Column], before: PanelReader | None) -> PanelReader:
        basis = {"economic": "economic_department", "functional": "functional", None: None}[self.out.basis]
        reader = PanelReader(
            columns,
            self.table.kind,
            panel,
            side,
            self.knowledge,
            self.table.caption.unit_name,
            basis,
            self.axes.meaning.has_items,
        )
        if before is not None:
            reader.codes, reader.unit, reader.is_economic = before.codes, before.unit, before.is_economic
        self.readers[panel] = reader
        return reader

    def _note_above(self, row: RowIdentity, above: Above) -> None:
        """What this row gives to those below: a row of carried-over money its origin, a row of a use its use."""
        rank = number_rank(row.label)
        if row.classification == "total" or rank <= above.origin_rank < NO_NUMBER:
            above.origin = None
        if row.classification == "total" or rank <= above.use_rank < NO_NUMBER:
            above.use = None
        if row.classification == "fund" and row.role != "of_which":
            origin = self.knowledge.axis("origin", row.label or "")
            if origin is not None:
                above.origin, above.origin_rank = origin, rank
        if row.classification == "use":
            above.use, above.use_rank = self.knowledge.axis("use", row.label or ""), rank

    def _lines(
        self, part: Part, row: RowIdentity, amounts: Mapping[int, Column], cells: Mapping[int, Cell], above: Above
    ) -> Iterator[BudgetLine]:
        shown = _unglued({n: cells[n].text for n in amounts if n in cells})
        for n, column in amounts.items():
            text = shown.get(n, "")
            if is_nil(text):
                continue
            cell = cells[n]
            overrun = part_overrun(text) if n and part.columns[n - 1].means in NAMES else None
            if overrun is not None and row.label:
                row.label, text = row.label + overrun[0], overrun[1]
            found = parse_number(_MEASURE.sub("", text) if column.means == "count" else text)
            if found is None:
                self.out.not_read.append(NotRead(cell.text, part.piece.page, cell.box))
                continue
            yield self._line(
                part.piece.page, row, part.first_column + n, column, text, Box(*_union(cell)), found, above
            )

    def _line(
        self,
        page: int,
        row: RowIdentity,
        number_of_column: int,
        column: Column,
        text: str,
        box: Box | None,
        found: tuple[Decimal, bool],
        above: Above,
    ) -> BudgetLine:
        number, is_percent = found
        means = self.axes.column(column)
        phase = self.axes.phase(column, row)
        kind = "percent" if is_percent or column.means == "percent" or phase == "change_rate" else "amount"
        kind = "count" if column.means == "count" else kind
        unit = means.unit or self.out.unit
        is_known = means.is_known
        return BudgetLine(
            row,
            number_of_column,
            means.side,
            self.axes.fund(means, row) if is_known else None,
            self.axes.use(means, row, above) if is_known else None,
            self.axes.origin(means, row, above) if is_known else None,
            phase if is_known else None,
            self.axes.item(means, row),
            kind,
            number,
            in_yuan(number, unit) if kind == "amount" and unit is not None else None,
            text.strip(),
            means.heading,
            column.path[-1] if self.axes.meaning.has_items and column.path else row.label,
            page,
            box,
            is_known,
        )


def _column_of(cell: Cell, columns: Sequence[Column]) -> int:
    """The grid column of a cell: its first, but for a number in a cell that reaches over one column of amounts."""
    if cell.column_span == 1 or not is_money(cell.text):
        return cell.column
    reached = range(cell.column, min(cell.column + cell.column_span, len(columns)))
    amounts = [n for n in reached if columns[n].means == "amount"]
    return amounts[0] if len(amounts) == 1 else cell.column


def _without_halves(part: Part, n: int, cells: Mapping[int, Cell]) -> Mapping[int, Cell]:
    """The cells of a row without the headings 类 款 项 of a heading row that carries numbers in its right half."""
    if n != part.half_body:
        return cells
    return {i: cell for i, cell in cells.items() if key(cell.text) not in ("类", "款", "项")}


def _unglued(row: dict[int, str]) -> dict[int, str]:
    """The texts of a row's amounts, those that were printed without a gap parted."""
    texts_ = dict(row)
    for left, right in zip(sorted(row), sorted(row)[1:], strict=False):
        if right == left + 1 and (parted := part_glued(texts_[left], texts_[right])) is not None:
            texts_[left], texts_[right] = parted
    return texts_


def _union(cell: Cell) -> Sequence[float]:
    boxes = [line.box for line in cell.lines] or [cell.box]
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)
