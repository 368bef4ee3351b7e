"""Runs a fetch: reads each source's pages, downloads linked files and updates the catalogue."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from pipeline.dataset.errors import writing
from pipeline.dataset.landing.catalogue import Record
from pipeline.dataset.store.locks import ADVICE, take_lock
from pipeline.dictionaries import use_schemas
from pipeline.fetch import archive
from pipeline.fetch.client import Client
from pipeline.fetch.content import Kind, kind_of
from pipeline.fetch.crawl import Link, crawl, fiscal_year, publisher
from pipeline.fetch.download import Download, DownloadRequest, Outcome, Validators, download
from pipeline.fetch.errors import FetchError, GoneError
from pipeline.fetch.html_links import names_something
from pipeline.fetch.model import FetchEntry, FetchReport, Progress
from pipeline.fetch.raw_store import UNFINISHED, Arrival, RawStore, SourceMetadata
from pipeline.fetch.sources import WebSource, load_sources
from pipeline.messages import Text, t
from pipeline.settings import FetchParameters

SAVE_EVERY = 20
"""Files between two writes of the catalogue; after a kill at most so many are requested again."""


def fetch_sources(parameters: FetchParameters, progress: Progress | None = None) -> FetchReport:
    """Downloads new and changed documents of the sources; a failure affects one document.

    Raises `UsageError` when the sources file cannot be used, `DatasetError` when the raw folder cannot,
    `KnowledgeError` when the folder of schemas cannot.
    """
    started = time.monotonic()
    use_schemas(parameters.schemas)  # for codes of regions
    sources = load_sources(parameters.sources, parameters.only)
    with _workshop(parameters), Client(sources.politeness) as client:
        run = _Run(parameters, client, RawStore(parameters.raw), progress or _nobody)
        try:
            for source in sources.source:
                run.fetch(source)
        finally:
            run.save()
    return FetchReport(
        **{name: tuple(entries) for name, entries in run.entries.items()},
        dry_run=parameters.dry_run,
        seconds=time.monotonic() - started,
    )


def _nobody(_line: str) -> None:
    pass


@contextmanager
def _workshop(parameters: FetchParameters) -> Iterator[None]:
    """Locks the folder of incomplete files for one process; a dry run does not touch it."""
    if parameters.dry_run:
        yield
        return
    place = parameters.raw / UNFINISHED
    with writing(parameters.raw, t("the folder of PDFs"), "--raw"):
        place.mkdir(parents=True, exist_ok=True)
        handle = take_lock(
            place / "lock",
            t("fetching into {raw}", raw=parameters.raw),
            t("{advice} ({option})", advice=ADVICE, option="--raw"),
        )
        try:
            for left in place.glob("*.*"):  # by a run that was killed
                left.unlink()
            yield
        finally:
            os.close(handle)


@dataclass(slots=True)
class _Run:
    parameters: FetchParameters
    client: Client
    store: RawStore
    progress: Progress
    entries: dict[str, list[FetchEntry]] = field(default_factory=lambda: defaultdict(list))
    _done: set[str] = field(default_factory=set)
    _unsaved: int = 0

    @property
    def _part(self) -> Path:
        """The file that is being downloaded; there is one at a time."""
        return self.parameters.raw / UNFINISHED / "download.part"

    def fetch(self, source: WebSource) -> None:
        """Fetches one source: its pages, then its documents, then marks documents without a link."""
        found = crawl(source, self.client, self.progress)
        for url, error in found.failed:
            self._report("failed", FetchEntry(source.id, url, code=error.code, reason=error.message))
        for link in found.links:
            if link.url not in self._done:  # another source may lead to it too
                self._done.add(link.url)
                self._document(source, link)
        if found.complete:
            for record in self.store.published_by(source.id):
                if record.source_url not in self._done:
                    self._lose(record, "fetch.unlinked", t("no page of the source links to it any more"))

    def save(self) -> None:
        if not self.parameters.dry_run:
            self.store.save()
        self._unsaved = 0

    def _document(self, source: WebSource, link: Link) -> None:
        known, since = self.store.of(link.url), self.parameters.since
        if since and link.date and link.date < since:
            self._report("skipped", _entry(source, link, known, reason=t("published on {date}", date=link.date)))
        elif self.parameters.dry_run and not known:
            self._report("new", _entry(source, link, known))
        else:
            self.progress(f"{source.id}: {link.title}")
            try:
                self._ask(source, link, known)
            except GoneError as error:
                for record in _there(known):
                    self._lose(record, error.code, error.message)
                if not known:
                    self._report("failed", _entry(source, link, known, error.code, error.message))
            except FetchError as error:
                self._report("failed", _entry(source, link, known, error.code, error.message))
            finally:
                self._part.unlink(missing_ok=True)

    def _ask(self, source: WebSource, link: Link, known: list[Record]) -> None:
        """Downloads a document unless the copy on disk is current. Raises `FetchError`."""
        there = _there(known)
        whole = bool(there) and all(self.store.is_intact(record) for record in there)
        validators = _validators(there[0]) if whole else None
        request = DownloadRequest(link.url, self._part, validators, self.parameters.since, self.parameters.dry_run)
        match download(self.client, source, request):
            case Outcome.UNCHANGED:
                for record in (record for record in known if _validators(record) == validators):
                    described = self.store.describe(record, _metadata(source, link, record.member))
                    self._report("unchanged", _entry_of(described))
            case Outcome.OLDER:
                self._report("skipped", _entry(source, link, known, reason=t("last changed before the day asked for")))
            case Outcome.CHANGED:
                self._report("changed" if whole else "new", _entry(source, link, known))
            case Download() as sent:
                self._take_in(source, link, known, sent)

    def _take_in(self, source: WebSource, link: Link, known: list[Record], sent: Download) -> None:
        """Lands a downloaded PDF or archive. Raises `FetchError` for another type of file."""
        if kind_of(sent.part) is Kind.PDF:
            there = {self._land(source, link, "", sent.part, sent).member}
        else:
            there = self._unpack(source, link, sent)
        for record in known:
            if record.member not in there and record.gone_at is None:
                self._lose(record, "fetch.unpacked", t("it is no longer in the archive"))

    def _unpack(self, source: WebSource, link: Link, sent: Download) -> set[str]:
        """Lands the PDFs of an archive; returns their names in the archive.

        When a member is no PDF, the next run downloads the archive again, so that the failure is reported again.
        """
        file, landed, whole = sent.part.with_suffix(".member"), list[Record](), True
        try:
            with archive.opened(sent.part) as opened:
                found = archive.members(opened, self.client.politeness.max_bytes)
                for member in found:
                    archive.unpack(opened, member, file)
                    try:
                        if kind_of(file) is not Kind.PDF:
                            raise FetchError("fetch.type", t("this is an archive, not a PDF"))
                        landed.append(self._land(source, link, member.name, file, sent))
                    except FetchError as error:
                        whole = False
                        reason = t("{name} in the archive: {message}", name=member.name, message=error.message)
                        self._report("failed", _entry(source, link, [], error.code, reason))
        finally:
            file.unlink(missing_ok=True)
        if not whole:
            self.store.doubt(landed)
        return {member.name for member in found}

    def _land(self, source: WebSource, link: Link, member: str, file: Path, sent: Download) -> Record:
        metadata = _metadata(source, link, member)
        change, record = self.store.land(
            Arrival(link.url, member, file, metadata, sent.url, sent.validators, sent.headers)
        )
        self._report(change, _entry_of(record))
        self._unsaved += 1
        if self._unsaved >= SAVE_EVERY:
            self.save()
        return record

    def _lose(self, record: Record, code: str, reason: Text) -> None:
        self.store.lose(record)
        self._report("gone", _entry_of(record, code, reason))

    def _report(self, what: str, entry: FetchEntry) -> None:
        self.entries[what].append(entry)


def _metadata(source: WebSource, link: Link, member: str) -> SourceMetadata:
    """The metadata of a document. A file of an archive has its file name as its title, where that is meaningful."""
    stem = PurePosixPath(member).stem
    title = link.title if not member else stem if names_something(stem) else f"{link.title} {stem}"
    return SourceMetadata(
        source.id,
        title,
        publisher(source, link, title),
        source.region_code,
        source.region_name,
        source.document_kind,
        fiscal_year(source, link, title),
        link.page,
        link.date,
    )


def _there(known: list[Record]) -> list[Record]:
    """The documents of an address that are still published; when none is, the first one."""
    return [record for record in known if record.gone_at is None] or known[:1]


def _validators(record: Record) -> Validators:
    return Validators(record.etag, record.last_modified, record.content_length)


def _entry(
    source: WebSource, link: Link, known: list[Record], code: str | None = None, reason: Text | None = None
) -> FetchEntry:
    """An entry for the document of a link; `known` are its records in the catalogue."""
    return FetchEntry(source.id, link.url, link.title, next((r.path for r in known), None), code, reason)


def _entry_of(record: Record, code: str | None = None, reason: Text | None = None) -> FetchEntry:
    return FetchEntry(record.source_id, record.source_url, record.title, record.path, code, reason)
