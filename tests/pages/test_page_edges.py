"""Boxes are on their page, whatever a damaged font or page box says."""

from __future__ import annotations

import math

import pytest

from pipeline.pages.model import Page, Rule, Word
from pipeline.pages.page_edges import within_page
from pipeline.run.read_document import read_document
from tests.documents import painted, stored

INSIDE = Word(10, 10, 20, 20, "in", 1)


def page(*words: Word, level: tuple[Rule, ...] = ()) -> Page:
    return Page(1, 200, 100, (INSIDE, *words), level, (), False)


def test_a_page_with_all_on_it_stays_the_same_object() -> None:
    whole = page(Word(0, 0, 200, 100, "edge to edge", 2), level=(Rule(0, 0, 200),))
    assert within_page(whole) is whole


@pytest.mark.parametrize(
    ("word", "kept", "told"),
    [
        (Word(190, 10, 9000, 20, "wide", 2), Word(190, 10, 200, 20, "wide", 2), True),
        (Word(190, 10, 201, 20, "just", 2), Word(190, 10, 200, 20, "just", 2), False),
        (Word(50, 10, 40, 20, "turned", 2), Word(40, 10, 50, 20, "turned", 2), True),
        (Word(300, 10, 310, 20, "off", 2), None, True),
        (Word(math.nan, 10, 310, 20, "nan", 2), None, True),
    ],
)
def test_words_end_at_the_edge_and_those_far_beyond_are_told(word: Word, kept: Word | None, told: bool) -> None:
    found = within_page(page(word))
    assert found.words == ((INSIDE, kept) if kept is not None else (INSIDE,))
    assert (found.damaged is not None) == told


def test_rules_end_at_the_edge() -> None:
    found = within_page(page(level=(Rule(50, -30, 900), Rule(170, 0, 100))))
    assert found.level == (Rule(50, 0, 200),)


@pytest.mark.parametrize("reader", ["mupdf", "pdfplumber"])
def test_no_box_of_a_document_lies_beyond_its_page(reader: str) -> None:
    far = "BT /helv 9 Tf 20 20 Td (here) Tj ET BT /helv 40 Tf 600 Tz 120 100 Td (a) Tj ET"
    with stored(painted(far)) as path:
        tables = read_document(path, reader, ocr=False).tables
    boxes = [[float(str(row[edge])) for edge in ("x0", "y0", "x1", "y1")] for row in tables["regions"]]
    assert boxes
    assert all(0 <= x0 <= x1 <= 200 and 0 <= y0 <= y1 <= 200 for x0, y0, x1, y1 in boxes)
