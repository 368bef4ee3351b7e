"""What a reader gives for a page: words and rules in points, origin top left, as displayed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from pipeline.errors import DocumentError


class Word(NamedTuple):
    """A printed word. `run` numbers the reader's text lines in drawing order; words of one line share it.

    A NamedTuple, not a dataclass: a page has hundreds and tuples are made three times as fast.
    """

    x0: float
    y0: float
    x1: float
    y1: float
    text: str
    run: int


class Rule(NamedTuple):
    """A straight printed line: at `at` (x of an upright rule, y of a level one) from `start` to `end`."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `number` is 1-based; `level` and `upright` are its horizontal and vertical rules, merged.

    `is_scan`: it shows an image and has no text to speak of. A blank page is no scan. `covered` are words that nobody
    sees, since a white area was drawn over them; they are not among `words`. `picture`: the share of the page that its
    largest image covers, be it ever so small; None when it shows none.
    """

    number: int
    width: float
    height: float
    words: tuple[Word, ...]
    level: tuple[Rule, ...]
    upright: tuple[Rule, ...]
    is_scan: bool
    covered: tuple[Word, ...] = ()
    picture: float | None = None


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What the file says about itself. `repaired`: its structure was damaged, so pages may have lost their content."""

    page_count: int
    producer: str | None
    repaired: bool = False


def locked(path: Path, password: str | None) -> DocumentError:
    """What is told of a PDF that needs another password, or one at all."""
    wrong = "the password does not open the PDF" if password else "the PDF needs a password"
    return DocumentError("pdf.encrypted", f"{wrong}; give it with --password", document=str(path))


SCAN_TEXT = 15  # characters; a scanned page may carry a page number or a stamp as text


class OpenDocument(Protocol):
    """An opened PDF; a context manager."""

    info: DocumentInfo

    def page(self, number: int) -> Page:
        """Page `number`, from 1. Raises PageError when it cannot be read; other pages may be."""
        ...

    def stored_words(self, number: int) -> tuple[Word, ...] | None:
        """All words of page `number` but covered ones; None when none are clipped away, or nobody can tell.

        Raises PageError when it cannot be read.
        """
        ...

    def __enter__(self) -> OpenDocument: ...

    def __exit__(self, *exc: object) -> None: ...


class Reader(Protocol):
    """Opens PDFs. `name` is the `method` of evidence."""

    name: str

    def open(self, path: Path, password: str | None = None) -> OpenDocument:
        """Open a PDF. Raises DocumentError when it is none or cannot be opened, for instance with this password."""
        ...
