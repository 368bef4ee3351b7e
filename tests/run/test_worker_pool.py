"""The worker pool: whatever happens to one item, every other item has its result, and no process is left."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from multiprocessing import active_children
from pathlib import Path

import pytest

from pipeline.dataset.landing.sources import Source
from pipeline.errors import RunError
from pipeline.run.steps import make_job, start_workers, workers_started
from pipeline.run.worker_pool import WorkerPool
from pipeline.run.worker_process import Fault, Position
from pipeline.settings import Settings
from tests.documents import SAMPLE
from tests.faults import suffer

pytestmark = pytest.mark.service


def work(name: str, position: Position) -> str:
    if name == "pid":
        return str(os.getpid())
    if name == "file":
        raise OSError("the disk is gone")
    if name == "ok":
        return "done"
    position.at(2, 7)
    suffer(name)
    return name


def unsendable(name: str, position: Position) -> object:
    return work(name, position) if name == "ok" else lambda: name


def no_warm_up() -> None:
    """The pool must do without."""


@pytest.fixture
def pool() -> Iterator[WorkerPool[str, str]]:
    with WorkerPool(work, no_warm_up, workers=2, timeout=5, memory=1 << 30) as pool:
        yield pool


def signals(name: str, position: Position) -> str:
    """The signals that the process blocks, and has since it began."""
    return signal.pthread_sigmask(signal.SIG_BLOCK, ()).__repr__()


@pytest.mark.parametrize("in_a_thread", [False, True])
def test_ctrl_c_never_reaches_a_process(in_a_thread: bool) -> None:
    """Not even while it loads modules, where it would print a traceback."""
    with WorkerPool(signals, no_warm_up, workers=1, timeout=60, memory=1 << 30) as pool:
        with ThreadPoolExecutor() as threads:
            answers = threads.submit(lambda: list(pool.run(["a"]))).result() if in_a_thread else list(pool.run(["a"]))
        assert "SIGINT" in str(answers)
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())  # of this process


FAULTS = [
    ("crash", "worker.crashed", "SIGSEGV"),
    ("exit", "worker.crashed", "exit status 3"),
    ("hang", "worker.timeout", "longer than 5 s"),
    pytest.param(
        "greedy",
        "worker.memory",
        "more than 1 GiB",
        marks=pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits memory"),
    ),
]


@pytest.mark.parametrize(("name", "code", "says"), FAULTS)
def test_a_fault_costs_one_item(pool: WorkerPool[str, str], name: str, code: str, says: str) -> None:
    results = list(pool.run([*["ok"] * 20, name, *["ok"] * 20]))
    assert [result for item, result in results if item == "ok"] == ["done"] * 40
    [fault] = [result for item, result in results if item == name]
    assert isinstance(fault, Fault)
    assert (fault.code, fault.stage, fault.number) == (code, 2, 7)
    assert says in fault.message


def test_every_crash_is_told_of_the_item_that_crashed(pool: WorkerPool[str, str]) -> None:
    """Also of those that die at once, before anybody may have noticed that they were taken up."""
    items = ["crash", "ok", "exit", "exit", "ok", "crash"]
    results = sorted((item, getattr(result, "message", result)) for item, result in pool.run(items))
    crash, left = "the reading process died (SIGSEGV)", "the reading process died (exit status 3)"
    assert results == [("crash", crash)] * 2 + [("exit", left)] * 2 + [("ok", "done")] * 2


def test_what_work_raises_is_raised(pool: WorkerPool[str, str]) -> None:
    with pytest.raises(OSError, match="the disk is gone"):
        list(pool.run(["file"]))


def test_a_process_that_dies_idle_is_nobodys_fault() -> None:
    with WorkerPool(work, no_warm_up, workers=1, timeout=60, memory=1 << 30) as pool:
        [(_, pid)] = pool.run(["pid"])
        os.kill(int(str(pid)), signal.SIGKILL)
        [(_, other)] = pool.run(["pid"])
    assert str(other).isdecimal()
    assert other != pid


def test_processes_that_cannot_start_are_told() -> None:
    with WorkerPool(work, partial(os._exit, 4), workers=2, timeout=60, memory=1 << 30) as pool:
        for _ in range(2):
            with pytest.raises(RunError, match=r"exit status 4"):
                list(pool.run(["ok"] * 5))


def test_what_cannot_be_sent_back_costs_no_process() -> None:
    with WorkerPool(unsendable, no_warm_up, workers=1, timeout=60, memory=1 << 30) as pool:
        with pytest.raises(RuntimeError, match=r"pickle"):
            list(pool.run(["lambda"]))
        [(_, answer)] = pool.run(["ok"])
        assert answer == "done"


def test_leaving_wakes_those_who_wait() -> None:
    with ThreadPoolExecutor(1) as threads:
        with WorkerPool(work, no_warm_up, workers=1, timeout=3600, memory=1 << 30) as pool:
            waiting = threads.submit(lambda: list(pool.run(["hang", "ok"])))
            time.sleep(1)
        with pytest.raises(CancelledError):
            waiting.result(timeout=60)


def lingering(name: str, position: Position) -> str:
    time.sleep(0.2)
    return name


def test_what_follows_from_a_result_is_done_before_what_waits() -> None:
    def follow(item: str, result: str | Fault) -> list[str]:
        return ["a1", "a2"] if item == result == "a" else []

    with WorkerPool(lingering, no_warm_up, workers=1, timeout=60, memory=1 << 30) as pool:
        done = [item for item, _ in pool.run(["a", "b", "c", "d"], follow)]
    assert sorted(done) == ["a", "a1", "a2", "b", "c", "d"]
    assert done.index("a") < done.index("a1") < done.index("a2") < done.index("c")  # b may have begun meanwhile


def test_what_follows_from_a_fault_is_done_too() -> None:
    def follow(item: str, result: str | Fault) -> list[str]:
        return ["ok"] if isinstance(result, Fault) else []

    with WorkerPool(work, no_warm_up, workers=1, timeout=60, memory=1 << 30) as pool:
        done = list(pool.run(["crash", "exit"], follow))
    assert [(item, result) for item, result in done if item == "ok"] == [("ok", "done")] * 2


def test_a_position_is_that_of_its_item() -> None:
    """Should it die before it says anything, the place of the item before does not count."""
    with WorkerPool(silent, no_warm_up, workers=1, timeout=60, memory=1 << 30) as pool:
        faults = [result for _, result in pool.run(["hello", "exit"]) if isinstance(result, Fault)]
    assert [(fault.stage, fault.number) for fault in faults] == [(0, 0)]


def silent(name: str, position: Position) -> str:
    if name == "exit":
        os._exit(3)
    position.at(2, 7)
    return name


def shown(item: object, position: Position) -> str:
    return repr(item)


def test_sources_travel() -> None:
    """What the pool is used with can be sent to another process."""
    source = Source(Path("a.pdf"), "a.pdf", 1, 2, "0" * 64)
    with WorkerPool(shown, no_warm_up, workers=1, timeout=60, memory=1 << 30) as pool:
        assert list(pool.run([source])) == [(source, repr(source))]


def test_processes_can_start_before_there_is_anything_to_do(pool: WorkerPool[str, str]) -> None:
    others, deadline = set(active_children()), time.monotonic() + 60
    pool.get_ready(5)  # of which there are two
    while len(started := {child.pid for child in set(active_children()) - others}) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert {int(str(pid)) for _, pid in pool.run(["pid"] * 4)} <= started


def test_what_keeps_a_process_from_starting_is_told_of_the_first_item() -> None:
    with WorkerPool(work, sys.exit, workers=1, timeout=5, memory=1 << 30) as broken:
        broken.get_ready(1)
        with pytest.raises(RunError, match="a worker process ends before it reads anything"):
            list(broken.run(["ok"]))


def test_a_run_uses_the_processes_that_were_started_for_it(tmp_path: Path) -> None:
    settings = Settings(raw=tmp_path, out=tmp_path / "out", workers=1, verify="off")
    job = make_job(settings)
    with workers_started(settings, 1):
        with start_workers(job, settings) as workers:
            assert start_workers(job, settings) is workers
        other = settings.model_copy(update={"reader": "pdfplumber"})
        with start_workers(make_job(other), other) as others:
            assert others is not workers
    with start_workers(job, settings) as later:
        assert later is not workers


def test_the_command_starts_processes_before_prefect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They get ready while it is loaded."""
    others = set(active_children())

    @contextmanager
    def prefect(_flow: str) -> Iterator[None]:
        deadline = time.monotonic() + 120
        while not set(active_children()) - others:
            assert time.monotonic() < deadline, "no process has started"
            time.sleep(0.01)
        raise InterruptedError
        yield

    command = import_module("pipeline.cli.ingest")  # its package has the function under this name
    monkeypatch.setattr(command, "prefect", prefect)
    with pytest.raises(InterruptedError):
        command._run(Settings(raw=SAMPLE.parent, out=tmp_path / "out", workers=1, verify="off"))
