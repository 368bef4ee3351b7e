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

from pipeline.cli.printing import note
from pipeline.dataset.landing.sources import Source
from pipeline.language import shown
from pipeline.messages import COMMA, SEMICOLON, Text, joined, t, tn
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

    @property
    def line(self) -> str:
        """The counts in the language of the person."""
        parts = [
            tn("{read} of {count} document", "{read} of {count} documents", self._documents, read=self._read),
            tn("{count} page", "{count} pages", self._pages),
        ]
        parts += [t("{bad} not ok", bad=self._bad)] if self._bad else []
        return shown(joined(SEMICOLON, (joined(COMMA, parts), *self._about_scans())))

    def _about_scans(self) -> Iterator[Text]:
        """How many of the scanned pages met so far are recognised, and how long the others will take."""
        if not self._scans:
            return
        left = self._scans - self._recognised
        seconds = (time.monotonic() - self._recognising) / self._recognised * left if self._recognised else 0.0
        done = tn(
            "{read} of {count} scanned page recognised",
            "{read} of {count} scanned pages recognised",
            self._scans,
            read=self._recognised,
        )
        remaining = [t("about {minutes} min left", minutes=math.ceil(seconds / 60))] if left and seconds else []
        yield joined(COMMA, (done, *remaining))


class Bar(Tally):
    """A bar of bytes, which estimate the rest better than documents."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self._progress = progress
        self._task = progress.add_task(shown(t("starting")), total=None)

    def start(self, sources: Sequence[Source]) -> None:
        super().start(sources)
        self._progress.update(self._task, total=sum(source.size for source in sources), description=self.line)

    def _show(self, size: int) -> None:
        self._progress.update(self._task, advance=size, description=self.line)


class Lines(Tally):
    """Plain lines, for files and logs."""

    def __init__(self) -> None:
        super().__init__()
        self._printed = time.monotonic()

    def start(self, sources: Sequence[Source]) -> None:
        super().start(sources)
        note(tn("reading {count} document", "reading {count} documents", len(sources)))

    def _show(self, size: int) -> None:
        if time.monotonic() - self._printed >= _SECONDS_A_LINE:
            self._printed = time.monotonic()
            print(self.line, file=sys.stderr)
