"""One PDF to rows, in memory: reads its pages, recognises those that are pictures, and assembles them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.document.assemble import assemble, failed_result
from pipeline.document.corrections.model import AnyCorrection
from pipeline.document.result import DocumentResult
from pipeline.errors import DocumentError
from pipeline.pages.model import DocumentPages, Page, PageRange, PageReading, Reader
from pipeline.pages.ocr.engines import engine_name
from pipeline.pages.ocr.reader import OcrReader
from pipeline.pages.read import identify, may_hold_form, open_document
from pipeline.pages.readers import load_reader
from pipeline.pages.readers.pdfium import PdfiumReader
from pipeline.run.fingerprint import OCR, pages_key

if TYPE_CHECKING:
    from pipeline.dataset.store.page_store import PageStore  # loads Arrow, which reading in memory does without


def read_document(
    path: Path,
    reader: str = "mupdf",
    password: str | None = None,
    pages: PageRange | None = None,
    corrections: Sequence[AnyCorrection] = (),
    *,
    ocr: bool = True,
    verify: bool = False,
) -> DocumentResult:
    """All rows of one PDF. Never raises for a bad PDF; see `status` and `error_code` of the document row.

    `password` opens it if it is encrypted. With `pages`, document-level columns are incomplete; ignore them.
    `corrections` are applied in their order. Without `ocr` pages that are pictures stay unread. With
    `verify` values are compared with what PDFium sees in their boxes. Raises `DocumentError`
    for a file that cannot be opened for reading, `BudgetFormsError` for an unknown reader.
    """
    chosen = load_reader(reader)
    document_id, size = identify(path)
    try:
        document = _pages(document_id, size, path, chosen, password, pages, ocr, verify)
    except DocumentError as error:
        return failed_result(document_id, size, error.code, error.message)
    return assemble(document, corrections)


def read_document_pages(path: Path, reader: str = "mupdf", password: str | None = None) -> DocumentPages:
    """All pages of one PDF, scanned ones recognised. Raises `DocumentError` for a bad PDF."""
    return _pages(*identify(path), path, load_reader(reader), password, None, ocr=True, verify=False)


def _pages(
    document_id: str,
    byte_size: int,
    path: Path,
    reader: Reader,
    password: str | None,
    pages: PageRange | None,
    ocr: bool,
    verify: bool,
) -> DocumentPages:
    with open_document(reader, path, password) as document:
        first, last = pages or (1, document.info.page_count)
        read = list(document.pages(range(first, last + 1)))
        info = document.info
    engine = engine_name() if ocr else None
    seen = [page for page in read if isinstance(page, Page)]
    untrusted = [page.number for page in seen if page.untrusted is not None] if engine is not None else []
    recognised = _some_pages(OcrReader(), path, password, untrusted)
    witness: dict[int, PageReading] | None = None
    if verify:
        rules = {page.number: page.upright for page in seen if page.untrusted is None and may_hold_form(page)}
        witness = _some_pages(PdfiumReader(rules.__getitem__), path, password, list(rules))
    return DocumentPages(document_id, byte_size, info, reader.name, read, recognised, witness, engine)


def _some_pages(reader: Reader, path: Path, password: str | None, numbers: Sequence[int]) -> dict[int, PageReading]:
    """Some pages as another reader reads them, by number; none where it cannot open the PDF."""
    if not numbers:
        return {}
    try:
        with open_document(reader, path, password, judged=False) as document:
            return {page.number: page for page in document.pages(numbers)}
    except DocumentError:
        return {}


def read_stored(
    store: PageStore, reader: str, document_id: str, byte_size: int, corrections: Sequence[AnyCorrection] = ()
) -> DocumentResult | None:
    """All rows of one document from its stored pages; None when they are not stored whole."""
    pages = stored_pages(store, reader, document_id, byte_size)
    return None if pages is None else assemble(pages, corrections)


def stored_pages(store: PageStore, reader: str, document_id: str, byte_size: int) -> DocumentPages | None:
    """All pages of one document as they are stored, recognised ones included; None when they are not stored whole."""
    stored = store.load(pages_key(reader), document_id)
    if stored is None:
        return None
    pictures = store.load(pages_key(OCR), document_id) if stored.untrusted else None
    recognised = {page.number: page for page in pictures} if pictures is not None else {}
    name = load_reader(reader).name
    return DocumentPages(document_id, byte_size, stored.info, name, stored, recognised, ocr_engine=engine_name())
