"""The raw folder with downloaded files, and the catalogue of their origins."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any, Literal

from pipeline.dataset.landing.catalogue import Record, read_catalogue, write_catalogue
from pipeline.dataset.store.paths import file_digest
from pipeline.fetch.download import Validators

UNFINISHED = ".fetch"
"""Folder of incomplete files; hidden folders are not searched for PDFs."""

SUPERSEDED = ".superseded"
"""Folder of files whose publisher replaced them."""

MAX_BYTES = 180
"""Bytes of a name in UTF-8 without its ending: file systems allow 255, with a mark and the ending."""

_UNSAFE = str.maketrans('/\\:*?"<>|', "／＼：＊？＂＜＞｜")
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")

Change = Literal["new", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class SourceMetadata:
    """Columns of the catalogue that come from the sources file and the page with the link."""

    source_id: str
    title: str
    publisher: str | None
    region_code: str
    region_name: str
    document_kind: str
    fiscal_year: int | None
    page_url: str | None
    published_on: date | None

    def columns(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Arrival:
    """A complete PDF at `file` that is to land. `url` and, in an archive, `member` identify the document."""

    url: str
    member: str
    file: Path
    metadata: SourceMetadata
    final_url: str
    validators: Validators
    headers: tuple[tuple[str, str], ...]

    def columns(self) -> dict[str, Any]:
        """Columns of the catalogue that come from the response."""
        return {
            "final_url": self.final_url,
            "etag": self.validators.etag,
            "last_modified": self.validators.last_modified,
            "content_length": self.validators.length,
            "headers": self.headers,
        }


class RawStore:
    """The fetched files below `raw` and their catalogue. Nothing is written before the first file lands."""

    def __init__(self, raw: Path) -> None:
        self.raw = raw
        records = read_catalogue(raw)
        self._current: dict[str, dict[str, Record]] = defaultdict(dict)
        self._past = [r for r in records if r.superseded_by is not None]
        self._paths: set[str] = set()
        for record in records:
            if record.superseded_by is None:
                self._keep(record)
        self._saved = self._all()

    def of(self, url: str) -> list[Record]:
        """The documents from an address, several for an archive; those that are no longer published come last."""
        found = self._current[url].values() if url in self._current else ()
        return sorted(found, key=lambda record: record.gone_at is not None)

    def published_by(self, source_id: str) -> list[Record]:
        """The documents of a source that are not known to be gone."""
        return [r for r in self._all() if (r.source_id, r.gone_at, r.superseded_by) == (source_id, None, None)]

    def is_intact(self, record: Record) -> bool:
        """Whether the file exists and has the size that it had when it landed."""
        try:
            return (self.raw / record.path).stat().st_size == record.byte_size
        except OSError:
            return False

    def describe(self, record: Record, metadata: SourceMetadata) -> Record:
        """Updates the metadata of an unchanged document."""
        return self._keep(replace(record, **metadata.columns(), gone_at=None))

    def lose(self, record: Record) -> None:
        """Marks a document as no longer published; its file stays."""
        self._keep(replace(record, gone_at=record.gone_at or _now()))

    def doubt(self, records: Iterable[Record]) -> None:
        """Forgets the validators of documents, so that the next run downloads them again."""
        for record in records:
            self._keep(replace(record, etag=None, last_modified=None, content_length=None))

    def land(self, arrival: Arrival) -> tuple[Change, Record]:
        """Moves the file to its place atomically. A file that it replaces is moved to `SUPERSEDED`."""
        document_id, size = file_digest(arrival.file), arrival.file.stat().st_size
        old = self._current[arrival.url].get(arrival.member)
        columns = {**arrival.metadata.columns(), **arrival.columns()}
        if old and old.document_id == document_id and self.is_intact(old):
            arrival.file.unlink()
            return "unchanged", self._keep(replace(old, **columns, gone_at=None))
        path = old.path if old else self._free_path(arrival, document_id)
        self._set_aside(path, document_id)
        self._move(arrival.file, path)
        if old and old.document_id != document_id:
            self._past.append(replace(old, path=_aside(path, old.document_id), superseded_by=document_id))
        record = Record(
            source_url=arrival.url,
            member=arrival.member,
            path=path,
            document_id=document_id,
            byte_size=size,
            fetched_at=_now(),
            **columns,
        )
        return "changed" if old and old.document_id != document_id else "new", self._keep(record)

    def save(self) -> None:
        """Writes the catalogue if it has changed."""
        if self._all() != self._saved:
            self.raw.mkdir(parents=True, exist_ok=True)
            write_catalogue(self.raw, self._all())
            self._saved = self._all()

    def _all(self) -> list[Record]:
        return [*(record for members in self._current.values() for record in members.values()), *self._past]

    def _keep(self, record: Record) -> Record:
        self._current[record.source_url][record.member] = record
        self._paths.add(record.path.casefold())
        return record

    def _free_path(self, arrival: Arrival, document_id: str) -> str:
        """The path of a new document: its title, with a mark when another document has that path.

        A file with the same bytes and no record was landed by a run that was killed; its path is free.
        """
        of = arrival.metadata
        base = f"{of.region_code}/{of.source_id}/{of.fiscal_year or 'undated'}/{file_stem(of.title)}"
        return next(
            path
            for path in _names(base, arrival)
            if path.casefold() not in self._paths
            and (not (self.raw / path).exists() or file_digest(self.raw / path) == document_id)
        )

    def _set_aside(self, path: str, document_id: str) -> None:
        """Keeps a copy of another file at `path` in `SUPERSEDED`."""
        there = self.raw / path
        if there.exists() and (other := file_digest(there)) != document_id:
            kept = self.raw / _aside(path, other)
            kept.parent.mkdir(parents=True, exist_ok=True)
            if not kept.exists():
                _link(there, kept)

    def _move(self, file: Path, path: str) -> None:
        target = self.raw / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with file.open("rb+") as written:
            os.fsync(written.fileno())
        file.replace(target)


def file_stem(title: str) -> str:
    """The title as a file name without an ending; `document` when no usable character is left."""
    text = "".join(c for c in unicodedata.normalize("NFC", title) if unicodedata.category(c)[0] != "C" or c.isspace())
    name = " ".join(text.split()).translate(_UNSAFE)
    name = name.encode()[:MAX_BYTES].decode("utf-8", "ignore").strip(" .")
    return f"_{name}" if _RESERVED.fullmatch(name) else name or "document"


def _names(base: str, arrival: Arrival) -> Iterator[str]:
    yield f"{base}.pdf"
    for number in count():
        what = "\0".join((arrival.url, arrival.member, str(number)))
        yield f"{base} {hashlib.sha256(what.encode()).hexdigest()[:8]}.pdf"


def _aside(path: str, document_id: str) -> str:
    return f"{SUPERSEDED}/{path.removesuffix('.pdf')}.{document_id[:12]}.pdf"


def _link(there: Path, kept: Path) -> None:
    try:
        os.link(there, kept)
    except OSError:  # a file system without links
        shutil.copy2(there, kept)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
