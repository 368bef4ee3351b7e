"""A version of a dataset, and the interface of the stores that keep versions.

A version is a number and a list of files that never change. On a disk it is a folder that a link leads to (`folders`),
on an object store a manifest that names its files (`buckets`); no other module needs to know which.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

from pipeline.dataset.store.paths import durable_writer

PARTITION_FOLDER = "fiscal_year="
NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
PART = "part-0.parquet"


@dataclass(frozen=True, slots=True)
class Version:
    """One version: its number (from 1) and the path of each file by its name in the version, for instance
    `forms/fiscal_year=2023/part-0.parquet`."""

    number: int
    files: dict[str, Path] = field(default_factory=dict)

    def part(self, table: str, year: int | None) -> Path | None:
        """The file of one partition, or None; the year None is the null partition."""
        return self.files.get(part_name(table, year))

    def years(self, table: str) -> tuple[int | None, ...]:
        """The fiscal years of a table's partitions, in the order of the folder names."""
        begin = f"{table}/{PARTITION_FOLDER}"
        files = list(self.files)  # a copy: other threads add files to a draft
        names = sorted(name for name in files if name.startswith(begin) and name.endswith(PART))
        years = (name.removeprefix(begin).removesuffix(f"/{PART}") for name in names)
        return tuple(None if year == NULL_PARTITION else int(year) for year in years)

    def parts(self, table: str) -> list[Path]:
        """The files of a table."""
        return [self.files[part_name(table, year)] for year in self.years(table)]


@dataclass(frozen=True, slots=True)
class Draft(Version):
    """A version that is being built; `files` are those written or kept so far."""

    def write(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Opens a new file of the version; it is on the disk when the block ends."""
        self.files[name] = path = self.place(name)
        return durable_writer(path)

    def place(self, name: str) -> Path:
        """The path of a new file."""
        raise NotImplementedError

    def keep(self, name: str, old: Path) -> None:
        """Keeps an unchanged file of the version before."""
        raise NotImplementedError


def part_name(table: str, year: int | None) -> str:
    """The name of a partition's file within a version."""
    return f"{table}/{PARTITION_FOLDER}{NULL_PARTITION if year is None else year}/{PART}"


class Store(Protocol):
    """The place that keeps the versions of one dataset."""

    def current(self) -> Version | None:
        """The current version, or None when nothing has landed."""

    def numbers(self) -> list[int]:
        """The numbers of all existing versions, in order."""

    def numbered(self, number: int) -> Version | None:
        """The version with this number, or None."""

    def single(self) -> Version | None:
        """The version whose files lie directly in the folder, such as a copy of one version, or None."""

    def locked(self) -> AbstractContextManager[None]:
        """Keeps others from landing, where the store has locks, and removes unfinished files of killed runs."""

    def draft(self, previous: Version | None) -> AbstractContextManager[Draft]:
        """A new version after `previous`; it becomes current when the block ends without an error.

        Raises `DatasetBusyError` when another one has become current meanwhile.
        """

    def fix_links(self, names: list[str]) -> None:
        """Links `OUT/<name>` to the current version, where the store has links."""

    def pin(self, version: Version) -> Callable[[], object] | None:
        """Keeps a version until the returned function is called; None when it was removed already."""

    def clean(self) -> None:
        """Removes unfinished files and versions without readers. Needs the lock."""
