"""Applies corrections to the budget tables of a document, after they are read and before they are checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import singledispatchmethod

from pipeline.budget.dictionary import BudgetKnowledge
from pipeline.budget.model import NUMERIC, BudgetLine, BudgetTable, Part, RowIdentity
from pipeline.budget.read import TableReading, numbered, renew
from pipeline.document.checks.model import Finding
from pipeline.document.corrections.added import new_table
from pipeline.document.corrections.describe import describe
from pipeline.document.corrections.model import (
    AddTable,
    AddTableRow,
    AnyTableCorrection,
    CorrectionError,
    RemoveTable,
    RemoveTableRow,
    TableNumber,
    TableRowValue,
    TableValue,
    is_added,
)
from pipeline.document.corrections.stale import (
    CONFLICT,
    NEEDLESS,
    NotApplied,
    check_after,
    check_read,
    quoted,
    reason_of,
    severity_of,
    stale_message,
)
from pipeline.document.corrections.table_fields import (
    check_number,
    check_row_value,
    check_table_value,
    row_text,
    set_row_value,
    table_text,
    with_table_value,
)
from pipeline.messages import t
from pipeline.tables.model import Box
from pipeline.text import key

ReadTable = Callable[[BudgetTable], TableReading]
_Stale = tuple[AnyTableCorrection, NotApplied, int | None]
"""A correction that was not applied, the reason, and the place of its table."""


def corrected_tables(
    readings: Sequence[TableReading],
    corrections: Iterable[AnyTableCorrection],
    read: ReadTable,
    knowledge: BudgetKnowledge,
    page_count: int,
) -> tuple[list[TableReading], list[Finding]]:
    """The tables after all corrections, and findings about corrections that did not fit, as `corrected` makes them.

    Tables that were not found are added first, behind those that were; then kinds, units and organs are corrected, and
    their tables read again with `read`; then rows and numbers in the order of the corrections. The given readings are
    changed.
    """
    tables = [_Table.of(reading) for reading in readings]
    stale: list[_Stale] = []
    for correction in sorted(corrections, key=_turn):
        place = _find(tables, correction)
        try:
            if isinstance(correction, AddTable):
                tables.append(_added(tables, correction, read, knowledge, page_count))
            elif place is None:
                raise _missing(correction, stale)
            elif isinstance(correction, TableValue):
                tables[place] = _with_value(tables[place].reading, correction, read, knowledge)
            else:
                tables[place].apply(correction)
        except (NotApplied, CorrectionError) as error:
            stale.append((correction, reason_of(error), place))
    for table in tables:
        if table.is_changed:
            renew(table.reading, knowledge)
    left = [table.reading for table in tables if not table.is_removed]
    left.sort(key=lambda reading: reading.added_no or 0)
    numbers = {id(reading): number for number, reading in numbered(left)}
    findings = [_finding(correction, reason, tables, place, numbers) for correction, reason, place in stale]
    return left, [replace(f, page=f.page if f.page in range(1, page_count + 1) else None) for f in findings]


def _turn(correction: AnyTableCorrection) -> int:
    """When a correction is applied: first of all, then, or at last."""
    return 0 if isinstance(correction, AddTable) else 1 if isinstance(correction, TableValue) else 2


def _added(
    tables: Sequence[_Table], correction: AddTable, read: ReadTable, knowledge: BudgetKnowledge, page_count: int
) -> _Table:
    """The table that a person has added. Raises `NotApplied` when it is found by now, `CorrectionError`."""
    taken = [table.reading.added_no for table in tables if table.reading.added_no is not None]
    reading = read(new_table(correction, taken, page_count, knowledge))
    pages = range(correction.page, correction.page_last + 1)
    found = (table.reading.table for table in tables if table.reading.added_no is None)
    if any(table.page_first in pages and key(table.caption.title or "") == key(correction.title) for table in found):
        raise NotApplied(NEEDLESS, t("a table of that title is found there by now"))
    reading.added_no = correction.table_no
    return _Table.of(reading)


def _missing(correction: AnyTableCorrection, stale: Iterable[_Stale]) -> NotApplied:
    """The reason why there is no table for a correction; `stale` are those before it that were not applied."""
    if is_added(correction.table_no):
        found = {c.table_no for c, reason, _ in stale if isinstance(c, AddTable) and reason.rule == NEEDLESS}
        is_found = correction.table_no in found
        return (
            NotApplied(NEEDLESS, t("the table is found by now"))
            if is_found
            else NotApplied(CONFLICT, t("the table was not added"))
        )
    rule = NEEDLESS if isinstance(correction, RemoveTable) else CONFLICT
    return NotApplied(rule, t("no table of that title begins on page {page} any more", page=correction.page))


def _find(tables: Sequence[_Table], correction: AnyTableCorrection) -> int | None:
    """The place of the table of a correction.

    An added one by its number alone; a found one by first page and title, by number where several fit.
    """
    if is_added(correction.table_no):
        return next((n for n, t in enumerate(tables) if t.reading.added_no == correction.table_no), None)
    there = [
        (n, table.reading.table)
        for n, table in enumerate(tables)
        if not table.is_removed and table.reading.added_no is None
    ]
    on_page = [n for n, table in there if table.page_first == correction.page]
    titled = [n for n in on_page if tables[n].reading.table.caption.title == correction.title]
    if len(titled) == 1:
        return titled[0]
    return next((n for n in titled or on_page if n + 1 == correction.table_no), None)


def _with_value(reading: TableReading, correction: TableValue, read: ReadTable, knowledge: BudgetKnowledge) -> _Table:
    check_table_value(correction.field, correction.value, knowledge)
    check_read(table_text(reading.table, correction.field), correction.read, correction.value)
    again = read(with_table_value(reading.table, correction.field, correction.value, knowledge))
    again.added_no = reading.added_no
    return _Table.of(again)


def _finding(
    correction: AnyTableCorrection,
    stale: NotApplied,
    tables: Sequence[_Table],
    place: int | None,
    numbers: Mapping[int, int],
) -> Finding:
    """The finding about a correction of the table at `place`; `numbers` are those of the readings that stay, by id."""
    message = stale_message(describe(correction), correction, stale)
    text = correction.read if isinstance(correction, TableValue | TableRowValue | TableNumber) else None
    reading = tables[place].reading if place is not None else None
    box = reading.table.caption.box if reading is not None else None
    number = numbers.get(id(reading))
    return Finding(stale.rule, severity_of(stale), message, correction.page, box, None, text, number)


@dataclass(slots=True)
class _Table:
    """A table while corrections are applied. `grid` has the grid row of each row that was read."""

    reading: TableReading
    grid: tuple[tuple[RowIdentity, int], ...]
    is_changed: bool = False
    is_removed: bool = False

    @classmethod
    def of(cls, reading: TableReading) -> _Table:
        """A table as it was read."""
        return cls(reading, tuple(place for part in reading.table.parts for place in _grid_rows(reading, part)))

    @singledispatchmethod
    def apply(self, correction: object) -> None:
        """Carries a correction out. Raises `NotApplied`, or `CorrectionError` for one that cannot be."""
        raise TypeError(correction)

    @apply.register
    def _(self, correction: RemoveTable) -> None:
        if self.reading.added_no is not None:
            raise CorrectionError("correction.table", t("an added table is not removed: take its correction back"))
        check_read(self.reading.table.kind.id, correction.read, None)
        self.is_removed = True

    @apply.register
    def _(self, correction: TableRowValue) -> None:
        check_row_value(correction.field, correction.value)
        row = self._called(correction.row, correction.panel, correction.row_label)
        if row is None:
            row = self._numbered(correction.row, correction.panel)
            if row is None or correction.read is None or row_text(row, correction.field) != correction.read:
                raise _gone(correction.row_label)
        check_read(row_text(row, correction.field), correction.read, correction.value)
        set_row_value(row, correction.field, correction.value)
        self._mark(row)

    @apply.register
    def _(self, correction: TableNumber) -> None:
        if correction.value is not None:
            check_number(correction.value)
        row = self._called(correction.row, correction.panel, correction.row_label)
        if row is None:
            row = self._numbered(correction.row, correction.panel)
            if row is None or correction.read is None or self._text(row, correction.column) != correction.read:
                raise _gone(correction.row_label)
        check_read(self._text(row, correction.column), correction.read, correction.value)
        self._set_number(row, correction.column, correction.value)

    @apply.register
    def _(self, correction: AddTableRow) -> None:
        self._check_row(correction)
        after, panel = self._after(correction), correction.panel
        pages = [part.piece.page for part in self.reading.table.parts]
        page = min(pages, key=lambda page: abs(page - correction.row_page))
        above = self._numbered(after, panel)
        row = RowIdentity(after + 1, panel, page, classification=_class_below(above))
        for field, text in sorted(correction.values.items(), key=lambda item: item[0] != "classification"):
            set_row_value(row, field, text)  # the name of a project or a unit is its label
        place = sum(other.row_no <= after for other in self.reading.identities)
        for other in self.reading.identities[place:]:
            other.row_no += 1
        self.reading.identities.insert(place, row)
        self.reading.rows += 1
        self.is_changed = True
        for column, text in correction.numbers.items():
            self._set_number(row, column, text)

    def _check_row(self, correction: AddTableRow) -> None:
        if not correction.numbers:
            raise CorrectionError("correction.row", t("a row needs at least one number"))
        for field, text in correction.values.items():
            check_row_value(field, text)
        for text in correction.numbers.values():
            check_number(text)
        label = correction.values.get("label")
        if any(
            row.label == label and correction.numbers.items() <= self._texts(row).items()
            for row in self._rows(correction.panel)
        ):
            raise NotApplied(NEEDLESS, t("the row is read by now"))

    @apply.register
    def _(self, correction: RemoveTableRow) -> None:
        rows = [row for row in self._rows(correction.panel) if self._texts(row) == correction.read]
        same = [row for row in rows if row.label == correction.row_label]
        if not same:
            is_there = any(row.label == correction.row_label for row in self._rows(correction.panel))
            rule, reason = (
                (CONFLICT, t("other numbers are read in it now")) if is_there else (NEEDLESS, t("it is not read now"))
            )
            raise NotApplied(rule, reason)
        row = next((row for row in same if row.row_no == correction.row), same[0])
        reading = self.reading
        reading.lines = [line for line in reading.lines if line.row is not row]
        reading.identities = [other for other in reading.identities if other is not row]
        if not any(other.row_no == row.row_no for other in reading.identities):
            reading.rows -= 1
            for other in reading.identities:
                other.row_no -= other.row_no > row.row_no
        self.is_changed = True

    def _rows(self, panel: int) -> list[RowIdentity]:
        return [row for row in self.reading.identities if row.panel == panel]

    def _numbered(self, number: int, panel: int) -> RowIdentity | None:
        return next((row for row in self._rows(panel) if row.row_no == number), None)

    def _called(self, number: int, panel: int, label: str | None) -> RowIdentity | None:
        """The row of a label; of several the one that has the number."""
        called = [row for row in self._rows(panel) if row.label == label]
        return called[0] if len(called) == 1 else next((row for row in called if row.row_no == number), None)

    def _after(self, correction: AddTableRow) -> int:
        """The number of the row to insert behind: the row of that label, else that number, else the last."""
        check_after(correction.after)
        if correction.after == 0:
            return 0
        found = self._called(correction.after, correction.panel, correction.after_label)
        return found.row_no if found is not None else min(correction.after, self.reading.rows)

    def _texts(self, row: RowIdentity) -> dict[int, str]:
        """The printed numbers of a row by grid column."""
        return {line.column_no: line.amount_text for line in self.reading.lines if line.row is row}

    def _text(self, row: RowIdentity, column: int) -> str | None:
        return self._texts(row).get(column)

    def _mark(self, row: RowIdentity) -> None:
        """Mark all numbers of a row as corrected, because each repeats the row's label and codes."""
        lines = self.reading.lines
        self.reading.lines = [line._replace(is_corrected=True) if line.row is row else line for line in lines]
        self.is_changed = True

    def _set_number(self, row: RowIdentity, column: int, text: str | None) -> None:
        """Set, add or remove a number; `renew` makes what follows from its text."""
        lines = self.reading.lines
        there = next((n for n, line in enumerate(lines) if line.row is row and line.column_no == column), None)
        if there is None and text is not None:
            lines.append(self._new_line(row, column, text))
        elif there is not None and text is not None:
            lines[there] = lines[there]._replace(amount_text=text, is_corrected=True)
        elif there is not None:
            del lines[there]
        self.is_changed = True

    def _new_line(self, row: RowIdentity, column: int, text: str) -> BudgetLine:
        """A number without its meaning, in the cell of the grid where a person sees it."""
        part = self._part_of(row, column)
        printed = part.columns[column - part.first_column] if part is not None else None
        if part is None or printed is None or printed.means not in NUMERIC:
            raise CorrectionError(
                "correction.column", t("column {column} of the table holds no numbers", column=column)
            )
        if printed.panel != row.panel:
            raise CorrectionError(
                "correction.column",
                t("column {column} is none of part {panel} of the table", column=column, panel=row.panel),
            )
        page, box = part.piece.page, self._cell_box(row, part, column)
        if box is not None:
            self.reading.not_read = [c for c in self.reading.not_read if (c.page, c.box) != (page, box)]
        return _UNKNOWN._replace(row=row, column_no=column, amount_text=text, page=page, box=box)

    def _part_of(self, row: RowIdentity, column: int) -> Part | None:
        """The part of the table that prints a column of a row: the one on its page, or the right half of that sheet."""
        is_sheet = False
        for part in self.reading.table.parts:
            is_sheet = part.piece.page == row.page or (is_sheet and part.is_right)
            if is_sheet and part.first_column <= column < part.first_column + len(part.columns):
                return part
        return None

    def _cell_box(self, row: RowIdentity, part: Part, column: int) -> Box | None:
        """The box of the printed or blank cell that begins in a row; both halves of a sheet have the same rows."""
        n = next((n for known, n in self.grid if known is row), None)
        cells = part.piece.rows[n] if n is not None else ()
        place = column - part.first_column
        return next((c.box for c in cells if c.column <= place < c.column + c.column_span), None)


_UNKNOWN = BudgetLine(
    row=RowIdentity(0, 1, 1),
    column_no=0,
    side="expenditure",
    fund=None,
    use=None,
    origin=None,
    phase=None,
    item=None,
    value_kind="amount",
    number=Decimal(0),
    amount=None,
    amount_text="",
    heading="",
    label=None,
    page=1,
    box=None,
    is_known=True,
    is_corrected=True,
)
"""A corrected number of which nothing is known yet."""


def _grid_rows(reading: TableReading, part: Part) -> Iterable[tuple[RowIdentity, int]]:
    """The rows of a part with their grid rows; its first grid row may be the rest of a row of the page before."""
    mine = [row for row in reading.identities if row.page == part.piece.page]
    if not mine:
        return
    rows = [*([part.half_body] if part.half_body is not None else []), *part.body]
    first, last = mine[0].row_no, mine[-1].row_no
    rows = rows[len(rows) - (last - first + 1) :]
    yield from ((row, rows[row.row_no - first]) for row in mine)


def _class_below(above: RowIdentity | None) -> str:
    """The classification of a new row: that of the row above it, unless it is a total or a unit."""
    return above.classification if above is not None and above.classification not in ("total", "unit") else "other"


def _gone(label: str | None) -> NotApplied:
    return NotApplied(CONFLICT, t("there is no row {label} any more", label=quoted(label)))
