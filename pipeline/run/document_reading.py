"""One document on its way to rows in one process: ranges of pages into the store, then the rows of all pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from pipeline.dataset.errors import RowError
from pipeline.dataset.landing.sources import CHANGED, Source
from pipeline.dataset.store.paths import is_remote, local_copy
from pipeline.document.assemble import assemble
from pipeline.document.comparison import doubtful, unverified, verified
from pipeline.document.corrections.model import AnyCorrection
from pipeline.document.result import Agreement, DocumentResult
from pipeline.errors import BudgetFormsError, DocumentError, reason_of
from pipeline.messages import t
from pipeline.pages.model import DocumentInfo, DocumentPages, LostPage, Page, PageReading, Reader, Rule
from pipeline.pages.ocr.engines import engine_name
from pipeline.pages.ocr.reader import OcrReader
from pipeline.pages.read import PrintedDocument, may_hold_form, open_document
from pipeline.pages.readers import load_reader
from pipeline.pages.readers.pdfium import PdfiumReader
from pipeline.pages.store import DamagedPagesError, StoredPages, encode
from pipeline.run.document_job import Job
from pipeline.run.fingerprint import OCR, SECOND, WITNESS, pages_key
from pipeline.run.items import Item, Lost, Needed, Outcome, ReadRange, Result
from pipeline.run.worker_process import Position

_IN_MEMORY = 400  # pages, about 40 MB as Python objects; longer documents are taken from the store page by page


class FileChangedError(BudgetFormsError):
    """The file has changed since the run was planned."""


class StoredDocument(NamedTuple):
    """All pages of a document as one reader reads them; `pages` may be taken more than once."""

    info: DocumentInfo
    pages: Sequence[PageReading] | StoredPages

    @classmethod
    def of(cls, stored: StoredPages) -> StoredDocument:
        """Stored pages, in memory where they are few."""
        return cls(stored.info, list(stored) if stored.info.page_count <= _IN_MEMORY else stored)


def work(job: Job, item: Item, position: Position) -> Result:
    """One step of a run; None when there is no result to wait for, or the file has changed since the run was planned.

    Raises `DatasetError` when the dataset cannot be written, `OSError` when a document cannot be brought from an object
    store, `MemoryError` when memory is short.
    """
    reading = DocumentReading(job, item.source, item.lost, position)
    try:
        if isinstance(item, ReadRange):
            reading.read(item.reader, item.numbers)
            return None
        return reading.advance()
    except FileChangedError:
        return None
    except (DocumentError, RowError) as error:
        return job.fail(item.source, error.code, error.message)


class DocumentReading:
    """The work of one process on one document. `lost` are pages that are not tried again."""

    def __init__(self, job: Job, source: Source, lost: Sequence[Lost], position: Position) -> None:
        self._job, self._source, self._lost, self._position = job, source, tuple(lost), position
        self._store, self._id = job.store, source.document_id
        self._needed: list[ReadRange] = []
        self._rules: dict[int, Sequence[Rule]] | None = None

    def advance(self) -> Outcome | Needed:
        """Stages the document, or says which ranges have to be read first. Raises `DocumentError` for a bad PDF."""
        try:
            return self._advance()
        except DamagedPagesError:  # damaged pages count as not stored
            self._store.drop([self._id])
            self._needed.clear()
            return self._advance()

    def _advance(self) -> Outcome | Needed:
        job = self._job
        primary = self._whole(job.reader)
        recognised = self._recognised(primary) if primary is not None else {}
        witness = self._witness(primary) if primary is not None and job.verify != "off" else None
        if primary is None or self._needed:
            return Needed(tuple(self._needed))
        corrections = job.corrected(self._source)
        try:
            result = assemble(self._document(job.reader, primary, recognised, witness), corrections.made)
        except (MemoryError, DamagedPagesError):
            raise
        except Exception as error:  # a fault of the program in one document must not cost the others
            message = t("reading it failed: {name}: {reason_of}", name=type(error).__name__, reason_of=reason_of(error))
            return job.fail(self._source, "worker.error", message)
        agreement = result.agreement
        again = job.verify == "all" or (job.verify == "findings" and doubtful(result))
        if again and job.reader != SECOND:
            result, agreement = self._compared(result, corrections.made)
            if self._needed:
                return Needed(tuple(self._needed))
        return job.keep(self._source, result, agreement, corrections.digest)

    def read(self, reader: str, numbers: Sequence[int]) -> None:
        """Reads a range of pages into the store. A PDF that this reader cannot open loses all of them."""
        lost = self._lost_pages(reader)
        if left := [number for number in numbers if number not in lost]:
            self._position.at(self._stage(reader), left[0])  # should the PDF not even open
        else:
            self._save(reader, DocumentInfo(numbers[-1], None), [lost[n] for n in numbers], numbers[0])
            return
        try:
            self._read_part(reader, lambda count: numbers)
        except DocumentError as error:
            self._save(reader, *_lost(numbers, error), numbers[0])

    def _document(
        self,
        reader: str,
        pages: StoredDocument,
        recognised: Mapping[int, PageReading],
        witness: Mapping[int, PageReading] | None = None,
    ) -> DocumentPages:
        name, engine = load_reader(reader).name, engine_name()
        size = self._source.size
        return DocumentPages(self._id, size, pages.info, name, pages.pages, recognised, witness, engine)

    def _compared(
        self, first: DocumentResult, corrections: Sequence[AnyCorrection]
    ) -> tuple[DocumentResult, Agreement]:
        """`first` with the differences of the second reader; without them where the second reader fails."""
        try:
            pages = self._whole(SECOND)
            if pages is None:
                return first, first.agreement
            if lost := next((p for p in pages.pages if isinstance(p, LostPage)), None):
                return unverified(first, lost.message), first.agreement
            return verified(first, assemble(self._document(SECOND, pages, {}), corrections))
        except (MemoryError, DamagedPagesError):
            raise
        except Exception as error:  # must not cost the rows of the first reader
            return unverified(first, reason_of(error)), first.agreement

    def _recognised(self, primary: StoredDocument) -> Mapping[int, PageReading]:
        """Scanned and distrusted pages, as OCR reads them."""
        if engine_name() is None:
            return {}
        return self._some(OCR, [p.number for p in primary.pages if isinstance(p, Page) and p.untrusted is not None])

    def _witness(self, primary: StoredDocument) -> Mapping[int, PageReading]:
        """The pages that may hold forms, as PDFium reads them."""
        read = (page for page in primary.pages if isinstance(page, Page) and page.untrusted is None)
        pages = [page for page in read if may_hold_form(page)]
        self._rules = {page.number: page.upright for page in pages}
        return self._some(WITNESS, [page.number for page in pages])

    def _whole(self, reader: str) -> StoredDocument | None:
        """All pages as a reader reads them; None when ranges are still missing, which are then needed."""
        if (stored := self._store.load(pages_key(reader), self._id)) is not None:
            return StoredDocument.of(stored)
        size = self._job.pages_of_range(reader)
        part = self._store.load(pages_key(reader), self._id, 1)
        info = part.info if part is not None else self._read_part(reader, lambda count: range(1, min(count, size) + 1))
        self._position.at(0, 0)
        if isinstance(info, StoredDocument):
            return info
        ranges = [
            range(first, min(first + size - 1, info.page_count) + 1) for first in range(1, info.page_count + 1, size)
        ]
        if not self._missing(reader, ranges):
            self._store.join(pages_key(reader), self._id, [numbers[0] for numbers in ranges])
            return self._whole(reader)
        return None

    def _some(self, reader: str, numbers: Sequence[int]) -> Mapping[int, PageReading]:
        """Some pages as a reader reads them, by number; empty when some are still missing, which are then needed."""
        if not numbers:
            return {}
        stored = self._store.load(pages_key(reader), self._id)
        known = {page.number: page for page in stored} if stored is not None else {}
        absent = [number for number in numbers if number not in known]
        size = self._job.pages_of_range(reader)
        ranges = [absent[start : start + size] for start in range(0, len(absent), size)]
        if not ranges:
            return known
        # 3 ms a page: not worth another turn, but where a page has ended a process
        if reader == WITNESS and len(ranges) == 1 and not known and not self._lost_pages(reader):
            return self._read_at_once(reader, ranges[0])
        if self._missing(reader, ranges):
            return {}
        parts = [part for numbers in ranges if (part := self._store.load(pages_key(reader), self._id, numbers[0]))]
        known |= {page.number: page for part in parts for page in part}
        self._store.save(pages_key(reader), self._id, encode(parts[0].info, [known[n] for n in sorted(known)]))
        self._store.drop_parts(pages_key(reader), self._id, [numbers[0] for numbers in ranges])
        return known

    def _read_at_once(self, reader: str, numbers: Sequence[int]) -> Mapping[int, PageReading]:
        """Reads all pages that are asked of a reader, and stores them as they are."""
        self._position.at(self._stage(reader), numbers[0])
        try:
            info, pages = self._pages_of(reader, lambda count: numbers)
        except DocumentError as error:
            info, pages = _lost(numbers, error)
        self._save(reader, info, pages, None)
        self._position.at(0, 0)
        return {page.number: page for page in pages}

    def _missing(self, reader: str, ranges: Iterable[Sequence[int]]) -> bool:
        """Whether some ranges are not stored yet, which are then needed."""
        needed = [
            ReadRange(self._source, reader, tuple(numbers), self._lost_of(reader, numbers))
            for numbers in ranges
            if self._store.load(pages_key(reader), self._id, numbers[0]) is None
        ]
        if needed:
            self._check_unchanged()  # ranges of a changed file are never stored: they would be needed for ever
        self._needed += needed
        return bool(needed)

    def _read_part(self, reader: str, choose: Callable[[int], Sequence[int]]) -> DocumentInfo | StoredDocument:
        """Reads the pages that `choose` picks of so many, and stores them; as the whole document where they are that.

        Raises `DocumentError` when the PDF cannot be opened, `FileChangedError`.
        """
        info, pages = self._pages_of(reader, choose)
        whole = [page.number for page in pages] == list(range(1, info.page_count + 1))
        self._save(reader, info, pages, None if whole else pages[0].number)
        return StoredDocument(info, pages) if whole else info

    def _pages_of(self, reader: str, choose: Callable[[int], Sequence[int]]) -> tuple[DocumentInfo, list[PageReading]]:
        """The pages that `choose` picks of so many. Raises as `_read_part` does."""
        judged, password = reader not in (OCR, WITNESS), self._job.password
        with (
            local_copy(self._source.path) as path,
            open_document(self._reader(reader), path, password, judged=judged) as document,
        ):
            pages = self._read_pages(reader, document, choose(document.info.page_count))
            info = document.info
        self._check_unchanged()
        return info, pages

    def _reader(self, name: str) -> Reader:
        if name == OCR:
            return OcrReader(self._job.threads)
        return PdfiumReader(self._upright_rules) if name == WITNESS else load_reader(name)

    def _upright_rules(self, number: int) -> Sequence[Rule]:
        """The upright rules of a page, as the first reader has found them."""
        if self._rules is None:
            primary = self._whole(self._job.reader)
            self._rules = {p.number: p.upright for p in primary.pages if isinstance(p, Page)} if primary else {}
        return self._rules.get(number, ())

    def _read_pages(self, reader: str, document: PrintedDocument, numbers: Sequence[int]) -> list[PageReading]:
        stage, lost = self._stage(reader), self._lost_pages(reader)
        wanted = [number for number in numbers if number not in lost]
        read = {page.number: page for page in document.pages(wanted, lambda number: self._position.at(stage, number))}
        return [read[number] if number in read else lost[number] for number in numbers]

    def _stage(self, reader: str) -> int:
        return self._job.readers.index(reader) + 1

    def _lost_pages(self, reader: str) -> Mapping[int, LostPage]:
        return {x.page.number: x.page for x in self._lost if x.reader == reader}

    def _lost_of(self, reader: str, numbers: Sequence[int]) -> tuple[Lost, ...]:
        """The lost pages of a range: faults of one range do not count for another."""
        return tuple(lost for lost in self._lost if lost.reader == reader and lost.page.number in numbers)

    def _check_unchanged(self) -> None:
        if is_remote(self._source.path):
            return
        try:
            found = self._source.path.stat()
        except OSError:  # it has gone: opening it gives the error
            return
        if (found.st_size, found.st_mtime_ns) != (self._source.size, self._source.mtime_ns):
            raise FileChangedError("file.changed", CHANGED)

    def _save(self, reader: str, info: DocumentInfo, pages: Sequence[PageReading], part: int | None) -> None:
        self._store.save(pages_key(reader), self._id, encode(info, pages), part)


def _lost(numbers: Sequence[int], error: DocumentError) -> tuple[DocumentInfo, list[PageReading]]:
    """All pages of a range, lost since the PDF cannot be opened."""
    return DocumentInfo(numbers[-1], None), [LostPage(n, error.code, error.message) for n in numbers]
