"""Partition files: where they lie, and writing them so that the same rows always give the same bytes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow.parquet as pq

from pipeline.dataset.schema import PARTITION, Table

NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
PART = "part-0.parquet"
ROW_GROUP = 65_536
EMPTY_YEAR = 0
"""Readers infer the type of the partition column from a path with a year in it. A table without such a partition has
an empty part for this year, so that a dataset without a row or without a known year can be read as any other."""


def part_path(version: Path, table: str, year: int | None) -> Path:
    """The file of one partition below a version's folder; None is the null partition."""
    return version / table / f"{PARTITION}={NULL_PARTITION if year is None else year}" / PART


def years_of(version: Path, table: str) -> Iterator[int | None]:
    """The partitions that a table has."""
    for part in sorted((version / table).glob(f"{PARTITION}=*/{PART}")):
        year = part.parent.name.removeprefix(f"{PARTITION}=")
        yield None if year == NULL_PARTITION else int(year)


def read_part(path: Path, columns: list[str] | None = None) -> Any:
    """The rows of one file as an Arrow table, without the partition column."""
    with pq.ParquetFile(path) as file:
        return file.read(columns)


@contextmanager
def durable(path: Path) -> Iterator[BinaryIO]:
    """A file to write, on the disk when the block ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as sink:
        yield sink
        sink.flush()
        os.fsync(sink.fileno())


def write_part(path: Path, arrow: Any, sort_key: tuple[str, ...]) -> None:
    """Writes a new file, sorted; the rows alone decide its bytes."""
    ordered = arrow.sort_by([(name, "ascending") for name in sort_key]).combine_chunks()
    with durable(path) as sink:
        pq.write_table(ordered, sink, compression="zstd", compression_level=3, row_group_size=ROW_GROUP, version="2.6")


def has_schema(path: Path, table: Table) -> bool:
    """Whether a file holds exactly the table's columns, types and descriptions."""
    return bool(pq.read_schema(path).equals(table.arrow_schema, check_metadata=True))


def link_part(old: Path, new: Path) -> None:
    """Makes an unchanged file part of a new version, without copying it where the file system can link."""
    new.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(old, new)
    except OSError:
        shutil.copyfile(old, new)
