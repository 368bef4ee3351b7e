"""Damaged copies of real pages: `python -m benchmarks.mutants FILE.pdf|FOLDER ... [--mutants N] [--reader R]`.

Takes pages with forms or budget tables out of the files, damages a copy of them in one place (a content stream, a font,
the cross-reference table, a box or the widths of a font, any stream, any object, the end of the file), and compares the
rows with those of the undamaged pages. The exit status is 1 when a copy is `ok` with other rows and no new finding.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pymupdf

from pipeline.document.result import DocumentResult
from pipeline.run.read_document import read_document
from pipeline.run.worker_pool import WorkerPool
from pipeline.run.worker_process import Fault, Position
from pipeline.settings import Settings, available_cpus

NOT_COMPARED = ("findings", "evidence")
"""Findings are what tells of a loss, and evidence says where the values of the other tables stand."""
PLACES = {"document_id", "form_id", "table_id", "x0", "y0", "x1", "y1", "error_count", "warning_count"}
"""Columns that are not compared: ids follow from the bytes, places and counts of findings may move."""
OF_BYTES = {"byte_size", "producer", "status", "error_code", "error_message"}
"""Columns of `documents` that tell of the file, not of what its pages print."""
MOST_PAGES = 4  # of a form or a table; copies of long ones would take most of the time
TAKEN = 4  # samples of a document
KINDS = ("content", "font", "xref", "box", "width", "stream", "object", "end")
AT_ONCE = 40  # trials between two looks at the clock
DIGITS = b"0123456789-. "

Range = tuple[int, int]
Rows = Mapping[str, int]
"""How often a row, as JSON, is there."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Some pages of a file, as a file."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Trial:
    """The copy of that number with damage of that kind; `kind` is None for the undamaged sample."""

    sample: Sample
    kind: str | None = None
    number: int = 0

    @property
    def name(self) -> str:
        return f"{self.sample.name}, {self.kind} {self.number}"


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read of a copy: its rows, and how many findings there are of each rule."""

    status: str
    code: str | None
    rows: Rows
    findings: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Reading:
    """How copies are read; `folder` is for files that nobody needs afterwards."""

    folder: Path
    reader: str

    def read(self, trial: Trial, position: Position) -> Seen:
        """Damages the sample and reads it."""
        if trial.kind is None:
            return seen(read_document(trial.sample.path, self.reader, ocr=False))
        data = damaged(trial.sample.path.read_bytes(), trial.kind, random.Random(trial.name))
        path = self.folder / f"{trial.sample.path.stem}-{trial.kind}-{trial.number}.pdf"
        path.write_bytes(data)
        try:
            return seen(read_document(path, self.reader, ocr=False))
        finally:
            path.unlink()


def seen(result: DocumentResult) -> Seen:
    """The rows of a document without what differs in any copy."""
    rows: Counter[str] = Counter()
    for table, found in (("documents", [result.document]), *result.tables.items()):
        if table in NOT_COMPARED:
            continue
        left_out = PLACES | OF_BYTES if table == "documents" else PLACES
        for row in found:
            kept = {name: value for name, value in row.items() if name not in left_out}
            rows[f"{table} {json.dumps(kept, ensure_ascii=False, sort_keys=True, default=str)}"] += 1
    findings = Counter(str(row["rule"]) for row in result.tables["findings"])
    code = result.document.get("error_code")
    return Seen(str(result.document["status"]), str(code) if code else None, rows, findings)


# Damage ---------------------------------------------


def damaged(data: bytes, kind: str, chance: random.Random) -> bytes:
    """The bytes of a PDF with one to eight bytes changed in a place of that kind, or a stretch removed."""
    if kind == "end":
        return data[: chance.randrange(len(data) // 2, len(data))]
    ranges = places(data, kind) or places(data, "object")
    first, last = chance.choice(ranges)
    changed = bytearray(data)
    if kind in ("box", "width"):
        digits = [at for at in range(first, last) if chr(data[at]).isdigit()]
        for at in chance.sample(digits, min(len(digits), chance.choice((1, 1, 2)))):
            changed[at] = chance.choice(DIGITS)
        return bytes(changed)
    if last - first > 20 and chance.random() < 0.1:
        at = chance.randrange(first, last - 10)
        del changed[at : at + chance.randrange(1, min(200, last - at))]
        return bytes(changed)
    for _ in range(chance.randrange(1, 9)):
        at = chance.randrange(first, last)
        changed[at] = chance.randrange(256)
    return bytes(changed)


def places(data: bytes, kind: str) -> list[Range]:
    """The ranges of bytes in which damage of a kind is done; a stream is drawn as likely as another."""
    if kind == "xref":
        start = int(data.rsplit(b"startxref", 1)[1].split()[0])
        return [(start, len(data))]
    if kind == "box":
        return [m.span() for m in re.finditer(rb"/(?:Media|Crop)Box\s*\[[^\]]*\]|/Rotate\s+-?\d+", data)]
    if kind == "width":
        return [m.span() for m in re.finditer(rb"/(?:Widths|W|DW)\s*(?:\[[^/>]*\]|\d+)", data)]
    objects = {int(m[1]): (m.start(), m.end(2)) for m in re.finditer(rb"(?s)\b(\d+) 0 obj\b(.*?)\bendobj", data)}
    streams = {
        number: (start + found.end(), start + data[start:end].rfind(b"endstream"))
        for number, (start, end) in objects.items()
        if (found := re.search(rb"\bstream\r?\n", data[start:end])) is not None
    }
    if kind == "object":
        return [(start, streams[number][0] if number in streams else end) for number, (start, end) in objects.items()]
    wanted = _numbers(data, kind)
    return [span for number, span in streams.items() if span[0] < span[1] and (wanted is None or number in wanted)]


def _numbers(data: bytes, kind: str) -> set[int] | None:
    """The objects whose streams are damaged; None for all of them."""
    if kind == "stream":
        return None
    found: set[int] = set()
    with pymupdf.open(stream=data, filetype="pdf") as document:
        for page in document:
            if kind == "content":
                found.update(page.get_contents(), (entry[0] for entry in document.get_page_xobjects(page.number)))
            else:
                for entry in document.get_page_fonts(page.number, full=True):
                    found.update(_streams_of_font(document, entry[0]))
    return found


def _streams_of_font(document: pymupdf.Document, number: int) -> Iterator[int]:
    """The streams of a font, and of the one that a composite font is made of."""
    _, inner = document.xref_get_key(number, "DescendantFonts")  # an array, or a reference to one
    if inner.endswith(" R"):
        inner = document.xref_object(int(inner.split()[0]))
    fonts = [number, *(int(found) for found in re.findall(r"(\d+) 0 R", inner))]
    keys = ("ToUnicode", "Encoding", "CIDToGIDMap", *(f"FontDescriptor/FontFile{n}" for n in ("", 2, 3)))
    for font, key in product(fonts, keys):
        kind, value = document.xref_get_key(font, key)
        if kind == "xref":
            yield int(value.split()[0])


# Samples --------------------------------------------


def samples(path: Path, folder: Path, chance: random.Random) -> Iterator[Sample]:
    """Files of the pages of some forms and budget tables of a document."""
    tables = read_document(path, ocr=False).tables
    pages = {
        (int(str(row["page_first"])), int(str(row["page_last"])))
        for name in ("forms", "budget_tables")
        for row in tables.get(name, [])
    }
    short = sorted(span for span in pages if span[1] - span[0] < MOST_PAGES)
    for first, last in chance.sample(short, min(TAKEN, len(short))):
        with pymupdf.open(path) as document:
            document.select(range(first - 1, last))
            target = folder / f"{path.stem}-{first}.pdf"
            document.save(target, garbage=3, use_objstms=chance.randrange(2))
        yield Sample(target, f"{path.name} page {first}")


# Report ---------------------------------------------


def verdict(before: Seen, after: Seen) -> str:
    """What came of a copy, in words."""
    rows = "same rows" if after.rows == before.rows else "other rows"
    if after.status != "ok":
        return f"{after.status}, {rows}"
    new = any(count > before.findings.get(rule, 0) for rule, count in after.findings.items())
    return f"ok, {rows}, {'a new finding' if new else 'no new finding'}"


SILENT = "ok, other rows, no new finding"


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what came of the copies by kind of damage, and the silent ones by name."""
    asked = _parser().parse_args(arguments)
    files = sorted(f for path in asked.paths for f in (path.rglob("*.pdf") if path.is_dir() else [path]))
    chance = random.Random(asked.seed)
    started = time.monotonic()
    counts: Counter[tuple[str, str]] = Counter()
    silent: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        some = chance.sample(files, min(len(files), asked.files))
        taken = [sample for file in some for sample in samples(file, folder, chance)]
        trials = [Trial(chance.choice(taken), KINDS[n % len(KINDS)], n) for n in range(asked.mutants)]
        until = started + asked.seconds
        for trial, told in read_all([*map(Trial, taken), *trials], folder, asked.reader, asked.workers, until):
            counts[trial.kind or "", told] += 1
            if told == SILENT:
                silent.append(trial.name)
    for (kind, told), number in sorted(counts.items()):
        print(f"{number:6} {kind:8} {told}")
    print(f"{counts.total()} damaged copies of {len(taken)} samples in {time.monotonic() - started:.0f} s")
    for line in sorted(silent):
        print(f"SILENT: {line}")
    return 1 if silent else 0


def read_all(
    trials: Sequence[Trial], folder: Path, reader: str, workers: int, until: float
) -> Iterator[tuple[Trial, str]]:
    """The verdict on each trial with damage whose undamaged sample, also a trial, is `ok` and has rows.

    It ends after the last trial, or soon after the time `until` of `time.monotonic`.
    """
    settings = Settings(reader=reader, workers=workers)
    memory = int(settings.memory_gib * 2**30)
    reading = Reading(folder, reader)
    with WorkerPool(reading.read, _nothing, workers=workers, timeout=60, memory=memory) as pool:
        whole = {
            trial.sample: told
            for trial, told in pool.run([trial for trial in trials if trial.kind is None])
            if isinstance(told, Seen) and told.status == "ok" and told.rows
        }
        waiting = [trial for trial in trials if trial.kind is not None and trial.sample in whole]
        while waiting and time.monotonic() < until:
            some, waiting = waiting[:AT_ONCE], waiting[AT_ONCE:]
            for trial, told in pool.run(some):
                yield trial, told.code if isinstance(told, Fault) else verdict(whole[trial.sample], told)


def _nothing() -> None:
    """Nothing is loaded in advance."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks.mutants", description="Reads damaged copies of real pages.")
    parser.add_argument("paths", nargs="+", type=Path, metavar="FILE.pdf|FOLDER")
    parser.add_argument("--mutants", type=int, default=400, metavar="N", help="damaged copies (default: 400)")
    parser.add_argument("--files", type=int, default=30, metavar="N", help="files to take pages of (default: 30)")
    parser.add_argument(
        "--seconds", type=float, default=math.inf, metavar="N", help="begin no more copies after so long"
    )
    parser.add_argument("--seed", type=int, default=0, help="another number makes other copies (default: 0)")
    parser.add_argument("--reader", choices=("mupdf", "pdfplumber"), default="mupdf")
    parser.add_argument("--workers", type=int, default=available_cpus(), metavar="N")
    return parser


if __name__ == "__main__":
    sys.exit(main())
