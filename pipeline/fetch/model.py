"""The result of a fetch run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[str], None]
"""Receives one line for each page and file before it is fetched."""


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
    reason: str | None = None


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

    def __str__(self) -> str:
        counts = ", ".join(
            f"{len(getattr(self, name))} {name}"
            for name in ("new", "changed", "unchanged", "gone", "failed", "skipped")
        )
        return f"{'dry run, nothing was written: ' if self.dry_run else ''}{counts}; {self.seconds:.1f} s"
