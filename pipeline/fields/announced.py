"""Announced control totals: how many projects with targets a document says it has, and with how much money."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipeline.fields.money import parse_amount
from pipeline.forms.model import Part, printed_line
from pipeline.tables.model import Line, PageGrid
from pipeline.text import key

SUBJECT = "绩效"  # an announcement's page prints it
REACH = 300  # characters of the next page that a sentence may run into
_FURNITURE = re.compile(r"^[-第]?\d{1,4}[-页]?$")


@dataclass(frozen=True, slots=True)
class Announced:
    """`amount` in yuan, `count` None where only money is told; `place` is the line in which it stands."""

    count: int | None
    amount: Decimal | None
    place: Part


def announced(pages: Sequence[PageGrid], patterns: Sequence[re.Pattern[str]]) -> Announced | None:
    """The first announcement of a document; None when there is none. Page numbers inside a sentence do not matter."""
    for number, page in enumerate(pages):
        if not any(SUBJECT in line.text for line in page.lines):
            continue
        lines = _lines(page)
        text = "".join(text for text, _ in lines)
        following = "".join(t for t, _ in _lines(pages[number + 1])) if number + 1 < len(pages) else ""
        for pattern in patterns:
            match = pattern.search(text + following[:REACH])
            if match and match.start() < len(text):
                count = match.groupdict().get("count")
                place = printed_line(page.number, _line_at(lines, min(match.start("amount"), len(text) - 1))).parts[0]
                return Announced(int(count) if count else None, parse_amount(match["amount"], match["unit"]), place)
    return None


def _lines(page: PageGrid) -> list[tuple[str, Line]]:
    lines = ((key(line.text), line) for line in page.lines)
    return [(text, line) for text, line in lines if not _FURNITURE.match(text)]


def _line_at(lines: Sequence[tuple[str, Line]], offset: int) -> Line:
    for text, line in lines:
        if offset < len(text):
            return line
        offset -= len(text)
    return lines[-1][1]
