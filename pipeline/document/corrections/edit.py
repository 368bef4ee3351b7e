"""Rows of a form added, removed, split off and merged; values marked as corrected. Rows carry their own places."""

from __future__ import annotations

from pipeline.fields.model import Form, Fund, Indicator, Provenance, Sources, Task, evidence_of
from pipeline.forms.model import Part, Unplaced
from pipeline.text import key

ONCE_FOR_ALL = ("title", "fiscal_year", "department", "department_code", "amount_unit")
"""Fields that are printed once for several forms; both halves of a split form have them."""

OWN = (
    *("project_name", "project_code", "project_category", "project_nature", "implementing_unit"),
    *("start_date", "end_date", "lifetime_goal", "annual_goal"),
)


def mark(form: Form, table: str, row_no: int, field: str, page: int, text: str | None) -> None:
    """Mark a value as corrected by a person. Its places stay; a text that was printed nowhere gets its page only."""
    match table:
        case "funds":
            fund = form.funds[row_no - 1]
            form.funds[row_no - 1] = fund._replace(sources=_marked(form, fund.sources, field, page, text))
        case "indicators":
            row = form.indicators[row_no - 1]
            form.indicators[row_no - 1] = row._replace(sources=_marked(form, row.sources, field, page, text))
        case _:
            form.sources = _marked(form, form.sources, field, page, text)
    if text is not None:
        form.unread = tuple(u for u in form.unread if key(u.text) != key(text))  # a field has this text now


def _marked(form: Form, sources: Sources, field: str, page: int, text: str | None) -> Sources:
    """The sources with a field marked as corrected; the doubts about what it printed are dropped from the form."""
    if (found := sources.get(field)) is not None:
        form.doubts = [doubt for doubt in form.doubts if doubt.field != field or doubt.place not in found.parts]
        return {**sources, field: found._replace(origin="corrected")}
    return sources if text is None else {**sources, field: Provenance((Unplaced(page, text),), "corrected")}


def insert(form: Form, after: int, row: Fund | Indicator | Task) -> None:
    """Put a row behind the row of number `after`; 0 puts it first."""
    match row:
        case Fund():
            form.funds.insert(after, row)
        case Indicator():
            form.indicators.insert(after, row)
        case Task():
            form.tasks = (*form.tasks[:after], row, *form.tasks[after:])


def remove(form: Form, table: str, number: int) -> None:
    """Remove the row of a number (from 1)."""
    del (form.funds if table == "funds" else form.indicators)[number - 1]


def merge(form: Form, rest: Form) -> None:
    """Make `rest` part of `form`: its rows follow, and its fields fill those that `form` does not have."""
    for name in (*ONCE_FOR_ALL, *OWN):
        if getattr(form, name) is None and (value := getattr(rest, name)) is not None:
            setattr(form, name, value)
            _take_sources(form, rest, name)
    form.funds += rest.funds
    form.indicators += rest.indicators
    form.unread += rest.unread
    form.doubts += rest.doubts
    form.page_last = max(form.page_last, rest.page_last)
    _take_totals(form, rest)


def split(form: Form, fund: int, indicator: int) -> Form:
    """Move the rows from numbers `fund` and `indicator` on to a new form; 0 moves none of that table.

    The new form has no name yet. Both forms have the fields that are printed once for all.
    """
    new = Form(0, form.form_kind, form.layout, form.page_last, form.page_last, of_department=form.of_department)
    for name in ONCE_FOR_ALL:
        setattr(new, name, getattr(form, name))
        _take_sources(new, form, name)
    funds, indicators = fund - 1 if fund else len(form.funds), indicator - 1 if indicator else len(form.indicators)
    new.funds, form.funds = form.funds[funds:], form.funds[:funds]
    new.indicators, form.indicators = form.indicators[indicators:], form.indicators[:indicators]
    places = [*(f.place for f in new.funds), *(r.place for r in new.indicators)]
    new.place = min(places, key=_position)
    new.page_first = new.place.page
    form.page_last = max([form.page_first, *(evidence.part.page for evidence in evidence_of(form))])
    _divide_notes(form, new, _position(new.place))
    _take_totals(new, form)
    form.total_weight = form.total_score = form.total_place = None
    return new


def _take_sources(form: Form, other: Form, name: str) -> None:
    if (found := other.sources.get(name)) is not None:
        form.sources = {**form.sources, name: found}


def _divide_notes(form: Form, new: Form, begin: tuple[int, float]) -> None:
    """Unread texts and doubts go with the form in which they stand."""
    new.unread = tuple(u for u in form.unread if (u.page, u.box.y0) >= begin)
    form.unread = tuple(u for u in form.unread if (u.page, u.box.y0) < begin)
    new.doubts = [doubt for doubt in form.doubts if _position(doubt.place) >= begin]
    form.doubts = [doubt for doubt in form.doubts if _position(doubt.place) < begin]


def _position(part: Part | Unplaced) -> tuple[int, float]:
    return part.page, part.box.y0 if part.box else 0.0


def _take_totals(form: Form, other: Form) -> None:
    """The row that sums up the indicators stands below the last of them."""
    if other.total_place is not None:
        form.total_weight, form.total_score = other.total_weight, other.total_score
        form.total_place = other.total_place
