"""A fetch report for people: Rich for a terminal, Markdown for Prefect."""

from __future__ import annotations

from pipeline.fetch.model import FetchReport


def as_markdown(report: FetchReport) -> str:
    """The report as a page of Prefect's user interface."""
    return f"{report}\n"
