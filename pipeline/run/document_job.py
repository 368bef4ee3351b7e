"""How the documents of a run are read: the recipe that worker processes get.

All that has been read lies in the page store. So an item says no more than which document or range is next, and any
process may do it: `Document` reads a first range when nothing is stored, names the ranges that are missing, and stages
the rows when none is.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.dataset.landing.sources import Source
from pipeline.dataset.landing.staging import stage
from pipeline.dataset.store.corrections import read_corrections
from pipeline.dataset.store.page_store import PageStore
from pipeline.dictionaries import load_knowledge
from pipeline.document.assemble import failed_result
from pipeline.document.corrections.model import NONE, CorrectionError, Corrections
from pipeline.document.result import NOTHING_COMPARED, Agreement, DocumentResult
from pipeline.document.rows import error_of
from pipeline.messages import Text
from pipeline.own_schemas import NONE as NO_SCHEMAS
from pipeline.own_schemas import OwnSchemas, use_own_schemas
from pipeline.pages.model import LostPage
from pipeline.pages.readers import load_reader
from pipeline.run.fingerprint import OCR, WITNESS, ocr_key, readers
from pipeline.run.items import Item, Lost, Outcome, ReadRange, Verify
from pipeline.run.worker_process import Fault

RANGE_PAGES: Mapping[str, int] = {  # pages of a range, by reader
    "mupdf": 400,  # 2 s; a document of so many pages is read by one process, without a detour
    "pdfplumber": 50,  # 4 s; opening a document takes 0.2 ms for each page that it has
    WITNESS: 400,
    OCR: 4,  # 8 to 30 s; few, so that all processes have some to the end, and a fault costs few
}
MOST_FAULTS = 3  # pages of one range that end a process; each may take the whole time limit


@dataclass(frozen=True)
class Job:
    """How the documents of a run are read.

    `verify` names the comparison with other readers: none, values in their boxes (PDFium), and besides, whole documents
    with findings, or all of them (pdfplumber). `threads` are for recognising scanned pages in one process,
    `range_pages` the pages of a range by reader. Without `keep_pages` stored pages last until the run lands.
    """

    out: Path
    fingerprint: str
    reader: str
    verify: Verify = "off"
    password: str | None = field(default=None, repr=False)
    corrections: Path | None = None
    """Folder of people's corrections."""
    schemas: OwnSchemas = NO_SCHEMAS
    threads: int = 1
    keep_pages: bool = True
    range_pages: Mapping[str, int] = field(default_factory=lambda: dict(RANGE_PAGES), hash=False)

    @property
    def store(self) -> PageStore:
        return PageStore(self.out, self.keep_pages)

    def warm_up(self) -> None:
        """Loads all that reading needs."""
        use_own_schemas(self.schemas)
        for name in readers(self.reader, self.verify):
            load_reader(name)
        load_knowledge()
        gc.collect()
        gc.freeze()  # what is loaded stays; rows and words hold no cycles: looking for some is a tenth of the time
        gc.set_threshold(1_000_000, 20, 20)

    @property
    def readers(self) -> tuple[str, ...]:
        """The readers of a document, in the order of the stages of `Position`, which begin with 1."""
        return (*readers(self.reader, self.verify), OCR)

    def pages_of_range(self, reader: str) -> int:
        """How many pages are read at once by a reader."""
        return self.range_pages.get(reader, RANGE_PAGES["mupdf"])

    def after_fault(self, item: Item, fault: Fault) -> Item | None:
        """The item without the page that ended its process; None when the document as a whole is to blame.

        After `MOST_FAULTS` the rest of the range is given up.
        """
        if not fault.stage:
            return None
        name = self.readers[fault.stage - 1]
        numbers: Iterable[int] = (fault.number,)
        if sum(lost.reader == name for lost in item.lost) + 1 >= MOST_FAULTS:
            last = item.numbers[-1] if isinstance(item, ReadRange) else self.pages_of_range(name)
            numbers = range(fault.number, max(last, fault.number) + 1)
        lost = tuple(Lost(name, LostPage(number, fault.code, fault.message)) for number in numbers)
        return replace(item, lost=(*item.lost, *lost))

    def fail(self, source: Source, code: str, message: Text) -> Outcome:
        """Stages a document that could not be read, so that it is counted, named, and not tried again for nothing."""
        failed = failed_result(source.document_id, source.size, code, message)
        return self.keep(source, failed, NOTHING_COMPARED, self.corrected(source).digest)

    def corrected(self, source: Source) -> Corrections:
        """A document's corrections; none where their file cannot be used, which the plan of the run says."""
        if self.corrections is None:
            return NONE
        try:
            return read_corrections(self.corrections, source.document_id)
        except CorrectionError:
            return NONE

    def keep(self, source: Source, result: DocumentResult, agreement: Agreement, corrections: str | None) -> Outcome:
        """Stages the rows of a document."""
        if result.ocr_engine:
            result = replace(result, ocr_engine=ocr_key())
        stage(self.out, self.fingerprint, result, corrections)
        row = result.document
        pages, code = row.get("page_count"), row.get("error_code")
        return Outcome(
            source.source_path,
            str(row["status"]),
            source.size,
            pages if isinstance(pages, int) else 0,
            str(code) if code else None,
            error_of(row),
            agreement,
        )
