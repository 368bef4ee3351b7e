"""The fields that can be corrected, and the text of each value: the same from a form and from the dataset."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from pipeline.document.result import PRINTED_ON_FORM, PRINTED_ON_INDICATOR
from pipeline.fields.model import AMOUNTS_OF_TASKS

FIELDS: Mapping[str, tuple[str, ...]] = {
    "forms": PRINTED_ON_FORM,
    "funds": ("label", "scope", "source", "amount", "execution_rate", "score"),
    "indicators": PRINTED_ON_INDICATOR,
}
"""The fields of `evidence`, and scope and source of a fund. All other columns are derived from these."""

OF_NEW_ROWS: Mapping[str, tuple[str, ...]] = {
    **{table: FIELDS[table] for table in ("funds", "indicators")},
    "tasks": ("name", "content", *AMOUNTS_OF_TASKS, "expected_result"),
}
"""The fields of a row that a person adds. A task can be added, and its values cannot be corrected."""

NUMBERS = {"funds": "line_no", "indicators": "indicator_no", "tasks": "task_no"}
"""The column that numbers the rows of a form."""

_COLUMNS = {("funds", "amount"): "amount_text"}
_NAMES = {
    "forms": ("project_name", "department", "title"),
    "funds": ("label",),
    "indicators": ("level3", "target"),
    "tasks": ("name", "content"),
}


def column_of(table: str, field: str) -> str:
    """The column that holds the text of a field."""
    return _COLUMNS.get((table, field), field)


def text_of(table: str, row: Mapping[str, object], field: str) -> str | None:
    """The text of a field of a row, as corrections have it: as printed, but for dates (ISO) and plain numbers."""
    value = row.get(column_of(table, field))
    if value is None or value == "":
        return None
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def texts_of(table: str, row: Mapping[str, object]) -> dict[str, str]:
    """All texts of a row by field; what is empty is left out."""
    texts = {field: text_of(table, row, field) for field in FIELDS[table]}
    return {field: text for field, text in texts.items() if text is not None}


def name_of(table: str, row: Mapping[str, object]) -> str | None:
    """The name of a row: the project of a form, the label of a fund, level 3 of an indicator."""
    return next((text for field in _NAMES[table] if (text := text_of(table, row, field)) is not None), None)


def seen(
    form: Mapping[str, object], funds: Iterable[Mapping[str, object]], indicators: Iterable[Mapping[str, object]]
) -> str:
    """Digest of all values of a form, 16 hexadecimal digits: it identifies the values that a person has approved."""
    rows = [("forms", form), *(("funds", row) for row in funds), *(("indicators", row) for row in indicators)]
    texts = "\0".join(
        f"{table}\1{field}\1{text}" for table, row in rows for field, text in texts_of(table, row).items()
    )
    return hashlib.sha256(texts.encode()).hexdigest()[:16]
