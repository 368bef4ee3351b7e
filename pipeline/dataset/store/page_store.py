"""The files of stored pages: `OUT/.pages/<reader>-<fingerprint>/<document_id>.parquet`.

A long document is read range by range; until all ranges are there, each has a separate file, so that the next run after
a kill reads only the missing ranges. Files are private to their user and replaced atomically.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.dataset.errors import writing
from pipeline.dataset.store.paths import (
    TEMPORARY,
    atomic_writer,
    exists,
    is_remote,
    list_files,
    read_bytes,
    remove_files,
)
from pipeline.pages.store import DamagedPagesError, StoredPages, join

FOLDER = ".pages"
UNKEPT = ".staging/pages"  # pages of a run that keeps none; removed when the run lands
SUFFIX = ".parquet"


@dataclass(frozen=True, slots=True)
class PageStore:
    """The pages of the documents of one dataset. Without `keep` they last until the run lands."""

    out: Path
    keep: bool = True

    @property
    def folder(self) -> Path:
        return self.out / (FOLDER if self.keep else UNKEPT)

    def load(self, reader: str, document_id: str, part: int | None = None) -> StoredPages | None:
        """Pages that `reader` (name and fingerprint) has read, all or the part that begins with a page; None without.

        A damaged file counts as none.
        """
        try:
            return StoredPages(read_bytes(self._path(reader, document_id, part)))
        except (OSError, DamagedPagesError):
            return None

    def has(self, reader: str, document_id: str, part: int | None = None) -> bool:
        """Whether there is such a file, damaged or not."""
        return exists(self._path(reader, document_id, part))

    def save(self, reader: str, document_id: str, data: bytes, part: int | None = None) -> None:
        """Keeps encoded pages. Raises `DatasetError` when the folder cannot be written."""
        with writing(self.out):
            if not is_remote(self.out):
                private = self.out / self.folder.relative_to(self.out).parts[0]  # `.pages` or `.staging`
                private.mkdir(mode=0o700, parents=True, exist_ok=True)
            with atomic_writer(self._path(reader, document_id, part), lasting=False) as sink:
                sink.write(data)

    def join(self, reader: str, document_id: str, parts: Iterable[int]) -> None:
        """Makes one file of all parts, given by their first pages in order, and removes them."""
        firsts = list(parts)
        self.save(reader, document_id, join(read_bytes(self._path(reader, document_id, part)) for part in firsts))
        self.drop_parts(reader, document_id, firsts)

    def drop_parts(self, reader: str, document_id: str, parts: Iterable[int]) -> None:
        """Removes parts, given by their first pages."""
        _remove(self._path(reader, document_id, part) for part in parts)

    def drop(self, documents: Iterable[str], *, but: Iterable[str] = ()) -> None:
        """Removes all pages of documents, but those of the readers `but` (names and fingerprints)."""
        kept, names = set(but), set(documents)
        if not names:
            return
        folders = [] if is_remote(self.out) else self.folder.glob("*")
        paths = list_files(self.folder) if is_remote(self.out) else (p for f in folders for p in f.iterdir())
        _remove(p for p in paths if p.parent.name not in kept and p.name.partition(".")[0] in names)

    def clear(self) -> None:
        """Removes unused files: without `keep` all of them, else unfinished ones of killed runs.

        No other process may write meanwhile.
        """
        if is_remote(self.out):
            return
        if not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)
        _remove(self.folder.glob(f"*/*{TEMPORARY}"))

    def _path(self, reader: str, document_id: str, part: int | None) -> Path:
        name = document_id if part is None else f"{document_id}.{part}"
        return self.folder / reader / f"{name}{SUFFIX}"


def _remove(paths: Iterable[Path]) -> None:
    found = list(paths)
    if found and is_remote(found[0]):
        remove_files(found)
        return
    for path in found:
        path.unlink(missing_ok=True)
