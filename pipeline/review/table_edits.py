"""Turns an action of a person on a budget table into a correction."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from pipeline.budget.model import RowIdentity
from pipeline.dictionaries import load_budget_knowledge
from pipeline.document.corrections.model import (
    AddTableRow,
    AnyTableCorrection,
    RemoveTable,
    RemoveTableRow,
    TableNumber,
    TableRowValue,
    TableValue,
)
from pipeline.document.corrections.table_fields import check_number, check_row_value, check_table_value, row_text
from pipeline.document.result import Row
from pipeline.document.table_layout import TableLayout
from pipeline.messages import t
from pipeline.review.data import Changed, NotThere, Shown
from pipeline.review.edits import Authored, Text, printed, printed_texts

MOST_COLUMNS = 200  # numbers of a row


class TableEdit(Authored):
    """An edit of a budget table."""

    table_id: str

    @property
    def owner(self) -> str:
        """The id of the table."""
        return self.table_id


class TableValueEdit(TableEdit):
    """Another kind, unit of money or organ; `read` is the text that the page showed."""

    kind: Literal["table_value"]
    field: str
    read: Text | None
    value: Text | None


class TableRowEdit(TableEdit):
    """Another text of a row."""

    kind: Literal["table_row_value"]
    row: int
    panel: int
    field: str
    read: Text | None
    value: Text | None


class TableNumberEdit(TableEdit):
    """Another number in a column of a row."""

    kind: Literal["table_number"]
    row: int
    panel: int
    column: int
    read: Text | None
    value: Text | None


class AddTableRowEdit(TableEdit):
    """A new row behind row `after`, printed on `page`: its texts by field, its numbers by column."""

    kind: Literal["add_table_row"]
    after: int
    panel: int
    page: int
    values: dict[str, Text]
    numbers: Annotated[dict[int, Text], Field(max_length=MOST_COLUMNS)]


class RemoveTableRowEdit(TableEdit):
    """A row that is none."""

    kind: Literal["remove_table_row"]
    row: int
    panel: int
    label: Text | None


class RemoveTableEdit(TableEdit):
    """A table that is none."""

    kind: Literal["remove_table"]


AnyTableEdit = TableValueEdit | TableRowEdit | TableNumberEdit | AddTableRowEdit | RemoveTableRowEdit | RemoveTableEdit


def table_correction(edit: AnyTableEdit, shown: Shown, layout: TableLayout, when: datetime) -> AnyTableCorrection:
    """The correction of an edit. Raises `CorrectionError` for an invalid one, `Changed`, `NotThere`."""
    table = shown.table(edit.table_id)
    common: dict[str, Any] = {
        **{"table_no": table["table_no"], "page": table["page_first"], "title": table["title"]},
        **{"who": edit.who.strip(), "when": when, "why": edit.why.strip()},
    }
    match edit:
        case TableValueEdit():
            value = printed(edit.value)
            check_table_value(edit.field, value, load_budget_knowledge())
            _check_same(_text(table[edit.field]), edit.read, value)
            return TableValue(**common, field=edit.field, read=edit.read, value=value)
        case TableRowEdit():
            value = printed(edit.value)
            check_row_value(edit.field, value)
            row = _row(layout, edit.row, edit.panel)
            _check_same(row_text(row, edit.field), edit.read, value)
            return TableRowValue(**common, **_place(row), field=edit.field, read=edit.read, value=value)
        case TableNumberEdit():
            value = printed(edit.value)
            if value is not None:
                check_number(value)
            row = _row(layout, edit.row, edit.panel)
            _check_same(_numbers(shown.lines(edit.table_id), row).get(edit.column), edit.read, value)
            return TableNumber(**common, **_place(row), column=edit.column, read=edit.read, value=value)
        case AddTableRowEdit():
            return _added(edit, table, layout, common)
        case RemoveTableEdit():
            return RemoveTable(**common, read=str(table["kind"]))
        case RemoveTableRowEdit():
            row = _row(layout, edit.row, edit.panel)
            if row.label != edit.label:
                raise Changed("review.changed", t("another row has this number now: reload the page"))
            return RemoveTableRow(**common, **_place(row), read=_numbers(shown.lines(edit.table_id), row))


def _added(edit: AddTableRowEdit, table: Row, layout: TableLayout, common: dict[str, Any]) -> AddTableRow:
    values = printed_texts(edit.values)
    numbers = {column: text for column, value in edit.numbers.items() if (text := printed(value)) is not None}
    for field, text in values.items():
        check_row_value(field, text)
    for text in numbers.values():
        check_number(text)
    first, last = int(str(table["page_first"])), int(str(table["page_last"]))
    if not first <= edit.page <= last:
        raise NotThere("review.page", t("the table does not stand on page {page}", page=edit.page))
    label = _row(layout, edit.after, edit.panel).label if edit.after else None
    place: dict[str, Any] = {"after": edit.after, "after_label": label, "panel": edit.panel, "row_page": edit.page}
    return AddTableRow(**common, **place, values=values, numbers=numbers)


def _check_same(now: str | None, read: str | None, value: str | None) -> None:
    if now != read:
        raise Changed("review.changed", t("another value stands there now: reload the page"))
    if value == read:
        raise Changed("review.same", t("this is what was read: nothing to correct"))


def _row(layout: TableLayout, number: int, panel: int) -> RowIdentity:
    for row in layout.rows:
        if (row.row_no, row.panel) == (number, panel):
            return row
    raise NotThere("review.row", t("there is no row {number} of the table any more: reload the page", number=number))


def _place(row: RowIdentity) -> dict[str, Any]:
    return {"row": row.row_no, "panel": row.panel, "row_label": row.label}


def _numbers(lines: list[Row], row: RowIdentity) -> dict[int, str]:
    """The numbers of a row as printed, by column."""
    mine = (line for line in lines if (line["row_no"], line["panel"]) == (row.row_no, row.panel))
    return {int(str(line["column_no"])): str(line["amount_text"]) for line in mine}


def _text(value: object) -> str | None:
    return None if value is None else str(value)
