"""Codes of the dataset as people read them."""

from __future__ import annotations

from pipeline.messages import Text, both


def code_name(table: str, column: str, code: object) -> Text:
    """A code of a column with its Chinese name; a text that is no code stays as it is."""
    from pipeline.dataset.contract.schema import load_schema  # it loads pydantic and PyArrow

    return both(code, load_schema().code_names(table, column).get(str(code)))
