"""Levels printed as rows of their own in the column of names: 产出指标, below it 数量指标, then the indicators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import repeat

from pipeline.forms.cell_index import CellIndex
from pipeline.forms.dictionary import Taxonomy, level_name
from pipeline.forms.header import Column
from pipeline.forms.model import printed
from pipeline.forms.reading import Reading, Rule, Use
from pipeline.forms.roles import Role
from pipeline.forms.rows import BodyRow, Slot, is_level
from pipeline.tables.model import Cell
from pipeline.text import key

INDENT = 4.0  # points; a smaller step to the right is none


class LevelRows:
    """The levels in force while a list is walked from top to bottom, over all its pages."""

    def __init__(self, taxonomy: Taxonomy, reading: Reading) -> None:
        self._taxonomy, self._reading = taxonomy, reading
        self._now: Mapping[Role, Slot] = {}
        self._left = 0.0  # of the level 1 in force, points
        self._opened = False  # the row above is a level 1: a name of both levels is now a level 2
        self._name = ""

    def take(self, index: CellIndex, rows: Sequence[int], name: Column | None) -> dict[int, Mapping[Role, Slot]]:
        """The rows that are no levels, each with the levels above it that belong to its project."""
        others: dict[int, Mapping[Role, Slot]] = {}
        named = index.column(rows, name.x0, name.x1) if name is not None else repeat(())
        for row, cells in zip(rows, named, strict=False):
            found = [c for c in cells if c.row == row and c.text]
            if len(found) == 1 and self._is_alone(index, row, found[0]) and is_level(self._taxonomy, found[0].text):
                self._reading.take(found[0], Use.LEVEL, Rule.LEVEL_ROW)
                self._enter(index.table.page, found[0])
                continue
            if found and key(found[0].text) != self._name:
                self._name, self._now = key(found[0].text), {}
            others[row], self._opened = self._now, False
        return others

    @staticmethod
    def _is_alone(index: CellIndex, row: int, cell: Cell) -> bool:
        return not any(c.text for c in index.row_cells(row) if c is not cell)

    def _enter(self, page: int, cell: Cell) -> None:
        name, left = level_name(cell.text), cell.lines[0].box.x0
        below = Role.LEVEL1 in self._now and (left > self._left + INDENT or self._opened)
        first = name in self._taxonomy.level1 and not (name in self._taxonomy.level2 and below)
        slot = Slot(printed(page, cell))
        if first:
            self._now, self._left = {Role.LEVEL1: slot}, left
        else:
            self._now = {**self._now, Role.LEVEL2: slot}
        self._opened = first


def with_levels(rows: list[BodyRow], levels: Mapping[int, Mapping[Role, Slot]]) -> list[BodyRow]:
    """Indicator rows with the levels above them, where they print none of their own."""
    for row in rows:
        for role, slot in levels[row.row].items():
            if role not in row.slots or row.slots[role].value is None:
                row.slots[role] = slot
    return rows
