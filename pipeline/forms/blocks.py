"""A table of a list divided into blocks: the rows of one project, or of one amount and goal of it, on one page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.forms.cell_index import CellIndex, Shape
from pipeline.forms.header import Column
from pipeline.forms.indented import with_levels
from pipeline.forms.model import OtherValue, Unread, Value, printed
from pipeline.forms.reading import Reading, UnreadKind
from pipeline.forms.roles import Field, Role
from pipeline.forms.rows import Body, BodyRow, Slot
from pipeline.tables.model import Cell
from pipeline.text import key

GROUP_NAMES = (Field.PROJECT_NAME, Field.IMPLEMENTING_UNIT, Field.DEPARTMENT)
"""The fields that can name a row group; the first that a list prints does."""
GROUP_ROLES = (Role.FUND, Role.GOAL, Role.PROSE)
"""The columns of a row group that are no fields."""
_INDICATES = (Role.LEVEL3, Role.TARGET)  # a block with one of them holds indicators
Levels = Mapping[int, Mapping[Role, Slot]]
"""The rows of a table that are no levels, each with the levels above it."""
GroupCells = Mapping[int, Mapping[int, Cell]]
"""The cells of row groups, by row and number of their column."""


class ListColumns:
    """The columns of a list, and the numbers of those that tell projects apart.

    `name` names the row group: a project, or a unit in a list of units. `anchors` are name, first amount and goal:
    where one of them begins, a block begins. `group` are the columns of a row group, the others those of its rows.
    """

    def __init__(self, columns: Sequence[Column] = ()) -> None:
        self.all = columns
        numbers = {c.role: i for i, c in reversed(list(enumerate(columns)))}
        self.name = next((numbers[role] for role in GROUP_NAMES if role in numbers), None)
        self.fund, self.goal, self.prose = (numbers.get(role) for role in GROUP_ROLES)
        self.anchors = [i for i in (self.name, self.fund, self.goal) if i is not None]
        self.fields = [i for i, c in enumerate(columns) if isinstance(c.role, Field)]
        own = {*self.fields, *(i for i, c in enumerate(columns) if c.role in GROUP_ROLES)}
        self.group = [(i, c) for i, c in enumerate(columns) if i in own]
        self.of_rows = [c for i, c in enumerate(columns) if i not in own]


@dataclass(slots=True)
class Block:
    """One project's rows on one page, later on several: group slots by column number, indicator rows by page.

    `cells` are those of the row group, each with the column that it stands in.
    """

    slots: dict[int, Slot]
    cells: list[tuple[Cell, Column]]
    pages: list[list[BodyRow]]
    page_first: int
    page_last: int
    prose: Value | None = None
    unread: list[Unread] = field(default_factory=list)
    others: list[OtherValue] = field(default_factory=list)

    def text(self, number: int | None) -> str:
        value = self.value(number)
        return key(value.text) if value is not None else ""

    def value(self, number: int | None) -> Value | None:
        slot = self.slots.get(number) if number is not None else None
        return slot.value if slot is not None else None

    @property
    def has_rows(self) -> bool:
        return any(not row.cells.keys().isdisjoint(_INDICATES) for rows in self.pages for row in rows)


class ListTable:
    """A table of a list with its rows below the header."""

    def __init__(self, index: CellIndex, levels: Levels, columns: ListColumns, reading: Reading) -> None:
        self._index, self._levels, self._reading = index, levels, reading
        self._all, self._columns = columns, dict(columns.group)
        self._cells = _group_cells(index, levels, columns.group)
        self._slots: dict[int, Slot] = {}

    def merges(self) -> bool:
        """Whether it merges a group's cells; if no table does, blank cells below a name mean the same project."""
        return any(row[i].row_span > 1 for row in self._cells.values() for i in self._all.anchors if i in row)

    def blocks(self, merged: bool) -> list[Block]:
        """Its blocks from top to bottom."""
        columns = self._all
        rows = list(self._levels)
        starts = [n for n, (above, row) in enumerate(pairwise(rows), 1) if self._starts(above, row, merged)]
        body = Body(self._index, columns.of_rows, self._reading) if columns.of_rows else None
        edges = _unheaded_edges(self._index, columns.all)
        found: list[Block] = []
        for start, end in pairwise([0, *starts, len(rows)]):
            block = self._block(rows[start:end], (rows[0], rows[-1]))
            block.prose = block.value(columns.prose)
            if body is not None:
                body_rows = with_levels(body.rows(rows[start:end]), self._levels)
                block.pages += [body_rows] if body_rows else []
                block.others += body.others(rows[start:end])
            block.unread += self._unheaded(rows[start:end], edges)
            found.append(block)
        return found

    def _starts(self, above: int, row: int, merged: bool) -> bool:
        here, before = self._cells[row], self._cells[above]
        for i in self._all.anchors:
            if i in here and here[i].row == row and (merged or here[i].text):
                return not all(i in before and _repeats(before[i], cell, merged) for i, cell in here.items())
        return False

    def _block(self, rows: Sequence[int], ends: tuple[int, int]) -> Block:
        """A block with the slots of its group; `ends` are the first and last row of the table."""
        page, slots = self._index.table.page, self._slots
        own: dict[int, Slot] = {}
        cells: list[tuple[Cell, Column]] = []
        for row in rows:
            for i, cell in self._cells[row].items():
                slot = slots.get(id(cell))
                if slot is None or row == rows[0]:
                    cells.append((cell, self._columns[i]))
                if slot is None:
                    value = printed(page, cell) if cell.text else None
                    bottom = cell.row + cell.row_span > ends[1]
                    ruled = not bottom or self._index.ruled_foot(cell)
                    slot = slots[id(cell)] = Slot(value, cell.row <= ends[0], bottom, ruled)
                if i not in own or (own[i].value is None and slot.value is not None):
                    own[i] = slot
        return Block(own, cells, [], page, page)

    def _unheaded(self, rows: Sequence[int], edges: Set[tuple[float, float]]) -> list[Unread]:
        """Texts in columns that no heading names, or one that nobody knows."""
        starting = (self._index.starting[row] for row in rows) if edges else ()
        found = [c for cells in starting for c in cells if c.text and (c.box.x0, c.box.x1) in edges]
        for cell in found:
            self._reading.report(cell, UnreadKind.TEXT)
        return [Unread(UnreadKind.TEXT, cell.text, self._index.table.page, cell.box) for cell in found]


def _group_cells(index: CellIndex, rows: Iterable[int], columns: Sequence[tuple[int, Column]]) -> GroupCells:
    """The cells of a group in each row. Where they stand is asked once for rows of one shape."""
    places: dict[Shape, list[tuple[int, int, list[Column]]]] = {}
    cells: dict[int, dict[int, Cell]] = {}
    for row in rows:
        shape, across = index.shapes[row], index.across[row]
        if shape not in places:
            places[shape] = _group_places(index, row, columns)
        cells[row] = {
            i: across[at] for i, at, others in places[shape] if not (others and _reaches_in(across[at], others))
        }
    return cells


def _group_places(
    index: CellIndex, row: int, columns: Sequence[tuple[int, Column]]
) -> list[tuple[int, int, list[Column]]]:
    """The number of each column, the place of its cell in the row, and the other columns that have the same cell."""
    slices = index.places(row, [(c.x0, c.x1) for _, c in columns])
    found = [(i, c, x.start) for (i, c), x in zip(columns, slices, strict=True) if x.start < x.stop]
    return [(i, at, [c for n, c, other in found if other == at and n != i]) for i, _, at in found]


def _reaches_in(cell: Cell, columns: Sequence[Column]) -> bool:
    """Whether a cell over several columns has its text in another one of them: a border between was not drawn."""
    if not cell.lines:
        return False
    middle = (min(x.box.x0 for x in cell.lines) + max(x.box.x1 for x in cell.lines)) / 2
    return any(c.x0 <= middle <= c.x1 for c in columns)


def _repeats(above: Cell, cell: Cell, merged: bool) -> bool:
    """Whether a cell of a row group says what the one above it said: name and goal may be printed on every row."""
    same_text = key(cell.text) == key(above.text) if cell.text else not merged
    return cell is above or same_text


def _unheaded_edges(index: CellIndex, columns: Sequence[Column]) -> set[tuple[float, float]]:
    """Left and right edges of the cells that stand below no heading."""
    headed = [(c.x0, (c.x0 + c.x1) / 2, c.x1) for c in columns]
    of_shapes = dict(zip(index.shapes, index.across, strict=True)).values()  # a row of each shape
    return {
        (x0, x1)
        for x0, x1 in {(cell.box.x0, cell.box.x1) for cells in of_shapes for cell in cells}
        if not any(left < (x0 + x1) / 2 < right or x0 < centre < x1 for left, centre, right in headed)
    }
