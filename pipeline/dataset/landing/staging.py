"""Results of single documents, kept until they land, so that a killed run loses nothing.

`OUT/.staging/<fingerprint>/<document_id>.parts` is a ZIP file with one document: a summary and one Arrow stream a
table, its rows sorted. A file appears whole or not at all, and its checksums are verified before it is used,
so nobody waits until it is on the disk. Where a document has corrections, their digest is part of the name.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import struct
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import pyarrow as pa

from pipeline.dataset.contract.rows import check_pages, partitions, to_arrow
from pipeline.dataset.contract.schema import PARTITION, load_schema
from pipeline.dataset.errors import writing
from pipeline.dataset.store.paths import atomic_writer, is_remote, list_files, read_bytes, remove_files
from pipeline.document.result import DocumentResult, Row

FOLDER = ".staging"
DIGITS = 64  # of a document_id
SUFFIX = ".parts"
SUMMARY = "summary"
HEADER = 30  # bytes of a ZIP file before the name of a part
UNUSABLE = (OSError, BadZipFile, EOFError, NotImplementedError, KeyError, ValueError, struct.error)
"""Errors of reading a ZIP file that is missing or has a wrong byte."""
COMPARED = ("forms", "funds", "indicators", "findings", "budget_tables", "budget_lines")
"""Tables with the rows that decide whether a document is read differently; places of values do not."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts and facts of one document."""

    document_id: str
    status: str
    fiscal_year: int | None
    forms: int
    indicators: int
    errors: int
    warnings: int
    infos: int
    publisher: str | None = None
    region_code: str | None = None
    region_name: str | None = None
    """Publisher and region by the document; those of the catalogue take precedence."""
    corrections: str | None = None
    """Digest of the corrections that were applied."""
    years: tuple[int | None, ...] | None = None
    """The partitions that have rows of the document; None when that is not known."""
    content: str | None = None
    """Digest of the rows of the tables `COMPARED`; None when that is not known."""
    ocr_engine: str | None = None
    """The engine that recognised its scanned pages, see `DocumentResult.ocr_engine`."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A document that was read and has not landed; `years` are the partitions of each table that it has rows in.

    `path` is where it is kept, `copy` a file on this machine that is read instead, if it is kept elsewhere. `places`
    are the first byte and the size of each part in the file.
    """

    path: Path
    summary: Summary
    years: dict[str, tuple[int | None, ...]]
    places: dict[str, tuple[int, int]]
    copy: Path | None = None

    def rows(self, table: str) -> Any:
        """The Arrow table of the rows of `table`, `fiscal_year` included."""
        first, size = self.places[table]
        with (self.copy or self.path).open("rb") as file:
            file.seek(first)
            return pa.ipc.open_stream(file.read(size)).read_all()


def staged_path(out: Path, fingerprint: str, document_id: str, corrections: str | None = None) -> Path:
    """The file of a document that waits to land; with other corrections it is another file."""
    name = f"{document_id}-{corrections}" if corrections else document_id
    return out / FOLDER / fingerprint / f"{name}{SUFFIX}"


def stage(out: Path, fingerprint: str, result: DocumentResult, corrections: str | None = None) -> Staged:
    """Keeps the rows of one document until they land; several processes may do so at once.

    `corrections` is the digest of those that were applied. Raises `RowError` when a row breaks a promise of the tables,
    `DatasetError` when `out` cannot be written.
    """
    document_id = str(result.document["document_id"])
    tables = _tables(document_id, result)
    years = {name: _years(arrow) for name, arrow in tables.items()}
    streams = {name: _stream(arrow) for name, arrow in tables.items()}
    summary = replace(
        _summary(document_id, result),
        corrections=corrections,
        years=tuple(sorted({year for some in years.values() for year in some}, key=lambda year: year or 0)),
        content=_digest(streams[name] for name in COMPARED),
    )
    head = json.dumps({"summary": asdict(summary), "years": years}).encode()
    path = staged_path(out, fingerprint, document_id, corrections)
    with writing(out):
        if not is_remote(out):
            (out / FOLDER).mkdir(mode=0o700, parents=True, exist_ok=True)  # others need not look
        with atomic_writer(path, lasting=False) as sink:
            archive, places = _archive({SUMMARY: head, **streams})
            sink.write(archive)
    return Staged(path, summary, years, places)


def staged_documents(out: Path, fingerprint: str) -> set[str]:
    """The documents with a staged file, damaged or not: ask this before `find_staged` is called for many."""
    folder = out / FOLDER / fingerprint
    return {path.name[:DIGITS] for path in (list_files(folder) if is_remote(out) else folder.glob(f"*{SUFFIX}"))}


def find_staged(out: Path, fingerprint: str, document_id: str, corrections: str | None = None) -> Staged | None:
    """The staged rows of a document with these corrections; None without any, or when the file is damaged."""
    path = staged_path(out, fingerprint, document_id, corrections)
    try:
        copy = _copy(path) if is_remote(path) else None
        head, places = _verified(copy or path)
    except UNUSABLE:
        return None
    summary = Summary(**head["summary"])
    summary = replace(summary, years=summary.years and tuple(summary.years))  # JSON has lists
    return Staged(path, summary, {name: tuple(years) for name, years in head["years"].items()}, places, copy)


def _archive(parts: Mapping[str, Any]) -> tuple[memoryview, dict[str, tuple[int, int]]]:
    """A ZIP file in memory and the places of its parts. `ZipFile` seeks back after each part, which in memory costs
    nothing and on a disk 0.5 ms a document."""
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        for name, part in parts.items():
            archive.writestr(ZipInfo(name), memoryview(part))
        places = _places(archive)
    return file.getbuffer(), places


def _places(archive: ZipFile) -> dict[str, tuple[int, int]]:
    """The first byte and the size of each part. To open the archive for each table costs 0.7 ms a document more."""
    parts = archive.infolist()
    return {part.filename: (part.header_offset + HEADER + len(part.filename), part.file_size) for part in parts}


def _verified(path: Path) -> tuple[Any, dict[str, tuple[int, int]]]:
    """The part `SUMMARY` and the places of all parts, whose checksums have been verified.

    Raises one of `UNUSABLE` when the file is missing or damaged.
    """
    with ZipFile(path) as archive:
        if any(info.compress_type != ZIP_STORED or info.flag_bits for info in archive.infolist()) or archive.testzip():
            raise BadZipFile
        head, places = json.loads(archive.read(SUMMARY)), _places(archive)
    if places.keys() != {SUMMARY, *head["years"]}:  # a damaged directory may hide parts
        raise BadZipFile
    return head, places


@cache
def _copies() -> TemporaryDirectory[str]:
    """A folder for copies of remote files; it goes with the process."""
    return TemporaryDirectory()


def _copy(path: Path) -> Path:
    copy = Path(_copies().name, path.parent.name, path.name)
    copy.parent.mkdir(exist_ok=True)
    copy.write_bytes(read_bytes(path))
    return copy


def discard(out: Path, fingerprint: str, landed: Iterable[Staged]) -> None:
    """Drops documents that have landed, and all that was staged with another fingerprint."""
    if is_remote(out):
        gone = {staged.path for staged in landed}
        remove_files(p for p in list_files(out / FOLDER) if p in gone or p.parent.name != fingerprint)
        return
    for staged in landed:
        staged.path.unlink(missing_ok=True)
    for folder in (out / FOLDER).glob("*"):
        if folder.name != fingerprint:
            shutil.rmtree(folder, ignore_errors=True)


def _tables(document_id: str, result: DocumentResult) -> dict[str, Any]:
    years: dict[str, dict[object, object]] = {"documents": {document_id: result.document.get(PARTITION)}}
    for name, owner in (("forms", "form_id"), ("budget_tables", "table_id")):
        years[name] = {row.get(owner): row.get(PARTITION) for row in result.tables.get(name, [])}
    tables, page_count = {}, result.document.get("page_count")
    for table in load_schema().read.values():
        rows: list[Row] = [result.document] if table.name == "documents" else result.tables.get(table.name, [])
        own = partitions(table, rows, years.get(table.partition_of or "", {}))
        tables[table.name] = to_arrow(table, rows, own, document_id)
        if isinstance(page_count, int):
            check_pages(table, tables[table.name], page_count)
    return tables


def _summary(document_id: str, result: DocumentResult) -> Summary:
    year = result.document.get(PARTITION)
    found = Counter(row["severity"] for row in result.tables.get("findings", []))
    return Summary(
        document_id,
        str(result.document["status"]),
        year if isinstance(year, int) else None,
        len(result.tables.get("forms", [])),
        len(result.tables.get("indicators", [])),
        found["error"],
        found["warning"],
        found["info"],
        publisher=_text(result.document, "publisher"),
        region_code=_text(result.document, "region_code"),
        region_name=_text(result.document, "region_name"),
        ocr_engine=result.ocr_engine,
    )


def _digest(parts: Iterable[Any]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()[:16]


def _years(arrow: Any) -> tuple[int | None, ...]:
    return tuple(arrow[PARTITION].unique().to_pylist())


def _text(row: Row, name: str) -> str | None:
    value = row.get(name)
    return value if isinstance(value, str) else None


def _stream(arrow: Any) -> Any:
    """The table as an Arrow stream, in a buffer of Arrow."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, arrow.schema) as writer:
        writer.write_table(arrow)
    return sink.getvalue()
