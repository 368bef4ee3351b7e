"""Budget tables of 40 documents, listed by hand on the pages, where the documents lie beside the checkout."""

import csv
import multiprocessing
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from pipeline.run.read_document import read_document

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
LISTED = Path(__file__).parents[1] / "data" / "budget-tables-by-hand.tsv"
COLUMNS = ("kind", "page_first", "page_last", "amount_unit", "is_empty")

Rows = list[tuple[str, ...]]


def rows_of(path: Path) -> Rows:
    """The tables of a document but those of no kind, which the list leaves out: lists of meetings within the prose."""
    tables = read_document(path).tables.get("budget_tables", [])
    return [tuple(str(row[name]).lower() for name in COLUMNS) for row in tables if row["kind"] != "other"]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no documents beside the checkout")
@pytest.mark.slow
def test_tables_are_those_listed_by_hand() -> None:
    listed: defaultdict[str, Rows] = defaultdict(list)
    with LISTED.open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            listed[row["file"]].append(tuple(row[name] for name in COLUMNS))
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        found = dict(zip(listed, pool.map(rows_of, [CORPUS / file for file in listed]), strict=True))
    assert found == dict(listed)
