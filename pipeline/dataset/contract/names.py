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


def column_name(column: Column) -> Text:
    """A column by its name for people."""
    return both(column.name.replace("_", " "), column.label_zh)


def name_for_people(name: str) -> Text:
    """The name of a table or of a column with its Chinese name; any other text as it is."""
    return _names().get(name) or both(name, None)


@cache
def _names() -> dict[str, Text]:
    from pipeline.dataset.contract.schema import load_schema  # it loads pydantic and PyArrow

    tables = load_schema().tables.values()
    columns = {column.name: both(column.name, column.label_zh) for table in tables for column in table.columns}
    return columns | {table.name: both(table.name, table.label_zh) for table in tables}
