"""SIGTERM ends a command within two seconds, whatever it is doing; Ctrl-C ends it with one line."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.shared import environment

HEAD = """
import ctypes, time
from pipeline.cli.flows import interruptible
with interruptible("run again"):
    print("started", flush=True)
"""
BUSY = {
    "Python": "    while True: pass",
    "sleeping": "    time.sleep(3600)",
    "ends in order, slowly": "    try: time.sleep(3600)\n    finally: time.sleep(3600)",
    "a query": "    import duckdb\n    while True: duckdb.sql('SELECT sum(range) FROM range(1000000000000)').fetchall()",
    # a mutex that is locked twice: no signal wakes the thread
    "C": "    mutex, lock = ctypes.create_string_buffer(64), ctypes.CDLL(None).pthread_mutex_lock\n"
    "    lock(mutex)\n    lock(mutex)",
}


@pytest.mark.parametrize("busy", BUSY)
def test_sigterm_ends_a_command_in_time(busy: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HEAD + BUSY[busy]],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        time.sleep(0.1)
        sent = time.monotonic()
        process.send_signal(signal.SIGTERM)
        try:
            status = process.wait(10)
        finally:
            process.kill()
        assert time.monotonic() - sent < 2
        assert status == 143
        assert process.stderr.read() == "budget-forms: interrupted; run again\n"


SCRIPT = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background ignores it
from pipeline.cli import main
print(flush=True)
main()
"""
LONG = "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3"


@pytest.mark.parametrize("seconds", [0.3, 3])
def test_an_interrupt_is_one_line(sample_dataset: Path, seconds: float) -> None:
    """While the command is loaded, and within a library that makes another error of it."""
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, "query", LONG, "--dataset", str(sample_dataset)],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        try:
            status = process.wait(30)
        finally:
            process.kill()
        assert (status, process.stderr.read()) == (130, "budget-forms: interrupted\n")
