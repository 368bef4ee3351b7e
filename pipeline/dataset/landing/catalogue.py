"""The catalogue of downloads: source and publisher of each file of the raw folder.

`fetch` writes it, `ingest` joins it into `documents`. It follows `schemas/catalogue.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.dataset.contract.schema import Column, Strict
from pipeline.dataset.errors import DatasetError
from pipeline.dataset.store.parts import open_part, write_part
from pipeline.dataset.store.paths import exists
from pipeline.messages import t

FILE_NAME = "catalogue.parquet"
KEY = ("path", "document_id", "source_url", "member")


class _Described(Strict):
    label_zh: str
    description: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A downloaded file; the fields are the columns of `schemas/catalogue.toml`."""

    source_id: str
    source_url: str
    member: str
    path: str
    document_id: str
    byte_size: int
    title: str
    publisher: str | None
    region_code: str
    region_name: str
    document_kind: str
    fiscal_year: int | None
    page_url: str | None
    published_on: date | None
    final_url: str
    etag: str | None
    last_modified: str | None
    content_length: int | None
    headers: tuple[tuple[str, str], ...]
    fetched_at: datetime
    gone_at: datetime | None = None
    superseded_by: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """The catalogue's entry for a document. Without a publisher, the one that the document prints counts."""

    source_url: str
    publisher: str | None
    region_code: str
    region_name: str


@cache
def catalogue_schema() -> Any:
    """The pyarrow schema of the file, with descriptions as metadata."""
    described = _Described.model_validate(tomllib.loads((files("schemas") / "catalogue.toml").read_text("utf-8")))
    return pa.schema([column.arrow_field for column in described.columns])


def read_catalogue(raw: Path) -> list[Record]:
    """The records in the order of their paths; none when nothing has been fetched.

    Raises `DatasetError` when the file cannot be read.
    """
    rows = _read(raw, None)
    names = {field.name for field in fields(Record)}
    return [
        Record(**{**{n: v for n, v in row.items() if n in names}, "headers": tuple(_pair(h) for h in row["headers"])})
        for row in rows
    ]


def write_catalogue(raw: Path, records: Iterable[Record]) -> None:
    """Replaces the catalogue in one step."""
    rows = [{**asdict(r), "headers": [{"name": n, "value": v} for n, v in r.headers]} for r in records]
    new = raw / f".{FILE_NAME}.tmp"
    write_part(new, pa.Table.from_pylist(rows, schema=catalogue_schema()), KEY)
    new.replace(raw / FILE_NAME)


def read_origins(raw: Path) -> dict[str, Origin]:
    """The entries of a raw folder's catalogue by `document_id`.

    Of several records of the same bytes, one that has not been replaced goes first, then the first path.
    """
    names = ["source_url", "publisher", "region_code", "region_name"]
    rows = _read(raw, ["document_id", "path", "superseded_by", *names])
    rows.sort(key=lambda row: (row["superseded_by"] is not None, row["path"], row["source_url"]), reverse=True)
    return {row["document_id"]: Origin(*(row[name] for name in names)) for row in rows}


def _read(raw: Path, columns: list[str] | None) -> list[dict[str, Any]]:
    path = raw / FILE_NAME
    if not exists(path):
        return []
    try:
        with open_part(path) as file:
            rows: list[dict[str, Any]] = file.read(columns).to_pylist()
    except (OSError, pa.ArrowException, DatasetError) as error:
        raise DatasetError(
            "catalogue.unreadable",
            t("{path} cannot be read: bring it back, or remove it and fetch again ({error})", path=path, error=error),
        ) from error
    return rows


def _pair(header: dict[str, str]) -> tuple[str, str]:
    return header["name"], header["value"]
