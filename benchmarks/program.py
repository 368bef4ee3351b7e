"""The program from PDFs to Parquet with one worker, and the floor beneath it: reading words and drawings alone."""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pymupdf

from benchmarks.gold import Gold, texts_of, texts_read
from benchmarks.here import Here
from benchmarks.model import FLOOR, PROGRAM, Document, Row, cpu_seconds
from pipeline.dataset.landing.changes import Changes
from pipeline.dataset.landing.land import land
from pipeline.dataset.landing.sources import Source
from pipeline.dataset.store.versions import locked
from pipeline.pages.read import identify
from pipeline.run.document_job import Job
from pipeline.run.read_document import read_document
from pipeline.run.steps import read_documents
from pipeline.settings import Settings

FINGERPRINT = "benchmark"


def measure(documents: Sequence[Document], rows: Sequence[Row], repeat: int) -> None:
    """Adds floor and program to the rows, turn by turn, so that both meet the same load of the machine."""
    thresholds = gc.get_threshold()
    Job(Path(), FINGERPRINT, Settings().reader).warm_up()  # as in a worker
    try:
        _read_all(documents[:1])  # schemas are loaded, caches of the first pages filled
        for _ in range(repeat):
            for document, row in zip(documents, rows, strict=True):
                row.add(FLOOR, *cpu_seconds(partial(floor, document)))
            for seconds, row in zip(_read_all(documents), rows, strict=True):
                row.add(PROGRAM, seconds)
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)


def accuracy(documents: Sequence[Document], gold: Gold) -> tuple[int, int]:
    """Transcribed cells that the program reads exactly, and all of them."""
    read = total = 0
    for document in documents:
        if expected := gold.of(document.path):
            read += texts_read(expected, texts_of(read_document(document.path)))
            total += len(expected)
    return read, total


def readable(paths: Iterable[Path]) -> Iterator[Document]:
    """The PDFs among files; tells which others are left out."""
    for path in paths:
        try:
            with pymupdf.open(path, filetype="pdf") as document:
                pages = document.page_count if document.is_pdf else 0
        except Exception:  # pymupdf raises several unrelated types
            pages = 0
        if pages:
            yield Document(path, pages)
        else:
            print(f"{path} is left out: it is no PDF with pages", file=sys.stderr)


def floor(document: Document) -> Iterator[object]:
    """Words and drawings of each page."""
    with pymupdf.open(document.path) as opened:
        for page in opened:
            yield page.get_text("words"), page.get_cdrawings()


def _read_all(documents: Sequence[Document]) -> list[float]:
    """CPU seconds a document. All land together, as they do in a run; the landing is shared out by pages."""
    seconds: list[float] = []
    sources: list[Source] = []
    reader = Settings().reader
    with tempfile.TemporaryDirectory() as folder, locked(out := Path(folder)):
        job = Job(out, FINGERPRINT, reader)
        for document in documents:
            started = time.process_time()
            (document_id, size), seen = identify(document.path), document.path.stat()
            source = Source(document.path, str(document.path), size, seen.st_mtime_ns, document_id)
            read_documents([source], job, Here(job))
            seconds.append(time.process_time() - started)
            sources.append(source)
        started = time.process_time()
        land(out, Changes(FINGERPRINT, tuple(sources)))
        landing = (time.process_time() - started) / sum(d.pages for d in documents)
    return [own + landing * document.pages for own, document in zip(seconds, documents, strict=True)]
