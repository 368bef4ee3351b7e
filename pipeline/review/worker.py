"""Requests to the worker processes of the page: pictures of PDF pages, and documents with their corrections.

PDF libraries may not be used from threads, and a broken PDF can end the process that opens it.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from pipeline.dataset.store.page_store import PageStore
from pipeline.document.corrections.model import AnyCorrection
from pipeline.document.result import DocumentResult
from pipeline.document.table_layout import TableLayout, table_layouts
from pipeline.errors import BudgetFormsError
from pipeline.messages import t
from pipeline.own_schemas import OwnSchemas, use_own_schemas
from pipeline.regular_file import library_source
from pipeline.run.read_document import read_document, read_document_pages, read_stored, stored_pages
from pipeline.run.worker_process import Position

LARGEST = 36_000_000
"""Pixels of a picture; larger ones are drawn smaller."""


class Picture(NamedTuple):
    """A page as PNG."""

    png: bytes


class Size(NamedTuple):
    """Of a page, in points as displayed."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Draw:
    """A page, from 1, drawn at `scale` pixels a point."""

    path: Path
    password: str | None
    page: int
    scale: float


@dataclass(frozen=True, slots=True)
class Measure:
    """The sizes of some pages."""

    path: Path
    password: str | None
    pages: tuple[int, ...]


class Counted(NamedTuple):
    """How many pages a PDF has."""

    pages: int


@dataclass(frozen=True, slots=True)
class Count:
    """The number of pages."""

    path: Path
    password: str | None


@dataclass(frozen=True, slots=True)
class Read:
    """A document read with corrections, without its regions."""

    path: Path
    password: str | None
    reader: str
    corrections: tuple[AnyCorrection, ...]


@dataclass(frozen=True, slots=True)
class Assemble:
    """A document of the dataset at `out` assembled with corrections from its stored pages, without its regions.

    The answer is `()` when they are not stored.
    """

    out: Path
    reader: str
    document_id: str
    byte_size: int
    corrections: tuple[AnyCorrection, ...]


@dataclass(frozen=True, slots=True)
class LayOut:
    """The layouts of a document's budget tables with corrections, from its stored pages, else from the PDF at `path`.

    `path` is None where there is no PDF to read; then the answer is `()` when no pages are stored.
    """

    out: Path
    path: Path | None
    password: str | None
    reader: str
    document_id: str
    byte_size: int
    corrections: tuple[AnyCorrection, ...]


@dataclass(frozen=True, slots=True)
class Wake:
    """Nothing, so that a process has started before it is needed."""


Request = Draw | Measure | Count | Read | Assemble | LayOut | Wake
Answer = Picture | Counted | tuple[Size, ...] | tuple[TableLayout, ...] | DocumentResult


class _Pages(Protocol):
    def size(self, number: int) -> Size: ...
    def png(self, number: int, scale: float) -> bytes: ...
    def __len__(self) -> int: ...
    def close(self) -> None: ...


def answer(request: Request, _position: Position) -> Answer:
    """Answers a request. Raises `BudgetFormsError` when the PDF cannot be opened or drawn."""
    match request:
        case Wake():
            return ()
        case Assemble():
            store = PageStore(request.out)
            stored = read_stored(store, request.reader, request.document_id, request.byte_size, request.corrections)
            return () if stored is None else _without_regions(stored)
        case Read():
            return _without_regions(
                read_document(request.path, request.reader, request.password, corrections=request.corrections)
            )
        case LayOut():
            return _layouts(request)
        case Count():
            return Counted(_count(request))
        case Measure():
            with closing(_opened(request.path, request.password)) as pages:
                return tuple(pages.size(number) for number in request.pages)
        case Draw():
            with closing(_opened(request.path, request.password)) as pages:
                width, height = pages.size(request.page)
                most = (LARGEST / max(width * height, 1)) ** 0.5
                return Picture(pages.png(request.page, min(request.scale, most)))


def _layouts(request: LayOut) -> tuple[TableLayout, ...]:
    store = PageStore(request.out)
    document = stored_pages(store, request.reader, request.document_id, request.byte_size)
    if document is None and request.path is not None:
        document = read_document_pages(request.path, request.reader, request.password)
    return () if document is None else table_layouts(document, request.corrections)


def _without_regions(read: DocumentResult) -> DocumentResult:
    read.tables.pop("regions", None)  # large, and the page does not show them
    return read


def warm_up(own: OwnSchemas) -> None:
    """Loads all that is needed, so that the first page comes as quickly as the others; reads with the schemas `own`."""
    use_own_schemas(own)
    _library()


def _opened(path: Path, password: str | None) -> _Pages:
    try:
        return _library()(path, password)
    except Exception as error:  # each library raises errors of its own
        raise BudgetFormsError(
            "pdf.unreadable", t("the PDF cannot be opened: {error}", error=error), document=str(path)
        ) from error


def _count(request: Count) -> int:
    with closing(_opened(request.path, request.password)) as pages:
        try:
            return len(pages)
        except Exception as error:  # of a damaged tree of pages
            message = t("its pages cannot be counted: {error}", error=error)
            raise BudgetFormsError("pdf.unreadable", message, document=str(request.path)) from error


@lru_cache(maxsize=1)
def _library() -> Callable[[Path, str | None], _Pages]:
    """MuPDF draws; people without its licence have PDFium."""
    try:
        import pymupdf
    except ImportError:
        return _PdfiumPages
    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    return _MuPdfPages


class _MuPdfPages:
    def __init__(self, path: Path, password: str | None) -> None:
        import pymupdf

        self._pymupdf: Any = pymupdf
        source = library_source(path)
        named = {"stream" if isinstance(source, bytes) else "filename": source}
        self._document: Any = pymupdf.open(**named, filetype="pdf")
        if self._document.needs_pass and not self._document.authenticate(password or ""):
            raise ValueError("it needs a password")

    def __len__(self) -> int:
        return len(self._document)

    def size(self, number: int) -> Size:
        page = self._document[number - 1].rect
        return Size(page.width, page.height)

    def png(self, number: int, scale: float) -> bytes:
        matrix = self._pymupdf.Matrix(scale, scale)
        drawn: bytes = self._document[number - 1].get_pixmap(matrix=matrix, alpha=False).tobytes("png")
        return drawn

    def close(self) -> None:
        self._document.close()


class _PdfiumPages:
    def __init__(self, path: Path, password: str | None) -> None:
        import pypdfium2

        self._document: Any = pypdfium2.PdfDocument(library_source(path), password=password)

    def __len__(self) -> int:
        return len(self._document)

    def size(self, number: int) -> Size:
        return Size(*self._document[number - 1].get_size())

    def png(self, number: int, scale: float) -> bytes:
        sink = io.BytesIO()
        self._document[number - 1].render(scale=scale).to_pil().save(sink, "PNG", compress_level=3)
        return sink.getvalue()

    def close(self) -> None:
        self._document.close()
