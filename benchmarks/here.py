"""The work on documents in this process, without worker processes that could be ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pipeline.run.document_job import Job
from pipeline.run.document_reading import work
from pipeline.run.items import Item, Result
from pipeline.run.worker_process import Fault, Position

Follow = Callable[[Item, Result | Fault], Sequence[Item]]


class Nowhere:
    """A position that nobody asks for."""

    def at(self, stage: int, number: int) -> None:
        """See `Position`."""


class Here:
    """Takes the place of a `WorkerPool`: works on items in the order in which one worker process does."""

    def __init__(self, job: Job, position: Position | None = None) -> None:
        self.job = job
        self._position = position or Nowhere()

    def run(self, items: Sequence[Item], follow: Follow) -> Iterator[tuple[Item, Result | Fault]]:
        """See `WorkerPool.run`."""
        waiting = [*items]
        while waiting:
            item = waiting.pop(0)
            result = self.work(item)
            waiting[:0] = follow(item, result)
            yield item, result

    def work(self, item: Item) -> Result | Fault:
        """What comes of one item."""
        return work(self.job, item, self._position)
