"""Text that is stored on the pages of forms, visible nowhere and used nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.checks.model import Finding, shorten
from pipeline.fields.form import Form
from pipeline.grid.model import PageGrid
from pipeline.text import key


def check_hidden(pages: Sequence[PageGrid], forms: Sequence[Form]) -> Iterator[Finding]:
    """Findings of the rule `text.hidden`.

    A line of a merged cell that a page break cuts is stored on both pages and shows on one of them: it is not hidden,
    and neither is a line that the same page prints elsewhere, as a title redrawn over the old one.
    """
    of_forms = {number for form in forms for number in range(form.page_first, form.page_last + 1)}
    by_number = {page.number: page for page in pages}
    for page in pages:
        if not page.hidden or page.number not in of_forms:
            continue
        printed = _printed(page)
        beside = [x for n in (page.number - 1, page.number + 1) if n in by_number for x in _printed(by_number[n])]
        for line in page.hidden:
            text = key(line.text)
            if text not in printed and not any(text in other for other in beside):
                message = f"stored in the file, but not visible on the page, and not used: {shorten(line.text)}"
                yield Finding("text.hidden", "info", message, page.number, line.box)


def _printed(page: PageGrid) -> set[str]:
    """The lines that a page shows."""
    cells = (line for table in page.tables for cell in table.cells for line in cell.lines)
    return {key(line.text) for line in (*page.lines, *cells)}
