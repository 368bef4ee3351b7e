"""A drawn document with budget tables, and corrections of them made from the rows that a person sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.document.assemble import assemble
from pipeline.document.corrections.model import (
    AddTableRow,
    AnyCorrection,
    RemoveTable,
    RemoveTableRow,
    TableNumber,
    TableRowValue,
    TableValue,
)
from pipeline.document.result import DocumentResult, Row
from tests.correcting import WHEN
from tests.documents import on_one_page, printed_document
from tests.generator.drawing import DrawnPage, DrawnText, ruled_table

WIDTHS = (70, 150, 80, 80, 80)
EXPENDITURE = (
    ("科目编码", "科目名称", "合计", "基本支出", "项目支出"),
    ("", "合计", "950.00", "650.00", "300.00"),
    ("201", "一般公共服务支出", "900.00", "600.00", "300.00"),
    ("20103", "政府办公厅（室）及相关机构事务", "900.00", "600.00", "300.00"),
    ("2010301", "行政运行", "600.00", "600.00", ""),
    ("2010302", "一般行政管理事务", "300.00", "", "300.00"),
    ("208", "社会保障和就业支出", "50.00", "50.00", ""),
    ("20805", "行政事业单位养老支出", "50.00", "50.00", ""),
    ("2080505", "机关事业单位基本养老保险缴费支出", "50.00", "50.00", ""),
)
"""A table in which everything adds up: headings, and a row a line."""

INCOME = (
    ("收入", "", "支出", ""),
    ("项目", "预算数", "项目", "预算数"),
    ("一、一般公共预算拨款收入", "950.00", "一、一般公共服务支出", "900.00"),
    ("二、政府性基金预算拨款收入", "", "二、社会保障和就业支出", "50.00"),
    ("本年收入合计", "950.00", "本年支出合计", "950.00"),
    ("收入总计", "950.00", "支出总计", "950.00"),
)


def changed(rows: Sequence[Sequence[str]], texts: Mapping[tuple[int, int], str]) -> list[list[str]]:
    """The rows with other texts at some places (row and column from 0)."""
    return [[texts.get((n, m), text) for m, text in enumerate(row)] for n, row in enumerate(rows)]


def expenditure_pages(
    rows: Sequence[Sequence[str]] = EXPENDITURE, title: str = "部门支出总表", unit: str = "单位：万元", cut: int = 0
) -> list[DrawnPage]:
    """The table 支出总表 on a page of its own, or, cut before a row, on two."""
    head = (DrawnText(60, 0, title), DrawnText(60, 0, unit))
    if not cut:
        return [on_one_page(*head, ruled_table(rows, WIDTHS))]
    return [on_one_page(*head, ruled_table(rows[:cut], WIDTHS)), on_one_page(ruled_table(rows[cut:], WIDTHS))]


def income_page(rows: Sequence[Sequence[str]] = INCOME) -> DrawnPage:
    """The table 收支总表 with income and expenditure side by side."""
    return on_one_page(
        DrawnText(60, 0, "部门收支总表"), DrawnText(60, 0, "单位：万元"), ruled_table(rows, (150, 80, 150, 80))
    )


def read_drawn(pages: Sequence[DrawnPage], *corrections: AnyCorrection) -> DocumentResult:
    """The rows of drawn pages with corrections."""
    return assemble(printed_document(pages), corrections)


@dataclass(frozen=True, slots=True)
class TableReviewer:
    """Corrects what a result shows, table by table."""

    shown: DocumentResult
    why: str = "misread"

    def value(self, table_no: int, field: str, value: str | None) -> TableValue:
        """Another kind, unit of money or organ."""
        return TableValue(
            **self._table(table_no), field=field, read=self._text(self._row(table_no), field), value=value
        )

    def row(self, table_no: int, row: int, field: str, value: str | None, panel: int = 1) -> TableRowValue:
        """Another text of a row."""
        line = self._lines(table_no, row, panel)[0]
        place: dict[str, Any] = {"row": row, "panel": panel, "row_label": self._text(line, "label")}
        return TableRowValue(**self._table(table_no), **place, field=field, read=self._text(line, field), value=value)

    def number(self, table_no: int, row: int, column: int, value: str | None, panel: int = 1) -> TableNumber:
        """Another number."""
        lines = self._lines(table_no, row, panel)
        read = next((self._text(line, "amount_text") for line in lines if line["column_no"] == column), None)
        place: dict[str, Any] = {"row": row, "panel": panel, "row_label": self._text(lines[0], "label")}
        return TableNumber(**self._table(table_no), **place, column=column, read=read, value=value)

    def add(self, table_no: int, after: int, numbers: dict[int, str], **values: str) -> AddTableRow:
        """A row that was not read."""
        line: Any = self._lines(table_no, after, 1)[0]
        place = {"after": after, "after_label": line["label"], "row_page": line["page"]}
        return AddTableRow(**self._table(table_no), **place, values=values, numbers=numbers)

    def remove(self, table_no: int, row: int) -> RemoveTableRow:
        """A row that is none."""
        lines: list[Any] = self._lines(table_no, row, 1)
        read = {line["column_no"]: line["amount_text"] for line in lines}
        return RemoveTableRow(**self._table(table_no), row=row, row_label=lines[0]["label"], read=read)

    def remove_table(self, table_no: int) -> RemoveTable:
        """A table that is none."""
        return RemoveTable(**self._table(table_no), read=str(self._row(table_no)["kind"]))

    def _row(self, table_no: int) -> Row:
        return self.shown.tables["budget_tables"][table_no - 1]

    def _lines(self, table_no: int, row: int, panel: int) -> list[Row]:
        table = self._row(table_no)["table_id"]
        lines = self.shown.tables["budget_lines"]
        return [x for x in lines if (x["table_id"], x["row_no"], x["panel"]) == (table, row, panel)]

    def _table(self, table_no: int) -> dict[str, Any]:
        row = self._row(table_no)
        who = {"who": "王芳", "when": WHEN, "why": self.why}
        return {"table_no": table_no, "page": row["page_first"], "title": row["title"], **who}

    def _text(self, row: Row, field: str) -> str | None:
        value = row[field]
        return None if value is None else str(value)
