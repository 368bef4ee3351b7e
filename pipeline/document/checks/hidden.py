"""Finds text that is stored on the pages of forms but neither visible nor used anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.document.checks.model import Finding, shorten
from pipeline.fields.model import Form
from pipeline.messages import t, tn
from pipeline.pages.model import Word
from pipeline.tables.model import Box, PageGrid
from pipeline.text import key


def note_beside_hidden(shown: dict[int, frozenset[str]], before: PageGrid | None, page: PageGrid) -> None:
    """Add the keys of the lines of two successive pages to `shown`, by page, if either page has hidden text."""
    pages = [x for x in (before, page) if x is not None]
    if any(x.hidden for x in pages):
        shown.update({x.number: _shown(x) for x in pages if x.number not in shown})


def check_hidden(
    pages: Sequence[PageGrid], shown: Mapping[int, frozenset[str]], forms: Sequence[Form]
) -> Iterator[Finding]:
    """Findings of the rule `text.hidden`; `shown` are the lines of pages with hidden text and of those beside them.

    A line of a merged cell that a page break cuts is stored on both pages and shows on one of them: it is not hidden,
    and neither is a line that the same page prints elsewhere, as a title redrawn over the old one.
    """
    of_forms = _pages_of(forms)
    for page in pages:
        if not page.hidden or page.number not in of_forms:
            continue
        beside = [x for n in (page.number - 1, page.number + 1) for x in shown.get(n, ())]
        for line in page.hidden:
            text = key(line.text)
            if text not in shown.get(page.number, ()) and not any(text in other for other in beside):
                message = t(
                    "stored in the file, but not visible on the page, and not used: {text}", text=shorten(line.text)
                )
                yield Finding("text.hidden", "info", message, page.number, line.box, text=line.text)


def check_unmapped(unmapped: Mapping[int, Sequence[Word]], forms: Sequence[Form]) -> Iterator[Finding]:
    """Findings of the rule `text.unmapped`: words on pages of forms of which nobody knows the characters."""
    of_forms = _pages_of(forms)
    for number, words in unmapped.items():
        count = sum(len(word.text) for word in words)
        message = tn(
            "a character is printed in a font that does not name it, and left out; look at the page",
            "{count} characters are printed in a font that does not name them, and left out; look at the page",
            count,
        )
        box = Box(
            min(w.x0 for w in words), min(w.y0 for w in words), max(w.x1 for w in words), max(w.y1 for w in words)
        )
        yield Finding("text.unmapped", "error" if number in of_forms else "info", message, number, box)


def _pages_of(forms: Sequence[Form]) -> set[int]:
    return {number for form in forms for number in range(form.page_first, form.page_last + 1)}


def _shown(page: PageGrid) -> frozenset[str]:
    cells = (line for table in page.tables for cell in table.cells for line in cell.lines)
    return frozenset(key(line.text) for line in (*page.lines, *cells))
