"""Descriptions of the exported columns and codes: sheets of a workbook, files of a csv export."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.dataset.contract.schema import Table

COLUMNS_HEAD = {
    "table": ("表", 14),
    "column": ("字段", 26),
    "label_zh": ("名称", 22),
    "type": ("类型", 16),
    "unit": ("单位", 14),
    "description_zh": ("含义", 70),
    "description": ("英文含义", 90),
}
"""The names of the columns of `described_columns`, with a Chinese heading and a width in characters."""

CODES_HEAD = {"table": ("表", 18), "column": ("字段", 20), "code": ("代码", 26), "name_zh": ("名称", 36)}
"""The same for `described_codes`."""


def described_columns(tables: Sequence[Table]) -> list[tuple[str | None, ...]]:
    """A row for each column of the tables."""
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
