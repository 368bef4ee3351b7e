"""What a document says about itself: year, kind, publisher, region, and the announced control totals."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pipeline.fields.dates import parse_year
from pipeline.fields.form import Form
from pipeline.fields.money import parse_amount
from pipeline.forms.model import Part, Printed
from pipeline.grid.model import Line, PageGrid
from pipeline.text import key

COVER_PAGES = 3
_KINDS = (
    ("final_accounts", re.compile("决算")),
    ("unit_budget", re.compile("单位预算")),
    ("department_budget", re.compile("部门预算|预算")),
)
_COVER = re.compile(r"预算|决算|绩效")
_PUBLISHER_LABEL = re.compile(
    r"^(?:预算主管部门|编制部门|部门名称|单位名称|预算单位|填报单位|公开部门|公开单位|编制单位|部门|单位)[:：](.{3,40})$"
)
_ORGAN = re.compile(
    r"^(?:20\d\d年度?)?(?:关于)?(.{2,30}?(?:局|委员会|委|厅|办公室|部|院|会|中心|政府|街道办事处|处|队|署|站|馆|所|学校|大学|法院|检察院|集团|联|社))(?:\(.*?\))?(?:20\d\d|部门|单位|本级|$)"
)
_ANNOUNCED = re.compile(
    r"编报绩效目标的项目(?:共)?(\d+)个[,，]?涉及(?:项目)?(?:预算)?资金(?:共)?([\d,，.]+)(亿元|万元|元)"
)


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """Null where the document does not say it. `announced_amount` in yuan; `year` carries where it was read."""

    fiscal_year: int | None
    year_place: Printed | None
    kind: str
    publisher: str | None
    publisher_place: Printed | None
    region_code: str | None
    region_name: str | None
    announced_count: int | None
    announced_amount: Decimal | None


def document_facts(pages: Sequence[PageGrid], regions: Mapping[str, str], forms: Sequence[Form]) -> DocumentFacts:
    """Facts from the cover and the text; what the cover does not say, from the forms that do."""
    lines = [(p.number, line) for p in pages[:COVER_PAGES] for line in p.lines]
    has_forms = bool(forms)
    year, year_place = _year(lines)
    if year is None:
        year, year_place = _from_forms(forms, "fiscal_year")
    publisher, publisher_place = _publisher(lines)
    if publisher is None:
        publisher, publisher_place = _from_forms(
            [f for f in forms if f.form_kind == "department_overall"] or forms, "department"
        )
    code, name = _region(regions, [publisher or "", *(key(x.text) for _, x in lines[:12])])
    count, amount = _announced(pages)
    return DocumentFacts(
        year, year_place, _kind(lines, has_forms), publisher, publisher_place, code, name, count, amount
    )


def _from_forms(forms: Sequence[Form], name: str) -> tuple[Any, Printed | None]:
    """A value that all forms that print it agree on, and where it stands."""
    values = {getattr(f, name) for f in forms} - {None}
    if len(values) != 1:
        return None, None
    value = values.pop()
    parts = next((tuple(e.part for e in f.evidence if e.field == name) for f in forms if getattr(f, name) == value), ())
    return value, Printed(str(value), parts) if parts else None


def _year(lines: Sequence[tuple[int, Line]]) -> tuple[int | None, Printed | None]:
    for page, line in lines:
        text = key(line.text)
        if len(text) <= 60 and _COVER.search(text) and (year := parse_year(text)):
            return year, Printed(line.text, (Part(page, line.box, line.text),))
    for page, line in lines[:6]:
        text = key(line.text)
        if re.fullmatch(r"[(]?20\d\d年度?[)]?", text) and (year := parse_year(text)):
            return year, Printed(line.text, (Part(page, line.box, line.text),))
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


def _publisher(lines: Sequence[tuple[int, Line]]) -> tuple[str | None, Printed | None]:
    for page, line in lines[:20]:
        if match := _PUBLISHER_LABEL.match(key(line.text)):
            return match[1], Printed(match[1], (Part(page, line.box, line.text),))
    for page, line in lines[:8]:
        text = key(line.text)
        match = _ORGAN.match(text)
        if match and len(text) <= 40:
            return match[1], Printed(match[1], (Part(page, line.box, line.text),))
    return None, None


def _region(regions: Mapping[str, str], texts: Sequence[str]) -> tuple[str | None, str | None]:
    """The most particular region named: the longest name found in the first text that names one."""
    for text in texts:
        found = max((name for name in regions if name in text), key=len, default=None)
        if found:
            return regions[found], found
    return None, None


def _announced(pages: Sequence[PageGrid]) -> tuple[int | None, Decimal | None]:
    for page in pages:
        if not any("绩效目标" in line.text for line in page.lines):
            continue
        match = _ANNOUNCED.search("".join(key(line.text) for line in page.lines))
        if match:
            return int(match[1]), parse_amount(match[2], match[3])
    return None, None
