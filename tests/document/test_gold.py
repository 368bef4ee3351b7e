"""Forms transcribed by hand, where they lie beside the checkout: nearly every value is read as printed."""

import importlib.util
import json
from collections import Counter, defaultdict
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pipeline.document.result import Row
from pipeline.run.read_document import read_document
from tests.documents import SAMPLE

SHARED = Path(__file__).parents[3] / "shared"
VALUES, PERFECT = 0.999, 0.97  # shares of values read exactly, and of forms without any mistake

pytestmark = pytest.mark.skipif(
    not ((SHARED / "gold").is_dir() and (SHARED / "score.py").is_file()),
    reason="no transcriptions beside the checkout",
)


def load_scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", SHARED / "score.py")
    assert spec is not None and spec.loader is not None
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    return scorer


def by_form(rows: list[Row]) -> dict[object, list[Row]]:
    found: dict[object, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["form_id"]].append(row)
    return found


def compare(scorer: ModuleType, gold: dict[str, Any], misses: list[str]) -> "Counter[str]":
    """Counts of right and wrong values of one document."""
    path = SHARED / "corpus" / gold["file"]
    extraction = read_document(path if path.is_file() else SAMPLE)
    first, last = gold.get("transcribed_pages") or (0, 10**6)
    forms = [
        row
        for row in extraction.tables["forms"]
        if row["form_kind"] != "project_narrative" and first <= int(str(row["page_first"])) <= last
    ]
    funds, rows = by_form(extraction.tables["funds"]), by_form(extraction.tables["indicators"])
    paired: dict[int, Row] = scorer.match_forms(gold["forms"], forms)
    counts: Counter[str] = Counter(surplus=len(forms) - len(paired), invented=len(forms) - len(paired))
    for number, form in enumerate(gold["forms"]):
        read = paired.get(number)
        form_id = read["form_id"] if read else None
        counts += scorer.compare(form, read, funds.get(form_id, []), rows.get(form_id, []), misses)
    return counts


@pytest.mark.slow
def test_transcribed_forms_are_read() -> None:
    scorer, counts, misses = load_scorer(), Counter[str](), list[str]()
    for path in sorted((SHARED / "gold").glob("*.json")):
        counts += compare(scorer, json.loads(path.read_text(encoding="utf-8")), misses)
    values, perfect = scorer.shares(counts)
    assert values >= VALUES and perfect >= PERFECT, "\n".join(misses)
