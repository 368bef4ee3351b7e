"""Table finders of other packages, over all pages of a document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from typing import Any

from benchmarks.model import FIND_TABLES, PDFPLUMBER, Document, Row, attempts, cpu_seconds

Finder = Callable[[Document], Iterator[object]]


def measure(documents: Sequence[Document], rows: Sequence[Row], repeat: int, skip: set[str]) -> Iterator[str]:
    """Adds the other packages to the rows; yields a note on each that is left out."""
    for name, (package, finder) in FINDERS.items():
        if name in skip:
            yield f"{name} was skipped"
        elif find_spec(package) is None:
            yield f"{name} was skipped: {package} is not installed"
        else:
            list(_pages(finder, documents[0]))  # warm-up
            for _ in range(repeat):
                for document, row in zip(documents, rows, strict=True):
                    row.add(name, *cpu_seconds(partial(_pages, finder, document)))


def _pages(finder: Finder, document: Document) -> Iterator[object]:
    try:
        yield from finder(document)
    except Exception as error:  # it cannot be opened: all pages are lost
        yield from [error] * document.pages


def _pdfplumber(document: Document) -> Iterator[object]:
    import pdfplumber

    def tables(page: Any) -> object:
        try:
            return page.extract_tables()
        finally:
            page.close()

    with pdfplumber.open(document.path) as opened:
        yield from attempts(partial(tables, page) for page in opened.pages)


def _find_tables(document: Document) -> Iterator[object]:
    import pymupdf

    def tables(number: int) -> object:
        return [table.extract() for table in opened[number].find_tables().tables]

    pymupdf.no_recommend_layout()  # else it advertises another package on standard output
    with pymupdf.open(document.path) as opened:
        yield from attempts(partial(tables, number) for number in range(document.pages))


FINDERS: dict[str, tuple[str, Finder]] = {
    PDFPLUMBER: ("pdfplumber", _pdfplumber),
    FIND_TABLES: ("pymupdf", _find_tables),
}
