"""A table's cells by place: the cell at a row and column, and its neighbours."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from pipeline.tables.model import Cell, Table

_BY_COLUMN = attrgetter("column")
Shape = tuple[int, ...]
"""The columns at which the cells that cover a row begin. Rows of one shape are divided at the same places."""


@dataclass(frozen=True, slots=True)
class CellIndex:
    """A table's cells by row.

    `starting` and `across` hold a row's cells from left to right: those that begin in it, and all that cover it, with
    their shape in `shapes`.
    """

    table: Table
    columns: int
    starting: Sequence[Sequence[Cell]]
    across: Sequence[Sequence[Cell]]
    shapes: Sequence[Shape]

    @property
    def rows(self) -> int:
        return len(self.across)

    def at(self, row: int, column: int) -> Cell | None:
        """The cell that covers a unit, None outside of the grid."""
        if not (0 <= row < len(self.across) and 0 <= column < self.columns):
            return None
        return self.across[row][bisect_right(self.shapes[row], column) - 1]

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

    def row_cells(self, row: int) -> Sequence[Cell]:
        """All cells that cover a row, left to right, those begun above included."""
        return self.across[row]

    def under(self, row: int, x0: float, x1: float) -> Sequence[Cell]:
        """The cells of a row below a heading from x0 to x1: with their middle in it, else the one around its middle."""
        return next(self.column([row], x0, x1))

    def column(self, rows: Iterable[int], x0: float, x1: float) -> Iterator[Sequence[Cell]]:
        """The cells of several rows below one heading, row by row."""
        places: dict[Shape, slice] = {}
        for row in rows:
            place = places.get(self.shapes[row])
            if place is None:
                (place,) = self.places(row, ((x0, x1),))
                places[self.shapes[row]] = place
            yield self.across[row][place]

    def places(self, row: int, headings: Iterable[tuple[float, float]]) -> list[slice]:
        """For each heading from x0 to x1 where in `across` the cells below it stand; the same for all of one shape."""
        cells, begins = self.across[row], self.shapes[row]
        middles = [(cell.box.x0 + cell.box.x1) / 2 for cell in cells]
        found: list[slice] = []
        for x0, x1 in headings:
            first, last = bisect_left(middles, x0), bisect_right(middles, x1)
            if first >= last:
                column = bisect_right(self.table.xs, (x0 + x1) / 2) - 1
                last = bisect_right(begins, column) if 0 <= column < self.columns else 0
                first = max(last - 1, 0)
            found.append(slice(first, last))
        return found


def index_cells(table: Table) -> CellIndex:
    """Index a table."""
    count = len(table.ys) - 1
    starting: list[list[Cell]] = [[] for _ in range(count)]
    above: dict[int, list[Cell]] = {}
    for cell in table.cells:
        row, row_span = cell.row, cell.row_span
        starting[row].append(cell)
        for r in range(row + 1, row + row_span):
            above.setdefault(r, []).append(cell)
    across = [sorted([*above[r], *own], key=_BY_COLUMN) if r in above else own for r, own in enumerate(starting)]
    shapes = [tuple([cell.column for cell in cells]) for cells in across]
    return CellIndex(table, len(table.xs) - 1, starting, across, shapes)
