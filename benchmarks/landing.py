"""`python -m benchmarks.landing [DOCUMENTS ...]`: what running again and landing cost as the dataset grows.

Documents are stand-ins with the rows of the sample (7 forms, 70 indicators on 10 pages), each of an organ of its own,
in five years, so that thousands are made in minutes and nothing but planning and landing is measured.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.dataset.landing.land import land
from pipeline.dataset.landing.plan import Plan, plan_ingest
from pipeline.dataset.landing.staging import stage
from pipeline.dataset.store.versions import current_version, locked
from pipeline.document.result import DocumentResult, Row
from pipeline.outputs.changes.store import write_report
from pipeline.run.fingerprint import run_fingerprint
from pipeline.run.read_document import read_document
from pipeline.settings import Settings

SAMPLE = Path("data/raw/shanghai-chongming/chongming-union-2023.pdf")
YEARS = (2022, 2023, 2024, 2025, 2026)
_NAMES = ("project_name", "implementing_unit", "department", "publisher")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one step took, in seconds, and the partition files that it has written anew."""

    name: str
    cpu: float
    wall: float
    files: int = 0
    mebibytes: float = 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a line a step for each number of documents."""
    parser = argparse.ArgumentParser("python -m benchmarks.landing", description=__doc__)
    parser.add_argument("documents", nargs="*", type=int, default=[1000], metavar="DOCUMENTS")
    parser.add_argument("--keep", type=Path, help="leave raw and out of the last number of documents here")
    asked = parser.parse_args(arguments)
    print("| documents | step | CPU s | wall s | files written | MiB written |\n|---:|---|---:|---:|---:|---:|")
    for count in asked.documents:
        with tempfile.TemporaryDirectory() as folder:
            for cost in measure(asked.keep or Path(folder), count):
                print(
                    f"| {count:,} | {cost.name} | {cost.cpu:.2f} | {cost.wall:.2f} | {cost.files} "
                    f"| {cost.mebibytes:.1f} |",
                    flush=True,
                )
    return 0


def measure(folder: Path, count: int) -> Iterator[Cost]:
    """The costs of a first landing, a run with nothing new, and a run with one document more."""
    raw, out = folder / "raw", folder / "out"
    for number in range(count):
        _put(raw, number)
    with _timed(out) as first:
        _run(raw, out)
    yield first("first run, reading left out")
    with _timed(out) as again:
        _run(raw, out)
    yield again("nothing new")
    _put(raw, count)
    with _timed(out) as one:
        _run(raw, out)
    yield one("one document more")


@contextmanager
def _timed(out: Path) -> Iterator[Callable[[str], Cost]]:
    before, cpu, wall = _files(out), time.process_time(), time.perf_counter()
    costs: list[Cost] = []
    yield lambda name: Cost(name, *costs[0])  # type: ignore[misc]
    spent = time.process_time() - cpu, time.perf_counter() - wall
    new = {inode: size for inode, size in _files(out).items() if inode not in before}
    costs.append((*spent, len(new), sum(new.values()) / 2**20))  # type: ignore[arg-type]


def _files(out: Path) -> dict[int, int]:
    version = current_version(out)
    seen = [path.stat() for path in version.files.values()] if version else []
    return {one.st_ino: one.st_size for one in seen}


def _run(raw: Path, out: Path) -> Plan:
    """A run as `ingest` does it, in this process and without Prefect."""
    settings = Settings(raw=raw, out=out)
    fingerprint = run_fingerprint(settings.reader, settings.verify)
    plan = plan_ingest(raw, out, fingerprint)
    with locked(out):
        for source in plan.to_read:
            stage(out, fingerprint, stand_in(source.path))
        before = current_version(out)
        land(out, plan.changes)
        write_report(out, before)
    return plan


def _put(raw: Path, number: int) -> None:
    path = raw / f"{number % 100:02d}" / f"{number}.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(str(number))
    os.utime(path, (1_700_000_000 + number, 1_700_000_000 + number))


def stand_in(path: Path) -> DocumentResult:
    """The rows of the sample as those of another document, whose number is in the file."""
    data, sample = path.read_bytes(), _sample()
    document_id, number = hashlib.sha256(data).hexdigest(), int(data)
    tables = {name: [_renamed(row, document_id, number) for row in rows] for name, rows in sample.tables.items()}
    return DocumentResult(_renamed(sample.document, document_id, number), tables)


def _renamed(row: Row, document_id: str, number: int) -> Row:
    """A row of the sample as that of another document, of its own organ and year."""
    new = row | {name: f"{row[name]}{number}" for name in _NAMES if row.get(name)}
    if "document_id" in row:
        new["document_id"] = document_id
    if row.get("form_id"):
        new["form_id"] = document_id[:12] + str(row["form_id"])[12:]
    if "fiscal_year" in row:
        new["fiscal_year"] = YEARS[number % len(YEARS)]
    return new


@cache
def _sample() -> DocumentResult:
    return read_document(SAMPLE)


if __name__ == "__main__":
    sys.exit(main())
