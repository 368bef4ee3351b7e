"""Evidence compared with the words of a second library: its confidence, and findings of values that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.document.checks.model import Finding
from pipeline.document.result import CONFIRMED, DISPUTED, Agreement, Row
from pipeline.document.value_check import PrintedValue, check_values
from pipeline.pages.frames import Frame, upright_box
from pipeline.pages.model import DocumentPages, Page, Word
from pipeline.tables.model import Box


def compare_evidence(
    evidence: Sequence[Row],
    document: DocumentPages,
    covered: Mapping[int, Sequence[Word]],
    frames: Mapping[int, Frame],
    findings: Sequence[Finding],
) -> tuple[Sequence[Finding], Agreement]:
    """Set the confidence of rows of `evidence` by what the witness of a document sees in their boxes.

    Only parts of values that `document.reader` has read are compared. `covered` are words by page that are
    no text of it, `frames` those of pages that were set upright. `findings` are those of the document, which say where
    values are clipped.
    """
    clipped = {finding.form_no for finding in findings if finding.rule == "text.clipped"}
    rows = [row for row in evidence if row["method"] == document.reader and row["x0"] is not None and row["text"]]
    values = [_value(row, clipped) for row in rows]
    seen = (page for page in (document.witness or {}).values() if isinstance(page, Page))
    pages = {page.number: _upright_words(page, frames.get(page.number)) for page in seen}
    check = check_values(values, pages, covered)
    for row, confidence in zip(rows, check.confidences, strict=True):
        row["confidence"] = confidence
    agreed = check.confidences.count(CONFIRMED)
    return check.findings, Agreement(agreed + check.confidences.count(DISPUTED), agreed)


def _upright_words(page: Page, frame: Frame | None) -> Sequence[Word]:
    """The words of a witness, which reads pages as displayed, where the evidence has them."""
    if frame is None:
        return page.words
    return [Word(*upright_box(frame, word[:4]), word.text, word.run) for word in page.words]


def _value(row: Row, clipped: set[int | None]) -> PrintedValue:
    form_no, row_no, page = int(str(row["form_id"])[13:]), row["row_no"], row["page"]
    assert isinstance(row_no, int) and isinstance(page, int)
    box = Box(*(float(str(row[edge])) for edge in Box._fields))
    table, field, text = str(row["table"]), str(row["field"]), str(row["text"])
    return PrintedValue(form_no, table, row_no, field, page, box, text, form_no in clipped)
