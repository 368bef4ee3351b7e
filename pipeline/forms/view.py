"""A table's cells by place: who stands at a row and column, who is to the right and below."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from pipeline.grid.model import Cell, Table


@dataclass(frozen=True, slots=True)
class View:
    """A table with an index from unit row and column to its cell.

    `starting` and `across` hold a row's cells from left to right: those that begin in it, and all that cover it, with
    the x of their middles in `middles`.
    """

    table: Table
    owner: tuple[tuple[int, ...], ...]
    starting: tuple[tuple[Cell, ...], ...]
    across: tuple[tuple[Cell, ...], ...]
    middles: tuple[tuple[float, ...], ...]

    @property
    def rows(self) -> int:
        return len(self.owner)

    def at(self, row: int, column: int) -> Cell | None:
        """The cell that covers a unit, None outside of the grid."""
        if not (0 <= row < len(self.owner) and 0 <= column < len(self.owner[0])):
            return None
        return self.table.cells[self.owner[row][column]]

    def ruled_foot(self, cell: Cell) -> bool:
        """Whether a drawn rule closes a cell at the foot of its table; only a question for cells of the last row."""
        mask = (1 << (cell.column + cell.column_span)) - (1 << cell.column)
        return self.table.foot & mask == mask

    def right_of(self, cell: Cell) -> Cell | None:
        """The neighbour to the right on the cell's first row."""
        return self.at(cell.row, cell.column + cell.column_span)

    def left_of(self, cell: Cell) -> Cell | None:
        return self.at(cell.row, cell.column - 1)

    def below(self, cell: Cell) -> Cell | None:
        """The neighbour below the cell's first column."""
        return self.at(cell.row + cell.row_span, cell.column)

    def row_cells(self, row: int) -> tuple[Cell, ...]:
        """All cells that cover a row, left to right, those begun above included."""
        return self.across[row]

    def under(self, row: int, x0: float, x1: float) -> tuple[Cell, ...]:
        """The cells of a row below a heading from x0 to x1: with their middle in it, else the one around its middle."""
        middles = self.middles[row]
        first, last = bisect_left(middles, x0), bisect_right(middles, x1)
        if first < last:
            return self.across[row][first:last]
        around = self.at(row, bisect_right(self.table.xs, (x0 + x1) / 2) - 1)
        return (around,) if around is not None else ()


def view_of(table: Table) -> View:
    """Index a table."""
    columns = len(table.xs) - 1
    owner = [[0] * columns for _ in range(len(table.ys) - 1)]
    starting: list[list[Cell]] = [[] for _ in owner]
    for i, cell in enumerate(table.cells):
        starting[cell.row].append(cell)
        for row in range(cell.row, cell.row + cell.row_span):
            owner[row][cell.column : cell.column + cell.column_span] = [i] * cell.column_span
    across = tuple(tuple(table.cells[i] for i in dict.fromkeys(row)) for row in owner)
    middles = tuple(tuple((c.box.x0 + c.box.x1) / 2 for c in cells) for cells in across)
    return View(table, tuple(map(tuple, owner)), tuple(map(tuple, starting)), across, middles)
