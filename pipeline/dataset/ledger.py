"""What has been done: one row a source path, kept inside each version so that it is swapped with the data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import pyarrow as pa

from pipeline.dataset.catalogue import Origin
from pipeline.dataset.parts import read_part, write_part
from pipeline.dataset.staging import Summary
from pipeline.dataset.versions import current_version

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
        "eyes": pa.string(),
        "origin": pa.struct({field.name: pa.string() for field in fields(Origin)}),
    }
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file as it was when it landed, and what it was read as. `fingerprint` tells what it was read with, `origin`
    what the catalogue said of it.
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
    if version is None:
        return {}
    table = read_part(version / FILE_NAME)
    nulls = [None] * table.num_rows  # a column that an earlier version of the program did not write
    columns = (table[name].to_pylist() if name in table.column_names else nulls for name in SCHEMA.names)
    return {
        path: Entry(path, size, mtime_ns, fingerprint, Summary(*told), origin and Origin(**origin))
        for path, size, mtime_ns, fingerprint, *told, origin in zip(*columns, strict=True)
    }


def write_ledger(version: Path, entries: Iterable[Entry]) -> None:
    """Writes the ledger of a version that is being built."""
    rows = [
        {
            "source_path": e.source_path,
            "size": e.size,
            "mtime_ns": e.mtime_ns,
            "fingerprint": e.fingerprint,
            **asdict(e.summary),
            "origin": e.origin and asdict(e.origin),
        }
        for e in entries
    ]
    write_part(version / FILE_NAME, pa.Table.from_pylist(rows, schema=SCHEMA), ("source_path",))
