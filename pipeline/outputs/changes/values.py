"""The differences of a document that a change report shows: printed values, each once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline.document.matching import text_key
from pipeline.document.result import PRINTED_ON_FORM, PRINTED_ON_INDICATOR
from pipeline.outputs.changes.model import Comparison, Difference

TABLES = ("forms", "funds", "indicators", "budget_tables", "budget_lines")
SHOWN = {
    "forms": {*PRINTED_ON_FORM} - {"title", "amount_unit"},
    "funds": {"scope", "source", "amount", "execution_rate", "score"},
    "indicators": {*PRINTED_ON_INDICATOR},
    "budget_tables": {"title", "kind", "basis", "stage", "variant", "amount_unit", "fiscal_year", "unit_name"},
    "budget_lines": {"amount", "number", "code", "label"},
}
AXES = ("item", "fund", "use", "origin", "phase", "classification", "row_role", "level", "is_leaf", "value_kind")
"""Columns of `budget_lines` that say what a number means: many change together, so they are counted, not listed."""
LISTED = 20
"""Changed numbers of a budget table that are listed; those beyond are counted."""

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
    """The differences of one document that a report shows; `forms` holds those of each form and budget table in
    `TABLES`."""
    whole, values = list[Difference](), list[Difference]()
    for found in forms:
        if owners := [one for one in found if one.table in ("forms", "budget_tables") and one.column is None]:
            whole += owners
            continue
        told = [one for one in found if text_key(one.old) != text_key(one.new)]
        if any(one.table.startswith("budget_") for one in told):
            values += _shown_of_table(told)
        else:
            values += _shown(told)
    return Comparison(
        _of(whole, "forms", "added"),
        _of(whole, "forms", "gone"),
        _of(whole, "budget_tables", "added"),
        _of(whole, "budget_tables", "gone"),
        tuple(values),
    )


def _of(whole: Sequence[Difference], table: str, change: str) -> tuple[Difference, ...]:
    return tuple(one for one in whole if (one.table, one.change) == (table, change))


def _shown_of_table(found: Sequence[Difference]) -> Iterator[Difference]:
    """The differences of a budget table: its own, then numbers, then how many numbers mean something else."""
    yield from (one for one in found if one.table == "budget_tables" and one.column in SHOWN[one.table])
    lines = [one for one in found if one.table == "budget_lines"]
    amounts = {one.new_key for one in lines if one.column == "amount"}
    numbers = [one for one in lines if one.column is None or (one.column in SHOWN[one.table])]
    numbers = [one for one in numbers if one.column != "number" or one.new_key not in amounts]
    yield from numbers[:LISTED]
    if left := len(numbers) - LISTED if len(numbers) > LISTED else 0:
        yield replace(numbers[-1], change="changed", row=f"and {left} more", column="values", old=None, new=None)
    meant = Counter((one.column, str(one.old), str(one.new)) for one in lines if one.column in AXES)
    for one in lines:
        if count := meant.pop((one.column, str(one.old), str(one.new)), 0) if one.column in AXES else 0:
            yield replace(one, row=one.row if count == 1 else f"{count} numbers, such as {one.row}")


def _shown(found: Sequence[Difference]) -> Iterator[Difference]:
    changed = {(one.new_key, one.column) for one in found}
    shown = [one for one in found if one.column is None or one.column in SHOWN[one.table]]
    amounts_shown = any(one.table == "funds" for one in shown)
    for one in found:
        printed = PRINTED_AS.get(one.column or "") if one.table == "indicators" else None
        follows = printed is not None and (one.new_key, printed) not in changed
        if one in shown or follows or (one.table == "forms" and one.column in FORM_AMOUNTS and not amounts_shown):
            yield one
