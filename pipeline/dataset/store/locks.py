"""File locks that let one process work at a time; the lock ends with its process."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from pipeline.dataset.errors import DatasetBusyError
from pipeline.messages import Text, t

ADVICE = t("wait until it has ended, or choose another folder")

_NOTE = 200  # bytes


def take_lock(path: Path, doing: Text, advice: Text) -> int:
    """Takes the lock and returns a handle; closing the handle releases it. Children made by `fork` share it.

    Raises `DatasetBusyError` when another process is `doing` the same; the message names the process and ends with the
    advice.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(handle, _NOTE, 0).decode(errors="replace").strip() or "unknown"
        os.close(handle)
        raise DatasetBusyError(
            "dataset.busy", t("process {holder} is {doing}: {advice}", holder=holder, doing=doing, advice=advice)
        ) from error
    note(handle)
    return handle


def note(handle: int, *more: str) -> None:
    """Writes the process that holds the lock, and a note for other processes, into the lock file."""
    os.ftruncate(handle, 0)
    os.pwrite(handle, " at ".join([str(os.getpid()), *more]).encode()[:_NOTE], 0)
