"""One process at a time: locks that die with the process that holds them."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from pipeline.dataset.errors import DatasetBusyError


def take_lock(path: Path, doing: str, option: str) -> int:
    """A handle that holds the lock until it is closed; children made by `fork` share it.

    Raises `DatasetBusyError` that names the process which is `doing` it; `option` is what chooses another folder.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(handle, 20, 0).decode(errors="replace").strip() or "unknown"
        os.close(handle)
        raise DatasetBusyError(
            "dataset.busy",
            f"process {holder} is {doing}: wait until it has ended, or choose another folder ({option})",
        ) from error
    os.ftruncate(handle, 0)
    os.pwrite(handle, str(os.getpid()).encode(), 0)
    return handle
