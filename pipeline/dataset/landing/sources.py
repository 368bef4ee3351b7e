"""The PDFs below the raw folder."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from stat import S_IFDIR
from typing import BinaryIO

from pipeline.dataset.errors import SourceError
from pipeline.dataset.store.paths import file_digest, is_remote, sizes
from pipeline.file_names import escaped, readable
from pipeline.messages import Text, system_reason, t
from pipeline.regular_file import NotRegularError, check_regular, open_regular

YEAR = re.compile(r"(?<![0-9A-Za-z])20\d\d(?![0-9A-Za-z])")
CHANGED = t("the file changed while it was read: run again")
_BLOCK = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Found:
    """A PDF file as it lies in the raw folder; `source_path` is its printable path below it."""

    path: Path
    source_path: str
    size: int
    mtime_ns: int

    def digest(self) -> str:
        """The SHA-256 of the bytes, hexadecimal: the document_id.

        Raises `OSError`, also when the file is not as it was found.
        """
        if is_remote(self.path):
            return file_digest(self.path)
        with open_regular(self.path) as file:
            self._check_unchanged(file)
            # no byte more than there were: a file that grows, or one of /proc that claims to be empty, may not end
            digest = hashlib.sha256()
            left = self.size
            while left and (block := file.read(min(left, _BLOCK))):
                digest.update(block)
                left -= len(block)
            self._check_unchanged(file)
        return digest.hexdigest()

    def _check_unchanged(self, file: BinaryIO) -> None:
        now = os.fstat(file.fileno())
        if (now.st_size, now.st_mtime_ns) != (self.size, self.mtime_ns):
            raise OSError(0, CHANGED)


@dataclass(frozen=True, slots=True)
class Source:
    """A PDF file whose bytes are known."""

    path: Path
    source_path: str
    size: int
    mtime_ns: int
    document_id: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file or folder that cannot be opened, and why."""

    source_path: str
    reason: Text


def find_pdfs(raw: Path) -> tuple[list[Found], list[Unreadable]]:
    """All PDFs below `raw` by path, without hidden ones, and the files and folders that cannot be opened.

    Raises `SourceError` when `raw` is missing or no folder.
    """
    if is_remote(raw):
        return _find_remote(raw), []
    if not raw.is_dir():
        what = t("is not a folder") if raw.exists() else t("does not exist")
        raise SourceError(
            "source.folder",
            t("the folder of PDFs {raw} {what}: create it, or name another one (--raw)", raw=raw, what=what),
        )
    found: list[Found] = []
    unreadable: list[Unreadable] = []
    for entry in _walk(raw, unreadable):
        name = _printable(entry, raw)
        try:
            seen = os.stat(entry)
            check_regular(seen.st_mode)
        except OSError as error:
            unreadable.append(Unreadable(name, system_reason(error)))
            continue
        found.append(Found(Path(entry), name, seen.st_size, seen.st_mtime_ns))
    return sorted(found, key=lambda f: f.source_path), unreadable


def _find_remote(raw: Path) -> list[Found]:
    found = []
    for path, (size, put_at) in sizes(raw).items():
        below = path.relative_to(raw)
        if path.suffix.lower() == ".pdf" and not any(part.startswith(".") for part in below.parts):
            found.append(Found(path, below.as_posix(), size, put_at))
    return sorted(found, key=lambda f: f.source_path)


def _walk(raw: Path, unreadable: list[Unreadable]) -> Iterator[str]:
    def failed(error: OSError) -> None:
        unreadable.append(Unreadable(_printable(error.filename, raw), system_reason(error)))

    entered = set()
    for folder, below, names in os.walk(raw, onerror=failed, followlinks=True):
        entered.add(os.path.realpath(folder))
        below[:] = [b for b in below if not b.startswith(".") and os.path.realpath(f"{folder}/{b}") not in entered]
        unreadable += [
            Unreadable(_printable(f"{folder}/{name}", raw), system_reason(NotRegularError(S_IFDIR)))
            for name in below
            if name.lower().endswith(".pdf")
        ]
        for name in names:
            if name.lower().endswith(".pdf") and not name.startswith("."):
                yield f"{folder}/{name}"


def _printable(path: str, raw: Path) -> str:
    """The path below `raw`, escaped."""
    return escaped(os.path.relpath(path, raw))


def year_in_path(source_path: str) -> int | None:
    """The year that a path names, if it names exactly one."""
    years = set(YEAR.findall(readable(source_path)))
    return int(years.pop()) if len(years) == 1 else None
