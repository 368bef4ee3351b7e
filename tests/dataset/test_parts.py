"""Partition files: whatever pieces rows come in, the same rows give the same bytes."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import Any
from unittest.mock import patch

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dataset.store import parts
from pipeline.dataset.store.parts import merged, write_rows

SCHEMA = pa.schema({"owner": pa.string(), "number": pa.int32()})
ROWS = st.sets(st.tuples(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 9)), max_size=60)


def tables(rows: list[tuple[str, int]], cuts: list[int]) -> list[Any]:
    """Sorted rows as tables, cut anywhere."""
    bounds = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    pieces = (rows[start:end] for start, end in pairwise(bounds))
    return [pa.Table.from_pylist([{"owner": o, "number": n} for o, n in piece], schema=SCHEMA) for piece in pieces]


@given(ROWS, st.sets(st.sampled_from("abcdef")), *[st.lists(st.integers(0, 60), max_size=5)] * 2)
def test_streams_are_merged_and_written_as_if_sorted_at_once(
    rows: set[tuple[str, int]], coming: set[str], first: list[int], second: list[int]
) -> None:
    ordered = sorted(rows)
    old = tables([row for row in ordered if row[0][0] not in coming], first)
    new = tables([row for row in ordered if row[0][0] in coming], second)
    with patch.object(parts, "ROW_GROUP", 7):
        files = [io.BytesIO(), io.BytesIO()]
        counted = write_rows(files[0], SCHEMA, merged(old, new, ("owner", "number")))
        write_rows(files[1], SCHEMA, tables(ordered, []))
    assert counted == len(ordered)
    assert files[0].getvalue() == files[1].getvalue()
    stored = pq.ParquetFile(files[0])
    assert [(row["owner"], row["number"]) for row in stored.read().to_pylist()] == ordered
    assert all(stored.metadata.row_group(n).num_rows == 7 for n in range(stored.num_row_groups - 1))
