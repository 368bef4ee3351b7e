"""Worker processes that may hang, crash or run out of memory: each such fault costs one document and no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from typing import Generic, Self, TypeVar

from pipeline.ingest.worker import Fault, Limits, Worker

Item = TypeVar("Item")
Result = TypeVar("Result")


class WorkerPool(Generic[Item, Result]):
    """Runs `work` on items in spawned processes; several threads may use it at once.

    `warm_up` runs first in each process: it loads the libraries, so that `memory` (bytes) counts only what comes on
    top. `timeout` (seconds) is for one item. Give it items one by one: that costs 0.1 ms each, and a fault one item.
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
        self._workers = tuple(Worker(work, warm_up, Limits(timeout, memory)) for _ in range(workers))
        self._idle: SimpleQueue[Worker[Item, Result]] = SimpleQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(workers)  # each waits for one process
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)  # wakes the threads that wait for a result
        for worker in self._workers:
            worker.close()
        self._threads.shutdown()

    def run(self, items: Sequence[Item]) -> Iterator[tuple[Item, Result | Fault]]:
        """Every item with its result, or the fault that it died of, as they become ready.

        Raises what `work` raises, `RunError` when no process can be started, and `CancelledError` when another thread
        leaves the pool. What had not begun then is not run.
        """
        done: SimpleQueue[tuple[Item, Future[Result | Fault]]] = SimpleQueue()
        futures = []
        try:
            for item in items:
                futures.append(future := self._submit(item))
                future.add_done_callback(partial(_put, done, item))
            for _ in items:
                item, ready = done.get()
                yield item, ready.result()
        finally:
            for future in futures:
                future.cancel()

    def _submit(self, item: Item) -> Future[Result | Fault]:
        try:
            return self._threads.submit(self._run_one, item)
        except RuntimeError:
            if self._closed:
                raise CancelledError from None
            raise

    def _run_one(self, item: Item) -> Result | Fault:
        worker = self._idle.get()
        try:
            return worker.run(item)
        finally:
            self._idle.put(worker)


def _put(done: SimpleQueue[tuple[Item, Future[Result]]], item: Item, future: Future[Result]) -> None:
    done.put((item, future))
