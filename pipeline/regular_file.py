"""Opens regular files and nothing else.

Opening a named pipe waits for a writer, reading a device may never end. `stat` alone is not enough: a path may name
another file by the time it is opened.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from io import BufferedReader
from pathlib import Path

from pipeline.messages import Text, t

_KINDS: tuple[tuple[Callable[[int], bool], Text], ...] = (
    (stat.S_ISDIR, t("a folder")),
    (stat.S_ISFIFO, t("a named pipe")),
    (stat.S_ISSOCK, t("a socket")),
    (stat.S_ISCHR, t("a device")),
    (stat.S_ISBLK, t("a device")),
)


class NotRegularError(OSError):
    """The path names a pipe, device, socket or folder."""

    def __init__(self, mode: int) -> None:
        kind = next((name for is_kind, name in _KINDS if is_kind(mode)), t("something else"))
        super().__init__(0, t("it is {kind}, not a file", kind=kind))


def check_regular(mode: int) -> None:
    """Raises `NotRegularError` unless a mode of `stat` is that of a regular file."""
    if not stat.S_ISREG(mode):
        raise NotRegularError(mode)


def read_regular(path: Path) -> bytes:
    """The content of a regular file. Raises `OSError`, `NotRegularError` for other kinds."""
    with open_regular(path) as file:
        return file.read()


def library_source(path: Path) -> Path | bytes:
    """A file for a library that opens paths of UTF-8 only: its path, or its bytes where the name is no UTF-8.

    Raises `OSError`.
    """
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return read_regular(path)
    return path


def open_regular(path: Path) -> BufferedReader:
    """A regular file opened for reading, never waiting for it. Raises `OSError`, `NotRegularError` for other kinds."""
    check_regular(os.stat(path).st_mode)  # first, because opening a device may do something
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        check_regular(os.fstat(handle).st_mode)
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise
