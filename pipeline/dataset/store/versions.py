"""Finds, pins and locks the versions of the dataset at a folder or address."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.dataset.errors import DatasetError
from pipeline.dataset.store.buckets import Bucket
from pipeline.dataset.store.folders import Folder
from pipeline.dataset.store.model import Store, Version
from pipeline.dataset.store.paths import display, is_remote
from pipeline.messages import t

BEFORE = "before"
"""Names the version before the current one, as in `data/processed@before`."""


def store_of(out: Path) -> Store:
    """The store of the dataset at `out`."""
    return Bucket(out) if is_remote(out) else Folder(out)


def current_version(out: Path) -> Version | None:
    """The current version, or None when nothing has landed."""
    return store_of(out).current()


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Locks the dataset for one writing process and removes unfinished files of killed ones.

    Raises `DatasetBusyError` when another process writes. The lock dies with its process; children made by `fork`
    share it.
    """
    with store_of(out).locked():
        yield


def pin(out: Path) -> tuple[Version, Callable[[], object]]:
    """The current version, and a function that releases it: until then its files stay.

    Raises `DatasetError` when nothing has landed at `out`.
    """
    store, missed = store_of(out), None
    while (version := store.current()) is not None and version != missed:
        missed = version  # it was replaced and removed meanwhile: look again
        if (release := store.pin(version)) is not None:
            return version, release
    if store.current() is None and (single := store.single()) is not None:  # a copy without its links
        return single, _nothing
    place = display(out)
    if store.current() is None and (numbers := store.numbers()):
        link = f"ln -s .versions/{numbers[-1]} {place}/current"
        raise DatasetError(
            "dataset.link", t("{place} is a dataset that was copied without its links: {link}", place=place, link=link)
        )
    raise DatasetError(
        "dataset.missing",
        t("there is no dataset at {place}: run `budget-forms ingest --out {place}` first", place=place),
    )


def _nothing() -> None:
    """Releases a version that no lock protects."""


@contextmanager
def pinned(out: Path) -> Iterator[Version]:
    """The current version; its files stay until the block ends."""
    version, release = pin(out)
    try:
        yield version
    finally:
        release()


@contextmanager
def pinned_named(text: str) -> Iterator[Version]:
    """The version with a name that a person typed; its files stay until the block ends.

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
            raise DatasetError(
                "dataset.version", t("there is no version {text}: there are {there}", text=text, there=there)
            )
        try:
            yield named
        finally:
            release()


@contextmanager
def pinned_before(out: Path, version: Version) -> Iterator[Version | None]:
    """The version before `version`, or None when it has been removed; its files stay until the block ends."""
    store = store_of(out)
    before = store.numbered(version.number - 1)
    release = store.pin(before) if before is not None else None
    try:
        yield before if release is not None else None
    finally:
        if release is not None:
            release()
