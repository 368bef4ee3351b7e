"""Which form, amount or indicator of an earlier reading is which of a later one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pipeline.document.result import Row
from pipeline.outputs.changes.model import FormRows
from pipeline.text import key

Item = TypeVar("Item")
Key = Callable[[Item], Hashable | None]
"""What two items must have in common to be the same; None when an item has no such thing."""

_SHARED = 0.5
"""Share of its indicators by which a form without a common name or code is known again: a template's stock phrases
(服务对象满意度) alone do not reach it."""


@dataclass(frozen=True, slots=True)
class Matched(Generic[Item]):
    """`pairs` of old and new in the order of the new, and what has no counterpart."""

    pairs: tuple[tuple[Item, Item], ...]
    gone: tuple[Item, ...]
    added: tuple[Item, ...]


def match(old: Sequence[Item], new: Sequence[Item], keys: Iterable[Key[Item]]) -> Matched[Item]:
    """Pairs items by each key in turn, the surest first; items with the same key pair in their order."""
    partner: dict[int, int] = {}
    for same in keys:
        left = set(partner.values())
        waiting: dict[Hashable, list[int]] = {}
        for index, item in enumerate(old):
            if index not in left and (value := same(item)) is not None:
                waiting.setdefault(value, []).append(index)
        for index, item in enumerate(new):
            if index not in partner and (found := waiting.get(same(item))):
                partner[index] = found.pop(0)
    left = set(partner.values())
    return Matched(
        tuple((old[partner[index]], new[index]) for index in sorted(partner)),
        tuple(item for index, item in enumerate(old) if index not in left),
        tuple(item for index, item in enumerate(new) if index not in partner),
    )


def match_forms(old: Sequence[FormRows], new: Sequence[FormRows]) -> Matched[FormRows]:
    """Forms are the same by kind and project code and name; then by code, by name, and at last by their indicators."""
    named = (
        ("form_kind", "project_code", "project_name"),
        ("form_kind", "project_code"),
        ("form_kind", "project_name"),
        ("project_name",),
    )
    sure = match(old, new, (*(_of_form(*columns) for columns in named), _of_nameless))
    gone, added, pairs = list(sure.gone), [], list(sure.pairs)
    for form in sure.added:
        if earlier := next((other for other in gone if _alike(other, form)), None):
            gone.remove(earlier)
            pairs.append((earlier, form))
        else:
            added.append(form)
    return Matched(tuple(sorted(pairs, key=lambda pair: _number(pair[1]))), tuple(gone), tuple(added))


def match_funds(old: Sequence[Row], new: Sequence[Row]) -> Matched[Row]:
    """Amounts are the same by label, scope and source; then by label alone; then by scope and source."""
    return match(old, new, (by("label", "scope", "source"), by("label"), by("scope", "source")))


def match_indicators(old: Sequence[Row], new: Sequence[Row]) -> Matched[Row]:
    """Indicators are the same by their name and level 2; then by name; a renamed one by level 2 and target."""
    return match(old, new, (by("level2", "level3"), by("level3"), by("level2", "target", "weight")))


def by(*columns: str) -> Key[Row]:
    """The columns as a key; all but the last column may be empty."""

    def same(row: Row) -> Hashable | None:
        values = tuple(text_key(row.get(column)) for column in columns)
        return values if any(values[-2:]) else None

    return same


def text_key(value: object) -> str | None:
    """A value as it is compared: differences in white space and width are none. None when there is no text."""
    return (key(str(value)) or None) if value is not None else None


def _of_form(*columns: str) -> Key[FormRows]:
    """The columns as a key; the project's code and name must be there where they are named."""

    def same(rows: FormRows) -> Hashable | None:
        values = tuple(text_key(rows.form.get(column)) for column in columns)
        return None if None in values else values

    return same


def _of_nameless(rows: FormRows) -> Hashable | None:
    """Forms of a whole department have no project: the department and the title are what they go by."""
    if rows.form.get("project_name") is not None:
        return None
    return tuple(text_key(rows.form.get(column)) for column in ("form_kind", "department", "title"))


def _alike(old: FormRows, new: FormRows) -> bool:
    if old.form.get("form_kind") != new.form.get("form_kind"):
        return False
    before, after = ({text_key(row.get("level3")) for row in rows.indicators} - {None} for rows in (old, new))
    return len(before & after) > _SHARED * max(len(before), len(after), 1)


def _number(rows: FormRows) -> int:
    number = rows.form["form_no"]
    assert isinstance(number, int)
    return number
