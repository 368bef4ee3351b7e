"""Forms per document, counted by hand on the pages, where the documents lie beside the checkout."""

import csv
import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from pipeline.run.read_document import read_document

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
COUNTED = Path(__file__).parents[1] / "data" / "forms-by-hand.tsv"


def count(path: Path) -> dict[str, int]:
    return dict(Counter(str(row["form_kind"]) for row in read_document(path).tables.get("forms", [])))


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no documents beside the checkout")
@pytest.mark.slow
def test_forms_are_as_many_as_counted_by_hand() -> None:
    with COUNTED.open(encoding="utf-8") as stream:
        wanted = {
            row.pop("file"): {kind: int(number) for kind, number in row.items() if int(number)}
            for row in csv.DictReader(stream, delimiter="\t")
        }
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        found = dict(zip(wanted, pool.map(count, [CORPUS / file for file in wanted]), strict=True))
    assert found == wanted
