"""Writes files and folders atomically: beside their place, then renamed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.dataset.errors import writing
from pipeline.dataset.store.paths import sync
from pipeline.errors import UsageError
from pipeline.messages import system_reason, t
from pipeline.regular_file import NotRegularError, check_regular


@contextmanager
def new_file(path: Path, option: str) -> Iterator[Path]:
    """A file to write; it replaces `path` when the block ends without an error.

    `option` is the option or argument that named the file. Raises `DatasetError` when it cannot be written.
    """
    if path.is_dir():
        raise UsageError("usage.folder", t("{path} is a folder: name a file ({option})", path=path, option=option))
    _check_replaceable(path, option)
    building = _beside(path)
    with writing(path, t("the file"), option):
        building.touch()  # at once, so that an unwritable place fails before any work
        try:
            yield building
            sync(building)
            building.replace(path)
        finally:
            building.unlink(missing_ok=True)


@contextmanager
def new_folder(path: Path, option: str, ours: Iterable[str]) -> Iterator[Path]:
    """A folder to fill; it replaces `path` when the block ends without an error.

    Raises `UsageError` when `path` is a folder with files other than `ours`.
    """
    if path.exists() and not path.is_dir():
        raise UsageError("usage.folder", t("{path} is a file: name a folder ({option})", path=path, option=option))
    if path.exists() and (others := sorted({entry.name for entry in path.iterdir()} - set(ours))):
        message = t(
            "{path} holds other files, such as {others}: name another folder ({option})",
            path=path,
            others=others[0],
            option=option,
        )
        raise UsageError("usage.folder", message)
    building, old = _beside(path), _beside(path, "old")
    with writing(path, t("the folder"), option):
        building.mkdir()
        try:
            yield building
            for file in building.iterdir():
                sync(file)
            if path.exists():
                path.rename(old)
            building.rename(path)
        finally:
            for left in (building, old):
                shutil.rmtree(left, ignore_errors=True)


def _check_replaceable(path: Path, option: str) -> None:
    """Raises `UsageError` for a pipe, device or socket: the new file would take its place, that of `/dev/null` too."""
    try:
        check_regular(path.stat().st_mode)
    except NotRegularError as error:
        reason = system_reason(error)
        raise UsageError(
            "usage.file", t("{path}: {reason}: name a file ({option})", path=path, reason=reason, option=option)
        ) from error
    except OSError:
        pass  # there is none, or writing tells what is wrong


def _beside(path: Path, suffix: str = "tmp") -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.{suffix}")
