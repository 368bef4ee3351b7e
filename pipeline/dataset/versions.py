"""Whole versions of a dataset, swapped by one atomic rename.

    OUT/.versions/7/…          one whole version: tables, datapackage.json, ledger.parquet
    OUT/current                -> .versions/7      replaced by an atomic rename
    OUT/forms, OUT/…           -> current/forms    fixed
    OUT/.lock                  held by the one process that writes

A reader that opened a version keeps it: the version before the current one stays, and so does any that a reader has
pinned. On an object store, which has neither links nor renames, the same promise would hold with a manifest: files
under names that are never reused, and one small object that lists the files of the current version, replaced by a
conditional put.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.dataset import datapackage, staging
from pipeline.dataset.errors import DatasetError, writing
from pipeline.dataset.locks import ADVICE, take_lock

CURRENT = "current"
FOLDER = ".versions"
LOCK = ".lock"
PIN = datapackage.FILE_NAME  # written anew for every version, so a lock on it is a lock on the version
TEMPORARY = ".tmp"
BEFORE = "before"
"""Names the version before the current one, as in `data/processed@before`."""


def current_version(out: Path) -> Path | None:
    """The folder of the current version, or None when nothing has landed."""
    try:
        return out / os.readlink(out / CURRENT)
    except OSError:
        return None


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Holds the dataset for one writing process and clears what a killed one left behind.

    Raises `DatasetBusyError` when another process writes. The lock dies with its process; children made by `fork`
    share it.
    """
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
        handle = take_lock(out / LOCK, f"writing the dataset at {out}", f"{ADVICE} (--out)")
    try:
        with writing(out):
            clean(out)
        yield
    finally:
        os.close(handle)


@contextmanager
def new_version(out: Path) -> Iterator[Path]:
    """A folder to build the next version in; it becomes current when the block ends without an error."""
    number = max((int(path.name) for path in _versions(out)), default=0) + 1
    final = out / FOLDER / str(number)
    building = final.with_suffix(TEMPORARY)
    building.mkdir(parents=True)
    yield building
    building.rename(final)
    _sync_folder(final.parent)
    swap = out / f"{CURRENT}{TEMPORARY}"
    swap.symlink_to(Path(FOLDER, final.name))
    swap.replace(out / CURRENT)
    _sync_folder(out)


def fix_links(out: Path, names: list[str]) -> None:
    """Makes `OUT/<name>` lead into the current version; raises `DatasetError` when something else is in the way."""
    for name in names:
        link, target = out / name, Path(CURRENT, name)
        if not link.is_symlink():
            if link.exists():
                raise DatasetError(
                    "dataset.in_the_way",
                    f"{link} is in the way and is not part of a dataset: move it, or choose another folder (--out)",
                )
            link.symlink_to(target)


def clean(out: Path) -> None:
    """Removes unfinished files and versions that nobody can be reading. Needs the lock."""
    (out / f"{CURRENT}{TEMPORARY}").unlink(missing_ok=True)
    staging.clear_temporary(out)
    for unfinished in (out / FOLDER).glob(f"*{TEMPORARY}"):
        shutil.rmtree(unfinished)
    ordered, current = _versions(out), current_version(out)
    if current in ordered:
        kept = ordered.index(current)
        for version in [*ordered[: max(kept - 1, 0)], *ordered[kept + 1 :]]:
            _remove_unless_pinned(version)


def pin(out: Path) -> tuple[Path, int]:
    """The current version and a file handle that keeps it from being removed until it is closed.

    Raises `DatasetError` when nothing has landed at `out`.
    """
    missed = None
    while (version := current_version(out)) is not None and version != missed:
        missed = version  # replaced and removed since `current` was read: look again
        if (handle := _pin(version)) is not None:
            return version, handle
    raise DatasetError("dataset.missing", f"there is no dataset at {out}: run `budget-forms ingest --out {out}` first")


def _pin(version: Path) -> int | None:
    with suppress(FileNotFoundError):
        handle = os.open(version / PIN, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_SH)
        if os.fstat(handle).st_nlink:
            return handle
        os.close(handle)
    return None


@contextmanager
def pinned(out: Path) -> Iterator[Path]:
    """The current version, which stays until the block ends."""
    version, handle = pin(out)
    try:
        yield version
    finally:
        os.close(handle)


@contextmanager
def pinned_named(text: str) -> Iterator[Path]:
    """The version that a person names, which stays until the block ends.

    `text` is the folder of a dataset (its current version), that folder with a version (`data/processed@6`,
    `data/processed@before` for the one before the current), or the folder of a single version, such as a copy.
    Raises `DatasetError` when it is not there.
    """
    out, _, number = (text, "", "") if Path(text).exists() else text.rpartition("@")
    folder = Path(out or text)
    if not number and current_version(folder) is None and (folder / PIN).is_file():
        yield folder
        return
    with pinned(folder) as current:
        if not number:
            yield current
            return
        wanted = str(version_number(current) - 1) if number == BEFORE else number
        handle = _pin(current.with_name(wanted)) if wanted.isdecimal() else None
        if handle is None:
            there = ", ".join(f"{folder}@{path.name}" for path in _versions(folder))
            raise DatasetError("dataset.version", f"there is no version {text}: there are {there}")
        try:
            yield current.with_name(wanted)
        finally:
            os.close(handle)


@contextmanager
def pinned_before(version: Path) -> Iterator[Path | None]:
    """The version before another one, which stays until the block ends; None when it is not there any more."""
    before = version.with_name(str(version_number(version) - 1))
    handle = _pin(before)
    try:
        yield None if handle is None else before
    finally:
        if handle is not None:
            os.close(handle)


def version_number(version: Path) -> int:
    """The number of a version's folder; the first one is 1, each later one its predecessor's plus 1."""
    return int(version.name)


def _versions(out: Path) -> list[Path]:
    found = [path for path in (out / FOLDER).glob("*") if path.name.isdecimal()]
    return sorted(found, key=lambda path: int(path.name))


def _remove_unless_pinned(version: Path) -> None:
    handle = os.open(version / PIN, os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # renamed first: a version is there whole or not at all
        shutil.rmtree(version.rename(version.with_suffix(TEMPORARY)))
    except BlockingIOError:
        pass
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
