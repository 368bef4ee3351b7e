"""The fields of budget tables and of their rows that can be corrected: their texts, and setting them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.budget.dictionary import OTHER, BudgetKnowledge, Kind
from pipeline.budget.model import BudgetTable, RowIdentity
from pipeline.budget.numbers import parse_number
from pipeline.document.corrections.model import CorrectionError
from pipeline.fields.money import YUAN
from pipeline.messages import t

TABLE_FIELDS = ("kind", "amount_unit", "unit_name")
ROLES = ("total", "subtotal", "item", "of_which")
CLASSIFICATIONS = (
    *("functional", "economic_department", "economic_government"),
    *("fund", "use", "unit", "project", "procurement", "item", "total", "other"),
)
_ATTRIBUTES: Mapping[str, str] = {
    **{name: name for name in ("label", "code", "functional_code", "economic_department_code")},
    **{name: name for name in ("economic_government_code", "unit_code", "unit_name", "project_code", "project_name")},
    "row_role": "role",
    "classification": "classification",
}
ROW_FIELDS = tuple(_ATTRIBUTES)
"""Columns of `budget_lines` that say what a row is about. Level, parent and leaf flag follow from them."""

_CODED = ("economic_department", "functional", "economic_government")  # the first that a row has is its `code`
_DIGITS = re.compile(r"\d{3,12}")
_SIGNS = re.compile(r"[0-9A-Za-z]+")
_REQUIRED = ("kind", "row_role", "classification")


def table_text(table: BudgetTable, field: str) -> str | None:
    """The text of a field of a table."""
    return table.kind.id if field == "kind" else getattr(table.caption, field)


def with_table_value(table: BudgetTable, field: str, text: str | None, knowledge: BudgetKnowledge) -> BudgetTable:
    """The table with another kind, unit of money or organ."""
    if field == "kind":
        return replace(table, kind=kind_of(text, knowledge))
    if field == "amount_unit":
        return replace(table, caption=replace(table.caption, amount_unit=text))
    return replace(table, caption=replace(table.caption, unit_name=text))


def kind_of(name: str | None, knowledge: BudgetKnowledge) -> Kind:
    """The kind of tables of a name that `check_table_value` accepts."""
    return next(kind for kind in (*knowledge.kinds, OTHER) if kind.id == name)


def check_table_value(field: str, text: str | None, knowledge: BudgetKnowledge) -> None:
    """Raises `CorrectionError` when a text is not valid for a field of a table."""
    _check_field(t("a budget table"), field, TABLE_FIELDS, text)
    if text is not None and field == "kind":
        _one_of(text, sorted(kind.id for kind in (*knowledge.kinds, OTHER)))
    elif text is not None and field == "amount_unit":
        _one_of(text, sorted(YUAN))


def row_text(row: RowIdentity, field: str) -> str | None:
    """The text of a field of a row."""
    found: str | None = getattr(row, _ATTRIBUTES[field])
    return found or None


def check_row_value(field: str, text: str | None) -> None:
    """Raises `CorrectionError` when a text is not valid for a field of a row."""
    _check_field(t("a row"), field, ROW_FIELDS, text)
    if text is None:
        return
    match field:
        case "row_role":
            _one_of(text, ROLES)
        case "classification":
            _one_of(text, CLASSIFICATIONS)
        case "functional_code" | "economic_department_code" | "economic_government_code":
            _matches(text, _DIGITS, t("a code of 3 to 12 digits, its parts joined (2080501)"))
        case "code" | "unit_code" | "project_code":
            _matches(text, _SIGNS, t("a code of digits and letters"))


def check_number(text: str) -> None:
    """Raises `CorrectionError` when a text is no number as tables print them."""
    if parse_number(text) is None:
        raise CorrectionError(
            "correction.value", t("{text!r} is no number: leave it out where nothing is printed", text=text)
        )


def set_row_value(row: RowIdentity, field: str, text: str | None) -> None:
    """Set a field to a text that `check_row_value` accepts, and the fields that repeat it."""
    before = row_text(row, field)
    setattr(row, _ATTRIBUTES[field], text)
    match field:
        case "label":
            if row.classification in ("project", "unit") and getattr(row, f"{row.classification}_name") == before:
                setattr(row, f"{row.classification}_name", text)
        case "code":
            row.code_text = text
            if row.classification in (*_CODED, "unit"):
                setattr(row, f"{row.classification}_code", text)
        case "unit_code" if row.classification == "unit":
            row.code = row.code_text = text
        case "functional_code" | "economic_department_code" | "economic_government_code":
            _set_code(row)


def _set_code(row: RowIdentity) -> None:
    """Make `code` the first of the row's codes, and a row of unknown classification one of that code's."""
    first = next((name for name in _CODED if getattr(row, f"{name}_code")), None)
    code: str | None = getattr(row, f"{first}_code") if first else None
    if code != row.code:
        row.code = row.code_text = code
    if first is not None and row.classification in (*_CODED, "other"):
        row.classification = first


def _check_field(owner: str, field: str, fields: Sequence[str], text: str | None) -> None:
    if field not in fields:
        raise CorrectionError(
            "correction.field", t("{owner} has no field {field!r} that can be corrected", owner=owner, field=field)
        )
    if text is None and field in _REQUIRED:
        raise CorrectionError("correction.value", t("{field} must have a value", field=field))
    if text is not None and not text.strip():
        raise CorrectionError(
            "correction.value", t("{field} must not be blank: leave it out where nothing is printed", field=field)
        )


def _matches(text: str, pattern: re.Pattern[str], expected: str) -> None:
    if not pattern.fullmatch(text):
        raise CorrectionError("correction.value", t("{text!r} is not {expected}", text=text, expected=expected))


def _one_of(text: str, allowed: Sequence[str]) -> None:
    if text not in allowed:
        raise CorrectionError(
            "correction.value", t("{text!r} is none of {allowed}", text=text, allowed=", ".join(allowed))
        )
