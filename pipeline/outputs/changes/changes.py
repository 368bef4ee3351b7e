"""What a version of the dataset changed, computed from it and the version before."""

from __future__ import annotations

from dataclasses import replace

import duckdb

from pipeline.dataset.store import model as store
from pipeline.outputs.changes.labels import group_labels
from pipeline.outputs.changes.model import ChangeReport, Compared, Document, LabelGroup
from pipeline.outputs.changes.values import compare_forms
from pipeline.outputs.changes.versions import Version, documents_read_differently, documents_that_differ

OK = "ok"


def report_changes(version: store.Version, before: store.Version | None) -> ChangeReport:
    """The report of one version; both must stay for as long as this takes.

    `before` is None for the first version, and when the one before is not there any more.
    """
    with duckdb.connect() as connection:
        new = Version(connection, "new", version)
        if before is None:
            return _alone(new)
        return _Pair(connection, Version(connection, "old", before), new).report()


def unknown_labels(version: store.Version, year: int | None = None) -> tuple[LabelGroup, ...]:
    """All labels and texts of a version, or of one fiscal year, that nothing knows."""
    with duckdb.connect() as connection:
        return group_labels(Version(connection, "new", version).unread(year))


def _alone(new: Version) -> ChangeReport:
    """A version with nothing to hold it against: when it is the first one, all of it is new."""
    number = new.stored.number
    documents = _ordered([d for d in new.documents().values() if d.superseded_by is None])
    return ChangeReport(
        number,
        lost=number > 1,
        before=None,
        now=new.totals(),
        added=documents if number == 1 else (),
        not_ok=tuple(d for d in documents if d.status != OK),
        labels=group_labels(new.unread()),
    )


class _Pair:
    """Two versions and their documents."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, old: Version, new: Version) -> None:
        self._old, self._new = old, new
        self._touched = documents_read_differently(connection, old, new)
        concerned = self._touched | documents_that_differ(connection, old, new)
        self._before, self._now = old.documents(concerned), new.documents(concerned)

    def report(self) -> ChangeReport:
        live = {d.document_id for d in self._now.values() if d.superseded_by is None}
        was = {d.document_id for d in self._before.values() if d.superseded_by is None}
        gone = _ordered([self._now[document_id] for document_id in was - live if document_id in self._now])
        replaced = tuple(self._compare(self._before[d.document_id], self._now[str(d.superseded_by)]) for d in gone)
        successors = {compared.new.document_id for compared in replaced}
        again = [d for d in live & was if d in self._touched or _told(self._before[d]) != _told(self._now[d])]
        came = live - was | set(again)
        return ChangeReport(
            self._new.stored.number,
            lost=False,
            before=self._old.totals(),
            now=self._new.totals(),
            added=_ordered([self._now[document_id] for document_id in live - was - successors]),
            replaced=replaced,
            read_differently=tuple(
                self._compare(self._before[d.document_id], d)
                for d in _ordered([self._now[document_id] for document_id in again])
            ),
            not_ok=_ordered([self._now[d] for d in came if self._now[d].status != OK]),
            labels=group_labels(self._new.unread(documents=came)),
        )

    def _compare(self, old: Document, new: Document) -> Compared:
        forms = compare_forms(self._old.forms(old.document_id), self._new.forms(new.document_id))
        return Compared(old, new, forms)


def _told(document: Document) -> Document:
    """What a document's own row says, but for the count of its forms, which follows from theirs."""
    return replace(document, forms=0)


def _ordered(documents: list[Document]) -> tuple[Document, ...]:
    return tuple(sorted(documents, key=lambda document: (document.source_path, document.document_id)))
