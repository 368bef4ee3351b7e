"""Running a flow from the command line."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.errors import RunError


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
                f"the Prefect server at {os.environ['PREFECT_API_URL']} does not "
                f"answer ({error}): start it, or unset PREFECT_API_URL",
            ) from error


@contextmanager
def interruptible(kept: str) -> Iterator[None]:
    """Ends the block in order on Ctrl-C and SIGTERM, and prints `kept`, which says how to go on."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        print(f"budget-forms: interrupted; {kept}", file=sys.stderr)
        raise


def _interrupt(number: int, _frame: object) -> None:
    """Leaves as after an error, so that worker processes and the server are ended in order."""
    sys.exit(128 + number)
