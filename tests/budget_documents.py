"""A document with a small set of budget tables, drawn as a PDF; amounts add up unless `total` is changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.generator.drawing import DrawnPage, DrawnText, Producer, draw, ruled_table

INCOME_EXPENDITURE = (
    ("收入", "", "支出", ""),
    ("项目", "2026年预算数", "项目", "2026年预算数"),
    ("一、一般公共预算拨款收入", "900.00", "一、教育支出", "700.00"),
    ("二、事业收入", "100.00", "二、卫生健康支出", "300.00"),
    ("收入总计", "1,000.00", "支出总计", "1,000.00"),
)
INCOME = (
    ("部门", "合计", "一般公共预算", "事业收入"),
    ("合计", "1,000.00", "900.00", "100.00"),
)
EXPENDITURE = (
    ("科目编码", "科目名称", "合计", "基本支出", "项目支出"),
    ("205", "教育支出", "700.00", "500.00", "200.00"),
    ("20501", "教育管理事务", "700.00", "500.00", "200.00"),
    ("2050101", "行政运行", "500.00", "500.00", ""),
    ("2050102", "一般行政管理事务", "200.00", "", "200.00"),
    ("210", "卫生健康支出", "300.00", "300.00", ""),
    ("21011", "行政事业单位医疗", "300.00", "300.00", ""),
    ("2101101", "行政单位医疗", "300.00", "300.00", ""),
    ("", "合计", "1,000.00", "800.00", "200.00"),
)
TABLES: tuple[tuple[str, Sequence[Sequence[str]]], ...] = (
    ("收支预算总表", INCOME_EXPENDITURE),
    ("收入预算总表", INCOME),
    ("支出预算总表", EXPENDITURE),
)


def budget_pages(tables: Sequence[tuple[str, Sequence[Sequence[str]]]] = TABLES) -> list[DrawnPage]:
    """A title page, then a page a table."""
    front = DrawnPage(texts=(DrawnText(60, 80, "云溪县教育局2026年部门预算", font_size=16),))
    return [front, *(_page(title, rows) for title, rows in tables)]


def put_budget(path: Path, tables: Sequence[tuple[str, Sequence[Sequence[str]]]] = TABLES) -> Path:
    """Writes the document."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(draw(budget_pages(tables), Producer.LINES))
    return path


def changed(rows: Sequence[Sequence[str]], old: str, new: str) -> Sequence[Sequence[str]]:
    """The rows of a table with another text in the cells that print `old`."""
    return [tuple(new if text == old else text for text in row) for row in rows]


def _page(title: str, rows: Sequence[Sequence[str]]) -> DrawnPage:
    columns = len(rows[0])
    widths = [480 / columns] * columns
    texts = (DrawnText(280, 60, title, "centre", 14), DrawnText(500, 85, "单位：万元", "right"))
    return DrawnPage(texts=texts, tables=(ruled_table(rows, widths, x=50, y=105),))
