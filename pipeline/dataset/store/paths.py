"""File operations that work on a local disk and on an object store that fsspec supports (s3://bucket/folder).

The address of an object store is a `Path` too, so options, settings and joining are the same for both; pathlib writes
it as `s3:/bucket/folder`. No other module distinguishes them to read or write files.
"""

from __future__ import annotations

import filecmp
import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import Any, BinaryIO

from pipeline.dataset.errors import DatasetError
from pipeline.messages import Text, t
from pipeline.regular_file import open_regular, read_regular
from pipeline.text import one_line

TEMPORARY = ".tmp"
UNREACHABLE = "store.unreachable"
"""The code of the `DatasetError` of an object store that fails."""

PATIENCE: Mapping[str, Any] = {
    "connect_timeout": 10,
    "read_timeout": 20,  # seconds without a byte
    "retries": {"mode": "standard", "total_max_attempts": 4},
}
"""How long a store may be silent or answer with errors: a command ends after 90 s at most (four times 20, and pauses).

s3fs asks five times by itself, and lets botocore ask five times each time: 6 minutes of silence.
"""
_OF_ONE_FILE = (FileNotFoundError, FileExistsError, PermissionError)
_SCHEME = re.compile(r"([a-z][a-z0-9]+):")  # two characters at least: one is a drive


def is_remote(path: Path) -> bool:
    """Whether a path is the address of an object store."""
    return bool(path.parts and _SCHEME.fullmatch(path.parts[0]))


def absolute(path: Path) -> Path:
    """The absolute path; the address of an object store is absolute already."""
    return path if is_remote(path) else path.absolute()


def url(path: Path) -> str:
    """The path or address as a string for libraries that open files by name."""
    return f"{path.parts[0]}//{object_key(path)}" if is_remote(path) else str(path.resolve())


def display(path: Path) -> str:
    """The path as people write it."""
    return url(path) if is_remote(path) else str(path)


def object_key(path: Path) -> str:
    """The key of an address in its file system: bucket/folder/name."""
    return "/".join(path.parts[1:])


def filesystem(path: Path) -> Any:
    """The fsspec file system of an address. Raises `DatasetError` when it is not installed."""
    return _filesystem(path.parts[0].removesuffix(":"))


@cache
def _filesystem(scheme: str) -> Any:
    try:
        import fsspec

        # listings are never remembered: other machines write too
        files = fsspec.filesystem(scheme, use_listings_cache=False, **_patience(scheme))
        if scheme == "s3":
            files.retries = 1  # botocore asks again, in `_patience`
        return files
    except (ImportError, ValueError) as error:
        raise DatasetError(
            "store.missing",
            t(
                "{scheme}:// addresses need a package that is not installed ({error}): for s3:// "
                "install budget-forms[s3]",
                scheme=scheme,
                error=error,
            ),
        ) from error


def _patience(scheme: str) -> dict[str, Any]:
    """The options by which a store is given up in time; what fsspec's own configuration says of them comes first."""
    from fsspec.config import conf

    if scheme != "s3":
        return {}
    chosen = conf.get(scheme, {}).get("config_kwargs", {})
    return {"config_kwargs": {**PATIENCE, **chosen}}


@cache
def arrow_filesystem(scheme: str) -> Any:
    """The same file system for PyArrow; `scheme` as in `s3:`."""
    from pyarrow.fs import FSSpecHandler, PyFileSystem

    return PyFileSystem(FSSpecHandler(_filesystem(scheme.removesuffix(":"))))


@contextmanager
def answering(path: Path, doing: Text, kept: tuple[type[Exception], ...] = _OF_ONE_FILE) -> Iterator[None]:
    """Turns what an object store raises into a `DatasetError` that tells what was not done, such as "cannot be read".

    Errors that are `kept` say nothing of the store: a file is there, or is not, or is another's.
    """
    try:
        yield
    except Exception as error:  # each store has its own errors for networks and credentials
        if isinstance(error, (*kept, DatasetError)):
            raise
        message = t(
            "{url} {doing}: {reason}: look at the address, the network and the credentials",
            url=url(path),
            doing=doing,
            reason=one_line(str(error)),
        )
        raise DatasetError(UNREACHABLE, message) from error


def read_bytes(path: Path) -> bytes:
    """The whole file; raises `FileNotFoundError` when there is none."""
    if not is_remote(path):
        return read_regular(path)
    with answering(path, t("cannot be read")):
        return bytes(filesystem(path).cat_file(object_key(path)))


@contextmanager
def durable_writer(path: Path, *, lasting: bool = True) -> Iterator[BinaryIO]:
    """Opens a new file to write. It is on the disk, or whole in the bucket, when the block ends.

    A file that is not `lasting` is not flushed to the disk: it may be lost or cut short when the machine goes down.
    """
    if is_remote(path):
        with NamedTemporaryFile() as local:  # an upload that breaks off leaves nothing
            yield local  # type: ignore[misc]  # a wrapper that behaves as one
            local.flush()
            with answering(path, t("cannot be written")):
                filesystem(path).put_file(local.name, object_key(path))
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as sink:
        yield sink
        if lasting:
            sink.flush()
            os.fsync(sink.fileno())


def sync(path: Path) -> None:
    """Waits until a file or folder of this machine is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def file_digest(path: Path) -> str:
    """The SHA-256 of a file, 64 hexadecimal digits: the `document_id` of a PDF."""
    if not is_remote(path):
        with open_regular(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    with answering(path, t("cannot be read")), filesystem(path).open(object_key(path)) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def create_file(path: Path, data: bytes) -> None:
    """Creates a small file in a bucket. Raises `FileExistsError` when it exists."""
    with answering(path, t("cannot be written")):
        filesystem(path).pipe_file(object_key(path), data, mode="create")


def list_files(folder: Path) -> dict[Path, datetime]:
    """All files below an address with their modification times; none when there is no such folder."""
    return {path: _put_at(entry) for path, entry in _found(folder)}


def sizes(folder: Path) -> dict[Path, tuple[int, int]]:
    """All files below an address with their sizes in bytes and modification times in nanoseconds."""
    return {path: (entry["size"], round(_put_at(entry).timestamp() * 10**9)) for path, entry in _found(folder)}


def _found(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    with answering(folder, t("cannot be listed"), ()):
        found = filesystem(folder).find(object_key(folder), detail=True)
    for name, entry in found.items():
        yield Path(folder.parts[0], name), entry


def _put_at(entry: dict[str, Any]) -> datetime:
    put: datetime = next(entry[name] for name in ("LastModified", "last_modified", "mtime", "created") if name in entry)
    return put


def remove_files(paths: Iterable[Path]) -> None:
    """Removes files of a bucket; files that do not exist are ignored."""
    found = list(paths)
    if found:
        with suppress(FileNotFoundError), answering(found[0], t("cannot be removed")):
            filesystem(found[0]).rm([object_key(path) for path in found])


@contextmanager
def local_copy(path: Path) -> Iterator[Path]:
    """A local file with the same name and content: the file itself, or a copy that is removed when the block ends."""
    if not is_remote(path):
        yield path
        return
    with TemporaryDirectory() as folder:
        copy = Path(folder, path.name)
        with answering(path, t("cannot be read")):
            filesystem(path).get_file(object_key(path), str(copy))
        yield copy


def exists(path: Path) -> bool:
    """Whether the file exists."""
    if not is_remote(path):
        return path.exists()
    with answering(path, t("cannot be found")):
        return bool(filesystem(path).exists(object_key(path)))


@contextmanager
def atomic_writer(path: Path, *, lasting: bool = True) -> Iterator[BinaryIO]:
    """Atomic write: readers see the old file until the block ends. `lasting` as for `durable_writer`."""
    if is_remote(path):
        with durable_writer(path) as sink:
            yield sink
        return
    part = path.with_suffix(f".{os.getpid()}{TEMPORARY}")
    with durable_writer(part, lasting=lasting) as sink:
        yield sink
    part.replace(path)


def same_bytes(one: Path, other: Path) -> bool:
    """Whether both are the same file or have the same bytes; files of an object store are not read to compare them."""
    if is_remote(one) or is_remote(other):
        return one == other
    return one.samefile(other) or filecmp.cmp(one, other, shallow=False)
