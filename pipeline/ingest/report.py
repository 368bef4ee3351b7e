"""A summary for people: lines for a terminal, Markdown for Prefect."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.ingest.summary import Summary
from pipeline.ingest.work import Outcome

_SHOWN = 20  # a longer list hides the summary; the dataset has them all
_QUERY = "SELECT source_path, status, error_code, error_message FROM documents WHERE status <> 'ok'"


def as_lines(summary: Summary, out: Path) -> Iterator[str]:
    """The documents read now that are not ok, and how to see the rest in the dataset at `out`."""
    for outcome in summary.bad[:_SHOWN]:
        yield f"{outcome.status}: {outcome.source_path}: {_reason(outcome)}"
    if summary.seen - summary.ok > min(len(summary.bad), _SHOWN):
        yield f'all documents that are not ok: budget-forms query --out {out} "{_QUERY}"'


def as_markdown(summary: Summary) -> str:
    """The summary as a page of Prefect's user interface."""
    rows = "\n".join(
        f"| {outcome.status} | {_cell(outcome.source_path)} | {_cell(_reason(outcome))} |"
        for outcome in summary.bad[:_SHOWN]
    )
    table = f"\n\n| status | document | reason |\n|---|---|---|\n{rows}" if rows else ""
    return f"{summary}{table}\n"


def _reason(outcome: Outcome) -> str:
    if outcome.error_message is None:
        return "see its findings"
    return f"{outcome.error_message} ({outcome.error_code})"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
