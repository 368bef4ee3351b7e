"""`budget-forms serve`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli import printing
from pipeline.cli.flows import interruptible
from pipeline.cli.options import Out, Raw, Schemas, Sources, filled_in
from pipeline.errors import UsageError
from pipeline.messages import t

if TYPE_CHECKING:
    from pipeline.settings import PublishParameters


def serve(
    cron: Annotated[str, typer.Option(help=t("When to run: minute, hour, day, month, weekday."))] = "0 6 * * *",
    timezone: Annotated[str, typer.Option(help=t("Where the clock of --cron stands."))] = "Asia/Shanghai",
    sources: Sources = None,
    raw: Raw = None,
    out: Out = None,
    schemas: Schemas = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help=t("Port of the user interface; 0: any."))] = 4200,
    now: Annotated[bool, typer.Option("--now", help=t("Run once at the start too, and then on the schedule."))] = False,
) -> None:
    """Fetches, reads, checks and reports on a schedule, for as long as it runs.

    Starts a Prefect server that only this machine reaches. In its user interface are the schedule, all runs and their
    reports, and a run can be started by hand. Ctrl-C ends all of it.
    """
    parameters = _parameters(sources, raw, out, schemas)
    from flows.local_server import lasting_server, serve_home

    def prepare() -> None:
        from flows.serving import make_schedule

        make_schedule(cron, timezone)

    missed = t("runs that are due meanwhile are made up for at the next start")
    with interruptible(missed), _alone(serve_home()) as lock, lasting_server(port, prepare) as address:
        from flows.serving import make_schedule, serve_deployment
        from pipeline.dataset.store.locks import note

        note(lock, address)
        printing.say(
            t(
                "serving {cron!r} ({timezone}); runs and reports: {address}; Ctrl-C ends it",
                cron=cron,
                timezone=timezone,
                address=address,
            )
        )
        serve_deployment(parameters, make_schedule(cron, timezone), now=now)


def _parameters(sources: Path | None, raw: Path | None, out: Path | None, schemas: Path | None) -> PublishParameters:
    """The parameters of all runs. Until there is a sources file nothing is fetched, as a line says; a named one must
    exist, and one that is there must be right.

    Relative paths become absolute, since runs need not start in this folder.
    """
    from pipeline.dataset.store.input_folders import read_input_folders
    from pipeline.dictionaries import use_schemas
    from pipeline.fetch.sources import load_sources
    from pipeline.run.inputs import fetch_parameters
    from pipeline.settings import PublishParameters

    parameters = filled_in(PublishParameters, {"sources": sources, "raw": raw, "out": out, "schemas": schemas})
    known = read_input_folders(parameters.out)
    if "raw" not in parameters.model_fields_set and known.raw is not None:
        parameters = parameters.model_copy(update={"raw": known.raw})
    own = "corrections" in parameters.model_fields_set or known.corrections is None
    named = ["sources", "raw", "out", *(["corrections"] if own else []), *(["schemas"] if parameters.schemas else [])]
    places = {name: getattr(parameters, name).absolute() for name in named}
    use_schemas(fetch_parameters(parameters).schemas)
    if not parameters.fetch:
        return parameters.model_copy(update=places)
    if places["sources"].exists():
        load_sources(parameters.sources, parameters.only)
    elif sources:
        raise UsageError(
            "usage.sources", t("{sources} does not exist: create it, or leave --sources out", sources=sources)
        )
    else:
        printing.note(
            t(
                "budget-forms: {sources} is missing, so nothing is fetched and only PDFs in {raw} are read; "
                "the first run after you have written it fetches",
                sources=parameters.sources,
                raw=parameters.raw,
            )
        )
    return parameters.model_copy(update=places)


@contextmanager
def _alone(home: Path) -> Iterator[int]:
    """The lock of the one `serve` that a folder can have, for the block."""
    from pipeline.dataset.errors import writing
    from pipeline.dataset.store.locks import take_lock

    with writing(home, t("the folder of serve"), "PREFECT_HOME"):
        home.mkdir(parents=True, exist_ok=True)
        handle = take_lock(home / "serve.lock", t("serving already"), t("end it first"))
    try:
        yield handle
    finally:
        os.close(handle)
