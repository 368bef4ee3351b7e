"""A version of a dataset, and the interface of the stores that keep versions.

A version is a number and a list of files that never change. On a disk it is a folder that a link leads to (`folders`),
on an object store a manifest that names its files (`buckets`); nothing else needs to know which.
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
        return durable_writer(path)

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
