"""The differences of a document that a change report shows: printed values, each once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pipeline.document.matching import text_key
from pipeline.document.result import PRINTED_ON_FORM, PRINTED_ON_INDICATOR
from pipeline.outputs.changes.model import Comparison, Difference

TABLES = ("forms", "funds", "indicators")
SHOWN = {
    "forms": {*PRINTED_ON_FORM} - {"title", "amount_unit"},
    "funds": {"scope", "source", "amount", "execution_rate", "score"},
    "indicators": {*PRINTED_ON_INDICATOR},
}
FORM_AMOUNTS = {
    *("lifetime_total", "lifetime_fiscal", "lifetime_other"),
    *("annual_total", "annual_fiscal", "annual_carryover", "annual_other"),
}
"""Columns of `forms` that follow from the rows of `funds`: shown only when none of these rows differs."""

PRINTED_AS = {
    "level1_code": "level1",
    "level2_code": "level2",
    "actual_value": "actual",
    **dict.fromkeys(
        ("target_kind", "target_operator", "target_value", "target_value_high", "target_unit", "target_date"), "target"
    ),
}
"""Columns of `indicators` that follow from a printed text: shown only when the text itself is the same."""


def compare(forms: Iterable[Sequence[Difference]]) -> Comparison:
    """The differences of one document that a report shows; `forms` holds those of each form in `TABLES`."""
    added, gone, values = list[Difference](), list[Difference](), list[Difference]()
    for found in forms:
        if whole := [one for one in found if one.table == "forms" and one.column is None]:
            added += (one for one in whole if one.change == "added")
            gone += (one for one in whole if one.change == "gone")
        else:
            values += _shown([one for one in found if text_key(one.old) != text_key(one.new)])
    return Comparison(tuple(added), tuple(gone), tuple(values))


def _shown(found: Sequence[Difference]) -> Iterator[Difference]:
    changed = {(one.new_key, one.column) for one in found}
    shown = [one for one in found if one.column is None or one.column in SHOWN[one.table]]
    amounts_shown = any(one.table == "funds" for one in shown)
    for one in found:
        printed = PRINTED_AS.get(one.column or "") if one.table == "indicators" else None
        follows = printed is not None and (one.new_key, printed) not in changed
        if one in shown or follows or (one.table == "forms" and one.column in FORM_AMOUNTS and not amounts_shown):
            yield one
