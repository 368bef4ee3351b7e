"""Projects told in prose: 项目经费情况说明 with numbered sections 一、项目概述 … 七、绩效目标, one record a project."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from pipeline.forms.dictionary import Knowledge, Layout, meanings
from pipeline.forms.model import Part, RawForm, RawFund, Value, printed_line, together
from pipeline.forms.roles import Field
from pipeline.notation import AMOUNT
from pipeline.tables.model import Line, PageGrid
from pipeline.text import key

LAYOUT = Layout("narrative", "project_narrative")
TITLE = re.compile(r"^(?P<name>.*?)(?:项目)?经费(?:使用)?情况(?:的)?说明$")
_TITLE_END = re.compile(r"说\s*明\s*$")
_SECTION = re.compile(
    r"^[(（]?[一二三四五六七八九十]{1,3}[)）]?[、.．]?\s*(?P<heading>[^:：。，,]{2,12})[:：]?\s*(?P<rest>.*)$"
)
_FURNITURE = re.compile(r"^[-—－\s]*\d{1,4}[-—－\s]*$|^第\d+页")
_AMOUNT = re.compile(AMOUNT)
_CLAUSE = re.compile(r"[，,。；;：:、]")
SHORT = 40  # characters; a longer unit or period is a sentence about it


@dataclass(slots=True)
class _Record:
    """A project's sections under way."""

    title: Value | None
    page: int
    sections: defaultdict[str, list[Value]] = field(default_factory=lambda: defaultdict(list))
    current: str = "begin"


def narratives(pages: Iterable[PageGrid], knowledge: Knowledge) -> Iterator[RawForm]:
    """The projects told in prose, in reading order; a record without amount and goal is none."""
    record: _Record | None = None
    title: Value | None = None
    headings = _headings(knowledge)
    for page in pages:
        for line in page.lines:
            heads = headings.search(line.text)
            if record is None and not heads and not _TITLE_END.search(line.text):
                continue
            text = key(line.text)
            if _FURNITURE.match(text):
                continue
            if len(text) <= 60 and TITLE.match(text):
                yield from _finished(record)
                record, title = None, printed_line(page.number, line)
                continue
            section, rest = _section(line, knowledge) if heads else (None, "")
            if section == "begin":
                yield from _finished(record)
                record, title = _Record(title, page.number), None
            elif section is not None and record is not None:
                record.current = section
            if record is not None:
                _add(record, page.number, line, rest if section else line.text)
    yield from _finished(record)


@lru_cache(maxsize=4)
def _headings(knowledge: Knowledge) -> re.Pattern[str]:
    """Finds what a line must hold to begin a section: the label of one, or brackets that may divide it."""
    labels = [r"\s*".join(map(re.escape, text)) for text, found in knowledge.labels.items() if "section" in found]
    return re.compile("|".join([*labels, r"[(（\[［]"]))


def _section(line: Line, knowledge: Knowledge) -> tuple[str | None, str]:
    match = _SECTION.match(line.text.strip())
    label = meanings(knowledge, match["heading"]).get("section") if match else None
    return (label.section, match["rest"]) if match and label else (None, "")


def _add(record: _Record, page: int, line: Line, text: str) -> None:
    text = text.strip()
    if text and record.current not in ("begin", "ignored"):
        record.sections[record.current].append(Value(text, (Part(page, line.box, line.text),)))


def _finished(record: _Record | None) -> Iterator[RawForm]:
    if record is None or not ("goal" in record.sections and "amount" in record.sections):
        return
    sections = {name: together(values) for name, values in record.sections.items()}
    last = max(part.page for value in sections.values() for part in value.parts)
    form = RawForm(LAYOUT, record.page, last, title=record.title, in_prose=True)
    if record.title is not None and (match := TITLE.match(record.title.text)) and match["name"].strip():
        form.fields[Field.PROJECT_NAME] = Value(match["name"].strip(), record.title.parts)
    for field_name in (Field.IMPLEMENTING_UNIT, Field.PERIOD):
        value = sections.get(field_name.value)
        if value is not None and len(value.text) <= SHORT:
            form.fields[field_name] = Value(value.text.rstrip("。；;"), value.parts)
    form.goals["annual"] = sections["goal"]
    form.funds = list(_funds(sections["amount"]))
    yield form


def _funds(value: Value) -> Iterator[RawFund]:
    """The year's amount, when the section names one, or one 其中 (of which) others; else each with the words before it.

    Of several amounts side by side nobody can say which is the year's, and adding them up would be inventing one.
    """
    amounts = list(_AMOUNT.finditer(value.text))
    if len(amounts) == 1 or (amounts and "其中" in value.text[amounts[0].end() : amounts[1].start()]):
        yield RawFund("年度预算安排", "total", "annual", Value(amounts[0][0], value.parts))
        return
    ends = [0, *(match.end() for match in amounts)]
    for end, match in zip(ends, amounts, strict=False):
        label = _CLAUSE.split(value.text[end : match.start()])[-1] or "年度预算安排"
        yield RawFund(label, "other", "annual", Value(match[0], value.parts), item=True)
