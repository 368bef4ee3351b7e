"""The progress of a run: a bar on a terminal, otherwise a line every few seconds. Both go to standard error."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from pipeline.dataset.landing.sources import Source
from pipeline.run.items import Outcome
from pipeline.run.progress import Reporter

_SECONDS_A_LINE = 5.0


@contextmanager
def make_reporter() -> Iterator[Reporter]:
    """The reporter that suits standard error."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Lines()
        return
    columns = (SpinnerColumn(), BarColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield Bar(progress)


class Tally(Reporter):
    """Counts documents and pages."""

    def __init__(self) -> None:
        self._documents = self._read = self._pages = self._bad = self._scans = self._recognised = 0
        self._recognising = 0.0  # when the first scanned page was met
        self._lock = Lock()

    def start(self, sources: Sequence[Source]) -> None:
        self._documents += len(sources)

    def advance(self, outcome: Outcome) -> None:
        with self._lock:
            self._read += 1
            self._pages += outcome.pages
            self._bad += outcome.status != "ok"
        self._show(outcome.size)

    def found_scans(self, pages: int) -> None:
        with self._lock:
            self._recognising = self._recognising or time.monotonic()
            self._scans += pages

    def read_scans(self, pages: int) -> None:
        with self._lock:
            self._recognised += pages
        self._show(0)

    def _show(self, size: int) -> None:
        """Shows the counts, after documents of `size` bytes or scanned pages have been read."""

    def __str__(self) -> str:
        bad = f", {self._bad} not ok" if self._bad else ""
        return f"{self._read} of {self._documents} documents, {self._pages} pages{bad}{self._about_scans()}"

    def _about_scans(self) -> str:
        """How many of the scanned pages met so far are recognised, and how long the others will take."""
        if not self._scans:
            return ""
        left = self._scans - self._recognised
        seconds = (time.monotonic() - self._recognising) / self._recognised * left if self._recognised else 0.0
        remaining = f", about {math.ceil(seconds / 60)} min left" if left and seconds else ""
        return f"; {self._recognised} of {self._scans} scanned pages recognised{remaining}"


class Bar(Tally):
    """A bar of bytes, which estimate the rest better than documents."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self._progress = progress
        self._task = progress.add_task("starting", total=None)

    def start(self, sources: Sequence[Source]) -> None:
        super().start(sources)
        self._progress.update(self._task, total=sum(source.size for source in sources), description=str(self))

    def _show(self, size: int) -> None:
        self._progress.update(self._task, advance=size, description=str(self))


class Lines(Tally):
    """Plain lines, for files and logs."""

    def __init__(self) -> None:
        super().__init__()
        self._printed = time.monotonic()

    def start(self, sources: Sequence[Source]) -> None:
        super().start(sources)
        print(f"reading {len(sources)} documents", file=sys.stderr)

    def _show(self, size: int) -> None:
        if time.monotonic() - self._printed >= _SECONDS_A_LINE:
            self._printed = time.monotonic()
            print(self, file=sys.stderr)
