"""Versions on a local disk, swapped by one atomic rename.

    OUT/.versions/7/…          one whole version: tables, datapackage.json, ledger.parquet
    OUT/current                -> .versions/7      replaced by an atomic rename
    OUT/forms, OUT/…           -> current/forms    fixed
    OUT/.lock                  held by the one process that writes

A reader that opened a version keeps it: the version before the current one stays, and so does any that a reader has
pinned.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pipeline.dataset.contract import datapackage
from pipeline.dataset.errors import DatasetError, damaged, writing
from pipeline.dataset.store.locks import ADVICE, take_lock
from pipeline.dataset.store.model import Draft, Version
from pipeline.dataset.store.paths import sync
from pipeline.messages import system_reason, t
from pipeline.regular_file import NotRegularError, check_regular

CURRENT = "current"
FOLDER = ".versions"
LOCK = ".lock"
PIN = datapackage.FILE_NAME  # written anew for every version, so a lock on it is a lock on the version
TEMPORARY = ".tmp"
UNFINISHED = (f".staging/*/*{TEMPORARY}", f"reports/*{TEMPORARY}", f".inputs.*{TEMPORARY}")
"""Patterns of unfinished files outside of versions, left by a killed process: staged documents, reports, and the record
of input folders."""


@dataclass(frozen=True, slots=True)
class Folder:
    """The dataset below a folder."""

    out: Path

    def current(self) -> Version | None:
        try:
            return self.numbered(int(Path(os.readlink(self.out / CURRENT)).name))
        except OSError:
            return None

    def numbers(self) -> list[int]:
        return sorted(int(path.name) for path in (self.out / FOLDER).glob("*") if path.name.isdecimal())

    def numbered(self, number: int) -> Version | None:
        folder = self.out / FOLDER / str(number)
        return _version(folder, number) if folder.is_dir() else None

    def single(self) -> Version | None:
        if not (self.out / PIN).is_file():
            return None
        files = _version(self.out, 0).files  # a dataset copied with its links followed has more than one version
        return Version(0, {n: p for n, p in files.items() if not n.startswith((".", f"{CURRENT}/", "reports/"))})

    @contextmanager
    def locked(self) -> Iterator[None]:
        with writing(self.out):
            self.out.mkdir(parents=True, exist_ok=True)
            handle = take_lock(
                self.out / LOCK,
                t("writing the dataset at {out}", out=self.out),
                t("{advice} ({option})", advice=ADVICE, option="--out"),
            )
        try:
            with writing(self.out):
                self.clean()
            yield
        finally:
            os.close(handle)

    @contextmanager
    def draft(self, previous: Version | None) -> Iterator[Draft]:
        number = previous.number + 1 if previous is not None else 1
        final = self.out / FOLDER / str(number)
        building = final.with_suffix(TEMPORARY)
        building.mkdir(parents=True)
        yield _FolderDraft(number, folder=building)
        if final.exists():  # a run was killed after it had named its version and before it was current
            shutil.rmtree(final)
        building.rename(final)
        sync(final.parent)
        swap = self.out / f"{CURRENT}{TEMPORARY}"
        swap.symlink_to(Path(FOLDER, final.name))
        swap.replace(self.out / CURRENT)
        sync(self.out)

    def fix_links(self, names: list[str]) -> None:
        for name in names:
            link, target = self.out / name, Path(CURRENT, name)
            if not link.is_symlink():
                if link.exists():
                    raise DatasetError(
                        "dataset.in_the_way",
                        t(
                            "{link} is in the way and is not part of a dataset: move it, or choose another "
                            "folder (--out)",
                            link=link,
                        ),
                    )
                link.symlink_to(target)

    def pin(self, version: Version) -> Callable[[], object] | None:
        with suppress(FileNotFoundError):
            handle = os.open(self.out / FOLDER / str(version.number) / PIN, os.O_RDONLY)
            fcntl.flock(handle, fcntl.LOCK_SH)
            if os.fstat(handle).st_nlink:
                return partial(os.close, handle)
            os.close(handle)
        return None

    def clean(self) -> None:
        (self.out / f"{CURRENT}{TEMPORARY}").unlink(missing_ok=True)
        for pattern in UNFINISHED:
            for file in self.out.glob(pattern):
                file.unlink(missing_ok=True)
        for unfinished in (self.out / FOLDER).glob(f"*{TEMPORARY}"):
            shutil.rmtree(unfinished)
        if (current := self.current()) is not None:
            for number in set(self.numbers()) - {current.number, current.number - 1}:
                _remove_unless_pinned(self.out / FOLDER / str(number))


@dataclass(frozen=True, slots=True)
class _FolderDraft(Draft):
    """A version in a folder that is not current yet."""

    folder: Path = field(kw_only=True)

    def place(self, name: str) -> Path:
        return self.folder / name

    def keep(self, name: str, old: Path) -> None:
        """Hard-links the file; copies it where the file system has no links."""
        self.files[name] = new = self.place(name)
        new.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(old, new)
        except OSError:
            shutil.copyfile(old, new)


def _version(folder: Path, number: int) -> Version:
    """The files of a version. Raises `DatasetError` for a pipe, device or socket, which readers would wait for."""
    files = [Path(parent, name) for parent, _, names in os.walk(folder) for name in names]
    for path in files:
        try:
            check_regular(path.stat().st_mode)
        except NotRegularError as error:
            raise damaged(path, system_reason(error)) from error
        except OSError:
            pass  # another process has removed it, or whoever reads it tells what is wrong
    return Version(number, {path.relative_to(folder).as_posix(): path for path in files})


def _remove_unless_pinned(version: Path) -> None:
    handle = os.open(version / PIN, os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # renamed first, so that no version is ever incomplete
        shutil.rmtree(version.rename(version.with_suffix(TEMPORARY)))
    except BlockingIOError:
        pass
    finally:
        os.close(handle)
