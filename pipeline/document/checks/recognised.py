"""Checks forms read from pictures: values that look misread; amounts and weights that are confirmed by their sums."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from pipeline.document.checks.funds import fund_sums
from pipeline.document.checks.indicators import weights_add_up
from pipeline.document.checks.model import Finding, at, shorten
from pipeline.fields.model import Evidence, Form, evidence_of
from pipeline.pages.model import Page
from pipeline.pages.recognition import lowest_confidence
from pipeline.text import key

UNSURE = 0.5  # confidence below which a value is worth a look
LOOKALIKE = re.compile(r"(?=.*\d)(?=.*[OoQDlI|SBZ〇])[\d,.OoQDlI|SBZ〇]{3,}")  # an amount with letters like digits
SIGNS = {"V": "≥", "v": "≥", "W": "≥", "Y": "≥", "N": "≥", "二": "=", "一": "-"}
Value = tuple[str, int, str]
"""Table, row_no and field, as in `evidence`."""


def check_recognised(forms: Sequence[Form], recognised: Mapping[int, Page]) -> Iterator[Finding]:
    """Findings of rules `ocr.*`."""
    if not recognised:
        return
    for form in forms:
        yield from _lookalikes(form, recognised)
        told: set[Value] = set()
        sums = confirmed(form)
        for evidence in evidence_of(form):
            value = evidence.table, evidence.row_no, evidence.field
            found = recognised.get(evidence.part.page)
            if (
                found is None
                or evidence.origin == "inferred"
                or evidence.part.box is None
                or value in told
                or value in sums
            ):
                continue
            for finding in _doubts(form.form_no, evidence, lowest_confidence(found, evidence.part.box)):
                told.add(value)
                yield finding


def _lookalikes(form: Form, recognised: Mapping[int, Page]) -> Iterator[Finding]:
    """Amounts with a letter that looks like a digit: they are no numbers, and no field has used some of them."""
    amounts = (part for f in form.funds if (found := f.sources.get("amount")) for part in found.parts)
    for text, page, box in (
        *((part.text, part.page, part.box) for part in amounts),
        *((u.text, u.page, u.box) for u in form.unread),
    ):
        if page in recognised and LOOKALIKE.fullmatch(key(text)):
            message = f"{text!r} has a letter among digits; it may be a digit that looks like it"
            yield Finding("ocr.amount_lookalike", "warning", message, page, box, form.form_no, text)


def _doubts(form_no: int, evidence: Evidence, sure: float | None) -> Iterator[Finding]:
    printed = evidence.part.text
    text = key(printed)
    shown = f"{evidence.table}.{evidence.field} {shorten(printed)!r}"
    if evidence.field == "target" and text[:1] in SIGNS and text[1:2].isdigit():
        message = f"{shown}: {text[0]!r} may be the sign {SIGNS[text[0]]}"
        yield at(form_no, "ocr.suspect_operator", "warning", message, evidence.part, printed)
    elif sure is not None and sure < UNSURE:
        message = f"{shown} was recognised with confidence {sure:.2f}"
        yield at(form_no, "ocr.unsure", "warning", message, evidence.part, printed)


def confirmed(form: Form) -> frozenset[Value]:
    """The amounts and weights that add up to a printed total: read right, unless two mistakes cancel each other."""
    values: set[Value] = set()
    for found in fund_sums(form):
        if found.total.amount and abs(found.total.amount - found.added) <= found.slack:
            values |= {("funds", number, "amount") for number in found.lines}
    if weights_add_up(form):
        values |= {("indicators", n, "weight") for n, r in enumerate(form.indicators, start=1) if r.weight is not None}
    return frozenset(values)
