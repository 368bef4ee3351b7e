"""The steps of an ingest run: plan, read in batches, land, sum up."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace

from pipeline.dataset.landing.fingerprint import pipeline_fingerprint
from pipeline.dataset.landing.land import land
from pipeline.dataset.landing.layouts import shipped_layouts
from pipeline.dataset.landing.ledger import read_ledger
from pipeline.dataset.landing.plan import Plan, plan_ingest
from pipeline.dataset.landing.sources import Source
from pipeline.dataset.store.paths import absolute
from pipeline.dataset.store.versions import current_version
from pipeline.document.corrections.store import corrected_documents
from pipeline.errors import UsageError
from pipeline.outputs.changes.store import write_report
from pipeline.pages.ocr.engines import models_version
from pipeline.run.dask_pool import DistantWorkers
from pipeline.run.document_job import Item, Job, Outcome, Prepared, Result, ScannedPages, load_extractor
from pipeline.run.progress import reporter
from pipeline.run.summary import Summary, summarise
from pipeline.run.worker_pool import WorkerPool
from pipeline.run.worker_process import Fault
from pipeline.settings import Settings, available_cpus

Workers = WorkerPool[Item, Result] | DistantWorkers
# a context variable, because a flow's parameters are stored as JSON
_started: ContextVar[tuple[Job, Workers]] = ContextVar("started")
_PAGES_AT_ONCE = 4  # scanned pages; a few, so that all processes have some to the end, and one that dies costs few


def make_plan(settings: Settings) -> Plan:
    """What there is to do. Raises `SourceError`, `UsageError` or `CorrectionError` when there cannot be anything."""
    plan = plan_ingest(
        settings.raw,
        settings.out,
        _fingerprint(settings),
        year=settings.year,
        force=settings.force,
        rehash=settings.rehash,
        only=settings.matching,
        layouts=shipped_layouts(),
        retry_failed=settings.password is not None,
        corrections=corrected_documents(settings.corrections),
        eyes=models_version() or "",
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
    """How documents are read; raises `UsageError` when the extractor cannot be loaded."""
    load_extractor(settings.extractor)
    return Job(
        absolute(settings.out),
        _fingerprint(settings),
        settings.reader,
        settings.extractor,
        settings.second_reader,
        settings.verify,
        settings.timeout_seconds,
        settings.password.get_secret_value() if settings.password else None,
        settings.corrections.resolve(),
    )


def _fingerprint(settings: Settings) -> str:
    return pipeline_fingerprint(*_read_with(settings))


def _read_with(settings: Settings) -> tuple[str, ...]:
    second = settings.second_reader
    return (settings.reader, second, settings.verify) if second else (settings.reader,)


@contextmanager
def workers_started(settings: Settings, documents: int) -> Iterator[None]:
    """Starts the processes that read, no more of them than there are documents, and ends them after the block.

    Whoever asks `start_workers` for them within the block gets these, ready by then; to end them twice does no harm.
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
    if settings.runner == "dask":
        return DistantWorkers(job, _read_with(settings), settings.timeout_seconds, int(settings.memory_gib * 2**30))
    count = settings.workers
    job = replace(job, threads=max(1, available_cpus() // count), processes=count)
    return WorkerPool(
        job.work,
        job.warm_up,
        workers=count,
        timeout=settings.timeout_seconds,
        memory=int(settings.memory_gib * 2**30),
    )


def read_documents(batch: Sequence[Source], job: Job, workers: Workers) -> list[Outcome]:
    """Reads and stages a batch, and reports each document when it is done; those with scanned pages come last."""
    outcomes: list[Outcome] = []
    scanned: list[ScannedPages] = []
    for item, result in workers.run(batch):
        if isinstance(result, ScannedPages):
            scanned.append(result)
        elif isinstance(item, Source):  # what its helpers do is its own affair
            outcomes.append(_done(job, item, result))
    _recognise(scanned, workers)
    for item, result in workers.run([Prepared(pages.source) for pages in scanned]):
        if isinstance(item, Prepared):
            outcomes.append(_done(job, item.source, result))
    return outcomes


def _recognise(documents: Sequence[ScannedPages], workers: Workers) -> None:
    """Recognises the pages of all documents. What kills a process is told when the document is read."""
    reporter().found_scans(sum(len(pages.numbers) for pages in documents))
    parts = [
        replace(pages, numbers=pages.numbers[start : start + _PAGES_AT_ONCE])
        for pages in documents
        for start in range(0, len(pages.numbers), _PAGES_AT_ONCE)
    ]
    for part, _ in workers.run(parts):
        assert isinstance(part, ScannedPages)
        reporter().read_scans(len(part.numbers))


def _done(job: Job, source: Source, result: Result | Fault) -> Outcome:
    outcome = job.fail(source, result.code, result.message) if isinstance(result, Fault) else result
    assert isinstance(outcome, Outcome)
    reporter().advance(outcome)
    return outcome


def gather(settings: Settings, batches: Iterable[list[Outcome]]) -> list[Outcome]:
    """The outcomes of all batches; those of a cluster, which has nobody to report to, are reported here."""
    outcomes = []
    for batch in batches:
        for outcome in batch:
            outcomes.append(outcome)
            if settings.runner == "dask":
                reporter().advance(outcome)
    return outcomes


def land_documents(settings: Settings, plan: Plan, outcomes: list[Outcome], started: float) -> Summary:
    """Lands what has been read, and tells what that changed and what the run came to; to be called within `locked`.

    `started` is the `time.monotonic` of the run's start.
    """
    before = current_version(settings.out)
    land(settings.out, plan.changes)
    changes = write_report(settings.out, before)
    summary = summarise(plan, read_ledger(settings.out), outcomes, time.monotonic() - started)
    return replace(summary, changes=changes)
