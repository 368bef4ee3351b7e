"""Kills of runs at random moments: `python -m benchmarks.kills [--kills N]`.

In each round some PDFs of a small folder change, and a run that reads them is killed at a random moment; the next run
goes on. Meanwhile another process reads the dataset over and over. Whatever it sees must be one version, all tables of
it; what lands in the end must be, byte for byte, what runs that nobody kills give.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pymupdf

from benchmarks.here import Here
from pipeline.dataset.contract.schema import load_schema
from pipeline.dataset.errors import DatasetError
from pipeline.dataset.store.versions import locked
from pipeline.dataset.views import connect
from pipeline.run.steps import land_documents, make_batches, make_job, make_plan, read_documents, start_workers
from pipeline.settings import Settings

SAMPLE = Path(__file__).parents[1] / "data/raw/shanghai-chongming/chongming-union-2023.pdf"
DOCUMENTS = 4
WITH_WORKERS = 8  # every eighth run reads in worker processes; the others by themselves, which is quicker to start
START_OF_WORKERS = 3.0  # seconds
PAUSE = 0.1  # seconds between two readings


@dataclass(slots=True)
class Series:
    """What came of the rounds so far."""

    kills: int = 0
    resumed: int = 0
    landed: int = 0
    """Runs killed before they could land, and after."""
    readings: int = 0
    versions: int = 0
    faults: list[str] = field(default_factory=list)


def series(folder: Path, kills: int, seed: int = 0, with_workers: int = WITH_WORKERS) -> Series:
    """Kills so many runs in `folder`; faults tell of a mixture that was read, or of bytes that differ."""
    chance, found = random.Random(seed), Series()
    raw, out, undisturbed = folder / "raw", folder / "out", folder / "undisturbed"
    log = folder / "readings"
    seen: set[str] = set()
    reader = 0
    round_number = 0
    try:
        while found.kills < kills:
            round_number += 1
            _change(raw, round_number, chance)
            started = time.monotonic()
            _run(raw, undisturbed, 0)
            took = time.monotonic() - started
            seen.add(contents(undisturbed))
            workers = 2 if with_workers and round_number % with_workers == 0 else 0
            longest = took + (START_OF_WORKERS if workers else 0)
            while not _killed(partial(_run, raw, out, workers), chance.uniform(0, longest)):
                _change(raw, (round_number := round_number + 1), chance)
                _run(raw, undisturbed, 0)
                seen.add(contents(undisturbed))
            found.kills += 1
            landed = (out / "current").exists() and snapshot(out) == snapshot(undisturbed)
            found.landed, found.resumed = found.landed + landed, found.resumed + (not landed)
            _run(raw, out, 0)
            if snapshot(out) != snapshot(undisturbed):
                found.faults.append(f"round {round_number}: other bytes than without the kill")
            reader = reader or _forked(partial(_read_on, out, log))
    finally:
        if reader:
            os.kill(reader, signal.SIGKILL)
            os.waitpid(reader, 0)
    readings = log.read_text().split() if log.exists() else []
    found.readings, found.versions = len(readings), len(set(readings))
    found.faults += [f"a reader saw what no version holds: {reading}" for reading in sorted(set(readings) - seen)]
    return found


def contents(out: Path) -> str:
    """A digest of all rows of all tables, as a reader of the dataset gets them."""
    digest = hashlib.sha256()
    with connect(out) as connection:
        for table in load_schema().tables:
            for row in connection.execute(f'SELECT * FROM "{table}" ORDER BY ALL').fetchall():
                digest.update(repr(row).encode())
    return digest.hexdigest()


def snapshot(out: Path) -> dict[str, bytes]:
    """Every file of the current version."""
    version = (out / "current").resolve()
    return {path.relative_to(version).as_posix(): path.read_bytes() for path in version.rglob("*") if path.is_file()}


def _change(raw: Path, number: int, chance: random.Random) -> None:
    """Replaces one or two documents by pages of the sample with a new page behind them; the first time, writes all."""
    raw.mkdir(exist_ok=True)
    chosen = range(DOCUMENTS) if number == 1 else chance.sample(range(DOCUMENTS), chance.choice((1, 2)))
    for index in chosen:
        path = raw / f"{index}.pdf"
        with pymupdf.open(SAMPLE) as sample, pymupdf.open() as document:
            document.insert_pdf(sample, from_page=index, to_page=index)
            document.new_page().insert_text((72, 72), f"round {number}")
            document.save(path)
        os.utime(path, (1_700_000_000 + number,) * 2)  # what a file tells of its age may land


def _run(raw: Path, out: Path, workers: int) -> None:
    """A whole run without Prefect: with worker processes, or with none."""
    settings = Settings(raw=raw, out=out, workers=max(workers, 1), verify="off")
    with locked(out):
        plan, job, started = make_plan(settings), make_job(settings), time.monotonic()
        if workers and plan.to_read:
            with start_workers(job, settings) as pool:
                outcomes = [o for batch in make_batches(plan, 64) for o in read_documents(batch, job, pool)]
        else:
            outcomes = read_documents(plan.to_read, job, Here(job))
        land_documents(settings, plan, outcomes, started)


def _forked(work: Callable[[], object]) -> int:
    child = os.fork()
    if child:
        return child
    try:
        work()
    finally:
        os._exit(0)


def _killed(work: Callable[[], object], after: float) -> bool:
    """Runs `work` in a process that is killed after some seconds; False when it ended before."""
    child = _forked(work)
    deadline = time.monotonic() + after
    while time.monotonic() < deadline:
        if os.waitpid(child, os.WNOHANG)[0]:
            return False
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _read_on(out: Path, log: Path) -> None:
    with log.open("a", buffering=1) as sink:
        while True:
            with suppress(DatasetError):  # nothing has landed yet
                sink.write(f"{contents(out)}\n")
            time.sleep(PAUSE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what came of the kills; 1 when something was not as it should be."""
    parser = argparse.ArgumentParser("python -m benchmarks.kills", description="Kills runs at random moments.")
    parser.add_argument("--kills", type=int, default=200, metavar="N", help="runs to kill (default: 200)")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        found = series(Path(folder), asked.kills, asked.seed)
    print(f"{found.kills} runs killed: {found.resumed} before they had landed, {found.landed} after")
    print(f"{found.readings} readings meanwhile, of {found.versions} versions")
    for fault in found.faults:
        print(f"FAULT: {fault}")
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
