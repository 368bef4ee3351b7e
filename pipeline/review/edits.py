"""Turns an action of a person on the page into a correction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pipeline.document.corrections.fields import NUMBERS, name_of, seen, text_of, texts_of
from pipeline.document.corrections.model import (
    AddableTable,
    AddRow,
    AnyCorrection,
    CorrectionError,
    Merge,
    RemoveRow,
    Reviewed,
    RowTable,
    Split,
    TableName,
    Value,
    is_added,
)
from pipeline.document.corrections.values import check_new_row, check_value
from pipeline.document.result import Row
from pipeline.messages import t
from pipeline.review.data import Changed, NotThere, Shown
from pipeline.review.present import pages_of
from pipeline.text import join_lines, unify

LONGEST = 20_000  # characters of a text; goals have hundreds

Text = Annotated[str, Field(max_length=LONGEST)]
Reason = Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]


class Authored(BaseModel):
    """Fields of every edit: the digest of the corrections that the page knew, author and reason."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    digest: str | None
    who: Reason
    why: Reason


class Edit(Authored):
    """An edit of a form."""

    form_id: str

    @property
    def owner(self) -> str:
        """The id of the form."""
        return self.form_id


class ValueEdit(Edit):
    """Another text for a value; `read` is the one that the page showed."""

    kind: Literal["value"]
    table: TableName
    row: int
    field: str
    read: Text | None
    value: Text | None


class AddEdit(Edit):
    """A new row behind row `after`, printed on `page`."""

    kind: Literal["add_row"]
    table: AddableTable
    after: int
    page: int
    values: dict[str, Text]


class RemoveEdit(Edit):
    """A row that is none."""

    kind: Literal["remove_row"]
    table: RowTable
    row: int
    name: Text | None


class SplitEdit(Edit):
    """A second form begins with these rows; 0: it has none of that table."""

    kind: Literal["split"]
    fund: int
    indicator: int


class MergeEdit(Edit):
    """The next form is the rest of this one."""

    kind: Literal["merge"]


class ReviewEdit(Edit):
    """The form is right, or is not said to be any more."""

    kind: Literal["reviewed"]
    reviewed: bool


FormEdit = ValueEdit | AddEdit | RemoveEdit | SplitEdit | MergeEdit | ReviewEdit


def amended(made: Sequence[AnyCorrection], edit: FormEdit, shown: Shown, when: datetime) -> list[AnyCorrection]:
    """The corrections of a document with one more, or without a review that is taken back.

    Raises `CorrectionError` for an invalid correction, `Changed` when the value has changed since, `NotThere`.
    """
    form = shown.form(edit.form_id)
    place: dict[str, Any] = {"form": form["form_no"], "page": form["page_first"], "name": name_of("forms", form)}
    if isinstance(edit, ReviewEdit) and not edit.reviewed:
        return [c for c in made if not (isinstance(c, Reviewed) and _same_form(c, place))]
    common = {**place, "who": edit.who.strip(), "when": when, "why": edit.why.strip()}
    return [*made, _correction(edit, form, shown, common)]


def _same_form(made: Reviewed, place: dict[str, Any]) -> bool:
    """Whether a review is that of a form, which may have got another name or number since."""
    return made.page == place["page"] and bool(made.name == place["name"] or made.form == place["form"])


def printed(text: str | None) -> str | None:
    """A text as readers give it: in one line, without characters that only look like others; None when it is blank."""
    return unify(join_lines(line.strip() for line in (text or "").splitlines())).strip() or None


def printed_texts(values: Mapping[str, str]) -> dict[str, str]:
    """The texts by field as readers give them, without blank ones."""
    return {name: text for name, value in values.items() if (text := printed(value)) is not None}


def _correction(edit: FormEdit, form: Row, shown: Shown, common: dict[str, Any]) -> AnyCorrection:
    match edit:
        case ValueEdit():
            return _value(edit, form, shown, common)
        case AddEdit():
            values = printed_texts(edit.values)
            check_new_row(edit.table, values)
            if edit.page not in pages_of(form):
                raise NotThere("review.page", t("the form does not stand on page {page}", page=edit.page))
            name = name_of(edit.table, _row(shown, edit.form_id, edit.table, edit.after)) if edit.after else None
            return AddRow(
                **common, table=edit.table, after=edit.after, after_name=name, row_page=edit.page, values=values
            )
        case RemoveEdit():
            row = _row(shown, edit.form_id, edit.table, edit.row)
            if name_of(edit.table, row) != edit.name:
                raise Changed("review.changed", t("another row has this number now: reload the page"))
            read = texts_of(edit.table, row)
            return RemoveRow(**common, table=edit.table, row=edit.row, row_name=edit.name, read=read)
        case SplitEdit():
            return _split(edit, form, shown, common)
        case MergeEdit():
            forms = [row for row in shown.tables["forms"] if not is_added(row["form_no"])]
            place = forms.index(form) + 1 if form in forms else len(forms)
            if place >= len(forms):
                raise NotThere("review.form", t("this is the last form of the document"))
            rest: dict[str, Any] = forms[place]
            return Merge(**common, next_page=rest["page_first"], next_name=name_of("forms", rest))
        case ReviewEdit():
            rows = (shown.rows(table, edit.form_id) for table in ("funds", "indicators"))
            return Reviewed(**common, read=seen(form, *rows))


def _split(edit: SplitEdit, form: Row, shown: Shown, common: dict[str, Any]) -> Split:
    if is_added(form["form_no"]):
        raise CorrectionError("correction.split", t("an added form is not split: add another one"))
    names: dict[str, Any] = {
        f"{table[:-1]}_name": name_of(table, _row(shown, edit.form_id, table, number))
        for table, number in (("funds", edit.fund), ("indicators", edit.indicator))
        if number
    }
    return Split(**common, fund=edit.fund, indicator=edit.indicator, **names)


def _value(edit: ValueEdit, form: Row, shown: Shown, common: dict[str, Any]) -> Value:
    row = form if edit.table == "forms" else _row(shown, edit.form_id, edit.table, edit.row)
    value = printed(edit.value)
    check_value(edit.table, edit.field, value)
    if text_of(edit.table, row, edit.field) != edit.read:
        raise Changed("review.changed", t("another value stands there now: reload the page"))
    if value == edit.read:
        raise Changed("review.same", t("this is what was read: nothing to correct"))
    name = None if edit.table == "forms" else name_of(edit.table, row)
    number = 0 if edit.table == "forms" else edit.row
    return Value(**common, table=edit.table, row=number, row_name=name, field=edit.field, read=edit.read, value=value)


def _row(shown: Shown, form_id: str, table: str, number: int) -> Row:
    for row in shown.rows(table, form_id):
        if row[NUMBERS[table]] == number:
            return row
    raise NotThere(
        "review.row", t("there is no row {number} of {table} any more: reload the page", number=number, table=table)
    )
