"""Kills of runs at random moments: `python -m benchmarks.kills [--kills N]`.

In each round some PDFs of a small folder change, and a run that reads them is killed at a random moment; the next run
goes on. Every fourth is ended by SIGTERM, and must end in time. Meanwhile another process reads the dataset over and
over. Whatever it sees must be one version, all tables of it; what lands in the end must be, byte for byte, what runs
that nobody kills give. In some rounds a worker process is killed instead: then the run goes on by itself, and what it
lands is sound; a page that is lost with the worker is told, and read again with `--force`.
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
import traceback
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, suppress
from dataclasses import dataclass, field
from functools import partial
from io import StringIO
from pathlib import Path

import pymupdf

from benchmarks.here import Here
from pipeline.cli.flows import interruptible
from pipeline.dataset.checks.check import check_dataset
from pipeline.dataset.contract.schema import load_schema
from pipeline.dataset.errors import DatasetError
from pipeline.dataset.store.versions import locked
from pipeline.dataset.views import connect
from pipeline.errors import RunError
from pipeline.messages import known
from pipeline.run.steps import land_documents, make_batches, make_job, make_plan, read_documents, start_workers
from pipeline.settings import Settings

SAMPLE = Path(__file__).parents[1] / "data/raw/shanghai-chongming/chongming-union-2023.pdf"
DOCUMENTS = 4
WITH_WORKERS = 8  # every eighth run reads in worker processes; the others by themselves, which is quicker to start
START_OF_WORKERS = 3.0  # seconds
PAUSE = 0.1  # seconds between two readings
TERMINATED = 4  # every fourth run is ended by SIGTERM
LONGEST_END = 2.0  # seconds that a run may take to end after SIGTERM
LONGEST_RUN = 120.0  # seconds of a run after one of its workers was killed


@dataclass(slots=True)
class Series:
    """What came of the rounds so far."""

    kills: int = 0
    resumed: int = 0
    landed: int = 0
    """Runs killed before they could land, and after."""
    ends: list[float] = field(default_factory=list)
    """Seconds that runs took to end after SIGTERM."""
    workers: int = 0
    """Worker processes killed; these count among the kills."""
    readings: int = 0
    versions: int = 0
    faults: list[str] = field(default_factory=list)


def series(
    folder: Path, kills: int, seed: int = 0, with_workers: int = WITH_WORKERS, seconds: float = float("inf")
) -> Series:
    """Kills so many runs in `folder`, or as many as there is time for; faults tell of what should not be."""
    chance, found, until = random.Random(seed), Series(), time.monotonic() + seconds
    raw, out, undisturbed = folder / "raw", folder / "out", folder / "undisturbed"
    log = folder / "readings"
    seen: set[str] = set()
    reader = 0
    round_number = 0
    try:
        while found.kills < kills and time.monotonic() < until:
            round_number += 1
            _change(raw, round_number, chance)
            started = time.monotonic()
            _run(raw, undisturbed)
            took = time.monotonic() - started
            seen.add(contents(undisturbed))
            workers = 2 if with_workers and round_number % with_workers == 0 else 0
            longest = took + (START_OF_WORKERS if workers else 0)
            if workers and round_number // with_workers % 2:
                killed = _kill_a_worker(raw, out, chance.uniform(0, longest), found.faults)
                found.workers, found.kills = found.workers + killed, found.kills + killed
                seen.add(contents(out))
                _run(raw, out, force=True)
            else:
                how = signal.SIGTERM if round_number % TERMINATED == 0 else signal.SIGKILL
                while (ended := _killed(partial(_run, raw, out, workers), chance.uniform(0, longest), how)) is None:
                    _change(raw, (round_number := round_number + 1), chance)
                    _run(raw, undisturbed)
                    seen.add(contents(undisturbed))
                if how == signal.SIGTERM:
                    found.ends.append(ended)
                landed = (out / "current").exists() and snapshot(out) == snapshot(undisturbed)
                found.landed, found.resumed = found.landed + landed, found.resumed + (not landed)
                _run(raw, out)
                found.kills += 1
            if snapshot(out) != snapshot(undisturbed):
                found.faults.append(f"round {round_number}: other bytes than without the kill")
            reader = reader or _forked(partial(_read_on, out, log))
    finally:
        if reader:
            os.kill(reader, signal.SIGKILL)
            os.waitpid(reader, 0)
    readings = log.read_text().split() if log.exists() else []
    found.readings, found.versions = len(readings), len(set(readings))
    found.faults += [f"SIGTERM took {seconds:.1f} s" for seconds in found.ends if seconds > LONGEST_END]
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


def _run(raw: Path, out: Path, workers: int = 0, *, force: bool = False) -> None:
    """A whole run without Prefect: with worker processes, or with none. It ends on SIGTERM as the command does."""
    settings = Settings(raw=raw, out=out, workers=max(workers, 1), verify="off", force=force)
    with interruptible(known("run again")), locked(out):
        plan, job, started = make_plan(settings), make_job(settings), time.monotonic()
        if workers and plan.to_read:
            with start_workers(job, settings) as pool:
                outcomes = [o for batch in make_batches(plan, 64) for o in read_documents(batch, job, pool)]
        else:
            outcomes = read_documents(plan.to_read, job, Here(job), force=force)
        land_documents(settings, plan, outcomes, started)


def _forked(work: Callable[[], object]) -> int:
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        with redirect_stderr(StringIO()):  # what a run says when it is interrupted
            work()
        status = 0
    except SystemExit as ended:
        status = int(ended.code or 0)
    except RunError as error:
        status = error.exit_status
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(status)


def _killed(work: Callable[[], object], after: float, how: signal.Signals) -> float | None:
    """Runs `work` in a process that gets a signal after some seconds; how long it took to end, None when it had."""
    child = _forked(work)
    if _ended(child, after) is not None:
        return None
    os.kill(child, how)
    sent = time.monotonic()
    status = os.waitpid(child, 0)[1]
    by_signal = os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 128 + how
    return time.monotonic() - sent if by_signal else None


def _kill_a_worker(raw: Path, out: Path, after: float, faults: list[str]) -> int:
    """Kills a worker of a run after some seconds; the number of workers that were killed, 0 or 1.

    The run goes on with another. It ends with an error when the worker was killed while it started, as when memory is
    short; the command tries that batch again.
    """
    child = _forked(partial(_run, raw, out, 2))
    killed = 0
    if _ended(child, after) is None:
        for worker in _children(child)[:1]:
            with suppress(ProcessLookupError):  # it has just ended
                os.kill(worker, signal.SIGKILL)
                killed = 1
        status = _ended(child, LONGEST_RUN)
        if status is None:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        if status is None or os.waitstatus_to_exitcode(status) not in (0, RunError.exit_status):
            faults.append(f"a run whose worker was killed ended with {status}")
    faults += [f"after the kill of a worker: {problem}" for problem in check_dataset(out)]
    return killed


def _ended(child: int, within: float) -> int | None:
    """The status of a process that ends within some seconds, else None."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if (ended := os.waitpid(child, os.WNOHANG))[0]:
            return ended[1]
        time.sleep(0.002)
    return None


def _children(process: int) -> list[int]:
    """The processes that work for another, the newest first; not what Python starts to look after them."""
    found = []
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(child) for child in children.read_text().split()]
    return [child for child in sorted(found, reverse=True) if b"spawn_main" in _command_line(child)]


def _command_line(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


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
    longest = max(found.ends, default=0.0)
    print(f"{len(found.ends)} by SIGTERM, which ended within {longest:.1f} s; {found.workers} workers killed besides")
    print(f"{found.readings} readings meanwhile, of {found.versions} versions")
    for fault in found.faults:
        print(f"FAULT: {fault}")
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
