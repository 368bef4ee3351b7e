"""Worker processes that may hang, crash or run out of memory: each such fault costs one document and no other."""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from queue import SimpleQueue
from threading import Lock
from typing import Generic, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from pipeline.errors import RunError
from pipeline.ingest.leash import die_with_parent

Item = TypeVar("Item")
Result = TypeVar("Result")

_ITEMS_A_WORKER = 500  # then a fresh process (2 s) takes over, so that what libraries leak does not add up


@dataclass(frozen=True, slots=True)
class Fault:
    """What the worker process died of; `code` is stable: worker.timeout, worker.crashed or worker.memory."""

    code: str
    message: str


class WorkerPool(Generic[Item, Result]):
    """Runs `work` on items in spawned processes; several threads may use it at once.

    `warm_up` runs first in each process: it loads the libraries, so that `memory` (bytes) counts only what comes on
    top. `timeout` (seconds) is for one item. Give it items one by one: that costs 0.05 ms each, and a fault one item.
    """

    def __init__(
        self,
        work: Callable[[Item], Result],
        warm_up: Callable[[], object],
        *,
        workers: int,
        timeout: float,
        memory: int,
    ) -> None:
        self._work, self._warm_up, self._workers = work, warm_up, workers
        self._timeout, self._memory = timeout, memory
        self._running: set[Future[Result]] = set()
        self._closed, self._lock = False, Lock()
        self._pool = self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._closed = True
        self._pool.stop()
        for future in tuple(self._running):  # wakes the threads that wait for them
            future.cancel()
        self._pool.join()

    def run(self, items: Sequence[Item]) -> Iterator[tuple[Item, Result | Fault]]:
        """Every item with its result, or the fault that it died of, as they become ready.

        Raises what `work` raises, `RunError` when the processes cannot be kept running (the next call starts new
        ones), and `CancelledError` when another thread leaves the pool.
        """
        pool = self._pool
        done: SimpleQueue[tuple[Item, Future[Result]]] = SimpleQueue()
        try:
            for item in items:
                future = pool.schedule(self._work, (item,), timeout=self._timeout)
                self._running.add(future)
                future.add_done_callback(partial(_put, done, item))
        except RuntimeError as error:  # the pool has been left, or is broken
            raise self._broken(pool) from error
        for _ in items:
            item, ready = done.get()
            self._running.discard(ready)
            try:
                yield item, self._result(ready)
            except BrokenProcessPool as error:
                raise self._broken(pool) from error

    def _start(self) -> ProcessPool:
        pool = ProcessPool(
            self._workers,
            max_tasks=_ITEMS_A_WORKER,
            context=get_context("spawn"),
            initializer=_prepare_worker,
            initargs=(os.getpid(), self._memory, self._warm_up),
        )
        # Looking at it starts the workers: here, because they live only as long as the thread that starts them.
        assert pool.active
        return pool

    def _broken(self, pool: ProcessPool) -> Exception:
        if self._closed:
            return CancelledError()
        with self._lock:
            if self._pool is pool:
                pool.stop()
                pool.join()
                self._pool = self._start()
        return RunError("worker.broken", "the worker processes end before they read anything; is memory short?")

    def _result(self, future: Future[Result]) -> Result | Fault:
        try:
            return future.result()
        except TimeoutError:
            return Fault("worker.timeout", f"reading took longer than {self._timeout:g} s and was stopped")
        except ProcessExpired as error:
            return Fault("worker.crashed", f"the reading process died ({_death(error.exitcode)})")
        except MemoryError:
            return Fault("worker.memory", f"reading took more than {self._memory / 2**30:g} GiB of memory")


def _put(done: SimpleQueue[tuple[Item, Future[Result]]], item: Item, future: Future[Result]) -> None:
    done.put((item, future))


def _death(status: int) -> str:
    return signal.Signals(-status).name if status < 0 else f"exit status {status}"


class _WithoutPandas:
    """Keeps PyArrow from importing pandas for its first array, only to ask whether it is one of pandas' own.

    That takes two seconds and 60 MiB of each worker.
    """

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError("worker processes do without pandas", name=name)


def _prepare_worker(parent: int, memory: int, warm_up: Callable[[], object]) -> None:
    die_with_parent(parent)
    sys.meta_path.insert(0, _WithoutPandas())
    warm_up()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        loaded = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (loaded + memory, resource.RLIM_INFINITY))
