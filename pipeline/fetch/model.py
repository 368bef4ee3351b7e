"""The result of a fetch run, and the receiver of its progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from pipeline.messages import COMMA, Text, joined, t

Progress = Callable[[str], None]
"""Receives one line for each page and file before it is fetched."""

# A context variable, because a flow's parameters are stored as JSON.
_listener: ContextVar[Progress | None] = ContextVar("listener", default=None)


def listener(default: Progress) -> Progress:
    """The receiver of this block, or `default`."""
    return _listener.get() or default


@contextmanager
def telling(to: Progress) -> Iterator[None]:
    """Makes `to` the receiver of progress within the block."""
    token = _listener.set(to)
    try:
        yield
    finally:
        _listener.reset(token)


@dataclass(frozen=True, slots=True)
class FetchEntry:
    """The outcome for one document, or for a page that failed.

    `path` is relative to the raw folder; None without a file there. `reason` is the reason for the outcome in one line,
    `code` its stable name (`fetch.http`).
    """

    source_id: str
    url: str
    title: str | None = None
    path: str | None = None
    code: str | None = None
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class FetchReport:
    """Every document of a run, once, by outcome; of a dry run, by the outcome that a real run would have.

    `changed` were replaced at their address, `gone` are no longer published (their files stay), `skipped` are older
    than the oldest day asked for.
    """

    new: tuple[FetchEntry, ...] = ()
    changed: tuple[FetchEntry, ...] = ()
    unchanged: tuple[FetchEntry, ...] = ()
    gone: tuple[FetchEntry, ...] = ()
    failed: tuple[FetchEntry, ...] = ()
    skipped: tuple[FetchEntry, ...] = ()
    dry_run: bool = False
    seconds: float = 0.0

    @property
    def exit_status(self) -> int:
        """0 without failures; 1 when something failed and the rest has landed."""
        return int(bool(self.failed))

    @property
    def line(self) -> Text:
        """The counts in one line."""
        counts = joined(
            COMMA,
            (
                t("{count} new", count=len(self.new)),
                t("{count} changed", count=len(self.changed)),
                t("{count} unchanged", count=len(self.unchanged)),
                t("{count} gone", count=len(self.gone)),
                t("{count} failed", count=len(self.failed)),
                t("{count} skipped", count=len(self.skipped)),
            ),
        )
        line = t("{counts}; {seconds:.1f} s", counts=counts, seconds=self.seconds)
        return t("dry run, nothing was written: {line}", line=line) if self.dry_run else line

    def __str__(self) -> str:
        return str(self.line)
