"""Turns a form or a budget table that a person adds into a correction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from pipeline.dictionaries import load_budget_knowledge
from pipeline.document.budget_rows import table_id
from pipeline.document.corrections.added import MOST_COLUMNS, check_new_form, check_new_table
from pipeline.document.corrections.model import (
    FIRST_ADDED,
    LAST_ADDED,
    AddForm,
    AddTable,
    AnyCorrection,
    FormKind,
    TableCorrection,
    is_added,
)
from pipeline.document.rows import id_of_form
from pipeline.messages import t
from pipeline.review.data import NotThere, Shown
from pipeline.review.edits import Authored, Text, printed, printed_texts


class Addition(Authored):
    """Something that was not found on pages `page` to `page_last` of a document."""

    page: int
    page_last: int


class AddFormEdit(Addition):
    """A form with its own texts by field."""

    kind: Literal["add_form"]
    form_kind: FormKind
    values: dict[str, Text]


class AddTableEdit(Addition):
    """A budget table with the headings of its columns of numbers."""

    kind: Literal["add_table"]
    title: Text
    table_kind: str
    amount_unit: Text | None
    unit_name: Text | None
    columns: Annotated[list[Text], Field(max_length=MOST_COLUMNS)]


AnyAddition = AddFormEdit | AddTableEdit


def addition(
    edit: AnyAddition, made: Sequence[AnyCorrection], landed: Shown, when: datetime
) -> tuple[AddForm | AddTable, str]:
    """The correction of an addition, and the id of its form or table. Raises `CorrectionError` for an invalid one.

    `landed` is the document as the dataset has it, with additions that have been taken back since.
    """
    document_id, count = str(landed.document["document_id"]), int(str(landed.document["page_count"] or 0))
    common: dict[str, Any] = {"page": edit.page, "page_last": edit.page_last, "when": when}
    common |= {"who": edit.who.strip(), "why": edit.why.strip()}
    match edit:
        case AddFormEdit():
            values = printed_texts(edit.values)
            name = next((values[n] for n in ("project_name", "department", "title") if n in values), None)
            taken = [c.form for c in made if not isinstance(c, TableCorrection)]
            number = _next([*taken, *(row["form_no"] for row in landed.tables["forms"])])
            form = AddForm(**common, form=number, name=name, form_kind=edit.form_kind, values=values)
            check_new_form(form, count)
            return form, id_of_form(document_id, number)
        case AddTableEdit():
            taken = [c.table_no for c in made if isinstance(c, TableCorrection)]
            number = _next([*taken, *(row["table_no"] for row in landed.tables["budget_tables"])])
            texts: dict[str, Any] = {name: printed(getattr(edit, name)) for name in ("amount_unit", "unit_name")}
            columns = tuple(text for column in edit.columns if (text := printed(column)) is not None)
            title, kind = printed(edit.title) or "", edit.table_kind
            table = AddTable(**common, **texts, table_no=number, title=title, table_kind=kind, columns=columns)
            check_new_table(table, count, load_budget_knowledge())
            return table, table_id(document_id, number)


def _next(taken: Iterable[object]) -> int:
    """The next free number; one that has landed is not given again, so that no id changes its meaning."""
    numbers = {n for n in taken if isinstance(n, int) and is_added(n)}
    highest = max(numbers, default=FIRST_ADDED - 1)
    if highest < LAST_ADDED:
        return highest + 1
    return next((n for n in range(FIRST_ADDED, LAST_ADDED) if n not in numbers), LAST_ADDED)


def without(made: Sequence[AnyCorrection], number: int) -> list[AnyCorrection]:
    """The corrections without one of them, by its number from 1. With an added form or table go the corrections of it.

    Of several additions with one number the first has the form or the table, and each is taken back by itself.

    Raises `NotThere` when there is none of that number.
    """
    if not 1 <= number <= len(made):
        raise NotThere("review.correction", t("this correction is not there any more: reload the page"))
    gone = made[number - 1]
    rest = [correction for n, correction in enumerate(made, start=1) if n != number]
    if not isinstance(gone, AddForm | AddTable) or any(_is_of(c, gone) for c in made[: number - 1]):
        return rest
    return [c for c in rest if isinstance(c, AddForm | AddTable) or not _is_of(c, gone)]


def _is_of(correction: AnyCorrection, added: AddForm | AddTable) -> bool:
    if isinstance(correction, TableCorrection):
        return isinstance(added, AddTable) and correction.table_no == added.table_no
    return isinstance(added, AddForm) and correction.form == added.form
