"""Check boxes: the options that a cell prints, and which of them are ticked."""

from __future__ import annotations

import re
from dataclasses import dataclass

# a box, empty or ticked; a tick alone; brackets instead of a box
_MARK = re.compile(r"[(（]\s*(?P<inside>[√✓✔]?)\s*[)）]|□\s*(?P<over>[√✓✔]?)|(?P<sign>[☐☑☒√✓✔■])")
_NUMBER = r"[(（]?\d{1,2}[)）、.．]"
_NUMBERING = re.compile(rf"^[、，,；;]?\s*(?:{_NUMBER}(?!\d))?\s*|\s*(?:{_NUMBER}|[、，,；;])?\s*$")


@dataclass(frozen=True, slots=True)
class Options:
    """Options in printed order, without their numbers, and those of them that are ticked."""

    names: tuple[str, ...]
    ticked: tuple[str, ...]


def parse_options(text: str) -> Options | None:
    """The options of a cell such as 持续性□ 新增性☑; None when it prints no boxes, or on no one side of its options."""
    marks = list(_MARK.finditer(text))
    if not any(_is_box(m) for m in marks):
        return None
    ends = [0, *(x for m in marks for x in m.span()), len(text)]
    texts = [_NUMBERING.sub("", text[a:b]) for a, b in zip(ends[::2], ends[1::2], strict=True)]
    names = texts[1:] if not texts[0] else texts[:-1] if not texts[-1] else []
    if not names or not all(names):
        return None
    return Options(tuple(names), tuple(name for name, mark in zip(names, marks, strict=True) if _is_ticked(mark)))


def _is_box(mark: re.Match[str]) -> bool:
    """Whether a mark is more than a tick, which may stand in any text."""
    return mark["sign"] is None or mark["sign"] in "☐☑☒■"


def _is_ticked(mark: re.Match[str]) -> bool:
    return bool(mark["inside"] or mark["over"] or (mark["sign"] and mark["sign"] != "☐"))
