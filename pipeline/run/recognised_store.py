"""What was read of scanned pages, kept on disk: a page is recognised once, however often documents are read again."""

from __future__ import annotations

from pathlib import Path

from pipeline.dataset.errors import writing
from pipeline.dataset.store.paths import atomic_writer, read_bytes

FOLDER = ".recognised"


class FolderStore:
    """Files below `OUT/.recognised`, named by what they hold. May be removed at any time, for the time it saves."""

    def __init__(self, out: Path) -> None:
        self._out = out

    def load(self, name: str) -> bytes | None:
        """What was kept under a name, or None."""
        try:
            return read_bytes(self._path(name))
        except OSError:
            return None

    def save(self, name: str, data: bytes) -> None:
        """Keeps `data`, whole or not at all. Raises `DatasetError` when the folder cannot be written."""
        with writing(self._out), atomic_writer(self._path(name)) as sink:
            sink.write(data)

    def _path(self, name: str) -> Path:
        return self._out / FOLDER / name[:2] / name
