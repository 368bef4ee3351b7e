"""Levels printed as rows of their own in the column of names: 产出指标, below it 数量指标, then the indicators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import repeat

from pipeline.forms.cell_index import View
from pipeline.forms.dictionary import Taxonomy, level_name
from pipeline.forms.header import Column
from pipeline.forms.model import printed
from pipeline.forms.rows import BodyRow, Slot, is_level
from pipeline.tables.model import Cell
from pipeline.text import key

INDENT = 4.0  # points; a smaller step to the right is none


class LevelRows:
    """The levels in force while a list is walked from top to bottom, over all its pages."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self._now: dict[str, Slot] = {}
        self._left = 0.0  # of the level 1 in force, points
        self._opened = False  # the row above is a level 1: a name of both levels is now a level 2
        self._name = ""

    def take(self, view: View, rows: Sequence[int], name: Column | None) -> dict[int, Mapping[str, Slot]]:
        """The rows that are no levels, each with the levels above it that belong to its project."""
        others: dict[int, Mapping[str, Slot]] = {}
        named = view.column(rows, name.x0, name.x1) if name is not None else repeat(())
        for row, cells in zip(rows, named, strict=False):
            found = [c for c in cells if c.row == row and c.text]
            if len(found) == 1 and self._is_alone(view, row, found[0]) and is_level(self._taxonomy, found[0].text):
                self._enter(view.table.page, found[0])
                continue
            if found and key(found[0].text) != self._name:
                self._name, self._now = key(found[0].text), {}
            others[row], self._opened = self._now, False
        return others

    @staticmethod
    def _is_alone(view: View, row: int, cell: Cell) -> bool:
        return not any(c.text for c in view.row_cells(row) if c is not cell)

    def _enter(self, page: int, cell: Cell) -> None:
        name, left = level_name(cell.text), cell.lines[0].box.x0
        below = "level1" in self._now and (left > self._left + INDENT or self._opened)
        first = name in self._taxonomy.level1 and not (name in self._taxonomy.level2 and below)
        slot = Slot(printed(page, cell))
        if first:
            self._now, self._left = {"level1": slot}, left
        else:
            self._now = {**self._now, "level2": slot}
        self._opened = first


def with_levels(rows: list[BodyRow], levels: Mapping[int, Mapping[str, Slot]]) -> list[BodyRow]:
    """Indicator rows with the levels above them, where they print none of their own."""
    for row in rows:
        for role, slot in levels[row.row].items():
            if role not in row.slots or row.slots[role].value is None:
                row.slots[role] = slot
    return rows
