"""Finds forms and lists anywhere in a document and joins their tables across pages.

Most tables of a budget hold no form. A table begins a form when it has an indicator header or the labels of a project
with a goal; a later table goes on with it when it repeats the header, or has none, the same columns and no new title.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from pipeline.forms.cell_index import CellIndex, index_cells
from pipeline.forms.dictionary import NOTHING, Knowledge, guesses, meanings
from pipeline.forms.header import Header, find_headers
from pipeline.forms.inline_labels import labelled, project_named
from pipeline.forms.model import Piece, Sheet
from pipeline.forms.roles import Field
from pipeline.notation import YEAR_LINE
from pipeline.tables.lines import one_title
from pipeline.tables.model import Cell, Line, PageGrid, Table
from pipeline.text import key

ALIGN = 4.0  # points two tables' column positions may differ and still be one table
ALIKE = 0.7  # share of column positions that must agree
LINES_ABOVE = 8  # printed lines above a table that may belong to it
START_FIELDS = {Field.PROJECT_NAME, Field.DEPARTMENT, Field.IMPLEMENTING_UNIT}
TITLE = re.compile(r"绩效.*[表书]|(?:目标|自评|评价).*表")
_TABLE_NUMBER = re.compile(r"^(?:附?表|预算|公开|部门)*\d[\d.-]*表$")


class Gate(Enum):
    """What a table without a header of indicators must have to begin a form; the values say what is missing."""

    MARKS = "it holds none of the words 指标, 绩效 and 目标, and no title of a form stands above it"
    TITLE = "no header of indicators, and no title of a form in it or above it"
    GOAL_OR_MONEY = "no header of indicators, and no label of a goal or an amount"
    NAME = "no header of indicators, and no label of a project, department or implementing unit"


@dataclass(slots=True)
class _Open:
    """The sheet under way."""

    pieces: list[Piece]
    above: tuple[tuple[int, Line], ...]
    header: Header | None
    title: str


def segment(pages: Iterable[PageGrid], knowledge: Knowledge) -> Iterator[Sheet]:
    """The sheets of a document in reading order. A sheet is one form, or one list of projects."""
    current: _Open | None = None
    for page in pages:
        for table, lines in tables_with_lines(page):
            title = title_of(lines)
            if not title and not _follows(table, current) and not _has_marks(table):
                continue
            index = index_cells(table)
            headers = find_headers(index, knowledge)
            if current is not None and _continues(current, index, headers, lines, title, knowledge):
                yield from _append(current, index, headers, knowledge)
            else:
                if current is not None:
                    yield _sheet(current)
                current = None
                if next(_closed_gates(index, headers, title, knowledge), None) is None:
                    first = headers[0] if headers else None
                    current = _Open([], lines, first, title)
                    yield from _append(current, index, headers, knowledge)
    if current is not None:
        yield _sheet(current)


def tables_with_lines(page: PageGrid) -> Iterator[tuple[Table, tuple[tuple[int, Line], ...]]]:
    """The tables of a page, each with the lines above it, below the table before; a line with its page number."""
    top = 0.0
    for table in page.tables:
        lines = [(page.number, x) for x in page.lines if top <= (x.box.y0 + x.box.y1) / 2 <= table.box.y0 + 2]
        top = max(top, table.box.y1)
        yield table, tuple(lines[-LINES_ABOVE:])


def title_of(lines: Sequence[tuple[int, Line]]) -> str:
    """The key of the title among the lines above a table; empty when there is none."""
    return "".join(key(line.text) for _, line in title_lines(lines))


def title_lines(lines: Sequence[tuple[int, Line]]) -> Sequence[tuple[int, Line]]:
    """The line with the title among the lines above a table, or the two lines over which it is wrapped; else none."""
    for i in range(len(lines) - 1, -1, -1):
        text = key(lines[i][1].text)
        if TITLE.search(text):
            return lines[i - (i > 0 and _wraps(lines[i - 1][1], lines[i][1])) : i + 1]
        wrapped = i and text.endswith("表") and not _TABLE_NUMBER.match(text)
        if wrapped and TITLE.search(key(lines[i - 1][1].text) + text):
            return lines[i - 1 : i + 1]
    return ()


def _wraps(above: Line, line: Line) -> bool:
    """Whether a title's last line goes on from the one above it, and not from a heading of its own."""
    height = line.box.y1 - line.box.y0
    near = line.box.y0 - above.box.y1 < height
    own = key(above.text)
    apart = re.search(r"[:。]|^附|表(?:\([^()]*\))?$", own) or _TABLE_NUMBER.match(own) or YEAR_LINE.match(own)
    return near and not apart and one_title([above, line])


def _follows(table: Table, current: _Open | None) -> bool:
    """Whether a form is under way on this page or the one before."""
    return current is not None and table.page - current.pieces[-1].table.page <= 1


def _has_marks(table: Table) -> bool:
    text = "\n".join([cell.text for cell in table.cells])
    return "指标" in text or "绩效" in text or "目标" in text


def closed_gates(table: Table, lines: Sequence[tuple[int, Line]], knowledge: Knowledge) -> list[Gate]:
    """The gates that keep a table from beginning a form; empty for one that begins one. `lines` stand above it."""
    title = title_of(lines)
    if not title and not _has_marks(table):
        return [Gate.MARKS]
    index = index_cells(table)
    return list(_closed_gates(index, find_headers(index, knowledge), title, knowledge))


def _closed_gates(index: CellIndex, headers: Sequence[Header], title: str, knowledge: Knowledge) -> Iterator[Gate]:
    """The closed gates after the first, found one by one: one is enough for a table that is no form."""
    if headers:
        return
    if not title and not any(is_title_row(index, row) for row in range(min(2, index.rows))):
        yield Gate.TITLE
    cells = [cell for cell in index.table.cells if cell.text]
    money_or_goal = {"goal", "fund", "fund_column"}  # the goal of money may stand on the next page
    if not any(not money_or_goal.isdisjoint(meanings(knowledge, cell.text)) for cell in cells):
        yield Gate.GOAL_OR_MONEY
    if not any(_field(index, cell, knowledge) in START_FIELDS for cell in cells):
        yield Gate.NAME


def is_title_row(index: CellIndex, row: int) -> bool:
    """A row that is one cell over the whole width with a form's title in it."""
    cells = index.row_cells(row)
    return len(cells) == 1 and len(cells[0].text) < 80 and bool(TITLE.search(key(cells[0].text)))


def _continues(
    current: _Open,
    index: CellIndex,
    headers: Sequence[Header],
    lines: Sequence[tuple[int, Line]],
    title: str,
    knowledge: Knowledge,
) -> bool:
    last = current.pieces[-1].table
    if index.table.page - last.page > 1 or (title and title != current.title):
        return False
    named = project_named(lines, knowledge)
    if named and (index.table.page == last.page or named != project_named(current.above, knowledge)):
        return False
    if headers and headers[0].is_list:
        return current.header is not None and current.header.is_list and headers[0].goes_on_with(current.header)
    if any(is_title_row(index, row) for row in range(min(2, index.rows))) or _starts_with_fields(
        index, headers, knowledge
    ):
        return False
    if headers:  # indicators alone, without a name or title, belong to what came before
        return current.header is None or (
            not current.header.is_list and len(set(headers[0].roles) & set(current.header.roles)) >= 2
        )
    foreign = [x for _, x in lines if len(x.text) > 3 and key(x.text).endswith(("表", "表)"))]
    return (not foreign or bool(title)) and _aligned(last, index.table)


def _starts_with_fields(index: CellIndex, headers: Sequence[Header], knowledge: Knowledge) -> bool:
    for row in range(min(headers[0].top if headers else 3, index.rows)):
        cells = (cell for cell in index.starting[row] if not _is_rest(index.table, cell))
        if any(_field(index, cell, knowledge) in START_FIELDS for cell in cells):
            return True
    return False


def _field(index: CellIndex, cell: Cell, knowledge: Knowledge) -> Field | None:
    """The field that a cell names: as its label, before a colon, or as a row's first text by the patterns of labels."""
    parts = labelled(cell.text) if cell.text else None
    found = meanings(knowledge, cell.text) or (meanings(knowledge, parts[0]) if parts is not None else NOTHING)
    right = index.right_of(cell)
    if not found and not cell.column and right is not None and right.text and not meanings(knowledge, right.text):
        found = guesses(knowledge, cell.text)
    return found["field"].field if "field" in found else None


def _is_rest(table: Table, cell: Cell) -> bool:
    """Whether a cell is the rest of one that a page break cuts: no rule closes it at the top, as others are closed."""
    return cell.row == 0 and table.head > 0 and not table.head >> cell.column & 1


def _aligned(before: Table, table: Table) -> bool:
    hits = sum(any(abs(x - y) < ALIGN for y in before.xs) for x in table.xs)
    return (
        hits >= ALIKE * len(table.xs)
        and abs(before.box.x0 - table.box.x0) < 2 * ALIGN
        and abs(before.box.x1 - table.box.x1) < 2 * ALIGN
    )


def _append(current: _Open, index: CellIndex, headers: Sequence[Header], knowledge: Knowledge) -> Iterator[Sheet]:
    """Add a table; where further forms begin inside of it, the sheet before is done."""
    if current.header is not None and current.header.is_list:
        current.pieces.append(Piece(index, tuple(headers), 0, index.rows))
        return
    first = 0
    for start in _starts(index, headers, knowledge, bool(current.pieces)):
        if start > first or current.pieces:
            if start > first:
                current.pieces.append(Piece(index, tuple(headers), first, start))
            yield _sheet(current)
            current.pieces, current.above, current.title = [], (), ""
        first = start
    current.pieces.append(Piece(index, tuple(headers), first, index.rows))
    current.header = headers[-1] if headers else current.header


def _starts(index: CellIndex, headers: Sequence[Header], knowledge: Knowledge, under_way: bool) -> list[int]:
    """Rows inside a table at which another form begins: fields below an indicator header, or another project's name."""
    starts: list[int] = []
    seen = under_way  # an indicator header was passed
    named: str | None = "" if under_way else None  # the label by which a project was named
    header_rows = {row: h for h in headers for row in range(h.top, h.bottom)}
    for row in range(index.rows):
        if row in header_rows:
            seen = True
            continue
        cells = index.starting[row]
        if not cells:
            continue
        fields = {_field(index, c, knowledge): key(c.text) for c in cells if c.text and _has_value(index, c)}
        name = fields.get(Field.PROJECT_NAME)
        if name is not None or (seen and fields.keys() & START_FIELDS and _is_label_row(index, cells, knowledge)):
            if seen or (name is not None and named in (name, "")):
                starts.append(_with_title(index, row))
            if seen or named is None or name == named:
                named = name or ""
            seen = False
    return starts


def _has_value(index: CellIndex, cell: Cell) -> bool:
    return cell.column_span < index.columns or labelled(cell.text) is not None


def _is_label_row(index: CellIndex, cells: Sequence[Cell], knowledge: Knowledge) -> bool:
    return _field(index, cells[0], knowledge) is not None


def _with_title(index: CellIndex, row: int) -> int:
    """The row, or the full-width rows right above it: a title and its year stand in the table."""
    while (
        row > 0
        and len(cells := index.row_cells(row - 1)) == 1
        and (is_title_row(index, row - 1) or YEAR_LINE.match(key(cells[0].text)))
    ):
        row -= 1
    return row


def _sheet(current: _Open) -> Sheet:
    return Sheet(tuple(current.pieces), current.above)
