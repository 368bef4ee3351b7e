"""Formats values for people: thousands separators, one line each, no control characters."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

_GROUPED = 10_000  # whole numbers from here on are grouped by thousands: years are not
_INTEGER = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$")
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f-\x9f]+")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a result; `type` is that of DuckDB."""

    name: str
    type: str

    @property
    def is_number(self) -> bool:
        return self.type.startswith("DECIMAL") or self.type in ("FLOAT", "DOUBLE") or bool(_INTEGER.match(self.type))


def as_texts(columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> list[list[str]]:
    """The values of each column as texts; null is empty."""
    return [_as_texts(column, [row[index] for row in rows]) for index, column in enumerate(columns)]


def cut(text: str, width: int) -> str:
    """A text of at most `width` terminal columns; an ellipsis marks a cut."""
    from rich.cells import cell_len, set_cell_size

    return text if cell_len(text) <= width else set_cell_size(text, width - 1).rstrip() + "…"


def _as_texts(column: Column, values: Sequence[object]) -> list[str]:
    written = _writer(column, values)
    return ["" if value is None else written(value) for value in values]


def _writer(column: Column, values: Sequence[object]) -> Callable[[object], str]:
    if column.type.startswith("DECIMAL"):
        return _decimal
    if column.type in ("FLOAT", "DOUBLE"):
        return _float
    if column.is_number:
        grouped = any(isinstance(value, int) and abs(value) >= _GROUPED for value in values)
        return lambda value: f"{value:,}" if grouped else str(value)
    return _text


def _decimal(value: object) -> str:
    """Amounts keep two decimal places; longer decimals lose trailing zeros."""
    assert isinstance(value, Decimal)
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -2:
        value = value.normalize()
    return f"{value:,f}"


def _float(value: object) -> str:
    assert isinstance(value, float)
    if value and abs(value) < 0.001:
        return f"{value:.3g}"
    text = f"{value:,.4f}"
    return text.rstrip("0").rstrip(".")


def _text(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return _UNPRINTABLE.sub(" ", text)
