"""A PDF whose scanned pages are read from their pictures: to all that comes after, they are pages like others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import PageError
from pipeline.pages.model import DocumentInfo, OpenDocument, Page, Word
from pipeline.pages.ocr.engines import Scans
from pipeline.pages.ocr.model import Recognised
from pipeline.pages.ocr.text_layer_quality import distrusted

if TYPE_CHECKING:
    from pipeline.pages.ocr.picture import PagePictures

SCANNED = "the page is an image without text"
NEARLY_WHOLE = 0.4  # share of the page; less than what is asked for, since readers measure images differently
SEARCHABLE = "the page is an image, and its text was put behind it by another program"


class SeenDocument:
    """An opened PDF around another one; a context manager. It closes what it was given.

    `recognised` are the pages read from their pictures, by number, `unread` those that should have been, with why.
    """

    def __init__(self, document: OpenDocument, path: Path, password: str | None, scans: Scans) -> None:
        self._document, self._path, self._password, self.scans = document, path, password, scans
        self._opened: PagePictures | None = None
        self.recognised: dict[int, Recognised] = {}
        self.reasons: dict[int, str] = {}  # why a page's stored text does not do
        self.unread: set[int] = set()

    @property
    def info(self) -> DocumentInfo:
        return self._document.info

    def page(self, number: int) -> Page:
        """Page `number`, from 1. Raises PageError when it cannot be read; other pages may be."""
        page = self._document.page(number)
        try:
            reason = self._reason(page)
            if reason is None:
                return page
            self.reasons[number] = reason
            found = self._read(page)
        except PageError:
            raise
        except Exception as error:  # PDFium, OpenCV and ONNX Runtime raise several unrelated types
            raise PageError(
                "page.unreadable",
                f"the page's picture cannot be read ({error})",
                document=str(self._path),
                page=number,
            ) from error
        if found is None:
            self.unread.add(number)
            return page
        self.recognised[number] = found
        return found.page

    def stored_words(self, number: int) -> tuple[Word, ...] | None:
        """As the document within says; None for pages that were read from their pictures."""
        return None if number in self.recognised else self._document.stored_words(number)

    def _reason(self, page: Page) -> str | None:
        if page.is_scan:
            return SCANNED
        if (reason := distrusted(page)) is not None:
            return f"its text layer is not to be trusted: {reason}"
        # PDFium says more of an image than its size, but has to read the page for it
        large = page.picture is not None and page.picture >= NEARLY_WHOLE
        if large and page.words and self._pictures.is_covered_scan(page.number):
            return SEARCHABLE
        return None

    def _read(self, page: Page) -> Recognised | None:
        if self.scans.version is None or not self.scans.wanted(page.number):
            return None
        return self.scans.read(self._pictures.picture(page.number), page.number, (page.width, page.height))

    @property
    def _pictures(self) -> PagePictures:
        if self._opened is None:
            from pipeline.pages.ocr.picture import PagePictures

            self._opened = PagePictures(self._path, self._password)
        return self._opened

    def __enter__(self) -> SeenDocument:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._opened is not None:
            self._opened.close()
        self._document.__exit__(*exc)
