"""Indicator rows below a header, across pages: merged level cells cut by a page break become whole again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from pipeline.forms.cell_index import Shape, View
from pipeline.forms.dictionary import Taxonomy, level_name
from pipeline.forms.header import Column
from pipeline.forms.model import RawIndicator, Unread, Value, printed, together
from pipeline.forms.repeated_columns import LIFETIME, TARGETS, beside, sides
from pipeline.tables.model import Box

LEVELS = ("level1", "level2")
COLUMN_ROLES = (
    *("level3", *LIFETIME, *LIFETIME.values(), "weight"),
    *("actual", "score", "deviation_reason", "remark"),
)
OWN = ("level3", *LIFETIME, *LIFETIME.values(), "actual")  # what makes a row an indicator of its own


@dataclass(slots=True)
class Slot:
    """A merged level cell: one text for all rows that it covers, also across a page break."""

    value: Value | None
    top: bool = False  # begins with its page's first row
    bottom: bool = False  # ends with its page's last row
    ruled: bool = True  # closed at the bottom by a drawn rule


@dataclass(slots=True)
class BodyRow:
    """An indicator row as printed: level slots and the texts of its own columns."""

    page: int
    slots: dict[str, Slot]
    cells: dict[str, Value]
    row: int
    first_of_page: bool
    last_of_page: bool
    top: float  # points
    side: int  # of a header that repeats its columns, from left to right
    of_level: bool = False  # the side holds the indicators of one level, which its heading names


def is_level(taxonomy: Taxonomy, text: str) -> bool:
    """Whether a text is a known level-1 or level-2 name."""
    name = level_name(text)
    return name in taxonomy.level1 or name in taxonomy.level2


class Body:
    """What stands in the rows of one table below its columns: indicators, and texts that no table has a place for."""

    def __init__(self, view: View, columns: Sequence[Column]) -> None:
        self._view = view
        self._sides = [_Side(view, side, n) for n, side in enumerate(sides(columns))]
        self._ignored = [column for column in columns if column.role == "ignored"]

    def rows(self, rows: Sequence[int]) -> list[BodyRow]:
        """The indicator rows among grid rows. Grid rows that differ in no column of their own are one row."""
        return [row for side in self._sides for row in side.rows(rows)]

    def ignored(self, rows: Iterable[int]) -> list[Unread]:
        """What stands in columns that have no place in the tables: one entry a column with all its texts."""
        return [found for column in self._ignored if (found := self._all_below(column, rows)) is not None]

    def _all_below(self, column: Column, rows: Iterable[int]) -> Unread | None:
        below = self._view.column(rows, column.x0, column.x1)
        cells = {id(c): c for row in below for c in row if c.text}
        if not cells:
            return None
        boxes = [c.box for c in cells.values()]
        whole = Box(boxes[0].x0, boxes[0].y0, max(b.x1 for b in boxes), max(b.y1 for b in boxes))
        texts = "; ".join(c.text for c in cells.values())
        text = column.text if column.label.private else f"{column.text}: {texts}"
        return Unread("ignored", text, self._view.table.page, whole)


class _Side:
    """The columns of one side of a body, and where their cells stand in rows of each shape."""

    def __init__(self, view: View, columns: Sequence[Column], number: int) -> None:
        self._view, self._number = view, number
        over = next((c.over for c in columns if c.over is not None), None)
        self._headed = {} if over is None else {"level1": Slot(printed(*over))}
        self._columns = [c for c in columns if c.role in LEVELS or c.role in COLUMN_ROLES]
        self._places: dict[Shape, tuple[dict[str, int], dict[str, list[int]]]] = {}

    def rows(self, rows: Sequence[int]) -> Iterator[BodyRow]:
        view, page = self._view, self._view.table.page
        slots: dict[int, Slot] = {}
        before: list[int] = []
        for row in rows:
            across = view.across[row]
            levels, own = self._places.get(view.shapes[row]) or self._places_in(row)
            cells = {
                role: found for role, places in own.items() if (found := [across[i] for i in places if across[i].text])
            }
            mark = [id(cell) for role, found in cells.items() if role in OWN for cell in found]
            if mark == before and mark:
                continue
            before = mark
            level_slots = dict(self._headed)
            for role, place in levels.items():
                cell = across[place]
                slot = slots.get(id(cell))
                if slot is None:
                    value = printed(page, cell) if cell.text else None
                    slot = slots[id(cell)] = Slot(value, cell.row <= rows[0], cell.row + cell.row_span > rows[-1])
                level_slots[role] = slot
            yield BodyRow(
                page,
                level_slots,
                {role: together([printed(page, cell) for cell in found]) for role, found in cells.items()},
                row,
                row == rows[0],
                row == rows[-1],
                view.table.ys[row],
                self._number,
                bool(self._headed),
            )

    def _places_in(self, row: int) -> tuple[dict[str, int], dict[str, list[int]]]:
        """Places of the level cells and of the columns' own by role; a cell over two columns counts for the first."""
        levels: dict[str, int] = {}
        own: dict[str, list[int]] = {}
        taken: set[int] = set()
        slices = self._view.places(row, [(c.x0, c.x1) for c in self._columns])
        for column, found in zip(self._columns, slices, strict=True):
            free = [place for place in range(found.start, found.stop) if place not in taken]
            if column.role not in LEVELS:
                own.setdefault(column.role, []).extend(free)
            elif free:
                levels[column.role] = free[0]
                taken.add(free[0])
        self._places[self._view.shapes[row]] = levels, own
        return levels, own


def stitch(pages: Sequence[list[BodyRow]], taxonomy: Taxonomy) -> list[BodyRow]:
    """Body rows of successive tables, side by side: slots merged over the breaks, cut rows joined."""
    count = max((row.side for rows in pages for row in rows), default=0) + 1
    by_side = ([[row for row in rows if row.side == side] for rows in pages] for side in range(count))
    return [row for side in by_side for row in _stitch_side(side, taxonomy)]


def _stitch_side(pages: Sequence[list[BodyRow]], taxonomy: Taxonomy) -> list[BodyRow]:
    rows: list[BodyRow] = []
    for page_rows in pages:
        joined = 0
        if rows and page_rows:
            _merge_slots(rows, page_rows, taxonomy)
            if _cut(rows[-1], page_rows[0]):
                _join_row(rows[-1], page_rows[0])
                joined = 1
        rows += page_rows[joined:]
    return rows


def _merge_slots(rows: list[BodyRow], following: list[BodyRow], taxonomy: Taxonomy) -> None:
    if not following[0].cells and _prints_level_rows((*rows, *following)):
        return  # a level at the head of the page begins something new
    for role in LEVELS:
        above, below = rows[-1].slots.get(role), following[0].slots.get(role)
        if above is None or below is None or not _same_cell(above, below, taxonomy):
            continue
        if role == "level1" and below.value is None and not _may_stand_under(above, following[0], taxonomy):
            continue
        if below.value is not None:
            above.value = below.value if above.value is None else together([above.value, below.value])
        above.bottom = below.bottom
        for row in following:
            if row.slots.get(role) is below:
                row.slots[role] = above


def _prints_level_rows(rows: Iterable[BodyRow]) -> bool:
    """Whether levels stand on rows of their own, above their indicators. At a page's head they may be cut cells."""
    return any(
        not row.cells and not row.first_of_page and any(slot.value for slot in row.slots.values()) for row in rows
    )


def _may_stand_under(level1: Slot, row: BodyRow, taxonomy: Taxonomy) -> bool:
    """Whether a row without a printed level 1 can belong to one: its level 2, where printed, says so."""
    level2 = row.slots.get("level2")
    if level1.value is None or level2 is None or level2.value is None:
        return True
    parents = taxonomy.parents.get(taxonomy.level2.get(level_name(level2.value.text), ""), ())
    code = taxonomy.level1.get(level_name(level1.value.text))
    return not parents or code in (None, "other") or code in parents


def _same_cell(above: Slot, below: Slot, taxonomy: Taxonomy) -> bool:
    """Whether a page break cut one merged cell: either part is blank, or the texts only together are a known name."""
    if not (above.bottom and below.top):
        return False
    if above.value is None or below.value is None:
        return True
    whole = is_level(taxonomy, above.value.text + below.value.text)
    return whole and not (is_level(taxonomy, above.value.text) and is_level(taxonomy, below.value.text))


def _cut(above: BodyRow, below: BodyRow) -> bool:
    """Whether a page break cut one row: what one part prints the other lacks, and the second has no own levels."""
    a, b = above.cells, below.cells
    if (
        not above.last_of_page
        or not below.first_of_page
        or not b
        or any(below.slots.get(r) is not above.slots.get(r) for r in LEVELS)
    ):
        return False
    a_has, b_has = set(a) & {"level3", "target"}, set(b) & {"level3", "target"}
    if not b_has:
        return False
    return (
        (a_has == {"level3"} and b_has == {"target"})
        or (a_has == {"level3", "target"} and b_has == {"level3"})
        or (a_has == {"target"} and b_has == {"level3"})
    )


def _join_row(above: BodyRow, below: BodyRow) -> None:
    for role, value in below.cells.items():
        above.cells[role] = together([above.cells[role], value]) if role in above.cells else value


def indicators(rows: Sequence[BodyRow]) -> list[RawIndicator]:
    """Rows as indicators: blank level cells take the level above them; rows without an indicator are left out."""
    by_side = (_side_indicators(list(side)) for _, side in groupby(rows, key=lambda row: row.side))
    of_level = any(row.of_level for row in rows)
    placed = sorted(
        (found for side in by_side for found in side),
        key=lambda x: (x[0].side if of_level else 0, x[0].page, x[0].top, x[0].side),
    )
    in_order = [indicator for _, indicator in placed]
    return beside(in_order) if any(row.side for row in rows) and not of_level else in_order


def _side_indicators(rows: Sequence[BodyRow]) -> list[tuple[BodyRow, RawIndicator]]:
    result: list[tuple[BodyRow, RawIndicator]] = []
    last: dict[str, Value] = {}
    merged = _merges(rows)
    for row in rows:
        levels: dict[str, Value] = {}
        for role in LEVELS:
            slot = row.slots.get(role)
            if slot is not None and slot.value is not None:
                levels[role] = slot.value
        if "level1" in levels and "level1" in last and levels["level1"].text != last["level1"].text:
            last.pop("level2", None)
        for role in LEVELS:
            if role not in levels and role in last and role in row.slots and not merged:
                levels[role] = last[role]
        last = dict(levels) or last
        if any(role in row.cells for role in ("level3", *TARGETS)):
            result.append((row, RawIndicator(row.page, {**levels, **row.cells})))
    return result


def _merges(rows: Sequence[BodyRow]) -> bool:
    """Whether a form merges its level cells. Then a blank cell of its own is blank; else it repeats the one above."""
    return any(
        above.page == below.page and above.slots.get(role) is below.slots.get(role) is not None
        for above, below in pairwise(rows)
        for role in LEVELS
    )
