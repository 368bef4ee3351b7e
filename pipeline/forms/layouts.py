"""Which layout a sheet has, or which other form it is: by its title and the labels that it must print."""

from __future__ import annotations

import re
from collections.abc import Container, Set
from typing import NamedTuple

from pipeline.forms.dictionary import Knowledge, Layout, OtherForm

_FORM = re.compile("目标|自评")  # a title with one of them names a form
_REMARK = re.compile(r"\([^()]*\)$")
GENERIC = "generic-project"


class KnownBy(NamedTuple):
    """All that tells which layout a sheet has: the key of its title and those of its labels."""

    title: str
    labels: Set[str]


def fits(layout: Layout, title: str, labels: Container[str]) -> bool:
    """Whether a sheet may have a layout that is not the generic one.

    `title` and `labels` are keys. A layout with `needs` is only chosen when all of them are printed; one with `titles`
    only when a phrase of them stands in the title.
    """
    if layout.titles and not any(phrase and phrase in title for phrase in layout.titles):
        return False
    return bool(layout.titles or layout.needs) and all(need in labels for need in layout.needs)


def match_layout(knowledge: Knowledge, title: str, labels: Set[str]) -> Layout:
    """The most particular layout that fits; else the generic project form. See `fits`.

    Nothing but the chosen layout decides how a sheet is read: `pipeline.dataset.landing.sheets` relies on that.
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
    assert best is not None  # the generic layout is part of the package
    return best


def match_other(knowledge: Knowledge, title: str, labels: Set[str]) -> OtherForm | None:
    """The neighbour of a performance form that a sheet is; `title` and `labels` are keys. None for a form."""
    named = _REMARK.sub("", title)
    for other in knowledge.others:
        if named.endswith(other.ends) or (not _FORM.search(named) and any(group <= labels for group in other.labels)):
            return other
    return None
