"""What a budget table prints, from its pieces on pages to its lines."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from pipeline.budget.dictionary import Kind
from pipeline.tables.model import Box, Cell, Line

NUMERIC = ("amount", "count", "percent")
"""What columns of numbers hold."""


@dataclass(frozen=True, slots=True)
class Caption:
    """What stands above a table: title, number of the table, unit of money, organ. Each as printed, else None."""

    title: str | None = None
    table_code: str | None = None
    amount_unit: str | None = None
    unit_name: str | None = None
    unit_code: str | None = None
    box: Box | None = None  # of the title


@dataclass(frozen=True, slots=True)
class Piece:
    """The part of a table on one page, below its caption rows: rows of cells, in grid rows from top to bottom.

    `rows` holds the cells that begin in a row; `covered` the cells that reach into it from above.
    """

    page: int
    box: Box
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    covered: tuple[tuple[Cell, ...], ...]


class Column(NamedTuple):
    """A grid column: the texts of its headings from top to bottom, and what it holds.

    `means` is "amount" or a value of `dictionary.Means`; `panel` counts the parts side by side from 1.
    """

    path: tuple[str, ...]
    means: str
    panel: int
    classification: str | None = None  # of a code or name column: functional, economic_department, economic_government


@dataclass(frozen=True, slots=True)
class Part:
    """A piece with its headings understood: columns, and the grid rows of the body."""

    piece: Piece
    columns: tuple[Column, ...]
    body: range
    half_body: int | None = None  # a heading row that carries the total row in its right half
    goes_on: bool = False  # the piece has no headings of its own
    is_right: bool = False  # the right half of a sheet of which the part before is the left: the same rows
    first_column: int = 1  # the number of its first grid column


@dataclass(frozen=True, slots=True)
class BudgetTable:
    """A printed table over all its pages."""

    caption: Caption
    kind: Kind
    parts: tuple[Part, ...]
    notes: tuple[Line, ...] = ()

    @property
    def page_first(self) -> int:
        """The first page, from 1."""
        return self.parts[0].piece.page

    @property
    def page_last(self) -> int:
        """The last page."""
        return self.parts[-1].piece.page


class UnreadTable(NamedTuple):
    """A grid with numbers that was not understood, and the title of its table if one is printed."""

    page: int
    box: Box
    title: str | None


@dataclass(slots=True)
class RowIdentity:
    """What a body row is about in one panel."""

    row_no: int
    panel: int
    page: int
    label: str | None = None
    label_x: float | None = None  # points, where the label begins in its column: its indentation
    classification: str = "other"
    role: str = "item"
    code: str | None = None
    code_text: str | None = None
    functional_code: str | None = None
    economic_department_code: str | None = None
    economic_government_code: str | None = None
    unit_code: str | None = None
    unit_name: str | None = None
    project_code: str | None = None
    project_name: str | None = None
    level: int | None = None
    parent_row_no: int | None = None
    is_leaf: bool | None = None


class BudgetLine(NamedTuple):
    """One printed number."""

    row: RowIdentity
    column_no: int
    side: str
    fund: str | None
    use: str | None
    origin: str | None
    phase: str | None
    item: str | None
    value_kind: str
    number: Decimal
    amount: Decimal | None
    amount_text: str
    heading: str
    label: str | None
    page: int
    box: Box | None  # None for a number in a row that a person has added
    is_known: bool  # whether the dictionary knows the column's headings
    is_corrected: bool = False  # whether a person has corrected the number, or the code or label of its row
