"""Table finders of other packages, over all pages of a document: the texts of their cells, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from multiprocessing import get_context
from typing import Any

from benchmarks.gold import Gold, texts_read
from benchmarks.model import (
    CAMELOT,
    FIND_TABLES,
    IMG2TABLE,
    PDFPLUMBER,
    Document,
    Measured,
    Row,
    attempts,
    cpu_seconds,
    peak_memory,
)

Finder = Callable[[Document], Iterator[object]]


def measure(
    documents: Sequence[Document], rows: Sequence[Row], repeat: int, skip: set[str], gold: Gold
) -> Iterator[Measured | str]:
    """Adds the other packages to the rows; yields what each came to, or a note on why it is left out.

    Each has a process of its own, so that its memory can be told.
    """
    for name, (package, _) in FINDERS.items():
        if name in skip:
            yield f"{name} was skipped"
        elif find_spec(package) is None:
            yield f"{name} was skipped: {package} is not installed"
        else:
            with ProcessPoolExecutor(1, get_context("spawn")) as process:
                times, measured = process.submit(_measured, name, documents, repeat, gold).result()
            for row, repeats in zip(rows, times, strict=True):
                for seconds, failed in repeats:
                    row.add(name, seconds, failed)
            yield measured


def _measured(
    name: str, documents: Sequence[Document], repeat: int, gold: Gold
) -> tuple[list[list[tuple[float, int]]], Measured]:
    _, finder = FINDERS[name]
    list(_pages(finder, documents[0]))  # warm-up
    times: list[list[tuple[float, int]]] = []
    read = total = 0
    for document in documents:
        pages: list[object] = []
        times.append([cpu_seconds(partial(_kept, pages, finder, document)) for _ in range(repeat)])
        expected = gold.of(document.path)
        read += texts_read(expected, {n: page for n, page in enumerate(pages, start=1) if isinstance(page, list)})
        total += len(expected)
    return times, Measured(name, peak_memory(), read, total)


def _kept(pages: list[object], finder: Finder, document: Document) -> list[object]:
    pages[:] = _pages(finder, document)
    return pages


def _pages(finder: Finder, document: Document) -> Iterator[object]:
    try:
        yield from finder(document)
    except Exception as error:  # it cannot be opened: all pages are lost
        yield from [error] * document.pages


def _texts(tables: Any) -> list[str]:
    """The texts of the cells of tables, each a list of rows."""
    return [str(cell) for table in tables for row in table for cell in row if cell]


def _pdfplumber(document: Document) -> Iterator[object]:
    import pdfplumber

    def texts(page: Any) -> list[str]:
        try:
            return _texts(page.extract_tables())
        finally:
            page.close()

    with pdfplumber.open(document.path) as opened:
        yield from attempts(partial(texts, page) for page in opened.pages)


def _find_tables(document: Document) -> Iterator[object]:
    import pymupdf

    def texts(number: int) -> list[str]:
        return _texts(table.extract() for table in opened[number].find_tables().tables)

    pymupdf.no_recommend_layout()  # else it advertises another package on standard output
    with pymupdf.open(document.path) as opened:
        yield from attempts(partial(texts, number) for number in range(document.pages))


def _camelot(document: Document) -> Iterator[object]:
    camelot: Any = import_module("camelot")

    def texts(number: int) -> list[str]:
        found = camelot.read_pdf(str(document.path), pages=str(number), flavor="lattice", suppress_stdout=True)
        return _texts(table.df.values.tolist() for table in found)

    yield from attempts(partial(texts, number) for number in range(1, document.pages + 1))


def _img2table(document: Document) -> Iterator[object]:
    img2table: Any = import_module("img2table.document")

    def texts(number: int) -> list[str]:
        found = img2table.PDF(str(document.path), pages=[number], pdf_text_extraction=True).extract_tables()
        return _texts(table.df.values.tolist() for tables in found.values() for table in tables)

    yield from attempts(partial(texts, number) for number in range(document.pages))


FINDERS: dict[str, tuple[str, Finder]] = {
    PDFPLUMBER: ("pdfplumber", _pdfplumber),
    FIND_TABLES: ("pymupdf", _find_tables),
    CAMELOT: ("camelot", _camelot),
    IMG2TABLE: ("img2table", _img2table),
}
