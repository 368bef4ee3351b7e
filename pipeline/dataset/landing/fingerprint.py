"""What a document was read with: a digest that changes whenever reading it again could give something else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable

from pipeline.dataset.landing.layouts import SEPARATOR, shipped_layouts

READERS = {"mupdf": ("pymupdf",), "pdfplumber": ("pdfplumber", "pdfminer.six")}
NOT_READING = {
    *("dataset", "outputs", "run", "cli", "fetch", "review", "settings", "api", "catalogue.toml"),
}
"""Parts of the package that decide nothing about what is read; a part not listed counts as reading, to be safe."""
NOT_SHARED = {*NOT_READING, "layouts"}


@cache
def pipeline_fingerprint(reader: str, *verification: str) -> str:
    """What a document is read with: 16 hexadecimal digits over the reading code, everything under `schemas/` but the
    layouts, the reader and its packages; a point; 16 digits over the layouts, which touch some documents only.

    `verification` are the second reader, if there is one, and what it reads again.
    """
    digest = hashlib.sha256("\0".join([reader, *verification]).encode())
    for package in (package for name in (reader, *verification) for package in READERS.get(name, ())):
        digest.update(f"{package}={_version(package)}\0".encode())
    for folder, suffixes in (("pipeline", (".py",)), ("schemas", ())):
        for path, file in _walk(files(folder), folder):
            if path.endswith(suffixes or "") and path.split("/")[1].removesuffix(".py") not in NOT_SHARED:
                data = file.read_bytes()
                digest.update(f"{path}\0{len(data)}\0".encode() + data)
    return f"{digest.hexdigest()[:16]}{SEPARATOR}{shipped_layouts().digest}"


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
