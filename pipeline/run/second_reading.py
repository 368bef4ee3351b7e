"""Reads a document again with the second reader. It may add findings and change confidences; it costs no document."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Literal, Protocol

from pipeline.dataset.landing.sheets import unknown_sheet
from pipeline.document.comparison import NOTHING_COMPARED, Agreement, doubtful, unverified, verified
from pipeline.document.result import Extraction, PageRange, Row
from pipeline.errors import reason_of
from pipeline.pages.ocr.engines import Unread, scans_by

Verify = Literal["off", "findings", "all"]


class Extractor(Protocol):
    """What reads a document; see `pipeline.document.read.extract_file`."""

    def __call__(
        self, path: Path, reader: str, password: str | None = None, pages: Sequence[PageRange] | None = None
    ) -> Extraction: ...


class _TimeUp(BaseException):
    """Raised wherever the program is; no `except Exception` of a library is to catch it."""


def read_again(
    first: Extraction,
    extract: Extractor,
    path: Path,
    reader: str,
    password: str | None,
    verify: Verify,
    seconds: float,
) -> tuple[Extraction, Agreement]:
    """`first` held against what `reader` reads, within some seconds; as it is where there is nothing to read again."""
    if first.document["status"] == "failed" or verify == "off":
        return first, NOTHING_COMPARED
    if verify == "findings" and not doubtful(first):
        return first, NOTHING_COMPARED
    try:
        with _time_limit(seconds), scans_by(Unread()):
            second = extract(path, reader, password)
            del second.tables["regions"]  # not compared, and large
    except _TimeUp:
        return _unread(first, f"it took longer than {max(seconds, 0):.0f} s"), NOTHING_COMPARED
    except MemoryError:
        return _unread(first, "it took too much memory"), NOTHING_COMPARED
    except Exception as error:  # a fault of the second reader must not cost what the first one has read
        return _unread(first, f"{type(error).__name__}: {reason_of(error)}"), NOTHING_COMPARED
    if second.document["status"] == "failed":
        return unverified(first, str(second.document["error_message"])), NOTHING_COMPARED
    compared, agreement = verified(first, second)
    return _with_sheets(compared, second.tables.get("sheets", [])), agreement


def _unread(first: Extraction, reason: str) -> Extraction:
    """What the first reader has read; with another layout the second one may come to an end."""
    return _with_sheets(unverified(first, reason), [unknown_sheet(str(first.document["document_id"]))])


def _with_sheets(extraction: Extraction, more: Sequence[Row]) -> Extraction:
    """The extraction with sheets that the second reader has met: their layouts have a part in it too."""
    sheets = extraction.tables.get("sheets", [])
    added = [{**sheet, "sheet_no": number} for number, sheet in enumerate(more, start=len(sheets) + 1)]
    return replace(extraction, tables={**extraction.tables, "sheets": [*sheets, *added]})


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Ends the block with `_TimeUp` after some seconds. Only the main thread can be woken; elsewhere there is none."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _time_up)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001), 1.0)  # again each second, should somebody catch it
    try:
        yield
    finally:
        try:
            signal.setitimer(signal.ITIMER_REAL, 0)
        finally:  # should it have rung just then: it rings again only after a second
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)


def _time_up(_number: int, _frame: FrameType | None) -> None:
    raise _TimeUp
