"""Explains how a document is read: for each cell of a form what it was taken for, and why other tables are no forms.

A pure function from page grids. It calls the steps that find and read forms, in the order in which a document is
assembled, with a `Reading` that the caller keeps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from pipeline.forms.dictionary import Entry, Knowledge, Layout, OtherForm
from pipeline.forms.layouts import KnownBy, match_layout, match_other
from pipeline.forms.model import RawForm, Sheet, Value, goal_scope
from pipeline.forms.narrative import narratives
from pipeline.forms.reading import Reading, Taken, UnreadKind, Use
from pipeline.forms.roles import Field, Role
from pipeline.forms.segment import Gate, closed_gates, segment, tables_with_lines
from pipeline.forms.sheet_reader import is_list, known_by, read_sheet, sheet_title
from pipeline.messages import t
from pipeline.tables.model import Box, Line, PageGrid, Table

PRIVATE = "(private)"
"""Shown for a text that names a person or a telephone number."""


class Structure(Enum):
    """How the values of a form are found; the values say it for people."""

    BOXED = t("boxed: one project, each value beside or below its label")
    LIST = t("list: a row group a project")
    PROSE = t("list: a row group a project, its indicators as sentences in one cell")
    NARRATIVE = t("narrative: numbered sections of prose")


class CellExplanation(NamedTuple):
    """A cell of a form's tables, or a line above them (row and column 0).

    `table`, `row` and `column` count from 1, `table` on its page. `taken` is None for a cell that nothing took;
    `unread` is the kind of the finding that then names its text.
    """

    page: int
    table: int
    row: int
    column: int
    text: str
    taken: Taken | None
    unread: UnreadKind | None = None

    @property
    def entry(self) -> Entry | None:
        """The dictionary entry that gave the cell its meaning."""
        return self.taken.entry.entry if self.taken is not None and self.taken.entry is not None else None

    @property
    def meaning(self) -> str:
        """The field, column, amount or goal that the cell belongs to; empty where there is none."""
        return _meaning(self.taken) if self.taken is not None else ""


class LayoutReason(NamedTuple):
    """Why a layout was chosen: the phrase of it that the title has, and its needed labels, all of which are printed."""

    phrase: str
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormExplanation:
    """A form, or the forms of one list.

    `forms` counts those that hold something. `layout` and `structure` are None for a table that `other` says is no form
    of targets. `names` are the projects' names as printed.
    """

    page_first: int
    page_last: int
    title: str
    cells: tuple[CellExplanation, ...]
    forms: int = 0
    names: tuple[str, ...] = ()
    layout: Layout | None = None
    reason: LayoutReason | None = None
    structure: Structure | None = None
    other: OtherForm | None = None


@dataclass(frozen=True, slots=True)
class TableExplanation:
    """A table that belongs to no form, and the gates that it did not pass; `number` counts from 1 on its page."""

    page: int
    number: int
    rows: int
    columns: int
    text: str
    gates: tuple[Gate, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a document was read: its forms in reading order, and its other tables."""

    pages: tuple[int, ...]
    forms: tuple[FormExplanation, ...]
    tables: tuple[TableExplanation, ...]


def explain(pages: Sequence[PageGrid], knowledge: Knowledge) -> Explanation:
    """What every cell and table of some pages was taken for. The pages are those of one document, in order."""
    numbers = {(table.page, table.box): n for page in pages for n, table in enumerate(page.tables, start=1)}
    forms: list[FormExplanation] = []
    used: set[tuple[int, Box]] = set()
    for sheet in segment(pages, knowledge):
        used.update((piece.table.page, piece.table.box) for piece in sheet.pieces)
        forms.append(_sheet(sheet, numbers, knowledge))
    forms += [_narrative(form) for form in narratives(pages, knowledge)]
    forms.sort(key=lambda form: form.page_first)
    others = tuple(
        TableExplanation(
            page.number,
            numbers[table.page, table.box],
            len(table.ys) - 1,
            len(table.xs) - 1,
            next((cell.text for cell in table.cells if cell.text), ""),
            tuple(closed_gates(table, lines, knowledge)),
        )
        for page in pages
        for table, lines in tables_with_lines(page)
        if (table.page, table.box) not in used
    )
    return Explanation(tuple(page.number for page in pages), tuple(forms), others)


def _sheet(sheet: Sheet, numbers: dict[tuple[int, Box], int], knowledge: Knowledge) -> FormExplanation:
    first, last = sheet.pieces[0].table.page, sheet.pieces[-1].table.page
    printed, known = sheet_title(sheet), known_by(sheet)
    title = printed.text if printed is not None else ""
    other = match_other(knowledge, *known)
    reading = Reading(sheet)
    if other is not None:
        return FormExplanation(first, last, title, (), other=other)
    layout = match_layout(knowledge, *known)
    forms = list(read_sheet(sheet, knowledge, layout, reading))
    cells = (*_lines(sheet.above, reading), *_cells(sheet, numbers, reading))
    reason, structure = _reason(layout, known), _structure(sheet)
    return FormExplanation(first, last, title, cells, len(forms), _names(forms), layout, reason, structure)


def _lines(above: Iterable[tuple[int, Line]], reading: Reading) -> Iterator[CellExplanation]:
    for page, line in above:
        if (taken := reading.taken(line)) is not None:
            yield CellExplanation(page, 0, 0, 0, _shown(line.text, taken), taken)


def _cells(sheet: Sheet, numbers: dict[tuple[int, Box], int], reading: Reading) -> Iterator[CellExplanation]:
    for piece in sheet.pieces:
        table: Table = piece.table
        for cell in (cell for row in range(piece.first, piece.last) for cell in piece.cells.starting[row]):
            taken = reading.taken(cell)
            yield CellExplanation(
                table.page,
                numbers[table.page, table.box],
                cell.row + 1,
                cell.column + 1,
                _shown(cell.text, taken),
                taken,
                reading.unread(cell) if taken is None else None,
            )


def _shown(text: str, taken: Taken | None) -> str:
    is_private = taken is not None and taken.entry is not None and taken.entry.private
    return PRIVATE if is_private and taken is not None and taken.use is not Use.LABEL else text


def _reason(layout: Layout, known: KnownBy) -> LayoutReason:
    phrases = [phrase for phrase in layout.titles if phrase and phrase in known.title]
    return LayoutReason(max(phrases, key=len, default=""), layout.needs)


def _structure(sheet: Sheet) -> Structure:
    if not is_list(sheet):
        return Structure.BOXED
    in_prose = any(Role.PROSE in h.roles for piece in sheet.pieces for h in piece.headers if h.is_list)
    return Structure.PROSE if in_prose else Structure.LIST


def _names(forms: Iterable[RawForm]) -> tuple[str, ...]:
    return tuple(form.fields[Field.PROJECT_NAME].text for form in forms if Field.PROJECT_NAME in form.fields)


def _narrative(form: RawForm) -> FormExplanation:
    """A project described in prose, with its values instead of cells."""
    values: list[tuple[str, Value]] = [(str(name), value) for name, value in form.fields.items()]
    values += [(f"{scope} goal", value) for scope, value in form.goals.items()]
    values += [(f"{fund.scope or ''} {fund.source} amount".strip(), fund.amount) for fund in form.funds]
    cells = tuple(CellExplanation(value.page, 0, 0, 0, f"{what}: {value.text}", None) for what, value in values)
    title = form.title.text if form.title is not None else ""
    layout, structure = form.layout, Structure.NARRATIVE
    return FormExplanation(
        form.page_first, form.page_last, title, cells, 1, _names([form]), layout, LayoutReason("", ()), structure
    )


def _meaning(taken: Taken) -> str:
    label = taken.entry
    if taken.role is not None and (label is None or label.means not in ("fund", "goal")):
        return taken.role.value
    if label is None:
        return ""
    match label.means:
        case "field" if label.field is not None:
            return label.field.value
        case "column" if label.column is not None:
            return label.column.value
        case "goal":
            return f"{goal_scope(label)} goal"
        case "fund" | "fund_column":
            said = (label.scope, label.source if label.means == "fund" else None, label.part)
            return " ".join([x for x in said if x is not None] or ["amount"])
        case _:
            return label.means
