"""Who is told how a run gets on. Nobody, unless the caller says so with `reporting`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from pipeline.dataset.landing.sources import Source
from pipeline.run.items import Outcome


class Reporter(Protocol):
    """Is told of the documents before they are read, and of each one that has been; from several threads.

    Scanned pages are found while documents are read, and take a thousand times as long: they are told by themselves.
    """

    def start(self, sources: Sequence[Source]) -> None: ...

    def advance(self, outcome: Outcome) -> None: ...

    def found_scans(self, pages: int) -> None: ...

    def read_scans(self, pages: int) -> None: ...


class Silent:
    """Tells nobody."""

    def start(self, sources: Sequence[Source]) -> None: ...

    def advance(self, outcome: Outcome) -> None: ...

    def found_scans(self, pages: int) -> None: ...

    def read_scans(self, pages: int) -> None: ...


# A context variable, because a flow's parameters are stored as JSON; Prefect hands the context on to its threads.
_reporter: ContextVar[Reporter] = ContextVar("reporter")


def reporter() -> Reporter:
    """Whom the run tells how far it is; nobody where none was named."""
    return _reporter.get(Silent())


@contextmanager
def reporting(to: Reporter) -> Iterator[None]:
    """Has the runs within the block report to `to`."""
    token = _reporter.set(to)
    try:
        yield
    finally:
        _reporter.reset(token)
