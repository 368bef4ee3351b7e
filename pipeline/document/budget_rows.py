"""Converts budget tables to rows of `budget_tables` and `budget_lines`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from operator import attrgetter

from pipeline.budget.model import BudgetLine
from pipeline.budget.read import TableReading, numbered
from pipeline.document.checks.model import Finding
from pipeline.document.result import READ_ONCE, Row
from pipeline.pages.model import DocumentPages, Page
from pipeline.pages.recognition import lowest_confidence

_OF_ROW = (
    *("row_no", "panel", "level", "parent_row_no", "is_leaf", "classification", "code", "code_text"),
    *("functional_code", "economic_department_code", "economic_government_code"),
    *("unit_code", "unit_name", "project_code", "project_name"),
)
_OF_LINE = (
    *("column_no", "side", "label", "item", "fund", "use", "origin", "phase", "value_kind", "number", "amount"),
    *("amount_text", "heading", "page"),
)
_row_values, _line_values = attrgetter(*_OF_ROW), attrgetter(*_OF_LINE)
BOX = ("x0", "y0", "x1", "y1")
NO_BOX = (None, None, None, None)
CERTAIN = 1.0  # confidence of a number that a person has looked at


def table_id(document_id: str, number: int) -> str:
    """The key of a table: the first 12 digits of its document, and its number from 1."""
    return f"{document_id[:12]}-t{number:03d}"


def budget_rows(
    tables: Sequence[TableReading], findings: Mapping[int, Sequence[Finding]], document: DocumentPages
) -> tuple[list[Row], list[Row]]:
    """The rows of both tables. `findings` are those about each table, by its number."""
    rows: list[Row] = []
    lines: list[Row] = []
    for number, reading in numbered(tables):
        identity: Row = {
            "table_id": table_id(document.document_id, number),
            "document_id": document.document_id,
            "kind": reading.table.kind.id,
            "stage": reading.stage,
            "variant": reading.variant,
            "fiscal_year": reading.year,
        }
        mine = [_line_row(identity, n, line, document) for n, line in enumerate(reading.lines, start=1)]
        lines += mine
        rows.append(_table_row(identity, number, reading, findings.get(number, ()), mine))
    return rows, lines


def _table_row(
    identity: Row, number: int, reading: TableReading, findings: Sequence[Finding], lines: Sequence[Row]
) -> Row:
    table, caption = reading.table, reading.table.caption
    severities = Counter(finding.severity for finding in findings)
    return {
        **identity,
        "table_no": number,
        "basis": reading.basis,
        "title": caption.title,
        "table_code": caption.table_code,
        "unit_name": caption.unit_name,
        "unit_code": caption.unit_code,
        "page_first": table.page_first,
        "page_last": table.page_last,
        "amount_unit": reading.unit,
        "row_count": reading.rows,
        "line_count": len(reading.lines),
        "is_empty": reading.is_empty,
        "note": "\n".join(line.text for line in table.notes) or None,
        "text_source": _text_source(reading, lines),
        "error_count": severities["error"],
        "warning_count": severities["warning"],
    }


def _text_source(reading: TableReading, lines: Sequence[Row]) -> str:
    if reading.added_no is not None:
        return "person"
    return "ocr" if any(line["method"] == "ocr" for line in lines) else "digital"


def _line_row(identity: Row, number: int, line: BudgetLine, document: DocumentPages) -> Row:
    method, confidence = _reading(line, document)
    return {
        **identity,
        "line_no": number,
        **dict(zip(_OF_ROW, _row_values(line.row), strict=True)),
        "row_role": line.row.role,
        **dict(zip(_OF_LINE, _line_values(line), strict=True)),
        **dict(zip(BOX, line.box or NO_BOX, strict=True)),
        "method": method,
        "confidence": confidence,
    }


def _reading(line: BudgetLine, document: DocumentPages) -> tuple[str, float | None]:
    """What read a number, and how sure it is."""
    if line.is_corrected:
        return "corrected", CERTAIN
    page = document.recognised.get(line.page)
    if not isinstance(page, Page) or page.recognition is None or line.box is None:
        return document.reader, READ_ONCE
    sure = lowest_confidence(page, list(line.box))
    return "ocr", None if sure is None else min(sure, READ_ONCE)
