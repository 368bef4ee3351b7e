"""Corrections of one document, as a person made them, in the order in which they are applied.

Each names the place that it is about (form or budget table, row, column) and the text that was read there when it was
made. Numbers of forms and rows are those after all corrections before it, as the person saw them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import ClassVar, Literal

from pipeline.errors import BudgetFormsError

TableName = Literal["forms", "funds", "indicators"]
RowTable = Literal["funds", "indicators"]
AddableTable = Literal["funds", "indicators", "tasks"]
FormKind = Literal["project_target", "self_evaluation", "department_overall", "project_narrative"]

FIRST_ADDED, LAST_ADDED = 90_001, 99_999
"""Numbers of forms and of budget tables that a person has added; no document that was seen has more than 533 forms."""


class CorrectionError(BudgetFormsError):
    """An invalid correction or file of corrections."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authored:
    """Common to all corrections: author, time and reason."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid"}

    who: str
    when: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction(Authored):
    """Common to corrections of forms: the form by number, first page and name.

    The name is that of the project, else of the department, else the title; None where the form has none of them.
    """

    form: int
    page: int
    name: str | None = None


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
    table: AddableTable
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


@dataclass(frozen=True, slots=True, kw_only=True)
class AddForm(Correction):
    """A form that was not found, on pages `page` to `page_last`; `values` are its own texts by field.

    `form` is its number for good, from FIRST_ADDED on, so that found forms keep theirs; `name` is for people. Its rows
    are added by corrections behind this one.
    """

    kind: Literal["add_form"] = "add_form"
    page_last: int
    form_kind: FormKind
    values: dict[str, str]


FormCorrection = Value | AddRow | RemoveRow | Split | Merge | Reviewed | AddForm


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCorrection(Authored):
    """Common to corrections of budget tables: the table by `table_no`, first page and printed title."""

    table_no: int
    page: int
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableValue(TableCorrection):
    """`field` of a table (kind, amount_unit, unit_name) is `value` instead of `read`; None: none is printed."""

    kind: Literal["table_value"] = "table_value"
    field: str
    read: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRowValue(TableCorrection):
    """`field` of a body row is `value` instead of the text `read`: its label, one of its codes, its role.

    `row` is `row_no`, `panel` counts the parts side by side from 1, `row_label` is the row's label as it was read.
    """

    kind: Literal["table_row_value"] = "table_row_value"
    row: int
    panel: int = 1
    row_label: str | None = None
    field: str
    read: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableNumber(TableCorrection):
    """The number of a row in grid column `column` (`column_no`, from 1) is printed `value` instead of `read`.

    Without `read` none was read there; without `value` none is printed there.
    """

    kind: Literal["table_number"] = "table_number"
    row: int
    panel: int = 1
    row_label: str | None = None
    column: int
    read: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTableRow(TableCorrection):
    """A row printed on `row_page` that was not read, behind row `after`; 0 puts it first.

    `values` are its texts by field of a row, `numbers` its printed numbers by grid column.
    """

    kind: Literal["add_table_row"] = "add_table_row"
    after: int
    after_label: str | None = None
    panel: int = 1
    row_page: int
    values: dict[str, str]
    numbers: dict[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveTableRow(TableCorrection):
    """A row that was read and is not printed; `read` are its numbers by grid column."""

    kind: Literal["remove_table_row"] = "remove_table_row"
    row: int
    panel: int = 1
    row_label: str | None = None
    read: dict[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveTable(TableCorrection):
    """A budget table was read that is none; `read` is the kind that it was read as."""

    kind: Literal["remove_table"] = "remove_table"
    read: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTable(TableCorrection):
    """A budget table that was not found, on pages `page` to `page_last`; its rows are added by corrections behind this.

    `table_no` is its number for good, from FIRST_ADDED on. `columns` are the headings of its columns of numbers from
    left to right, headings above each other joined with a slash, outermost first.
    """

    kind: Literal["add_table"] = "add_table"
    page_last: int
    table_kind: str
    amount_unit: str | None = None
    unit_name: str | None = None
    columns: tuple[str, ...]


AnyTableCorrection = TableValue | TableRowValue | TableNumber | AddTableRow | RemoveTableRow | RemoveTable | AddTable
AnyCorrection = FormCorrection | AnyTableCorrection


@dataclass(frozen=True, slots=True)
class Corrections:
    """All corrections of a document. `digest` is that of their file; None where there is no file."""

    made: tuple[AnyCorrection, ...] = field(default=())
    digest: str | None = None


NONE = Corrections()


def texts_in(correction: AnyCorrection) -> Iterator[str]:
    """All texts of a correction: those read, those corrected, author and reason."""
    for column in fields(correction):
        match getattr(correction, column.name):
            case str() as text:
                yield text
            case dict() as texts:
                yield from texts.values()
            case tuple() as texts:
                yield from texts


def is_added(number: object) -> bool:
    """Whether a number of a form or a budget table is that of one that a person has added."""
    return isinstance(number, int) and FIRST_ADDED <= number <= LAST_ADDED
