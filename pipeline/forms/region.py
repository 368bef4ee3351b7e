"""The label part of a form: fields, the fund block and the goals, each value found from its label."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from pipeline.forms.knowledge import NOTHING, Label, Meanings, fund_under
from pipeline.forms.model import Printed, RawForm, RawFund, Unread, printed
from pipeline.forms.view import View
from pipeline.grid.model import Cell
from pipeline.text import join_lines, key

AMOUNT = re.compile(r"^[-－(（]?[\d,，.．\s]*\d[\d,，.．\s]*[)）]?(?:元|万元|亿元|%)?$|^[-—－–/\s*]+$")
PRIVATE = "a person"  # how the reason begins for which names and telephone numbers are left out
UNIT_LENGTH = 24  # characters; a longer text that ends with a unit is a sentence
SHORT = 4  # characters of the upper half of a label
SAME_EDGE = 5.0  # points
_UNIT = re.compile(r"[(（](?:单位[:：])?(万元|元|亿元|千元)[)）]")
_BOX = re.compile("[□☐☑☒√✓✔■]")
_INLINE = re.compile(r"^([^:：]{2,16})[:：](.+)$", re.DOTALL)


class Region:
    """The label part of a form on one page: labels, their values, and the fund grid."""

    def __init__(
        self, view: View, cells: Sequence[Cell], form: RawForm, means: Callable[[str], Meanings], used: set[int]
    ) -> None:
        self._view, self._cells, self._form, self._used = view, cells, form, used
        self._means_of = means
        self._page = view.table.page
        self._scopes: dict[int, str] = {}  # scope of the last total above, by label column
        self._row_scopes: dict[int, str] = {}  # scope of the last total to the left, by row
        self._columns: list[tuple[Cell, Label]] = []  # headings of a fund grid by scope: 年初预算数, 全年执行数
        self._heads: list[tuple[Cell, Label]] = []  # fund labels over their amounts
        self._halves: dict[int, Meanings] = {}  # lower halves of labels that are printed in two cells

    def _means(self, cell: Cell | None) -> Meanings:
        return self._means_of(cell.text) if cell is not None and cell.text else NOTHING

    def read(self) -> None:
        """Labels in reading order: fields and funds take the cell to the right, goals the right or the one below."""
        self._columns = [(c, m["fund_column"]) for c in self._cells if "fund_column" in (m := self._means(c))]
        if not any(label.scope for _, label in self._columns):
            self._columns = []
        self._used |= {id(c) for c, _ in self._columns}
        for cell, label in self._columns:
            if label.part == "ignored":  # years below 近两年收支金额 head its parts
                parts = self._view.under(min(cell.row + cell.row_span, self._view.rows - 1), cell.box.x0, cell.box.x1)
                self._used |= {id(c) for c in parts if c.column_span < cell.column_span}
        self._heads = [
            (c, m["fund"]) for c in self._cells if "fund" in (m := self._means(c)) and not self._values_right(c)
        ]
        self._continued_goal()
        for cell in self._cells:
            if cell.text and id(cell) not in self._used and not self._is_upper_half(cell):
                self._label(cell, self._halves.get(id(cell)) or self._means(cell))
        for cell, label in self._heads:
            if id(cell) not in self._used:
                self._below(cell, label)
        if self._form.unit is None and self._form.funds:
            self._unit_elsewhere()

    def _continued_goal(self) -> None:
        """Texts at a page's head without a label, below the goals that the page before ended with: their rest."""
        if not self._form.goal_places or not self._cells or self._page == self._form.page_first:
            return
        row = self._cells[0].row
        for cell in self._view.row_cells(row):
            left = self._view.left_of(cell)
            beside = self._means(left)
            free = not beside or id(left) in self._used or bool(beside.keys() & {"goal", "block"})
            scope = next((s for s, x0 in self._form.goal_places if abs(cell.box.x0 - x0) < SAME_EDGE), None)
            if cell.text and scope in self._form.goals and free and not self._means(cell):
                self._form.goals[scope] = self._form.goals[scope] + printed(self._page, cell)
                self._used.add(id(cell))

    def _is_upper_half(self, cell: Cell) -> bool:
        """Whether a goal's label goes on in the cell below (年度 over 总体目标); no value stands beside this cell."""
        below, right = self._view.below(cell), self._view.right_of(cell)
        if below is None or len(cell.text) > SHORT or below.column_span != cell.column_span or not self._means(right):
            return False
        whole = self._means_of(cell.text + below.text)
        if "goal" not in whole or "goal" not in self._means(below):
            return False
        self._used.add(id(cell))
        self._halves[id(below)] = whole
        return True

    def _label(self, cell: Cell, found: Meanings) -> None:
        if not found:
            self._inline(cell)
        elif "field" in found:
            self._field(cell, found["field"])
        elif "fund" in found:
            self._fund(cell, found["fund"])
        elif ("goal" in found and self._goal(cell, found["goal"])) or found.keys() & {
            "block",
            "goal",
            "column",
            "goal_actual",
            "total_row",
            "ignored",
            "fund_column",
        }:
            self._other(cell, found)

    def _inline(self, cell: Cell) -> None:
        """A label and its value in one cell, divided by a colon; a title or year row."""
        text = key(cell.text)
        if cell.column_span == len(self._view.owner[0]):
            if "绩效" in text and len(text) < 80 and self._form.title is None:
                self._form.title = printed(self._page, cell)
                self._used.add(id(cell))
                return
            if re.search(r"20\d\d", text) and len(text) < 14:
                self._form.year_line = printed(self._page, cell)
                self._used.add(id(cell))
                return
        if len(cell.lines) > 1 and "goal" in (head := self._means_of(cell.lines[0].text)):
            rest = Printed(join_lines([x.text for x in cell.lines[1:]]), printed(self._page, cell).parts)
            self._form.goals.setdefault(head["goal"].scope or "annual", rest)
            self._used.add(id(cell))
            return
        match = _INLINE.match(cell.text)
        if match is None:
            return
        found = self._means_of(match[1])
        value = Printed(match[2].strip(), printed(self._page, cell).parts)
        if "field" in found:
            self._form.fields.setdefault(str(found["field"].field), value)
            self._used.add(id(cell))
        elif "goal" in found:
            self._form.goals.setdefault(found["goal"].scope or "annual", value)
            self._used.add(id(cell))
        elif "fund" in found and AMOUNT.match(value.text):
            fund = found["fund"]
            self._form.funds.append(RawFund(match[1], str(fund.source), fund.scope, value, item=fund.part == "item"))
            self._used.add(id(cell))

    def _field(self, cell: Cell, label: Label) -> None:
        right = self._view.right_of(cell)
        self._used.add(id(cell))
        if right is None or "field" in self._means(right):
            return
        self._used.add(id(right))
        if right.text:
            value = printed(self._page, right)
            while _BOX.search(right.text) and (right := self._view.right_of(right)) and _BOX.search(right.text):
                value = value + printed(self._page, right)  # options stand in cells of their own
                self._used.add(id(right))
            first = self._form.fields.setdefault(str(label.field), value)
            if key(first.text) != key(value.text):  # 省级主管部门 after 中央主管部门
                text = f"{cell.text}: {value.text}"
                self._form.unread.append(Unread("ignored", text, self._page, value.parts[0].box))

    def _fund(self, cell: Cell, label: Label) -> None:
        scope = label.scope
        if label.source != "total":
            scope = scope or self._scopes.get(cell.column) or self._row_scopes.get(cell.row)
        elif label.scope:
            self._scopes[cell.column] = self._row_scopes[cell.row] = label.scope
        values = self._values_right(cell)
        headed = [(v, self._heading(v)) for v in values]
        if any(h is not None for _, h in headed):
            self._used.add(id(cell))
            self._fund_grid(cell, label, [*headed, *self._remarks(values[-1])])
        elif len(values) > 1 and label.source == "total" and any(self._head_over(v) for v in values):
            placed = [(v, head[0]) for v in values if (head := self._head_over(v))]
            self._used |= {id(cell), *(id(c) for pair in placed for c in pair)}
            for value, _ in placed:
                self._emit_head(value)
        elif values:
            self._used |= {id(cell), id(values[0])}
            self._note_unit(cell)
            if values[0].text:
                amount, item = printed(self._page, values[0]), label.part == "item"
                self._form.funds.append(RawFund(cell.text, str(label.source), scope, amount, item=item))

    def _values_right(self, cell: Cell) -> list[Cell]:
        """The cells to the right up to the next label: amounts, dashes or blanks."""
        values: list[Cell] = []
        right = self._view.right_of(cell)
        while (
            right is not None
            and right not in values
            and not self._means(right)
            and (not right.text or AMOUNT.match(right.text))
        ):
            values.append(right)
            right = self._view.at(cell.row, right.column + right.column_span)
        return values

    def _heading(self, value: Cell) -> Label | None:
        middle = (value.box.x0 + value.box.x1) / 2
        above = [(c, label) for c, label in self._columns if c.row < value.row and c.box.x0 <= middle <= c.box.x1]
        return max(above, key=lambda x: x[0].row)[1] if above else None

    def _remarks(self, last: Cell) -> list[tuple[Cell, Label | None]]:
        """The texts right of a fund grid's last amount, below headings of what is not carried (原因)."""
        remarks: list[tuple[Cell, Label | None]] = []
        right = self._view.right_of(last)
        while right is not None and (label := self._heading(right)) is not None and label.part == "ignored":
            remarks.append((right, label))
            right = self._view.right_of(right)
        return remarks

    def _fund_grid(self, cell: Cell, label: Label, headed: list[tuple[Cell, Label | None]]) -> None:
        """A row of a fund grid: amounts by the scope of their column, then rate and score of the executed amount."""
        extras = {h.part: printed(self._page, v) for v, h in headed if h is not None and h.part and v.text}
        for value, heading in headed:
            self._used.add(id(value))
            if heading is not None and heading.part == "ignored" and value.text:
                self._form.unread.append(Unread("ignored", f"{heading.name}: {value.text}", self._page, value.box))
            if heading is not None and heading.scope and value.text:
                text, source = self._narrower(cell, label, value)
                executed = heading.scope == "executed" and source == label.source
                self._form.funds.append(
                    RawFund(
                        text,
                        source,
                        heading.scope,
                        printed(self._page, value),
                        extras.get("rate") if executed else None,
                        extras.get("score") if executed else None,
                        extras.get("weight") if executed else None,
                    )
                )

    def _narrower(self, cell: Cell, label: Label, value: Cell) -> tuple[str, str]:
        """Label and source of an amount in a row of totals: its column may be headed 财政拨款 below 全年预算数."""
        head = self._head_over(value) if label.source == "total" else None
        if head is None:
            return cell.text, str(label.source)
        self._used.add(id(head[0]))
        return head[0].text, str(head[1].source)

    def _note_unit(self, cell: Cell) -> None:
        unit = _UNIT.search(key(cell.text))
        if unit and self._form.unit is None:
            self._form.unit = Printed(unit[1], printed(self._page, cell).parts)

    def _unit_elsewhere(self) -> None:
        """The unit from a cell that is no label itself: （万元） below 资金金额, or an amount between them."""
        named = [c for c in self._cells if len(c.text) <= UNIT_LENGTH and _UNIT.search(key(c.text))]
        if len({unit[1] for c in named if (unit := _UNIT.search(key(c.text)))}) == 1:
            self._note_unit(named[0])

    def _goal(self, cell: Cell, label: Label) -> bool:
        """A goal's text beside its label, or below when labels stand beside it. False when it only heads labels."""
        right = self._view.right_of(cell)
        if "block" in self._means(cell) and self._heads_goals(cell):
            return False
        if right is not None and not self._means(right) and right.text and id(right) not in self._used:
            self._take_goal(cell, self._stacked(cell, right), label)
            return True
        if right is not None and self._means(right) and cell.row_span > 1:
            return False
        below = self._view.below(cell)
        if (
            below is not None
            and not self._means(below)
            and id(below) not in self._used
            and below.column_span == cell.column_span
        ):
            self._take_goal(cell, self._boxes_below(cell, below), label)
            return True
        return False

    def _boxes_below(self, label: Cell, first: Cell) -> list[Cell]:
        """The cells below a goal's heading, as far down as the tall label beside it, if there is one, reaches."""
        left = self._view.left_of(label)
        if left is None or not self._means(left) or left.row + left.row_span <= first.row + first.row_span:
            return [first]
        cells = [first]
        while (below := self._view.below(cells[-1])) is not None and below.row < left.row + left.row_span:
            if self._means(below) or below.column_span != label.column_span:
                break
            cells.append(below)
        return cells

    def _heads_goals(self, cell: Cell) -> bool:
        """Whether labels of goals stand to the right of a block's label: then the block has no text of its own."""
        rows = range(cell.row, cell.row + cell.row_span)
        return any(c.row in rows and c.column > cell.column and "goal" in self._means(c) for c in self._cells)

    def _stacked(self, label: Cell, first: Cell) -> list[Cell]:
        """The cells beside a tall label: a goal may be printed in several boxes below each other."""
        cells = [first]
        row = first.row + first.row_span
        while row < label.row + label.row_span:
            cell = self._view.at(row, first.column)
            if cell is None or self._means(cell) or cell.column_span != first.column_span:
                break
            cells.append(cell)
            row = cell.row + cell.row_span
        return cells

    def _take_goal(self, cell: Cell, values: Sequence[Cell], label: Label) -> None:
        scope = label.scope or "annual"
        self._used.add(id(cell))
        if scope in self._form.goals:  # a second text of the same scope is reported, not mixed in
            return
        self._used |= set(map(id, values))
        parts = [printed(self._page, v) for v in values if v.text]
        if parts:
            self._form.goals[scope] = sum(parts[1:], parts[0])
        self._form.goal_places.append((scope, values[-1].box.x0))

    def _other(self, cell: Cell, found: Meanings) -> None:
        self._used.add(id(cell))
        if "block" in found:
            self._note_unit(cell)
        if "goal_actual" in found:
            self._not_carried(cell, self._view.below(cell), self._view.right_of(cell))
        if "ignored" in found or "total_row" in found:
            private = "ignored" in found and (found["ignored"].why or "").startswith(PRIVATE)
            right = self._view.right_of(cell)
            while right is not None and not self._means(right):
                self._used.add(id(right))
                if right.text:
                    text = cell.text if private else f"{cell.text}: {right.text}"
                    self._form.unread.append(Unread("ignored", text, self._page, right.box))
                right = self._view.at(cell.row, right.column + right.column_span)

    def _not_carried(self, label: Cell, *places: Cell | None) -> None:
        """The value of a label that has no column in the tables: in the first of the places that is no label."""
        value = next((v for v in places if v is not None and not self._means(v) and id(v) not in self._used), None)
        if value is not None and value.text:
            self._used.add(id(value))
            self._form.unread.append(Unread("ignored", f"{label.text}: {value.text}", self._page, value.box))

    def _head_over(self, value: Cell) -> tuple[Cell, Label] | None:
        """The nearest fund heading over an amount."""
        middle = (value.box.x0 + value.box.x1) / 2
        above = [(c, label) for c, label in self._heads if c.row < value.row and c.box.x0 <= middle <= c.box.x1]
        return max(above, key=lambda x: x[0].row, default=None)

    def _emit_head(self, value: Cell) -> None:
        """An amount under its heading; under 财政拨款 a 合计 is the fiscal amount, its neighbours are parts of it."""
        found = self._head_over(value)
        if found is None or not value.text:
            return
        head, label = found
        self._used.add(id(head))
        self._note_unit(head)
        parents = [
            (c, over)
            for c, over in self._heads
            if c.row + c.row_span <= head.row and c.box.x0 - 1 <= head.box.x0 and head.box.x1 <= c.box.x1 + 1
        ]
        text, scope = head.text, label.scope or self._scope_beside(head)
        for over_head, _ in parents:
            self._used.add(id(over_head))
            self._note_unit(over_head)
        parent, over = max(parents, key=lambda x: x[0].row, default=(head, label))
        if parent is not head and over.source != "total":
            text, label = f"{parent.text}/{head.text}", fund_under(label, over)
        amount, item = printed(self._page, value), label.part == "item"
        self._form.funds.append(RawFund(text, str(label.source), scope, amount, item=item))

    def _scope_beside(self, head: Cell) -> str | None:
        """The scope that the totals among the headings beside it say, where they agree."""
        scopes = {label.scope for c, label in self._heads if label.source == "total" and c.row == head.row}
        return scopes.pop() if len(scopes) == 1 else None

    def _below(self, cell: Cell, label: Label) -> None:
        """A fund heading over its amount, unless a row of totals gave it already."""
        below = self._view.below(cell)
        self._used.add(id(cell))
        self._note_unit(cell)
        if (
            below is None
            or id(below) in self._used
            or self._means(below)
            or (below.text and not AMOUNT.match(below.text))
        ):
            return
        if self._head_over(below) == (cell, label):
            self._used.add(id(below))
            self._emit_head(below)
