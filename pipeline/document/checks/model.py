"""A finding: what does not add up, with the numbers in its message and the place where they stand."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.forms.model import Part, Unplaced
from pipeline.tables.model import Box

SHOWN = 200  # characters of a text that a message repeats
AROUND = 80  # characters of each of two texts that a message repeats, around the first difference


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


def differing(*texts: str | None) -> list[str]:
    """Texts as a message repeats them, quoted, from a little before the place at which the first two differ."""
    a, b = ((text or "") for text in texts[:2])
    same = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), 0)
    start = max(same - AROUND // 4, 0)
    return [repr("…" * (start > 0) + x[start : start + AROUND]) if x is not None else "nothing" for x in texts]
