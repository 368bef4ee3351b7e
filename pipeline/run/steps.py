"""The steps of an ingest run: plan, read in batches, land, sum up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Protocol

from pipeline.dataset.landing.land import land
from pipeline.dataset.landing.ledger import Ledger, corrected_in, read_ledger
from pipeline.dataset.landing.plan import Plan, plan_ingest
from pipeline.dataset.landing.sources import Source
from pipeline.dataset.store.corrections import correction_files
from pipeline.dataset.store.page_store import PageStore
from pipeline.dataset.store.parts import read_part
from pipeline.dataset.store.paths import absolute
from pipeline.dataset.store.versions import current_version
from pipeline.dictionaries import use_schemas
from pipeline.document.rows import error_of
from pipeline.errors import UsageError
from pipeline.outputs.changes.store import write_report
from pipeline.own_schemas import own_schemas
from pipeline.pages.readers import load_reader
from pipeline.run.dask_pool import DaskPool
from pipeline.run.document_job import Job
from pipeline.run.document_reading import work
from pipeline.run.fingerprint import OCR, ocr_key, pages_key, readers, run_fingerprint
from pipeline.run.inputs import check_corrections_folder, remember_input_folders
from pipeline.run.items import Document, Item, Outcome, Result
from pipeline.run.progress import reporter
from pipeline.run.queue import Queue
from pipeline.run.summary import Summary, summarise
from pipeline.run.worker_pool import WorkerPool
from pipeline.run.worker_process import Fault
from pipeline.settings import Settings, available_cpus

Workers = WorkerPool[Item, Result] | DaskPool


class Working(Protocol):
    """Works on items and on those that follow from their results, see `WorkerPool.run`."""

    def run(
        self, items: Sequence[Item], follow: Callable[[Item, Result | Fault], Sequence[Item]]
    ) -> Iterator[tuple[Item, Result | Fault]]: ...


# a context variable, because a flow's parameters are stored as JSON
_started: ContextVar[tuple[Job, Workers]] = ContextVar("started")


def make_plan(settings: Settings) -> Plan:
    """The plan of the run, for which this process uses the schemas of the settings.

    Raises `SourceError`, `UsageError`, `KnowledgeError` or `CorrectionError` when there cannot be any.
    """
    store = PageStore(settings.out, settings.keep_pages)
    check_corrections_folder(settings)
    own = use_schemas(settings.schemas)
    corrected, faults = correction_files(settings.corrections)
    plan = plan_ingest(
        settings.raw,
        settings.out,
        run_fingerprint(settings.reader, settings.verify, own),
        year=settings.year,
        force=settings.force,
        rehash=settings.rehash,
        only=settings.matching,
        retry_failed=settings.password is not None,
        corrections=corrected,
        faulty_corrections={name: error.message for name, error in faults.items()},
        ocr_engine=ocr_key(),
        seconds=settings.timeout_seconds,
        has_pages=lambda document_id: store.has(pages_key(settings.reader), document_id),
    )
    if plan.message:
        raise UsageError("usage.nothing", plan.message)
    return plan


def make_batches(plan: Plan, size: int) -> list[tuple[Source, ...]]:
    """The documents to read in batches, large ones first, so that no worker is left with a large one at the end."""
    sources = (replace(source, path=absolute(source.path)) for source in plan.to_read)  # other processes read them
    ordered = sorted(sources, key=lambda source: (-source.size, source.source_path))
    return [tuple(ordered[start : start + size]) for start in range(0, len(ordered), size)]


def make_job(settings: Settings) -> Job:
    """How documents are read, with the schemas of this process, which `make_plan` has chosen.

    Raises `BudgetFormsError` when the reader cannot be loaded.
    """
    load_reader(settings.reader)
    return Job(
        absolute(settings.out),
        run_fingerprint(settings.reader, settings.verify, own_schemas()),
        settings.reader,
        settings.verify,
        settings.password.get_secret_value() if settings.password else None,
        settings.corrections.resolve(),
        own_schemas(),
        keep_pages=settings.keep_pages,
    )


@contextmanager
def workers_started(settings: Settings, documents: int) -> Iterator[None]:
    """Starts the processes that read, no more of them than there are documents, and ends them after the block.

    `start_workers` gives these processes within the block, ready by then; to end them twice does no harm.
    """
    with start_workers(job := make_job(settings), settings) as workers:
        if isinstance(workers, WorkerPool):
            workers.get_ready(documents)
        token = _started.set((job, workers))
        try:
            yield
        finally:
            _started.reset(token)


def start_workers(job: Job, settings: Settings) -> Workers:
    """The processes that read; each starts when there is something for it to do, on a cluster there."""
    started = _started.get(None)
    if started is not None and started[0] == job:
        return started[1]
    memory = int(settings.memory_gib * 2**30)
    if settings.runner == "dask":
        return DaskPool(job, settings.timeout_seconds, memory)
    job = replace(job, threads=max(1, available_cpus() // settings.workers))
    return WorkerPool(
        partial(work, job), job.warm_up, workers=settings.workers, timeout=settings.timeout_seconds, memory=memory
    )


def read_documents(batch: Sequence[Source], job: Job, workers: Working, *, force: bool = False) -> list[Outcome]:
    """Reads and stages a batch, and reports each document when it is done. With `force` stored pages do not count."""
    if force:
        job.store.drop(source.document_id for source in batch if source.path.exists())
    queue = Queue(job)
    outcomes: list[Outcome] = []
    for item, result in workers.run([Document(source) for source in batch], queue.follow):
        if (outcome := queue.outcome(item, result)) is not None:
            reporter().advance(outcome)
            outcomes.append(outcome)
    return outcomes


def gather(settings: Settings, batches: Iterable[list[Outcome]]) -> list[Outcome]:
    """The outcomes of all batches; those of a cluster, which has no reporter, are reported here."""
    outcomes = []
    for batch in batches:
        for outcome in batch:
            outcomes.append(outcome)
            if settings.runner == "dask":
                reporter().advance(outcome)
    return outcomes


def land_documents(settings: Settings, plan: Plan, outcomes: list[Outcome], started: float) -> Summary:
    """Lands the documents that were read, and gives the summary of the run. Call it within `locked`.

    `started` is the `time.monotonic` of the run's start.
    """
    before = current_version(settings.out)
    corrected = corrected_in(settings.out)
    landing = land(settings.out, plan.changes)
    remember_input_folders(settings)
    _drop_pages(settings, landing.landed, landing.superseded)
    changes = write_report(settings.out, before)
    ledger = read_ledger(settings.out)
    summary = summarise(plan, ledger, outcomes, time.monotonic() - started, _not_ok(settings.out, ledger))
    dropped = len(corrected - corrected_in(settings.out) - landing.superseded)
    stale = _count_stale(settings) if plan.changes.corrections else 0
    return replace(summary, changes=changes, dropped_corrections=dropped, stale_corrections=stale)


def _count_stale(settings: Settings) -> int:
    # here, so that DuckDB comes after what `flows.local_server` freezes
    from pipeline.dataset.checks.stale_corrections import stale_corrections

    return len(stale_corrections(settings.out, settings.corrections))


def _not_ok(out: Path, ledger: Ledger) -> dict[str, Outcome]:
    """The documents of the landed version that are not ok, by `document_id`."""
    if (version := current_version(out)) is None or all(entry.summary.status == "ok" for entry in ledger.values()):
        return {}
    columns = [
        "document_id",
        "source_path",
        "status",
        "byte_size",
        "page_count",
        "error_code",
        "error_message",
        "error_message_zh",
    ]
    rows = (row for part in version.parts("documents") for row in read_part(part, columns).to_pylist())
    return {
        row["document_id"]: Outcome(
            row["source_path"],
            row["status"],
            row["byte_size"],
            row["page_count"] or 0,
            row["error_code"],
            error_of(row),
        )
        for row in rows
        if row["status"] != "ok"
    }


def _drop_pages(settings: Settings, landed: Iterable[str], superseded: Iterable[str]) -> None:
    """Drops stored pages that no run will use again: of superseded documents, and those of earlier readers."""
    store = PageStore(settings.out, settings.keep_pages)
    store.clear()
    store.drop(superseded)
    store.drop(landed, but=[pages_key(name) for name in (*readers(settings.reader, "all"), OCR)])
