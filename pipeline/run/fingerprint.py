"""Two fingerprints of the program, which decide which documents are read or assembled again.

*Pages*: a reader's code, its packages and their versions. When it changes, PDFs are read again. *Meaning*: all code and
files of `schemas/` that turn pages into rows. When only it changes, rows are assembled again from stored pages.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable

from pipeline.own_schemas import NONE, OwnSchemas
from pipeline.pages.ocr.engines import engine_name

WITNESS, SECOND, OCR = "pdfium", "pdfplumber", "ocr"
"""The reader that checks values in their boxes, the one that reads whole documents again, the one for scans."""

PACKAGES = {
    "mupdf": ("pymupdf", "pypdfium2"),
    "pdfplumber": ("pdfplumber", "pdfminer.six", "pillow", "pypdfium2"),
    "pdfium": ("pypdfium2",),
    "ocr": ("rapidocr", "onnxruntime", "opencv-python-headless", "pypdfium2"),
}
_MODULES = {"mupdf": "mupdf", "pdfplumber": "plumber", "pdfium": "pdfium"}  # how the modules of a reader begin
_OF_MEANING_ALONE = ("pipeline/pages/lattice.py", "pipeline/pages/recognition.py")  # geometry of pages that were read
_OF_BOTH = ("pipeline/pages/model.py", "pipeline/text.py")
_NEITHER = (
    *(f"pipeline/{room}/" for room in ("dataset", "outputs", "run", "cli", "fetch", "review")),
    *("pipeline/settings.py", "pipeline/api.py", "schemas/catalogue.toml"),
)


def run_fingerprint(reader: str, verify: str, own: OwnSchemas = NONE) -> str:
    """The fingerprint of reading and assembling, with the schemas of one's own: 16 hexadecimal digits."""
    parts = (
        meaning_fingerprint() + own.digest,
        verify,
        *(f"{name}={pages_fingerprint(name)}" for name in readers(reader, verify)),
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def readers(reader: str, verify: str) -> tuple[str, ...]:
    """The readers that a document is read with, scans left aside; the first one's words are the values."""
    more = {"off": (), "values": (WITNESS,)}.get(verify, (WITNESS, SECOND))
    return (reader, *(name for name in more if name != reader))


@cache
def ocr_key() -> str:
    """Engine and fingerprint of recognition on this machine; empty without the extra `ocr`."""
    engine = engine_name()
    return f"{engine} {pages_fingerprint(OCR)}" if engine is not None else ""


@cache
def pages_fingerprint(reader: str) -> str:
    """The fingerprint of a reader: 16 hexadecimal digits."""
    packages = (f"{package}={_version(package)}" for package in PACKAGES.get(reader, ()))
    return _digest([reader, *packages], lambda path: _is_of_pages(path, reader))


def pages_key(reader: str) -> str:
    """The name of a reader with its fingerprint, as the page store has it."""
    return f"{reader.replace(':', '.')}-{pages_fingerprint(reader)}"


@cache
def meaning_fingerprint() -> str:
    """The fingerprint of everything that turns pages into rows: 16 hexadecimal digits."""
    return _digest(["meaning"], _is_of_meaning)


def _is_of_pages(path: str, reader: str) -> bool:
    if path in _OF_BOTH:
        return True
    if path in _OF_MEANING_ALONE:
        return reader == OCR
    if path.startswith("pipeline/pages/readers/"):
        return path.removeprefix("pipeline/pages/readers/").startswith(_MODULES.get(reader, "__init__"))
    if path.startswith("pipeline/pages/ocr/"):
        return reader == OCR
    return path.startswith("pipeline/pages/")


def _is_of_meaning(path: str) -> bool:
    of_pages = path.startswith("pipeline/pages/") and path not in (*_OF_MEANING_ALONE, *_OF_BOTH)
    return not of_pages and not path.startswith(_NEITHER)


def _digest(texts: Iterable[str], counts: Callable[[str], bool]) -> str:
    digest = hashlib.sha256("\0".join(texts).encode())
    for folder, suffixes in (("pipeline", ".py"), ("schemas", "")):
        for path, file in _walk(files(folder), folder):
            if path.endswith(suffixes) and counts(path):
                data = file.read_bytes()
                digest.update(f"\0{path}\0{len(data)}\0".encode() + data)
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
