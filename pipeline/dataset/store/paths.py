"""Where files lie: on a local disk, or on an object store that fsspec knows (s3://bucket/folder).

An address of an object store is a `Path` as well, so that options, settings and joining are the same for both; pathlib
writes it as `s3:/bucket/folder`. What can be done with it is here, and nowhere else.
"""

from __future__ import annotations

import filecmp
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import Any, BinaryIO

from pipeline.dataset.errors import DatasetError

TEMPORARY = ".tmp"

_SCHEME = re.compile(r"([a-z][a-z0-9]+):")  # two characters at least: one is a drive


def is_remote(path: Path) -> bool:
    """Whether a path is the address of an object store."""
    return bool(path.parts and _SCHEME.fullmatch(path.parts[0]))


def absolute(path: Path) -> Path:
    """The path from wherever a process stands; an address is that already."""
    return path if is_remote(path) else path.absolute()


def url(path: Path) -> str:
    """What a library that reads files by name is given."""
    return f"{path.parts[0]}//{key(path)}" if is_remote(path) else str(path.resolve())


def shown(path: Path) -> str:
    """A path as a person writes it."""
    return url(path) if is_remote(path) else str(path)


def key(path: Path) -> str:
    """An address as its file system writes it: bucket/folder/name."""
    return "/".join(path.parts[1:])


def filesystem(path: Path) -> Any:
    """The fsspec file system of an address. Raises `DatasetError` when it is not installed."""
    return _filesystem(path.parts[0].removesuffix(":"))


@cache
def _filesystem(scheme: str) -> Any:
    try:
        import fsspec

        # listings are never remembered: other machines write too
        return fsspec.filesystem(scheme, use_listings_cache=False)
    except (ImportError, ValueError) as error:
        raise DatasetError(
            "store.missing",
            f"{scheme}:// addresses need a package that is not installed ({error}): for s3:// install budget-forms[s3]",
        ) from error


@cache
def arrow_filesystem(scheme: str) -> Any:
    """The same file system for PyArrow; `scheme` as in `s3:`."""
    from pyarrow.fs import FSSpecHandler, PyFileSystem

    return PyFileSystem(FSSpecHandler(_filesystem(scheme.removesuffix(":"))))


def read_bytes(path: Path) -> bytes:
    """The whole file; raises `FileNotFoundError` when there is none."""
    return bytes(filesystem(path).cat_file(key(path))) if is_remote(path) else path.read_bytes()


@contextmanager
def durable(path: Path, *, lasting: bool = True) -> Iterator[BinaryIO]:
    """A file to write: on the disk when the block ends, or in the bucket, where it appears whole or not at all.

    One that is not `lasting` may be lost, or lose its end, when the machine goes down.
    """
    if is_remote(path):
        with NamedTemporaryFile() as near:  # a put that is broken off leaves nothing
            yield near  # type: ignore[misc]  # a wrapper that behaves as one
            near.flush()
            filesystem(path).put_file(near.name, key(path))
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as sink:
        yield sink
        if lasting:
            sink.flush()
            os.fsync(sink.fileno())


def create_file(path: Path, data: bytes) -> None:
    """Puts a small file into a bucket where none is. Raises `FileExistsError` when there is one."""
    filesystem(path).pipe_file(key(path), data, mode="create")


def list_files(folder: Path) -> dict[Path, datetime]:
    """All files below an address, with the time when each was put; none when there is no such folder."""
    return {path: _put_at(told) for path, told in _found(folder)}


def sizes(folder: Path) -> dict[Path, tuple[int, int]]:
    """All files below an address, with their size and the nanosecond when each was put."""
    return {path: (told["size"], round(_put_at(told).timestamp() * 10**9)) for path, told in _found(folder)}


def _found(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    files = filesystem(folder)
    try:
        found = files.find(key(folder), detail=True)
    except Exception as error:  # every store has errors of its own for networks and credentials
        told = f"{url(folder)} cannot be listed: {error}: look at the address, the network and the credentials"
        raise DatasetError("store.unreachable", told) from error
    for name, told in found.items():
        yield Path(folder.parts[0], name), told


def _put_at(told: dict[str, Any]) -> datetime:
    put: datetime = next(told[name] for name in ("LastModified", "last_modified", "mtime", "created") if name in told)
    return put


def remove_files(paths: Iterable[Path]) -> None:
    """Removes files of a bucket, those that are not there any more too."""
    found = list(paths)
    if found:
        with suppress(FileNotFoundError):
            filesystem(found[0]).rm([key(path) for path in found])


@contextmanager
def near(path: Path) -> Iterator[Path]:
    """The file on a local disk, under its own name: itself, or a copy for as long as the block lasts."""
    if not is_remote(path):
        yield path
        return
    with TemporaryDirectory() as folder:
        copy = Path(folder, path.name)
        filesystem(path).get_file(key(path), str(copy))
        yield copy


def exists(path: Path) -> bool:
    """Whether there is such a file."""
    return bool(filesystem(path).exists(key(path))) if is_remote(path) else path.exists()


@contextmanager
def whole_file(path: Path, *, lasting: bool = True) -> Iterator[BinaryIO]:
    """A file to write, of which others see nothing, or the one before, until the block has ended; see `durable`."""
    if is_remote(path):
        with durable(path) as sink:
            yield sink
        return
    part = path.with_suffix(f".{os.getpid()}{TEMPORARY}")
    with durable(part, lasting=lasting) as sink:
        yield sink
    part.replace(path)


def same_bytes(one: Path, other: Path) -> bool:
    """Whether both are one file, or hold the same bytes; files of an object store are not read for that."""
    if is_remote(one) or is_remote(other):
        return one == other
    return one.samefile(other) or filecmp.cmp(one, other, shallow=False)
