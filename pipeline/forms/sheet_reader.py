"""A sheet as raw forms: layout, title, unit and the fields printed above the table, then the walk of its kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.forms.beginnings import START_FIELDS, is_title_row, title_lines
from pipeline.forms.boxed import BoxedWalk
from pipeline.forms.cut_sheets import set_back
from pipeline.forms.dictionary import Knowledge, Layout, Lexicon, label_keys, meanings
from pipeline.forms.fields_above_table import read_heading
from pipeline.forms.layouts import KnownBy
from pipeline.forms.lists import ListWalk
from pipeline.forms.model import Part, RawForm, Sheet, Value, printed, printed_line, together
from pipeline.forms.reading import Reading, Rule, Use
from pipeline.forms.roles import Field, Role
from pipeline.notation import ORGAN_ENDING, UNIT_NAMED, YEAR_LINE
from pipeline.tables.model import Cell, Line
from pipeline.text import key

_TABLE = re.compile(r"[^\d\W].{3,}表(?:\([^()]*\))?$")
_ORGAN = re.compile(rf"^\d{{3,}}[-_].{{3,}}{ORGAN_ENDING}$")
_INLINE = re.compile(r"^([^:：]{2,12})[:：](.+)$")


def known_by(sheet: Sheet) -> KnownBy:
    """What tells the layout of a sheet."""
    title = sheet_title(sheet)
    return KnownBy(key(title.text) if title else "", _labels(sheet))


def read_sheet(sheet: Sheet, knowledge: Knowledge, layout: Layout, reading: Reading | None = None) -> Iterator[RawForm]:
    """The forms of a sheet that has a layout, in reading order.

    `reading` is given by callers who want to know what each cell was taken for.
    """
    reading = reading if reading is not None else Reading(sheet)
    title, lists = sheet_title(sheet), is_list(sheet)
    context = _context(sheet, knowledge, layout, reading)
    if lists:
        forms = ListWalk(sheet, layout, knowledge, reading).walk()
    else:
        forms = iter([BoxedWalk(sheet, layout, knowledge, reading).walk()])
    for form in forms:
        form.title = title or form.title
        form.unit = form.unit or context.unit
        form.year_line = form.year_line or context.year_line
        form.context_fields.update(context.fields)
        if Field.PROJECT_NAME not in form.fields and not lists:
            read_heading(form, sheet.above, Lexicon(knowledge, layout), reading)
        _name_from_title(form)
        if sheet.seam is not None:
            set_back(form, sheet.seam)
        if _holds_something(form):
            yield form


def _name_from_title(form: RawForm) -> None:
    """The name that only the title prints (保安服务项目绩效目标表), where the layout says how."""
    pattern = form.layout.name_from_title
    if pattern is None or form.title is None or Field.PROJECT_NAME in form.fields:
        return
    match = re.search(pattern, key(form.title.text))
    if match and match["name"]:
        form.fields[Field.PROJECT_NAME] = Value(match["name"], form.title.parts)


def is_list(sheet: Sheet) -> bool:
    """Whether a sheet is a list of projects."""
    return any(h.is_list for h in sheet.pieces[0].headers)


def _above_header(sheet: Sheet) -> Iterator[tuple[int, Line, Cell]]:
    """Full-width rows of a list's table above its header, as lines: 单位名称：… and the like."""
    piece = sheet.pieces[0]
    head = next((h for h in piece.headers if h.is_list), None)
    for row in range(piece.first, head.top if head is not None else piece.first):
        row_cells = piece.cells.row_cells(row)
        if len(row_cells) == 1 and row_cells[0].text:
            yield piece.table.page, Line(row_cells[0].box, row_cells[0].text), row_cells[0]


def sheet_title(sheet: Sheet) -> Value | None:
    """The title, from the table's own full-width rows or the lines above it; two lines when it is wrapped."""
    piece = sheet.pieces[0]
    index = piece.cells
    for row in range(piece.first, min(piece.first + 3, piece.last)):
        if is_title_row(index, row):
            return printed(piece.table.page, index.row_cells(row)[0])
    lines = title_lines(sheet.above) or [x for x in sheet.above if _TABLE.search(key(x[1].text))][-1:]
    found = [printed_line(page, line) for page, line in lines]
    return together(found) if found else None


def _labels(sheet: Sheet) -> set[str]:
    return {k for piece in sheet.pieces[:2] for cell in piece.table.cells if cell.text for k in label_keys(cell.text)}


@dataclass(slots=True)
class _Context:
    """What the lines above a table say of all its forms."""

    unit: Value | None = None
    year_line: Value | None = None
    fields: dict[Field, Value] = field(default_factory=dict)


def _context(sheet: Sheet, knowledge: Knowledge, layout: Layout, reading: Reading) -> _Context:
    """Year, unit and fields from the lines above the table."""
    found = _Context()
    above: list[tuple[int, Line, Line | Cell]] = [(page, line, line) for page, line in sheet.above]
    for page, line, place in [*above, *_above_header(sheet)]:
        text = line.text.strip()
        if unit := UNIT_NAMED.search(text):
            found.unit = found.unit or _part(page, line, unit[1])
            reading.take(place, Use.VALUE, Rule.ABOVE)
            text = (text[: unit.start()] + text[unit.end() :]).strip()  # 填报单位：… may stand on the same line
        if YEAR_LINE.match(key(text)):
            found.year_line = found.year_line or printed_line(page, line)
            reading.take(place, Use.VALUE, Rule.ABOVE, role=Field.FISCAL_YEAR)
        elif _ORGAN.match(text):  # 341-湖州市财政局
            found.fields.setdefault(Field.DEPARTMENT, printed_line(page, line))
            reading.take(place, Use.VALUE, Rule.ABOVE, role=Field.DEPARTMENT)
        elif match := _INLINE.match(text):
            label = meanings(knowledge, match[1], layout).get("field")
            if label is not None and label.field is not None:
                found.fields[label.field] = _part(page, line, match[2].strip())
                reading.take(place, Use.VALUE, Rule.ABOVE, label)
    return found


def _part(page: int, line: Line, text: str) -> Value:
    return Value(text, (Part(page, line.box, line.text),))


def _holds_something(form: RawForm) -> bool:
    """An empty printed template (no name, no amount, no indicator with text) is no form."""
    named = any(name in form.fields for name in START_FIELDS)
    if named and (form.funds or form.goals):
        return True
    rows = (row.cells for row in form.indicators if Role.LEVEL3 in row.cells and (named or Role.TARGET in row.cells))
    return any(cells[Role.LEVEL3].text.strip(".…") for cells in rows)
