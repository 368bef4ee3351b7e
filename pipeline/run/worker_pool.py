"""Worker processes that may hang, crash or run out of memory: each such fault costs one document and no other."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from queue import LifoQueue, SimpleQueue
from typing import Generic, Self, TypeVar

from pipeline.run.worker_process import Fault, Limits, Position, Worker

Item = TypeVar("Item")
Result = TypeVar("Result")


class WorkerPool(Generic[Item, Result]):
    """Runs `work` on items in spawned processes; several threads may use it at once.

    `warm_up` runs first in each process: it loads the libraries, so that `memory` (bytes) counts only what comes on
    top. `timeout` (seconds) is for one item. Give it items one by one: that costs 0.1 ms each, and a fault one item.
    """

    def __init__(
        self,
        work: Callable[[Item, Position], Result],
        warm_up: Callable[[], object],
        *,
        workers: int,
        timeout: float,
        memory: int,
    ) -> None:
        self._workers = tuple(Worker(work, warm_up, Limits(timeout, memory)) for _ in range(workers))
        self._idle: LifoQueue[Worker[Item, Result]] = LifoQueue()  # one that has worked before need not start
        for worker in self._workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(workers)  # each waits for one process
        self._waiting: deque[tuple[Item, Future[Result | Fault]]] = deque()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        for _, future in [*self._waiting]:
            future.cancel()  # wakes the threads that wait for a result
        for worker in self._workers:
            worker.close()
        self._threads.shutdown()

    def get_ready(self, count: int) -> None:
        """Starts some processes in the background. If one does not start, `run` raises the error."""
        for worker in [self._idle.get() for _ in range(min(count, len(self._workers)))]:
            self._threads.submit(self._start, worker)

    def _start(self, worker: Worker[Item, Result]) -> None:
        try:
            worker.get_ready()
        finally:
            self._idle.put(worker)

    def run(
        self, items: Sequence[Item], follow: Callable[[Item, Result | Fault], Sequence[Item]] = lambda item, result: ()
    ) -> Iterator[tuple[Item, Result | Fault]]:
        """Every item with its result, or the fault that it died of, as they become ready.

        `follow` gives items that come of a result; they go before all that wait, and end here too. Raises what `work`
        raises, `RunError` when no process can be started, and `CancelledError` when another thread leaves the pool.
        Items that had not begun by then are not run.
        """
        run: _Run[Item, Result] = _Run()
        try:
            for item in items:
                self._submit(run, item)
            received = 0
            while received < len(run.futures):
                item, ready = run.done.get()
                received += 1
                result = ready.result()
                for another in reversed(follow(item, result)):
                    self._submit(run, another, urgent=True)
                yield item, result
        finally:
            for future in [*run.futures]:
                future.cancel()

    def _submit(self, run: _Run[Item, Result], item: Item, *, urgent: bool = False) -> None:
        future: Future[Result | Fault] = Future()
        future.add_done_callback(lambda ready: run.done.put((item, ready)))
        run.futures.append(future)
        (self._waiting.appendleft if urgent else self._waiting.append)((item, future))
        try:
            self._threads.submit(self._run_next)
        except RuntimeError:
            if self._closed:
                raise CancelledError from None
            raise

    def _run_next(self) -> None:
        item, future = self._waiting.popleft()
        if not future.set_running_or_notify_cancel():
            return
        worker = self._idle.get()
        try:
            future.set_result(worker.run(item))
        except BaseException as error:  # is raised where the result is waited for
            future.set_exception(error)
        finally:
            self._idle.put(worker)


class _Run(Generic[Item, Result]):
    """The pending results of one call of `WorkerPool.run`."""

    def __init__(self) -> None:
        self.futures: list[Future[Result | Fault]] = []
        self.done: SimpleQueue[tuple[Item, Future[Result | Fault]]] = SimpleQueue()
