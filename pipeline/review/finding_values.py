"""The value that a finding is about: where a click on the finding leads, also when the value is missing.

A finding names its rule, a box and the printed text that it is about. The box is often that of a neighbour: a missing
target has none, so its finding has the box of the indicator's name. So the rule says which field is meant, and the box
and the text say which row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pipeline.document.corrections.fields import FIELDS, NUMBERS, column_of, text_of
from pipeline.document.result import Row
from pipeline.review.places import box_of, is_same_place, key_of, value_key

_OF_FORM: Mapping[str, str] = {
    "form.no_project_name": "project_name",
    "form.no_goal": "annual_goal",
    "form.no_fiscal_year": "fiscal_year",
    "dates.order": "end_date",
    "dates.fiscal_year": "fiscal_year",
    "funds.no_unit": "amount_unit",
    "funds.unit_unknown": "amount_unit",
    "funds.unit_continued": "amount_unit",
    "indicators.score_sum": "total_score",
}
"""Rules about a field of the form itself."""

_OF_ROWS: Mapping[str, tuple[str, str]] = {
    "funds.execution_rate": ("funds", "execution_rate"),
    "funds.budget_score": ("funds", "score"),
    "indicators.no_name": ("indicators", "level3"),
    "indicators.no_target": ("indicators", "target"),
    "indicators.level_mismatch": ("indicators", "level2"),
    "indicators.level_inferred": ("indicators", "level1"),
    "indicators.score_over_weight": ("indicators", "score"),
    "indicators.several": ("indicators", "level3"),
    **{
        f"indicators.{rule}": ("indicators", "target")
        for rule in (
            *("placeholder", "swapped_cells", "odd_sign", "suspect_sign", "percent_over_100"),
            *("satisfaction_at_most", "unclear_unit", "suspect_fused", "sign_differs"),
        )
    },
}
"""Rules about a field of a row."""

_MISSING = ("indicators.no_name", "indicators.no_target", "indicators.level_inferred")
"""Rules of which the field is empty."""

_OF_NEW_ROWS = {"form.no_funds": "add-funds", "form.no_indicators": "add-indicators"}
"""Rules about rows of which there is none: they lead to what adds one."""

_TITLE = value_key("forms", 0, "title")  # where a form stands; a finding about the form as a whole has its box
Rows = Mapping[str, Sequence[Row]]


def finding_keys(findings: Iterable[Row], form: Row, rows: Rows, evidence: Sequence[Row]) -> list[str | None]:
    """The key of the value that each finding of a form is about; None where it is about no value.

    `rows` are those of the form by table, `evidence` its places.
    """
    told: Counter[tuple[str, str]] = Counter()  # findings about one of several values that look the same
    keys: list[str | None] = []
    for finding in findings:
        found = _candidates(finding, form, rows, evidence)
        if not found:
            keys.append(None)
            continue
        asked = str(finding["rule"]), found[0]
        keys.append(found[min(told[asked], len(found) - 1)])
        told[asked] += 1
    return keys


def _candidates(finding: Row, form: Row, rows: Rows, evidence: Sequence[Row]) -> list[str]:
    """The keys of the values that a finding may be about, in reading order; several where they look the same."""
    rule = str(finding["rule"])
    if (field := _OF_FORM.get(rule)) is not None:
        return [value_key("forms", 0, field)]
    if rule in _OF_NEW_ROWS:
        return [_OF_NEW_ROWS[rule]]
    if rule == "indicators.weight_sum":
        return [value_key("indicators", 1, "weight")] if rows["indicators"] else []
    there = _at(finding, evidence)
    if (of_row := _OF_ROWS.get(rule)) is None:
        keys = [key_of(place) for place in _of_text(finding, there, form, rows)]
        return [key for key in keys if key != _TITLE or not rule.startswith("correction.")]
    table, field = of_row
    numbers = dict.fromkeys(place["row_no"] for place in there if place["table"] == table)
    placed = [row for row in rows[table] if row[NUMBERS[table]] in numbers]
    found = [row for row in placed or rows[table] if _is_meant(finding, table, row, field)] or placed
    return [value_key(table, row[NUMBERS[table]], field) for row in found]


def _at(finding: Row, evidence: Sequence[Row]) -> list[Row]:
    """The rows of evidence in the place of a finding."""
    box = box_of(finding)
    if box is None:
        return []
    on_page = ((row, box_of(row)) for row in evidence if row["page"] == finding["page"])
    return [row for row, own in on_page if own is not None and is_same_place(own, box)]


def _is_meant(finding: Row, table: str, row: Row, field: str) -> bool:
    """Whether a row may be the one that a finding is about, by what it says."""
    if str(finding["rule"]) in _MISSING and text_of(table, row, field) is not None:
        return False
    return finding["text"] is None or finding["text"] in row.values()


def _of_text(finding: Row, there: Sequence[Row], form: Row, rows: Rows) -> list[Row]:
    """Of several values in one place those that have the text of the finding, if any has."""
    said = [
        place for place in there if finding["text"] and finding["text"] in (place["text"], _value(place, form, rows))
    ]
    return sorted(said or there, key=_reading_order)


def _reading_order(place: Row) -> tuple[int, int]:
    """The order in which values that share a cell are read and doubted: a name before the code in front of it."""
    fields = FIELDS.get(str(place["table"]), ())
    field = str(place["field"])
    return int(str(place["row_no"])), fields.index(field) if field in fields else len(fields)


def _value(place: Row, form: Row, rows: Rows) -> object:
    """The value that a row of evidence is about."""
    table, field = str(place["table"]), str(place["field"])
    if table == "forms":
        return form.get(field)
    row = next((row for row in rows.get(table, ()) if row[NUMBERS[table]] == place["row_no"]), None)
    return row.get(column_of(table, field)) if row is not None else None
