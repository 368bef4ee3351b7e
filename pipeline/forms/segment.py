"""Finds forms and lists anywhere in a document and joins their tables across pages.

Most tables of a budget hold no form. A table begins a form when it has an indicator header or the labels of a project
with a goal; a later table goes on with it when it repeats the header, or has none, the same columns and no new title.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from enum import Enum

from pipeline.forms.alignment import SAME_PLACE, Alignment
from pipeline.forms.beginnings import START_FIELDS, field_named, is_page_number, is_title_row, title_lines, title_of
from pipeline.forms.blank_rows import with_blank_rows
from pipeline.forms.cell_index import CellIndex, index_cells
from pipeline.forms.continuation import (
    Candidate,
    OpenSheet,
    begins_at_foot,
    continued,
    header_for_next,
    starts_with_fields,
)
from pipeline.forms.cut_labels import with_whole_labels
from pipeline.forms.cut_sheets import right_part
from pipeline.forms.dictionary import Knowledge, meanings
from pipeline.forms.header import VALUES, Header, find_headers
from pipeline.forms.inline_labels import labelled
from pipeline.forms.model import Piece, Sheet
from pipeline.forms.overrun_headings import with_headings_apart
from pipeline.forms.roles import Field, Role
from pipeline.messages import t
from pipeline.notation import UNIT_NAMED, YEAR_LINE
from pipeline.tables.model import Cell, Line, PageGrid, Table
from pipeline.text import key

LINES_ABOVE = 8  # printed lines above a table that may belong to it
TEXT_PAGES, PAGES_BETWEEN = 1, 3  # pages of text, and pages in all, that may lie between two pages of a form
_Lines = tuple[tuple[int, Line], ...]  # printed lines, each with its page


class Gate(Enum):
    """What a table without a header of indicators must have to begin a form; the values say what is missing."""

    MARKS = t("it holds none of the words 指标, 绩效 and 目标, and no title of a form stands above it")
    TITLE = t("no header of indicators, and no title of a form in it or above it")
    GOAL_OR_MONEY = t("no header of indicators, and no label of a goal or an amount")
    NAME = t("no header of indicators, and no label of a project, department or implementing unit")


def segment(pages: Iterable[PageGrid], knowledge: Knowledge) -> Iterator[Sheet]:
    """The sheets of a document in reading order. A sheet is one form, or one list of projects."""
    current: OpenSheet | None = None
    foot: _Lines = ()
    for page in pages:
        if current is not None and not page.tables:
            current.text_pages += any(not is_page_number(line.text) for line in page.lines)
        for table, lines in tables_with_lines(page):
            title = title_of(lines)
            if not title and not _follows(table, current) and not _has_marks(table):
                continue
            index = index_cells(with_headings_apart(table, knowledge))
            found = Candidate(*_with_headers(index, knowledge), lines, title)
            if foot and not title and table is page.tables[0] and starts_with_fields(found, knowledge):
                found = replace(found, lines=(*foot, *lines), title=title_of(foot))
            done, current = _taken(current, found, page, knowledge)
            yield from done
        foot = title_at_foot(page)
    if current is not None and not current.begun_at_foot:
        yield _sheet(current, knowledge)


def _with_headers(index: CellIndex, knowledge: Knowledge) -> tuple[CellIndex, list[Header]]:
    """A table with its headers; rows that only blank space divides are divided."""
    headers = find_headers(index, knowledge)
    divided = with_blank_rows(index, headers, knowledge.taxonomy) if headers else None
    if divided is None:
        return index, headers
    index = index_cells(divided)
    return index, find_headers(index, knowledge)


def _with_rows(found: Candidate, header: Header | None, alignment: Alignment, knowledge: Knowledge) -> Candidate:
    """A table without a header that goes on below one; rows that only blank space divides are divided."""
    if header is None or found.headers:
        return found
    above = replace(alignment.move(header), top=0, bottom=0)
    divided = with_blank_rows(found.index, [above], knowledge.taxonomy)
    return found if divided is None else replace(found, index=index_cells(divided))


def _taken(
    current: OpenSheet | None, found: Candidate, page: PageGrid, knowledge: Knowledge
) -> tuple[list[Sheet], OpenSheet | None]:
    """The sheets that a table ends, and the one under way after it: it goes on, or begins one, or is none of a form."""
    if current is not None and _take_right_part(current, found, knowledge):
        return [], current
    alignment = continued(current, found, knowledge) if current is not None else None
    if current is not None and alignment is not None:
        return list(
            _append(current, _with_rows(found, current.header, alignment, knowledge), alignment, knowledge)
        ), current
    done = [_sheet(current, knowledge)] if current is not None and not current.begun_at_foot else []
    begun = _begun(current, found, page, knowledge)
    if begun is not None:
        done += _append(begun, found, SAME_PLACE, knowledge)
    return done, begun


def _begun(before: OpenSheet | None, found: Candidate, page: PageGrid, knowledge: Knowledge) -> OpenSheet | None:
    """The sheet that a table begins. At a page's foot a form may begin with its title and name alone."""
    header, inherited = found.headers[0] if found.headers else None, None
    gates = _closed_gates(found.index, found.headers, found.title, knowledge)
    closed = next(gates, None)
    if closed is Gate.TITLE and before is not None and next(gates, None) is None:
        inherited = header_for_next(before, found, knowledge)
    if closed is None or inherited is not None:
        return OpenSheet([], found.lines, header, found.title, inherited=inherited)
    table = found.index.table
    is_last = table.box == page.tables[-1].box and not _lines_below(page, table)
    if is_last and begins_at_foot(found, knowledge):
        return OpenSheet([], found.lines, header, found.title, begun_at_foot=True)
    return None


def title_at_foot(page: PageGrid) -> _Lines:
    """The title of a form whose table begins the next page, with what stands below it; empty when there is none."""
    lines = _lines_below(page, page.tables[-1] if page.tables else None)[-LINES_ABOVE:]
    title = title_lines(lines)
    if not title:
        return ()
    rest = lines[lines.index(title[0]) :]
    return rest if all(_may_stand_below_title(line.text) for _, line in rest[len(title) :]) else ()


def _lines_below(page: PageGrid, table: Table | None) -> _Lines:
    foot = table.box.y1 if table is not None else 0.0
    return tuple(
        (page.number, x) for x in page.lines if (x.box.y0 + x.box.y1) / 2 > foot and not is_page_number(x.text)
    )


def _may_stand_below_title(text: str) -> bool:
    return bool(YEAR_LINE.match(key(text)) or UNIT_NAMED.search(text) or labelled(text))


def tables_with_lines(page: PageGrid) -> Iterator[tuple[Table, _Lines]]:
    """The tables of a page, each with the lines above it, below the table before; a line with its page number."""
    top = 0.0
    for table in page.tables:
        lines = [(page.number, x) for x in page.lines if top <= (x.box.y0 + x.box.y1) / 2 <= table.box.y0 + 2]
        top = max(top, table.box.y1)
        yield table, tuple(lines[-LINES_ABOVE:])


def _follows(table: Table, current: OpenSheet | None) -> bool:
    """Whether a form is under way on this page or the one before; blank pages and one of text may stand between."""
    if current is None or current.text_pages > TEXT_PAGES:
        return False
    return table.page - current.pieces[-1].table.page <= 1 + PAGES_BETWEEN


def _has_marks(table: Table) -> bool:
    text = "\n".join([cell.text for cell in table.cells])
    return "指标" in text or "绩效" in text or "目标" in text


def closed_gates(table: Table, lines: Sequence[tuple[int, Line]], knowledge: Knowledge) -> list[Gate]:
    """The gates that keep a table from beginning a form; empty for one that begins one. `lines` stand above it."""
    title = title_of(lines)
    if not title and not _has_marks(table):
        return [Gate.MARKS]
    index = index_cells(with_headings_apart(table, knowledge))
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
    if not any(field_named(index, cell, knowledge) in START_FIELDS for cell in cells):
        yield Gate.NAME


def _append(current: OpenSheet, found: Candidate, alignment: Alignment, knowledge: Knowledge) -> Iterator[Sheet]:
    """Add a table; where further forms begin inside of it, the sheet before is done."""
    index, headers = found.index, tuple(found.headers)
    current.text_pages = 0
    before = alignment.move(current.header) if current.header is not None else None
    if before is not None and before.is_list:
        current.header = next((h for h in headers[::-1] if h.is_list), before)
        current.pieces.append(Piece(index, headers, 0, index.rows, alignment))
        return
    first = 0
    for start in _starts(index, headers, knowledge, bool(current.pieces) and not current.begun_at_foot):
        if start > first or current.pieces:
            if start > first:
                current.pieces.append(Piece(index, headers, first, start, alignment))
            yield _sheet(current, knowledge)
            above = tuple(x for x in current.above if UNIT_NAMED.search(x[1].text)) if start > first else ()
            current.pieces, current.above, current.title = [], above, ""
            current.inherited = next((h for h in headers[::-1] if h.top < start), before)
        first, alignment = start, SAME_PLACE
    current.begun_at_foot = current.begun_at_foot and not current.pieces
    current.pieces.append(Piece(index, headers, first, index.rows, alignment))
    current.header = headers[-1] if headers else before


def _take_right_part(current: OpenSheet, found: Candidate, knowledge: Knowledge) -> bool:
    """Put a table beside the first one of a form that heads no targets, if it is the part with them."""
    piece, table = current.pieces[0], found.index.table
    is_whole = len(current.pieces) == 1 and current.seam is None and (piece.first, piece.last) == (0, piece.cells.rows)
    if not is_whole or found.lines or (current.header is not None and VALUES & set(current.header.roles)):
        return False
    wide = right_part(piece.table, table, knowledge.taxonomy)
    headers = tuple(find_headers(wide[0], knowledge)) if wide is not None else ()
    if wide is None or not any(Role.TARGET in header.roles for header in headers):
        return False
    index, current.seam = wide
    current.pieces, current.header = [Piece(index, headers, 0, index.rows)], headers[-1]
    return True


def _is_list(current: OpenSheet) -> bool:
    return current.header is not None and current.header.is_list


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
        fields = {field_named(index, c, knowledge): key(c.text) for c in cells if c.text and _has_value(index, c)}
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
    return field_named(index, cells[0], knowledge) is not None


def _with_title(index: CellIndex, row: int) -> int:
    """The row, or the full-width rows right above it: a title and its year stand in the table."""
    while (
        row > 0
        and len(cells := index.row_cells(row - 1)) == 1
        and (is_title_row(index, row - 1) or YEAR_LINE.match(key(cells[0].text)))
    ):
        row -= 1
    return row


def _sheet(current: OpenSheet, knowledge: Knowledge) -> Sheet:
    pieces = current.pieces if _is_list(current) else with_whole_labels(current.pieces, knowledge)
    return Sheet(tuple(pieces), current.above, current.inherited, current.seam)
