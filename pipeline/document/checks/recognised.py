"""Checks forms read from pictures: values that look misread; amounts and weights that are confirmed by their sums."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from pipeline.document.checks.funds import fund_sums
from pipeline.document.checks.indicators import weights_add_up
from pipeline.document.checks.model import Finding, at, shorten
from pipeline.fields.model import Evidence, Form, evidence_of
from pipeline.fields.places import Places
from pipeline.forms.model import Part, Unplaced, Value
from pipeline.messages import t
from pipeline.pages.model import Page
from pipeline.pages.recognition import lowest_confidence
from pipeline.text import key

UNSURE = 0.5  # confidence below which a value is worth a look
LOOKALIKE = re.compile(r"(?=.*\d)(?=.*[OoQDlI|SBZ〇])[\d,.OoQDlI|SBZ〇]{3,}")  # an amount with letters like digits
ORGANS = ("department", "implementing_unit")
SIGNS = {"V": "≥", "v": "≥", "W": "≥", "Y": "≥", "N": "≥", "二": "=", "一": "-"}
Field = tuple[str, int, str]
"""Table, row_no and field, as in `evidence`."""


def check_recognised(forms: Sequence[Form], recognised: Mapping[int, Page]) -> Iterator[Finding]:
    """Findings of rules `ocr.*`."""
    if not recognised:
        return
    for form in forms:
        yield from _lookalikes(form, recognised)
        told: set[Field] = set()
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


def check_places(
    publisher: Value | None, forms: Sequence[Form], recognised: Mapping[int, Page], load_places: Callable[[], Places]
) -> Iterator[Finding]:
    """Findings of rule `ocr.unknown_place`: organs read from pictures that begin with a place that no table knows.

    Each place is told once, where it is read first.
    """
    if not recognised:
        return
    named: list[tuple[int | None, Part | Unplaced]] = [(None, p) for p in (publisher.parts if publisher else ())]
    named += [
        (form.form_no, evidence.part)
        for form in forms
        for evidence in evidence_of(form)
        if evidence.field in ORGANS and evidence.origin != "inferred"
    ]
    told: set[str] = set()
    for form_no, part in named:
        if part.page not in recognised or part.text is None:
            continue
        place = load_places().unknown_in(key(part.text))
        if place is not None and place.name not in told:
            told.add(place.name)
            message = t(
                "no table of places knows {name!r}; near are {near}", name=place.name, near=", ".join(place.near)
            )
            yield at(form_no, "ocr.unknown_place", "warning", message, part, part.text)


def _lookalikes(form: Form, recognised: Mapping[int, Page]) -> Iterator[Finding]:
    """Amounts with a letter that looks like a digit: they are no numbers, and no field has used some of them."""
    amounts = (part for f in form.funds if (found := f.sources.get("amount")) for part in found.parts)
    for text, page, box in (
        *((part.text, part.page, part.box) for part in amounts),
        *((u.text, u.page, u.box) for u in form.unread),
    ):
        if page in recognised and LOOKALIKE.fullmatch(key(text)):
            message = t("{text!r} has a letter among digits; it may be a digit that looks like it", text=text)
            yield Finding("ocr.amount_lookalike", "warning", message, page, box, form.form_no, text)


def _doubts(form_no: int, evidence: Evidence, sure: float | None) -> Iterator[Finding]:
    printed = evidence.part.text
    text = key(printed)
    shown = f"{evidence.table}.{evidence.field} {shorten(printed)!r}"
    if evidence.field == "target" and text[:1] in SIGNS and text[1:2].isdigit():
        message = t("{shown}: {text!r} may be the sign {signs}", shown=shown, text=text[0], signs=SIGNS[text[0]])
        yield at(form_no, "ocr.suspect_operator", "warning", message, evidence.part, printed)
    elif sure is not None and sure < UNSURE:
        message = t("{shown} was recognised with confidence {sure:.2f}", shown=shown, sure=sure)
        yield at(form_no, "ocr.unsure", "warning", message, evidence.part, printed)


def confirmed(form: Form) -> frozenset[Field]:
    """The amounts and weights that add up to a printed total: read right, unless two mistakes cancel each other."""
    values: set[Field] = set()
    for found in fund_sums(form):
        if found.total.amount and abs(found.total.amount - found.added) <= found.slack:
            values |= {("funds", number, "amount") for number in found.lines}
    if weights_add_up(form):
        values |= {("indicators", n, "weight") for n, r in enumerate(form.indicators, start=1) if r.weight is not None}
    return frozenset(values)
