"""Exports an Excel workbook: sheets about the data, the columns and the codes, one or more for each table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

import duckdb
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from pipeline.dataset.contract.schema import Column, Table, load_schema
from pipeline.language import Language, shown
from pipeline.messages import NOTHING, Text, both, t
from pipeline.outputs.export.about import TITLE, Line, Sheet, about_lines
from pipeline.outputs.export.cells import FORMATS, Formats, Note, Notes, write_text, writer_of
from pipeline.outputs.export.described import (
    Head,
    codes_sheet,
    columns_sheet,
    sheet_label,
    shown_columns,
    with_unit,
)
from pipeline.outputs.export.links import Links, named
from pipeline.outputs.export.rows import Located, Place, Selection, count_rows, has_project, located_rows
from pipeline.outputs.export.texts import fitted, without_control

HEAD = 2
"""Rows of a sheet above the values: headings for people, and the names of the columns in the dataset."""

ROWS = 1_048_576 - HEAD
"""Rows of values that a sheet holds."""

LINKS = 65_530
"""Links that a sheet holds."""

NARROWEST, WIDEST = 9, 60  # characters; a Chinese one counts two
IDENTIFIER = 18  # nobody reads digests
_SHARE = 0.9  # of the values that a column shows whole

_ABOUT, _COLUMNS, _CODES = both("about", "说明"), both("columns", "字段"), both("codes", "代码")
_SOURCE = (both("source", "出处"), "source")
_PROJECT = (both("project name", "项目名称"), "project_name")
_CONTEXT_WIDTH = 30  # characters
_LINE_HEIGHT = 16  # points
_HEAD_HEIGHT = 2 * _LINE_HEIGHT
_PROSE_WIDTH = 110  # characters


def write_workbook(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    selection: Selection,
    version: Text,
    links: Links,
    language: Language,
) -> None:
    """Writes the selected tables of the dataset behind `connection`; `version` is its name on the first sheet.

    Only the row with the names of columns is the same in every language, and what the documents print.
    The same dataset and language give the same bytes. Memory grows with the number of links, not with that of rows.
    """
    workbook = xlsxwriter.Workbook(path, {"constant_memory": True})
    workbook.set_properties({"title": shown(TITLE, language), "created": _created(connection)})
    formats = {name: workbook.add_format(look) for name, look in FORMATS.items()}
    writing = _Writing(workbook, formats, links, language)
    about, columns, codes = (workbook.add_worksheet(shown(name, language)) for name in (_ABOUT, _COLUMNS, _CODES))
    tables = [load_schema().tables[name] for name in selection.tables]
    sheets: list[Sheet] = []
    for table in tables:
        chosen = shown_columns(table, language)
        rows = located_rows(connection, table, chosen, selection.year)
        count = count_rows(connection, table, selection.year)
        sheets += writing.table(table, rows, widths_of(connection, table, chosen, language), count)
    writing.described(columns, *columns_sheet(tables, language))
    writing.described(codes, *codes_sheet(tables, language))
    writing.about(about, about_lines(connection, version, selection.year, sheets))
    workbook.close()


class _Writing:
    """A workbook that is being written."""

    def __init__(self, workbook: xlsxwriter.Workbook, formats: Formats, links: Links, language: Language) -> None:
        self._workbook, self._formats, self._links, self._notes = workbook, formats, links, Notes()
        self._language: Language = language

    def _say(self, text: Text) -> str:
        return shown(text, self._language)

    def table(self, table: Table, rows: Iterator[Located], widths: Sequence[int], count: int) -> list[Sheet]:
        """Writes the sheets of a table; a table with too many rows gets several."""
        sheets = []
        for number, start in enumerate(range(0, max(count, 1), ROWS), 1):
            name = self._say(sheet_label(table)) + (f" ({number})" if number > 1 else "")
            size = min(ROWS, count - start)
            self._fill(self._sheet(name, table, widths, size), table, islice(rows, size))
            sheets.append(Sheet(name, table, size))
        if len(sheets) > 1:
            self._notes.add(sheets[0].name, Note.sheets)
        return sheets

    def described(self, sheet: Worksheet, head: Head, rows: Sequence[Sequence[object]]) -> None:
        """Writes a sheet that describes columns or codes."""
        for index, (heading, width) in enumerate(head):
            sheet.set_column(index, index, width)
            sheet.write_string(0, index, self._say(heading), self._formats["heading"])
        for row, texts in enumerate(rows, 1):
            for index, text in enumerate(texts):
                write_text(sheet, row, index, str(text), self._formats)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(rows), len(head) - 1)

    def about(self, sheet: Worksheet, lines: Iterable[Line]) -> None:
        """Writes the sheet about the others, with notes on changed values."""
        sheet.set_column(0, 0, 20)
        sheet.set_column(1, 1, _PROSE_WIDTH)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_row(0, _HEAD_HEIGHT)
        sheet.write_string(0, 0, self._say(TITLE), self._formats["title"])
        noted = (Line(NOTHING if index else t("note"), note) for index, note in enumerate(self._notes.lines()))
        for row, line in enumerate([*lines, *noted], 2):
            text = self._say(line.text)
            sheet.set_row(row, _LINE_HEIGHT * _lines(text))
            sheet.write_string(row, 0, self._say(line.label), self._formats["strong"])
            if line.sheet:
                sheet.write_url(row, 1, f"internal:'{line.sheet}'!A1", self._formats["link"], text)
            else:
                sheet.write_string(row, 1, text, self._formats["prose"])
        sheet.activate()

    def _sheet(self, name: str, table: Table, widths: Sequence[int], size: int) -> Worksheet:
        sheet = self._workbook.add_worksheet(name)
        context = _context(table)
        columns = shown_columns(table, self._language)
        headings = [*context, *((with_unit(column), column.name) for column in columns)]
        for index, width in enumerate([*(_CONTEXT_WIDTH for _ in context), *widths]):
            sheet.set_column(index, index, width)
        sheet.set_row(0, _HEAD_HEIGHT)
        for index, (heading, _) in enumerate(headings):
            sheet.write_string(0, index, self._say(heading), self._formats["heading"])
        for index, (_, name_of_column) in enumerate(headings):
            sheet.write_string(1, index, name_of_column, self._formats["name"])
        sheet.freeze_panes(HEAD, len(context))
        sheet.set_landscape()
        sheet.repeat_rows(0, HEAD - 1)
        sheet.autofilter(HEAD - 1, 0, HEAD - 1 + size, len(headings) - 1)
        return sheet

    def _fill(self, sheet: Worksheet, table: Table, rows: Iterator[Located]) -> None:
        writers = [writer_of(column, self._formats, self._language) for column in shown_columns(table, self._language)]
        context, linked = len(_context(table)), 0
        for row, located in enumerate(rows, HEAD):
            if located.place is not None:
                linked += self._source(sheet, row, located.place, may_link=linked < LINKS)
            if located.project is not None:
                self._note(sheet, write_text(sheet, row, 1, located.project, self._formats))
            for index, (value, write) in enumerate(zip(located.values, writers, strict=True), context):
                if value is not None:
                    self._note(sheet, write(sheet, row, index, value))

    def _source(self, sheet: Worksheet, row: int, place: Place, *, may_link: bool) -> bool:
        """Writes the place of a row; returns whether it is a link."""
        link = self._links.to(place)
        if link is not None and may_link:
            sheet.write_url(row, 0, link, string=fitted(without_control(named(place, self._language))))
            return True
        self._note(sheet, write_text(sheet, row, 0, named(place, self._language), self._formats))
        if link is not None:
            self._notes.add(sheet.get_name(), Note.link)
        return False

    def _note(self, sheet: Worksheet, note: Note | None) -> None:
        if note is not None:
            self._notes.add(sheet.get_name(), note)


def _context(table: Table) -> list[tuple[Text, str]]:
    """The headings of columns that a sheet has before those of its table."""
    return [_SOURCE, _PROJECT] if has_project(table) else [_SOURCE]


def _lines(text: str) -> int:
    """The lines that a text takes on the first sheet; a Chinese character is two columns wide."""
    return sum(1 + sum(1 + (c > "\u2e7f") for c in line) // _PROSE_WIDTH for line in text.split("\n"))


def _created(connection: duckdb.DuckDBPyConnection) -> datetime:
    """The time of the newest document; with the current time, every export would differ."""
    [(seen,)] = connection.execute("SELECT max(first_seen_at) FROM documents").fetchall()
    return datetime(2000, 1, 1) if seen is None else seen.replace(tzinfo=None)


def widths_of(
    connection: duckdb.DuckDBPyConnection, table: Table, columns: Sequence[Column], language: Language
) -> list[int]:
    """The widths of columns of a table, in characters."""
    # a Chinese character has three bytes in UTF-8 and takes the room of two: (3 + 1) / 2
    wide = "(strlen({0}) + length({0})) / 2"
    selected = ", ".join(f"quantile_disc({wide.format(_as_shown(column))}, {_SHARE})" for column in columns)
    [row] = connection.execute(f'SELECT {selected} FROM "{table.name}"').fetchall()
    return [_within(column, width, language) for column, width in zip(columns, row, strict=True)]


def _as_shown(column: Column) -> str:
    name = f'"{column.name}"'
    return f"format('{{:,.2f}}', CAST({name} AS DOUBLE))" if column.unit == "yuan" else f"CAST({name} AS VARCHAR)"


def _within(column: Column, values: float | None, language: Language) -> int:
    if column.code_names and language == "zh":  # shown by their names
        values = max(2 * len(name) for name in column.code_names.values())
    headings = max(2 * len(column.label_zh), len(column.name) + 3)  # room for the button of the filter
    widest = IDENTIFIER if column.name.endswith(("_id", "_by")) else WIDEST
    return round(min(max(values or 0, headings, NARROWEST) + 1, widest))
