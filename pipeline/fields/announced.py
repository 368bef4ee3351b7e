"""Announced control totals: how many projects with targets a document says it has, and with how much money."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipeline.fields.money import parse_amount
from pipeline.forms.model import Part
from pipeline.grid.model import PageGrid
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
        lines = list(_lines(page))
        text = "".join(text for text, _ in lines)
        following = "".join(t for t, _ in _lines(pages[number + 1])) if number + 1 < len(pages) else ""
        for pattern in patterns:
            match = pattern.search(text + following[:REACH])
            if match and match.start() < len(text):
                count = match.groupdict().get("count")
                place = _place(lines, min(match.start("amount"), len(text) - 1))
                return Announced(int(count) if count else None, parse_amount(match["amount"], match["unit"]), place)
    return None


def _lines(page: PageGrid) -> Iterator[tuple[str, Part]]:
    for line in page.lines:
        text = key(line.text)
        if not _FURNITURE.match(text):
            yield text, Part(page.number, line.box, line.text)


def _place(lines: Sequence[tuple[str, Part]], offset: int) -> Part:
    for text, part in lines:
        if offset < len(text):
            return part
        offset -= len(text)
    return lines[-1][1]
