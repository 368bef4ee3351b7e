"""Forms and budget tables that a person has added: made from a correction, empty of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pipeline.budget.dictionary import BudgetKnowledge
from pipeline.budget.model import BudgetTable, Caption, Column, Part, Piece
from pipeline.document.corrections import edit
from pipeline.document.corrections.model import AddForm, AddTable, CorrectionError, is_added
from pipeline.document.corrections.table_fields import check_table_value, kind_of
from pipeline.document.corrections.values import check_value, set_form_value
from pipeline.fields.model import Form
from pipeline.forms.model import Unplaced
from pipeline.messages import t
from pipeline.tables.model import Box

MOST_PAGES = 500  # of an added form or table; the longest table that was seen has 61
MOST_COLUMNS = 100  # of an added table; the widest that was seen has 31
_NOWHERE = Box(0.0, 0.0, 0.0, 0.0)


def new_form(correction: AddForm, taken: Iterable[int], page_count: int, complete: Callable[[Form], None]) -> Form:
    """The form of a correction, with its own texts and without rows.

    `taken` are the numbers of other added forms; `complete` gives it what its document says for all forms. Raises
    `CorrectionError` for a form that cannot be added.
    """
    check_new_form(correction, page_count)
    _check_number(correction.form, taken)
    page = correction.page
    form = Form(correction.form, correction.form_kind, None, page, correction.page_last, is_added=True)
    form.of_department = correction.form_kind == "department_overall"
    form.place = Unplaced(page, "")
    for field, text in correction.values.items():
        set_form_value(form, field, text)
        edit.mark(form, "forms", 0, field, page, text)
    complete(form)
    return form


def check_new_form(correction: AddForm, page_count: int) -> None:
    """Raises `CorrectionError` when the pages or the texts of a new form are not valid."""
    check_pages(correction.page, correction.page_last, page_count)
    for field, text in correction.values.items():
        check_value("forms", field, text)
    if not {"project_name", "department", "title"} & correction.values.keys():
        raise CorrectionError("correction.form", t("a form needs the name of its project, its department or its title"))


def new_table(correction: AddTable, taken: Iterable[int], page_count: int, knowledge: BudgetKnowledge) -> BudgetTable:
    """The budget table of a correction, with its columns and without rows. Raises `CorrectionError`."""
    check_new_table(correction, page_count, knowledge)
    _check_number(correction.table_no, taken)
    columns = tuple(Column(_headings(text), "amount", 1) for text in correction.columns)
    pages = range(correction.page, correction.page_last + 1)
    parts = tuple(Part(Piece(page, _NOWHERE, (), (), (), ()), columns, range(0)) for page in pages)
    caption = Caption(correction.title, None, correction.amount_unit, correction.unit_name)
    return BudgetTable(caption, kind_of(correction.table_kind, knowledge), parts)


def check_new_table(correction: AddTable, page_count: int, knowledge: BudgetKnowledge) -> None:
    """Raises `CorrectionError` when the pages, the texts or the columns of a new table are not valid."""
    check_pages(correction.page, correction.page_last, page_count)
    if not correction.title.strip():
        raise CorrectionError("correction.table", t("a table needs its title"))
    texts = {"kind": correction.table_kind, "amount_unit": correction.amount_unit, "unit_name": correction.unit_name}
    for field, text in texts.items():
        check_table_value(field, text, knowledge)
    if not 1 <= len(correction.columns) <= MOST_COLUMNS:
        raise CorrectionError("correction.table", t("a table needs 1 to {most} columns of numbers", most=MOST_COLUMNS))
    if not all(_headings(text) for text in correction.columns):
        raise CorrectionError("correction.table", t("a column of numbers needs its heading"))


def check_pages(first: int, last: int, page_count: int) -> None:
    """Raises `CorrectionError` unless a form or a table may stand on these pages of a document."""
    if not 1 <= first <= last <= page_count:
        told = {"first": first, "last": last, "count": page_count}
        message = t("pages {first} to {last} are none of the document's 1 to {count}", **told)
        raise CorrectionError("correction.page", message)
    if last - first >= MOST_PAGES:
        raise CorrectionError("correction.page", t("a form or a table stands on at most {most} pages", most=MOST_PAGES))


def _check_number(number: int, taken: Iterable[int]) -> None:
    if not is_added(number):
        raise CorrectionError("correction.number", t("{number} is no number of an added form or table", number=number))
    if number in taken:
        raise CorrectionError(
            "correction.number", t("the number {number} is taken by another added form or table", number=number)
        )


def _headings(text: str) -> tuple[str, ...]:
    """The headings of a column from the outermost to its own."""
    return tuple(part.strip() for part in text.split("/") if part.strip())
