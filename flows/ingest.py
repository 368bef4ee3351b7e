"""The main job: every PDF below the raw folder into the dataset."""

import time
from concurrent.futures import CancelledError
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task

from flows.outcomes import ended, outcome_of, stopped
from flows.runners import TWO_BATCHES, make_runner
from pipeline.dataset.errors import DatasetError
from pipeline.dataset.landing.sources import Source
from pipeline.dataset.store.paths import UNREACHABLE
from pipeline.dataset.store.versions import locked
from pipeline.errors import BudgetFormsError
from pipeline.language import language_of, shown
from pipeline.messages import t
from pipeline.run.document_job import Job
from pipeline.run.inputs import with_input_folders
from pipeline.run.items import Outcome
from pipeline.run.progress import reporter
from pipeline.run.steps import (
    Workers,
    gather,
    land_documents,
    make_batches,
    make_job,
    make_plan,
    read_documents,
    start_workers,
)
from pipeline.run.summary import Summary, as_markdown, changes_as_markdown, failures
from pipeline.settings import Settings


def _may_pass(_task: Task[Any, Any], _run: TaskRun, state: State[Any]) -> bool:
    """Not what a person has ended, nor an object store that has failed for more than a minute."""
    error = state.data
    return not (isinstance(error, CancelledError) or (isinstance(error, DatasetError) and error.code == UNREACHABLE))


@flow(name="ingest", task_runner=TWO_BATCHES)
def ingest(settings: Settings | None = None) -> State[Summary]:
    """Reads new and changed documents and lands them. Failed when one could not be read; the others land."""
    try:
        summary = _ingest(with_input_folders(settings or Settings()))
    except BudgetFormsError as error:
        return stopped(error)
    return ended(summary, failures(summary), summary.line)


def _ingest(settings: Settings) -> Summary:
    started = time.monotonic()
    with locked(settings.out):
        plan = make_plan(settings)
        outcomes: list[Outcome] = []
        if plan.to_read:
            job = make_job(settings)
            reporter().start(plan.to_read)
            with start_workers(job, settings) as workers:
                batches = [
                    read_batch.submit(batch, job, workers, settings.force)
                    for batch in make_batches(plan, settings.batch_size)
                ]
                outcomes = gather(settings, (batch.result() for batch in batches))
        summary = land_documents(settings, plan, outcomes, started)
    create_markdown_artifact(
        as_markdown(summary, language_of()), key="ingest-summary", description=shown(t("The outcome of the run"))
    )
    changes = changes_as_markdown(summary, settings.out, language_of())
    create_markdown_artifact(
        changes, key="change-report", description=shown(t("The changes of the run in the dataset"))
    )
    return summary


@task(retries=2, retry_delay_seconds=2, retry_condition_fn=_may_pass, persist_result=False)
def read_batch(batch: tuple[Source, ...], job: Job, workers: Workers, force: bool) -> list[Outcome]:
    """One batch: retried when the machine fails it (a full disk, broken workers), not for a bad document."""
    return read_documents(batch, job, workers, force=force)


def ingest_where(settings: Settings) -> Summary:
    """Runs the flow with the task runner of the settings; its summary, also with failures.

    Raises `BudgetFormsError` when the run cannot go on.
    """
    chosen = ingest.with_options(task_runner=make_runner(settings))
    return outcome_of(chosen(settings, return_state=True), Summary)
