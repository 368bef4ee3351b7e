"""The changes of a run: compares files with the ledger to find the documents that are added and removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from pipeline.dataset.landing.catalogue import Origin
from pipeline.dataset.landing.ledger import Entry, Ledger
from pipeline.dataset.landing.sources import Source
from pipeline.dataset.landing.staging import Staged, find_staged, staged_documents
from pipeline.file_names import readable


@dataclass(frozen=True, slots=True)
class Changes:
    """The PDFs that a run sees, whether read yet or not, and the paths that have vanished.

    Rows staged with `fingerprint` and `corrections` land. `origins` are the catalogue's entries by `document_id`,
    `corrections` the digests of people's corrections by `document_id`.
    """

    fingerprint: str
    sources: tuple[Source, ...]
    vanished: tuple[str, ...] = ()
    origins: Mapping[str, Origin] = field(default_factory=dict)
    corrections: Mapping[str, str] = field(default_factory=dict)

    def staged(self, out: Path, document_id: str) -> Staged | None:
        """The staged rows of a document, for landing at `out`."""
        return find_staged(out, self.fingerprint, document_id, self.corrections.get(document_id))


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of a document from paths and catalogue. `first_seen_at` (seconds since 1970, UTC) is None when no
    path is new. `provenance` holds columns of its row; it is empty for a document that was replaced.
    """

    source_path: str
    superseded_by: str | None
    first_seen_at: int | None
    provenance: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def file_name(self) -> str:
        return readable(PurePosixPath(self.source_path).name)


@dataclass(slots=True)
class Update:
    """The difference between two versions: `staged` documents come, `gone` ones keep no row but their own, which those
    also lose that were `removed`.

    `facts` holds every document whose row of `documents` changes, `missing` the sources that were not read yet,
    `years_before` the partitions that documents of the version before have rows in, None where that is not known.
    """

    ledger: Ledger
    staged: dict[str, Staged] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    removed: frozenset[str] = frozenset()
    facts: dict[str, Facts] = field(default_factory=dict)
    missing: list[Source] = field(default_factory=list)
    years_before: dict[str, tuple[int | None, ...] | None] = field(default_factory=dict)


def without_documents(ledger: Ledger, removed: frozenset[str]) -> Update:
    """The update that takes documents out of the dataset, with all of their rows."""
    left = {path: entry for path, entry in ledger.items() if entry.summary.document_id not in removed}
    return Update(left, gone=set(removed), removed=removed, years_before=_years(ledger))


def _years(ledger: Ledger) -> dict[str, tuple[int | None, ...] | None]:
    return {entry.summary.document_id: entry.summary.years for entry in ledger.values()}


def compare(out: Path, ledger: Ledger, changes: Changes) -> Update:
    """Compares `changes` with the ledger of the dataset at `out`."""
    update = Update(dict(ledger))
    update.years_before = _years(ledger)
    landed = {entry.summary.document_id: (entry.fingerprint, entry.summary, entry.origin) for entry in ledger.values()}
    waiting = staged_documents(out, changes.fingerprint)
    for source in changes.sources:
        document_id, path = source.document_id, source.source_path
        staged = update.staged.get(document_id)
        if staged is None and document_id in waiting:
            staged = changes.staged(out, document_id)
        if staged is not None:
            update.staged[document_id] = staged
            landed[document_id] = changes.fingerprint, staged.summary, changes.origins.get(document_id)
        elif document_id in landed:
            fingerprint, summary, _ = landed[document_id]
            landed[document_id] = fingerprint, summary, changes.origins.get(document_id)
        if document_id in landed:
            update.ledger[path] = Entry(path, source.size, source.mtime_ns, *landed[document_id])
        else:
            update.missing.append(source)
    for path, entry in update.ledger.items():  # paths that this run did not look at follow their document
        update.ledger[path] = Entry(path, entry.size, entry.mtime_ns, *landed[entry.summary.document_id])
    _forget_moved(update.ledger, set(changes.vanished))
    _state_facts(update, ledger)
    return update


def _forget_moved(ledger: Ledger, vanished: set[str]) -> None:
    """A path that has vanished is forgotten when its document lies elsewhere; else the document stays with it."""
    present = {entry.summary.document_id for path, entry in ledger.items() if path not in vanished}
    for path in vanished & ledger.keys():
        if ledger[path].summary.document_id in present:
            del ledger[path]


def _state_facts(update: Update, old: Ledger) -> None:
    before, after = _paths(old), _paths(update.ledger)
    moved = {document for document in before.keys() | after.keys() if before.get(document) != after.get(document)}
    old_origins, origins = _provenance(old), _provenance(update.ledger)
    renamed = {
        document for document in old_origins.keys() & origins.keys() if old_origins[document] != origins[document]
    }
    for document in moved | renamed | update.staged.keys():
        earlier = before.get(document, set())
        if paths := after.get(document):
            seen = min((update.ledger[path].mtime_ns for path in paths - earlier), default=None)
            first_seen = None if seen is None else seen // 10**9
            update.facts[document] = Facts(min(paths), None, first_seen, origins[document])
        else:
            path = min(earlier)
            update.gone.add(document)
            update.facts[document] = Facts(path, update.ledger[path].summary.document_id, None)


def _provenance(ledger: Ledger) -> dict[str, Mapping[str, str | None]]:
    """Source and publisher of each document: by the catalogue, else by the document."""
    found: dict[str, Mapping[str, str | None]] = {}
    for entry in ledger.values():
        read, origin = entry.summary, entry.origin
        found[read.document_id] = {
            "source_url": origin.source_url if origin else None,
            "publisher": (origin.publisher if origin else None) or read.publisher,
            "region_code": origin.region_code if origin else read.region_code,
            "region_name": origin.region_name if origin else read.region_name,
        }
    return found


def _paths(ledger: Ledger) -> dict[str, set[str]]:
    paths: dict[str, set[str]] = {}
    for entry in ledger.values():
        paths.setdefault(entry.summary.document_id, set()).add(entry.source_path)
    return paths
