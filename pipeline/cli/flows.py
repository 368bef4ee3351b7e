"""Running a flow from the command line."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from pipeline.errors import RunError
from pipeline.language import shown
from pipeline.messages import Text, t

_GRACE_SECONDS = 1.5  # for workers and the server to end in order, which takes 0.2 to 1.2 s


@contextmanager
def prefect(flow: str) -> Iterator[None]:
    """Prefect for the block, in which the flow of the module `flow` is imported and run.

    Raises `RunError` when the server does not start or answer.
    """
    from httpx import HTTPError

    from flows.local_server import prefect_api

    with prefect_api(flow):
        try:
            yield
        except (HTTPError, RuntimeError) as error:
            if isinstance(error, RuntimeError) and "Failed to reach API" not in str(error):
                raise
            raise RunError(
                "prefect.unreachable",
                t(
                    "the Prefect server at {prefect_api_url} does not answer ({error}): start it, or "
                    "unset PREFECT_API_URL",
                    prefect_api_url=os.environ["PREFECT_API_URL"],
                    error=error,
                ),
            ) from error


@contextmanager
def interruptible(kept: Text) -> Iterator[None]:
    """Ends the block in order on Ctrl-C and SIGTERM, and prints `kept`, which says how to go on.

    After SIGTERM the process ends within two seconds, whatever it is doing. Call it in the main thread.
    """
    message = shown(t("budget-forms: interrupted; {kept}", kept=kept)) + "\n"
    terminated = Event()

    def leave(number: int, _frame: object) -> None:
        """Leaves as after an error, so that worker processes and the server are ended in order."""
        terminated.set()
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, leave)
    with _ended_in_time(message):
        try:
            yield
        except SystemExit:
            sys.stderr.write(message)
            raise
        except KeyboardInterrupt:
            sys.stderr.write(message)
            sys.exit(128 + signal.SIGINT)
        except Exception:
            if not terminated.is_set():
                raise
            sys.stderr.write(message)  # DuckDB makes a RuntimeError of what a signal raises in a query
            sys.exit(128 + signal.SIGTERM)


@contextmanager
def _ended_in_time(message: str) -> Iterator[None]:
    """Ends the process when SIGTERM has not ended the block after `_GRACE_SECONDS`.

    Python runs a signal handler between two steps of the main thread, which may be waiting in C: for a disk, a lock, a
    library. The byte that Python writes for each signal comes at once, and a thread waits for it. Workers and the
    server end together with this process, and what it had landed is whole, as after a kill.
    """
    received, sent = os.pipe()
    os.set_blocking(sent, False)
    before = signal.set_wakeup_fd(sent, warn_on_full_buffer=False)
    ended = Event()
    Thread(target=_end_after_signal, args=(received, ended, message), daemon=True, name="SIGTERM").start()
    try:
        yield
    finally:
        ended.set()
        signal.set_wakeup_fd(before)
        os.close(sent)


def _end_after_signal(received: int, ended: Event, message: str) -> None:
    try:
        while signals := os.read(received, 64):
            if signal.SIGTERM in signals and not ended.wait(_GRACE_SECONDS):
                os.write(2, message.encode(errors="replace"))
                os._exit(128 + signal.SIGTERM)
    finally:
        os.close(received)
