"""Facts about a document: year, kind, publisher, region, and the control totals that it announces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.fields.announced import Announced, announced
from pipeline.fields.dates import parse_year
from pipeline.fields.model import Form
from pipeline.fields.publisher import publisher
from pipeline.fields.region import Region, Regions, region_of
from pipeline.forms.model import Part, Value, printed_line
from pipeline.notation import YEAR_LINE
from pipeline.tables.lines import one_title
from pipeline.tables.model import Line, PageGrid
from pipeline.text import key

COVER_PAGES = 3
COVER_LINES = 12  # of those, lines that may name the region
_KINDS = (
    ("final_accounts", re.compile("决算")),
    ("unit_budget", re.compile("单位预算")),
    ("department_budget", re.compile("部门预算|预算")),
)
_COVER = re.compile(r"预算|决算|绩效")


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """None where the document does not print it. `year_place` and `publisher_place`: the printed text and its place."""

    fiscal_year: int | None
    year_place: Value | None
    kind: str
    publisher: str | None
    publisher_place: Value | None
    region: Region | None
    announced: Announced | None


def document_facts(
    pages: Sequence[PageGrid],
    regions: Regions,
    announcements: Sequence[re.Pattern[str]],
    forms: Sequence[Form],
) -> DocumentFacts:
    """Facts from the cover and the text; year and publisher from the forms where the cover lacks them."""
    lines = [(p.number, line) for p in pages[:COVER_PAGES] for line in p.lines]
    has_forms = bool(forms)
    year, year_place = _year(lines)
    if year is None:
        year, year_place = _from_forms(forms, "fiscal_year")
    place = publisher(lines)
    if place is None:
        _, place = _from_forms([f for f in forms if f.form_kind == "department_overall"] or forms, "department")
    region = region_of(regions, key(place.text) if place else None, (key(x.text) for _, x in lines[:COVER_LINES]))
    kind = _kind(lines, has_forms)
    return DocumentFacts(
        year, year_place, kind, place.text if place else None, place, region, announced(pages, announcements)
    )


def _from_forms(forms: Sequence[Form], name: str) -> tuple[Any, Value | None]:
    """The value of a field on which all forms that print it agree, and its place in the first of them."""
    values = {getattr(f, name) for f in forms} - {None}
    if len(values) != 1:
        return None, None
    value = values.pop()
    source = next(f for f in forms if getattr(f, name) == value).sources.get(name)
    parts = tuple(part for part in source.parts if isinstance(part, Part)) if source else ()
    return value, Value(str(value), parts) if parts else None


def _year(lines: Sequence[tuple[int, Line]]) -> tuple[int | None, Value | None]:
    for i, (page, line) in enumerate(lines):
        text = key(line.text)
        if len(text) > 60 or (year := parse_year(text)) is None:
            continue
        wrapped = [x for number, x in lines[i + 1 : i + 2] if number == page and one_title([line, x])]
        if _COVER.search(text) or any(_COVER.search(text + key(x.text)) for x in wrapped):
            return year, printed_line(page, line)
    for page, line in lines[:6]:
        text = key(line.text)
        if "年" in text and YEAR_LINE.match(text) and (year := parse_year(text)):
            return year, printed_line(page, line)
    return None, None


def _kind(lines: Sequence[tuple[int, Line]], has_forms: bool) -> str:
    for _, line in lines[:15]:
        text = key(line.text)
        if len(text) <= 60:
            for kind, pattern in _KINDS:
                if pattern.search(text) and "目录" not in text:
                    return "performance_forms" if has_forms and "绩效" in text and "表" in text else kind
            if has_forms and "绩效" in text:
                return "performance_forms"
    return "performance_forms" if has_forms else "other"
