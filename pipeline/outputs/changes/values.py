"""Which values of a document have changed, old beside new."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from pipeline.document.result import PRINTED_ON_FORM, PRINTED_ON_INDICATOR, Row
from pipeline.outputs.changes.matching import Matched, match_forms, match_funds, match_indicators, text_key
from pipeline.outputs.changes.model import Comparison, FormName, FormRows, ValueChange

FORM_FIELDS = tuple(name for name in PRINTED_ON_FORM if name not in ("title", "amount_unit"))
FORM_AMOUNTS = (
    "lifetime_total",
    "lifetime_fiscal",
    "lifetime_other",
    "annual_total",
    "annual_fiscal",
    "annual_carryover",
    "annual_other",
)
"""Taken from the lines of `funds`, so they are told only when no line tells it."""

FUND_FIELDS = ("scope", "source", "amount", "execution_rate", "score")
UNDERSTOOD = {
    "level1": ("level1_code",),
    "level2": ("level2_code",),
    "target": ("target_kind", "target_operator", "target_value", "target_value_high", "target_unit", "target_date"),
    "actual": ("actual_value",),
}
"""What follows from a printed text: told only when the text is the same and is understood differently now."""


def compare_forms(old: Sequence[FormRows], new: Sequence[FormRows]) -> Comparison:
    """What became of the forms of a document, and which of their values are not what they were."""
    forms = match_forms(old, new)
    return Comparison(
        tuple(name_of(rows.form) for rows in forms.added),
        tuple(name_of(rows.form) for rows in forms.gone),
        tuple(change for before, after in forms.pairs for change in _changes(before, after)),
    )


def name_of(form: Row) -> FormName:
    """The name of a form's project; else of its department, else its title."""
    names = (form.get(column) for column in ("project_name", "department", "title"))
    first, last = form["page_first"], form["page_last"]
    assert isinstance(first, int) and isinstance(last, int)
    return FormName(str(next(filter(None, names), "")), str(form["form_kind"]), first, last)


def _changes(old: FormRows, new: FormRows) -> Iterator[ValueChange]:
    form = name_of(new.form)
    yield from _fields(form, "", old.form, new.form, FORM_FIELDS)
    funds = tuple(_rows(form, match_funds(old.funds, new.funds), fund_name, FUND_FIELDS, "amount"))
    yield from funds or _fields(form, "", old.form, new.form, FORM_AMOUNTS)
    indicators = match_indicators(old.indicators, new.indicators)
    yield from _rows(form, indicators, indicator_name, PRINTED_ON_INDICATOR, "target", UNDERSTOOD)


def _rows(
    form: FormName,
    rows: Matched[Row],
    name: Callable[[Row], str],
    fields: Sequence[str],
    value: str,
    understood: Mapping[str, Sequence[str]] | None = None,
) -> Iterator[ValueChange]:
    """Changed fields of rows in both, then rows that are gone and rows that have come, each with its `value`."""
    for before, after in rows.pairs:
        yield from _fields(form, name(after), before, after, fields)
        for printed, derived in (understood or {}).items():
            if not _differ(before, after, printed):
                yield from _fields(form, name(after), before, after, derived)
    for row in rows.gone:
        yield ValueChange(form, name(row), "(gone)", row.get(value) or "", None)
    for row in rows.added:
        yield ValueChange(form, name(row), "(new)", None, row.get(value) or "")


def _fields(form: FormName, item: str, old: Row, new: Row, fields: Sequence[str]) -> Iterator[ValueChange]:
    for field in fields:
        if _differ(old, new, field):
            yield ValueChange(form, item, field, old[field], new[field])


def _differ(old: Row, new: Row, field: str) -> bool:
    """Whether a value has changed; a column that one of the versions does not have tells nothing."""
    if field not in old or field not in new or old[field] == new[field]:
        return False
    return text_key(old[field]) != text_key(new[field])


def fund_name(row: Row) -> str:
    """An amount by its label and scope."""
    return f"{row.get('label') or row['source']} ({row['scope']})"


def indicator_name(row: Row) -> str:
    """An indicator by its own name, else by the level above."""
    return str(row.get("level3") or row.get("level2") or row.get("level1") or "")
