"""Pages with more than anybody prints: they cost bounded time and memory, and are named."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from pipeline.run.read_document import read_document
from tests.documents import stored
from tests.hostile import many_words, scattered_rules

SECONDS = 30.0  # of CPU time; they take 2 to 6, and took minutes


@pytest.mark.slow
@pytest.mark.parametrize("reader", ["mupdf", "pdfplumber"])
@pytest.mark.parametrize("page", [scattered_rules, many_words])
def test_a_page_with_more_than_anybody_prints_is_left_out_and_says_so(page: Callable[[], bytes], reader: str) -> None:
    data = page()
    started = time.process_time()
    with stored(data) as path:
        result = read_document(path, reader, ocr=False)
    assert time.process_time() - started < SECONDS
    assert (result.document["status"], result.document["error_code"]) == ("partial", "page.unreadable")
    [finding] = result.tables["findings"]
    assert finding["page"] == 1
    assert "are left out" in str(finding["message"])


def test_rules_that_stay_apart_are_limited_as_well() -> None:
    """They are fewer than the shapes of a page may be, and what comes after takes time with their square."""
    with stored(scattered_rules(25_000)) as path:
        result = read_document(path, ocr=False)
    [finding] = result.tables["findings"]
    assert "rules, and pages with more than" in str(finding["message"])
