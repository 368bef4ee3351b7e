"""Missing blocks, dates against the fiscal year, and text that no field used."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.document.checks.model import Finding, at, shorten
from pipeline.document.checks.unread import UNKNOWN_LABEL, UNREAD_TEXT, label_message, text_message
from pipeline.fields.form import Form
from pipeline.forms.reading import UnreadKind


def check_form(form: Form) -> Iterator[Finding]:
    """Findings of rules `form.*`, `dates.*` and `layout.*` for one form."""
    yield from _missing(form)
    yield from _dates(form)
    for message, place in form.unclear_options:
        yield at(form.form_no, "form.options", "warning", message, place)
    for name, place in form.clipped:
        message = f"{name} is not all visible on the page; the part that is clipped is stored in the file and was taken"
        yield at(form.form_no, "text.clipped", "info", message, place)
    for unread in form.unread:
        if unread.kind is UnreadKind.UNKNOWN_LABEL:
            message = label_message(unread.text, form.layout)
            yield Finding(UNKNOWN_LABEL, "warning", message, unread.page, unread.box, form.form_no)
        elif unread.kind is UnreadKind.IGNORED:
            message = f"printed, but without a column in the tables: {shorten(unread.text)}"
            yield Finding("form.not_carried", "info", message, unread.page, unread.box, form.form_no)
        else:
            yield Finding(UNREAD_TEXT, "warning", text_message(unread.text), unread.page, unread.box, form.form_no)


def _missing(form: Form) -> Iterator[Finding]:
    if not form.of_department and form.project_name is None:
        severity = "warning" if form.form_kind == "project_narrative" else "error"
        yield at(form.form_no, "form.no_project_name", severity, "no project name was found", form.place)
    if not form.funds and form.form_kind != "department_overall":
        yield at(form.form_no, "form.no_funds", "warning", "no amount was found", form.place)
    if form.lifetime_goal is None and form.annual_goal is None:
        yield at(form.form_no, "form.no_goal", "warning", "no goal was found", form.place)
    if not form.indicators and form.form_kind != "project_narrative":
        yield at(form.form_no, "form.no_indicators", "warning", "no indicator was found", form.place)
    if form.fiscal_year is None:
        yield at(
            form.form_no,
            "form.no_fiscal_year",
            "info",
            "neither the form nor its document names a fiscal year",
            form.place,
        )


def _dates(form: Form) -> Iterator[Finding]:
    for message, place in form.imprecise_dates:
        yield at(form.form_no, "dates.imprecise", "info", message, place)
    start, end = form.start_date, form.end_date
    if start and end and start > end:
        yield at(
            form.form_no, "dates.order", "error", f"the project ends on {end} before it starts on {start}", form.place
        )
    elif start and end and form.fiscal_year and not start.year <= form.fiscal_year <= end.year:
        yield at(
            form.form_no,
            "dates.fiscal_year",
            "warning",
            f"fiscal year {form.fiscal_year} is not within {start} to {end}",
            form.place,
        )
