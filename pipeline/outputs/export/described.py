"""Descriptions of the exported columns and codes: sheets of a workbook, files of a csv export."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.dataset.contract.names import column_name
from pipeline.dataset.contract.schema import DECIMAL, Column, Table
from pipeline.messages import Language, Text, both, t, translated

COLUMNS_HEAD = ("table", "column", "label_zh", "type", "unit", "description_zh", "description")
"""The names of the columns of `described_columns`."""

CODES_HEAD = ("table", "column", "code", "name_zh")
"""The names of the columns of `described_codes`."""

UNITS = {
    "yuan": t("yuan"),
    "percent": t("percent"),
    "point of score": t("point of score"),
    "byte": t("byte"),
    "points": t("points"),
    "page": t("page number"),
}
"""The units of the schema."""

_TYPES = {
    "bool": "是否",
    "date32": "日期",
    "float32": "小数",
    "int16": "整数",
    "int32": "整数",
    "int64": "整数",
    "list": "列表",
    "string": "文本",
    "string[]": "文本列表",
    "timestamp": "时间",
}

Head = Sequence[tuple[Text, int]]
"""Headings of a sheet, each with a width in characters."""

_PLACE: Head = ((t("sheet"), 18), (t("name of the column"), 28), (t("column in the dataset"), 28))


def described_columns(tables: Sequence[Table]) -> list[tuple[str | None, ...]]:
    """A row for each column of the tables, in both languages."""
    return [
        (table.name, c.name, c.label_zh, c.type, c.unit, c.description_zh, c.description)
        for table in tables
        for c in table.columns
    ]


def described_codes(tables: Sequence[Table]) -> list[tuple[str | None, ...]]:
    """A row for each code that a column of the tables may hold, with its Chinese name."""
    return [
        (table.name, column.name, code, name)
        for table in tables
        for column in table.columns
        for code, name in column.code_names.items()
    ]


def columns_sheet(tables: Sequence[Table], language: Language) -> tuple[Head, list[tuple[object, ...]]]:
    """The sheet about the columns: its head and its rows."""
    head: Head = (
        *_PLACE,
        (t("table in the dataset"), 22),
        (t("type"), 16),
        (t("unit"), 16),
        (t("meaning"), 90),
    )
    rows = [
        (
            sheet_label(table),
            column_name(c),
            c.name,
            table.name,
            both(c.type, "数值" if DECIMAL.fullmatch(c.type) else _TYPES[c.type]),
            UNITS[c.unit] if c.unit else "",
            both(c.description, c.description_zh),
        )
        for table in tables
        for c in shown_columns(table, language)
    ]
    return head, _in_language(rows, language)


def codes_sheet(tables: Sequence[Table], language: Language) -> tuple[Head, list[tuple[object, ...]]]:
    """The sheet about the codes: its head and its rows."""
    head: Head = (*_PLACE, (t("code"), 28), (t("name in Chinese"), 36))
    rows = [
        (sheet_label(table), column_name(column), column.name, code, name)
        for table in tables
        for column in table.columns
        for code, name in column.code_names.items()
    ]
    return head, _in_language(rows, language)


def _in_language(rows: Sequence[tuple[object, ...]], language: Language) -> list[tuple[object, ...]]:
    return [tuple(translated(value, language) for value in row) for row in rows]


def sheet_label(table: Table) -> Text:
    """The name of the sheet of a table."""
    return both(table.name, table.label_zh)


def with_unit(column: Column) -> Text:
    """The heading of a column with its unit of measurement; that a number is one of a page is plain."""
    if column.unit is None or column.unit == "page":
        return column_name(column)
    return t("{name} ({unit})", name=column_name(column), unit=UNITS[column.unit])


def shown_columns(table: Table, language: Language) -> tuple[Column, ...]:
    """The columns of a table without those that say the same in the other language."""
    names = {column.name for column in table.columns}
    other = {n for n in names if n.endswith("_zh")} if language == "en" else {n for n in names if f"{n}_zh" in names}
    return tuple(column for column in table.columns if column.name not in other)
