"""Header rows: where a table names its indicator columns, and whether it is a list with a project in a row group."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import chain
from typing import NamedTuple

from pipeline.forms.cell_index import View
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
from pipeline.tables.model import Cell
from pipeline.text import key

TALLEST = 3  # rows that a header cell may span; a taller cell heads a block beside the rows
NUMBERED = 3  # columns; fewer numbers in a row may be values
_MAY_HEAD_SIGNS = re.compile("方向|性质|符号|类型|运算")
_SIGN = re.compile("^(?:[<>=≥≤≈]+|定性.{0,2}|(?:大于|小于|等于|高于|低于|不少于|不低于|不超过|不高于)(?:或?等于)?)$")
_THIRD, _FOURTH = ("三级", "3级"), ("四级", "4级")
LEVELS = {"level1", "level2", "level3"}
VALUES = {"target", "lifetime_target", "actual", "operator", "unit", "weight"}
GROUP_FIELDS = {
    "project_name",
    "project_code",
    "unit_code",
    "department",
    "implementing_unit",
    "project_category",
    "project_nature",
    "period",
    "department_code",
    "fiscal_year",
    "start_date",
    "end_date",
}


class Column(NamedTuple):
    """A headed column: `role` is an indicator column, `field:NAME`, `fund`, `goal` or `ignored`; x in points.

    `over`: the heading over it that names the level of its indicators (产出指标 over 三级指标), with its page.
    """

    role: str
    label: Label
    text: str
    x0: float
    x1: float
    over: tuple[int, Cell] | None = None

    def as_role(self, role: str) -> Column:
        """The column in another role, or itself."""
        return self if role == self.role else self._replace(role=role)


@dataclass(frozen=True, slots=True)
class Header:
    """Header rows `top` to `bottom` (exclusive) with their columns from left to right."""

    top: int
    bottom: int
    columns: tuple[Column, ...]
    is_list: bool

    def column(self, role: str) -> Column | None:
        return next((c for c in self.columns if c.role == role), None)

    def goes_on_with(self, other: Header) -> bool:
        """Whether another header repeats this one. Where signs stand is told by the rows below, on each page anew."""
        mine, others = ([c.role.replace("operator", "ignored") for c in header.columns] for header in (self, other))
        return mine == others

    @property
    def roles(self) -> tuple[str, ...]:
        return tuple(c.role for c in self.columns)


def find_headers(view: View, knowledge: Knowledge, layout: Layout | None = None) -> list[Header]:
    """All indicator or list headers of a table, top to bottom."""
    headers: list[Header] = []
    row = 0
    while row < view.rows:
        header = _header_at(view, row, knowledge, layout)
        if header is None:
            row += 1
        else:
            headers.append(header)
            row = header.bottom
    return headers


def _header_at(view: View, row: int, knowledge: Knowledge, layout: Layout | None) -> Header | None:
    cells = [
        (c, m)
        for c in view.starting[row]
        if c.row_span <= TALLEST and c.text and (m := meanings(knowledge, c.text, layout))
    ]
    if len(cells) < 2:
        return None
    roles = {m["column"].column for _, m in cells if "column" in m}
    if _names_indicators(roles):
        return _assemble(view, row, knowledge, layout)
    if _names_list(cells):
        return _assemble(view, row, knowledge, layout, list_only=True)
    return None


def _names_indicators(roles: set[str | None]) -> bool:
    if "prose" in roles and "target" in roles and roles & {"operator", "unit"}:  # 绩效指标 heads the names themselves
        return True
    return bool(roles & {"level3", "level1"}) and bool(roles & VALUES or len(roles & LEVELS) > 1)


def _names_list(cells: list[tuple[Cell, Meanings]]) -> bool:
    """Project name, goal and something else side by side as headings: a list without indicator columns of its own."""
    fields = {m["field"].field for _, m in cells if "field" in m}
    goals = any("goal" in m for _, m in cells)
    others = sum("fund" in m or ("column" in m and m["column"].column == "prose") for _, m in cells)
    return "project_name" in fields and goals and others > 0


def _assemble(
    view: View, row: int, knowledge: Knowledge, layout: Layout | None, list_only: bool = False
) -> Header | None:
    """The header block around a row: cells above and beside that head the same rows count too."""
    seeds = [c for c in view.starting[row] if c.row_span <= TALLEST and meanings(knowledge, c.text, layout)]
    heads = [c for c in seeds if list_only or "column" in meanings(knowledge, c.text, layout)]
    # the lowest common row: a block's label beside a form with few rows is as tall as they are
    levels = [c for c in heads if not list_only and meanings(knowledge, c.text, layout)["column"].column in LEVELS]
    bottom = row + (max if list_only else min)(c.row_span for c in levels or heads)
    block = _block(view, row, bottom, knowledge, layout)
    top, lowest = min(c.row for c in block), max(c.row for c in block)
    overs = [c for c in block if c.row + c.row_span <= lowest]  # what others may stand below
    columns: list[Column] = []
    for cell in sorted(block, key=lambda c: -c.row):
        if any(col.x0 - 1 < (cell.box.x0 + cell.box.x1) / 2 < col.x1 + 1 for col in columns):
            continue
        found = _role(_heading(cell, overs, knowledge, layout))
        if found is not None and not (cell in overs and _heads_others(cell, block)):
            text, label = (
                _under(cell, found[1], overs, knowledge, layout) if found[0] == "fund" else (cell.text, found[1])
            )
            over = _level_over(view, cell, overs, knowledge) if found[0] not in LEVELS - {"level3"} else None
            columns.append(Column(found[0], label, text, cell.box.x0, cell.box.x1, over))
    columns.sort(key=lambda c: c.x0)
    columns = _settled(view, bottom, columns, knowledge)
    roles = {c.role for c in columns}
    is_list = _heads_list(roles)
    if list_only and not (is_list and "goal" in roles):
        return None
    if not is_list and "level2" in roles and "level1" not in roles:
        columns = [*_unnamed_level1(view, row, columns, knowledge), *columns]
    if _numbers_columns(view, bottom):
        bottom += 1
    if not is_list:  # a boxed form: only the row itself is header
        columns = [c for c in columns if not c.role.startswith("field:") and c.role not in ("fund", "goal")]
    return Header(top if is_list else row, bottom, tuple(columns), is_list)


def _heading(cell: Cell, overs: list[Cell], knowledge: Knowledge, layout: Layout | None) -> Meanings:
    """What a heading means; below one of targets (中期 and 年度 below 指标值) that comes first."""
    for over in overs:
        column = meanings(knowledge, over.text, layout).get("column") if _is_over(over, cell) else None
        if column is not None and column.column == "target":
            found = guesses(knowledge, cell.text, under="target")
            if found:
                return found
    return likely(knowledge, cell.text, layout)


def _is_over(over: Cell, cell: Cell) -> bool:
    return over.row + over.row_span <= cell.row and over.box.x0 - 1 <= cell.box.x0 and cell.box.x1 <= over.box.x1 + 1


def _level_over(view: View, cell: Cell, overs: list[Cell], knowledge: Knowledge) -> tuple[int, Cell] | None:
    """The heading over several columns that is the name of a level 1."""
    over = next((c for c in overs if _is_over(c, cell) and c.column_span > cell.column_span), None)
    is_level = over is not None and level_name(over.text) in knowledge.taxonomy.level1
    return (view.table.page, over) if over is not None and is_level else None


def _settled(view: View, bottom: int, columns: list[Column], knowledge: Knowledge) -> list[Column]:
    """Columns whose role depends on the others: 绩效指标 for names, 绩效标准 for targets, two levels for three."""
    roles = {c.role for c in columns}
    changed: dict[str, str] = {}
    if "target" in roles and "level3" not in roles:
        if "prose" in roles:
            changed = {"prose": "level3"}
        elif {"level1", "level2"} <= roles:
            changed = _two_levels(view, bottom, columns, knowledge)
    columns = [c.as_role(changed.get(c.role, c.role)) for c in columns]
    columns = _operators(view, bottom, columns)
    if any(c.role == "level3" and key(c.text).startswith(_THIRD) for c in columns):
        columns = [c.as_role("ignored") if _describes(c) else c for c in columns]
    if any(c.role == "target" and c.label.part is None for c in columns):
        columns = [c.as_role("ignored") if c.label.part == "standard" else c for c in columns]
    columns = _level_by_names(view, bottom, columns, knowledge)
    return _single(columns) if sum(c.role == "level3" for c in columns) == 1 else columns


def _single(columns: list[Column]) -> list[Column]:
    """One target and one weight an indicator: the first of several years' targets, not the weights of its levels."""
    targets, weights = ([c for c in columns if c.role == role] for role in ("target", "weight"))
    surplus = [*targets[1:], *weights[:-1]]
    return [c.as_role("ignored") if c in surplus else c for c in columns]


def _level_by_names(view: View, bottom: int, columns: list[Column], knowledge: Knowledge) -> list[Column]:
    """A column headed 绩效指标 left of the indicators' names is the level whose names stand in it."""
    if "level3" not in {c.role for c in columns}:
        return columns
    result = []
    for column in columns:
        role = column.role
        if role == "prose":
            below = chain.from_iterable(view.column(range(bottom, view.rows), column.x0, column.x1))
            names = {level_name(x.text) for x in below if x.text}
            level = next((r for r, known in _known(knowledge) if names and names <= known), None)
            role = level if level is not None and level not in {c.role for c in columns} else role
        result.append(column.as_role(role))
    return result


def _known(knowledge: Knowledge) -> tuple[tuple[str, set[str]], ...]:
    return ("level1", set(knowledge.taxonomy.level1)), ("level2", set(knowledge.taxonomy.level2))


def _operators(view: View, bottom: int, columns: list[Column]) -> list[Column]:
    """The column of signs is where signs stand: 指标性质 heads 正向 and 指标方向 the signs, or the other way round."""
    result = []
    for column in columns:
        role = column.role
        if role == "operator" or (role == "ignored" and _MAY_HEAD_SIGNS.search(column.text)):
            below = chain.from_iterable(view.column(range(bottom, view.rows), column.x0, column.x1))
            texts = {key(x.text) for x in below if x.text and not x.text.isdigit()}  # columns may be numbered
            role = ("operator" if any(map(_SIGN.match, texts)) else "ignored") if texts else role
        result.append(column.as_role(role))
    return result


def _describes(column: Column) -> bool:
    """A heading that is the name of indicators only where no 三级指标 stands beside it: 指标内容."""
    return column.role == "level3" and not key(column.text).startswith((*_THIRD, *_FOURTH))


def _two_levels(view: View, bottom: int, columns: list[Column], knowledge: Knowledge) -> dict[str, str]:
    """How roles move where 二级指标 heads the indicators' own names: below it stands no known level 2."""
    names = {
        c.role: {
            level_name(x.text) for cells in view.column(range(bottom, view.rows), c.x0, c.x1) for x in cells if x.text
        }
        for c in columns
        if c.role in LEVELS
    }
    level1, level2 = set(knowledge.taxonomy.level1), set(knowledge.taxonomy.level2)
    if not names["level2"] or not names["level2"].isdisjoint(level2):
        return {}
    is_second = names["level1"].isdisjoint(level1 - level2) and not names["level1"].isdisjoint(level2 - level1)
    return {"level1": "level2", "level2": "level3"} if is_second else {"level2": "level3"}


def _numbers_columns(view: View, row: int) -> bool:
    """Whether a row below headings numbers the columns: 1, 2, 3 and so on."""
    texts = [c.text for c in view.row_cells(row) if c.text] if row < view.rows else []
    return len(texts) >= NUMBERED and texts == [str(n) for n in range(1, len(texts) + 1)]


def _heads_list(roles: set[str]) -> bool:
    """Whether columns head row groups: a project's, or a unit's with its money, goal and indicators."""
    if "field:project_name" in roles:
        return bool(roles & {"goal", "fund", "field:unit_code", "field:project_code"})
    units = roles & {"field:implementing_unit", "field:department"}
    return bool(units) and {"goal", "fund"} <= roles and bool(roles & LEVELS)


def _unnamed_level1(view: View, row: int, columns: list[Column], knowledge: Knowledge) -> list[Column]:
    """A column left of level 2 with a blank heading, when level names stand in it."""
    level2 = next(c for c in columns if c.role == "level2")
    left = [c for c in view.row_cells(row) if c.box.x1 <= level2.x0 + 1 and not c.text]
    if not left:
        return []
    heading = max(left, key=lambda c: c.box.x0)
    below = (c for r in range(row + 1, view.rows) for c in view.starting[r] if c.column == heading.column)
    if not any(level_name(c.text) in knowledge.taxonomy.level1 for c in below if c.text):
        return []
    return [Column("level1", Label("column", "", column="level1"), "", heading.box.x0, heading.box.x1)]


def _block(view: View, row: int, bottom: int, knowledge: Knowledge, layout: Layout | None) -> list[Cell]:
    block: dict[int, Cell] = {}
    for r in range(max(0, row - 1), bottom):
        for cell in view.row_cells(r):
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


def _role(found: Meanings) -> tuple[str, Label] | None:
    if "column" in found:
        label = found["column"]
        return str(label.column), label
    if "field" in found and found["field"].field in GROUP_FIELDS:
        return f"field:{found['field'].field}", found["field"]
    for means in ("fund", "goal", "ignored", "goal_actual"):
        if means in found:
            return means, found[means]
    if (amounts := found.get("fund_column")) is not None:  # 全年执行数 in a list
        is_fund = amounts.scope is not None
        return ("fund", replace(amounts, means="fund", source="total")) if is_fund else ("ignored", amounts)
    return None
