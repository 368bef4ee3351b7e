"""Codes, columns and tables of the dataset as people read them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pipeline.messages import Text, both

if TYPE_CHECKING:
    from pipeline.dataset.contract.schema import Column


def code_name(table: str, column: str, code: object) -> Text:
    """A code of a column with its Chinese name; a text that is no code stays as it is."""
    from pipeline.dataset.contract.schema import load_schema  # it loads pydantic and PyArrow

    return both(code, load_schema().code_names(table, column).get(str(code)))


def value_name(table: str, column: str, value: object) -> object:
    """A value as people read it: a code with its Chinese name, all else as it is."""
    return code_name(table, column, value) if value is not None and (table, column) in _coded() else value


def column_name(column: Column) -> Text:
    """A column by its name for people."""
    return both(column.name.replace("_", " "), column.label_zh)


def name_for_people(name: str) -> Text:
    """The name of a table or of a column with its Chinese name; any other text as it is."""
    return _names().get(name) or both(name, None)


@cache
def _coded() -> frozenset[tuple[str, str]]:
    """The columns that hold codes, each with its table; a version of an earlier program may have other columns."""
    from pipeline.dataset.contract.schema import load_schema  # it loads pydantic and PyArrow

    tables = load_schema().tables.values()
    return frozenset((table.name, column.name) for table in tables for column in table.columns if column.code_names)


@cache
def _names() -> dict[str, Text]:
    from pipeline.dataset.contract.schema import load_schema  # it loads pydantic and PyArrow

    tables = load_schema().tables.values()
    columns = {column.name: both(column.name, column.label_zh) for table in tables for column in table.columns}
    return columns | {table.name: both(table.name, table.label_zh) for table in tables}
