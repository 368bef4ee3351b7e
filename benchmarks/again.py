"""`python -m benchmarks.again [RAW]`: what a run costs that assembles stored pages again after a label was added.

The documents are read into a new dataset, then a synonym is added to a copy of `schemas/labels.toml` and the run is
repeated: every document is assembled again, and no PDF is opened. Starting is left out: all runs are in one process,
without Prefect, after a first one that loads the libraries.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import NoReturn
from unittest.mock import patch

import schemas
from benchmarks.here import Here
from pipeline.dataset.store.versions import locked
from pipeline.dictionaries import forget_loaded
from pipeline.pages.readers import READERS, load_reader
from pipeline.run import fingerprint
from pipeline.run.steps import land_documents, make_job, make_plan, read_documents
from pipeline.run.summary import Summary
from pipeline.settings import Settings

SAMPLES = Path("data/raw")
MOST = 0.4  # of what reading cost
SYNONYM = '\n[[label]]\nmeans = "ignored"\nwhy = "added by a benchmark"\ntexts = ["从来没有人印过的标签"]\n'


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took, in seconds of this process, and what it came to."""

    cpu: float
    wall: float
    summary: Summary


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints both runs; 1 when the second costs more than asked for, or read anything."""
    parser = argparse.ArgumentParser("python -m benchmarks.again", description=__doc__)
    parser.add_argument("raw", nargs="?", type=Path, default=SAMPLES, help=f"folder with PDFs (default: {SAMPLES})")
    parser.add_argument("--verify", default="off", help="what other readers check (default: off)")
    parser.add_argument("--most", type=float, default=MOST, metavar="SHARE", help=f"of the first run (default: {MOST})")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(raw=asked.raw, out=Path(folder, "out"), verify=asked.verify)
        make_job(settings).warm_up()  # as in a worker
        _run(settings.model_copy(update={"out": Path(folder, "loaded")}))  # libraries, schemas, first pages
        first, second = first_and_again(settings, Path(folder))
    print("| run | documents | CPU s | wall s |\n|---|---:|---:|---:|")
    for name, cost in (("read", first), ("a label more, no PDF opened", second)):
        print(f"| {name} | {cost.summary.read} | {cost.cpu:.2f} | {cost.wall:.2f} |")
    share = second.cpu / first.cpu
    print(f"\nthe second run costs {share:.2f} of the first")
    return int(share > asked.most)


def first_and_again(settings: Settings, folder: Path) -> tuple[Cost, Cost]:
    """A run that reads, and one with a label more that opens no PDF; `folder` takes a copy of `schemas/`."""
    first = _run(settings)
    with copied_schemas(folder / "schemas") as copy, no_pdf_opened():
        with (copy / "labels.toml").open("a", encoding="utf-8") as labels:
            labels.write(SYNONYM)
        forget_schemas()
        return first, _run(settings)


@contextmanager
def copied_schemas(folder: Path) -> Iterator[Path]:
    """Within the block the program uses a copy of `schemas/`, which may be changed; `forget_schemas` then."""
    shutil.copytree(Path(schemas.__file__).parent, folder)
    find = files
    with ExitStack() as stack:
        stack.callback(forget_schemas)
        stack.enter_context(patch.object(schemas, "__file__", str(folder / "__init__.py")))
        stack.enter_context(
            patch.object(fingerprint, "files", lambda name: folder if name == "schemas" else find(name))
        )
        forget_schemas()
        yield folder


def forget_schemas() -> None:
    """What this process knows of `schemas/`, so that the next run is like one of a new process."""
    forget_loaded()
    fingerprint.meaning_fingerprint.cache_clear()


class PdfOpenedError(AssertionError):
    """A reader was asked to open a PDF."""


@contextmanager
def no_pdf_opened() -> Iterator[None]:
    """Within the block a reader that is to open a PDF raises `PdfOpenedError`."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise PdfOpenedError

    with ExitStack() as stack:
        for name in READERS:
            stack.enter_context(patch.object(type(load_reader(name)), "open", refuse))
        stack.enter_context(patch("pipeline.run.document_reading.open_document", refuse))
        yield


def _run(settings: Settings) -> Cost:
    """A whole run in this process."""
    cpu, wall = time.process_time(), time.monotonic()
    with locked(settings.out):
        plan, job = make_plan(settings), make_job(settings)
        outcomes = read_documents(plan.to_read, job, Here(job))
        summary = land_documents(settings, plan, outcomes, wall)
    return Cost(time.process_time() - cpu, time.monotonic() - wall, summary)


if __name__ == "__main__":
    sys.exit(main())
