"""Writes values to cells of a workbook, and counts those that it had to change."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING

from pipeline.dataset.contract.schema import DECIMAL, Column
from pipeline.messages import Language, Text, t
from pipeline.outputs.export.texts import CUT, fitted, looks_like_formula, without_control

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

DIGITS = 15
"""Decimal digits of a number that Excel stores."""

_FIRST_DAY = date(1900, 3, 1)  # Excel counts a 29 February 1900; earlier days would be off by one


class Note(Enum):
    """Why a cell differs from the value in the dataset."""

    cut = t("texts longer than 32,767 characters are cut, and end with {mark}", mark=CUT)
    control = t("texts lost characters that a workbook cannot hold")
    digits = t("numbers of more than 15 digits, which Excel would round, are text")
    link = t("pages are named without a link, because a sheet holds 65,530 links")
    sheets = t("the rows go on in another sheet, because a sheet holds 1,048,576 of them")


class Notes:
    """The number of cells for each sheet and note."""

    def __init__(self) -> None:
        self._counted: Counter[tuple[str, Note]] = Counter()

    def add(self, sheet: str, note: Note) -> None:
        """Counts one cell."""
        self._counted[sheet, note] += 1

    def lines(self) -> list[Text]:
        """A line for each sheet and note."""
        return [
            t("{sheet}, {count:,} times: {note}", sheet=sheet, count=count, note=note.value)
            for (sheet, note), count in self._counted.items()
        ]


Formats = dict[str, "Format"]
Writer = Callable[["Worksheet", int, int, object], Note | None]
"""Writes a value that is not null to a row and column of a sheet; returns a note when the cell differs from it."""

FORMATS: dict[str, dict[str, object]] = {
    "amount": {"num_format": "#,##0.00"},
    "count": {"num_format": "#,##0"},
    "decimal": {"num_format": "General"},
    "date": {"num_format": "yyyy-mm-dd"},
    "time": {"num_format": "yyyy-mm-dd hh:mm:ss"},
    "truth": {"num_format": '"TRUE";;"FALSE"'},  # LibreOffice shows 1 and 0 otherwise
    "quoted": {"quote_prefix": True},
    "heading": {"bold": True, "bg_color": "#DDE6F0", "text_wrap": True, "valign": "vcenter", "border": 1},
    "name": {"italic": True, "font_color": "#555555", "bottom": 1},
    "title": {"bold": True, "font_size": 16},
    "strong": {"bold": True, "valign": "top"},
    "prose": {"text_wrap": True, "valign": "top"},
    "link": {"text_wrap": True, "valign": "top", "underline": 1, "font_color": "#0563C1"},
}


def writer_of(column: Column, formats: Formats, language: Language) -> Writer:
    """The writer for the values of a column; in Chinese, codes are written by their names."""
    if column.code_names and language == "zh":
        return _names(column.code_names, formats)
    if DECIMAL.fullmatch(column.type):
        return _numbers(formats["amount" if column.unit == "yuan" else "decimal"], formats)
    if column.type in ("int16", "int32", "int64", "float32"):
        return _numbers(formats["count" if column.unit == "byte" else "decimal"], formats)
    if column.type in ("date32", "timestamp"):
        return _days(formats["time" if column.type == "timestamp" else "date"], formats)
    if column.type == "bool":
        return _truths(formats["truth"])
    return _texts(formats)


def text_of(value: object) -> str:
    """A value as text; lists are JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def write_text(sheet: Worksheet, row: int, column: int, text: str, formats: Formats) -> Note | None:
    """Writes a text as text, so that it does not become a formula when the cell is edited."""
    clean = without_control(text)
    kept = fitted(clean)
    if kept.startswith("<r>") and kept.endswith("</r>"):
        kept += " "  # XlsxWriter would take it for its own markup and write it unescaped
    sheet.write_string(row, column, kept, formats["quoted"] if looks_like_formula(kept) else None)
    return Note.cut if kept.rstrip() != clean.rstrip() else Note.control if clean != text else None


def _texts(formats: Formats) -> Writer:
    return lambda sheet, row, column, value: write_text(sheet, row, column, text_of(value), formats)


def _names(names: Mapping[str, str], formats: Formats) -> Writer:
    def write(sheet: Worksheet, row: int, column: int, value: object) -> Note | None:
        code = text_of(value)
        return write_text(sheet, row, column, names.get(code, code), formats)  # a dataset may be older than the lists

    return write


def _numbers(format: Format, formats: Formats) -> Writer:
    def write(sheet: Worksheet, row: int, column: int, value: object) -> Note | None:
        if isinstance(value, Decimal) and len(value.normalize().as_tuple().digits) > DIGITS:
            write_text(sheet, row, column, str(value), formats)
            return Note.digits
        sheet.write_number(row, column, value, format)
        return None

    return write


def _days(format: Format, formats: Formats) -> Writer:
    def write(sheet: Worksheet, row: int, column: int, value: object) -> Note | None:
        assert isinstance(value, date)
        day = value.date() if isinstance(value, datetime) else value
        if day < _FIRST_DAY:
            return write_text(sheet, row, column, value.isoformat(), formats)
        sheet.write_datetime(row, column, value.replace(tzinfo=None) if isinstance(value, datetime) else value, format)
        return None

    return write


def _truths(format: Format) -> Writer:
    def write(sheet: Worksheet, row: int, column: int, value: object) -> Note | None:
        sheet.write_boolean(row, column, bool(value), format)
        return None

    return write
