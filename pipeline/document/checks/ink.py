"""Ink of pages that nothing explains, and documents that show less than they hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.document.checks.model import Finding, shorten
from pipeline.document.checks.unread_forms import SENTENCE
from pipeline.messages import Text, t
from pipeline.pages.areas import around, share
from pipeline.pages.model import MARKS, DocumentInfo, Page
from pipeline.tables.model import Box, PageGrid
from pipeline.text import key

LEAST = 0.001  # share of a page that is written with one decimal of a percentage


def check_ink(page: Page, grid: PageGrid) -> Iterator[Finding]:
    """A finding of the rule `page.unread_ink`: an error on a page that names what forms are about, but in sentences."""
    if not page.unread_ink:
        return
    texts = [line.text for line in grid.lines] + [cell.text for table in grid.tables for cell in table.cells]
    names_form = any(mark in text for text in texts for mark in MARKS if not SENTENCE.search(key(text)))
    severity = "error" if names_form else "info"
    part = sum(share(area, page) for area in page.unread_ink)
    much = f"{part:.1%}" if part >= LEAST else t("less than {least:.1%}", least=LEAST)
    message = t("{much} of the page show ink that is no word, rule or picture that was read", much=much)
    yield Finding("page.unread_ink", severity, message, page.number, Box(*around(page.unread_ink)))


def check_content(info: DocumentInfo) -> Iterator[Finding]:
    """Findings of the rules `document.xfa` and `document.attachments` about a document as a whole."""
    if info.xfa:
        message = t("the document is an XFA form, which a viewer builds when it opens it: its content is not read")
        yield Finding("document.xfa", "error", message)
    if info.attachments:
        yield Finding("document.attachments", "warning", _attached(t("document"), info.attachments))


def check_attachments(page: Page) -> Iterator[Finding]:
    """Findings of the rule `document.attachments` about files that are attached at places of a page."""
    for file in page.attachments:
        yield Finding("document.attachments", "warning", _attached(t("page"), [file.name]), page.number, Box(*file[:4]))


def _attached(to: Text, names: Sequence[str]) -> Text:
    return t("files are attached to the {to} and were not read: {names}", to=to, names=shorten(", ".join(names)))
