"""Takes documents out of a dataset for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from pipeline.dataset.landing.land import DOCUMENTS, remove
from pipeline.dataset.store.model import Version
from pipeline.dataset.store.page_store import PageStore
from pipeline.dataset.store.parts import read_part
from pipeline.dataset.store.versions import locked, pinned
from pipeline.dictionaries import use_schemas
from pipeline.document.result import Row
from pipeline.errors import UsageError
from pipeline.file_names import file_below
from pipeline.messages import t
from pipeline.outputs.changes.store import write_report
from pipeline.settings import Settings

SHORTEST = 12  # digits of a document_id that name a document, as in the keys of its rows


@dataclass(frozen=True, slots=True)
class Removal:
    """The paths of the documents that were removed, and those of PDFs that the next run would read again."""

    removed: tuple[str, ...]
    still_there: tuple[str, ...]


def remove_documents(settings: Settings, names: Sequence[str]) -> Removal:
    """Removes documents from all tables and from the stored pages, and writes the change report.

    `names` are paths below the raw folder, patterns of such paths, or the first 12 digits or more of a `document_id`.
    The documents that were superseded by a removed one go, too. Raises `UsageError`, and removes nothing, when a name
    fits no document; `DatasetError` when the dataset is not there or cannot be written.
    """
    use_schemas(settings.schemas)  # by which the projects of the others are joined again
    with locked(settings.out), pinned(settings.out) as before:
        rows = _documents(before)
        for name in names:
            if not any(_fits(name, row) for row in rows):
                raise UsageError(
                    "usage.document", t("no document of {out} is named {name}", out=settings.out, name=name)
                )
        gone = {row["document_id"] for row in rows if any(_fits(name, row) for name in names)}
        while earlier := {row["document_id"] for row in rows if row["superseded_by"] in gone} - gone:
            gone |= earlier
        remove(settings.out, {str(document_id) for document_id in gone})
        PageStore(settings.out).drop(map(str, gone))
        write_report(settings.out, before)
    paths = tuple(sorted(str(row["source_path"]) for row in rows if row["document_id"] in gone))
    return Removal(paths, tuple(path for path in paths if file_below(settings.raw, path).exists()))


def _documents(version: Version) -> list[Row]:
    columns = ["document_id", "source_path", "superseded_by"]
    return [row for part in version.parts(DOCUMENTS) for row in read_part(part, columns).to_pylist()]


def _fits(name: str, row: Row) -> bool:
    by_id = len(name) >= SHORTEST and str(row["document_id"]).startswith(name)
    return by_id or fnmatchcase(str(row["source_path"]), name)
