"""Corrections of one document, as a person made them, in the order in which they are applied.

Each says what stood there when it was made: on what form, in what row, and the text that was read. Numbers of forms and
rows are those after all corrections before it, as the person saw them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal

from pipeline.errors import BudgetFormsError

TableName = Literal["forms", "funds", "indicators"]
RowTable = Literal["funds", "indicators"]


class CorrectionError(BudgetFormsError):
    """An invalid correction or file of corrections."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """Common to all corrections: the form by number, first page and name, and the author, time and reason.

    The name is that of the project, else of the department, else the title; None where the form has none of them.
    """

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid"}

    form: int
    page: int
    name: str | None = None
    who: str
    when: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Value(Correction):
    """`field` of a row is `value` instead of the text `read`; None: nothing is printed, or nothing was read.

    `row` is 0 for the form itself, else `line_no` or `indicator_no`; `row_name` is the row's label or level 3.
    """

    kind: Literal["value"] = "value"
    table: TableName
    row: int = 0
    row_name: str | None = None
    field: str
    read: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddRow(Correction):
    """A row printed on `row_page` that was not read: it is inserted behind row `after`; 0 inserts it first."""

    kind: Literal["add_row"] = "add_row"
    table: RowTable
    after: int
    after_name: str | None = None
    row_page: int
    values: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveRow(Correction):
    """A row that was read by mistake; `read` are its texts by field."""

    kind: Literal["remove_row"] = "remove_row"
    table: RowTable
    row: int
    row_name: str | None = None
    read: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(Correction):
    """Two forms were read as one: a second one begins with these rows; 0: it has none of that table."""

    kind: Literal["split"] = "split"
    indicator: int = 0
    indicator_name: str | None = None
    fund: int = 0
    fund_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge(Correction):
    """One form was read as two: the next form, on `next_page` and called `next_name`, is the rest of it."""

    kind: Literal["merge"] = "merge"
    next_page: int
    next_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed(Correction):
    """The form was compared with its page and is right; `read` is the digest of its values then (see `seen`)."""

    kind: Literal["reviewed"] = "reviewed"
    read: str


AnyCorrection = Value | AddRow | RemoveRow | Split | Merge | Reviewed


@dataclass(frozen=True, slots=True)
class Corrections:
    """All corrections of a document. `digest` is that of their file; None where there is no file."""

    made: tuple[AnyCorrection, ...] = field(default=())
    digest: str | None = None


NONE = Corrections()
