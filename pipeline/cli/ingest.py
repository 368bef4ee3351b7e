"""`budget-forms ingest`."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pipeline.cli.flows import interruptible, prefect
from pipeline.cli.options import PROGRAM, Corrections, Out, Password, Raw, Reader, Schemas, make_settings
from pipeline.cli.printing import note, say
from pipeline.messages import t

if TYPE_CHECKING:
    from pipeline.run.summary import Summary
    from pipeline.settings import Settings


def ingest(
    raw: Raw = None,
    out: Out = None,
    corrections: Corrections = None,
    schemas: Schemas = None,
    workers: Annotated[int | None, typer.Option(min=1, help=t("Processes that read.  \\[default: one a CPU]"))] = None,
    year: Annotated[int | None, typer.Option(help=t("Only documents of this fiscal year."))] = None,
    force: Annotated[
        bool | None, typer.Option("--force", help=t("Read all PDFs again, although nothing has changed."))
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="GLOB", help=t("Only PDFs whose path below --raw matches; may be repeated.")),
    ] = None,
    rehash: Annotated[
        bool | None, typer.Option("--rehash", help=t("Find changed files by their bytes, not by size and time."))
    ] = None,
    reader: Annotated[Reader | None, typer.Option(help=t("Library that reads.  \\[default: mupdf]"))] = None,
    verify: Annotated[
        Literal["off", "values", "findings", "all"] | None,
        typer.Option(
            help=t(
                "Compares with other readers: values in their boxes (PDFium), and besides that, "
                "documents with findings or all of them (pdfplumber).  \\[default: values]"
            )
        ),
    ] = None,
    password: Password = None,
    runner: Annotated[
        Literal["local", "dask"] | None,
        typer.Option(help=t("Read in processes of this machine, or on a Dask cluster.  \\[default: local]")),
    ] = None,
    dask_address: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help=t("Scheduler of the cluster.  \\[default: a cluster here, for the run]")),
    ] = None,
) -> None:
    """Reads every new or changed PDF and lands it in the dataset.

    Ends with 0 when all documents are ok, with 1 when something failed or was only partly read.
    """
    started = time.monotonic()
    settings = make_settings(
        raw=raw,
        out=out,
        corrections=corrections,
        schemas=schemas,
        workers=workers,
        year=year,
        matching=only,
        force=force,
        rehash=rehash,
        reader=reader,
        verify=verify,
        password=password,
        runner=runner,
        dask_address=dask_address,
    )
    _show_remembered(settings, raw, corrections, schemas)
    with interruptible(t("what has been read is kept, run again to go on")):
        summary = replace(_run(settings), seconds=time.monotonic() - started)  # with what starting Prefect takes
    from pipeline.run.summary import as_lines

    for line in as_lines(summary, settings.out):
        note(line)
    if summary.changes is not None:
        for command in _next_commands(settings, has_forms=summary.forms > 0):
            note(t("next: {command}", command=command))
    say(summary.line)
    raise typer.Exit(summary.exit_status)


def _next_commands(settings: Settings, *, has_forms: bool) -> Iterator[str]:
    """A question, the workbook and the review page of the dataset, as a person types them."""
    from pipeline.dataset.store.paths import display
    from pipeline.settings import Settings

    program = PROGRAM if shutil.which(PROGRAM) or Path(sys.argv[0]).name != PROGRAM else os.path.relpath(sys.argv[0])
    usual = settings.out == Settings.model_fields["out"].default
    out = [] if usual else ["--out", display(settings.out)]
    dataset = [] if usual else ["--dataset", display(settings.out)]
    question = "largest-projects" if has_forms else "department-totals"
    yield shlex.join([program, "query", "--ready", question, *dataset])
    yield shlex.join([program, "export", "budget.xlsx", *out])
    yield shlex.join([program, "review", *out])


def _show_remembered(settings: Settings, raw: Path | None, corrections: Path | None, schemas: Path | None) -> None:
    """Says which folders are those of the last run, where they are not the usual ones."""
    from pipeline.settings import Settings

    usual = Settings()
    if raw is None and settings.raw != usual.raw:
        note(t("PDFs: {raw}, as in the last run; --raw names another folder", raw=settings.raw))
    if corrections is None and settings.corrections != usual.corrections:
        note(
            t(
                "corrections: {folder}, as in the last run; --corrections names another folder",
                folder=settings.corrections,
            )
        )
    if schemas is None and settings.schemas != usual.schemas:
        note(
            t(
                "layouts and labels: {folder}, as in the last run; --schemas names another folder",
                folder=settings.schemas,
            )
        )


def _run(settings: Settings) -> Summary:
    """Runs the flow when there is work, or when PREFECT_API_URL names a server that records the run."""
    from pipeline.dataset.landing.plan import remembering
    from pipeline.dataset.pandas_shim import without_pandas
    from pipeline.run.steps import workers_started

    without_pandas()
    with remembering(), ExitStack() as stack:
        if not os.environ.get("PREFECT_API_URL"):
            planned = _planned(settings)
            if not isinstance(planned, int):
                return planned
            stack.enter_context(workers_started(settings, planned))  # they start while Prefect is loaded
        from pipeline.cli.progress import make_reporter
        from pipeline.run.progress import reporting

        with prefect("flows.ingest"), make_reporter() as reporter, reporting(reporter):
            from flows.ingest import ingest_where

            return ingest_where(settings)


def _planned(settings: Settings) -> Summary | int:
    """How many PDFs have to be read; the summary of the run when none has.

    It takes the lock in both cases: a dataset that cannot be written is an error before anything slow starts.
    """
    from pipeline.dataset.store.versions import locked
    from pipeline.run.steps import land_documents, make_plan

    started = time.monotonic()
    plan = make_plan(settings)
    with locked(settings.out):
        return len(plan.to_read) or land_documents(settings, plan, [], started)
