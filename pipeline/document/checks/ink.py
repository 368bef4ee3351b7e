"""Ink of pages that nothing explains, and documents that show less than they hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.document.checks.model import Finding, shorten
from pipeline.pages.areas import around, share
from pipeline.pages.model import MARKS, DocumentInfo, Page
from pipeline.tables.model import Box


def check_ink(page: Page) -> Iterator[Finding]:
    """A finding of the rule `page.unread_ink`: an error on a page that names what forms are about."""
    if not page.unread_ink:
        return
    text = "".join([word.text for word in page.words])
    severity = "error" if any(mark in text for mark in MARKS) else "info"
    part = sum(share(area, page) for area in page.unread_ink)
    message = f"{part:.1%} of the page show ink that is no word, rule or picture that was read"
    yield Finding("page.unread_ink", severity, message, page.number, Box(*around(page.unread_ink)))


def check_content(info: DocumentInfo) -> Iterator[Finding]:
    """Findings of the rules `document.xfa` and `document.attachments`."""
    if info.xfa:
        message = "the document is an XFA form, which a viewer builds when it opens it: its content is not read"
        yield Finding("document.xfa", "error", message)
    if info.attachments:
        yield Finding("document.attachments", "warning", _attached(info.attachments))


def _attached(names: Sequence[str]) -> str:
    return f"PDFs are attached to the document and were not read: {shorten(', '.join(names))}"
