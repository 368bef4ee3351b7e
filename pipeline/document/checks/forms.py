"""Checks a form for missing blocks, impossible dates, doubtful values and text that no field used."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.document.checks.model import Finding, at, shorten
from pipeline.fields.model import Doubt, Form
from pipeline.forms.model import Unread
from pipeline.forms.reading import UnreadKind
from pipeline.messages import Text, t

UNKNOWN_LABEL, UNREAD_TEXT = "layout.unknown_label", "form.unread_text"


def check_form(form: Form) -> Iterator[Finding]:
    """Findings of rules `form.*`, `dates.*` and `layout.*` for one form."""
    yield from _missing(form)
    yield from _dates(form)
    for doubt in form.doubts_of("unclear_options"):
        message = t(
            "{detail} options of {field} are ticked: {text}", detail=doubt.detail, field=doubt.field, text=doubt.text
        )
        yield _of_doubt(form, "form.options", "warning", message, doubt)
    for doubt in form.doubts_of("clipped"):
        hint = t("the part that is clipped is stored in the file and was taken")
        message = t("{field} is not all visible on the page; {hint}", field=doubt.field, hint=hint)
        yield _of_doubt(form, "text.clipped", "info", message, doubt)
    for unread in form.unread:
        rule, severity, message = _unread(unread, form.layout or "a layout")
        yield Finding(rule, severity, message, unread.page, unread.box, form.form_no, unread.text)


def _of_doubt(form: Form, rule: str, severity: str, message: Text, doubt: Doubt) -> Finding:
    return at(form.form_no, rule, severity, message, doubt.place, doubt.text)


def _unread(unread: Unread, layout: str) -> tuple[str, str, Text]:
    """Rule, severity and message for a text that no field used."""
    match unread.kind:
        case UnreadKind.UNKNOWN_LABEL:
            message = t(
                "the label {text!r} is in no dictionary; add it to labels.toml or to {layout}",
                text=unread.text,
                layout=layout,
            )
            return UNKNOWN_LABEL, "warning", message
        case _:
            return UNREAD_TEXT, "warning", t("no field used the text {text!r}", text=shorten(unread.text))


def _missing(form: Form) -> Iterator[Finding]:
    if not form.of_department and form.project_name is None:
        severity = "warning" if form.form_kind == "project_narrative" else "error"
        yield at(form.form_no, "form.no_project_name", severity, t("no project name was found"), form.place)
    if not form.funds and form.form_kind != "department_overall":
        yield at(form.form_no, "form.no_funds", "warning", t("no amount was found"), form.place)
    if form.lifetime_goal is None and form.annual_goal is None:
        yield at(form.form_no, "form.no_goal", "warning", t("no goal was found"), form.place)
    if not form.indicators and form.form_kind != "project_narrative":
        yield at(form.form_no, "form.no_indicators", "warning", t("no indicator was found"), form.place)
    if form.fiscal_year is None:
        yield at(
            form.form_no,
            "form.no_fiscal_year",
            "info",
            t("neither the form nor its document names a fiscal year"),
            form.place,
        )


_PRECISION = {"month": t("month"), "year": t("year")}


def _dates(form: Form) -> Iterator[Finding]:
    for doubt in form.doubts_of("imprecise_date"):
        message = t(
            "{field} is printed to the {detail} only: {text}",
            field=doubt.field,
            detail=_PRECISION.get(doubt.detail or "", doubt.detail),
            text=doubt.text,
        )
        yield _of_doubt(form, "dates.imprecise", "info", message, doubt)
    start, end = form.start_date, form.end_date
    if start and end and start > end:
        yield at(
            form.form_no,
            "dates.order",
            "error",
            t("the project ends on {end} before it starts on {start}", end=end, start=start),
            form.place,
        )
    elif start and end and form.fiscal_year and not start.year <= form.fiscal_year <= end.year:
        yield at(
            form.form_no,
            "dates.fiscal_year",
            "warning",
            t(
                "fiscal year {fiscal_year} is not within {start} to {end}",
                fiscal_year=form.fiscal_year,
                start=start,
                end=end,
            ),
            form.place,
        )
