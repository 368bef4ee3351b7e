"""Checks a form for missing blocks, impossible dates, doubtful values and text that no field used."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.document.checks.model import Finding, at, shorten
from pipeline.fields.model import Doubt, Form
from pipeline.forms.model import Unread
from pipeline.forms.reading import UnreadKind

UNKNOWN_LABEL, UNREAD_TEXT = "layout.unknown_label", "form.unread_text"


def check_form(form: Form) -> Iterator[Finding]:
    """Findings of rules `form.*`, `dates.*` and `layout.*` for one form."""
    yield from _missing(form)
    yield from _dates(form)
    for doubt in form.doubts_of("unclear_options"):
        message = f"{doubt.detail} options of {doubt.field} are ticked: {doubt.text}"
        yield _of_doubt(form, "form.options", "warning", message, doubt)
    for doubt in form.doubts_of("clipped"):
        hint = "the part that is clipped is stored in the file and was taken"
        message = f"{doubt.field} is not all visible on the page; {hint}"
        yield _of_doubt(form, "text.clipped", "info", message, doubt)
    for unread in form.unread:
        rule, severity, message = _unread(unread, form.layout)
        yield Finding(rule, severity, message, unread.page, unread.box, form.form_no, unread.text)


def _of_doubt(form: Form, rule: str, severity: str, message: str, doubt: Doubt) -> Finding:
    return at(form.form_no, rule, severity, message, doubt.place, doubt.text)


def _unread(unread: Unread, layout: str) -> tuple[str, str, str]:
    """Rule, severity and message for a text that no field used."""
    match unread.kind:
        case UnreadKind.UNKNOWN_LABEL:
            message = f"the label {unread.text!r} is in no dictionary; add it to labels.toml or to {layout}"
            return UNKNOWN_LABEL, "warning", message
        case _:
            return UNREAD_TEXT, "warning", f"no field used the text {shorten(unread.text)!r}"


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
    for doubt in form.doubts_of("imprecise_date"):
        message = f"{doubt.field} is printed to the {doubt.detail} only: {doubt.text}"
        yield _of_doubt(form, "dates.imprecise", "info", message, doubt)
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
