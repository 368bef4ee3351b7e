"""Reads and writes partition files; the same rows always give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.dataset.contract.rows import in_order
from pipeline.dataset.contract.schema import Table
from pipeline.dataset.errors import damaged
from pipeline.dataset.store.paths import arrow_filesystem, display, durable_writer, is_remote, object_key
from pipeline.messages import known
from pipeline.regular_file import check_regular
from pipeline.text import one_line

ROW_GROUP = 65_536
EMPTY_YEAR = 0
"""Readers infer the type of the partition column from a path with a year in it. A table without such a partition has
an empty part for this year, so that a dataset without a row or without a known year can be read as any other."""


def open_part(path: Path) -> Any:
    """A `pyarrow.parquet.ParquetFile`; the caller closes it. Raises `DatasetError` when it is none."""
    try:
        if is_remote(path):
            return pq.ParquetFile(object_key(path), filesystem=arrow_filesystem(path.parts[0]), pre_buffer=True)
        check_regular(path.stat().st_mode)
        return pq.ParquetFile(path)
    except pa.ArrowInvalid as error:
        raise damaged(display(path), known(one_line(str(error)))) from error


def read_part(path: Path, columns: list[str] | None = None) -> Any:
    """The rows of one file as an Arrow table, without the partition column."""
    with open_part(path) as file:
        return file.read(columns)


def read_pieces(path: Path) -> Iterator[Any]:
    """The row groups of one file, one at a time, so that the file need not fit into memory."""
    with open_part(path) as file:
        for number in range(file.num_row_groups):
            yield file.read_row_group(number)


def write_part(path: Path, arrow: Any, sort_key: tuple[str, ...]) -> None:
    """Writes a new file, sorted; the rows alone decide its bytes."""
    with durable_writer(path) as sink:
        write_rows(sink, arrow.schema, [in_order(arrow, sort_key)])


def write_rows(sink: BinaryIO, schema: Any, pieces: Iterable[Any]) -> int:
    """Writes tables of sorted rows one after the other; returns the number of rows.

    The rows alone decide the bytes, not the tables that they come in: all row groups have as many rows, in one chunk.
    """
    rows, waiting = 0, schema.empty_table()
    with pq.ParquetWriter(sink, schema, compression="zstd", compression_level=3, version="2.6") as writer:
        for piece in pieces:
            waiting = pa.concat_tables([waiting, piece])
            while waiting.num_rows > ROW_GROUP:
                writer.write_table(waiting.slice(0, ROW_GROUP).combine_chunks(), ROW_GROUP)
                rows, waiting = rows + ROW_GROUP, waiting.slice(ROW_GROUP)
        writer.write_table(waiting.combine_chunks(), ROW_GROUP)
    return rows + int(waiting.num_rows)


def merged(one: Iterable[Any], other: Iterable[Any], sort_key: tuple[str, ...]) -> Iterator[Any]:
    """Merges two streams of sorted tables. No value of the first sort column may be in both."""
    streams = [_filled(one), _filled(other)]
    heads: list[Any] = [next(stream, None) for stream in streams]
    while all(head is not None for head in heads):
        bound = min(_last(head, sort_key[0]) for head in heads)
        ready = []
        for number, head in enumerate(heads):
            count = pc.sum(pc.less_equal(head[sort_key[0]], bound)).as_py()  # they come first
            if count:
                ready.append(head.slice(0, count))
                heads[number] = head.slice(count) if count < head.num_rows else next(streams[number], None)
        yield ready[0] if len(ready) == 1 else in_order(pa.concat_tables(ready), sort_key)
    for head, stream in zip(heads, streams, strict=True):
        if head is not None:
            yield head
            yield from stream


def without(rows: Any, leaving: Any) -> Any:
    """The rows where the mask is not true; without such a row, the table itself, not a copy."""
    return rows.filter(pc.invert(leaving)) if pc.any(leaving).as_py() else rows


def _filled(tables: Iterable[Any]) -> Iterator[Any]:
    return (table for table in tables if table.num_rows)


def _last(table: Any, column: str) -> str:
    return str(table[column][-1].as_py())


def has_schema(path: Path, table: Table) -> bool:
    """Whether a file holds exactly the table's columns, types and descriptions."""
    with open_part(path) as file:
        return bool(file.schema_arrow.equals(table.arrow_schema, check_metadata=True))
