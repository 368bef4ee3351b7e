"""The label part of a form: fields, the fund block and the goals, each value found from its label."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.forms.cell_index import View
from pipeline.forms.dictionary import NOTHING, Label, Lexicon, Meanings
from pipeline.forms.funds import AMOUNT, Funds
from pipeline.forms.inline_labels import labelled
from pipeline.forms.model import RawForm, Unread, Value, printed, together
from pipeline.forms.rows import is_level
from pipeline.tables.model import Cell
from pipeline.text import join_lines, key

SHORT = 4  # characters of the upper half of a label
SAME_EDGE = 5.0  # points
LONGEST_TITLE, LONGEST_YEAR = 80, 14  # characters of a row over the whole width
_NUMBERED = re.compile(r"[一二三四五六七八九十\d][:：]?$")
_BOX = re.compile("[□☐☑☒√✓✔■]")


class Region:
    """The label part of a form on one page: labels, their values, and the fund grid."""

    def __init__(
        self,
        view: View,
        cells: Sequence[Cell],
        form: RawForm,
        lexicon: Lexicon,
        used: set[int],
    ) -> None:
        self._view, self._cells, self._form, self._used = view, cells, form, used
        self._lexicon = lexicon
        self._page = view.table.page
        self._funds = Funds(view, cells, form, lexicon, used)
        self._halves: dict[int, Meanings] = {}  # lower halves of labels that are printed in two cells

    def _means(self, cell: Cell | None) -> Meanings:
        return self._lexicon.means(cell.text) if cell is not None and cell.text else NOTHING

    def read(self) -> None:
        """Labels in reading order: fields and funds take the cell to the right, goals the right or the one below."""
        self._continued_goal()
        for cell in self._cells:
            if cell.text and id(cell) not in self._used and not self._is_upper_half(cell):
                self._label(cell, self._halves.get(id(cell)) or self._means(cell))
        self._funds.finish()

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
            free = free and id(cell) not in self._used and not self._means(cell)
            taxonomy = self._lexicon.knowledge.taxonomy
            free = free and not any(c is not None and is_level(taxonomy, c.text) for c in (cell, left))
            if cell.text and scope in self._form.goals and free:
                self._form.goals[scope] = together([self._form.goals[scope], printed(self._page, cell)])
                self._used.add(id(cell))

    def _is_upper_half(self, cell: Cell) -> bool:
        """Whether a goal's label goes on in the cell below (年度 over 总体目标); no value stands beside this cell."""
        below, right = self._view.below(cell), self._view.right_of(cell)
        if below is None or len(cell.text) > SHORT or below.column_span != cell.column_span or not self._means(right):
            return False
        whole = self._lexicon.means(cell.text + below.text)
        if "goal" not in whole or "goal" not in self._means(below):
            return False
        self._used.add(id(cell))
        self._halves[id(below)] = whole
        return True

    def _label(self, cell: Cell, found: Meanings) -> None:
        if not found.keys() - {"section"}:
            self._inline(cell)
        elif "field" in found:
            self._field(cell, found["field"])
        elif "fund" in found:
            self._funds.take(cell, found["fund"])
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
        """A text that no dictionary knows: label and value in one cell, a title or year row, or a likely label."""
        if (
            self._goal_inside(cell)
            or self._funds.take_amounts(cell, None)
            or self._labelled(cell)
            or self._titled(cell)
        ):
            self._used.add(id(cell))
        else:
            self._likely(cell)

    def _titled(self, cell: Cell) -> bool:
        """A row of the title or of the year, over the whole width."""
        text = key(cell.text)
        if cell.column_span < self._view.columns:
            return False
        if "绩效" in text and len(text) < LONGEST_TITLE and self._form.title is None:
            self._form.title = printed(self._page, cell)
            return True
        if re.search(r"20\d\d", text) and len(text) < LONGEST_YEAR:
            self._form.year_line = printed(self._page, cell)
            return True
        return False

    def _goal_inside(self, cell: Cell) -> bool:
        """A goal below its label in the same cell."""
        if len(cell.lines) < 2 or "goal" not in (head := self._lexicon.means(cell.lines[0].text)):
            return False
        rest = Value(join_lines([x.text for x in cell.lines[1:]]), printed(self._page, cell).parts)
        self._form.goals.setdefault(head["goal"].scope or "annual", rest)
        return True

    def _labelled(self, cell: Cell) -> bool:
        """A label and its value that a colon divides."""
        parts = labelled(cell.text)
        if parts is None:
            return False
        name, text = parts
        found = {**self._lexicon.guesses(name), **self._lexicon.means(name)}
        value = Value(text, printed(self._page, cell).parts)
        if "field" in found:
            self._take_field(name, found["field"], value)
        elif "goal" in found:
            self._form.goals.setdefault(found["goal"].scope or "annual", value)
        elif AMOUNT.match(text) and (fund := self._funds.named(name)) is not None:
            self._funds.note_unit(cell)
            self._funds.emit(name, fund, value)
        elif "ignored" in found:
            text = name if found["ignored"].private else cell.text
            self._form.unread.append(Unread("ignored", text, self._page, cell.box))
        else:
            return False
        return True

    def _likely(self, cell: Cell) -> None:
        """A text that no label claims and no dictionary knows, with a value beside it: what patterns of labels say."""
        found, right = self._lexicon.guesses(cell.text), self._view.right_of(cell)
        if right is None or not right.text or id(right) in self._used or self._lexicon.likely(right.text):
            if "block" in found and right is not None and self._lexicon.likely(right.text):
                self._other(cell, {"block": found["block"]})
            elif found.keys() & {"goal", "goal_actual"}:
                self._likely_goal(cell, found)
            return
        is_amount = bool(AMOUNT.match(right.text))
        if "fund" in found and is_amount and self._funds.are_around(cell):
            self._funds.take(cell, found["fund"])
        elif "field" in found:
            self._field(cell, found["field"])
        else:
            rest = {m: x for m, x in found.items() if m not in ("fund", "fund_column", "column")}
            if rest and (not is_amount or "total_row" in rest):
                self._label(cell, rest)

    def _likely_goal(self, cell: Cell, found: Meanings) -> None:
        """A likely heading of a goal, or of what was reached of it, over its text."""
        below = self._view.below(cell)
        if below is None or not below.text or below.column_span != cell.column_span:
            return
        if id(below) not in self._used and not self._lexicon.likely(below.text):
            self._label(cell, {m: x for m, x in found.items() if m in ("goal", "goal_actual")})

    def _field(self, cell: Cell, label: Label) -> None:
        right = self._view.right_of(cell)
        self._used.add(id(cell))
        if right is None or "field" in self._means(right):
            return
        self._used.add(id(right))
        if right.text:
            value = printed(self._page, right)
            while _BOX.search(right.text) and (right := self._view.right_of(right)) and _BOX.search(right.text):
                value = together([value, printed(self._page, right)])  # options stand in cells of their own
                self._used.add(id(right))
            self._take_field(cell.text, label, value)

    def _take_field(self, name: str, label: Label, value: Value) -> None:
        """A field's value: the first, but who fills the form in (单位名称) is the unit only where no label names it."""
        fields, field = self._form.fields, str(label.field)
        other = fields.get(field)
        if field == "project_name" and other is not None and _BOX.search(value.text):
            field, other = "project_category", fields.get("project_category")  # 支出项目类别: options, no name
        if other is None or (field in self._form.weak and label.part != "filer"):
            fields[field] = value
            self._form.weak = {*self._form.weak, field} if label.part == "filer" else self._form.weak - {field}
        else:
            other = value
        if other is not None and key(fields[field].text) != key(other.text):  # 省级主管部门 after 中央主管部门
            text = f"{name}: {other.text}"
            self._form.unread.append(Unread("ignored", text, self._page, other.parts[0].box))

    def _goal(self, cell: Cell, label: Label) -> bool:
        """A goal's text beside its label, or below when labels stand beside it. False when it only heads labels."""
        right = self._view.right_of(cell)
        if "block" in self._means(cell) and self._heads_goals(cell):
            return False
        free = right is not None and not self._means(right) and right.text and id(right) not in self._used
        if right is not None and free and not self._is_heading_beside(cell, right):
            self._take_goal(cell, self._numbered(self._stacked(cell, right)), label)
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

    def _numbered(self, cells: Sequence[Cell]) -> Sequence[Cell]:
        """The texts beside labels that number the parts of a goal (绩效目标1, 绩效目标2); else the cells themselves."""
        beside = [self._view.right_of(c) for c in cells]
        if not all(_NUMBERED.search(key(c.text)) and "goal" in self._lexicon.guesses(c.text) for c in cells):
            return cells
        texts = [c for c in beside if c is not None and c.text]
        if len(texts) < len(cells):
            return cells
        self._used |= set(map(id, cells))
        return texts

    def _is_heading_beside(self, cell: Cell, right: Cell) -> bool:
        """Whether a text beside a goal's label is a heading as well, each over a text of its own."""
        texts = [self._view.below(cell), self._view.below(right)]
        heads = all(c is not None and c.text and not self._means(c) and id(c) not in self._used for c in texts)
        return cell.row_span == 1 and heads and bool(self._lexicon.likely(right.text).keys() & {"goal", "goal_actual"})

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
            self._form.goals[scope] = together(parts)
        self._form.goal_places.append((scope, values[-1].box.x0))

    def _other(self, cell: Cell, found: Meanings) -> None:
        self._used.add(id(cell))
        if "block" in found:
            self._funds.note_unit(cell)
            self._funds.take_amounts(self._view.right_of(cell), self._funds.of_block(cell))
        if (column := found.get("fund_column")) is not None and column.scope and "block" not in found:
            self._funds.take(cell, replace(column, means="fund", source="total"))
        if "goal_actual" in found:
            self._not_carried(cell, self._view.below(cell), self._view.right_of(cell))
        if "ignored" in found or "total_row" in found:
            private = "ignored" in found and found["ignored"].private
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
