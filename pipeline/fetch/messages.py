"""Writes a fetch report as lines for a terminal and as Markdown for Prefect."""

from __future__ import annotations

from collections.abc import Iterator

from rich.markup import escape

from pipeline.fetch.model import FetchEntry, FetchReport
from pipeline.language import Language, shown
from pipeline.messages import Text, known, t, translated
from pipeline.text import markdown_cell

_LISTED = ("failed", "gone", "changed", "new")
"""The listed outcomes, the most urgent first; the others are only counted."""

_COLOURS = {"failed": "red", "gone": "yellow", "changed": "cyan", "new": "green"}
_OUTCOMES = {"failed": t("failed"), "gone": t("gone"), "changed": t("changed"), "new": t("new")}
_SHOWN = 50  # documents per outcome; the catalogue has all of them


def failures(report: FetchReport) -> tuple[Text, ...]:
    """A line for each page or document that could not be fetched; it begins with the source."""
    return tuple(
        t("not fetched: {source}: {title}: {where}", source=entry.source_id, title=entry.title, where=_where(entry))
        if entry.title
        else t("not fetched: {source}: {where}", source=entry.source_id, where=_where(entry))
        for entry in report.failed
    )


def as_lines(report: FetchReport) -> Iterator[str]:
    """A line in Rich markup for each document with a listed outcome, in the language of the person."""
    for what, entry in _listed(report):
        title = [escape(entry.title)] if entry.title else []
        source = shown(entry.source_id) if isinstance(entry.source_id, Text) else entry.source_id
        named = f"[{_COLOURS[what]}]{shown(_OUTCOMES[what])}[/]"
        yield shown(t(": ")).join((named, source, *title, escape(shown(_where(entry)))))


def as_markdown(report: FetchReport, language: Language = "en") -> str:
    """The report as a page of Prefect's user interface."""

    def say(text: Text) -> str:
        return shown(text, language)

    rows = [
        f"| {say(_OUTCOMES[what])} | {translated(entry.source_id, language)} | {markdown_cell(entry.title or '')} | "
        f"{markdown_cell(say(_where(entry)))} |"
        for what, entry in _listed(report)
    ]
    names = " | ".join(map(say, (t("source"), t("document"), t("where"))))
    head = [f"| | {names} |", "|---|---|---|---|"]
    return "\n".join([say(report.line), "", *(head if rows else []), *rows, ""])


def _listed(report: FetchReport) -> Iterator[tuple[str, FetchEntry]]:
    for what in _LISTED:
        entries: tuple[FetchEntry, ...] = getattr(report, what)
        for entry in entries[:_SHOWN]:
            yield what, entry
        if len(entries) > _SHOWN:
            yield what, FetchEntry(t("all sources"), "", reason=t("and {count} more", count=len(entries) - _SHOWN))


def _where(entry: FetchEntry) -> Text:
    if entry.reason is None:
        return known(entry.path or entry.url)
    if entry.code is None:
        return entry.reason
    return t("{reason} ({code}): {url}", reason=entry.reason, code=entry.code, url=entry.url)
