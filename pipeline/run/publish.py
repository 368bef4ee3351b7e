"""The outcome of a scheduled run: failures that somebody has to look at, and its report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.dataset.checks.check import Problem
from pipeline.fetch.model import FetchReport
from pipeline.run.summary import Summary, changes_as_markdown

_SHOWN = 20  # failures of a kind; the artifacts of fetch and ingest have the others


@dataclass(frozen=True, slots=True)
class Published:
    """The outcome of all steps; `fetched` is None when the run was not to fetch."""

    fetched: FetchReport | None
    ingested: Summary
    problems: Sequence[Problem]

    @property
    def failures(self) -> tuple[str, ...]:
        """The failures of this run, a line each; those of earlier runs are not repeated.

        Documents read in part do not count: a scanned page is reported, and needs nobody at once.
        """
        return tuple(self._failures())

    def __str__(self) -> str:
        failed = len(self.failures)
        return f"{failed} failures; everything else is in the dataset" if failed else "no failures"

    def _failures(self) -> Iterator[str]:
        for entry in self.fetched.failed if self.fetched else ():
            yield f"not fetched: {entry.title or entry.url}: {entry.reason} ({entry.code})"
        for outcome in self.ingested.bad:
            if outcome.status == "failed":
                yield f"not read: {outcome.source_path}: {outcome.error_message} ({outcome.error_code})"
        for problem in self.problems:
            yield f"broken promise: {problem.message} ({problem.rule}, {problem.count} times)"


def as_markdown(published: Published, out: Path) -> str:
    """The run as a page of Prefect's user interface: failures, steps, changes in the dataset at `out`."""
    failures = published.failures
    listed = [f"- {' '.join(failure.split())}" for failure in failures[:_SHOWN]]
    if len(failures) > _SHOWN:
        listed.append(f"- {len(failures) - _SHOWN} more: see the reports of the steps")
    parts = (
        f"# {str(published).capitalize()}",
        "\n".join(listed),
        f"Fetched: {published.fetched or 'nothing was to be fetched'}",
        f"Read: {published.ingested}",
        f"Checked: {len(published.problems) or 'no'} broken promises",
        changes_as_markdown(published.ingested, out),
    )
    return "\n\n".join(parts)
