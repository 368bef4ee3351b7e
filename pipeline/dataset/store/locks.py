"""One process at a time: locks that die with the process that holds them."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from pipeline.dataset.errors import DatasetBusyError

ADVICE = "wait until it has ended, or choose another folder"

_NOTE = 200  # bytes


def take_lock(path: Path, doing: str, advice: str) -> int:
    """A handle that holds the lock until it is closed; children made by `fork` share it.

    Raises `DatasetBusyError` that names the process which is `doing` it, and gives the advice.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(handle, _NOTE, 0).decode(errors="replace").strip() or "unknown"
        os.close(handle)
        raise DatasetBusyError("dataset.busy", f"process {holder} is {doing}: {advice}") from error
    note(handle)
    return handle


def note(handle: int, *more: str) -> None:
    """Writes down who holds the lock: the process, and more that others should know."""
    os.ftruncate(handle, 0)
    os.pwrite(handle, " at ".join([str(os.getpid()), *more]).encode()[:_NOTE], 0)
