"""Indicators written as prose in one cell.

1、1－产出指标，11－数量指标，名称；实施周期指标值：…，年度指标值：…；2、…
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.forms.dictionary import Knowledge, meanings
from pipeline.forms.model import RawIndicator, Value
from pipeline.forms.roles import Role

# An item begins with a numbered level 1 and level 2; numbers and dashes come in both widths, breaks stand anywhere.
_ITEM = re.compile(
    r"(?:\d{1,2}\s*[、.．]\s*)?\d{1,2}\s*[－\-—–]\s*(?P<level1>[^，,；;。0-9]{2,12}?)\s*[，,]\s*\d{1,3}\s*[－\-—–]\s*(?P<level2>[^，,；;。0-9]{2,16}?)\s*[，,]"
)
_VALUE = re.compile(r"(?:(?<=[；;，,。])|^)\s*(?P<label>[^：:；;，,。》]{3,10})(?:[：:]|(?=》))")
_VALUES = (Role.TARGET, Role.LIFETIME_TARGET, Role.WEIGHT, Role.UNIT)
_END = "；;，,。 "


def prose_indicators(cell: Value, knowledge: Knowledge) -> Iterator[RawIndicator]:
    """The indicators of a prose cell, in printed order; their values by the labels of the dictionary."""
    text = cell.text
    items = list(_ITEM.finditer(text))
    for i, item in enumerate(items):
        end = items[i + 1].start() if i + 1 < len(items) else len(text)
        body = text[item.end() : end]
        found = {Role.LEVEL1: item["level1"], Role.LEVEL2: item["level2"], **_body(body, knowledge)}
        yield RawIndicator(cell.page, {role: Value(value, cell.parts) for role, value in found.items() if value})


def _body(body: str, knowledge: Knowledge) -> dict[Role, str]:
    """Name and labelled values of one item."""
    labels = [(m, role) for m in _VALUE.finditer(body) if (role := _role(m["label"], knowledge))]
    name = body[: labels[0][0].start()] if labels else body
    found = {Role.LEVEL3: name.strip(_END)}
    for i, (match, role) in enumerate(labels):
        end = labels[i + 1][0].start() if i + 1 < len(labels) else len(body)
        found[role] = body[match.end() : end].strip(_END)
    return found


def _role(label: str, knowledge: Knowledge) -> Role | None:
    column = meanings(knowledge, label).get("column")
    return column.column if column is not None and column.column in _VALUES else None
