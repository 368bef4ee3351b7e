"""How right scans are read: `python -m benchmarks.scans [FILE.pdf ...] [--dpi 200] [--gold FOLDER] [--show N]`.

Documents are printed to images and read from them. Their forms are held against what is read of the same document in
its digital form, value by value; with `--gold`, against transcriptions made by hand, with the scorer beside them.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

from benchmarks.printed import scan
from pipeline.document.comparison import verified
from pipeline.document.result import DocumentResult, Row
from pipeline.pages.model import PageRange
from pipeline.pages.ocr.engines import INSTALL, engine_name
from pipeline.run.read_document import read_document

SAMPLES = Path("data/raw")


@dataclass(frozen=True, slots=True)
class Score:
    """What came of one document: forms and how many were found, values and how many are right, CPU seconds a page."""

    name: str
    pages: int
    forms: int
    found: int
    values: int
    right: float
    seconds: float
    misses: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        return self.right / self.values if self.values else 1.0

    def __str__(self) -> str:
        cost = self.seconds / max(1, self.pages)
        cells = self.name, self.pages, self.forms, self.found, self.values, f"{self.share:.2%}", f"{cost:.2f}"
        return f"| {' | '.join(map(str, cells))} |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; 1 when values or forms are missed by more than asked for, 2 when nothing can be measured."""
    asked = _parser().parse_args(arguments)
    if engine_name() is None:
        print(f"The extra that reads scans is not installed: {INSTALL}", file=sys.stderr)
        return 2
    print("| document | pages | forms | found | values | right | CPU s a page |\n|---|---:|---:|---:|---:|---:|---:|")
    scores = []
    with TemporaryDirectory() as folder:
        for score in _scores(asked, Path(folder)):
            print(score, flush=True)
            for miss in score.misses[: asked.show]:
                print("   ", miss)
            scores.append(score)
    whole = total(scores)
    print(whole)
    return int(whole.share < asked.min_values or whole.found < whole.forms)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks.scans", description="How right scans are read.")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE.pdf", help=f"default: those below {SAMPLES}")
    parser.add_argument("--dpi", type=int, default=200, help="dots an inch of the images (default: 200)")
    parser.add_argument("--gold", type=Path, help="folder of transcriptions, beside corpus and score.py")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print up to N differences a document")
    parser.add_argument("--min-values", type=float, default=0.0, help="exit 1 below this share of right values")
    return parser


def total(scores: Iterable[Score]) -> Score:
    """The sums over all documents."""
    rows = list(scores)
    sums = [sum(getattr(s, name) for s in rows) for name in ("pages", "forms", "found", "values", "right", "seconds")]
    return Score("all", *sums)


def _scores(asked: argparse.Namespace, folder: Path) -> Iterator[Score]:
    if asked.gold is None:
        for path in asked.files or sorted(SAMPLES.glob("**/*.pdf")):
            yield against_digital(path, asked.dpi, folder)
        return
    scorer = _scorer(asked.gold.parent / "score.py")
    for path in sorted(asked.gold.glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        pdf = asked.gold.parent / "corpus" / gold["file"]
        if not pdf.is_file():
            pdf = next(SAMPLES.glob(f"**/{Path(gold['file']).name}"))
        if not asked.files or pdf.name in {file.name for file in asked.files}:
            yield against_gold(pdf, gold, scorer, asked.dpi, folder)


def against_digital(path: Path, dots: int, folder: Path, pages: PageRange | None = None) -> Score:
    """A document read from pictures of its pages held against itself; without `pages`, of all that have forms."""
    digital = read_document(path, pages=pages)
    ranges: list[Any] = [(form["page_first"], form["page_last"]) for form in digital.tables["forms"]]
    shown = sorted({number for first, last in ranges for number in range(first, last + 1)})
    seen, seconds = _read(path, dots, folder, shown)
    told, agreement = verified(digital, replace(seen, tables={**seen.tables, "forms": _as_digital(seen)}))
    misses = [str(f["message"]) for f in told.tables["findings"] if f["rule"] == "reader.disagreement"]
    counts = [Counter(f["page_first"] for f in x.tables["forms"]) for x in (digital, seen)]
    found = (counts[0] & counts[1]).total()
    forms = len(digital.tables["forms"])
    return Score(path.name, len(shown), forms, found, agreement.compared, agreement.agreed, seconds, tuple(misses))


def against_gold(path: Path, gold: dict[str, Any], scorer: ModuleType, dots: int, folder: Path) -> Score:
    """A document read from pictures of its pages with forms held against a transcription."""
    pages = range(min(f["page_first"] for f in gold["forms"]), max(f["page_last"] for f in gold["forms"]) + 1)
    seen, seconds = _read(path, dots, folder, {1, *pages})
    first, last = gold.get("transcribed_pages") or (0, 10**6)
    forms = [
        f
        for f in seen.tables["forms"]
        if f["form_kind"] != "project_narrative" and first <= int(str(f["page_first"])) <= last
    ]
    funds, rows = _by_form(seen.tables["funds"]), _by_form(seen.tables["indicators"])
    paired: dict[int, Row] = scorer.match_forms(gold["forms"], forms)
    counts: Counter[str] = Counter(invented=len(forms) - len(paired))
    misses: list[str] = []
    for number, form in enumerate(gold["forms"]):
        form_id = paired[number]["form_id"] if number in paired else None
        counts += scorer.compare(form, paired.get(number), funds[form_id], rows[form_id], misses)
    share, _ = scorer.shares(counts)
    values, wanted = counts["values"], len(gold["forms"])
    return Score(path.name, len(pages), wanted, counts["found"], values, share * values, seconds, tuple(misses))


def _read(path: Path, dots: int, folder: Path, pages: Iterable[int]) -> tuple[DocumentResult, float]:
    """The document read from pictures, and the CPU seconds that took."""
    printed = scan(path, folder / f"{path.stem}-{dots}.pdf", dots, set(pages))
    started = time.process_time()
    seen = read_document(printed)
    return seen, time.process_time() - started


def _as_digital(seen: DocumentResult) -> list[Row]:
    return [{**form, "text_source": "digital"} for form in seen.tables["forms"]]


def _by_form(rows: Iterable[Row]) -> defaultdict[object, list[Row]]:
    found: defaultdict[object, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["form_id"]].append(row)
    return found


def _scorer(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", path)
    assert spec is not None and spec.loader is not None
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    return scorer


if __name__ == "__main__":
    sys.exit(main())
