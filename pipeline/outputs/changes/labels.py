"""Groups unknown labels and unread texts by label; the labels on most forms come first."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.document.checks.forms import UNKNOWN_LABEL
from pipeline.outputs.changes.model import Example, LabelGroup
from pipeline.text import key

UNKNOWN = (UNKNOWN_LABEL, "table.unknown_heading")
"""Rules of findings about a label of a form, or a heading of a budget table, that no dictionary knows."""

EXAMPLES = 3
"""Places listed for each label: enough to see whether it means the same everywhere."""

_NUMBER = re.compile(r"\d+(?:[.,，]\d+)*")
_OVERLAP = 0.5  # share of the lower or narrower of two boxes that is level with, or below, the other


@dataclass(frozen=True, slots=True)
class UnreadText:
    """A finding of the rules `UNKNOWN` or of `form.unread_text` with path and layout of its form; box in points. Of a
    budget table `form_id` is its table_id and `layout` its kind."""

    form_id: str
    rule: str
    text: str
    source_path: str
    layout: str
    page: int
    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def is_label(self) -> bool:
        return self.rule in UNKNOWN


@dataclass(slots=True)
class _Group:
    heads: list[UnreadText] = field(default_factory=list)
    values: int = 0


def group_labels(texts: Iterable[UnreadText]) -> tuple[LabelGroup, ...]:
    """One group for each text, all numbers in it being equal; an unread value counts for the label beside or above."""
    pages: dict[tuple[str, int], list[UnreadText]] = defaultdict(list)
    for text in texts:
        pages[text.form_id, text.page].append(text)
    groups: dict[str, _Group] = defaultdict(_Group)
    for _, found in sorted(pages.items()):
        for text in found:
            head = _head(text, found)
            group = groups[_NUMBER.sub("#", key(head.text))]
            if head is text:
                group.heads.append(text)
            else:
                group.values += 1
    return tuple(sorted((_group_of(group) for group in groups.values()), key=_cost))


def _group_of(group: _Group) -> LabelGroup:
    ordered = sorted(group.heads, key=lambda text: (text.source_path, text.page, text.y0, text.x0))
    places = dict.fromkeys(Example(text.source_path, text.page) for text in ordered)
    # one a document first, because a label that only one document prints is seldom worth a dictionary's entry
    documents = {place.source_path: place for place in reversed(places)}
    examples = sorted(places, key=lambda place: documents[place.source_path] != place)
    return LabelGroup(
        ordered[0].text,
        any(text.is_label for text in ordered),
        len({text.form_id for text in ordered}),
        len(ordered),
        group.values,
        tuple(sorted({text.layout for text in ordered})),
        tuple(examples[:EXAMPLES]),
    )


def _cost(group: LabelGroup) -> tuple[int, int, int, str]:
    return -group.forms, -group.values, -group.times, group.text


def _head(text: UnreadText, page: Sequence[UnreadText]) -> UnreadText:
    """The label that a text belongs to: to its left, else above it, else the top unread text of its column."""
    if text.is_label:
        return text
    if left := [other for other in page if other.is_label and other.x1 <= text.x0 + 1 and _level(text, other)]:
        return max(left, key=lambda other: other.x1)
    above = [other for other in page if other.y0 < text.y0 and other.y1 <= text.y0 + 1 and _below(text, other)]
    if labels := [other for other in above if other.is_label]:
        return max(labels, key=lambda other: other.y1)
    return _head(min(above, key=lambda other: other.y0), page) if above else text


def _level(text: UnreadText, other: UnreadText) -> bool:
    shared = min(text.y1, other.y1) - max(text.y0, other.y0)
    return shared >= _OVERLAP * min(text.y1 - text.y0, other.y1 - other.y0)


def _below(text: UnreadText, other: UnreadText) -> bool:
    shared = min(text.x1, other.x1) - max(text.x0, other.x0)
    return shared >= _OVERLAP * min(text.x1 - text.x0, other.x1 - other.x0)
