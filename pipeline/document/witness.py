"""Evidence compared with the words of a second library: its confidence, and findings of values that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.document.checks.model import Finding
from pipeline.document.result import CONFIRMED, DISPUTED, Agreement, Row
from pipeline.document.value_check import PrintedValue, check_values
from pipeline.pages.model import DocumentPages, Page, Word
from pipeline.tables.model import Box


def compare_evidence(
    evidence: Sequence[Row], document: DocumentPages, covered: Mapping[int, Sequence[Word]], findings: Sequence[Finding]
) -> tuple[Sequence[Finding], Agreement]:
    """Set the confidence of rows of `evidence` by what the witness of a document sees in their boxes.

    Only parts of values that `document.reader` has read are compared. `covered` are words under white areas by page.
    `findings` are those of the document, which say where values are clipped.
    """
    clipped = {finding.form_no for finding in findings if finding.rule == "text.clipped"}
    rows = [row for row in evidence if row["method"] == document.reader and row["x0"] is not None and row["text"]]
    values = [_value(row, clipped) for row in rows]
    pages = {n: page.words for n, page in (document.witness or {}).items() if isinstance(page, Page)}
    check = check_values(values, pages, covered)
    for row, confidence in zip(rows, check.confidences, strict=True):
        row["confidence"] = confidence
    agreed = check.confidences.count(CONFIRMED)
    return check.findings, Agreement(agreed + check.confidences.count(DISPUTED), agreed)


def _value(row: Row, clipped: set[int | None]) -> PrintedValue:
    form_no, row_no, page = int(str(row["form_id"])[13:]), row["row_no"], row["page"]
    assert isinstance(row_no, int) and isinstance(page, int)
    box = Box(*(float(str(row[edge])) for edge in Box._fields))
    table, field, text = str(row["table"]), str(row["field"]), str(row["text"])
    return PrintedValue(form_no, table, row_no, field, page, box, text, form_no in clipped)
