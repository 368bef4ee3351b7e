"""Reads the table of a department's main tasks of the year, which stands beside its label (年度主要任务)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from pipeline.forms.cell_index import CellIndex
from pipeline.forms.dictionary import Label, Lexicon, label_keys
from pipeline.forms.model import OpenTasks, OtherValue, RawForm, RawTask, TaskColumn, printed
from pipeline.forms.reading import Reading, Rule, Use
from pipeline.notation import UNIT_NAMED
from pipeline.tables.model import Cell
from pipeline.text import key

_TOTAL = re.compile(r"^(?:金额|资金|预算)?(?:合计|总计|小计|总额)$")
_FILLER = re.compile(r"^(?:任务)?\d*[:.…]*$")  # what an empty template prints for a name


class Tasks:
    """The tables of tasks of one form on one page."""

    def __init__(self, index: CellIndex, form: RawForm, lexicon: Lexicon, reading: Reading) -> None:
        self._index, self._form, self._lexicon, self._reading = index, form, lexicon, reading
        self._headings = lexicon.knowledge.tasks

    def read(self, cells: Sequence[Cell]) -> None:
        """Read the tables beside labels among some cells, and the rest of one that the page before ended with."""
        before, self._form.open_tasks = self._form.open_tasks, None
        if before is not None and cells and not cells[0].column:
            first = cells[0]
            if not self._lexicon.means(first.text).keys() - {"tasks"}:
                self._read_rows(first, before, range(first.row, first.row + first.row_span))
        for cell in cells:
            if cell.text and (label := self._lexicon.means(cell.text).get("tasks")) is not None:
                self._read_beside(cell, label)

    def _read_beside(self, cell: Cell, label: Label) -> None:
        rows = range(cell.row, cell.row + cell.row_span)
        columns, body = self._columns(cell, rows)
        texts = [column.text for column in columns]
        unit = next((found[1] for text in [*texts, cell.text] if (found := UNIT_NAMED.search(key(text)))), None)
        if any(column.column == "name" for column in columns):
            self._read_rows(cell, OpenTasks(label, tuple(columns), unit), body)

    def _columns(self, label: Cell, rows: range) -> tuple[list[TaskColumn], range]:
        """The columns beside a label, and the rows below their headings."""
        over = [c for c in self._index.starting[rows.start] if c.column > label.column and c.text]
        name = next((cell for cell in over if self._task_column(cell).column == "name"), None)
        if name is None:
            return [], rows
        first = name.row + name.row_span
        over = [cell for cell in over if cell.row + cell.row_span <= first]  # a taller one is a value
        columns = [self._task_column(cell) for cell in over]
        for row in range(rows.start + 1, first):
            below = [self._task_column(cell) for cell in self._index.starting[row] if cell.text]
            columns = [part for column in columns for part in _parts(column, below)]
        for cell in (*over, *(c for row in range(rows.start + 1, first) for c in self._index.starting[row])):
            self._reading.take(cell, Use.HEADING, Rule.TASK)
        return _first_of_each(columns), range(first, rows.stop)

    def _task_column(self, cell: Cell) -> TaskColumn:
        known = next((self._headings[k] for k in label_keys(cell.text) if k in self._headings), None)
        return TaskColumn(known, cell.text, cell.box.x0, cell.box.x1)

    def _read_rows(self, label: Cell, tasks: OpenTasks, rows: range) -> None:
        name = next(column for column in tasks.columns if column.column == "name")
        for row in rows:
            named = self._index.under(row, name.x0, name.x1)
            first = named[0] if named else None
            if first is None or first.row != row or first.column <= label.column:
                continue
            if not first.text or _TOTAL.match(key(first.text)) or "total_row" in self._lexicon.means(first.text):
                continue
            self._take_row(row, tasks)
        if rows.stop == self._index.rows:
            self._form.open_tasks = tasks

    def _take_row(self, row: int, tasks: OpenTasks) -> None:
        page = self._index.table.page
        cells = [(c, self._index.under(row, c.x0, c.x1)) for c in tasks.columns]
        values = {c.column: below[0] for c, below in cells if c.column and below and below[0].text}
        others = [(c.text, cell) for c, below in cells if not c.column for cell in below if cell.text]
        if len(values) == 1 and not others and _FILLER.match(key(values["name"].text)):
            return
        for cell in values.values():
            self._reading.take(cell, Use.TASK, Rule.TASK, tasks.label)
        texts = {column: printed(page, cell) for column, cell in values.items()}
        self._form.tasks.append(RawTask(page, texts, tasks.unit))
        for text, cell in others:
            self._reading.take(cell, Use.OTHER, Rule.TASK, tasks.label)
            self._form.others.append(OtherValue(text, cell.text, page, printed(page, cell).parts[0].box))


def _parts(over: TaskColumn, below: Iterable[TaskColumn]) -> Iterator[TaskColumn]:
    """The headings below a heading; the heading itself where there is none."""
    parts = [c for c in below if over.x0 <= (c.x0 + c.x1) / 2 <= over.x1]
    yield from (part._replace(text=f"{over.text} {part.text}") for part in parts)
    if not parts:
        yield over


def _first_of_each(columns: Iterable[TaskColumn]) -> list[TaskColumn]:
    """The columns; of two with one meaning, only the first has it: amounts that were spent are printed again."""
    found: list[TaskColumn] = []
    for column in columns:
        again = any(column.column == other.column for other in found)
        found.append(column._replace(column=None) if again else column)
    return found
