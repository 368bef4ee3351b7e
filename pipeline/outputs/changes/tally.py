"""Counts the rows of each table that differ, and writes a difference as a row of a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import ClassVar

from pipeline.dataset.contract.names import name_for_people
from pipeline.messages import both, t
from pipeline.outputs.changes.model import Difference
from pipeline.outputs.changes.text_diff import NEW, OLD, old_and_new
from pipeline.outputs.changes.versions import Version

HEAD = (both("table", "数据表"), t("change"), t("document"), t("form"), t("row"), both("column", "字段"), OLD, NEW)
_CHANGES = {"added": both("added", "新增"), "gone": both("gone", "消失"), "changed": both("changed", "变更")}


class Tally:
    """Counts differences while they are read."""

    HEAD: ClassVar = (t("before"), t("now"), *_CHANGES.values(), t("values"))
    """`changed` counts rows, `values` the values in them."""

    def __init__(self, old: Version, new: Version, tables: Collection[str]) -> None:
        self._totals = {table: (old.count(table), new.count(table)) for table in tables}
        self._counts: Counter[tuple[str, str]] = Counter()
        self._last: tuple[str, str | None, str | None] | None = None

    def counted(self, differences: Iterable[Difference]) -> Iterator[Difference]:
        """The same differences; each is counted when it is read."""
        for one in differences:
            row = one.table, one.old_key, one.new_key
            if row != self._last:  # the values of a row follow each other
                self._counts[one.table, one.change] += 1
            if one.change == "changed":
                self._counts[one.table, "values"] += 1
            self._last = row
            yield one

    @property
    def any(self) -> bool:
        """Whether a difference has been counted."""
        return bool(self._counts)

    def rows(self) -> list[tuple[object, ...]]:
        """One row per table: its name, then the columns of `HEAD`."""
        return [
            (name_for_people(table), *totals, *(self._counts[table, what] for what in (*_CHANGES, "values")))
            for table, totals in self._totals.items()
        ]


def as_cells(one: Difference) -> tuple[object, ...]:
    """A difference as texts under `HEAD`; see `old_and_new`."""
    table, change = name_for_people(one.table), _CHANGES[one.change]
    column = None if one.column is None else name_for_people(one.column)
    return table, change, one.document, one.form, one.row, column, *old_and_new(one)
