"""The second reader: compares two independent readings of a document, value by value.

Both readings go through the same code from words and rules on, so what is compared is what the two libraries make of
the PDF, and how far the rest depends on it. White space is no difference: readers divide words differently.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.document.checks.model import AROUND, Finding, differing
from pipeline.document.matching import ROW_NUMBERS, FormRows, match_forms, match_rows
from pipeline.document.result import (
    CONFIRMED,
    DISPUTED,
    NOTHING_COMPARED,
    PRINTED_ON_FORM,
    PRINTED_ON_INDICATOR,
    Agreement,
    DocumentResult,
    Row,
)
from pipeline.document.rows import finding_row
from pipeline.messages import Text, t
from pipeline.tables.model import Box

RULE, UNVERIFIED = "reader.disagreement", "reader.unverified"

Value = tuple[str, int, str]
"""A value of a form: table, row_no and field as in `evidence`."""

FIELDS = {  # the field of `evidence` by the column that is compared; other columns follow from these
    "forms": {name: name for name in PRINTED_ON_FORM},
    "funds": {"label": "amount", "amount_text": "amount", "execution_rate": "execution_rate", "score": "score"},
    "indicators": {name: name for name in PRINTED_ON_INDICATOR},
}
NAMES = {"forms": ("project_name", "department"), "funds": ("label", "amount_text"), "indicators": ("level3", "target")}
"""Columns by which a finding names a form or row."""


def doubtful(result: DocumentResult) -> bool:
    """Whether a form whose text is stored in the PDF has a finding that is an error or a warning."""
    return any(form["error_count"] or form["warning_count"] for form in _stored(result))


def _stored(result: DocumentResult) -> list[Row]:
    """The forms whose text is stored in the PDF: a second reader says nothing about pictures of text."""
    return [f for f in result.tables.get("forms", []) if f["text_source"] == "digital"]


def verified(first: DocumentResult, second: DocumentResult) -> tuple[DocumentResult, Agreement]:
    """`first` with a finding for each value that `second` reads differently, and with confidences accordingly.

    Both are readings of the whole document.
    """
    forms = [_stored(x) for x in (first, second)]
    rows = [_rows_by_form(x) for x in (first, second)]
    agreement = NOTHING_COMPARED
    findings: list[Finding] = []
    confidence: dict[tuple[object, Value], float] = {}
    for mine, other in _matched_forms(rows, *forms):
        known = _Form(mine, rows[0]), _Form(other, rows[1])
        for value, a, b in _values(*known):
            same = _text(a) == _text(b)
            agreement += Agreement(1, int(same))
            if mine is not None:
                place = mine["form_id"], value
                confidence[place] = min(confidence.get(place, CONFIRMED), CONFIRMED if same else DISPUTED)
        findings += _findings(*known)
    return _told(first, findings, confidence), agreement


def unverified(result: DocumentResult, reason: Text) -> DocumentResult:
    """The result with a finding that says why it was read once only."""
    return _told(
        result, [Finding(UNVERIFIED, "info", t("the second reader did not read it: {reason}", reason=reason))], {}
    )


class _Form:
    """A form with all its rows as one reader has read them; without any where it has found none."""

    def __init__(self, form: Row | None, rows: Mapping[object, Mapping[str, list[Row]]]) -> None:
        self.row = form
        own = rows.get(form["form_id"], {}) if form is not None else {}
        self.tables = {name: own.get(name, []) for name in ROW_NUMBERS}
        evidence = own.get("evidence", [])
        self.places = {_value_of(e): e for e in reversed(evidence)}
        self.inferred = {_value_of(e) for e in evidence if e["method"] == "inferred"}
        self.corrected = {_value_of(e) for e in evidence if e["method"] == "corrected"}

    def value(self, value: Value, column: str, row: Row | None) -> object:
        """What is printed; what a reader has taken from elsewhere says nothing about it."""
        return None if row is None or value in self.inferred else row.get(column)


def _value_of(evidence: Row) -> Value:
    number = evidence["row_no"]
    assert isinstance(number, int)
    return str(evidence["table"]), number, str(evidence["field"])


def _rows_by_form(result: DocumentResult) -> dict[object, dict[str, list[Row]]]:
    found: dict[object, dict[str, list[Row]]] = {}
    for table in (*ROW_NUMBERS, "evidence"):
        for row in result.tables.get(table, []):
            found.setdefault(row["form_id"], {}).setdefault(table, []).append(row)
    return found


def _matched_forms(
    rows: Sequence[Mapping[object, Mapping[str, list[Row]]]], *forms: Sequence[Row]
) -> Iterator[tuple[Row | None, Row | None]]:
    mine, others = (
        [FormRows(form, tuple(known.get(form["form_id"], {}).get("indicators", ()))) for form in read]
        for read, known in zip(forms, rows, strict=True)
    )
    for one, other in match_forms(mine, others, same_document=True).all():
        yield one.form if one else None, other.form if other else None


def _matched_rows(mine: _Form, other: _Form) -> Iterator[tuple[str, int, Row | None, Row | None]]:
    """Table, row_no (0 where only the other reader has the row) and the two rows."""
    yield "forms", 0, mine.row, other.row
    for table, number in ROW_NUMBERS.items():
        for a, b in match_rows(table, mine.tables[table], other.tables[table], same_document=True).all():
            at = a[number] if a is not None else 0
            assert isinstance(at, int)
            yield table, at, a, b


def _values(mine: _Form, other: _Form) -> Iterator[tuple[Value, object, object]]:
    """Every value that at least one of the readers has read."""
    for table, number, a, b in _matched_rows(mine, other):
        for value, x, y in _row_values(table, number, a, b, mine, other):
            if x is not None or y is not None:
                yield value, x, y


def _row_values(
    table: str, number: int, a: Row | None, b: Row | None, mine: _Form, other: _Form
) -> Iterator[tuple[Value, object, object]]:
    theirs = b[ROW_NUMBERS[table]] if b is not None and table in ROW_NUMBERS else 0
    assert isinstance(theirs, int)
    for column, field in FIELDS[table].items():
        value = table, number, field
        if value not in mine.corrected:  # what a person has looked at needs no second reader
            yield value, mine.value(value, column, a), other.value((table, theirs, field), column, b)


def _text(value: object) -> str:
    return "" if value is None else "".join(str(value).split())


def _findings(mine: _Form, other: _Form) -> Iterator[Finding]:
    """One for each value that differs; one for a whole form or row that only one of the readers has found."""
    if mine.row is None or other.row is None:
        yield _alone("forms", mine.row, other.row, mine, other)
        return
    for table, number, a, b in _matched_rows(mine, other):
        if a is None or b is None:
            yield _alone(table, a, b, mine, other)
            continue
        for value, x, y in _row_values(table, number, a, b, mine, other):
            if _text(x) != _text(y):
                place = mine.places.get(value) or next(
                    (e for v, e in mine.places.items() if v[:2] == value[:2]),
                    {"page": a.get("page", a.get("page_first"))},
                )
                where = table if number == 0 else f"{table} {number}"
                yield _finding(
                    mine.row,
                    t("{where}, {value}: {both}", where=where, value=value[2], both=_both(_shown(x), _shown(y))),
                    place,
                    _shown(x),
                )


def _alone(table: str, a: Row | None, b: Row | None, mine: _Form, other: _Form) -> Finding:
    """A form or row that one of the readers has not found."""
    row, form, missing = (a, mine, t("the second")) if a is not None else (b, other, t("the first"))
    assert row is not None
    number = row[ROW_NUMBERS[table]] if table in ROW_NUMBERS else 0
    place = next((e for v, e in form.places.items() if v[:2] == (table, number)), {"page": row.get("page_first")})
    name = " ".join(str(row.get(n)) for n in NAMES[table] if row.get(n) is not None)
    what = t("form") if table == "forms" else t("row of {table}", table=table)
    return _finding(
        mine.row,
        t("{missing} reader finds no {what} {name!r}", missing=missing, what=what, name=name[:AROUND]),
        place,
        name or None,
    )


def _finding(form: Row | None, message: Text, place: Row, text: str | None) -> Finding:
    page, number = place.get("page"), form["form_no"] if form is not None else None
    assert (page is None or isinstance(page, int)) and (number is None or isinstance(number, int))
    edges = [float(edge) for name in Box._fields if isinstance(edge := place.get(name), float | int)]
    return Finding(RULE, "warning", message, page, Box(*edges) if edges else None, number, text)


def _shown(value: object) -> str | None:
    return None if value is None else str(value)


def _both(a: str | None, b: str | None) -> Text:
    """The texts of both readers, around the first difference."""
    first, second = differing(a, b)
    return t("the first reader reads {first}, the second {second}", first=first, second=second)


def _told(
    result: DocumentResult, findings: Sequence[Finding], confidence: Mapping[tuple[object, Value], float]
) -> DocumentResult:
    """The result with more findings and other confidences."""
    tables = dict(result.tables)
    document_id = str(result.document["document_id"])
    before = tables.get("findings", [])
    tables["findings"] = [
        *before,
        *(finding_row(document_id, n, f) for n, f in enumerate(findings, start=len(before) + 1)),
    ]
    warned = [f.form_no for f in findings if f.severity == "warning"]
    tables["forms"] = [
        {**form, "warning_count": form["warning_count"] + warned.count(form["form_no"])}  # type: ignore[operator, arg-type]
        for form in tables.get("forms", [])
    ]
    tables["evidence"] = [
        e if (known := confidence.get((e["form_id"], _value_of(e)))) is None else {**e, "confidence": known}
        for e in tables.get("evidence", [])
    ]
    return replace(result, tables=tables)
