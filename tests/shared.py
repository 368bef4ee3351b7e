"""What several tests of the command need: running it, small PDFs, looking for processes left behind."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from collections.abc import Collection
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import pymupdf

import benchmarks.here
from pipeline.cli import main
from pipeline.dataset.store.versions import locked
from pipeline.messages import known
from pipeline.pages.model import PageReading
from pipeline.pages.read import open_document
from pipeline.pages.readers import load_reader
from pipeline.run.document_job import Job
from pipeline.run.document_reading import work
from pipeline.run.items import Item, Result
from pipeline.run.steps import land_documents, make_job, make_plan, read_documents
from pipeline.run.summary import Summary
from pipeline.run.worker_process import Fault
from pipeline.settings import Settings

MOST_ITEMS = 1000  # of a run in this process
ROOT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, "-m", "pipeline.cli"]


def environment(**extra: str) -> dict[str, str]:
    """The environment without any settings of the person who runs the tests."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("BUDGET_FORMS_", "PREFECT_"))}
    own |= {"LC_ALL": "C.UTF-8"}
    return own | {"PYTHONPATH": str(ROOT)} | extra


def command(*args: str | Path, **extra: str) -> subprocess.CompletedProcess[str]:
    """Runs `budget-forms` as a process with empty input and its output in pipes; `extra` goes into the environment."""
    return subprocess.run(
        [*COMMAND, *map(str, args)],
        env=environment(**extra),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=240,
        check=False,
    )


def python(code: str) -> str:
    """What a new Python process with this code writes."""
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, timeout=240, check=True
    )
    return done.stdout.strip()


def command_here(*args: str | Path, encoding: str = "utf-8", **extra: str) -> subprocess.CompletedProcess[str]:
    """Runs `budget-forms` within this process, which saves its start: about a second of CPU.

    `encoding` is that of its output and errors, as a terminal has one; `extra` goes into the environment.
    """
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding=encoding) for _ in range(2))
    typed = list(map(str, args))
    with (
        patch.dict(os.environ, environment(**extra), clear=True),
        patch.object(sys, "argv", ["budget-forms", *typed]),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as ended:
            status = int(ended.code or 0)
    return subprocess.CompletedProcess(typed, status, _written(out), _written(err))


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()


def write_pdf(path: Path, text: str, pages: int = 1) -> Path:
    """A PDF with `text` on every page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with pymupdf.open() as document:
        for _ in range(pages):
            document.new_page().insert_text((72, 72), text)
        document.save(path)
    return path


class _DiedError(BaseException):
    """What would have been the end of a worker process; no code of the program may catch it."""


class Place:
    """A position at some of whose places a worker process would die."""

    def __init__(self, deaths: Collection[tuple[int, int]] = ()) -> None:
        self._deaths, self.now = deaths, (0, 0)

    def at(self, stage: int, number: int) -> None:
        self.now = stage, number
        if self.now in self._deaths:
            raise _DiedError


class Here(benchmarks.here.Here):
    """Works on the items of a run in this process, as if it died on some pages.

    `deaths` are readers and numbers of pages that would end the process. `done` has all items with their results.
    """

    def __init__(self, job: Job, deaths: Collection[tuple[str, int]] = ()) -> None:
        super().__init__(job)
        self.done: list[tuple[Item, Result | Fault]] = []
        self._deaths = {(job.readers.index(reader) + 1, number) for reader, number in deaths}

    def work(self, item: Item) -> Result | Fault:
        place = Place(self._deaths)
        result: Result | Fault
        try:
            result = work(self.job, item, place)
        except _DiedError:
            result = Fault("worker.crashed", known("the reading process died (played)"), *place.now)
        self.done.append((item, result))
        assert len(self.done) < MOST_ITEMS, "the same work over and over"
        return result


def ingest_here(settings: Settings, job: Job | None = None, deaths: Collection[tuple[str, int]] = ()) -> Summary:
    """A whole run in this process: without Prefect, and without processes that could be killed."""
    with locked(settings.out):
        plan, workers = make_plan(settings), Here(job or make_job(settings), deaths)
        outcomes = read_documents(plan.to_read, workers.job, workers, force=settings.force)
        return land_documents(settings, plan, outcomes, time.monotonic())


def snapshot(out: Path) -> dict[str, bytes]:
    """Every file of the current version of the dataset."""
    version = (out / "current").resolve()
    return {path.relative_to(version).as_posix(): path.read_bytes() for path in version.rglob("*") if path.is_file()}


def tables(out: Path) -> dict[str, bytes]:
    """Every file of the current version but the ledger, which says what the rows were made with."""
    return {name: data for name, data in snapshot(out).items() if name != "ledger.parquet"}


def processes_with(mark: str) -> list[str]:
    """The command lines of all processes that have `mark` in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:  # ended meanwhile, or not ours
            continue
    return found


def pages_of_pdf(path: Path, reader: str = "mupdf") -> list[PageReading]:
    """What a reader gives for the pages of a PDF."""
    with open_document(load_reader(reader), path) as document:
        return list(document.pages(range(1, document.info.page_count + 1)))
