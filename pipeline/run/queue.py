"""The order of work: a document, the ranges that it needs, the document again; after a fault, the rest of the item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.run.document_job import Job
from pipeline.run.fingerprint import OCR
from pipeline.run.items import Document, Item, Needed, Outcome, ReadRange, Result
from pipeline.run.progress import reporter
from pipeline.run.worker_process import Fault


@dataclass(slots=True)
class Queue:
    """The documents of a batch that wait for ranges: how many are still to be read, by `document_id`."""

    job: Job
    _open: dict[str, int] = field(default_factory=dict)

    def follow(self, item: Item, result: Result | Fault) -> Sequence[Item]:
        """The items that come of a result."""
        if isinstance(result, Fault) and (again := self.job.after_fault(item, result)) is not None:
            return [again]
        if isinstance(result, Needed):
            self._open[item.source.document_id] = len(result.ranges)
            reporter().found_scans(sum(len(r.numbers) for r in result.ranges if r.reader == OCR))
            return result.ranges
        if not isinstance(item, ReadRange):
            return []
        return self._range_done(item, result)

    def _range_done(self, item: ReadRange, result: Result | Fault) -> Sequence[Item]:
        document_id = item.source.document_id
        if item.reader == OCR:
            reporter().read_scans(len(item.numbers))
        self._open[document_id] -= 1
        return [] if self._open[document_id] else [Document(item.source)]

    def outcome(self, item: Item, result: Result | Fault) -> Outcome | None:
        """The outcome of a document with this result; None when it is not done yet."""
        if isinstance(result, Outcome):
            return result
        if isinstance(result, Fault) and self.job.after_fault(item, result) is None:
            return self.job.fail(item.source, result.code, result.message)
        return None
