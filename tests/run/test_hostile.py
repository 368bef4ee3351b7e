"""PDFs that mean harm: each costs itself and its worker, is told honestly, and the documents beside it are read."""

from __future__ import annotations

import hashlib
import socket
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest

from pipeline.dataset.landing.sources import Source
from pipeline.run.document_job import Job
from pipeline.run.document_reading import work
from pipeline.run.read_document import read_document
from pipeline.run.steps import read_documents
from pipeline.run.worker_pool import WorkerPool
from tests.hostile import HOSTILE, bomb, doubling_drawings, outside_references
from tests.shared import write_pdf

pytestmark = pytest.mark.service

SLOW = {"many-pages", "doubling-drawings", "many-rules", "deep-state"}  # for pdfplumber, which would be stopped
READERS = ("mupdf", "pdfplumber")


def told(
    files: Mapping[str, bytes], folder: Path, reader: str = "mupdf", seconds: float = 60, memory: int = 1 << 30
) -> dict[str, str | None]:
    """What becomes of each file, by its name: an error code, or None when it was read whole."""
    sources = []
    for name, data in files.items():
        path = folder / f"{name}.pdf"
        path.write_bytes(data)
        sources.append(Source(path, path.name, len(data), path.stat().st_mtime_ns, hashlib.sha256(data).hexdigest()))
    job = Job(folder / "out", "hostile", reader)
    with WorkerPool(partial(work, job), job.warm_up, workers=2, timeout=seconds, memory=memory) as pool:
        outcomes = read_documents(sources, job, pool)
    return {outcome.source_path.removesuffix(".pdf"): outcome.error_code for outcome in outcomes}


@pytest.mark.parametrize("reader", READERS)
def test_each_costs_itself_and_no_other(tmp_path: Path, reader: str) -> None:
    good = {f"good-{number}": write_pdf(tmp_path / "good", f"page {number}").read_bytes() for number in range(4)}
    hostile = {name: make() for name, make in HOSTILE.items() if reader == "mupdf" or name not in SLOW}
    codes = told(hostile | good, tmp_path, reader, seconds=6)  # a fast machine reads even the slow ones in that
    assert codes.keys() == hostile.keys() | good.keys()
    assert {code for name, code in codes.items() if name in good} == {None}
    for name in ("endless-page-tree", "endless-references", "empty", "header-only"):
        assert codes[name] is not None, name
    assert {str(code).partition(".")[0] for code in codes.values()} <= {"None", "document", "pdf", "page", "worker"}


def test_what_takes_too_long_is_stopped(tmp_path: Path) -> None:
    assert told({"slow": doubling_drawings()}, tmp_path, seconds=0.3) == {"slow": "page.unreadable"}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits memory")
def test_what_takes_too_much_memory_is_stopped(tmp_path: Path) -> None:
    codes = told({"bomb": bomb()}, tmp_path, "pdfplumber", memory=64 << 20)
    assert codes["bomb"] in {"worker.memory", "page.unreadable"}  # that page, when there is memory again to go on


@pytest.mark.parametrize("reader", READERS)
def test_nothing_outside_of_the_file_is_followed(tmp_path: Path, reader: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        port = b":%d/" % server.getsockname()[1]
        path = tmp_path / "outside.pdf"
        path.write_bytes(outside_references().replace(b":9/", port))
        extraction = read_document(path, reader)
        assert not extraction.tables["forms"]
        assert "root:" not in str(extraction.tables)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert [entry.name for entry in tmp_path.iterdir()] == ["outside.pdf"]
