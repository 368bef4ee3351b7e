"""Where files lie: on a local disk, or on an object store that fsspec knows (s3://bucket/folder).

An address of an object store is a `Path` as well, so that options, settings and joining are the same for both; pathlib
writes it as `s3:/bucket/folder`. What can be done with it is here, and nowhere else.
"""

from __future__ import annotations

import filecmp
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO

from pipeline.dataset.errors import DatasetError

TEMPORARY = ".tmp"

_SCHEME = re.compile(r"([a-z][a-z0-9]+):")  # two characters at least: one is a drive


def is_remote(path: Path) -> bool:
    """Whether a path is the address of an object store."""
    return bool(path.parts and _SCHEME.fullmatch(path.parts[0]))


def absolute(path: Path) -> Path:
    """The path from wherever a process stands; an address is that already."""
    return path if is_remote(path) else path.resolve()


def url(path: Path) -> str:
    """What a library that reads files by name is given."""
    return f"{path.parts[0]}//{key(path)}" if is_remote(path) else str(path.resolve())


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
def durable(path: Path) -> Iterator[BinaryIO]:
    """A file to write: on the disk when the block ends, or in the bucket, where it appears whole or not at all."""
    if is_remote(path):
        with NamedTemporaryFile() as near:  # a put that is broken off leaves nothing
            yield near  # type: ignore[misc]  # a wrapper that behaves as one
            near.flush()
            filesystem(path).put_file(near.name, key(path))
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as sink:
        yield sink
        sink.flush()
        os.fsync(sink.fileno())


def exists(path: Path) -> bool:
    """Whether there is such a file."""
    return bool(filesystem(path).exists(key(path))) if is_remote(path) else path.exists()


def replace_file(path: Path, data: bytes) -> None:
    """Writes a small file so that others see the old one or the new one."""
    if is_remote(path):
        filesystem(path).pipe_file(key(path), data)
        return
    with durable(path.with_name(f"{path.name}{TEMPORARY}")) as sink:
        sink.write(data)
    path.with_name(f"{path.name}{TEMPORARY}").replace(path)


def same_bytes(one: Path, other: Path) -> bool:
    """Whether both are one file, or hold the same bytes; files of an object store are not read for that."""
    if is_remote(one) or is_remote(other):
        return one == other
    return one.samefile(other) or filecmp.cmp(one, other, shallow=False)
