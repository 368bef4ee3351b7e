"""What a row of a budget table is about: its label, codes, unit, project, classification and role."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.budget.codes import CodeColumns, class_of, part_name
from pipeline.budget.dictionary import NAMES, BudgetKnowledge, Kind, RowPatterns
from pipeline.budget.headings import ITEM_NUMBER
from pipeline.budget.model import Column, RowIdentity
from pipeline.budget.numbers import is_money
from pipeline.notation import ORGAN_ENDING
from pipeline.tables.model import Cell
from pipeline.text import key

_ORGAN = re.compile(rf"{ORGAN_ENDING}(?:[(（](?:本级|机关|本部|汇总)[)）]|本级|机关|本部)?$")
_OWN_LEVEL = re.compile(r"[(（](?:本级|机关|本部|汇总)[)）]|本级$")
_CODED = ("functional", "economic_department", "economic_government")
_ORDER = ("economic_department", "functional", "economic_government")  # which of several classifications names the row
_NAME_ORDER = ("procurement_name", "project_name", *_ORDER, "label", "unit_name", "procurement_class")
_PROCUREMENT = ("procurement", "purchased_services")
UNIT_CODE = 6  # digits of a unit's code; those of classifications are odd in number
SHORTEST_CODE = 3  # digits of a unit's code; what is shorter numbers a group (1 全额)


@dataclass(slots=True)
class PanelReader:
    """Reads the rows of one panel from top to bottom; what rows above print of codes and units is remembered."""

    columns: Mapping[int, Column]  # the panel's, by grid column
    kind: Kind
    panel: int
    side: str
    knowledge: BudgetKnowledge
    organ: str | None  # of the table's caption
    basis: str | None
    by_column: bool = False  # the columns of a 三公 table are its items, the rows its units
    codes: dict[str, CodeColumns] = field(default_factory=dict)
    unit: tuple[str | None, str | None] = (None, None)
    is_economic: bool = False  # whether a row above names a 类 of the economic classification, so that its 款 follow
    code_columns: Mapping[str, Sequence[int]] = field(init=False)  # grid columns of each code

    def __post_init__(self) -> None:
        self.code_columns = self._code_columns()

    def read(self, row_no: int, page: int, cells: Mapping[int, Cell]) -> RowIdentity:
        """The identity of a body row; `cells` are its cells by grid column, those that reach into it included."""
        row = RowIdentity(row_no, self.panel, page)
        self._take_codes(row, cells)
        self._classify(row, self._take_names(row, cells))
        self._remember(row)
        return row

    def _take_codes(self, row: RowIdentity, cells: Mapping[int, Cell]) -> None:
        for name, numbers in self.code_columns.items():
            texts = [cells[n].text if n in cells and cells[n].column == n else "" for n in numbers]
            if name in ("unit_code", "project_code") and not (name == "project_code" and self.kind.id in _PROCUREMENT):
                if digits := "".join(re.findall(r"[0-9A-Za-z]", "".join(map(key, texts)))):
                    setattr(row, name, digits)
                continue
            found = self.codes.setdefault(name, CodeColumns(len(numbers))).read(texts)
            if found is None:
                if self.kind.id in _PROCUREMENT and (goods := key(texts[0])) and goods.isascii():
                    row.code, row.code_text = goods, texts[0].strip()
                continue
            if len(found[0]) == UNIT_CODE and self.kind.id not in _PROCUREMENT:
                row.unit_code = found[0]
                continue
            self._put_code(row, name, *found)

    def _put_code(self, row: RowIdentity, name: str, code: str, text: str) -> None:
        classification = name if name in _CODED else class_of(code) or self.basis
        if classification in _CODED:
            setattr(row, f"{classification}_code", code)
        if row.code is None or _ORDER.index(classification or "functional") < self._rank(row):
            row.code, row.code_text = code, text
            row.classification = classification or "other"

    def _rank(self, row: RowIdentity) -> int:
        return _ORDER.index(row.classification) if row.classification in _ORDER else len(_ORDER)

    def _code_columns(self) -> dict[str, list[int]]:
        """The grid columns of each code: the codes of units, of projects, and of each classification."""
        found: dict[str, list[int]] = {}
        for n, column in self.columns.items():
            if column.means in ("unit_code", "project_code"):
                found.setdefault(column.means, []).append(n)
            elif column.means == "code":
                name = column.classification or self._code_name(n)
                found.setdefault(name, []).append(n)
        return found

    def _code_name(self, n: int) -> str:
        """A name for the code columns of a heading that tells no classification; two such headings are two codes."""
        top = self.columns[n].path[:1]
        before = self.columns.get(n - 1)
        is_part = key(self.columns[n].path[-1]) in ("款", "项", "目", "节")
        if before is not None and before.means == "code" and (is_part or before.path[:1] == top):
            return self._code_name(n - 1)
        return f"code {n}"

    def _take_names(self, row: RowIdentity, cells: Mapping[int, Cell]) -> str | None:
        """Take the label: the name of the goods, of the project, of the finest classification, else of the unit.

        What the column of the label holds; None for a row without one.
        """
        named_by: str | None = None
        best: tuple[int, int] | None = None
        for n, column in self.columns.items():
            cell = cells.get(n)
            if cell is None or not key(cell.text) or not self._names(n, column, cell):
                continue
            text = cell.text.strip()
            classification = self._take_code_in_name(row, column, text)
            if column.means == "unit_name" and not self._is_total(text) and not _names_projects(column):
                row.unit_name = text
            rank = (self._name_rank(column, classification), n)
            if best is None or rank < best:
                best, row.label, named_by = rank, self._bare(column, text), column.means
                row.label_x = cell.lines[0].box.x0 if cell.lines else cell.box.x0  # a name that wraps begins again
        return named_by

    def _names(self, n: int, column: Column, cell: Cell) -> bool:
        """Whether a cell names its row: one of a column of names, or a text that runs over columns of codes."""
        if column.means in ("code", "unit_code", "project_code", "sequence"):
            return (
                cell.column == n
                and (cell.column_span > 1 or self._is_total(cell.text))
                and not re.search(r"\d", cell.text)
            )
        if cell.column != n or (cell.column_span > 1 and is_money(cell.text)):
            return False
        return column.means in NAMES

    def _name_rank(self, column: Column, classification: str | None) -> int:
        name = classification or column.classification if column.means == "label" else column.means
        return _NAME_ORDER.index(name if name in _NAME_ORDER else "label")

    def _take_code_in_name(self, row: RowIdentity, column: Column, text: str) -> str | None:
        """Take a code that is printed with the name; its classification."""
        if column.means not in ("label", "unit_name") or (found := part_name(text)) is None:
            return None
        code = found[0]
        if column.means == "unit_name":
            row.unit_code = row.unit_code or code
            return None
        classification = column.classification or class_of(code)
        if classification in _CODED:
            self._put_code(row, classification, code, found[1])
        return classification

    def _bare(self, column: Column, text: str) -> str:
        found = part_name(text) if column.means in ("label", "unit_name") else None
        return (
            found[2] if found and (column.means == "unit_name" or class_of(found[0]) or column.classification) else text
        )

    def _is_total(self, text: str) -> bool:
        return bool(self.knowledge.rows.total.search(key(text)))

    def _classify(self, row: RowIdentity, named_by: str | None) -> None:
        label = key(row.label or "")
        patterns = self.knowledge.rows
        plain = ITEM_NUMBER.sub("", label)
        row.role = _role(label, plain, patterns)
        if self.by_column or (self.kind.id == "three_public" and not row.unit_code and not row.unit_name and label):
            row.classification = "item"
        elif row.role in ("total", "subtotal") and row.code is None and _says_sum(plain, patterns):
            row.classification = "total"
        elif row.code is not None and row.classification in _CODED and not self._names_goods():
            pass
        elif not label and row.code is None and row.unit_code is None:
            row.classification, row.role = "total", "total"
        else:
            row.classification = self._named_class(row, plain)
        if row.role == "item" and self.kind.id in _PROCUREMENT and self._is_group(row, named_by):
            row.role = "subtotal"
        if row.classification == "unit":
            row.code, row.code_text = row.unit_code, row.unit_code

    def _is_group(self, row: RowIdentity, named_by: str | None) -> bool:
        """Whether a row of a table of goods is a group: a unit's, or one that names a class where others name goods."""
        has_goods = any(column.means == "procurement_name" for column in self.columns.values())
        return row.classification in ("unit", "other") or (has_goods and named_by == "procurement_class")

    def _names_goods(self) -> bool:
        """Whether the rows of a table of procurement name goods or a unit, beside the codes that pay for them."""
        named = ("project_name", "procurement_name")
        return self.kind.id in (*_PROCUREMENT, "project", "carryover") and any(
            column.means in named or column.means == "unit_name" for column in self.columns.values()
        )

    def _named_class(self, row: RowIdentity, plain: str) -> str:
        """The classification of a row that no code tells."""
        rows = self.knowledge.rows
        means = {column.means for column in self.columns.values()}
        if row.unit_code is not None and len(row.unit_code) < SHORTEST_CODE and not row.project_name:
            row.unit_code = row.code = row.code_text = None
            row.role = "subtotal"
            return "other"
        if self._is_unit(row, plain):
            row.unit_name = row.label
            return "unit"
        if self.kind.id in _PROCUREMENT:
            return self._goods_class(row)
        if "project_name" in means or self.kind.id in ("project", "general_project", "fiscal_project"):
            row.project_name = row.label
            return "project"
        if rows.closing.search(plain) and self.side == "expenditure" and row.code is None:
            return "other"
        if rows.economic_government.search(plain):
            return "economic_government"
        if self._label_class() is not None and not rows.use.search(plain):
            return self._label_class() or "other"
        return self._other_class(plain)

    def _other_class(self, plain: str) -> str:
        rows = self.knowledge.rows
        if rows.use.search(plain):
            return "use"
        if self.side == "income":
            return "fund"
        if self.knowledge.axis("use", plain) in ("to_affiliated", "to_superior", "operating"):
            return "other"
        if self.kind.id in ("basic", "general_basic", "fiscal_basic"):
            self.is_economic = self.is_economic or bool(rows.economic_department.search(plain))
            if self.is_economic:
                return "economic_department"
        return self.basis or "functional"

    def _goods_class(self, row: RowIdentity) -> str:
        row.code = row.code if row.code and not row.code.isdecimal() else None
        row.code_text = row.code_text if row.code else None
        return "procurement"

    def _label_class(self) -> str | None:
        return next((c.classification for c in self.columns.values() if c.means == "label" and c.classification), None)

    def _is_unit(self, row: RowIdentity, plain: str) -> bool:
        """Whether a row is a unit's as a whole: by its code, its column, or the name of the table's organ."""
        if row.unit_code is not None and len(row.unit_code) >= SHORTEST_CODE:
            return row.project_name is None and not self._has_own_project(row)
        if self.organ is not None and _OWN_LEVEL.sub("", plain) == _OWN_LEVEL.sub("", key(self.organ)):
            return True
        names = [c for c in self.columns.values() if c.means in ("label", "unit_name", "project_name")]
        if row.unit_name is not None and row.unit_name == row.label:
            return True
        if any(_names_projects(column) for column in self.columns.values()):
            return False
        return any("单位" in "".join(c.path) for c in names) and bool(_ORGAN.search(plain)) and len(names) == 1

    def _has_own_project(self, row: RowIdentity) -> bool:
        return row.label is not None and row.unit_name is not None and row.label != row.unit_name

    def _remember(self, row: RowIdentity) -> None:
        """Keep the unit that the rows below belong to, and give a row without one that of the rows above."""
        if row.classification == "unit" or self.by_column:
            self.unit = row.unit_code, row.unit_name
        elif row.classification == "total":
            self.unit = (None, None) if row.role == "total" else self.unit
        elif row.unit_name is None and row.unit_code is None:
            row.unit_code, row.unit_name = self.unit


def _names_projects(column: Column) -> bool:
    """Whether a column names units and projects in turn: 单位（项目）名称."""
    return column.means == "unit_name" and "项目" in "".join(column.path)


def _role(label: str, plain: str, patterns: RowPatterns) -> str:
    if patterns.total.search(plain):
        return "total"
    if patterns.of_which.search(label):
        return "of_which"
    return "subtotal" if patterns.subtotal.search(label) else "item"


def _says_sum(plain: str, patterns: RowPatterns) -> bool:
    return bool(patterns.total.search(plain) or patterns.subtotal.search(plain))
