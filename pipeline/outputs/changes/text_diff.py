"""Writes the old and the new value of a difference; of long texts only the part that differs and a little around it."""

from __future__ import annotations

from decimal import Decimal

from pipeline.dataset.contract.names import value_name
from pipeline.messages import Text, both, t
from pipeline.outputs.changes.model import Difference

_COMMON = 12  # characters shown of what two long texts have in common, before and after where they differ
_LONG = 60  # characters up to which a text is shown as a whole
_NOTHING = "–"

OLD, NEW = t("old"), both("new", "新")
"""Headings of the values that `old_and_new` gives; of a form, "new" has another meaning in Chinese."""


MAIN = {
    "documents": "status",
    "forms": "annual_total",
    "funds": "amount",
    "indicators": "target",
    "tasks": "content",
    "other_values": "text",
    "evidence": "text",
    "findings": "message",
    "budget_tables": "kind",
    "budget_lines": "amount_text",
    "regions": "text",
    "links": "project_key",
    "projects": "amount_asked",
}
"""The column whose value stands for a whole row."""


def old_and_new(one: Difference) -> tuple[str, str]:
    """The old and the new value as texts; a dash where there is none. A whole row is written as its `MAIN` value."""
    return _differing_parts(_value(one, one.old), _value(one, one.new))


def _value(one: Difference, value: object) -> object:
    """A value, or the one that stands for a whole row, in both languages where the dataset has it in both."""
    if not isinstance(value, dict):
        return value if one.column is None else value_name(one.table, one.column, value)
    name = MAIN[one.table]
    found, chinese = value.get(name) or "", value.get(f"{name}_zh")
    return both(found, chinese) if chinese else value_name(one.table, name, found)


def _differing_parts(old: object, new: object) -> tuple[str, str]:
    before, after = _as_text(old), _as_text(new)
    if max(len(before), len(after)) <= _LONG or old is None or new is None:
        return before, after
    head = _same(before, after)
    tail = min(_same(before[::-1], after[::-1]), min(len(before), len(after)) - head)
    return _cut(before, head, tail), _cut(after, head, tail)


def _cut(text: str, head: int, tail: int) -> str:
    first, last = max(head - _COMMON, 0), min(len(text) - tail + _COMMON, len(text))
    return f"{'…' if first else ''}{text[first:last]}{'…' if last < len(text) else ''}"


def _same(one: str, other: str) -> int:
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _as_text(value: object) -> str:
    if value is None:
        return _NOTHING
    if isinstance(value, Text):
        return value
    return f"{value:,}" if isinstance(value, Decimal) else str(value)
