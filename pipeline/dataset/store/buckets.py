"""Versions on an object store, which has neither links nor renames nor locks.

    OUT/data/00000007-3f…/forms/fiscal_year=2023/part-0.parquet    written once, under a name that is never used again
    OUT/manifests/00000007.json                                    the files of version 7, wherever they lie

A manifest is written only if no manifest with its number exists. So a version is complete or absent, and when two runs
land at the same time, one fails, keeps its staged documents and asks to run again. The current version is the one with
the highest number: listings of an object store are never out of date. Unchanged files are listed again, not copied.

Readers cannot lock a version in an object store. Files that no version lists, and replaced versions, are therefore
removed only after a day.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

from pipeline.dataset.errors import DatasetBusyError, writing
from pipeline.dataset.store.model import Draft, Version
from pipeline.dataset.store.paths import create_file, display, list_files, read_bytes, remove_files
from pipeline.messages import t

DATA, MANIFESTS = "data", "manifests"
GRACE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Bucket:
    """The dataset below an address."""

    out: Path

    def current(self) -> Version | None:
        while numbers := self.numbers():
            if (version := self.numbered(numbers[-1])) is not None:  # None when it has been removed since
                return version
        return None

    def numbers(self) -> list[int]:
        return sorted(_number(path) for path in list_files(self.out / MANIFESTS))

    def numbered(self, number: int) -> Version | None:
        try:
            listed = json.loads(read_bytes(self._manifest(number)))
        except FileNotFoundError:
            return None
        return Version(number, {name: self.out / DATA / place for name, place in listed["files"].items()})

    def single(self) -> Version | None:
        return None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Takes no lock: of two runs, the one that lands second is refused."""
        with writing(self.out):
            self.clean()
        yield

    @contextmanager
    def draft(self, previous: Version | None) -> Iterator[Draft]:
        number = previous.number + 1 if previous is not None else 1
        draft = _BucketDraft(number, folder=self.out / DATA / f"{number:08d}-{uuid4().hex}")
        try:
            yield draft
            files = {name: path.relative_to(self.out / DATA).as_posix() for name, path in sorted(draft.files.items())}
            create_file(self._manifest(number), json.dumps({"version": number, "files": files}, indent=1).encode())
        except FileExistsError as error:
            draft.drop()
            raise DatasetBusyError(
                "dataset.busy",
                t("another run has landed at {out} meanwhile: run again; what was read is kept", out=display(self.out)),
            ) from error
        except BaseException:
            draft.drop()
            raise

    def fix_links(self, names: list[str]) -> None:
        """Does nothing: the manifest holds the places of the files."""

    def pin(self, version: Version) -> Callable[[], object]:
        """Does nothing: a version stays for a day after it has been replaced."""
        return lambda: None

    def clean(self) -> None:
        old = datetime.now(UTC) - GRACE
        manifests = {_number(path): seen for path, seen in list_files(self.out / MANIFESTS).items()}
        numbers = sorted(manifests)
        replaced = [n for n, successor in pairwise(numbers[:-1]) if manifests[successor] < old]
        remove_files(self._manifest(number) for number in replaced)
        kept = [self.numbered(number) for number in numbers if number not in replaced]
        listed = {path for version in kept if version is not None for path in version.files.values()}
        files = list_files(self.out / DATA)
        remove_files(path for path, seen in files.items() if path not in listed and seen < old)

    def _manifest(self, number: int) -> Path:
        return self.out / MANIFESTS / f"{number:08d}.json"


@dataclass(frozen=True, slots=True)
class _BucketDraft(Draft):
    """A new version without a manifest."""

    folder: Path = field(kw_only=True)

    def place(self, name: str) -> Path:
        return self.folder / name

    def keep(self, name: str, old: Path) -> None:
        self.files[name] = old

    def drop(self) -> None:
        """Removes the files written so far; `clean` removes the others after a day."""
        with suppress(Exception):
            remove_files(list_files(self.folder))


def _number(manifest: Path) -> int:
    return int(manifest.stem)
