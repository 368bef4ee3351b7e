"""What is measured of a document, and how it is summed up."""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

FLOOR, PROGRAM, PDFPLUMBER, FIND_TABLES = "floor", "program", "pdfplumber", "find_tables"
CAMELOT, IMG2TABLE = "camelot", "img2table"


@dataclass(frozen=True, slots=True)
class Document:
    """A PDF to measure with. `pages` is the number of pages in it."""

    path: Path
    pages: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What a program came to over all documents: the most memory that its process held, in MiB, and how many of the
    transcribed cells it has read exactly."""

    name: str
    memory: float
    read: int
    cells: int


@dataclass(slots=True)
class Row:
    """CPU seconds of each repeat by what was measured, and the pages that a comparison failed on."""

    name: str
    pages: int
    seconds: dict[str, list[float]] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)

    def add(self, what: str, seconds: float, failed: int = 0) -> None:
        """Notes one repeat."""
        self.seconds.setdefault(what, []).append(seconds)
        self.failed[what] = failed

    def a_page(self, what: str) -> float | None:
        """Milliseconds a page, median of the repeats; None when it was not measured."""
        return statistics.median(self.seconds[what]) * 1000 / self.pages if what in self.seconds else None

    def ratio(self, above: str, below: str) -> float | None:
        """How many times the CPU time of `below` went into `above`."""
        a, b = self.a_page(above), self.a_page(below)
        return a / b if a is not None and b else None


def total(rows: Sequence[Row]) -> Row:
    """One row for all documents: repeat by repeat, the sum over them."""
    row = Row("all", sum(r.pages for r in rows))
    for what in rows[0].seconds:
        row.seconds[what] = [sum(times) for times in zip(*(r.seconds[what] for r in rows), strict=True)]
        row.failed[what] = sum(r.failed[what] for r in rows)
    return row


def cpu_seconds(work: Callable[[], Iterable[object]]) -> tuple[float, int]:
    """CPU seconds of this process for `work`, and how many of the pages that it goes through it failed on."""
    started = time.process_time()
    failed = sum(isinstance(page, Exception) for page in work())
    return time.process_time() - started, failed


def attempts(pages: Iterable[Callable[[], object]]) -> Iterator[object]:
    """What comes of each page, an exception when it fails."""
    for page in pages:
        try:
            yield page()
        except Exception as error:  # whatever a package raises, the page is lost to it
            yield error


def peak_memory() -> float:
    """The most memory that this process has held so far, in MiB."""
    if sys.platform == "linux":  # getrusage counts what the parent had held before the process began its own work
        status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
        return int(status["VmHWM"].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2 ** (20 if sys.platform == "darwin" else 10)
