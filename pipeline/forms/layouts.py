"""Chooses the layout of a sheet, or recognises it as another kind of table, by its title and its labels."""

from __future__ import annotations

import re
from collections.abc import Container, Set
from typing import NamedTuple

from pipeline.forms.dictionary import Knowledge, Layout, OtherForm

_FORM = re.compile("目标|自评")  # a title with one of these words names a form
_REMARK = re.compile(r"\([^()]*\)$")
GENERIC = "generic-project"


class KnownBy(NamedTuple):
    """The keys that decide the layout of a sheet: that of its title and those of its labels."""

    title: str
    labels: Set[str]


def fits(layout: Layout, title: str, labels: Container[str]) -> bool:
    """Whether a layout other than the generic one fits a sheet. `title` and `labels` are keys.

    All labels in `needs` must be printed, and the title must contain one of the phrases in `titles`, if there are any.
    """
    if layout.titles and not any(phrase and phrase in title for phrase in layout.titles):
        return False
    return bool(layout.titles or layout.needs) and all(need in labels for need in layout.needs)


def match_layout(knowledge: Knowledge, title: str, labels: Set[str]) -> Layout:
    """The layout with the most `needs` that fits, then the longest title phrase, then the first in `layouts.toml`.

    The generic project form when none fits. The other layouts have no influence on how a sheet is read:
    `pipeline.dataset.landing.sheets` relies on that.
    """
    best, best_rank = None, (-1, -1)
    for layout in knowledge.layouts:
        if layout.id == GENERIC:
            best = best or layout
            continue
        phrase = max((len(p) for p in layout.titles if p in title), default=0)
        rank = (len(layout.needs), phrase)
        if rank > best_rank and fits(layout, title, labels):
            best, best_rank = layout, rank
    assert best is not None  # loading requires the generic layout
    return best


def match_other(knowledge: Knowledge, title: str, labels: Set[str]) -> OtherForm | None:
    """The kind of table that looks like a performance form and is none; None for a form. `title`, `labels`: keys."""
    named = _REMARK.sub("", title)
    for other in knowledge.others:
        if named.endswith(other.ends) or (not _FORM.search(named) and any(group <= labels for group in other.labels)):
            return other
    return None
