"""The folders that the last run of a dataset used: `OUT/.inputs.json`.

A version holds nothing about the machine, so this file stands beside the versions. Folders of this machine are stored
relative to the dataset, so that a project may be moved as a whole.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, fields
from pathlib import Path

from pipeline.dataset.errors import writing
from pipeline.dataset.store.paths import absolute, atomic_writer, display, is_remote, read_bytes

FILE_NAME = ".inputs.json"


@dataclass(frozen=True, slots=True)
class InputFolders:
    """The folders of PDFs, of corrections, and of layouts and labels of one's own; None where no run had any."""

    raw: Path | None = None
    corrections: Path | None = None
    schemas: Path | None = None


def read_input_folders(out: Path) -> InputFolders:
    """The folders of the last run of the dataset at `out`. Without a file, or with a damaged one, there are none."""
    try:
        stored = json.loads(read_bytes(out / FILE_NAME))
        return InputFolders(**{field.name: _loaded(out, stored.get(field.name)) for field in fields(InputFolders)})
    except (OSError, ValueError, AttributeError, TypeError):
        return InputFolders()


def write_input_folders(out: Path, folders: InputFolders) -> None:
    """Records the folders. Raises `DatasetError` when the dataset cannot be written."""
    stored = {field.name: _stored(out, getattr(folders, field.name)) for field in fields(folders)}
    data = (json.dumps(stored) + "\n").encode()
    try:
        if read_bytes(out / FILE_NAME) == data:
            return
    except OSError:
        pass  # there is none yet
    with writing(out), atomic_writer(out / FILE_NAME) as sink:
        sink.write(data)


def _stored(out: Path, folder: Path | None) -> str | None:
    if folder is None or is_remote(folder):
        return None if folder is None else display(folder)
    return str(absolute(folder)) if is_remote(out) else os.path.relpath(folder.resolve(), out.resolve())


def _loaded(out: Path, stored: str | None) -> Path | None:
    """The folder, relative to the working directory where it lies below it."""
    if stored is None:
        return None
    folder = Path(stored)
    if is_remote(folder):
        return folder
    if not is_remote(out):
        folder = Path(os.path.normpath(out.resolve() / folder))
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder
