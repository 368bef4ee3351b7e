"""The plan of a run: documents that are new or changed, known, or waiting to land."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from pipeline.dataset.errors import SourceError
from pipeline.dataset.landing.catalogue import read_origins
from pipeline.dataset.landing.changes import Changes
from pipeline.dataset.landing.digests import file_digests
from pipeline.dataset.landing.ledger import Entry, Ledger, ledger_of
from pipeline.dataset.landing.sources import Found, Source, Unreadable, find_pdfs, year_in_path
from pipeline.dataset.landing.staging import Summary, staged_documents
from pipeline.dataset.store.paths import display
from pipeline.dataset.store.versions import current_version
from pipeline.file_names import file_below
from pipeline.messages import BLANK, OR, Text, joined, system_reason, t

_remembered: ContextVar[dict[tuple[str, int, int], str | OSError] | None] = ContextVar("remembered", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Within the block the bytes of a file are read once for its digest, however often the run is planned."""
    token = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(token)


@dataclass(frozen=True, slots=True)
class Plan:
    """The work of one run. `to_read`, `staged` and `unchanged` hold one source a document, `changes` every path.

    `without_pdf` are documents of `to_read` whose PDF is gone, and whose pages are stored. `left_out` are paths that
    the options exclude, `unreadable` those that cannot be opened; `message` is set when the run has no document at all.
    """

    to_read: tuple[Source, ...]
    staged: tuple[Source, ...]
    unchanged: tuple[Source, ...]
    left_out: tuple[str, ...]
    unreadable: tuple[Unreadable, ...]
    changes: Changes
    message: Text | None
    without_pdf: frozenset[str] = field(default=frozenset())

    @property
    def documents(self) -> int:
        """Number of different documents that the run sees."""
        return len(self.to_read) + len(self.staged) + len(self.unchanged)


def plan_ingest(
    raw: Path,
    out: Path,
    fingerprint: str,
    *,
    year: int | None = None,
    force: bool = False,
    rehash: bool = False,
    retry_failed: bool = False,
    corrections: Mapping[str, str] | None = None,
    faulty_corrections: Mapping[str, Text] | None = None,
    only: Sequence[str] = (),
    ocr_engine: str | None = None,
    seconds: float = 300,
    has_pages: Callable[[str], bool] = lambda document_id: False,
) -> Plan:
    """Compares the PDFs below `raw` with the dataset at `out`, without writing anything.

    Files whose size and mtime are unchanged are not hashed again, unless `rehash`. Documents are to be read, or
    assembled from stored pages, when they are new or have changed; `force`: all; `retry_failed`: also those that have
    failed. `corrections` are the digests of people's corrections by `document_id`; a document whose digest has changed
    is to be read. `faulty_corrections` are reasons by the names of files that cannot be used: each costs a line, and a
    landed document keeps its rows. `year` leaves out documents that are known, or named, to be of another one, `only`
    those whose path below `raw` matches none of these patterns (`*` matches `/` too). `ocr_engine` recognises scanned
    pages now: documents with pages that another engine, or none, has recognised are to be read. `has_pages` says
    whether the pages of a document are stored: a document whose PDF is gone can then be assembled. `seconds` are for
    the digest of one file.
    Raises `SourceError` when `raw` cannot be used, `DatasetError` when its catalogue cannot be read.
    """
    version, corrections, faulty = current_version(out), corrections or {}, faulty_corrections or {}
    ledger = ledger_of(version) if version is not None else {}
    found, unreadable = _found(raw, ledger)
    wanted = [
        file
        for file in found
        if (year is None or _year(file, ledger) in (None, year)) and _matches(file.source_path, only)
    ]
    sources, failed = _identify(wanted, {} if rehash else ledger, seconds)
    known = {
        e.summary.document_id
        for e in ledger.values()
        if e.fingerprint == fingerprint
        and (
            e.summary.corrections == corrections.get(e.summary.document_id) or f"{e.summary.document_id}.json" in faulty
        )
        and not (retry_failed and e.summary.status == "failed")
        and _same_engine(e.summary, ocr_engine)
    }
    waiting = staged_documents(out, fingerprint)
    seen = {file.source_path for file in found} | {u.source_path for u in unreadable}
    vanished = tuple(sorted(set(ledger) - seen))
    here = {source.document_id for source in sources}
    gone = [
        Source(file_below(raw, path), path, entry.size, entry.mtime_ns, entry.summary.document_id)
        for path, entry in ((path, ledger[path]) for path in vanished)
        if entry.summary.document_id not in known | here
        and (year is None or entry.summary.fiscal_year in (None, year))
        and _matches(path, only)
        and has_pages(entry.summary.document_id)
    ]
    sources = sorted([*sources, *gone], key=lambda source: source.source_path)
    changes = Changes(fingerprint, tuple(sources), vanished, read_origins(raw), corrections)
    to_read, staged, unchanged = [], [], []
    for source in _one_a_document(sources):
        if source.document_id in known and not force:
            unchanged.append(source)
        elif (
            not force
            and source.document_id in waiting
            and (kept := changes.staged(out, source.document_id)) is not None
            and _same_engine(kept.summary, ocr_engine)
        ):
            staged.append(source)
        else:
            to_read.append(source)
    return Plan(
        tuple(to_read),
        tuple(staged),
        tuple(unchanged),
        left_out=tuple(sorted({f.source_path for f in found} - {f.source_path for f in wanted})),
        unreadable=(*unreadable, *failed, *(Unreadable(name, reason) for name, reason in faulty.items())),
        changes=changes,
        message=None if wanted or unreadable or gone else _nothing(raw, year, only, bool(found)),
        without_pdf=frozenset(source.document_id for source in gone),
    )


def _found(raw: Path, ledger: Ledger) -> tuple[list[Found], list[Unreadable]]:
    """The PDFs below `raw`; none when the folder of PDFs that have landed was moved away."""
    try:
        return find_pdfs(raw)
    except SourceError:
        if not ledger or raw.exists():
            raise
        return [], []


def _matches(source_path: str, only: Sequence[str]) -> bool:
    return not only or any(fnmatchcase(source_path, pattern) for pattern in only)


def _same_engine(summary: Summary, engine: str | None) -> bool:
    return None in (summary.ocr_engine, engine) or summary.ocr_engine == engine


def _year(file: Found, ledger: Ledger) -> int | None:
    entry = ledger.get(file.source_path)
    known = entry.summary.fiscal_year if entry and _same(file, entry) else None
    return known or year_in_path(file.source_path)


def _same(file: Found, entry: Entry) -> bool:
    return (file.size, file.mtime_ns) == (entry.size, entry.mtime_ns)


def _identify(files: list[Found], ledger: Ledger, seconds: float) -> tuple[list[Source], list[Unreadable]]:
    """Every file with the digest of its bytes, taken from the ledger where size and time have not changed."""
    known: dict[str, str | OSError] = {path: e.summary.document_id for path, e in ledger.items()}
    remembered = _remembered.get()
    if remembered is None:
        remembered = {}
    doubtful = [f for f in files if f.source_path not in known or not _same(f, ledger[f.source_path])]
    known |= {file.source_path: remembered[_seen(file)] for file in doubtful if _seen(file) in remembered}
    doubtful = [file for file in doubtful if _seen(file) not in remembered]
    for file, digest in zip(doubtful, file_digests(doubtful, seconds), strict=True):
        known[file.source_path] = remembered[_seen(file)] = digest
    sources, unreadable = [], []
    for file in files:
        match known[file.source_path]:
            case str(document_id):
                sources.append(Source(file.path, file.source_path, file.size, file.mtime_ns, document_id))
            case OSError() as error:
                unreadable.append(Unreadable(file.source_path, system_reason(error)))
    return sources, unreadable


def _seen(file: Found) -> tuple[str, int, int]:
    return file.source_path, file.size, file.mtime_ns


def _one_a_document(sources: list[Source]) -> Iterator[Source]:
    met: set[str] = set()
    for source in sources:
        if source.document_id not in met:
            met.add(source.document_id)
            yield source


def _nothing(raw: Path, year: int | None, only: Sequence[str], any_found: bool) -> Text:
    if not any_found:
        return t("no PDF below {raw}: put some there, or name another folder (--raw)", raw=display(raw))
    wanted = [t("of {year}", year=year)] if year is not None else []
    wanted += [t("with a path like {patterns}", patterns=joined(OR, only))] if only else []
    return t("no PDF {wanted} below {raw}", wanted=joined(BLANK, wanted), raw=display(raw))
