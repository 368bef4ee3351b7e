"""The Finding type: a broken rule with its message, the printed text that it is about, and the place of that text."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.forms.model import Part, Unplaced
from pipeline.messages import Text, t
from pipeline.tables.model import Box

SHOWN = 200  # characters of a text that a message repeats
AROUND = 80  # characters of each of two texts that a message repeats, around the first difference


@dataclass(frozen=True, slots=True)
class Finding:
    """`rule` is a stable id, `severity` error, warning or info. `form_no` and `table_no` (of a budget
    table) are None for the document as a whole.

    `page` counts from 1, `box` is in points. `text` is the printed text that the finding is about; None where it is
    about no single text, such as a missing field. Of a person's name or telephone number, `text` is the label alone.
    """

    rule: str
    severity: str
    message: Text
    page: int | None = None
    box: Box | None = None
    form_no: int | None = None
    text: str | None = None
    table_no: int | None = None


def at(
    form_no: int | None,
    rule: str,
    severity: str,
    message: Text,
    place: Part | Unplaced | None,
    text: str | None = None,
) -> Finding:
    """A finding at a printed place."""
    page, box = (place.page, place.box) if place else (None, None)
    return Finding(rule, severity, message, page, box, form_no, text or None)


def shorten(text: str) -> str:
    """At most the first 200 characters of a text, as messages repeat it."""
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def differing(*texts: str | None) -> list[Text]:
    """Texts as a message repeats them, quoted, from a little before the place at which the first two differ."""
    a, b = ((text or "") for text in texts[:2])
    same = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), 0)
    start = max(same - AROUND // 4, 0)
    return [
        t("{text!r}", text="…" * (start > 0) + x[start : start + AROUND]) if x is not None else t("nothing")
        for x in texts
    ]
