"""The damage that pdfminer meets: its warnings, and the streams that it unpacks in part without a word."""

from __future__ import annotations

import logging

from pdfminer import pdftypes

from pipeline.text import one_line

_log = logging.getLogger("pdfminer.budget_forms")
_unpack = pdftypes.decompress_corrupted


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
