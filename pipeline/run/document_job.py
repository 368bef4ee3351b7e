"""What a worker process does with one item, and what is kept of a document that no worker survives."""

from __future__ import annotations

import gc
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from itertools import chain, islice
from pathlib import Path
from typing import Protocol

from pipeline.dataset.errors import RowError
from pipeline.dataset.landing.sheets import unknown_sheet
from pipeline.dataset.landing.sources import Source
from pipeline.dataset.landing.staging import stage
from pipeline.dataset.store.paths import is_remote, local_copy
from pipeline.dictionaries import load_knowledge
from pipeline.document.ahead import NOBODY, Ahead, ahead_by
from pipeline.document.comparison import NOTHING_COMPARED, Agreement
from pipeline.document.corrections.model import NONE, AnyCorrection, Corrections
from pipeline.document.corrections.store import read_corrections
from pipeline.document.read import read_ahead, reader_named
from pipeline.document.result import Extraction, PageRange
from pipeline.errors import PageError, UsageError, reason_of
from pipeline.pages.ocr.document import SeenDocument
from pipeline.pages.ocr.engines import Read, Unread, models_version, scans_by
from pipeline.run.kept_pages import pack
from pipeline.run.ranges import PORTIONS, Front, Portion, Ranges, clear_ranges
from pipeline.run.recognised_store import FolderStore
from pipeline.run.second_reading import Extractor, Verify, read_again
from pipeline.run.worker_process import ask
from pipeline.version import __version__

_SHARE_OF_TIME = 0.9  # of what a document may take; when it is up, what the first reader has read is kept


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one document: small, because it travels between processes. Its rows lie in the staging area."""

    source_path: str
    status: str
    size: int
    pages: int
    error_code: str | None = None
    error_message: str | None = None
    agreement: Agreement = NOTHING_COMPARED


@dataclass(frozen=True, slots=True)
class ScannedPages:
    """Pages of a document, by number from 1, that have to be recognised before it can be read whole."""

    source: Source
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document whose scanned pages have been recognised."""

    source: Source


@dataclass(frozen=True, slots=True)
class PagesAhead:
    """A large document of which `reader` is to read pages ahead, see `pipeline.run.ranges`."""

    source: Source
    reader: str


Item = Source | ScannedPages | Prepared | PagesAhead
Result = Outcome | ScannedPages | None


@dataclass(frozen=True, slots=True)
class Job:
    """How the documents of a run are read; `extractor` is the name of a function, module:name.

    `second` is the reader that reads again, if any, `seconds` the time that both readings of a document may take.
    `threads` are for recognising scanned pages in one process. So many `processes` share a large document; `portions`
    tell how, by reader.
    """

    out: Path
    fingerprint: str
    reader: str
    extractor: str
    second: str | None = None
    verify: Verify = "off"
    seconds: float = 300
    password: str | None = field(default=None, repr=False)
    corrections: Path | None = None
    """Folder of what people have corrected."""
    threads: int = 1
    processes: int = 1
    portions: Mapping[str, Portion] = field(default_factory=PORTIONS.copy, hash=False)

    def warm_up(self) -> None:
        """Loads all that reading needs."""
        load_extractor(self.extractor)
        reader_named(self.reader)
        if self.second:
            reader_named(self.second)
        load_knowledge()
        gc.collect()
        gc.freeze()  # what is loaded stays; rows and words hold no cycles: looking for some is a tenth of the time
        gc.set_threshold(1_000_000, 20, 20)

    def work(self, item: Item) -> Result:
        """One step: a document without scanned pages is read; of others it is told which pages to recognise first.

        Recognising takes seconds a page: it is shared among the processes, and a page that kills one costs no other.
        """
        match item:
            case ScannedPages():
                return self._recognise(item)
            case PagesAhead():
                self._read_ahead(item)
                return None
            case Prepared():
                with scans_by(Read(self.threads, FolderStore(self.out), recall=True)):
                    return self.read(item.source)
        if models_version() is None:
            return self.read(item)
        with scans_by(looking := Unread(models_version())):
            return self._read(item, looking)

    def _read_ahead(self, item: PagesAhead) -> None:
        """Reads some ranges of pages ahead, if any are left; what is wrong with them is told in front."""
        source = item.source
        ranges = Ranges(self.out, source.document_id, item.reader)
        left = ranges.claim_from_end()
        if (last := next(left, None)) is None:
            return
        now = chain([last], islice(left, self.portions[item.reader].at_once - 1))
        try:
            for first, pages in read_ahead(source.path, item.reader, self.password, now):
                data, found = pack(pages), source.path.stat()
                if (found.st_size, found.st_mtime_ns) == (source.size, source.mtime_ns):  # nobody has replaced it
                    ranges.keep(first, data)
        except MemoryError:
            raise
        except Exception:  # of any kind, as in front
            return
        ask([item])

    def _others(self, source: Source, reader: str) -> Ahead:
        """Who reads pages ahead of this process: nobody where each range would have to fetch the document."""
        if self.processes == 1 or is_remote(self.out) or is_remote(source.path):
            return NOBODY
        ranges = Ranges(self.out, source.document_id, reader)
        helpers = [PagesAhead(source, reader)] * (self.processes - 1)
        return Front(ranges, self.portions[reader], lambda count: ask(helpers[: count - 1]))

    def _recognise(self, pages: ScannedPages) -> ScannedPages:
        """Recognises pages into the store; what cannot be recognised is told when the document is read."""
        source, read = pages.source, Read(self.threads, FolderStore(self.out))
        with local_copy(source.path) as path:
            opened = reader_named(self.reader).open(path, self.password)
            with SeenDocument(opened, path, self.password, read) as document:
                for number in pages.numbers:
                    with suppress(PageError):
                        document.page(number)
        return pages

    def read(self, source: Source) -> Outcome:
        """Reads one document and stages its rows; whatever is wrong with it becomes a failed document.

        Raises `DatasetError` when the dataset cannot be written, `OSError` when a document cannot be brought from an
        object store, `MemoryError` when memory is short.
        """
        outcome = self._read(source)
        assert isinstance(outcome, Outcome)
        return outcome

    def _read(self, source: Source, looking: Unread | None = None) -> Outcome | ScannedPages:
        """As `read`; but when `looking` has met pages to recognise they are returned, and nothing is staged."""
        with local_copy(source.path) as path:
            return self._read_file(source, path, looking)

    def _read_file(self, source: Source, path: Path, looking: Unread | None) -> Outcome | ScannedPages:
        extract: Extractor = load_extractor(self.extractor)
        started = time.monotonic()
        agreement = NOTHING_COMPARED
        try:
            if (corrections := self._corrections(source)).made:
                extract = partial(load_extractor(self.extractor), corrections=corrections.made)
            with ahead_by(self._others(source, self.reader)):
                extraction = extract(path, self.reader, self.password)
            if looking is not None and looking.pages:
                return ScannedPages(source, tuple(looking.pages))
            if self.second:
                left = _SHARE_OF_TIME * self.seconds - (time.monotonic() - started)
                with ahead_by(self._others(source, self.second)):
                    extraction, agreement = read_again(
                        extraction, extract, path, self.second, self.password, self.verify, left
                    )
        except MemoryError:
            raise
        except Exception as error:  # a fault of the program in one document must not cost the others
            return self.fail(source, "worker.error", f"reading it failed: {type(error).__name__}: {reason_of(error)}")
        try:
            return self._keep(source, extraction, agreement, corrections.digest)
        except RowError as error:
            return self.fail(source, error.code, error.message)

    def fail(self, source: Source, code: str, message: str) -> Outcome:
        """Stages a document that could not be read, so that it is counted, named, and not tried again for nothing."""
        row = {
            "document_id": source.document_id,
            "byte_size": source.size,
            "form_count": 0,
            "status": "failed",
            "error_code": code,
            "error_message": message,
            "pipeline_version": __version__,
        }
        unread = Extraction(row, {"sheets": [unknown_sheet(source.document_id)]})
        return self._keep(source, unread, NOTHING_COMPARED, self._corrections(source).digest)

    def _corrections(self, source: Source) -> Corrections:
        return read_corrections(self.corrections, source.document_id) if self.corrections is not None else NONE

    def _keep(self, source: Source, extraction: Extraction, agreement: Agreement, corrections: str | None) -> Outcome:
        stage(self.out, self.fingerprint, extraction, corrections)
        clear_ranges(self.out, source.document_id)
        row = extraction.document
        pages, code, message = row.get("page_count"), row.get("error_code"), row.get("error_message")
        return Outcome(
            source.source_path,
            str(row["status"]),
            source.size,
            pages if isinstance(pages, int) else 0,
            str(code) if code else None,
            str(message) if message else None,
            agreement,
        )


class CorrectingExtractor(Protocol):
    """What reads a document with the corrections of a person; see `pipeline.document.read.extract_file`."""

    def __call__(
        self,
        path: Path,
        reader: str,
        password: str | None = None,
        pages: Sequence[PageRange] | None = None,
        corrections: Sequence[AnyCorrection] = (),
    ) -> Extraction: ...


def load_extractor(name: str) -> CorrectingExtractor:
    """The function of a name like `pipeline.document.read:extract_file`; raises `UsageError` when there is none."""
    module, _, function = name.partition(":")
    try:
        extractor: CorrectingExtractor = getattr(import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise UsageError("usage.extractor", f"the extractor {name} cannot be loaded: {error}") from error
    return extractor
