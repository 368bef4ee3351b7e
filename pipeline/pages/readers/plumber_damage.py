"""The damage that pdfminer meets: its warnings, and what it mends or leaves out without a word."""

from __future__ import annotations

import logging
from typing import Any

from pdfminer import pdftypes
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfexceptions import PDFException, PDFObjectNotFound
from pdfminer.psexceptions import PSException

from pipeline.text import one_line

_log = logging.getLogger("pdfminer.budget_forms")
_unpack = pdftypes.decompress_corrupted
_parse, _find = PDFDocument._getobj_parse, PDFDocument.getobj


class Reports(logging.Handler):
    """Keeps the first warning of pdfminer since it was asked last, and shows none to the user."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._first: str | None = None
        logger = logging.getLogger("pdfminer")
        logger.setLevel(logging.WARNING)
        logger.propagate = False
        logger.addHandler(self)
        pdftypes.decompress_corrupted = _unpacked
        PDFDocument._getobj_parse = _parsed  # type: ignore[method-assign, assignment]
        PDFDocument.getobj = _found  # type: ignore[method-assign, assignment]

    def emit(self, record: logging.LogRecord) -> None:
        if self._first is None:
            self._first = one_line(record.getMessage())

    def clear(self) -> None:
        """Forgets the warning."""
        self._first = None

    def taken(self) -> str | None:
        """The warning, which is then forgotten."""
        first, self._first = self._first, None
        return first


def _unpacked(data: bytes) -> bytes:
    """What can be unpacked of a damaged stream. pdfminer calls this when zlib has failed, and says nothing."""
    _log.warning("a packed stream is damaged")
    return _unpack(data)


def _parsed(document: PDFDocument, position: int, number: int) -> Any:
    """An object of the file. pdfminer takes one that is not where the table of objects says for none."""
    try:
        return _parse(document, position, number)
    except (PDFException, PSException):
        _log.warning("an object is not where the table of objects says")
        raise


def _found(document: PDFDocument, number: int) -> Any:
    """An object by its number. A sound file may refer to objects that no table lists, and that are not there."""
    try:
        return _find(document, number)
    except PDFObjectNotFound:
        if any(_lists(table, number) for table in document.xrefs):
            _log.warning("an object that the table of objects lists is not there")
        raise


def _lists(table: Any, number: int) -> bool:
    try:
        table.get_pos(number)
    except KeyError:
        return False
    return True


def states_other_count(document: PDFDocument, pages: int) -> bool:
    """Whether a document states another number of pages than it has: some are not found then."""
    tree = pdftypes.resolve1(document.catalog.get("Pages"))
    stated = pdftypes.resolve1(tree.get("Count")) if isinstance(tree, dict) else None
    return isinstance(stated, int) and stated != pages


def has_content(page: Any) -> bool:
    """Whether a page of pdfminer has content streams, and all of them are there; the streams may be empty."""
    return bool(page.contents) and all(map(is_stream, page.contents))


def is_stream(entry: Any) -> bool:
    """Whether an entry is a stream; pdfminer takes one whose description is damaged for an empty one without any."""
    stream = pdftypes.resolve1(entry)
    return isinstance(stream, pdftypes.PDFStream) and "Length" in stream.attrs
