"""Rows of a form put in, taken out, moved: values, places and numbers stay together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline.fields.form import Evidence, Form, Fund, Indicator
from pipeline.forms.model import Part, Unplaced
from pipeline.text import key

ONCE_FOR_ALL = ("title", "fiscal_year", "department", "department_code", "amount_unit")
"""What is printed once for several forms; both halves of a form that is split have it."""

OWN = (
    *("project_name", "project_code", "project_category", "project_nature", "implementing_unit"),
    *("start_date", "end_date", "lifetime_goal", "annual_goal"),
)


def mark(form: Form, table: str, row_no: int, field: str, page: int, text: str | None) -> None:
    """The evidence of a value says from now on that a person has corrected it; its boxes stay."""
    place = table, row_no, field
    here = [e for e in form.evidence if (e.table, e.row_no, e.field) == place]
    if here:
        form.evidence = [e._replace(corrected=True, inferred=False) if e in here else e for e in form.evidence]
        _forget(form, field, [e.part for e in here])
    elif text is not None:
        form.evidence.append(Evidence(*place, 1, Unplaced(page, text), corrected=True))
    if text is not None:
        form.unread = tuple(u for u in form.unread if key(u.text) != key(text))  # now a field has it


def _forget(form: Form, field: str, parts: Sequence[Part | Unplaced]) -> None:
    """Drop the doubts about a text that a person has replaced."""
    form.doubts = [doubt for doubt in form.doubts if doubt.field != field or doubt.place not in parts]


def insert(form: Form, after: int, row: Fund | Indicator) -> None:
    """Puts a row behind the row of number `after`."""
    table = _table(row)
    _move(form, table, lambda n: n if n <= after else n + 1)
    if isinstance(row, Fund):
        form.funds.insert(after, row)
    else:
        form.indicators.insert(after, row)
    _number(form)


def remove(form: Form, table: str, number: int) -> None:
    """Takes a row out."""
    _move(form, table, lambda n: None if n == number else n - (n > number))
    del (form.funds if table == "funds" else form.indicators)[number - 1]
    _number(form)


def merge(form: Form, rest: Form) -> None:
    """Makes `rest` part of `form`: its rows follow, and what `form` does not have it takes from it."""
    for name in (*ONCE_FOR_ALL, *OWN):
        if getattr(form, name) is None and (value := getattr(rest, name)) is not None:
            setattr(form, name, value)
            form.evidence += [e for e in rest.evidence if (e.table, e.field) == ("forms", name)]
    funds, indicators = len(form.funds), len(form.indicators)
    _move(rest, "funds", lambda n: n + funds)
    _move(rest, "indicators", lambda n: n + indicators)
    form.evidence += [e for e in rest.evidence if e.table != "forms"]
    form.funds += rest.funds
    form.indicators += rest.indicators
    _number(form)
    form.unread += rest.unread
    form.doubts += rest.doubts
    form.page_last = max(form.page_last, rest.page_last)
    _take_totals(form, rest)


def split(form: Form, fund: int, indicator: int) -> Form:
    """Takes the rows from `fund` and `indicator` on out of `form`, as a form of their own; 0 takes none of them.

    The new form has no name yet; what is printed once for all both have.
    """
    new = Form(0, form.form_kind, form.layout, form.page_last, form.page_last, of_department=form.of_department)
    for name in ONCE_FOR_ALL:
        setattr(new, name, getattr(form, name))
    shared = [e for e in form.evidence if e.table == "forms" and e.field in ONCE_FOR_ALL]
    first = {"funds": fund or len(form.funds) + 1, "indicators": indicator or len(form.indicators) + 1}
    moved = [e for e in form.evidence if e.table != "forms" and e.row_no >= first[e.table]]
    new.funds, form.funds = form.funds[first["funds"] - 1 :], form.funds[: first["funds"] - 1]
    new.indicators, form.indicators = (
        form.indicators[first["indicators"] - 1 :],
        form.indicators[: first["indicators"] - 1],
    )
    new.evidence = shared + [e._replace(row_no=e.row_no - first[e.table] + 1) for e in moved]
    form.evidence = [e for e in form.evidence if e not in moved]
    _number(new)
    places = [*(f.place for f in new.funds), *(r.place for r in new.indicators)]
    new.place = min(places, key=_position)
    new.page_first = new.place.page
    form.page_last = max([form.page_first, *(e.part.page for e in form.evidence)])
    _divide_notes(form, new, _position(new.place))
    _take_totals(new, form)
    form.total_weight = form.total_score = form.total_place = None
    return new


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


def _table(row: Fund | Indicator) -> str:
    return "funds" if isinstance(row, Fund) else "indicators"


def _move(form: Form, table: str, to: Callable[[int], int | None]) -> None:
    """Gives evidence of the rows of a table other numbers; None drops it."""
    moved = []
    for e in form.evidence:
        number = to(e.row_no) if e.table == table else e.row_no
        if number is not None:
            moved.append(e if number == e.row_no else e._replace(row_no=number))
    form.evidence = moved


def _number(form: Form) -> None:
    form.funds = [f._replace(line_no=n) for n, f in enumerate(form.funds, start=1)]
    form.indicators = [r._replace(indicator_no=n) for n, r in enumerate(form.indicators, start=1)]
