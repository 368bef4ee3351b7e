"""Reads pages of a PDF with one reader: the slow part of the program, done once for each page.

What comes after works on the pages alone and opens no PDF.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import BudgetFormsError, DocumentError, PageError, reason_of
from pipeline.messages import Text, system_reason, t
from pipeline.pages.areas import needs_look
from pipeline.pages.drawing import Drawing
from pipeline.pages.limits import check_size
from pipeline.pages.model import (
    MARKS,
    SCANNED,
    DocumentInfo,
    DrawnDocument,
    LostPage,
    OpenDocument,
    Page,
    PageReading,
    Reader,
    WarningDocument,
    Word,
)
from pipeline.pages.page_edges import within_page
from pipeline.pages.readers import PRIMARY, load_reader
from pipeline.pages.text_layer_quality import distrusted
from pipeline.pages.unmapped import with_known_words, without_unmapped
from pipeline.regular_file import open_regular

if TYPE_CHECKING:
    from pipeline.pages.pictures import PagePictures

SECOND_READER = PRIMARY[1]
"""What reads words again of which the first reader cannot name the characters."""
SEARCHABLE = t("the page is an image, and its text was put behind it by another program")
NEARLY_WHOLE = (
    0.4  # share of the page; below the 0.5 that PDFium is asked for, since readers measure images differently
)
_MARK_CHARACTERS = tuple(frozenset(mark) for mark in MARKS)
_MARGIN = 20.0  # points around the rules; a word belongs to a table already when a sliver of it does


def identify(path: Path) -> tuple[str, int]:
    """The `document_id` (sha256 of the bytes, hex) and the size in bytes. Raises `DocumentError`."""
    try:
        with open_regular(path) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest(), path.stat().st_size
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> DocumentError:
    return DocumentError(
        "file.unreadable", t("the file cannot be read ({strerror})", strerror=system_reason(error)), document=str(path)
    )


class PrintedDocument:
    """An opened PDF whose pages are given whole: text, its trustworthiness, and clipped text where it may matter."""

    def __init__(self, opened: OpenDocument, path: Path, password: str | None, judged: bool, reader: str) -> None:
        self._opened, self._path, self._password, self._judged = opened, path, password, judged
        self._reader = reader
        self._drawn = opened if isinstance(opened, DrawnDocument) else None  # asked once: it takes 40 microseconds
        self._warned = opened if isinstance(opened, WarningDocument) else None
        self._second: OpenDocument | None = None
        self._stack = ExitStack()
        self._pictures: PagePictures | None = None

    @property
    def info(self) -> DocumentInfo:
        """What the file says about itself. Ask after the pages: a library may find damage while it reads them."""
        return self._opened.info

    def close(self) -> None:
        self._stack.close()

    def pages(
        self, numbers: Iterable[int], begin: Callable[[int], object] = lambda number: None
    ) -> Iterator[PageReading]:
        """The pages with these numbers, from 1. `begin` is called with the number of each page before it is read."""
        for number in numbers:
            begin(number)
            self._damage(number)  # of opening, or of a page that was lost
            try:
                page = self._page(number)
                damage = self._damage(number)
                yield within_page(page if damage is None else replace(page, damaged=damage))
            except PageError as error:
                yield LostPage(number, error.code, error.message)
            except MemoryError:
                raise
            except Exception as error:  # a fault of the program in one page must not cost the others
                message = t(
                    "reading the page failed: {name}: {reason_of}",
                    name=type(error).__name__,
                    reason_of=reason_of(error),
                )
                yield LostPage(number, "page.unreadable", message)

    def _damage(self, number: int) -> Text | None:
        return self._warned.damage(number) if self._warned is not None else None

    def _page(self, number: int) -> Page:
        page = self._opened.page(number)
        check_size(page.width, page.height)
        if not self._judged:
            return page
        page = with_known_words(page, lambda: self._words_of_second(number))
        untrusted = self._untrusted(page)
        if untrusted is None and page.unmapped:
            page = replace(page, words=without_unmapped(page.words))
        if may_hold_form(page) and (stored := self._opened.stored_words(number)) is not None:
            page = replace(page, stored=without_unmapped(stored))
        if self._drawn is not None and needs_look(page, self._drawn.is_plain(number)):
            page, untrusted = self._looked_at(page, self._drawn, untrusted)
        return page if untrusted is None else replace(page, untrusted=untrusted)

    def _looked_at(self, page: Page, opened: DrawnDocument, untrusted: Text | None) -> tuple[Page, Text | None]:
        from pipeline.pages.looks import looked_at, pictured  # load NumPy, which most documents do without

        drawings: dict[float, Drawing] = {}

        def draw(dots: float) -> Drawing:
            if dots not in drawings:
                drawings[dots] = opened.drawing(page.number, dots)
            return drawings[dots]

        try:
            page = looked_at(page, draw, opened.pale_words(page.number, page.words), opened.draws_all)
            return page, untrusted if untrusted is not None else pictured(page, draw)
        except PageError:  # what cannot be drawn may still be read
            return page, untrusted

    def _words_of_second(self, number: int) -> Sequence[Word]:
        """The words of a page as the second reader reads them; none where it is this one, or cannot read the page."""
        if self._reader == SECOND_READER:
            return ()
        try:
            if self._second is None:
                self._second = self._stack.enter_context(load_reader(SECOND_READER).open(self._path, self._password))
            return self._second.page(number).words
        except (DocumentError, PageError):
            return ()

    def _untrusted(self, page: Page) -> Text | None:
        """Why the words of a page are not what people see."""
        if page.is_scan:
            return SCANNED
        if (reason := distrusted(page)) is not None:
            return t("its text layer is not to be trusted: {reason}", reason=reason)
        # PDFium says more of an image than its size, but has to read the page for it
        large = page.picture is not None and page.picture >= NEARLY_WHOLE
        return SEARCHABLE if large and page.words and self._is_covered_scan(page.number) else None

    def _is_covered_scan(self, number: int) -> bool:
        try:
            if self._pictures is None:
                from pipeline.pages.pictures import PagePictures

                self._pictures = PagePictures(self._path, self._password)
                self._stack.callback(self._pictures.close)
            return self._pictures.is_covered_scan(number)
        except Exception as error:  # PDFium raises several unrelated types
            raise PageError(
                "page.unreadable",
                t("the page's picture cannot be read ({reason_of})", reason_of=reason_of(error)),
                document=str(self._path),
                page=number,
            ) from error


@contextmanager
def open_document(
    reader: Reader, path: Path, password: str | None = None, *, judged: bool = True
) -> Iterator[PrintedDocument]:
    """A PDF opened for reading. `judged`: its pages say whether they can be trusted, and hold clipped text.

    Raises `DocumentError` when the file is no PDF or cannot be opened.
    """
    _check_signature(path)
    with _opened(reader, path, password) as opened:
        document = PrintedDocument(opened, path, password, judged, reader.name)
        try:
            yield document
        finally:
            document.close()


def _opened(reader: Reader, path: Path, password: str | None) -> OpenDocument:
    try:
        return reader.open(path, password)
    except DocumentError as error:
        reason = _broken(path) if error.code in ("pdf.unreadable", "pdf.no_pages") else None
        if reason is None:
            raise
        raise DocumentError(error.code, reason, document=str(path)) from error
    except (BudgetFormsError, MemoryError):
        raise
    except Exception as error:  # a fault of the program in one document must not cost the others
        message = t(
            "opening it failed: {name}: {reason_of}", name=type(error).__name__, reason_of=reason_of(error, path)
        )
        raise DocumentError("worker.error", message, document=str(path)) from error


def _broken(path: Path) -> Text | None:
    """Why no reader can open a file, where its two ends tell: people who download know no other words for it."""
    try:
        with open_regular(path) as stream:
            head = stream.read(1024)
            stream.seek(max(os.fstat(stream.fileno()).st_size - 2048, 0))
            tail = stream.read(2048)
    except OSError:
        return None
    if b"%PDF" not in head:
        return t("this is no PDF, whatever its name says; download the document itself")
    if b"%%EOF" not in tail:
        return t("the end of the file is missing: the download broke off; download it again")
    return None


def may_hold_form(page: Page) -> bool:
    """Whether the characters of a mark of forms stand within the page's rules; more pages than those that hold one."""
    if len(page.level) < 2 or len(page.upright) < 2:
        return False
    text = "".join([word[4] for word in _within_rules(page)])
    return any(characters.issubset(text) for characters in _MARK_CHARACTERS)


def _within_rules(page: Page) -> Iterator[Word]:
    x0, x1 = page.upright[0].at - _MARGIN, page.upright[-1].at + _MARGIN
    y0, y1 = page.level[0].at - _MARGIN, page.level[-1].at + _MARGIN
    return (w for w in page.words if x0 < (w[0] + w[2]) / 2 < x1 and y0 < (w[1] + w[3]) / 2 < y1)


def _check_signature(path: Path) -> None:
    """An error page that a crawler saved as .pdf is told apart from a broken PDF."""
    try:
        with open_regular(path) as stream:
            # a file of /proc claims to be empty, and reading it may wait for ever
            head = stream.read(1024) if os.fstat(stream.fileno()).st_size else b""
    except OSError as error:
        raise _unreadable(path, error) from error
    if not head:
        raise DocumentError("pdf.empty", t("the file is empty; download it again"), document=str(path))
    if b"%PDF" not in head and head.lstrip()[:1] == b"<":
        raise DocumentError(
            "pdf.html",
            t("this is a web page saved under a .pdf name; download the document itself"),
            document=str(path),
        )
