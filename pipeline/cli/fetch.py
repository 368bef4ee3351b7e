"""`budget-forms fetch`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.flows import interruptible, prefect
from pipeline.cli.options import Sources, filled_in
from pipeline.language import shown
from pipeline.messages import t

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.fetch.model import FetchReport, Progress
    from pipeline.settings import FetchParameters


def fetch(
    sources: Sources = None,
    raw: Annotated[Path | None, typer.Option(help=t("Folder that the PDFs land in.  \\[default: data/raw]"))] = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help=t("Only what was published on this day or later, where known.")),
    ] = None,
    dry_run: Annotated[bool | None, typer.Option("--dry-run", help=t("Look and report; write nothing."))] = None,
    only: Annotated[list[str] | None, typer.Option(metavar="ID", help=t("Only this source; may be repeated."))] = None,
    schemas: Annotated[
        Path | None, typer.Option(help=t("Folder of layouts and labels of your own, whose regions count too."))
    ] = None,
) -> None:
    """Downloads new and replaced documents of the publishers in sources.toml.

    Ends with 0 without failures, with 1 when something failed and the rest has landed.
    """
    from rich.console import Console

    from pipeline.dictionaries import use_schemas
    from pipeline.fetch.messages import as_lines
    from pipeline.fetch.sources import load_sources
    from pipeline.settings import FetchParameters

    day = since and since.date()
    parameters = filled_in(
        FetchParameters,
        {
            "sources": sources,
            "raw": raw,
            "since": day,
            "dry_run": dry_run,
            "only": only or None,
            "schemas": schemas,
        },
    )
    use_schemas(parameters.schemas)
    load_sources(parameters.sources, parameters.only)  # its errors come before anything slow starts
    with interruptible(t("what has been downloaded is kept, run again to go on")):
        report = _run(parameters)
    out = Console(highlight=False)
    for line in as_lines(report):
        out.print(line, soft_wrap=True)
    out.print(shown(report.line), soft_wrap=True)
    raise typer.Exit(report.exit_status)


def _run(parameters: FetchParameters) -> FetchReport:
    """Runs the flow. A dry run leaves no trace, so it starts no server."""
    from rich.console import Console

    with _progress(Console(stderr=True)) as show:
        if parameters.dry_run and not os.environ.get("PREFECT_API_URL"):
            from pipeline.fetch.run import fetch_sources

            return fetch_sources(parameters, show)
        from pipeline.fetch.model import telling

        with prefect("flows.fetch"), telling(show):
            from flows.fetch import run_fetch

            return run_fetch(parameters)


@contextmanager
def _progress(console: Console) -> Iterator[Progress]:
    """A line that changes on a terminal, otherwise one line after the other; both on standard error."""
    from rich.markup import escape

    if console.is_terminal:
        with console.status(shown(t("starting"))) as status:
            yield lambda line: status.update(escape(line))
    else:
        yield lambda line: console.print(line, markup=False, highlight=False, soft_wrap=True)
