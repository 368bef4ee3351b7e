"""The label part of a form: fields, the fund block and the goals, each value found from its label."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.forms.cell_index import CellIndex
from pipeline.forms.dictionary import NOTHING, Label, Lexicon, Meanings
from pipeline.forms.funds import Funds
from pipeline.forms.goal_cells import NUMBERED, GoalCells
from pipeline.forms.inline_labels import glued, labelled
from pipeline.forms.model import OtherValue, RawForm, Value, ValuePlace, goal_scope, printed, together
from pipeline.forms.reading import Reading, Rule, Use
from pipeline.forms.roles import Field, Means, Role, Scope
from pipeline.forms.rows import is_level
from pipeline.notation import AMOUNT_CELL
from pipeline.tables.model import Cell
from pipeline.text import join_lines, key

SHORT = 4  # characters of the upper half of a label
SAME_EDGE = 5.0  # points
LONGEST_TITLE, LONGEST_YEAR = 80, 14  # characters of a row over the whole width
_OTHERS: dict[Means, Rule] = {
    "block": Rule.BLOCK,
    "goal_actual": Rule.GOAL,
    "tasks": Rule.TASK,
    "ignored": Rule.NO_COLUMN,
    "total_row": Rule.NO_COLUMN,
    "fund_column": Rule.FUND_GRID,
    "goal": Rule.GOAL,
    "column": Rule.HEADER,
}
"""The meanings of labels that head others or whose value has no column, each with the rule that takes the label."""
SCORE = re.compile(r"^\d{1,3}(?:\.\d+)?分?$")
_BOX = re.compile("[□☐☑☒√✓✔■]")


class LabelArea:
    """The label part of a form on one page: labels, their values, and the fund grid."""

    def __init__(
        self,
        index: CellIndex,
        cells: Sequence[Cell],
        form: RawForm,
        lexicon: Lexicon,
        reading: Reading,
    ) -> None:
        self._index, self._cells, self._form, self._reading = index, cells, form, reading
        self._lexicon = lexicon
        self._page = index.table.page
        self._funds = Funds(index, cells, form, lexicon, reading)
        self._goal_cells = GoalCells(index, cells, lexicon, reading)

    def _means(self, cell: Cell | None) -> Meanings:
        return self._lexicon.means(cell.text) if cell is not None and cell.text else NOTHING

    def read(self) -> None:
        """Labels in reading order: fields and funds take the cell to the right, goals the right or the one below."""
        self._funds.take_headings()
        self._take_continued()
        halves: dict[tuple[int, int], Meanings] = {}  # of labels in two cells: by place of the lower one, the meanings
        for cell in self._cells:
            if not cell.text or self._reading.is_taken(cell):
                continue
            split = self._split_goal_label(cell)
            if split is None:
                self._take_label(cell, halves.get((cell.row, cell.column)) or self._means(cell))
            else:
                below, whole = split
                self._reading.take(cell, Use.LABEL, Rule.SPLIT_LABEL, whole["goal"])
                halves[below.row, below.column] = whole
        self._funds.finish()

    def _take_continued(self) -> None:
        """Texts at a page's head without a label: the rest of a goal, or of a value that the page before ended with."""
        places = self._form.value_places
        if places and self._cells and self._page != self._form.page_first:
            for cell in self._index.row_cells(self._cells[0].row):
                place = next((p for p in places if abs(cell.box.x0 - p.left) < SAME_EDGE), None)
                if cell.text and place is not None and self._may_go_on(cell):
                    self._take_rest(cell, place)
        places[:] = [place for place in places if place.label.means == "goal"]  # rests of others stand nowhere else

    def _take_rest(self, cell: Cell, place: ValuePlace) -> None:
        """Add the rest of a value. Where the page before has only the label, the rest is all of it."""
        rest, left = printed(self._page, cell), self._index.left_of(cell)
        if place.label.field is not None:
            if left is None or left.text:
                return
            fields, field = self._form.fields, place.label.field
            fields[field] = together([fields[field], rest]) if field in fields else rest
            self._reading.take(cell, Use.VALUE, Rule.VALUE_REST, place.label)
            return
        goals, scope = self._goals(place.label), goal_scope(place.label)
        if scope in goals or place.at_foot:
            goals[scope] = together([goals[scope], rest]) if scope in goals else rest
            self._reading.take(cell, Use.VALUE, Rule.GOAL_REST, place.label)

    def _goals(self, label: Label) -> dict[Scope, Value]:
        """The goals, or what was reached of them, as the label says."""
        return self._form.goals_actual if label.means == "goal_actual" else self._form.goals

    def _note_place(self, label: Label, value: Cell) -> None:
        at_foot = value.row + value.row_span == self._index.rows
        if at_foot or label.means == "goal":
            self._form.value_places.append(ValuePlace(label, value.box.x0, at_foot))

    def _may_go_on(self, cell: Cell) -> bool:
        """Whether a text is no label, no level, and the value of no label to its left."""
        left = self._index.left_of(cell)
        beside = self._means(left)
        if self._reading.is_taken(cell) or self._means(cell):
            return False
        if left is not None and beside and not self._reading.is_taken(left) and not beside.keys() & {"goal", "block"}:
            return False
        taxonomy = self._lexicon.knowledge.taxonomy
        return not any(c is not None and is_level(taxonomy, c.text) for c in (cell, left))

    def _split_goal_label(self, cell: Cell) -> tuple[Cell, Meanings] | None:
        """The cell below in which a goal's label goes on (年度 over 总体目标), and the meanings of the whole label.

        None where a value stands beside this cell.
        """
        below, right = self._index.below(cell), self._index.right_of(cell)
        if below is None or len(cell.text) > SHORT or below.column_span != cell.column_span or not self._means(right):
            return None
        whole = self._lexicon.means(cell.text + below.text)
        return (below, whole) if "goal" in whole and "goal" in self._means(below) else None

    def _take_label(self, cell: Cell, found: Meanings) -> None:
        """Take a text of these meanings as the label that it is, with its value."""
        if not found.keys() - {"section"}:
            self._take_unlisted(cell)
        elif "field" in found:
            self._take_field_beside(cell, found["field"])
        elif "fund" in found:
            self._funds.take(cell, found["fund"])
        else:
            if "goal" in found:
                self._take_goal_beside(cell, found["goal"])
            self._take_other(cell, found)

    def _take_unlisted(self, cell: Cell) -> None:
        """A text that no dictionary knows: label and value in one cell, a title or year row, or a likely label."""
        if not (
            self._take_goal_inside(cell)
            or self._funds.take_amounts(cell, None)
            or self._take_labelled(cell)
            or self._take_glued(cell)
            or self._take_title(cell)
        ):
            self._take_likely(cell)

    def _take_title(self, cell: Cell) -> bool:
        """A row of the title or of the year, over the whole width."""
        text = key(cell.text)
        if cell.column_span < self._index.columns:
            return False
        if "绩效" in text and len(text) < LONGEST_TITLE and self._form.title is None:
            self._form.title = printed(self._page, cell)
            self._reading.take(cell, Use.TITLE, Rule.TITLE_ROW)
            return True
        if re.search(r"20\d\d", text) and len(text) < LONGEST_YEAR:
            self._form.year_line = printed(self._page, cell)
            self._reading.take(cell, Use.VALUE, Rule.YEAR_ROW, role=Field.FISCAL_YEAR)
            return True
        return False

    def _take_goal_inside(self, cell: Cell) -> bool:
        """A goal below its label in the same cell."""
        if len(cell.lines) < 2 or "goal" not in (head := self._lexicon.means(cell.lines[0].text)):
            return False
        rest = Value(join_lines([x.text for x in cell.lines[1:]]), printed(self._page, cell).parts)
        self._take_labelled_goal(cell, cell.lines[0].text, head["goal"], rest)
        self._reading.take(cell, Use.VALUE, Rule.GOAL_IN_LABEL, head["goal"])
        return True

    def _take_labelled(self, cell: Cell) -> bool:
        """A label and its value that a colon divides."""
        parts = labelled(cell.text)
        if parts is None:
            return False
        name, text = parts
        found = {**self._lexicon.guesses(name), **self._lexicon.means(name)}
        value = Value(text, printed(self._page, cell).parts)
        use, label = Use.VALUE, found.get("field") or found.get("goal")
        if label is not None and label.means == "field":
            self._take_field(name, label, value)
        elif label is not None:
            self._take_labelled_goal(cell, name, label, value)
        elif AMOUNT_CELL.match(text) and (label := self._funds.named(name)) is not None:
            self._funds.note_unit(cell)
            self._funds.emit(name, label, value)
        elif (label := found.get("ignored")) is not None:
            use = Use.OTHER
            self._keep(name, label, value)
        else:
            return False
        self._reading.take(cell, use, Rule.INLINE, label)
        return True

    def _keep(self, name: str, label: Label, value: Value) -> None:
        """Keep a value that has no column in the tables, unless it names a person or a telephone."""
        if not label.private:
            self._form.others.append(OtherValue(name, value.text, value.page, value.parts[0].box))

    def _take_labelled_goal(self, cell: Cell, name: str, label: Label, value: Value) -> None:
        """A goal behind its label. A number of its part is printed text of the goal: 目标1：…, 目标2：…"""
        scope, goals = goal_scope(label), self._form.goals
        whole = printed(self._page, cell)
        if NUMBERED.search(key(name)):
            goals[scope] = together([goals[scope], whole]) if scope in goals else whole
        elif scope not in goals:
            goals[scope] = value
        else:
            self._keep(name, label, value)

    def _take_glued(self, cell: Cell) -> bool:
        """A field's label and its value, with neither a colon nor a rule between, as in all cells of their row."""
        row = [c for c in self._index.row_cells(cell.row) if c.row_span == cell.row_span or c.column > cell.column]
        parts = [glued(c.text, self._lexicon) for c in row]
        if cell not in row or None in parts:
            return False
        found = parts[row.index(cell)]
        if found is None:
            return False
        name, label, text = found
        self._take_field(name, label, Value(text, printed(self._page, cell).parts))
        self._reading.take(cell, Use.VALUE, Rule.INLINE, label)
        return True

    def _take_likely(self, cell: Cell) -> None:
        """A text that no label claims and no dictionary knows, with a value beside it: what patterns of labels say."""
        found, right = self._lexicon.guesses(cell.text), self._index.right_of(cell)
        if right is None or not right.text or self._reading.is_taken(right) or self._lexicon.likely(right.text):
            if "block" in found and right is not None and self._lexicon.likely(right.text):
                self._take_other(cell, {"block": found["block"]})
            elif found.keys() & {"goal", "goal_actual"}:
                self._take_likely_goal(cell, found)
            return
        is_amount = bool(AMOUNT_CELL.match(right.text))
        if "fund" in found and is_amount and self._funds.are_around(cell):
            self._funds.take(cell, found["fund"])
        elif "field" in found:
            self._take_field_beside(cell, found["field"])
        else:
            rest = {m: x for m, x in found.items() if m not in ("fund", "fund_column", "column")}
            if rest and (not is_amount or "total_row" in rest):
                self._take_label(cell, rest)

    def _take_likely_goal(self, cell: Cell, found: Meanings) -> None:
        """A likely heading of a goal, or of what was reached of it, over its text."""
        below = self._index.below(cell)
        if below is None or not below.text or below.column_span != cell.column_span:
            return
        if not self._reading.is_taken(below) and not self._lexicon.likely(below.text):
            self._take_label(cell, {m: x for m, x in found.items() if m in ("goal", "goal_actual")})

    def _take_field_beside(self, cell: Cell, label: Label) -> None:
        right = self._index.right_of(cell)
        self._reading.take(cell, Use.LABEL, Rule.FIELD, label)
        if right is None or "field" in self._means(right):
            return
        self._reading.take(right, Use.VALUE, Rule.FIELD, label)
        self._note_place(label, right)
        if right.text:
            value = printed(self._page, right)
            while _BOX.search(right.text) and (right := self._index.right_of(right)) and _BOX.search(right.text):
                value = together([value, printed(self._page, right)])  # options stand in cells of their own
                self._reading.take(right, Use.VALUE, Rule.FIELD, label)
            self._take_field(cell.text, label, value)

    def _take_field(self, name: str, label: Label, value: Value) -> None:
        """A field's value: the first, but who fills the form in (单位名称) is the unit only where no label names it."""
        fields, field = self._form.fields, label.field
        assert field is not None  # what loads the dictionary sees to it
        other = fields.get(field)
        if field == Field.PROJECT_NAME and other is not None and _BOX.search(value.text):
            field = Field.PROJECT_CATEGORY  # 支出项目类别: options, no name
            other = fields.get(field)
        if other is None or (field in self._form.weak and label.part != "filer"):
            fields[field] = value
            self._form.weak = self._form.weak | {field} if label.part == "filer" else self._form.weak - {field}
        else:
            other = value
        if other is not None and key(fields[field].text) != key(other.text):  # 省级主管部门 after 中央主管部门
            self._keep(name if other is value else self._form.labels.get(field, name), label, other)
        if fields[field] is value:
            self._form.labels[field] = name

    def _take_goal_beside(self, cell: Cell, label: Label) -> bool:
        """A goal's text beside its label, or below when labels stand beside it. False when it only heads labels."""
        right = self._index.right_of(cell)
        if "block" in self._means(cell) and self._goal_cells.heads_goals(cell):
            return False
        free = right is not None and not self._means(right) and right.text and not self._reading.is_taken(right)
        if right is not None and free and not self._goal_cells.is_heading_beside(cell, right):
            self._take_goal(cell, self._goal_cells.beside(cell, right), label)
            return True
        if right is not None and self._means(right) and cell.row_span > 1:
            return False
        below = self._index.below(cell)
        if (
            below is not None
            and not self._means(below)
            and not self._reading.is_taken(below)
            and below.column_span == cell.column_span
        ):
            self._take_goal(cell, self._goal_cells.below(cell, below), label)
            return True
        return False

    def _take_goal(self, cell: Cell, values: Sequence[Cell], label: Label) -> None:
        self._reading.take(cell, Use.LABEL, Rule.GOAL, label)
        if goal_scope(label) in self._form.goals:  # a second text of the same scope is reported, not mixed in
            return
        for value in values:
            self._reading.take(value, Use.VALUE, Rule.GOAL, label)
        parts = [printed(self._page, v) for v in values if v.text]
        if parts:
            self._form.goals[goal_scope(label)] = together(parts)
        self._note_place(label, values[-1])

    def _take_other(self, cell: Cell, found: Meanings) -> None:
        """A label whose value has no column in the tables, or that has no value beside it; heading and value in one."""
        for means, rule in _OTHERS.items():
            if means in found:
                self._reading.take(cell, Use.LABEL, rule, found[means])
        if "block" in found:
            self._funds.note_unit(cell)
            self._funds.take_amounts(self._index.right_of(cell), self._funds.of_block(cell))
        if (column := found.get("fund_column")) is not None and column.scope and "block" not in found:
            self._funds.take(cell, replace(column, means="fund", source="total"))
        if "goal_actual" in found:
            self._take_goal_actual(cell, found["goal_actual"])
        left_out = found.get("ignored") or found.get("total_row")
        if left_out is not None and left_out.means == "total_row" and self._take_total_score(cell, left_out):
            return
        if left_out is not None:
            right = self._index.right_of(cell)
            while right is not None and not self._means(right):
                self._reading.take(right, Use.OTHER, Rule.NO_COLUMN, left_out)
                if right.text:
                    self._keep(cell.text, left_out, printed(self._page, right))
                right = self._index.at(cell.row, right.column + right.column_span)

    def _take_total_score(self, cell: Cell, label: Label) -> bool:
        """The score of the form as a whole, beside a label that says so (总得分) and below no heading."""
        right = self._index.right_of(cell)
        if right is None or not SCORE.match(key(right.text)) or "分" not in cell.text or "合计" in cell.text:
            return False
        if Role.SCORE in self._form.totals or right.column + right.column_span < self._index.columns:
            return False
        self._form.totals[Role.SCORE] = printed(self._page, right)
        self._reading.take(right, Use.VALUE, Rule.TOTALS, label, Role.SCORE)
        return True

    def _take_goal_actual(self, cell: Cell, label: Label) -> None:
        """What was reached of a goal, below its label or else right of it. No period in the label: the last goal's."""
        places = self._index.below(cell), self._index.right_of(cell)
        value = next(
            (v for v in places if v is not None and not self._means(v) and not self._reading.is_taken(v)), None
        )
        if value is None or not value.text:
            return
        last: Scope = next(reversed(self._form.goals), "annual")
        scope = label.scope or last
        label = replace(label, scope=scope)  # its rest on the next page belongs to the same goal
        if scope in self._form.goals_actual:
            self._reading.take(value, Use.OTHER, Rule.NO_COLUMN, label)
            self._keep(cell.text, label, printed(self._page, value))
            return
        self._reading.take(value, Use.VALUE, Rule.GOAL, label)
        self._form.goals_actual[scope] = printed(self._page, value)
        self._note_place(label, value)
