"""Memory of a worker: `python -m benchmarks.memory [FILE.pdf|FOLDER ...]`.

First a process reads documents one after the other and tells how much memory it holds: that should not grow. Then
another one reads a single document of thousands of pages, made of the sample's, and tells the most that it ever held.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import pymupdf

from benchmarks.here import Here
from benchmarks.model import peak_memory
from pipeline.dataset.landing.sources import Source
from pipeline.run.document_job import Job
from pipeline.run.steps import read_documents
from pipeline.run.worker_pool import WorkerPool
from pipeline.run.worker_process import Position
from pipeline.settings import Settings

SAMPLES = Path("data/raw")
TOLD = 10  # times that the memory is told
GROWTH = 0.1  # of what was held after the first tenth of the documents
MIB = 2**20


@dataclass(frozen=True, slots=True)
class Reading:
    """How documents are read in the worker, several at a time so that all of them are read by one process."""

    job: Job

    def read(self, paths: tuple[Path, ...], position: Position) -> tuple[float, float]:
        """Reads the documents; MiB that the process then holds, and the most that it has held so far."""
        for path in paths:
            data = path.read_bytes()
            digest = hashlib.sha256(data).hexdigest()
            source = Source(path, path.name, len(data), path.stat().st_mtime_ns, digest)
            self.job.store.drop([digest])  # it is read every time
            read_documents([source], self.job, Here(self.job, position))
        held = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        return held / MIB, peak_memory()


def measure(
    batches: Sequence[tuple[Path, ...]], reader: str = "mupdf", seconds: float = 36_000
) -> list[tuple[float, float]]:
    """Memory held and peak after each batch, all read by one worker process."""
    settings = Settings()
    with tempfile.TemporaryDirectory() as folder:
        job = Job(Path(folder), "memory", reader)
        memory = int(settings.memory_gib * 2**30)
        with WorkerPool(Reading(job).read, job.warm_up, workers=1, timeout=seconds, memory=memory) as pool:
            return [told for _, told in pool.run(batches) if isinstance(told, tuple)]


def long_document(folder: Path, sample: Path, pages: int) -> Path:
    """A PDF of so many pages: those of the sample, again and again."""
    path = folder / f"{pages}-pages.pdf"
    with pymupdf.open(sample) as original, pymupdf.open() as document:
        while document.page_count < pages:
            document.insert_pdf(original, to_page=min(original.page_count, pages - document.page_count) - 1)
        document.save(path, garbage=4, deflate=True)
    return path


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what the worker held; 1 when that grew by more than a tenth."""
    parser = argparse.ArgumentParser("python -m benchmarks.memory", description="Memory that reading takes.")
    parser.add_argument("paths", nargs="*", type=Path, metavar="FILE.pdf|FOLDER", help=f"(default: {SAMPLES})")
    parser.add_argument("--documents", type=int, default=1000, metavar="N")
    parser.add_argument("--pages", type=int, default=2000, metavar="N", help="pages of the long document")
    parser.add_argument("--reader", choices=("mupdf", "pdfplumber"), default="mupdf")
    asked = parser.parse_args(arguments)
    files = sorted(f for path in asked.paths or [SAMPLES] for f in (path.rglob("*.pdf") if path.is_dir() else [path]))
    order = list(islice(cycle(files), asked.documents))
    size = max(len(order) // TOLD, 1)
    batches = [tuple(order[start : start + size]) for start in range(0, len(order), size)]
    held = measure(batches, asked.reader)
    for number, (now, most) in enumerate(held, start=1):
        print(f"{min(number * size, len(order)):6} documents: {now:.0f} MiB held, {most:.0f} MiB at most")
    with tempfile.TemporaryDirectory() as folder:
        [(_, most)] = measure([(long_document(Path(folder), files[0], asked.pages),)], asked.reader)
    print(f"{asked.pages:6} pages in one document: {most:.0f} MiB at most")
    grown = held[-1][0] / held[0][0] - 1
    print(f"held after all documents, against the first {size}: {grown:+.1%}")
    return 1 if grown > GROWTH else 0


if __name__ == "__main__":
    sys.exit(main())
