"""A summary for people: lines for a terminal, Markdown for Prefect."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.outputs.changes.markdown import as_line
from pipeline.outputs.changes.markdown import as_markdown as report_as_markdown
from pipeline.outputs.changes.store import path_of
from pipeline.run.items import Outcome
from pipeline.run.summary import Summary
from pipeline.text import one_line

_SHOWN = 20  # a longer list hides the summary; the dataset has them all
_ROWS = 50  # a table of an artifact; the file of the report has the others
_QUERY = "SELECT source_path, status, error_code, error_message FROM documents WHERE status <> 'ok'"


def as_lines(summary: Summary, out: Path) -> Iterator[str]:
    """What has changed in the dataset at `out`, the documents read now that are not ok, and how to see the rest."""
    if summary.changes:
        yield f"{as_line(summary.changes)}; more in {path_of(out, summary.changes)}"
    if summary.agreement.compared:
        yield f"{summary.agreement}"
    if summary.without_pdf:
        yield f"{summary.without_pdf} documents were assembled from stored pages; their PDFs are gone"
    for outcome in summary.bad[:_SHOWN]:
        yield f"{outcome.status}: {one_line(outcome.source_path)}: {_reason(outcome)}"
    if summary.seen - summary.ok > min(len(summary.bad), _SHOWN):
        yield f'all documents that are not ok: budget-forms query --out {out} "{_QUERY}"'


def as_markdown(summary: Summary) -> str:
    """The summary as a page of Prefect's user interface."""
    rows = "\n".join(
        f"| {outcome.status} | {_cell(outcome.source_path)} | {_cell(_reason(outcome))} |"
        for outcome in summary.bad[:_SHOWN]
    )
    table = f"\n\n| status | document | reason |\n|---|---|---|\n{rows}" if rows else ""
    agreement = f"\n\n{summary.agreement}" if summary.agreement.compared else ""
    return f"{summary}{agreement}{table}\n"


def changes_as_markdown(summary: Summary, out: Path) -> str:
    """What the run has changed in the dataset at `out`, as a page of Prefect's user interface."""
    if summary.changes is None:
        return "# Nothing has changed\n\nNo document was added, superseded or read differently: no new version.\n"
    return report_as_markdown(summary.changes, _ROWS, path_of(out, summary.changes))


def _reason(outcome: Outcome) -> str:
    if outcome.error_message is None:
        return "see its findings"
    return f"{outcome.error_message} ({outcome.error_code})"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
