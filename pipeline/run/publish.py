"""The outcome of a scheduled run: failures that somebody has to look at, and its report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.dataset.checks.check import Problem
from pipeline.fetch import messages
from pipeline.fetch.model import FetchReport
from pipeline.language import Language, shown
from pipeline.messages import SEMICOLON, Text, joined, t, tn
from pipeline.run import summary
from pipeline.run.summary import Summary, changes_as_markdown
from pipeline.settings import PublishParameters

_SHOWN = 20  # failures of a kind; the artifacts of fetch and ingest have the others
_IN_SHORT = 3  # failures in the message of a state, which a notification carries


@dataclass(frozen=True, slots=True)
class Published:
    """The outcome of all steps; None for one that was left out or could not begin.

    `unfetched` is the reason why nothing was to be fetched, `stops` are the reasons why a step could not begin.
    """

    fetched: FetchReport | None = None
    ingested: Summary | None = None
    problems: tuple[Problem, ...] = ()
    unfetched: Text | None = None
    stops: tuple[Text, ...] = ()

    @property
    def failures(self) -> tuple[Text, ...]:
        """The failures of this run, a line each; those of earlier runs are not repeated."""
        return tuple(self._failures())

    @property
    def line(self) -> Text:
        """The outcome in one line."""
        if failed := len(self.failures):
            return tn(
                "{count} failure; everything else is in the dataset",
                "{count} failures; everything else is in the dataset",
                failed,
            )
        return t("no failures; {reason}", reason=self.unfetched) if self.unfetched else t("no failures")

    def _failures(self) -> Iterator[Text]:
        if self.fetched:
            yield from messages.failures(self.fetched)
        yield from self.stops
        if self.ingested:
            yield from summary.failures(self.ingested)
        for problem in self.problems:
            yield t(
                "broken promise: {message} ({rule}, {count} times)",
                message=problem.message,
                rule=problem.rule,
                count=problem.count,
            )


def why_not_fetch(parameters: PublishParameters) -> Text | None:
    """The reason why a run fetches nothing; None when it does.

    Without `sources.toml` a run reads what lies in the raw folder, as it would where nobody fetches. A file of another
    name is missed: fetching fails.
    """
    usual = PublishParameters.model_fields["sources"].default
    if not parameters.fetch:
        return t("nothing was to be fetched")
    if parameters.sources.name == usual.name and not parameters.sources.exists():
        return t(
            "nothing was fetched: there is no {sources}; only PDFs in {raw} are read",
            sources=parameters.sources,
            raw=parameters.raw,
        )
    return None


def in_short(failures: Sequence[Text]) -> Text:
    """The number of failures and the first of them, in a line."""
    first = list(failures[:_IN_SHORT])
    if len(failures) > _IN_SHORT:
        first.append(t("and {count} more", count=len(failures) - _IN_SHORT))
    return tn("{count} failure: {first}", "{count} failures: {first}", len(failures), first=joined(SEMICOLON, first))


def as_markdown(published: Published, out: Path, language: Language = "en") -> str:
    """The run as a page of Prefect's user interface: failures, steps, changes in the dataset at `out`."""

    def say(text: Text) -> str:
        return shown(text, language)

    failures = published.failures
    listed = [f"- {' '.join(say(failure).split())}" for failure in failures[:_SHOWN]]
    if len(failures) > _SHOWN:
        listed.append("- " + say(t("{count} more: see the reports of the steps", count=len(failures) - _SHOWN)))
    fetched = published.fetched.line if published.fetched else published.unfetched or t("nothing")
    title = say(published.line)
    parts = [
        f"# {title[0].upper()}{title[1:]}",
        "\n".join(listed),
        say(t("Fetched: {fetched}", fetched=fetched)),
        say(t("Read: {ingested}", ingested=published.ingested.line if published.ingested else t("nothing"))),
    ]
    if published.ingested:
        broken = len(published.problems)
        checked = t("Checked: {broken} broken promises", broken=broken) if broken else t("Checked: no broken promises")
        parts += [say(checked), changes_as_markdown(published.ingested, out, language)]
    return "\n\n".join(parts)
