"""Finds corrections that are not in the dataset: not applied yet, no longer fitting, or of a missing document."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from pipeline.dataset.landing.ledger import read_ledger
from pipeline.dataset.store.corrections import correction_files, corrections_path, read_corrections
from pipeline.dataset.views import connect
from pipeline.document.corrections.stale import CONFLICT, NEEDLESS
from pipeline.messages import Text, both, t, tn


class Stale(NamedTuple):
    """A file of corrections to look at, and the reason."""

    path: Path
    source_path: str
    reason: Text

    @property
    def line(self) -> Text:
        return t("{document}: {reason} ({path})", document=self.source_path, reason=self.reason, path=self.path)


def stale_corrections(out: Path, folder: Path) -> list[Stale]:
    """The corrections in `folder` to look at, by document.

    A malformed file is one of them. Raises `DatasetError` when there is no dataset at `out`.
    """
    known, faults = correction_files(folder)
    applied = {entry.summary.document_id: entry.summary.corrections for entry in read_ledger(out).values()}
    with connect(out) as connection:
        documents = {
            document_id: (source_path, status, superseded_by)
            for document_id, *(source_path, status, superseded_by) in connection.execute(
                "SELECT document_id, source_path, status, superseded_by FROM documents"
            ).fetchall()
        }
        messages = connection.execute(
            "SELECT document_id, message, message_zh FROM findings WHERE rule IN (?, ?) "
            "ORDER BY document_id, finding_no",
            [CONFLICT, NEEDLESS],
        ).fetchall()
    found = [Stale(folder / name, name, error.message) for name, error in faults.items()]
    for document_id, digest in known.items():
        path = corrections_path(folder, document_id)
        source_path, status, superseded_by = documents.get(document_id, (None, None, None))
        if source_path is None:
            count = len(read_corrections(folder, document_id).made)
            message = tn(
                "{count} correction of a document that is not in the dataset",
                "{count} corrections of a document that is not in the dataset",
                count,
            )
            found.append(Stale(path, document_id, message))
        elif superseded_by is not None:
            found.append(
                Stale(
                    path,
                    source_path,
                    t("corrections of a document that {superseded_by} has replaced", superseded_by=superseded_by),
                )
            )
        elif status == "failed":
            found.append(Stale(path, source_path, t("corrections of a document that could not be read")))
        elif applied.get(document_id) != digest:
            found.append(Stale(path, source_path, t("corrections that have not landed yet: run `budget-forms ingest`")))
        else:
            found += [
                Stale(path, source_path, both(message, chinese))
                for owner, message, chinese in messages
                if owner == document_id
            ]
    found += [
        Stale(
            corrections_path(folder, document_id), documents[document_id][0], t("the corrections that landed are gone")
        )
        for document_id, digest in applied.items()
        if digest is not None
        and document_id not in known
        and f"{document_id}.json" not in faults
        and documents[document_id][2] is None
    ]
    return sorted(found, key=lambda stale: (stale.source_path, stale.path))
