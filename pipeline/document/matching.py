"""Matches the forms and budget tables of two readings or editions of a document, and the rows of two of them.

The change report, `diff` and the comparison of two readers all match with these functions.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pipeline.document.result import Row
from pipeline.text import key

Item = TypeVar("Item")
Key = Callable[[Item], Hashable | None]
"""The value that two items share when they are the same; None when an item has no such value."""

_SHARED = 0.5
"""Share of equal indicators above which two forms without a common name or code are the same. The stock phrases of a
template alone (服务对象满意度) stay below it."""

_NAMES = (
    ("form_kind", "project_code", "project_name"),
    ("form_kind", "project_code"),
    ("form_kind", "project_name"),
    ("project_name",),
)


@dataclass(frozen=True, slots=True)
class FormRows:
    """A form with its indicators, as rows of the tables."""

    form: Row
    indicators: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Matched(Generic[Item]):
    """`pairs` of old and new items in the order of the new ones, and the items without a counterpart."""

    pairs: tuple[tuple[Item, Item], ...]
    gone: tuple[Item, ...]
    added: tuple[Item, ...]

    def all(self) -> list[tuple[Item | None, Item | None]]:
        """Pairs, then gone items with None as the new one, then added items with None as the old one."""
        return [*self.pairs, *((item, None) for item in self.gone), *((None, item) for item in self.added)]


class _Matching(Generic[Item]):
    """Old and new items that are paired step by step; a step sees what the steps before it left."""

    def __init__(self, old: Sequence[Item], new: Sequence[Item]) -> None:
        self._old, self._new = old, new
        self._partner: dict[int, int] = {}
        """Index of the old item by that of the new one."""

    def by_key(self, same: Key[Item]) -> None:
        """Pairs items with the same key, in their order."""
        for old, new in self._groups(same):
            self._partner.update(zip(new, old, strict=False))

    def in_order(self, same: Key[Item]) -> None:
        """Pairs the items with the same key in their order, where old and new ones are equally many."""
        for old, new in self._groups(same):
            if len(old) == len(new):
                self._partner.update(zip(new, old, strict=True))

    def by_likeness(self, alike: Callable[[Item, Item], bool]) -> None:
        """Pairs each new item with the first old one that is like it."""
        for index, item in enumerate(self._new):
            left = (n for n, other in enumerate(self._old) if n not in self._taken() and alike(other, item))
            if index not in self._partner and (found := next(left, None)) is not None:
                self._partner[index] = found

    def matched(self) -> Matched[Item]:
        taken = self._taken()
        return Matched(
            tuple((self._old[self._partner[index]], self._new[index]) for index in sorted(self._partner)),
            tuple(item for index, item in enumerate(self._old) if index not in taken),
            tuple(item for index, item in enumerate(self._new) if index not in self._partner),
        )

    def _taken(self) -> set[int]:
        return set(self._partner.values())

    def _groups(self, same: Key[Item]) -> Iterable[tuple[list[int], list[int]]]:
        """The indices of unpaired old and new items, by key."""
        groups: dict[Hashable, tuple[list[int], list[int]]] = {}
        for side, items, paired in ((0, self._old, self._taken()), (1, self._new, self._partner.keys())):
            for index, item in enumerate(items):
                if index not in paired and (value := same(item)) is not None:
                    groups.setdefault(value, ([], []))[side].append(index)
        return groups.values()


def match(old: Sequence[Item], new: Sequence[Item], keys: Iterable[Key[Item]]) -> Matched[Item]:
    """Pairs items by each key in turn, the surest first; items with the same key pair in their order."""
    matching = _Matching(old, new)
    for same in keys:
        matching.by_key(same)
    return matching.matched()


def match_forms(old: Sequence[FormRows], new: Sequence[FormRows], *, same_document: bool = False) -> Matched[FormRows]:
    """Forms are the same by kind and project code and name; then by code, by name, and at last by their indicators.

    In the same document they are the same by their place first: number and name, then page and name; then, where as
    many forms that begin on a page are left on both sides, by their order. So a corrected name changes one value.
    """
    matching = _Matching(old, new)
    if same_document:
        matching.by_key(lambda rows: _both(rows.form["form_no"], _page_and_name(rows)))
        matching.by_key(_page_and_name)
        matching.in_order(lambda rows: str(rows.form["page_first"]))
    for columns in _NAMES:
        matching.by_key(_of_form(*columns))
    matching.by_key(_of_nameless)
    matching.by_likeness(_alike)
    return matching.matched()


def match_rows(table: str, old: Sequence[Row], new: Sequence[Row], *, same_document: bool = False) -> Matched[Row]:
    """Rows of `funds` or `indicators` of two forms that are the same.

    Amounts are the same by label, scope and source; then by label alone; then by scope and source. Indicators are the
    same by name and level 2; then by name; a renamed one by level 2 and target. In the same document the number of the
    row counts first, and at last the order, where as many rows are left on both sides.
    """
    matching = _Matching(old, new)
    number, keys = _ROWS[table]
    if same_document:
        matching.by_key(lambda row: _both(row[number], keys[0](row)))
    for same in keys:
        matching.by_key(same)
    if same_document:
        matching.in_order(lambda row: True)
    return matching.matched()


def match_tables(old: Sequence[Row], new: Sequence[Row], *, same_document: bool = False) -> Matched[Row]:
    """Budget tables are the same by kind, set and title; then by kind, basis and set. Those alike pair in order.

    In the same document they are the same by number, page and title first, then by page and title, and at last by their
    order on a page where as many are left on both sides. So a corrected kind changes one value.
    """
    matching = _Matching(old, new)
    if same_document:
        matching.by_key(by("table_no", "page_first", "title"))
        matching.by_key(by("page_first", "title"))
    matching.by_key(by("stage", "variant", "kind", "title"))
    matching.by_key(by("stage", "variant", "basis", "kind"))
    if same_document:
        matching.in_order(lambda row: str(row["page_first"]))
    return matching.matched()


def match_lines(old: Sequence[Row], new: Sequence[Row], *, same_document: bool = False) -> Matched[Row]:
    """Numbers of two budget tables are the same by code, label and heading, those of one unit and dimension first; then
    by label and heading; a renamed row by its code and heading; in the same document at last by row and column. Those
    alike pair in their order."""
    return match(old, new, (*_LINES, by("row_no", "column_no")) if same_document else _LINES)


def by(*columns: str) -> Key[Row]:
    """The columns as a key; all but the last two may be empty, and one of these."""

    def same(row: Row) -> Hashable | None:
        values = tuple(text_key(row.get(column)) for column in columns)
        return values if any(values[-2:]) else None

    return same


def text_key(value: object) -> str | None:
    """A value without differences in white space and character width. None when there is no text."""
    return (key(str(value)) or None) if value is not None else None


_ROWS: Mapping[str, tuple[str, tuple[Key[Row], ...]]] = {
    "funds": ("line_no", (by("label", "scope", "source"), by("label"), by("scope", "source"))),
    "indicators": ("indicator_no", (by("level2", "level3"), by("level3"), by("level2", "target", "weight"))),
}
"""Of each table the column that numbers the rows of a form, and the keys of a row."""

_LINES: tuple[Key[Row], ...] = (
    by("side", "panel", "unit_name", "project_code", "functional_code", "code", "label", "heading"),
    by("side", "code", "label", "heading"),
    by("side", "label", "heading"),
    by("side", "code", "heading"),
)

ROW_NUMBERS = {table: number for table, (number, _) in _ROWS.items()}


def _both(number: object, name: Hashable | None) -> Hashable | None:
    return None if name is None else (str(number), name)


def _page_and_name(rows: FormRows) -> Hashable | None:
    code, name = (text_key(rows.form.get(column)) for column in ("project_code", "project_name"))
    return (str(rows.form["page_first"]), code, name) if code or name else None


def _of_form(*columns: str) -> Key[FormRows]:
    """The columns as a key, of which none may be empty."""

    def same(rows: FormRows) -> Hashable | None:
        values = tuple(text_key(rows.form.get(column)) for column in columns)
        return None if None in values else values

    return same


def _of_nameless(rows: FormRows) -> Hashable | None:
    """Department and title: forms of a whole department have no project name."""
    if rows.form.get("project_name") is not None:
        return None
    return tuple(text_key(rows.form.get(column)) for column in ("form_kind", "department", "title"))


def _alike(old: FormRows, new: FormRows) -> bool:
    if old.form.get("form_kind") != new.form.get("form_kind"):
        return False
    before, after = ({text_key(row.get("level3")) for row in rows.indicators} - {None} for rows in (old, new))
    return len(before & after) > _SHARED * max(len(before), len(after), 1)
