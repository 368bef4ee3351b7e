"""Pages that were read ahead of a document's reading, so that several processes can share a large document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple, Protocol

from pipeline.document.result import PageRange
from pipeline.pages.model import DocumentInfo
from pipeline.tables.model import PageGrid


class PageRead(NamedTuple):
    """What the reading of a document takes from a page: its grid, and whether any text shows on it."""

    grid: PageGrid
    has_words: bool


class Ahead(Protocol):
    """Who has read pages ahead."""

    def opened(self, info: DocumentInfo, pages: Sequence[PageRange]) -> None:
        """Is told of the document, and of the pages that are to be read, before that begins."""

    def page(self, number: int) -> PageRead | None:
        """Page `number`, from 1; None when it is to be read here."""


class _Nobody:
    def opened(self, info: DocumentInfo, pages: Sequence[PageRange]) -> None: ...

    def page(self, number: int) -> PageRead | None:
        return None


NOBODY: Ahead = _Nobody()

# a context variable, because it has to pass through whatever reads a document in place of `extract_file`
_ahead: ContextVar[Ahead] = ContextVar("ahead")


def ahead() -> Ahead:
    """Who has read pages ahead: what `ahead_by` says, else nobody."""
    return _ahead.get(NOBODY)


@contextmanager
def ahead_by(others: Ahead) -> Iterator[None]:
    """Has documents within the block take the pages that `others` have read ahead."""
    token = _ahead.set(others)
    try:
        yield
    finally:
        _ahead.reset(token)
