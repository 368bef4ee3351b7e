"""The first sheet of a workbook: description, size and citation of the data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from pipeline.dataset.contract.schema import Table
from pipeline.outputs.export.rows import of_year

TITLE = "预算表和绩效目标表 Budget tables and performance forms"

_CONTENT = (
    "中国各级预算部门公开的预算表、决算表、绩效目标表、自评表等，由程序从 PDF 中读出；金额单位均为元。",
    "Budget tables and performance forms that Chinese public bodies publish in PDFs, read by a program; all amounts "
    "are in yuan.",
)
_READING: dict[str, tuple[str, str]] = {
    "表头 headings": (
        "第一行为中文名称，第二行为数据集字段名，含义见“字段 columns”。"
        "出处 source（原文件及页码）和资金、指标等表的项目名称为方便阅读而附。",
        "Row 1 holds Chinese names, row 2 the names in the dataset, explained in “字段 columns”. 出处 source, the page "
        "that a row was read from, and 项目名称 beside form_id help reading; they are not columns of the table.",
    ),
    "数值 values": (
        "单元格内没有公式；金额、得分等为数值，指标值为原文。空单元格表示未印出。",
        "No cell is a formula. Amounts and scores are numbers, targets are text as printed. Empty: nothing is printed.",
    ),
    "代码 codes": (
        "分类等字段以中文名称显示，其代码见“代码 codes”；csv 文件和数据集存放代码。",
        "Columns of agreed values show their Chinese names; “代码 codes” has the code of each. csv files and the "
        "dataset hold the codes.",
    ),
    "口径 scope": (
        "lifetime_ 为项目实施期总额，annual_ 为当年金额，不可相加。",
        "Never add lifetime_ amounts (the whole project) to annual_ ones (one year).",
    ),
    "预算表 budget tables": (
        "“预算表数字”每行一个印出的数字。求和时在一张表、一列内只加 is_leaf 为 TRUE 的行："
        "合计、小计和上级科目已含其中；不同列、不同表往往是同一笔钱的不同口径。",
        "A row of budget_lines is one printed number. To add up, take the rows of one column of one table whose "
        "is_leaf is TRUE: totals, subtotals and upper levels repeat them, and other columns and tables repeat the "
        "same money.",
    ),
    "许可 licence": (
        "原文件由公开单位发布，数据许可不明；再利用前请向发布单位核实。",
        "The documents are published by the bodies that they name. No licence of the data is known: ask the publisher "
        "before you reuse them.",
    ),
    "引用 cite as": (
        "公开单位，文件名，页码；由 budget-forms（程序版本）读出，数据集版本。",
        "Publisher, document, page; read by budget-forms (program version), dataset version as above.",
    ),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that holds rows of a table."""

    name: str
    table: Table
    rows: int


@dataclass(frozen=True, slots=True)
class Line:
    """A label and a text, with a link to `sheet` where one is named."""

    label: str
    text: str
    sheet: str | None = None


def about_lines(
    connection: duckdb.DuckDBPyConnection, version: str, year: int | None, sheets: Sequence[Sheet]
) -> Iterator[Line]:
    """The lines below the title."""
    yield Line("内容 content", "\n".join(_CONTENT))
    yield Line("数据集 dataset", version)
    programs = _listed(connection, "SELECT DISTINCT pipeline_version FROM documents ORDER BY 1")
    yield Line("程序版本 program", f"budget-forms {programs}")
    yield Line("年度 fiscal year", "全部 all" if year is None else str(year))
    documents = _listed(
        connection,
        f"SELECT count(*), status FROM documents t {of_year('documents', year)} GROUP BY 2 "
        "ORDER BY status <> 'ok', status <> 'partial'",
    )
    read = "ok: 完整读取 read whole; partial: 部分读取 read in part; failed: 未能读取 not read"
    yield Line("文件 documents", f"{documents} ({read})")
    findings = _listed(
        connection,
        f"SELECT count(*), severity FROM findings t {of_year('findings', year)} GROUP BY 2 "
        "ORDER BY severity <> 'error', severity <> 'warning'",
    )
    yield Line("问题 findings", findings or "0")
    for index, sheet in enumerate(sheets):
        label = "" if index else "工作表 sheets"
        yield Line(label, f"{sheet.name}: {sheet.rows:,} 行 rows. {_meaning(sheet.table)}", sheet.name)
    for label, texts in _READING.items():
        yield Line(label, "\n".join(texts))


def _meaning(table: Table) -> str:
    return f"{table.description_zh} {table.description}"


def _listed(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    rows = connection.execute(sql).fetchall()
    return "; ".join(" ".join(f"{value:,}" if isinstance(value, int) else str(value) for value in row) for row in rows)
