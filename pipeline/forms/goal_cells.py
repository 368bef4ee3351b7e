"""The cells that hold the text of a goal, found from the cell of its label."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.forms.cell_index import CellIndex
from pipeline.forms.dictionary import NOTHING, Lexicon, Meanings
from pipeline.forms.reading import Reading, Rule, Use
from pipeline.tables.model import Cell
from pipeline.text import key

NUMBERED = re.compile(r"[一二三四五六七八九十\d][:：]?$")  # the label of a part of a goal: 目标1, 绩效目标二


class GoalCells:
    """Finds the cells of goals among the cells of one page's label area."""

    def __init__(self, index: CellIndex, cells: Sequence[Cell], lexicon: Lexicon, reading: Reading) -> None:
        self._index, self._cells, self._lexicon, self._reading = index, cells, lexicon, reading

    def _means(self, cell: Cell | None) -> Meanings:
        return self._lexicon.means(cell.text) if cell is not None and cell.text else NOTHING

    def beside(self, label: Cell, first: Cell) -> Sequence[Cell]:
        """The cells to the right of a goal's label, from `first` on; labels that number parts of the goal are taken."""
        return self._without_numbers(self._stacked(label, first))

    def below(self, label: Cell, first: Cell) -> list[Cell]:
        """The cells below a goal's heading, as far down as the tall label beside it, if there is one, reaches."""
        left = self._index.left_of(label)
        if left is None or not self._means(left) or left.row + left.row_span <= first.row + first.row_span:
            return [first]
        cells = [first]
        while (below := self._index.below(cells[-1])) is not None and below.row < left.row + left.row_span:
            if self._means(below) or below.column_span != label.column_span:
                break
            cells.append(below)
        return cells

    def heads_goals(self, cell: Cell) -> bool:
        """Whether labels of goals stand to the right of a block's label: then the block has no text of its own."""
        rows = range(cell.row, cell.row + cell.row_span)
        return any(c.row in rows and c.column > cell.column and "goal" in self._means(c) for c in self._cells)

    def is_heading_beside(self, label: Cell, right: Cell) -> bool:
        """Whether a text beside a goal's label is a heading as well, each over a text of its own."""
        texts = [self._index.below(label), self._index.below(right)]
        heads = all(c is not None and c.text and not self._means(c) and not self._reading.is_taken(c) for c in texts)
        return label.row_span == 1 and heads and bool(self._lexicon.likely(right.text).keys() & {"goal", "goal_actual"})

    def _stacked(self, label: Cell, first: Cell) -> list[Cell]:
        """The cells beside a tall label: a goal may be printed in several boxes below each other."""
        cells = [first]
        row = first.row + first.row_span
        while row < label.row + label.row_span:
            cell = self._index.at(row, first.column)
            if cell is None or self._means(cell) or cell.column_span != first.column_span:
                break
            cells.append(cell)
            row = cell.row + cell.row_span
        return cells

    def _without_numbers(self, cells: Sequence[Cell]) -> Sequence[Cell]:
        """The texts beside labels that number the parts of a goal (绩效目标1, 绩效目标2); else the cells themselves."""
        beside = [self._index.right_of(c) for c in cells]
        numbers = [self._lexicon.guesses(c.text).get("goal") if NUMBERED.search(key(c.text)) else None for c in cells]
        texts = [c for c in beside if c is not None and c.text]
        if None in numbers or len(texts) < len(cells):
            return cells
        for cell, label in zip(cells, numbers, strict=True):
            self._reading.take(cell, Use.LABEL, Rule.NUMBERED_GOAL, label)
        return texts
