"""Broken and hostile PDFs: `python -m benchmarks.hostile FILE.pdf|FOLDER ... [--mutants N]`.

Reads the files in worker processes, as `ingest` does up to the landing, and counts what came of each. With `--mutants`
it reads N copies of them with random bytes changed instead. The exit status is 1 when a worker had to be ended or the
program failed: whatever is wrong with a PDF should be told as such.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.here import Here
from pipeline.dataset.landing.sources import Source
from pipeline.run.document_job import Job
from pipeline.run.steps import read_documents
from pipeline.run.worker_pool import WorkerPool
from pipeline.run.worker_process import Fault, Position
from pipeline.settings import Settings, available_cpus

SLOW = 5  # files that the report names
OURS = "worker."  # begin of codes that tell a fault of the program, or of a library that the worker died of


@dataclass(frozen=True, slots=True)
class Trial:
    """A file as it is, or the mutant of that number."""

    path: Path
    mutant: int | None = None

    @property
    def name(self) -> str:
        return self.path.name if self.mutant is None else f"{self.path.name}, mutant {self.mutant}"

    def data(self) -> bytes:
        """The bytes of the file, of which a mutant has up to 64 changed, removed or written twice."""
        original = self.path.read_bytes()
        return original if self.mutant is None else mutated(original, random.Random(f"{self.path.name} {self.mutant}"))


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a trial, and the CPU seconds that it took."""

    status: str
    code: str | None
    message: str | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Reading:
    """How trials are read; `folder` is for files that nobody needs afterwards."""

    job: Job
    folder: Path

    def read(self, trial: Trial, position: Position) -> Told:
        """Writes the trial to a file and reads it."""
        data = trial.data()
        digest = hashlib.sha256(data).hexdigest()
        path = self.folder / f"{digest}.pdf"
        path.write_bytes(data)
        started = time.process_time()
        source = Source(path, path.name, len(data), path.stat().st_mtime_ns, digest)
        [outcome] = read_documents([source], self.job, Here(self.job, position))
        path.unlink()
        return Told(outcome.status, outcome.error_code, outcome.error_message, time.process_time() - started)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The data with one to 64 changes: most flip a bit or write a random byte, some remove or repeat a stretch."""
    changed = bytearray(data)
    for _ in range(2 ** chance.randrange(7)):
        if not changed:
            break
        at, kind = chance.randrange(len(changed)), chance.random()
        if kind < 0.5:
            changed[at] ^= 1 << chance.randrange(8)
        elif kind < 0.9:
            changed[at] = chance.randrange(256)
        elif kind < 0.95:
            del changed[at : at + chance.randrange(1, 200)]
        else:
            changed[at:at] = changed[at : at + chance.randrange(1, 200)]
    return bytes(changed)


def read_all(trials: Sequence[Trial], settings: Settings) -> Iterator[tuple[Trial, Told | Fault]]:
    """What came of each trial; `settings` tell reader, limits and number of workers."""
    with tempfile.TemporaryDirectory() as folder:
        job = Job(Path(folder), "hostile", settings.reader)
        reading = Reading(job, Path(folder))
        memory = int(settings.memory_gib * 2**30)
        with WorkerPool(
            reading.read, job.warm_up, workers=settings.workers, timeout=settings.timeout_seconds, memory=memory
        ) as pool:
            yield from pool.run(trials)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what came of the files, by status and code, the slowest, and every fault of the program."""
    asked = _parser().parse_args(arguments)
    files = sorted(f for path in asked.paths for f in (path.rglob("*.pdf") if path.is_dir() else [path]))
    trials = [Trial(file) for file in files]
    if asked.mutants:
        chance = random.Random(asked.seed)
        trials = [Trial(chance.choice(files), chance.randrange(10**9)) for _ in range(asked.mutants)]
    settings = Settings(reader=asked.reader, workers=asked.workers, timeout_seconds=asked.seconds)
    started = time.monotonic()
    counts: Counter[tuple[str, str]] = Counter()
    slowest: list[tuple[float, str]] = []
    faults: list[str] = []
    for trial, told in read_all(trials, settings):
        code = told.code or ""
        counts["failed" if isinstance(told, Fault) else told.status, code] += 1
        if code.startswith(OURS):
            faults.append(f"{trial.name}: {told.message} ({code})")
        if isinstance(told, Told):
            slowest = sorted([*slowest, (told.seconds, trial.name)], reverse=True)[:SLOW]
    for (status, code), number in sorted(counts.items()):
        print(f"{number:6} {status} {code}")
    print(f"{len(trials):6} files in {time.monotonic() - started:.0f} s")
    for seconds, name in slowest:
        print(f"slow: {name}: {seconds:.1f} s of CPU time")
    for fault in faults:
        print(f"FAULT: {fault}")
    return 1 if faults else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks.hostile", description="Reads broken and hostile PDFs.")
    parser.add_argument("paths", nargs="+", type=Path, metavar="FILE.pdf|FOLDER")
    parser.add_argument("--mutants", type=int, default=0, metavar="N", help="read N copies with random bytes changed")
    parser.add_argument("--seed", type=int, default=0, help="another number makes other mutants (default: 0)")
    parser.add_argument("--reader", choices=("mupdf", "pdfplumber"), default="mupdf")
    parser.add_argument("--workers", type=int, default=available_cpus(), metavar="N")
    parser.add_argument("--seconds", type=float, default=60, metavar="S", help="time one file may take (default: 60)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
