"""The outcome of a scheduled run: failures that somebody has to look at, and its report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.dataset.checks.check import Problem
from pipeline.fetch.model import FetchReport
from pipeline.language import Language, shown
from pipeline.messages import Text, t, tn
from pipeline.run.summary import Summary, changes_as_markdown

_SHOWN = 20  # failures of a kind; the artifacts of fetch and ingest have the others


@dataclass(frozen=True, slots=True)
class Published:
    """The outcome of all steps; `fetched` is None when the run was not to fetch."""

    fetched: FetchReport | None
    ingested: Summary
    problems: Sequence[Problem]

    @property
    def failures(self) -> tuple[Text, ...]:
        """The failures of this run, a line each; those of earlier runs are not repeated.

        Documents read in part do not count: a scanned page is reported, and needs nobody at once.
        """
        return tuple(self._failures())

    @property
    def line(self) -> Text:
        """The outcome in one line."""
        failed = len(self.failures)
        if not failed:
            return t("no failures")
        return tn(
            "{count} failure; everything else is in the dataset",
            "{count} failures; everything else is in the dataset",
            failed,
        )

    def _failures(self) -> Iterator[Text]:
        for entry in self.fetched.failed if self.fetched else ():
            name = entry.title or entry.url
            yield t("not fetched: {name}: {reason} ({code})", name=name, reason=entry.reason, code=entry.code)
        for outcome in self.ingested.bad:
            if outcome.status == "failed":
                yield t(
                    "not read: {name}: {reason} ({code})",
                    name=outcome.source_path,
                    reason=outcome.error_message,
                    code=outcome.error_code,
                )
        for problem in self.problems:
            yield t(
                "broken promise: {message} ({rule}, {count} times)",
                message=problem.message,
                rule=problem.rule,
                count=problem.count,
            )


def as_markdown(published: Published, out: Path, language: Language = "en") -> str:
    """The run as a page of Prefect's user interface: failures, steps, changes in the dataset at `out`."""

    def say(text: Text) -> str:
        return shown(text, language)

    failures = published.failures
    listed = [f"- {' '.join(say(failure).split())}" for failure in failures[:_SHOWN]]
    if len(failures) > _SHOWN:
        listed.append("- " + say(t("{count} more: see the reports of the steps", count=len(failures) - _SHOWN)))
    fetched = published.fetched.line if published.fetched else t("nothing was to be fetched")
    broken = len(published.problems)
    parts = (
        f"# {say(published.line).capitalize()}",
        "\n".join(listed),
        say(t("Fetched: {fetched}", fetched=fetched)),
        say(t("Read: {ingested}", ingested=published.ingested.line)),
        say(t("Checked: {broken} broken promises", broken=broken) if broken else t("Checked: no broken promises")),
        changes_as_markdown(published.ingested, out, language),
    )
    return "\n\n".join(parts)
