"""What a fetch run comes to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[str], None]
"""Is told in one line of each page and file that a run turns to."""


@dataclass(frozen=True, slots=True)
class FetchEntry:
    """One document (or a page, when it is the page that failed) and what became of it.

    `path` is relative to the raw folder; None when nothing lies there. `reason` says why it is listed where it is, in
    one line; `code` is the stable name of that reason (`fetch.http`).
    """

    source_id: str
    url: str
    title: str | None = None
    path: str | None = None
    code: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class FetchReport:
    """Every document that a run saw, once; in a dry run, what would have become of it.

    `changed` were replaced at their address, `gone` are no longer published (their files stay), `skipped` are older
    than the run was asked for.
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
        """0 when all is well, 1 when something failed and the rest has landed."""
        return int(bool(self.failed))

    def __str__(self) -> str:
        counts = ", ".join(
            f"{len(getattr(self, name))} {name}"
            for name in ("new", "changed", "unchanged", "gone", "failed", "skipped")
        )
        return f"{'dry run, nothing was written: ' if self.dry_run else ''}{counts}; {self.seconds:.1f} s"
