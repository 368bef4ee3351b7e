"""What a run changes: files seen are held against the ledger, and it follows which documents come and which leave."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from pipeline.dataset.ledger import Entry, Ledger
from pipeline.dataset.sources import Source
from pipeline.dataset.staging import Staged, find_staged


@dataclass(frozen=True, slots=True)
class Changes:
    """The PDFs that a run sees, whether read yet or not, and the paths that have vanished.

    Results staged with `fingerprint` are what lands.
    """

    fingerprint: str
    sources: tuple[Source, ...]
    vanished: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What the paths say about a document. `first_seen_at` (seconds since 1970, UTC) is None when no path is new."""

    source_path: str
    superseded_by: str | None
    first_seen_at: int | None

    @property
    def file_name(self) -> str:
        return PurePosixPath(self.source_path).name


@dataclass(slots=True)
class Update:
    """The difference between two versions: `staged` documents come, `gone` ones keep no row but their own.

    `facts` holds every document whose row of `documents` changes, `missing` the sources that nobody has read yet.
    """

    ledger: Ledger
    staged: dict[str, Staged] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    facts: dict[str, Facts] = field(default_factory=dict)
    missing: list[Source] = field(default_factory=list)


def compare(out: Path, ledger: Ledger, changes: Changes) -> Update:
    """Holds `changes` against what landed at `out`."""
    update = Update(dict(ledger))
    landed = {entry.summary.document_id: (entry.fingerprint, entry.summary) for entry in ledger.values()}
    for source in changes.sources:
        document_id, path = source.document_id, source.source_path
        if staged := update.staged.get(document_id) or find_staged(out, changes.fingerprint, document_id):
            update.staged[document_id] = staged
            landed[document_id] = changes.fingerprint, staged.summary
        if document_id in landed:
            update.ledger[path] = Entry(path, source.size, source.mtime_ns, *landed[document_id])
        else:
            update.missing.append(source)
    for path, entry in update.ledger.items():  # paths that this run did not look at follow their document
        if entry.summary.document_id in update.staged:
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
    for document in moved | update.staged.keys():
        earlier = before.get(document, set())
        if paths := after.get(document):
            seen = min((update.ledger[path].mtime_ns for path in paths - earlier), default=None)
            update.facts[document] = Facts(min(paths), None, None if seen is None else seen // 10**9)
        else:
            path = min(earlier)
            update.gone.add(document)
            update.facts[document] = Facts(path, update.ledger[path].summary.document_id, None)


def _paths(ledger: Ledger) -> dict[str, set[str]]:
    paths: dict[str, set[str]] = {}
    for entry in ledger.values():
        paths.setdefault(entry.summary.document_id, set()).add(entry.source_path)
    return paths
