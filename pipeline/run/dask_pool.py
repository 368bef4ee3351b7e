"""Reads documents in the workers of a Dask cluster; each Dask worker has a pool of worker processes.

A pool of processes cannot be sent to another machine, but its parameters (`DaskPool`) can. The pool starts with the
first batch on a Dask worker, serves all batches there, and ends when it is idle or its parent has ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from threading import Lock, Timer
from typing import Self

from pipeline.errors import RunError
from pipeline.messages import t
from pipeline.run.document_job import Job
from pipeline.run.document_reading import work
from pipeline.run.fingerprint import run_fingerprint
from pipeline.run.items import Item, Result
from pipeline.run.worker_pool import WorkerPool
from pipeline.run.worker_process import Fault

_IDLE_SECONDS = 30.0  # longer than it takes until a next batch arrives


@dataclass(frozen=True, slots=True)
class DaskPool:
    """Takes the place of a `WorkerPool` in a task that may run on another machine. Equal recipes share a pool."""

    job: Job
    timeout: float
    memory: int

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        """Does nothing: the pools run on other machines."""

    def run(
        self, items: Sequence[Item], follow: Callable[[Item, Result | Fault], Sequence[Item]]
    ) -> Iterator[tuple[Item, Result | Fault]]:
        """See `WorkerPool.run`. Raises `RunError` when this machine has another version of the program than the
        machine that started the run."""
        if run_fingerprint(self.job.reader, self.job.verify, self.job.schemas) != self.job.fingerprint:
            raise RunError(
                "dask.version", t("a Dask worker has another version of budget-forms: install the same on all")
            )
        with _pool(self) as pool:
            yield from pool.run(items, follow)


class _Kept:
    """A pool with the number of batches that use it."""

    def __init__(self, recipe: DaskPool) -> None:
        from distributed import get_worker

        count = get_worker().state.nthreads
        self.pool: WorkerPool[Item, Result] = WorkerPool(
            partial(work, recipe.job),
            recipe.job.warm_up,
            workers=count,
            timeout=recipe.timeout,
            memory=recipe.memory,
        )
        self.users = 0
        self.end: Timer | None = None


_kept: dict[DaskPool, _Kept] = {}
_lock = Lock()


@contextmanager
def _pool(recipe: DaskPool) -> Iterator[WorkerPool[Item, Result]]:
    with _lock:
        kept = _kept.get(recipe) or _kept.setdefault(recipe, _Kept(recipe))
        kept.users += 1
        if kept.end is not None:
            kept.end.cancel()
    try:
        yield kept.pool
    finally:
        with _lock:
            kept.users -= 1
            kept.end = Timer(_IDLE_SECONDS, _end, (recipe, kept))
            kept.end.daemon = True
            kept.end.start()


def _end(recipe: DaskPool, kept: _Kept) -> None:
    with _lock:
        if kept.users or _kept.get(recipe) is not kept:
            return
        del _kept[recipe]
    kept.pool.__exit__()
