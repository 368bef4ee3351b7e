"""What begins a form: its title, above a table or in it, and the labels of what it is about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.forms.cell_index import CellIndex
from pipeline.forms.dictionary import NOTHING, Knowledge, guesses, meanings
from pipeline.forms.inline_labels import labelled
from pipeline.forms.roles import Field
from pipeline.notation import PAGE_NUMBER, YEAR_LINE
from pipeline.tables.lines import one_title
from pipeline.tables.model import Cell, Line
from pipeline.text import key

START_FIELDS = {Field.PROJECT_NAME, Field.DEPARTMENT, Field.IMPLEMENTING_UNIT}
TITLE = re.compile(r"绩效.*[表书]|(?:目标|自评|评价).*表")
_TABLE_NUMBER = re.compile(r"^(?:附?表|预算|公开|部门)*\d[\d.-]*表$")


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


def is_title_row(index: CellIndex, row: int) -> bool:
    """A row that is one cell over the whole width with a form's title in it."""
    cells = index.row_cells(row)
    return len(cells) == 1 and len(cells[0].text) < 80 and bool(TITLE.search(key(cells[0].text)))


def field_named(index: CellIndex, cell: Cell, knowledge: Knowledge) -> Field | None:
    """The field that a cell names: as its label, before a colon, or as a row's first text by the patterns of labels."""
    parts = labelled(cell.text) if cell.text else None
    found = meanings(knowledge, cell.text) or (meanings(knowledge, parts[0]) if parts is not None else NOTHING)
    right = index.right_of(cell)
    if not found and not cell.column and right is not None and right.text and not meanings(knowledge, right.text):
        found = guesses(knowledge, cell.text)
    return found["field"].field if "field" in found else None


def is_page_number(text: str) -> bool:
    """Whether a line is the page's number."""
    return text.strip().isdigit() or bool(PAGE_NUMBER.match(key(text)))
