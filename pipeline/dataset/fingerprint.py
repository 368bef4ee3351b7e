"""What a document was read with: a digest that changes whenever reading it again could give something else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable

READERS = {"mupdf": ("pymupdf",), "pdfplumber": ("pdfplumber", "pdfminer.six")}
NOT_READING = {
    "dataset",
    "report",
    "ingest",
    "cli",
    "fetch",
    "publish",
    "serve",
    "query",
    "export",
    "review",
    "settings",
    "opened",
    "catalogue.toml",
}
"""Parts of the package that decide nothing about what is read; a part not listed counts as reading, to be safe."""


@cache
def pipeline_fingerprint(reader: str) -> str:
    """16 hexadecimal digits over the reading code, everything under `schemas/`, the reader and its packages."""
    digest = hashlib.sha256(reader.encode())
    for package in READERS[reader]:
        digest.update(f"{package}={_version(package)}\0".encode())
    for folder, suffixes in (("pipeline", (".py",)), ("schemas", ())):
        for path, file in _walk(files(folder), folder):
            if path.endswith(suffixes or "") and path.split("/")[1].removesuffix(".py") not in NOT_READING:
                data = file.read_bytes()
                digest.update(f"{path}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()[:16]


def _walk(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        below = f"{path}/{entry.name}"
        if entry.is_file() and not entry.name.endswith(".pyc"):
            yield below, entry
        elif entry.is_dir():
            yield from _walk(entry, below)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"
