"""What a scheduled run came to, and whether somebody has to look at it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.dataset.checks.check import Problem
from pipeline.fetch.model import FetchReport
from pipeline.run.messages import changes_as_markdown
from pipeline.run.summary import Summary

_SHOWN = 20  # failures of a kind; the artifacts of fetch and ingest have the others


@dataclass(frozen=True, slots=True)
class Published:
    """The outcome of all steps; `fetched` is None when the run was not to fetch."""

    fetched: FetchReport | None
    ingested: Summary
    problems: Sequence[Problem]

    @property
    def failures(self) -> tuple[str, ...]:
        """What went wrong in this run, a line each; what failed in earlier runs and was left alone is not told again.

        Documents read in part are none: a scanned page is reported, and nobody has to get up for it.
        """
        return tuple(self._failures())

    def __str__(self) -> str:
        failed = len(self.failures)
        return f"{failed} failures; everything else is in the dataset" if failed else "all is well"

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
    return "\n".join(_lines(published, out))


def _lines(published: Published, out: Path) -> Iterator[str]:
    failures = published.failures
    yield f"# {str(published).capitalize()}"
    yield ""
    yield from (f"- {' '.join(failure.split())}" for failure in failures[:_SHOWN])
    if len(failures) > _SHOWN:
        yield f"- {len(failures) - _SHOWN} more: see the reports of the steps"
    yield ""
    yield f"Fetched: {published.fetched or 'nothing was to be fetched'}"
    yield ""
    yield f"Read: {published.ingested}"
    yield ""
    yield f"Checked: {len(published.problems) or 'no'} broken promises"
    yield ""
    yield changes_as_markdown(published.ingested, out)
