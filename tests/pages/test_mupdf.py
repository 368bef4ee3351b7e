"""What PyMuPDF's pages are read from: its text pages, its memory, its display lists."""

import gc
import sys

import pymupdf
import pytest

from pipeline.pages.painted_areas import PAPER
from pipeline.pages.read import open_document
from pipeline.pages.readers import load_reader
from pipeline.pages.readers.mupdf_blocks import Style, blocks_of
from pipeline.run.read_document import read_document
from tests.documents import SAMPLE, SAMPLE_READERS, painted, stored
from tests.generator.drawing import DrawnPage, DrawnText, ruled_table

TABLE = ruled_table((("项目名称", "≥95%"), ("1,110,000.00", "绩效目标")), (90, 110), x=50, y=40)
PAGE = DrawnPage(width=300, height=200, tables=(TABLE,), texts=(DrawnText(60, 20, "（2023年度）"),))


def test_text_that_its_clipping_hides_altogether_is_stored_whether_or_not_it_was_asked_for_before() -> None:
    area = "40 150 60 12 re W n BT /helv 9 Tf 42"
    pdf = painted(f"q {area} 153 Td (shown) Tj ET Q q {area} 140 Td (hidden) Tj ET Q", pages=3)
    with stored(pdf) as path, load_reader("mupdf").open(path) as document:
        plain = [document.page(number).words for number in (1, 2, 3)]
        assert [word.text for word in plain[0]] == ["shown"]
    with stored(pdf) as path, load_reader("mupdf").open(path) as document:
        for number in (1, 2, 3):
            assert document.page(number).words == plain[number - 1]
            assert [word.text for word in document.stored_words(number) or ()] == ["shown", "hidden"]


def test_page_that_cannot_be_read_for_what_it_clips_is_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page may have to be interpreted again then, and the other pages are none the worse for it."""

    def fail(text_page: object) -> bytes:
        raise RuntimeError("code=7: syntax error")

    whole = read_document(SAMPLE)
    monkeypatch.setattr("pipeline.pages.readers.mupdf._text_of", fail)
    part = read_document(SAMPLE)
    assert (whole.document["status"], part.document["status"]) == ("ok", "partial")
    assert part.document["error_code"] == "page.unreadable"
    assert 0 < len(part.tables["regions"]) < len(whole.tables["regions"])


@pytest.mark.parametrize("reader", SAMPLE_READERS)
def test_nothing_of_a_page_is_kept(monkeypatch: pytest.MonkeyPatch, reader: str) -> None:
    """But for PyMuPDF's own blocks, which it never frees; `blocks_of` says how much that is."""
    monkeypatch.setattr("pipeline.pages.readers.mupdf.blocks_of", lambda text_page: [])

    def read() -> None:
        with load_reader(reader).open(SAMPLE) as document:
            for number in range(1, document.info.page_count + 1):
                document.page(number)
                document.stored_words(number)
        gc.collect()

    read()
    read()
    before = sys.getallocatedblocks()
    read()
    assert sys.getallocatedblocks() - before < 1000


def test_the_looks_of_shapes() -> None:
    """Filled, stroked, white, see-through and slanted shapes, some beside the page, and a text."""
    shapes = (
        "1 0 0 rg 10 10 50 1 re f 0 0 1 RG 2 w 10 20 m 90 20 l S 1 g 30 30 40 40 re f 0.5 g 5 90 m 60 95 l 60 99 l f"
    )
    text = "BT /helv 9 Tf 42 153 Td (text) Tj ET"
    with pymupdf.open(stream=painted(f"{shapes} 300 300 9 9 re f {text}"), filetype="pdf") as document:
        blocks = blocks_of(document[0].get_textpage(flags=pymupdf.TEXT_COLLECT_VECTORS))
    assert [block[4] for block in blocks] == [
        Style(is_shape=True, is_box=True, is_seen=True, colour=0x1FF0000),
        Style(is_shape=True, is_stroked=True, is_box=True, is_seen=True, colour=0x10000FF),
        Style(is_shape=True, is_box=True, colour=PAPER),
        Style(is_shape=True, is_seen=True, colour=0x17F807F),
        Style(),
    ]
    height = 842 if blocks[0][1] > 300 else 200
    assert blocks[0][:4] == pytest.approx((10, height - 11, 60, height - 10))


def test_a_shape_that_is_described_in_other_words_is_unknown() -> None:
    class Foreign:
        def extractBLOCKS(self) -> list[tuple[object, ...]]:
            return [(1.0, 2.0, 3.0, 4.0, "<shape>", 0, 3)]

    assert blocks_of(Foreign()) == [(1.0, 2.0, 3.0, 4.0, Style(is_shape=True, is_stroked=True, is_seen=True))]


def test_pages_that_have_been_read_are_freed_at_once() -> None:
    """Worker processes collect no cycles, so a page in one would stay in memory until the process ends."""

    def read() -> int:
        with open_document(load_reader("mupdf"), SAMPLE) as document:
            return sum(1 for _ in document.pages(range(1, document.info.page_count + 1)))

    read()  # what the libraries keep
    gc.collect()
    gc.disable()
    try:
        pages = read()
        assert gc.collect() < pages
    finally:
        gc.enable()
