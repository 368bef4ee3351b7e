"""Writes a fetch report as lines for a terminal and as Markdown for Prefect."""

from __future__ import annotations

from collections.abc import Iterator

from rich.markup import escape

from pipeline.fetch.model import FetchEntry, FetchReport
from pipeline.messages import t
from pipeline.text import markdown_cell

_LISTED = ("failed", "gone", "changed", "new")
"""The listed outcomes, the most urgent first; the others are only counted."""

_COLOURS = {"failed": "red", "gone": "yellow", "changed": "cyan", "new": "green"}
_SHOWN = 50  # documents per outcome; the catalogue has all of them


def as_lines(report: FetchReport) -> Iterator[str]:
    """A line in Rich markup for each document with a listed outcome."""
    for what, entry in _listed(report):
        title = escape(entry.title or "")
        yield f"[{_COLOURS[what]}]{what}[/]: {entry.source_id}: {title}{': ' if title else ''}{escape(_where(entry))}"


def as_markdown(report: FetchReport) -> str:
    """The report as a page of Prefect's user interface."""
    rows = [
        f"| {what} | {entry.source_id} | {markdown_cell(entry.title or '')} | {markdown_cell(_where(entry))} |"
        for what, entry in _listed(report)
    ]
    head = ["| | source | document | where |", "|---|---|---|---|"]
    return "\n".join([str(report), "", *(head if rows else []), *rows, ""])


def _listed(report: FetchReport) -> Iterator[tuple[str, FetchEntry]]:
    for what in _LISTED:
        entries: tuple[FetchEntry, ...] = getattr(report, what)
        for entry in entries[:_SHOWN]:
            yield what, entry
        if len(entries) > _SHOWN:
            yield what, FetchEntry("all sources", "", reason=t("and {count} more", count=len(entries) - _SHOWN))


def _where(entry: FetchEntry) -> str:
    if entry.reason:
        return f"{entry.reason} ({entry.code}): {entry.url}" if entry.code else entry.reason
    return entry.path or entry.url
