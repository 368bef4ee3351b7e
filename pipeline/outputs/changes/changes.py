"""Computes the change report of a version of the dataset from this version and the one before."""

from __future__ import annotations

from dataclasses import replace

import duckdb

from pipeline.dataset.store import model as store
from pipeline.outputs.changes.difference import Differences
from pipeline.outputs.changes.labels import group_labels
from pipeline.outputs.changes.model import ChangeReport, Compared, Document, LabelGroup
from pipeline.outputs.changes.pairing import DocumentPair
from pipeline.outputs.changes.values import TABLES, compare
from pipeline.outputs.changes.versions import Version, documents_read_differently, documents_that_differ

OK = "ok"


def report_changes(version: store.Version, before: store.Version | None) -> ChangeReport:
    """The report of one version. Both versions must stay pinned meanwhile.

    `before` is None for the first version, and when the one before is not there any more.
    """
    with duckdb.connect() as connection:
        new = Version(connection, "new", version)
        if before is None:
            return _alone(new)
        return _Pair(connection, Version(connection, "old", before), new).report()


def unknown_labels(version: store.Version, year: int | None = None) -> tuple[LabelGroup, ...]:
    """The labels and texts of a version, or of one fiscal year, that no dictionary knows."""
    with duckdb.connect() as connection:
        return group_labels(Version(connection, "new", version).unread(year))


def _alone(new: Version) -> ChangeReport:
    """The report of a version without the one before; all documents of the first version are new."""
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
        self._connection, self._old, self._new = connection, old, new
        self._touched = documents_read_differently(connection, old, new)
        concerned = self._touched | documents_that_differ(connection, old, new)
        self._before, self._now = old.documents(concerned), new.documents(concerned)

    def report(self) -> ChangeReport:
        live = {d.document_id for d in self._now.values() if d.superseded_by is None}
        was = {d.document_id for d in self._before.values() if d.superseded_by is None}
        gone = _ordered([self._now[document_id] for document_id in was - live if document_id in self._now])
        replaced = [DocumentPair(self._before[d.document_id], self._now[str(d.superseded_by)]) for d in gone]
        successors = {str(d.superseded_by) for d in gone}
        again = [d for d in live & was if d in self._touched or _own_row(self._before[d]) != _own_row(self._now[d])]
        came = live - was | set(again)
        reread = [DocumentPair(self._before[d.document_id], d) for d in _ordered([self._now[d] for d in again])]
        compared = self._compare([*replaced, *reread])
        return ChangeReport(
            self._new.stored.number,
            lost=False,
            before=self._old.totals(),
            now=self._new.totals(),
            added=_ordered([self._now[document_id] for document_id in live - was - successors]),
            removed=_ordered([self._before[document_id] for document_id in was - self._now.keys()]),
            replaced=compared[: len(replaced)],
            read_differently=compared[len(replaced) :],
            not_ok=_ordered([self._now[d] for d in came if self._now[d].status != OK]),
            labels=group_labels(self._new.unread(documents=came)),
        )

    def _compare(self, pairs: list[DocumentPair]) -> tuple[Compared, ...]:
        found = Differences(self._connection, self._old, self._new, TABLES).by_form(pairs)
        return tuple(
            Compared(pair.old, pair.new, compare(forms))
            for pair, forms in zip(pairs, found, strict=True)
            if pair.old and pair.new
        )


def _own_row(document: Document) -> Document:
    """The document without the count of its forms, which follows from the rows of other tables."""
    return replace(document, forms=0)


def _ordered(documents: list[Document]) -> tuple[Document, ...]:
    return tuple(sorted(documents, key=lambda document: (document.source_path, document.document_id)))
