"""Whole versions of a dataset, each made current in one step.

A version is a number and a list of files that never change. On a disk it is a folder that a link leads to (`folders`),
on an object store a manifest that names its files (`buckets`); nothing else needs to know which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

from pipeline.dataset.errors import DatasetError
from pipeline.dataset.store.paths import durable, is_remote, shown

PARTITION_FOLDER = "fiscal_year="
NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
PART = "part-0.parquet"
BEFORE = "before"
"""Names the version before the current one, as in `data/processed@before`."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version: its number (the first is 1, each later one its predecessor's plus 1), and where each file lies by
    its name, for instance `forms/fiscal_year=2023/part-0.parquet`."""

    number: int
    files: dict[str, Path] = field(default_factory=dict)

    def part(self, table: str, year: int | None) -> Path | None:
        """The file of one partition, if the version has it; the year None is the null partition."""
        return self.files.get(part_name(table, year))

    def years(self, table: str) -> tuple[int | None, ...]:
        """The partitions that a table has, in the order of their names."""
        begin = f"{table}/{PARTITION_FOLDER}"
        files = list(self.files)  # of one moment: threads add to those of a draft
        names = sorted(name for name in files if name.startswith(begin) and name.endswith(PART))
        years = (name.removeprefix(begin).removesuffix(f"/{PART}") for name in names)
        return tuple(None if year == NULL_PARTITION else int(year) for year in years)

    def parts(self, table: str) -> list[Path]:
        """The files of a table."""
        return [self.files[part_name(table, year)] for year in self.years(table)]


@dataclass(frozen=True, slots=True)
class Draft(Version):
    """A version that is being built: what has been written or taken over so far."""

    def write(self, name: str) -> AbstractContextManager[BinaryIO]:
        """A new file of the version, which is there when the block ends."""
        self.files[name] = path = self.place(name)
        return durable(path)

    def place(self, name: str) -> Path:
        """Where a new file is to lie."""
        raise NotImplementedError

    def keep(self, name: str, old: Path) -> None:
        """Takes over an unchanged file of the version before."""
        raise NotImplementedError


def part_name(table: str, year: int | None) -> str:
    """The name of a partition's file within a version."""
    return f"{table}/{PARTITION_FOLDER}{NULL_PARTITION if year is None else year}/{PART}"


class Store(Protocol):
    """Where the versions of one dataset are kept."""

    def current(self) -> Version | None:
        """The current version, or None when nothing has landed."""

    def numbers(self) -> list[int]:
        """The numbers of all versions that are there, in order."""

    def numbered(self, number: int) -> Version | None:
        """The version of a number, if it is there."""

    def single(self) -> Version | None:
        """The version that lies here by itself, as a copy does; None when there is none."""

    def locked(self) -> AbstractContextManager[None]:
        """Keeps others from landing meanwhile, as far as that is possible, and clears what a killed run left."""

    def draft(self, previous: Version | None) -> AbstractContextManager[Draft]:
        """The version after the `previous` one, which becomes current when the block ends without an error.

        Raises `DatasetBusyError` when another one has become current meanwhile.
        """

    def fix_links(self, names: list[str]) -> None:
        """Makes `OUT/<name>` lead into the current version, where there are links."""

    def pin(self, version: Version) -> Callable[[], object] | None:
        """Keeps a version from being removed until the function is called; None when it is gone already."""

    def clean(self) -> None:
        """Removes unfinished files and versions that nobody can be reading. Needs the lock."""


def store_of(out: Path) -> Store:
    """The store of the dataset at `out`."""
    if is_remote(out):
        from pipeline.dataset.store.buckets import Bucket

        return Bucket(out)
    from pipeline.dataset.store.folders import Folder

    return Folder(out)


def current_version(out: Path) -> Version | None:
    """The current version, or None when nothing has landed."""
    return store_of(out).current()


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Holds the dataset for one writing process and clears what a killed one left behind.

    Raises `DatasetBusyError` when another process writes. The lock dies with its process; children made by `fork`
    share it.
    """
    with store_of(out).locked():
        yield


def pin(out: Path) -> tuple[Version, Callable[[], object]]:
    """The current version, which stays until the function that comes with it is called.

    Raises `DatasetError` when nothing has landed at `out`.
    """
    store, missed = store_of(out), None
    while (version := store.current()) is not None and version != missed:
        missed = version  # replaced and removed since it was found: look again
        if (release := store.pin(version)) is not None:
            return version, release
    told = shown(out)
    raise DatasetError(
        "dataset.missing", f"there is no dataset at {told}: run `budget-forms ingest --out {told}` first"
    )


@contextmanager
def pinned(out: Path) -> Iterator[Version]:
    """The current version, which stays until the block ends."""
    version, release = pin(out)
    try:
        yield version
    finally:
        release()


@contextmanager
def pinned_named(text: str) -> Iterator[Version]:
    """The version that a person names, which stays until the block ends.

    `text` is the folder of a dataset (its current version), that folder with a version (`data/processed@6`,
    `data/processed@before` for the one before the current), or the folder of a single version, such as a copy.
    Raises `DatasetError` when it is not there.
    """
    whole = "@" not in text or Path(text).exists()
    out, _, number = (text, "", "") if whole else text.rpartition("@")
    store = store_of(Path(out or text))
    if not number and store.current() is None and (single := store.single()) is not None:
        yield single
        return
    with pinned(Path(out or text)) as current:
        if not number:
            yield current
            return
        wanted = current.number - 1 if number == BEFORE else int(number) if number.isdecimal() else 0
        named = store.numbered(wanted)
        release = store.pin(named) if named is not None else None
        if named is None or release is None:
            there = ", ".join(f"{out}@{known}" for known in store.numbers())
            raise DatasetError("dataset.version", f"there is no version {text}: there are {there}")
        try:
            yield named
        finally:
            release()


@contextmanager
def pinned_before(out: Path, version: Version) -> Iterator[Version | None]:
    """The version before another one, which stays until the block ends; None when it is not there any more."""
    store = store_of(out)
    before = store.numbered(version.number - 1)
    release = store.pin(before) if before is not None else None
    try:
        yield before if release is not None else None
    finally:
        if release is not None:
            release()
