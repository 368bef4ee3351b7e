"""Whether a table goes on with the form or list before it, and where its columns stand then.

A table that repeats the header goes on, and so does one without a header whose columns stand at the same place. A table
that was moved, scaled or set anew has to print rows that fit the header. A table that begins a form never goes on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.forms.alignment import SAME_PLACE, Alignment, align, as_wide, lay_over, stands_alike
from pipeline.forms.beginnings import START_FIELDS, field_named, is_title_row
from pipeline.forms.cell_index import CellIndex
from pipeline.forms.dictionary import Knowledge, meanings
from pipeline.forms.header import Header
from pipeline.forms.inline_labels import project_named
from pipeline.forms.model import Piece, Seam
from pipeline.forms.roles import LEVELS, TARGETS, Field, Means, Role
from pipeline.forms.rows import first_indicator, is_level
from pipeline.notation import YEAR_LINE
from pipeline.tables.model import Cell, Line, Table
from pipeline.text import key

TARGET_LIKE = re.compile(r"[\d<>=≥≤＜＞＝%％]")
MOST_TARGETS = 0.5  # share of targets with a number or sign among rows that print no level; the others are words


@dataclass(slots=True)
class OpenSheet:
    """The sheet under way. `header` stands in the last piece as it would above it.

    `text_pages` counts the pages since the last piece that print text and no table.
    `begun_at_foot`: so far only a title and what the form is about were printed, which is no form yet.
    `inherited`: the header of the form before, as it would stand above the first piece.
    """

    pieces: list[Piece]
    above: tuple[tuple[int, Line], ...]
    header: Header | None
    title: str
    text_pages: int = 0
    begun_at_foot: bool = False
    inherited: Header | None = None
    seam: Seam | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A table that may go on with a sheet: its headers, the lines above it on its page, and the title among them."""

    index: CellIndex
    headers: Sequence[Header]
    lines: tuple[tuple[int, Line], ...]
    title: str


def continued(current: OpenSheet, found: Candidate, knowledge: Knowledge) -> Alignment | None:
    """Where the columns of the sheet under way stand in a table that goes on with it; None for one that does not."""
    last, table = current.pieces[-1].table, found.index.table
    if found.title and found.title != current.title:
        return None
    named = project_named(found.lines, knowledge)
    if named and (table.page == last.page or named != project_named(current.above, knowledge)):
        return None
    if found.headers and found.headers[0].is_list:
        header = current.header
        return SAME_PLACE if header is not None and header.is_list and found.headers[0].goes_on_with(header) else None
    if any(is_title_row(found.index, row) for row in range(min(2, found.index.rows))):
        return None
    if starts_with_fields(found, knowledge):
        return lay_over(last, table) if _completes(current, found, knowledge) else None
    if found.headers:  # indicators alone, without a name or title, belong to what came before
        near = not _pages_apart(last, table)
        return lay_over(last, table) if _repeats(current.header, found.headers[0], near) else None
    foreign = [x for _, x in found.lines if len(x.text) > 3 and key(x.text).endswith(("表", "表)"))]
    if foreign and not found.title:
        return None
    return _placed(current, found, knowledge)


def header_for_next(current: OpenSheet, found: Candidate, knowledge: Knowledge) -> Header | None:
    """The header of the sheet under way where a table without one begins another form and prints rows that fit it."""
    if current.header is None or current.header.is_list or found.headers or found.title:
        return None
    fit = align(current.header, current.pieces[-1].table, found.index.table)
    if fit is None or not starts_with_fields(found, knowledge):
        return None
    header = fit.alignment.move(current.header)
    return header if first_indicator(found.index, range(found.index.rows), header, knowledge.taxonomy) else None


def begins_at_foot(found: Candidate, knowledge: Knowledge) -> bool:
    """Whether a table at a page's foot prints no more of a form than its title and what it is about."""
    index = found.index
    titled = bool(found.title) or any(is_title_row(index, row) for row in range(min(2, index.rows)))
    return titled and not found.headers and all(_is_beginning(index, row, knowledge) for row in range(index.rows))


def _is_beginning(index: CellIndex, row: int, knowledge: Knowledge) -> bool:
    cells = [cell for cell in index.row_cells(row) if cell.text]
    if is_title_row(index, row) or (len(cells) == 1 and YEAR_LINE.match(key(cells[0].text))):
        return True
    return bool(cells) and field_named(index, cells[0], knowledge) is not None


def _completes(current: OpenSheet, found: Candidate, knowledge: Knowledge) -> bool:
    """Whether a table without a title prints the rest of a form of which no goal and no indicators were printed yet."""
    last, table = current.pieces[-1].table, found.index.table
    if found.title or table.page == last.page or not as_wide(last, table) or not _is_unfinished(current, knowledge):
        return False
    above = found.headers[0].top if found.headers else found.index.rows
    printed = {field for piece in current.pieces for field in _fields(piece.cells, piece.first, piece.last, knowledge)}
    if printed & _fields(found.index, 0, above, knowledge):
        return False
    return bool(found.headers) or not _printed_means(found.index.table.cells, knowledge).isdisjoint(("goal", "fund"))


def _is_unfinished(current: OpenSheet, knowledge: Knowledge) -> bool:
    return current.header is None and not any(
        "goal" in _printed_means(piece.cells.row_cells(row), knowledge)
        for piece in current.pieces
        for row in range(piece.first, piece.last)
    )


def _fields(index: CellIndex, first: int, last: int, knowledge: Knowledge) -> set[Field]:
    cells = (cell for row in range(first, last) for cell in index.starting[row] if cell.text)
    return {field for cell in cells if (field := field_named(index, cell, knowledge)) is not None}


def _printed_means(cells: Sequence[Cell], knowledge: Knowledge) -> set[Means]:
    return {means for cell in cells if cell.text for means in meanings(knowledge, cell.text)}


def _pages_apart(last: Table, table: Table) -> bool:
    return table.page - last.page > 1


def _repeats(open_header: Header | None, header: Header, near: bool) -> bool:
    """Whether a boxed form's header may head more of its rows; past another page it must be the same header."""
    if open_header is None:
        return near
    if not near:
        return not open_header.is_list and header.goes_on_with(open_header)
    return not open_header.is_list and len(set(header.roles) & set(open_header.roles)) >= 2


def _placed(current: OpenSheet, found: Candidate, knowledge: Knowledge) -> Alignment | None:
    """Where the columns stand in a table without a header."""
    last, table = current.pieces[-1].table, found.index.table
    apart = _pages_apart(last, table)
    if stands_alike(last, table) and not apart:
        return SAME_PLACE
    if current.header is None:
        goes_on = as_wide(last, table) and _is_unfinished(current, knowledge) and not apart
        labels = _printed_means(table.cells, knowledge) if goes_on else set()
        return lay_over(last, table) if labels & {"goal", "fund"} else None
    fit = align(current.header, last, table)
    if fit is None or not _prints_rows(found.index, fit.alignment.move(current.header), fit.is_exact, knowledge):
        return None
    return fit.alignment


def _prints_rows(index: CellIndex, header: Header, exact: bool, knowledge: Knowledge) -> bool:
    """Whether a table prints rows that fit a header: names of levels below levels, or else numbers below targets.

    Where the columns fit exactly, targets may be words.
    """
    names, others = 0, 0
    for text in _texts_below(index, header, LEVELS):
        if is_level(knowledge.taxonomy, text):
            names += 1
        else:
            others += 1
    indicators, targets = _texts_below(index, header, (Role.LEVEL3,)), _texts_below(index, header, TARGETS)
    if others > names or not indicators or not targets:
        return False
    if any(TARGET_LIKE.fullmatch(text) or text.replace(".", "").isdigit() for text in indicators):
        return False
    return exact or names > 0 or sum(bool(TARGET_LIKE.search(text)) for text in targets) >= MOST_TARGETS * len(targets)


def _texts_below(index: CellIndex, header: Header, roles: Sequence[Role]) -> list[str]:
    cells: dict[int, Cell] = {}
    for column in header.columns:
        if column.role in roles:
            cells |= {id(c): c for row in index.column(range(index.rows), column.x0, column.x1) for c in row if c.text}
    return [cell.text for cell in cells.values()]


def starts_with_fields(found: Candidate, knowledge: Knowledge) -> bool:
    """Whether the first rows of a table, or those above its header, name a project, department or unit."""
    index, headers = found.index, found.headers
    for row in range(min(headers[0].top if headers else 3, index.rows)):
        cells = (cell for cell in index.starting[row] if not _is_rest(index.table, cell))
        if any(field_named(index, cell, knowledge) in START_FIELDS for cell in cells):
            return True
    return False


def _is_rest(table: Table, cell: Cell) -> bool:
    """Whether a cell is the rest of one that a page break cuts: no rule closes it at the top, as others are closed."""
    return cell.row == 0 and table.head > 0 and not table.head >> cell.column & 1
