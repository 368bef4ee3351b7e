"""SIGTERM ends a command within two seconds, whatever it is doing."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

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
