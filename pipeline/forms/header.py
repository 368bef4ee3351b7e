"""Header rows: where a table names its indicator columns, and whether it is a list with a project in a row group."""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from dataclasses import dataclass, replace
from itertools import chain
from typing import NamedTuple

from pipeline.forms.cell_index import CellIndex
from pipeline.forms.dictionary import (
    Knowledge,
    Label,
    Layout,
    Meanings,
    fund_under,
    guesses,
    level_name,
    likely,
    meanings,
)
from pipeline.forms.reading import Reading, Rule, Use
from pipeline.forms.roles import LEVELS, NAMES, Field, Means, Role
from pipeline.tables.model import Cell
from pipeline.text import key

TALLEST = 3  # rows that a header cell may span; a taller cell heads a block beside the rows
NUMBERED = 3  # columns; fewer numbers in a row may be values
_MAY_HEAD_SIGNS = re.compile("方向|性质|符号|类型|运算")
_SIGN = re.compile("^(?:[<>=≥≤≈]+|定性.{0,2}|(?:大于|小于|等于|高于|低于|不少于|不低于|不超过|不高于)(?:或?等于)?)$")
_THIRD, _FOURTH = ("三级", "3级"), ("四级", "4级")
VALUES = {Role.TARGET, Role.LIFETIME_TARGET, Role.ACTUAL, Role.OPERATOR, Role.UNIT, Role.WEIGHT}
_UNNAMED, _SIGNS = {Role.PROSE, Role.TARGET}, {Role.OPERATOR, Role.UNIT}
_FIRST_OR_LAST = {Role.LEVEL3, Role.LEVEL1}
LIST_ROLES: dict[Means, Role] = {
    "fund": Role.FUND,
    "goal": Role.GOAL,
    "ignored": Role.IGNORED,
    "goal_actual": Role.GOAL_ACTUAL,
}
"""What a heading heads that is no name of a column or field, the first that it means."""


class Column(NamedTuple):
    """A headed column; `role` says what stands in it, x in points.

    `over`: the heading over it that names the level of its indicators (产出指标 over 三级指标), with its page.
    """

    role: Role | Field
    label: Label
    text: str
    x0: float
    x1: float
    over: tuple[int, Cell] | None = None

    def as_role(self, role: Role | Field) -> Column:
        """The column in another role, or itself."""
        return self if role == self.role else self._replace(role=role)


@dataclass(frozen=True, slots=True)
class Header:
    """Header rows `top` to `bottom` (exclusive) with their columns from left to right."""

    top: int
    bottom: int
    columns: tuple[Column, ...]
    is_list: bool

    def goes_on_with(self, other: Header) -> bool:
        """Whether another header repeats this one. The rows below say which column has signs, on each page anew."""
        mine, others = (
            [Role.IGNORED if c.role == Role.OPERATOR else c.role for c in header.columns] for header in (self, other)
        )
        return mine == others

    @property
    def roles(self) -> tuple[Role | Field, ...]:
        return tuple(c.role for c in self.columns)


def find_headers(index: CellIndex, knowledge: Knowledge, layout: Layout | None = None) -> list[Header]:
    """All indicator or list headers of a table, top to bottom."""
    headers: list[Header] = []
    row = 0
    while row < index.rows:
        header = _header_at(index, row, knowledge, layout)
        if header is None:
            row += 1
        else:
            headers.append(header)
            row = header.bottom
    return headers


def take_headings(index: CellIndex, header: Header, reading: Reading, means: Callable[[str], Meanings]) -> None:
    """Record the headings of a header: those of its columns, and those over them. `means`: what a text heads."""
    named = {(c.text, c.x0): c for c in reversed(header.columns)}
    for row in range(header.top, header.bottom):
        for cell in index.row_cells(row):
            column = named.get((cell.text, cell.box.x0))
            if column is not None:
                reading.take(cell, Use.HEADING, Rule.HEADER, column.label, column.role)
            elif any(c.over and c.over[1] is cell for c in header.columns):
                reading.take(cell, Use.LEVEL, Rule.HEADING_OVER)
            elif cell.text and (found := means(cell.text)):
                reading.take(cell, Use.HEADING, Rule.HEADING_OVER, next(iter(found.values())))


def _header_at(index: CellIndex, row: int, knowledge: Knowledge, layout: Layout | None) -> Header | None:
    cells = [
        (c, m)
        for c in index.starting[row]
        if c.row_span <= TALLEST and c.text and (m := meanings(knowledge, c.text, layout))
    ]
    if len(cells) < 2:
        return None
    roles = {m["column"].column for _, m in cells if "column" in m}
    if _names_indicators(roles):
        return _assemble(index, row, knowledge, layout)
    if _names_list(cells):
        return _assemble(index, row, knowledge, layout, list_only=True)
    return None


def _names_indicators(roles: set[Role | None]) -> bool:
    if roles >= _UNNAMED and roles & _SIGNS:  # 绩效指标 heads the names themselves
        return True
    return bool(roles & _FIRST_OR_LAST) and bool(roles & VALUES or len(roles.intersection(NAMES)) > 1)


def _names_list(cells: list[tuple[Cell, Meanings]]) -> bool:
    """Project name, goal and something else side by side as headings: a list without indicator columns of its own."""
    fields = {m["field"].field for _, m in cells if "field" in m}
    goals = any("goal" in m for _, m in cells)
    others = sum("fund" in m or ("column" in m and m["column"].column == Role.PROSE) for _, m in cells)
    return Field.PROJECT_NAME in fields and goals and others > 0


def _assemble(
    index: CellIndex, row: int, knowledge: Knowledge, layout: Layout | None, list_only: bool = False
) -> Header | None:
    """The header block around a row: cells above and beside that head the same rows count too."""
    seeds = [c for c in index.starting[row] if c.row_span <= TALLEST and meanings(knowledge, c.text, layout)]
    heads = [c for c in seeds if list_only or "column" in meanings(knowledge, c.text, layout)]
    # the lowest common row: a block's label beside a form with few rows is as tall as they are
    levels = [c for c in heads if not list_only and meanings(knowledge, c.text, layout)["column"].column in NAMES]
    bottom = row + (max if list_only else min)(c.row_span for c in levels or heads)
    block = _block(index, row, bottom, knowledge, layout)
    top, lowest = min(c.row for c in block), max(c.row for c in block)
    overs = [c for c in block if c.row + c.row_span <= lowest]  # what others may stand below
    columns: list[Column] = []
    for cell in sorted(block, key=lambda c: -c.row):
        if any(col.x0 - 1 < (cell.box.x0 + cell.box.x1) / 2 < col.x1 + 1 for col in columns):
            continue
        found = _role(_heading(cell, overs, knowledge, layout))
        if found is not None and not (cell in overs and _heads_others(cell, block)):
            text, label = (
                _under(cell, found[1], overs, knowledge, layout) if found[0] == Role.FUND else (cell.text, found[1])
            )
            over = _level_over(index, cell, overs, knowledge) if found[0] not in LEVELS else None
            columns.append(Column(found[0], label, text, cell.box.x0, cell.box.x1, over))
    columns.sort(key=lambda c: c.x0)
    columns = _settled(index, bottom, columns, knowledge)
    roles = {c.role for c in columns}
    is_list = _heads_list(roles)
    if list_only and not (is_list and Role.GOAL in roles):
        return None
    if not is_list and Role.LEVEL2 in roles and Role.LEVEL1 not in roles:
        columns = [*_unnamed_level1(index, row, columns, knowledge), *columns]
    if _numbers_columns(index, bottom):
        bottom += 1
    if not is_list:  # a boxed form: only the row itself is header
        columns = [c for c in columns if isinstance(c.role, Role) and c.role not in (Role.FUND, Role.GOAL)]
    return Header(top if is_list else row, bottom, tuple(columns), is_list)


def _heading(cell: Cell, overs: list[Cell], knowledge: Knowledge, layout: Layout | None) -> Meanings:
    """What a heading means; below one of targets (中期 and 年度 below 指标值) that comes first."""
    for over in overs:
        column = meanings(knowledge, over.text, layout).get("column") if _is_over(over, cell) else None
        if column is not None and column.column == Role.TARGET:
            found = guesses(knowledge, cell.text, under=Role.TARGET)
            if found:
                return found
    return likely(knowledge, cell.text, layout)


def _is_over(over: Cell, cell: Cell) -> bool:
    return over.row + over.row_span <= cell.row and over.box.x0 - 1 <= cell.box.x0 and cell.box.x1 <= over.box.x1 + 1


def _level_over(index: CellIndex, cell: Cell, overs: list[Cell], knowledge: Knowledge) -> tuple[int, Cell] | None:
    """The heading over several columns that is the name of a level 1."""
    over = next((c for c in overs if _is_over(c, cell) and c.column_span > cell.column_span), None)
    is_level = over is not None and level_name(over.text) in knowledge.taxonomy.level1
    return (index.table.page, over) if over is not None and is_level else None


def _settled(index: CellIndex, bottom: int, columns: list[Column], knowledge: Knowledge) -> list[Column]:
    """Columns whose role depends on the others: 绩效指标 for names, 绩效标准 for targets, two levels for three."""
    roles = {c.role for c in columns}
    changed: dict[Role | Field, Role] = {}
    if Role.TARGET in roles and Role.LEVEL3 not in roles:
        if Role.PROSE in roles:
            changed = {Role.PROSE: Role.LEVEL3}
        elif roles.issuperset(LEVELS):
            changed = _two_levels(index, bottom, columns, knowledge)
    columns = [c.as_role(changed.get(c.role, c.role)) for c in columns]
    columns = _operators(index, bottom, columns)
    if any(c.role == Role.LEVEL3 and key(c.text).startswith(_THIRD) for c in columns):
        columns = [c.as_role(Role.IGNORED) if _describes(c) else c for c in columns]
    if any(c.role == Role.TARGET and c.label.part is None for c in columns):
        columns = [c.as_role(Role.IGNORED) if c.label.part == "standard" else c for c in columns]
    columns = _level_by_names(index, bottom, columns, knowledge)
    return _single(columns) if sum(c.role == Role.LEVEL3 for c in columns) == 1 else columns


def _single(columns: list[Column]) -> list[Column]:
    """One target and one weight an indicator: the first of several years' targets, not the weights of its levels."""
    targets, weights = ([c for c in columns if c.role == role] for role in (Role.TARGET, Role.WEIGHT))
    surplus = [*targets[1:], *weights[:-1]]
    return [c.as_role(Role.IGNORED) if c in surplus else c for c in columns]


def _level_by_names(index: CellIndex, bottom: int, columns: list[Column], knowledge: Knowledge) -> list[Column]:
    """A column headed 绩效指标 left of the indicators' names is the level whose names stand in it."""
    if Role.LEVEL3 not in {c.role for c in columns}:
        return columns
    result = []
    for column in columns:
        role = column.role
        if role == Role.PROSE:
            below = chain.from_iterable(index.column(range(bottom, index.rows), column.x0, column.x1))
            names = {level_name(x.text) for x in below if x.text}
            level = next((r for r, known in _known(knowledge) if names and names <= known), None)
            role = level if level is not None and level not in {c.role for c in columns} else role
        result.append(column.as_role(role))
    return result


def _known(knowledge: Knowledge) -> tuple[tuple[Role, set[str]], ...]:
    return (Role.LEVEL1, set(knowledge.taxonomy.level1)), (Role.LEVEL2, set(knowledge.taxonomy.level2))


def _operators(index: CellIndex, bottom: int, columns: list[Column]) -> list[Column]:
    """The column of signs is where signs stand: 指标性质 heads 正向 and 指标方向 the signs, or the other way round."""
    result = []
    for column in columns:
        role = column.role
        if role == Role.OPERATOR or (role == Role.IGNORED and _MAY_HEAD_SIGNS.search(column.text)):
            below = chain.from_iterable(index.column(range(bottom, index.rows), column.x0, column.x1))
            texts = {key(x.text) for x in below if x.text and not x.text.isdigit()}  # columns may be numbered
            role = (Role.OPERATOR if any(map(_SIGN.match, texts)) else Role.IGNORED) if texts else role
        result.append(column.as_role(role))
    return result


def _describes(column: Column) -> bool:
    """A heading that is the name of indicators only where no 三级指标 stands beside it: 指标内容."""
    return column.role == Role.LEVEL3 and not key(column.text).startswith((*_THIRD, *_FOURTH))


def _two_levels(index: CellIndex, bottom: int, columns: list[Column], knowledge: Knowledge) -> dict[Role | Field, Role]:
    """How roles move where 二级指标 heads the indicators' own names: below it stands no known level 2."""
    names = {
        c.role: {
            level_name(x.text) for cells in index.column(range(bottom, index.rows), c.x0, c.x1) for x in cells if x.text
        }
        for c in columns
        if c.role in NAMES
    }
    level1, level2 = set(knowledge.taxonomy.level1), set(knowledge.taxonomy.level2)
    if not names[Role.LEVEL2] or not names[Role.LEVEL2].isdisjoint(level2):
        return {}
    is_second = names[Role.LEVEL1].isdisjoint(level1 - level2) and not names[Role.LEVEL1].isdisjoint(level2 - level1)
    return {Role.LEVEL1: Role.LEVEL2, Role.LEVEL2: Role.LEVEL3} if is_second else {Role.LEVEL2: Role.LEVEL3}


def _numbers_columns(index: CellIndex, row: int) -> bool:
    """Whether a row below headings numbers the columns: 1, 2, 3 and so on."""
    texts = [c.text for c in index.row_cells(row) if c.text] if row < index.rows else []
    return len(texts) >= NUMBERED and texts == [str(n) for n in range(1, len(texts) + 1)]


def _heads_list(roles: Set[Role | Field]) -> bool:
    """Whether columns head row groups: a project's, or a unit's with its money, goal and indicators."""
    if Field.PROJECT_NAME in roles:
        return bool(roles & {Role.GOAL, Role.FUND, Field.UNIT_CODE, Field.PROJECT_CODE})
    units = roles & {Field.IMPLEMENTING_UNIT, Field.DEPARTMENT}
    return bool(units) and {Role.GOAL, Role.FUND} <= roles and not roles.isdisjoint(NAMES)


def _unnamed_level1(index: CellIndex, row: int, columns: list[Column], knowledge: Knowledge) -> list[Column]:
    """A column left of level 2 with a blank heading, when level names stand in it."""
    level2 = next(c for c in columns if c.role == Role.LEVEL2)
    left = [c for c in index.row_cells(row) if c.box.x1 <= level2.x0 + 1 and not c.text]
    if not left:
        return []
    heading = max(left, key=lambda c: c.box.x0)
    below = (c for r in range(row + 1, index.rows) for c in index.starting[r] if c.column == heading.column)
    if not any(level_name(c.text) in knowledge.taxonomy.level1 for c in below if c.text):
        return []
    return [Column(Role.LEVEL1, Label("column", "", column=Role.LEVEL1), "", heading.box.x0, heading.box.x1)]


def _block(index: CellIndex, row: int, bottom: int, knowledge: Knowledge, layout: Layout | None) -> list[Cell]:
    block: dict[int, Cell] = {}
    for r in range(max(0, row - 1), bottom):
        for cell in index.row_cells(r):
            reaches = cell.row + cell.row_span >= row if r < row else True
            if (
                reaches
                and cell.row_span <= TALLEST
                and cell.text
                and cell.row + cell.row_span <= bottom
                and cell.row >= row - 2
            ):
                block[id(cell)] = cell
    above = [c for c in block.values() if c.row + c.row_span <= row]
    # the row above is data or a title
    if above and any(
        not likely(knowledge, c.text, layout) and level_name(c.text) not in knowledge.taxonomy.level1 for c in above
    ):
        for cell in above:
            block.pop(id(cell))
    return list(block.values())


def _heads_others(cell: Cell, block: list[Cell]) -> bool:
    """A heading over narrower headings (其中 over 财政资金, 绩效指标 over the levels) heads no column of its own."""
    return any(
        other.row >= cell.row + cell.row_span
        and other.box.x0 >= cell.box.x0 - 1
        and other.box.x1 <= cell.box.x1 + 1
        and other.column_span < cell.column_span
        for other in block
    )


def _under(
    cell: Cell, label: Label, overs: list[Cell], knowledge: Knowledge, layout: Layout | None
) -> tuple[str, Label]:
    """A fund heading with what it means under the fund heading above it."""
    for over in overs:
        found = meanings(knowledge, over.text, layout).get("fund")
        if found is not None and found.source != "total" and _is_over(over, cell):
            return f"{over.text}/{cell.text}", fund_under(label, found)
    return cell.text, label


def _role(found: Meanings) -> tuple[Role | Field, Label] | None:
    """What a heading of these meanings heads, and the label that says so."""
    if (label := found.get("column")) is not None and label.column is not None:
        return label.column, label
    if (label := found.get("field")) is not None and label.field is not None:
        return label.field, label
    for means, role in LIST_ROLES.items():
        if means in found:
            return role, found[means]
    if (amounts := found.get("fund_column")) is not None:  # 全年执行数 in a list
        is_fund = amounts.scope is not None
        return (Role.FUND, replace(amounts, means="fund", source="total")) if is_fund else (Role.IGNORED, amounts)
    return None
