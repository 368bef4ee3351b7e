"""Boxes on pages, and the keys that join a value with its boxes."""

from __future__ import annotations

from pipeline.document.result import Row
from pipeline.tables.model import Box

_SAME_PLACE = 0.5  # points


def value_key(table: str, number: object, field: str) -> str:
    """The key of a value: its table, the number of its row (0 for the form itself), its field."""
    return f"{table}-{number}-{field}"


def key_of(row: Row) -> str:
    """The key of the value that a row of evidence is about."""
    return value_key(str(row["table"]), row["row_no"], str(row["field"]))


def box_of(row: Row) -> Box | None:
    """The box of a row; None where it has none."""
    edges = [row[name] for name in Box._fields]
    return None if None in edges else Box(*(float(str(edge)) for edge in edges))


def is_same_place(one: Box, other: Box) -> bool:
    """Whether two boxes are those of the same text."""
    return all(abs(a - b) < _SAME_PLACE for a, b in zip(one, other, strict=True))
