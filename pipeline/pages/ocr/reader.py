"""The reader of scanned pages: draws each page and recognises words and rules on the picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import DocumentError, PageError, reason_of
from pipeline.messages import t
from pipeline.pages.model import DocumentInfo, OpenDocument, Page, Word
from pipeline.pages.ocr.engines import load_recogniser

if TYPE_CHECKING:
    from pipeline.pages.pictures import PagePictures


class OcrReader:
    """Reads pages from their pictures with the models of the extra `ocr`, which use `threads` CPUs (0: all)."""

    name = "ocr"

    def __init__(self, threads: int = 0) -> None:
        self._threads = threads

    def open(self, path: Path, password: str | None = None) -> OpenDocument:
        from pipeline.pages.pictures import PagePictures

        try:
            return _OcrDocument(PagePictures(path, password), path, self._threads)
        except Exception as error:  # PDFium raises several unrelated types
            raise DocumentError(
                "pdf.unreadable",
                t("the PDF cannot be opened ({reason_of})", reason_of=reason_of(error, path)),
                document=str(path),
            ) from error


class _OcrDocument:
    def __init__(self, pictures: PagePictures, path: Path, threads: int) -> None:
        self._pictures, self._path, self._threads = pictures, path, threads
        self.info = DocumentInfo(pictures.page_count, None)

    def __enter__(self) -> _OcrDocument:
        return self

    def __exit__(self, *exc: object) -> None:
        self._pictures.close()

    def page(self, number: int) -> Page:
        recogniser = load_recogniser(self._threads)
        try:
            from pipeline.pages.ocr.page import recognise

            return recognise(self._pictures.picture(number), number, self._pictures.size(number), recogniser)
        except MemoryError:
            raise
        except Exception as error:  # PDFium, OpenCV and ONNX Runtime raise several unrelated types
            raise PageError(
                "page.unreadable",
                t("the page's picture cannot be read ({reason_of})", reason_of=reason_of(error)),
                document=str(self._path),
                page=number,
            ) from error

    def stored_words(self, number: int) -> tuple[Word, ...] | None:
        """A picture stores no words."""
        return None
