"""Passes the progress of an ingest run to the reporter that the caller sets with `reporting`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from pipeline.dataset.landing.sources import Source
from pipeline.run.items import Outcome


class Reporter:
    """Receives the progress of a run, from several threads; this one shows nothing.

    `start` gets the documents before they are read, `advance` each one that is done. Scanned pages take a thousand
    times as long as others, so they are counted separately: when they are found and when they have been recognised.
    """

    def start(self, sources: Sequence[Source]) -> None: ...

    def advance(self, outcome: Outcome) -> None: ...

    def found_scans(self, pages: int) -> None: ...

    def read_scans(self, pages: int) -> None: ...


# A context variable, because a flow's parameters are stored as JSON; Prefect hands the context on to its threads.
_reporter: ContextVar[Reporter] = ContextVar("reporter")


def reporter() -> Reporter:
    """The reporter of this block; one that shows nothing where none was set."""
    return _reporter.get(Reporter())


@contextmanager
def reporting(to: Reporter) -> Iterator[None]:
    """Makes `to` the reporter of runs within the block."""
    token = _reporter.set(to)
    try:
        yield
    finally:
        _reporter.reset(token)
