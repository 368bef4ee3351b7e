"""The ledger of landed files: one row a source path, kept inside each version so that it is swapped with the data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import pyarrow as pa

from pipeline.dataset.landing.catalogue import Origin
from pipeline.dataset.landing.staging import Summary
from pipeline.dataset.store.model import Draft, Version
from pipeline.dataset.store.parts import read_part, write_rows
from pipeline.dataset.store.versions import current_version

FILE_NAME = "ledger.parquet"
INT = pa.int64()
SCHEMA = pa.schema(
    {
        "source_path": pa.string(),
        "size": INT,
        "mtime_ns": INT,
        "fingerprint": pa.string(),
        "document_id": pa.string(),
        "status": pa.string(),
        "fiscal_year": pa.int16(),
        "forms": INT,
        "indicators": INT,
        "errors": INT,
        "warnings": INT,
        "infos": INT,
        "publisher": pa.string(),
        "region_code": pa.string(),
        "region_name": pa.string(),
        "corrections": pa.string(),
        "years": pa.list_(pa.field("element", pa.int16())),
        "content": pa.string(),
        "ocr_engine": pa.string(),
        "origin": pa.struct({field.name: pa.string() for field in fields(Origin)}),
    }
)
FILE = ("source_path", "size", "mtime_ns", "fingerprint")
TOLD = tuple(field.name for field in fields(Summary))


@dataclass(frozen=True, slots=True)
class Entry:
    """A file as it was when it landed, with the summary of its document. `fingerprint` is that of the program that read
    it, `origin` its entry in the catalogue.
    """

    source_path: str
    size: int
    mtime_ns: int
    fingerprint: str
    summary: Summary
    origin: Origin | None = None


Ledger = dict[str, Entry]


def read_ledger(out: Path) -> Ledger:
    """The ledger of the current version by source path; empty when nothing has landed."""
    version = current_version(out)
    return {} if version is None else ledger_of(version)


def corrected_in(out: Path) -> frozenset[str]:
    """The ids of documents whose corrections are in the current version."""
    version = current_version(out)
    if version is None:
        return frozenset()
    table = read_part(version.files[FILE_NAME], ["document_id", "corrections"])
    pairs = zip(*(table[name].to_pylist() for name in ("document_id", "corrections")), strict=True)
    return frozenset(document_id for document_id, digest in pairs if digest is not None)


def ledger_of(version: Version) -> Ledger:
    """The ledger of a version by source path."""
    table = read_part(version.files[FILE_NAME])
    nulls = [None] * table.num_rows  # a column that an earlier version of the program did not write
    columns = {name: table[name].to_pylist() if name in table.column_names else nulls for name in SCHEMA.names}
    columns["years"] = [years and tuple(years) for years in columns["years"]]
    columns["origin"] = [origin and Origin(**origin) for origin in columns["origin"]]
    summaries = map(Summary, *(columns[name] for name in TOLD))
    entries = map(Entry, *(columns[name] for name in FILE), summaries, columns["origin"])
    return {entry.source_path: entry for entry in entries}


def write_ledger(draft: Draft, entries: Iterable[Entry]) -> None:
    """Writes the ledger of a version that is being built."""
    rows = [
        {
            **{name: getattr(e, name) for name in FILE},
            **{name: getattr(e.summary, name) for name in TOLD},
            "origin": e.origin and asdict(e.origin),
        }
        for e in sorted(entries, key=lambda entry: entry.source_path)
    ]
    with draft.write(FILE_NAME) as sink:
        write_rows(sink, SCHEMA, [pa.Table.from_pylist(rows, schema=SCHEMA)])
