"""Readers for tests: pages and whole documents are faulty as their file names say, all others are read by MuPDF."""

from __future__ import annotations

import ctypes
import os
import re
import time
from pathlib import Path

from pipeline.pages.model import OpenDocument, Page, Word
from pipeline.pages.readers.mupdf import MuPdfReader

FAULTY = "tests.faults:FaultyReader"
"""The name of the reader for `Settings.reader`."""
_PAGES = re.compile(r"(\w+)@([\d,]+)")


def suffer(fault: str) -> None:
    """Crashes, hangs, runs out of memory, fails or is slow; nothing for another word."""
    match fault:
        case "crash":
            ctypes.string_at(0)
        case "exit":
            os._exit(3)
        case "hang":
            time.sleep(3600)
        case "spin":  # in Python, which gives up the lock now and then and sees signals
            while True:
                pass
        case "greedy":
            bytearray(3 << 30)
        case "bug":
            raise ZeroDivisionError("a fault of the program")
        case "slow":
            time.sleep(0.5)


class FaultyReader:
    """Suffers a fault while it opens `<fault>-….pdf`, and on pages 2 and 5 of `<fault>@2,5-….pdf`."""

    name = "mupdf"

    def open(self, path: Path, password: str | None = None) -> OpenDocument:
        if (pages := _PAGES.match(path.stem)) is None:
            suffer(path.stem.split("-")[0])
            return MuPdfReader().open(path, password)
        numbers = frozenset(map(int, pages[2].split(",")))
        return _FaultyDocument(MuPdfReader().open(path, password), pages[1], numbers)


class _FaultyDocument:
    def __init__(self, opened: OpenDocument, fault: str, numbers: frozenset[int]) -> None:
        self._opened, self._fault, self._numbers = opened, fault, numbers
        self.info = opened.info

    def __enter__(self) -> OpenDocument:
        return self

    def __exit__(self, *exc: object) -> None:
        self._opened.__exit__(*exc)

    def page(self, number: int) -> Page:
        if number in self._numbers:
            suffer(self._fault)
        return self._opened.page(number)

    def stored_words(self, number: int) -> tuple[Word, ...] | None:
        return self._opened.stored_words(number)
