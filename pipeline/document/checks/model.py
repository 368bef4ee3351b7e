"""A finding: what does not add up, with the numbers in its message and the place where they stand."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.forms.model import Part, Unplaced
from pipeline.tables.model import Box

SHOWN = 200  # characters of a text that a message repeats


@dataclass(frozen=True, slots=True)
class Finding:
    """`rule` is a stable id, `severity` error, warning or info. `form_no` is None for the document as a whole."""

    rule: str
    severity: str
    message: str
    page: int | None = None
    box: Box | None = None
    form_no: int | None = None


def at(form_no: int | None, rule: str, severity: str, message: str, place: Part | Unplaced | None) -> Finding:
    """A finding at a printed place."""
    return Finding(rule, severity, message, place.page if place else None, place.box if place else None, form_no)


def shorten(text: str) -> str:
    """A text as a message repeats it."""
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
