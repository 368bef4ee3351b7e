"""`python -m benchmarks.asking DATASET [--indicators N]`: what questions cost when there are a million indicators.

The dataset is multiplied: each copy has ids and paths of its own and all other values of the original, so texts repeat
more often than in as many real documents.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

import pipeline
from pipeline.dataset.contract import datapackage
from pipeline.dataset.contract.schema import load_schema
from pipeline.dataset.store.model import Version, part_name
from pipeline.dataset.store.parts import read_part, write_rows
from pipeline.dataset.store.versions import locked, pinned, store_of
from pipeline.outputs.query.ready import ready_questions

PLAIN = {
    "count by level": "SELECT level1_code, count(*) FROM indicators GROUP BY ALL",
    "share of numbers by year": "SELECT fiscal_year, avg((target_kind = 'numeric')::INT) FROM indicators GROUP BY ALL",
    "one year": "SELECT level2_code, count(*), max(target_value) FROM indicators WHERE fiscal_year = 2026 GROUP BY ALL",
    "one form": "SELECT level3, target FROM indicators WHERE form_id = (SELECT max(form_id) FROM forms)",
    "a word": "SELECT count(*) FROM indicators WHERE level3 LIKE '%满意度%'",
    "the most frequent": "SELECT level3, target, count(*) AS n FROM indicators GROUP BY ALL ORDER BY n DESC LIMIT 10",
    "by kind of form": "SELECT form_kind, count(*) FROM indicators JOIN forms USING (form_id) GROUP BY ALL",
}
IDS = ("document_id", "form_id", "superseded_by", "linked_form_id", "duplicate_of", "project_key")
_COPY = 4  # digits of an id that number the copy


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a line a question."""
    parser = argparse.ArgumentParser("python -m benchmarks.asking", description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--indicators", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--repeat", type=int, default=5, metavar="N")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, pinned(asked.dataset) as version:
        copies = -(-asked.indicators // max(sum(read_part(p, []).num_rows for p in version.parts("indicators")), 1))
        multiply(version, Path(folder), copies)
        questions = PLAIN | {f"ready: {name}": ready.sql for name, ready in ready_questions().items()}
        with pipeline.open(folder) as data:
            [(indicators,)] = data.sql("SELECT count(*) FROM indicators").fetchall()
            print(f"{indicators:,} indicators, {copies} copies\n\n| question | CPU ms | wall ms |\n|---|---:|---:|")
            for name, sql in questions.items():
                cpu, wall = _cost(data, sql, asked.repeat)
                print(f"| {name} | {cpu:.0f} | {wall:.0f} |", flush=True)
    return 0


def multiply(version: Version, out: Path, copies: int) -> None:
    """Lands a dataset at `out` that holds a version so many times."""
    schema = load_schema()
    with locked(out), store_of(out).draft(None) as draft:
        for table in schema.tables.values():
            for year, part in zip(version.years(table.name), version.parts(table.name), strict=True):
                rows = read_part(part)
                with draft.write(part_name(table.name, year)) as sink:
                    write_rows(sink, rows.schema, (_copy(rows, number) for number in range(copies)))
        parts: Mapping[str, Sequence[str]] = {
            name: [part_name(name, year) for year in version.years(name)] for name in schema.tables
        }
        with draft.write(datapackage.FILE_NAME) as sink:
            sink.write(datapackage.datapackage(schema, parts).encode())
    store_of(out).fix_links([*schema.tables, datapackage.FILE_NAME])


def _copy(rows: Any, number: int) -> Any:
    """The rows with the ids of another copy, in an order that goes on after the copy before."""
    for name, column in _renamed(rows, f"{number:0{_COPY}x}"):
        place = rows.schema.get_field_index(name)
        rows = rows.set_column(place, rows.schema.field(place), column)
    return rows


def _renamed(rows: Any, mark: str) -> Iterator[tuple[str, Any]]:
    for name in rows.column_names:
        if name in IDS:
            yield name, _marked(rows[name], mark)
        elif name == "source_path":
            yield name, pc.binary_join_element_wise(mark, rows[name], "/")
        elif name == "form_ids":
            lists = rows[name].combine_chunks()
            yield name, pa.ListArray.from_arrays(lists.offsets, _marked(lists.values, mark)).cast(lists.type)


def _marked(ids: Any, mark: str) -> Any:
    return pc.binary_join_element_wise(mark, pc.utf8_slice_codeunits(ids, _COPY), "")


def _cost(data: pipeline.api.OpenDataset, sql: str, repeat: int) -> tuple[float, float]:
    """Milliseconds of all cores and by the clock, the median of the repeats after a first one that warms up."""
    measured = []
    for _ in range(repeat + 1):
        cpu, wall = time.process_time(), time.perf_counter()
        data.sql(sql).fetchall()
        measured.append((time.process_time() - cpu, time.perf_counter() - wall))
    cpus, walls = zip(*measured[1:], strict=True)
    return median(cpus) * 1000, median(walls) * 1000


if __name__ == "__main__":
    sys.exit(main())
