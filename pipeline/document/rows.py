"""Converts forms, findings and pages to rows of the tables. Keys are column names of `schemas/tables.toml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.document.budget_rows import table_id
from pipeline.document.checks.model import Finding
from pipeline.document.result import CONFIRMED, PRINTED_ON_FORM, READ_ONCE, Row
from pipeline.fields.form import amount_columns
from pipeline.fields.model import AMOUNTS_OF_TASKS, Form, sources_of
from pipeline.messages import Text, both
from pipeline.pages.model import Overlay
from pipeline.tables.model import PageGrid
from pipeline.tables.regions import page_regions

_NOWHERE = (None, None, None, None)


def id_of_form(document_id: str, number: int) -> str:
    """The key of a form: the first 12 digits of its document, and its number."""
    return f"{document_id[:12]}-{number:03d}"


def form_row(form: Form, form_id: str, document_id: str, findings: Sequence[Finding]) -> Row:
    """The row of `forms`; `findings` are the form's own."""
    names = ("form_no", "form_kind", "layout", "page_first", "page_last", *PRINTED_ON_FORM)
    return {
        "form_id": form_id,
        "document_id": document_id,
        **{name: getattr(form, name) for name in names},
        **dict(amount_columns(form)),
        "text_source": "person" if form.is_added else "digital",
        "reviewed": form.reviewed,
        "error_count": sum(f.severity == "error" for f in findings),
        "warning_count": sum(f.severity == "warning" for f in findings),
    }


def fund_rows(form: Form, form_id: str) -> list[Row]:
    """The rows of `funds`."""
    return [
        {
            "form_id": form_id,
            "line_no": number,
            "scope": f.scope,
            "source": f.source,
            "label": f.label,
            "amount": f.amount,
            "amount_text": f.amount_text,
            "execution_rate": f.execution_rate,
            "score": f.score,
        }
        for number, f in enumerate(form.funds, start=1)
    ]


def indicator_rows(form: Form, form_id: str) -> list[Row]:
    """The rows of `indicators`."""
    return [
        {
            "form_id": form_id,
            "indicator_no": number,
            "level1": r.level1,
            "level2": r.level2,
            "level3": r.level3,
            "level1_code": r.level1_code or "other",
            "level2_code": r.level2_code or "other",
            "level_inferred": r.level_inferred,
            "target": r.target.text,
            "target_kind": r.target.kind,
            "target_operator": r.target.operator,
            "target_value": r.target.value,
            "target_value_high": r.target.value_high,
            "target_unit": r.target.unit,
            "target_date": r.target.on,
            "lifetime_target": r.lifetime_target,
            "weight": r.weight,
            "actual": r.actual,
            "actual_value": r.actual_value,
            "score": r.score,
            "deviation_reason": r.deviation_reason,
            "remark": r.remark,
            "page": r.page,
        }
        for number, r in enumerate(form.indicators, start=1)
    ]


def task_rows(form: Form, form_id: str) -> list[Row]:
    """The rows of `tasks`."""
    columns = ("name", "content", *AMOUNTS_OF_TASKS, "expected_result", "page")
    return [
        {"form_id": form_id, "task_no": number, **{name: getattr(task, name) for name in columns}}
        for number, task in enumerate(form.tasks, start=1)
    ]


def other_value_rows(form: Form, form_id: str) -> list[Row]:
    """The rows of `other_values`."""
    return [
        {
            "form_id": form_id,
            "value_no": number,
            "label": other.label,
            "text": other.text,
            "page": other.page,
            "x0": other.box.x0,
            "y0": other.box.y0,
            "x1": other.box.x1,
            "y1": other.box.y1,
        }
        for number, other in enumerate(form.others, start=1)
    ]


def evidence_rows(form: Form, form_id: str, method: str) -> list[Row]:
    """The rows of `evidence`; `method` is the reader."""
    return [
        {
            "form_id": form_id,
            "table": table,
            "row_no": row_no,
            "field": field,
            "part_no": part_no,
            "page": page,
            "x0": x0,
            "y0": y0,
            "x1": x1,
            "y1": y1,
            "text": text,
            "method": method if origin == "read" else origin,
            "confidence": CONFIRMED if origin == "corrected" else READ_ONCE,
        }
        for table, row_no, sources in sources_of(form)
        for field, (parts, origin) in sources.items()
        for part_no, part in enumerate(parts, start=1)
        for page, text, (x0, y0, x1, y1) in ((part.page, part.text, part.box or _NOWHERE),)
    ]


def note_overlays(evidence: Sequence[Row], overlays: Mapping[int, Sequence[Overlay]]) -> None:
    """Set the method of rows of `evidence` whose box holds a word of an annotation or a form field, given by page."""
    for row in evidence:
        page = row["page"]
        if not isinstance(page, int) or page not in overlays or row["x0"] is None or row["method"] == "corrected":
            continue
        x0, y0, x1, y1 = (float(str(row[edge])) for edge in ("x0", "y0", "x1", "y1"))
        inside = (o.method for o in overlays[page] if x0 < (o.x0 + o.x1) / 2 < x1 and y0 < (o.y0 + o.y1) / 2 < y1)
        row["method"] = next(inside, row["method"])


def finding_row(document_id: str, number: int, finding: Finding) -> Row:
    """A row of `findings`; `number` counts the findings of the document from 1."""
    box = finding.box or _NOWHERE
    form_id = id_of_form(document_id, finding.form_no) if finding.form_no is not None else None
    return {
        "document_id": document_id,
        "finding_no": number,
        "form_id": form_id,
        "table_id": table_id(document_id, finding.table_no) if finding.table_no is not None else None,
        "rule": finding.rule,
        "severity": finding.severity,
        "message": str(finding.message),
        "message_zh": finding.message.chinese,
        "text": finding.text,
        "page": finding.page,
        "x0": box[0],
        "y0": box[1],
        "x1": box[2],
        "y1": box[3],
    }


def error_columns(message: Text | None) -> Row:
    """The columns of `documents` that say why a document failed or is partial."""
    if message is None:
        return {"error_message": None, "error_message_zh": None}
    return {"error_message": str(message), "error_message_zh": message.chinese}


def error_of(row: Row) -> Text | None:
    """The message of a row of `documents`."""
    message = row.get("error_message")
    return None if message is None else both(message, row.get("error_message_zh"))


def region_rows(grid: PageGrid, document_id: str, before: int) -> Iterator[Row]:
    """The rows of `regions` of a page; `before` is the number of regions on the pages before it."""
    for number, (kind, box, text, cells) in enumerate(page_regions(grid), start=before + 1):
        yield {
            "document_id": document_id,
            "region_no": number,
            "page": grid.number,
            "kind": kind,
            "x0": box.x0,
            "y0": box.y0,
            "x1": box.x1,
            "y1": box.y1,
            "text": text,
            "cells": cells,
        }
