"""Stands in for reading in tests: a document whose name begins with a fault suffers it, others are read."""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Sequence
from pathlib import Path

from pipeline.document.corrections.model import AnyCorrection
from pipeline.document.result import Extraction, PageRange
from pipeline.run.read_document import read_document


def extract(
    path: Path,
    reader: str,
    password: str | None = None,
    pages: Sequence[PageRange] | None = None,
    corrections: Sequence[AnyCorrection] = (),
) -> Extraction:
    """Crashes, hangs, runs out of memory, fails or is slow by name."""
    match path.stem.split("-")[0]:
        case "crash":
            ctypes.string_at(0)
        case "exit":
            os._exit(3)
        case "hang":
            time.sleep(3600)
        case "greedy":
            bytearray(3 << 30)
        case "bug":
            raise ZeroDivisionError("a fault of the program")
        case "slow":
            time.sleep(0.5)
    return read_document(path, reader, password, pages, corrections)
