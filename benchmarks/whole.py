"""`python -m benchmarks.whole [RAW]`: what a whole run of the command costs, Prefect and all processes included.

The floor of the same pages is measured in the same run. So is a run of a single page, which is what starting costs:
the command, Prefect and its server, worker processes, landing a version. The difference is what grows with the pages.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pymupdf

from benchmarks.model import cpu_seconds
from benchmarks.program import floor, readable

SAMPLE = Path("data/raw")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took, in seconds: the CPU time of all its processes, and the wall clock's."""

    cpu: float
    wall: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the floor, and a line for each run."""
    parser = argparse.ArgumentParser("python -m benchmarks.whole", description=__doc__)
    parser.add_argument("raw", nargs="?", type=Path, default=SAMPLE, help="folder with PDFs")
    parser.add_argument("--workers", nargs="+", type=int, default=[1, 2], help="a run for each of these numbers")
    parser.add_argument("--verify", default="values", help="what other readers check (default: values, as in a run)")
    asked = parser.parse_args(arguments)
    raw: Path = asked.raw
    verify: str = asked.verify
    lowest, pages = _floor(raw)
    print(f"{pages} pages; the floor is {lowest:.2f} s of CPU, {1000 * lowest / pages:.2f} ms a page\n")
    print("| run | CPU s | wall s | times the floor |\n|---|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "out")
        start = _run(_one_page(Path(folder, "one")), Path(folder, "first"), 1, verify)
        _tell("one page", start)
        for count in asked.workers:
            shutil.rmtree(out, ignore_errors=True)
            cost = _run(raw, out, count, verify)
            _tell(f"all, {count} at work", cost, cost.cpu / lowest)
            rest = Cost(cost.cpu - start.cpu, cost.wall - start.wall)
            _tell("without what one page takes", rest, rest.cpu / lowest)
        _tell("again, nothing new", _run(raw, out, asked.workers[-1], verify))
    return 0


def _tell(name: str, cost: Cost, ratio: float | None = None) -> None:
    print(f"| {name} | {cost.cpu:.2f} | {cost.wall:.2f} | {f'{ratio:.2f}' if ratio else ''} |", flush=True)


def _floor(raw: Path) -> tuple[float, int]:
    """CPU seconds of words and drawings, and the number of pages. What is no PDF counts for nothing."""
    documents = list(readable(sorted(raw.rglob("*.pdf"))))
    seconds = sum(cpu_seconds(partial(floor, document))[0] for document in documents)
    return seconds, max(sum(document.pages for document in documents), 1)


def _one_page(folder: Path) -> Path:
    folder.mkdir()
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 72), "2026")
        document.save(folder / "page.pdf")
    return folder


def _run(raw: Path, out: Path, workers: int, verify: str) -> Cost:
    command = [sys.executable, "-m", "pipeline.cli", "ingest", "--raw", str(raw), "--out", str(out)]
    command += ["--verify", verify, "--workers", str(workers)]
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    ran = subprocess.run(command, check=False, capture_output=True, text=True, env=_untold())
    wall, after = time.monotonic() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    if " seen (" not in ran.stdout:  # a run that does not come to its sum would look cheap
        raise SystemExit(ran.stderr or ran.stdout)
    return Cost(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall)


def _untold() -> dict[str, str]:
    """The environment without settings that would change the run."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("BUDGET_FORMS_", "PREFECT_"))}


if __name__ == "__main__":
    raise SystemExit(main())
