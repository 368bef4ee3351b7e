"""Indicator rows below a header, across pages: merged level cells cut by a page break become whole again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import NamedTuple

from pipeline.forms.cell_index import CellIndex, Shape
from pipeline.forms.dictionary import Taxonomy, level_name
from pipeline.forms.header import Column, Header
from pipeline.forms.model import OtherValue, RawIndicator, Value, printed, together
from pipeline.forms.reading import Reading, Rule, Taken, Use
from pipeline.forms.repeated_columns import column_sets, join_repeated
from pipeline.forms.roles import INDICATOR_ROLES, LEVELS, OWN, TARGETS, Role
from pipeline.forms.unpaired_lines import holds_several
from pipeline.tables.model import Cell
from pipeline.text import key


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
    slots: dict[Role, Slot]
    cells: dict[Role, Value]
    row: int
    first_of_page: bool
    last_of_page: bool
    top: float  # points
    column_set: int  # the number of its set, from left to right, where a header repeats its columns
    of_level: bool = False  # the set holds the indicators of one level, which its heading names
    is_several: bool = False  # it holds several indicators


_SENTENCES = (Role.ACTUAL, Role.DEVIATION_REASON, Role.REMARK)  # columns whose texts are wrapped, as numbers are not
_INDICATES = (Role.LEVEL3, *TARGETS)  # a row with none of them is no indicator
_SIGNED = re.compile("[<>=≥≤≈]")  # what a target begins with, and the rest of one does not
_NONE = re.compile(r"^(?:[-/\\*]+|无)$")
LONGEST_MARK = 4  # characters of a mark for none: ——


def _says_none(cells: Mapping[Role, Sequence[Cell]]) -> bool:
    """Whether a row prints a mark for none (/, —, 无) for its name and its targets: there is no indicator."""
    texts = (c.text for role in _INDICATES for c in cells.get(role, ()))
    return all(len(text) <= LONGEST_MARK and _NONE.match(key(text)) for text in texts)


def is_level(taxonomy: Taxonomy, text: str) -> bool:
    """Whether a text is a known level-1 or level-2 name."""
    name = level_name(text)
    return name in taxonomy.level1 or name in taxonomy.level2


def first_indicator(index: CellIndex, rows: Iterable[int], header: Header, taxonomy: Taxonomy) -> int | None:
    """The first row with the name of a level below a level and an indicator beside it; None without one."""
    levels, names = ([c for c in header.columns if c.role in roles] for roles in (LEVELS, (Role.LEVEL3,)))
    for row in rows:
        above, own = (
            [cell.text for c in columns for cell in index.under(row, c.x0, c.x1) if cell.text]
            for columns in (levels, names)
        )
        if above and own and all(is_level(taxonomy, text) for text in above):
            return row
    return None


class Body:
    """The rows of one table below its columns: indicators, and texts that no table has a place for.

    Cells that it reads are recorded in `reading`.
    """

    def __init__(self, index: CellIndex, columns: Sequence[Column], reading: Reading) -> None:
        self._index, self._reading = index, reading
        self._column_sets = [_ColumnSet(index, own, n, reading) for n, own in enumerate(column_sets(columns))]
        self._others = [column for column in columns if column.role in (Role.IGNORED, Role.GOAL_ACTUAL)]

    def rows(self, rows: Sequence[int]) -> list[BodyRow]:
        """The indicator rows among grid rows. Grid rows that differ in no column of their own are one row."""
        return [row for columns in self._column_sets for row in columns.rows(rows)]

    def others(self, rows: Sequence[int]) -> list[OtherValue]:
        """Texts in columns that no table has, but those that name persons, with the headings of their columns."""
        return [found for column in self._others for found in self._all_below(column, rows)]

    def _all_below(self, column: Column, rows: Iterable[int]) -> Iterator[OtherValue]:
        page = self._index.table.page
        below = self._index.column(rows, column.x0, column.x1)
        cells = [*{id(c): c for row in below for c in row if c.text}.values()]
        self._reading.take_row(cells, [(n, Taken(Use.OTHER, Rule.NO_COLUMN, column.label)) for n in range(len(cells))])
        for cell in cells if not column.label.private else ():
            yield OtherValue(column.text, cell.text, page, printed(page, cell).parts[0].box)


class _Places(NamedTuple):
    """Where the cells below the columns stand in all rows of one shape: their positions in the row.

    `taken` says what each is taken for in the row of an indicator, `left_out` in a row that is none.
    """

    levels: Mapping[Role, int]
    own: Mapping[Role, Sequence[int]]
    taken: Sequence[tuple[int, Taken]]
    left_out: Sequence[tuple[int, Taken]]


class _ColumnSet:
    """One set of the columns of a body, and where their cells stand in rows of each shape."""

    def __init__(self, index: CellIndex, columns: Sequence[Column], number: int, reading: Reading) -> None:
        self._index, self._number, self._reading = index, number, reading
        over = next((c.over for c in columns if c.over is not None), None)
        self._headed = {} if over is None else {Role.LEVEL1: Slot(printed(*over))}
        self._columns = [
            (c, c.role) for c in columns if isinstance(c.role, Role) and (c.role in LEVELS or c.role in INDICATOR_ROLES)
        ]
        self._uses = [_uses(column, role) for column, role in self._columns]
        self._places: dict[Shape, _Places] = {}

    def rows(self, rows: Sequence[int]) -> Iterator[BodyRow]:
        index, page = self._index, self._index.table.page
        slots: dict[int, Slot] = {}
        before: list[int] = []
        for row in rows:
            across = index.across[row]
            places = self._places.get(index.shapes[row]) or self._places_in(row)
            cells = {
                role: found
                for role, numbers in places.own.items()
                if (found := [across[i] for i in numbers if across[i].text])
            }
            mark = [id(cell) for role, found in cells.items() if role in OWN for cell in found]
            if mark == before and mark:
                continue
            before = mark
            # a page break cuts no row that prints neither a name nor a target
            is_indicator = not cells.keys().isdisjoint(_INDICATES)
            if is_indicator and _says_none(cells):
                is_indicator = False
                cells = {role: found for role, found in cells.items() if role not in _INDICATES}
            self._reading.take_row(across, places.taken if is_indicator else places.left_out)
            level_slots = dict(self._headed)
            for role, place in places.levels.items():
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
                index.table.ys[row],
                self._number,
                bool(self._headed),
                holds_several(cells),
            )

    def _places_in(self, row: int) -> _Places:
        """Places of the level cells and of the columns' own by role; a cell over two columns counts for the first."""
        levels: dict[Role, int] = {}
        own: dict[Role, list[int]] = {}
        takings: list[tuple[int, Taken]] = []
        left_out: list[tuple[int, Taken]] = []
        taken: set[int] = set()
        slices = self._index.places(row, [(c.x0, c.x1) for c, _ in self._columns])
        for number, ((_, role), found) in enumerate(zip(self._columns, slices, strict=True)):
            free = [place for place in range(found.start, found.stop) if place not in taken]
            if role not in LEVELS:
                own.setdefault(role, []).extend(free)
            elif free:
                free = free[:1]
                levels[role] = free[0]
                taken.add(free[0])
            in_indicator, elsewhere = self._uses[number]
            takings += [(place, in_indicator) for place in free]
            left_out += [(place, elsewhere) for place in free]
        places = self._places[self._index.shapes[row]] = _Places(levels, own, takings, left_out)
        return places


def _uses(column: Column, role: Role) -> tuple[Taken, Taken]:
    """What a column's cells are taken for in the row of an indicator, and in a row that is none."""
    if role in LEVELS:
        of_level = Taken(Use.LEVEL, Rule.BODY, column.label, role)
        return of_level, of_level
    return (
        Taken(Use.INDICATOR, Rule.BODY, column.label, role),
        Taken(Use.LEFT_OUT, Rule.NO_INDICATOR, column.label, role),
    )


def stitch(pages: Sequence[list[BodyRow]], taxonomy: Taxonomy) -> list[BodyRow]:
    """Body rows of successive tables, set by set: slots merged over the breaks, cut rows joined."""
    count = max((row.column_set for rows in pages for row in rows), default=0) + 1
    by_set = ([[row for row in rows if row.column_set == number] for rows in pages] for number in range(count))
    return [row for own in by_set for row in _stitch_set(own, taxonomy)]


def _stitch_set(pages: Sequence[list[BodyRow]], taxonomy: Taxonomy) -> list[BodyRow]:
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
        if role == Role.LEVEL1 and below.value is None and not _may_stand_under(above, following[0], taxonomy):
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
    level2 = row.slots.get(Role.LEVEL2)
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
    name, target = {Role.LEVEL3}, {Role.TARGET}
    a_has, b_has = set(a) & (name | target), set(b) & (name | target)
    if a_has == name | target and b.keys().isdisjoint(_INDICATES):  # the rest of a reason, or what was reached
        return all(role in _SENTENCES or role not in a for role in b)
    if Role.LEVEL3 in a and Role.LEVEL3 not in b:  # no indicator is without a name
        return Role.TARGET not in a or Role.TARGET not in b or not _SIGNED.match(key(b[Role.TARGET].text))
    return (a_has, b_has) in ((name | target, name), (target, name))


def _join_row(above: BodyRow, below: BodyRow) -> None:
    for role, value in below.cells.items():
        above.cells[role] = together([above.cells[role], value]) if role in above.cells else value


def indicators(rows: Sequence[BodyRow]) -> list[RawIndicator]:
    """Rows as indicators: blank level cells take the level above them; rows without an indicator are left out."""
    by_set = (_set_indicators(list(own)) for _, own in groupby(rows, key=lambda row: row.column_set))
    of_level = any(row.of_level for row in rows)
    placed = sorted(
        (found for own in by_set for found in own),
        key=lambda x: (x[0].column_set if of_level else 0, x[0].page, x[0].top, x[0].column_set),
    )
    in_order = [indicator for _, indicator in placed]
    return join_repeated(in_order) if any(row.column_set for row in rows) and not of_level else in_order


def _set_indicators(rows: Sequence[BodyRow]) -> list[tuple[BodyRow, RawIndicator]]:
    result: list[tuple[BodyRow, RawIndicator]] = []
    last: dict[Role, Value] = {}
    merged = _merges(rows)
    level1, level2 = LEVELS
    for row in rows:
        levels: dict[Role, Value] = {}
        for role in LEVELS:
            slot = row.slots.get(role)
            if slot is not None and slot.value is not None:
                levels[role] = slot.value
        if level1 in levels and level1 in last and levels[level1].text != last[level1].text:
            last.pop(level2, None)
        for role in LEVELS:
            if role not in levels and role in last and role in row.slots and not merged:
                levels[role] = last[role]
        last = dict(levels) or last
        if any(role in row.cells for role in _INDICATES):
            result.append((row, RawIndicator(row.page, {**levels, **row.cells}, row.is_several)))
    return result


def _merges(rows: Sequence[BodyRow]) -> bool:
    """Whether a form merges its level cells. Then a blank cell of its own is blank; else it repeats the one above."""
    return any(
        above.page == below.page and above.slots.get(role) is below.slots.get(role) is not None
        for above, below in pairwise(rows)
        for role in LEVELS
    )
