"""The money of a form: amounts beside, below or in one cell with their labels, and grids of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from pipeline.forms.cell_index import CellIndex
from pipeline.forms.dictionary import NOTHING, Label, Lexicon, Meanings, fund_under
from pipeline.forms.inline_labels import amounts_in
from pipeline.forms.model import OtherValue, RawForm, RawFund, Value, printed, raw_fund, source_of
from pipeline.forms.reading import Reading, Rule, Use
from pipeline.forms.roles import Scope, Source
from pipeline.notation import AMOUNT_CELL, UNIT_NAMED
from pipeline.tables.model import Cell
from pipeline.text import key

UNIT_LENGTH = 24  # characters; a longer text that ends with a unit is a sentence
RATED = ("rate", "score")  # parts of a row that say something of its executed amount
HEADINGS = 4  # likely headings of a fund grid in one row; fewer may be anything
_MONEY = re.compile("资金|预算|金额|经费|投资")
_OF_MONEY = re.compile(r"[元万亿整]$|\d[,，]\d{3}|\.\d\d$")  # how an amount is printed, and hardly any other number
_SUBTOTAL = "小计"


class Funds:
    """Finds the amounts in the label part of a form. The cells that it uses are recorded in `reading`."""

    def __init__(
        self, index: CellIndex, cells: Sequence[Cell], form: RawForm, lexicon: Lexicon, reading: Reading
    ) -> None:
        self._index, self._cells, self._form, self._reading = index, cells, form, reading
        self._lexicon = lexicon
        self._page = index.table.page
        self._scopes: dict[int, Scope] = {}  # scope of the last total above, by label column
        self._row_scopes: dict[int, Scope] = {}  # scope of the last total to the left, by row
        self._columns = self._fund_columns()  # headings of a fund grid by scope: 年初预算数, 全年执行数
        self._heads = self._fund_heads()  # fund labels over their amounts

    def _means(self, cell: Cell | None) -> Meanings:
        return self._lexicon.means(cell.text) if cell is not None and cell.text else NOTHING

    def take_headings(self) -> None:
        """Take the headings of a grid of amounts, which are labels of no value. Call it before labels are read."""
        for cell, label in self._columns:
            self._reading.take(cell, Use.HEADING, Rule.FUND_GRID, label)
            over = self._index.at(cell.row - 1, cell.column)
            if over is not None and over.column_span > cell.column_span and self._heads_columns(over):
                self._reading.take(over, Use.HEADING, Rule.FUND_GRID, label)
        for cell, label in self._columns:
            if label.part == "ignored":  # years below 近两年收支金额 head its parts
                row = min(cell.row + cell.row_span, self._index.rows - 1)
                for part in self._index.under(row, cell.box.x0, cell.box.x1):
                    if part.column_span < cell.column_span:
                        self._reading.take(part, Use.HEADING, Rule.FUND_GRID, label)

    def finish(self) -> None:
        """Read what is left when all labels are done: amounts below their headings, a unit that stands alone."""
        self._take_unlabelled_row()
        for cell, label in self._heads:
            if not self._reading.is_taken(cell):
                self._take_below(cell, label)
        self._mark_parts()
        if self._form.unit is None and self._form.funds:
            self._unit_elsewhere()

    def take(self, cell: Cell, label: Label) -> None:
        """Take a label of money with its amounts: right of it, below headings in its row, or in one cell."""
        scope = label.scope
        if label.source != "total":
            scope = scope or self._scopes.get(cell.column) or self._row_scopes.get(cell.row)
        elif label.scope:
            self._scopes[cell.column] = self._row_scopes[cell.row] = label.scope
        scoped = label if scope == label.scope else replace(label, scope=scope)
        values = self._values_right(cell)
        headed = [(v, self._heading(v)) for v in values]
        if any(h is not None for _, h in headed):
            self._reading.take(cell, Use.LABEL, Rule.FUND_GRID, label)
            self._take_grid_row(cell, label, [*headed, *self._remarks(values[-1])])
        elif len(values) > 1 and label.source == "total" and any(self._head_over(v) for v in values):
            placed = [(v, head) for v in values if (head := self._head_over(v))]
            self._reading.take(cell, Use.LABEL, Rule.FUND_BELOW, label)
            for value, (heading, over) in placed:
                self._reading.take(value, Use.VALUE, Rule.FUND_BELOW, over)
                self._reading.take(heading, Use.HEADING, Rule.FUND_BELOW, over)
            for value, _ in placed:
                self._emit_head(value)
        elif values:
            self._reading.take(cell, Use.LABEL, Rule.FUND, scoped)
            self._reading.take(values[0], Use.VALUE, Rule.FUND, scoped)
            self.note_unit(cell)
            if values[0].text:
                self.emit(cell.text, scoped, printed(self._page, values[0]))
        elif self.take_amounts(self._index.right_of(cell), scoped):
            self._reading.take(cell, Use.LABEL, Rule.AMOUNTS, scoped)
            self.note_unit(cell)

    def named(self, name: str) -> Label | None:
        """The fund that a label with an amount behind it means; one that only heads others elsewhere is a total."""
        found = self._lexicon.means(name)
        fund = found.get("fund") or self._lexicon.guesses(name).get("fund")
        return Label("fund", name, source="total") if fund is None and "block" in found else fund

    def take_amounts(self, cell: Cell | None, label: Label | None) -> bool:
        """Take a cell that consists of amounts with their labels; False where it does not, and nothing is taken.

        `label`: of an amount that stands before them.
        """
        found = amounts_in(cell.text, self._lexicon.likely) if cell is not None and not self._means(cell) else []
        found = [x if x.label is not None else x._replace(label=label) for x in found]
        alone = len(found) == 1 and label is None  # then only the unit tells an amount of money
        if cell is None or not any(x.label for x in found) or (alone and not _OF_MONEY.search(found[0].amount)):
            return False
        self._reading.take(cell, Use.VALUE, Rule.AMOUNTS, next(x.label for x in found if x.label is not None))
        for text, fund, amount in found:
            if fund is not None:
                self.emit(text or fund.name, fund, Value(amount, printed(self._page, cell).parts))
        return True

    def emit(self, text: str, label: Label, amount: Value) -> None:
        """Add an amount line to the form."""
        self._form.funds.append(raw_fund(text, label, amount))

    def note_unit(self, cell: Cell) -> None:
        """Keep the unit of money that a label names in brackets, if it is the form's first."""
        unit = UNIT_NAMED.search(key(cell.text))
        if unit and self._form.unit is None:
            self._form.unit = Value(unit[1], printed(self._page, cell).parts)

    def are_around(self, cell: Cell) -> bool:
        """Whether labels of funds stand in the column of a cell, or a heading of amounts over the cell beside it."""
        above = [c for c in self._cells if c.column == cell.column and c.row < cell.row and self._means(c)]
        last = max(above, key=lambda c: c.row, default=None)
        heads = last is not None and bool(self._means(self._index.right_of(last)))  # 任务名称 beside 主要内容
        if last is not None and heads and self._means(last).keys() & {"ignored", "column"}:
            return False
        right = self._index.right_of(cell)
        headed = right is not None and self._heading(right) is not None
        is_total = self._lexicon.guesses(cell.text)["fund"].source == "total"
        return headed or is_total or any(c.column == cell.column and "fund" in self._means(c) for c in self._cells)

    def _fund_columns(self) -> list[tuple[Cell, Label]]:
        """Headings of a fund grid; beside two of them, or where four stand in a row, those that patterns know too."""
        known = [
            (c, m["fund_column"])
            for c in self._cells
            if "fund_column" in (m := self._means(c)) and not (m["fund_column"].scope and self._has_amount(c))
        ]
        rows = Counter(c.row for c, _ in known)
        executed = {c.row for c, label in known if label.scope == "executed"}  # 预算数 beside 执行数 heads a column too
        for row in {c.row for c in self._cells}:
            texts = [c for c in self._index.starting[row] if c.text and not self._has_amount(c)]
            if rows[row] < 2 and row not in executed and rows[row] + len(texts) < HEADINGS:
                continue
            guessed = [
                (c, m["fund_column"])
                for c in texts
                if "fund_column" in (m := self._lexicon.guesses(c.text))
                and (c.row in executed if self._means(c) else "fund" not in m)
            ]
            if rows[row] > 1 or row in executed or rows[row] + len(guessed) >= HEADINGS:
                known += guessed
                known += [(c, label) for c in texts if (label := self._sum_of_columns(c)) is not None]
        return known if any(label.scope for _, label in known) else []

    def _sum_of_columns(self, cell: Cell) -> Label | None:
        """What 小计 heads beside other headings: the amounts that the heading over them names, 预算安排."""
        over = self._index.at(cell.row - 1, cell.column)
        is_sum = over is not None and over.column_span > cell.column_span and "total_row" in self._means(cell)
        found = self._lexicon.guesses(over.text).get("fund_column") if over is not None and is_sum else None
        return found if found is not None and found.scope is not None else None

    def _heads_columns(self, over: Cell) -> bool:
        """Whether a cell without a meaning as a label of money stands over headings of a grid alone."""
        if any("field" in self._means(cell) for cell in self._index.row_cells(over.row)):
            return False  # a row of fields and their values: 主管部门, 实施单位
        under = [c for c in self._index.under(over.row + over.row_span, over.box.x0, over.box.x1) if c.text]
        headings = [c for c, _ in self._columns]
        return bool(over.text) and bool(under) and all(c in headings for c in under) and "fund" not in self._means(over)

    def _has_amount(self, cell: Cell) -> bool:
        """Whether an amount stands right beside a label, which then heads no column."""
        right = self._index.right_of(cell)
        return right is not None and bool(AMOUNT_CELL.match(right.text)) and any(map(str.isdigit, right.text))

    def _fund_heads(self) -> list[tuple[Cell, Label]]:
        """Fund labels over amounts; in a row of them, those that patterns know too."""
        known = [(c, m["fund"]) for c in self._cells if "fund" in (m := self._means(c)) and not self._values_right(c)]
        rows = Counter(c.row for c, _ in known)
        guessed = [
            (c, m["fund"])
            for c in self._cells
            if rows[c.row] > 1 and c.text and not self._means(c) and "fund" in (m := self._lexicon.likely(c.text))
        ]
        return [*known, *guessed]

    def of_block(self, cell: Cell) -> Label | None:
        """What an amount beside a block's label is: the total, where the label is one of money and heads no grid."""
        right = self._index.right_of(cell)
        is_line = cell.row_span == 1 and right is not None and self._has_amount(cell)  # a taller block heads a grid
        heads_grid = any(c.row == cell.row and label.scope for c, label in self._columns)
        if not is_line or heads_grid:
            return None
        if _MONEY.search(cell.text):
            return Label("fund", cell.text, source="total")
        is_share = key(cell.text).endswith("支出")  # 事业发展性支出 beside 基本支出 and 项目支出
        return Label("fund", cell.text, source="other", part="item") if is_share else None

    def _values_right(self, cell: Cell) -> list[Cell]:
        """The cells to the right up to the next label: amounts, dashes or blanks."""
        values: list[Cell] = []
        right = self._index.right_of(cell)
        while (
            right is not None
            and right not in values
            and not self._means(right)
            and (not right.text or AMOUNT_CELL.match(right.text))
        ):
            values.append(right)
            right = self._index.at(cell.row, right.column + right.column_span)
        return values

    def _heading(self, value: Cell) -> Label | None:
        found = self._heading_over(value)
        return found[1] if found is not None else None

    def _heading_over(self, value: Cell) -> tuple[Cell, Label] | None:
        """The nearest heading of a grid over an amount."""
        middle = (value.box.x0 + value.box.x1) / 2
        above = [(c, label) for c, label in self._columns if c.row < value.row and c.box.x0 <= middle <= c.box.x1]
        return max(above, key=lambda x: x[0].row, default=None)

    def _remarks(self, last: Cell) -> list[tuple[Cell, Label | None]]:
        """The texts right of a fund grid's last amount, below headings of what is not carried (原因)."""
        remarks: list[tuple[Cell, Label | None]] = []
        right = self._index.right_of(last)
        while right is not None and (label := self._heading(right)) is not None and label.part == "ignored":
            remarks.append((right, label))
            right = self._index.right_of(right)
        return remarks

    def _take_grid_row(self, cell: Cell | None, label: Label, headed: Sequence[tuple[Cell, Label | None]]) -> None:
        """A row of a fund grid: amounts by the scope of their column, then rate and score of the executed amount.

        `cell` is the label of the row; without one the heading is the label of each amount.

        In a row of totals a heading between may say more of an amount: 财政拨款 below 全年预算数.
        """
        extras = {h.part: printed(self._page, v) for v, h in headed if h is not None and h.part and v.text}
        for value, heading in headed:
            carried = heading is not None and heading.part != "ignored"
            self._reading.take(value, Use.VALUE if carried else Use.OTHER, Rule.FUND_GRID, heading)
            if heading is not None and heading.part == "ignored" and value.text:
                self._form.others.append(OtherValue(heading.name, value.text, self._page, value.box))
            if heading is not None and heading.scope and value.text:
                head = self._head_over(value) if label.source == "total" else None
                if head is not None:
                    self._reading.take(head[0], Use.HEADING, Rule.FUND_BELOW, head[1])
                over = self._heading_over(value)
                unit = UNIT_NAMED.search(key(over[0].text)) if over is not None else None
                row_text = cell.text if cell is not None else over[0].text if over is not None else heading.name
                text, source = (head[0].text, source_of(head[1])) if head else (row_text, source_of(label))
                text = f"{text}/{heading.name}" if heading.part == "available" else text
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
                        unit=unit[1] if unit else None,
                    )
                )
        if not any(h is not None and h.scope == "executed" and v.text for v, h in headed):
            alone = [(v, h.name) for v, h in headed if h is not None and h.part in RATED and key(v.text).strip("-/")]
            self._form.others += [OtherValue(name, v.text, self._page, v.box) for v, name in alone]

    def _take_unlabelled_row(self) -> None:
        """Amounts below the headings of a grid in a row that no label begins: those of the form as a whole."""
        rows = sorted({c.row + c.row_span for c, _ in self._columns})
        for row in rows:
            cells = [c for c in self._index.row_cells(row)] if row < self._index.rows else []
            headed = [(c, self._heading(c)) for c in cells]
            values = [(c, h) for c, h in headed if h is not None and not self._reading.is_taken(c)]
            amounts = [c for c, h in values if h is not None and h.scope and self._is_number(c)]
            labels = [c for c, h in headed if h is None and c.row == row and c.text]
            if amounts and not labels and len(values) == sum(h is not None for _, h in headed):
                self._take_grid_row(None, Label("fund", "", source="total"), values)

    def _is_number(self, cell: Cell) -> bool:
        return bool(AMOUNT_CELL.match(cell.text)) and any(map(str.isdigit, cell.text))

    def _mark_parts(self) -> None:
        """Mark the lines below a subtotal (财政资金小计) as parts of it, which no total adds up again."""
        subtotals: dict[Scope | None, Source] = {}
        for n, fund in enumerate(self._form.funds):
            if fund.source != "total" and key(fund.label).endswith(_SUBTOTAL):
                subtotals[fund.scope] = fund.source
            elif subtotals.get(fund.scope) == fund.source:
                self._form.funds[n] = fund._replace(item=True)
            else:
                subtotals.pop(fund.scope, None)

    def _unit_elsewhere(self) -> None:
        """The unit from a cell that is no label itself: （万元） below 资金金额, or an amount between them."""
        named = [c for c in self._cells if len(c.text) <= UNIT_LENGTH and UNIT_NAMED.search(key(c.text))]
        if len({unit[1] for c in named if (unit := UNIT_NAMED.search(key(c.text)))}) == 1:
            self.note_unit(named[0])

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
        self._reading.take(head, Use.HEADING, Rule.FUND_BELOW, label)
        self.note_unit(head)
        parents = [
            (c, over)
            for c, over in self._heads
            if c.row + c.row_span <= head.row and c.box.x0 - 1 <= head.box.x0 and head.box.x1 <= c.box.x1 + 1
        ]
        text, scope = head.text, label.scope or self._scope_beside(head)
        for over_head, over_label in parents:
            self._reading.take(over_head, Use.HEADING, Rule.FUND_BELOW, over_label)
            self.note_unit(over_head)
        parent, over = max(parents, key=lambda x: x[0].row, default=(head, label))
        if parent is not head and over.source != "total":
            text, label = f"{parent.text}/{head.text}", fund_under(label, over)
        self.emit(text, replace(label, scope=scope), printed(self._page, value))

    def _scope_beside(self, head: Cell) -> Scope | None:
        """The scope that the totals among the headings beside it say, where they agree."""
        scopes = {label.scope for c, label in self._heads if label.source == "total" and c.row == head.row}
        return scopes.pop() if len(scopes) == 1 else None

    def _take_below(self, cell: Cell, label: Label) -> None:
        """A fund heading over its amount, unless a row of totals gave it already."""
        below = self._index.below(cell)
        self._reading.take(cell, Use.HEADING, Rule.FUND_BELOW, label)
        self.note_unit(cell)
        if (
            below is None
            or self._reading.is_taken(below)
            or self._means(below)
            or (below.text and not AMOUNT_CELL.match(below.text))
        ):
            return
        if self._head_over(below) == (cell, label):
            self._reading.take(below, Use.VALUE, Rule.FUND_BELOW, label)
            self._emit_head(below)
