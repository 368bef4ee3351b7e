"""The worker pool: whatever happens to one item, every other item has its result, and no process is left."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.dataset.sources import Source
from pipeline.errors import RunError
from pipeline.ingest.pool import Fault, WorkerPool
from tests.faults import extract


def work(name: str) -> str:
    if name == "pid":
        return str(os.getpid())
    if name == "file":
        raise OSError("the disk is gone")
    if name == "ok":
        return "done"
    extract(Path(name), "mupdf")
    return name


def no_warm_up() -> None:
    """The pool must do without."""


@pytest.fixture
def pool() -> Iterator[WorkerPool[str, str]]:
    with WorkerPool(work, no_warm_up, workers=2, timeout=2, memory=1 << 30) as pool:
        yield pool


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("crash", "worker.crashed", "SIGSEGV"),
        ("exit", "worker.crashed", "exit status 3"),
        ("hang", "worker.timeout", "longer than 2 s"),
        pytest.param(
            "greedy",
            "worker.memory",
            "more than 1 GiB",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits memory"),
        ),
    ],
)
def test_a_fault_costs_one_item(pool: WorkerPool[str, str], name: str, code: str, says: str) -> None:
    results = list(pool.run([*["ok"] * 20, name, *["ok"] * 20]))
    assert [result for item, result in results if item == "ok"] == ["done"] * 40
    [fault] = [result for item, result in results if item == name]
    assert isinstance(fault, Fault)
    assert fault.code == code
    assert says in fault.message


def test_what_work_raises_is_raised(pool: WorkerPool[str, str]) -> None:
    with pytest.raises(OSError, match="the disk is gone"):
        list(pool.run(["file"]))


def test_a_broken_pool_starts_again(pool: WorkerPool[str, str]) -> None:
    [(_, pid)] = pool.run(["pid"])
    os.kill(int(str(pid)), signal.SIGKILL)  # while it has nothing to do, so it is no item's fault
    time.sleep(0.5)
    with pytest.raises(RunError):
        list(pool.run(["ok"]))
    assert list(pool.run(["ok"])) == [("ok", "done")]


def test_leaving_wakes_those_who_wait() -> None:
    started = time.monotonic()
    with ThreadPoolExecutor(1) as threads:
        with WorkerPool(work, no_warm_up, workers=1, timeout=60, memory=1 << 30) as pool:
            waiting = threads.submit(lambda: list(pool.run(["hang", "ok"])))
            time.sleep(1)
        with pytest.raises(CancelledError):
            waiting.result()
    assert time.monotonic() - started < 10


def test_sources_travel() -> None:
    """What the pool is used with can be sent to another process."""
    source = Source(Path("a.pdf"), "a.pdf", 1, 2, "0" * 64)
    with WorkerPool(repr, no_warm_up, workers=1, timeout=5, memory=1 << 30) as pool:
        assert list(pool.run([source])) == [(source, repr(source))]
