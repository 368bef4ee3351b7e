"""SIGTERM ends a command within two seconds, whatever it is doing; Ctrl-C ends it with one line."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.shared import environment

HEAD = """
import ctypes, duckdb, time
from pipeline.cli.flows import interruptible
with interruptible("run again"):
    print("started", flush=True)
"""
BUSY = {
    "Python": "    while True: pass",
    "sleeping": "    time.sleep(3600)",
    "ends in order, slowly": "    try: time.sleep(3600)\n    finally: time.sleep(3600)",
    # it makes an error of its own of what a signal raises
    "DuckDB": "    duckdb.connect().execute('CREATE TABLE t AS SELECT sum(range) FROM range(1000000000000)')",
    # a mutex that is locked twice: no signal wakes the thread
    "C": "    mutex, lock = ctypes.create_string_buffer(64), ctypes.CDLL(None).pthread_mutex_lock\n"
    "    lock(mutex)\n    lock(mutex)",
}


@contextmanager
def started(code: str, *args: str) -> Iterator[subprocess.Popen[str]]:
    """A Python process with this code that has printed a line. It is killed at the end."""
    with subprocess.Popen(
        [sys.executable, "-c", code, *args],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process
        finally:
            process.kill()


def end_of(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Status and errors of a process that ends."""
    assert process.stderr is not None
    return process.wait(30), process.stderr.read()


@pytest.mark.parametrize("busy", BUSY)
def test_sigterm_ends_a_command_in_time(busy: str) -> None:
    with started(HEAD + BUSY[busy]) as process:
        time.sleep(0.1)
        sent = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert end_of(process) == (143, "budget-forms: interrupted; run again\n")
        assert time.monotonic() - sent < 2


SCRIPT = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background ignores it
from pipeline.cli import main
{before}
main()
"""
LOADING = "print(flush=True)"
ASKING = """
from pipeline.dataset import views
connect = views.connect
def tell(*args, **named):
    print(flush=True)
    return connect(*args, **named)
views.connect = tell
"""
LONG = "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3"


@pytest.mark.parametrize(("before", "seconds"), [(LOADING, 0.3), (ASKING, 0.5)], ids=["loading", "asking"])
def test_an_interrupt_is_one_line(sample_dataset: Path, before: str, seconds: float) -> None:
    """While the command is loaded, and within a library that makes another error of it."""
    with started(SCRIPT.format(before=before), "query", LONG, "--dataset", str(sample_dataset)) as process:
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        assert end_of(process) == (130, "budget-forms: interrupted\n")
