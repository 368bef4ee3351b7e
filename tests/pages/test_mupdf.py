"""What PyMuPDF's pages are read from: its text pages, its memory, its display lists."""

import gc
import sys
from dataclasses import replace

import pymupdf
import pytest

from pipeline.pages.readers import load_reader, mupdf_blocks
from pipeline.run.read_document import read_document
from tests.documents import FORM, SAMPLE, painted, read_pages, stored
from tests.generator.drawing import DrawnPage, DrawnText, Producer, ruled_table
from tests.generator.forms import lay_out

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


@pytest.mark.parametrize(("reader", "in_memory"), [("mupdf", True), ("mupdf", False), ("pdfplumber", True)])
def test_nothing_of_a_page_is_kept(monkeypatch: pytest.MonkeyPatch, reader: str, in_memory: bool) -> None:
    """In particular not PyMuPDF's own blocks, of which it forgets to let go: some 2,000 objects a reading."""
    monkeypatch.setattr("pipeline.pages.readers.mupdf_blocks._IN_MEMORY", in_memory)

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


@pytest.mark.parametrize("producer", Producer)
@pytest.mark.parametrize("rotation", [0, 90])
def test_a_page_reads_the_same_where_the_layout_of_memory_is_unknown(
    monkeypatch: pytest.MonkeyPatch, producer: Producer, rotation: int
) -> None:
    pages = [replace(page, rotation=rotation) for page in (PAGE, *lay_out(FORM))]
    from_memory = read_pages(pages, producer, "mupdf")
    monkeypatch.setattr("pipeline.pages.readers.mupdf_blocks._IN_MEMORY", False)
    assert read_pages(pages, producer, "mupdf") == from_memory
    assert from_memory[0].level


def test_shapes_in_memory_are_those_that_are_told() -> None:
    """Filled, stroked, white, see-through and slanted shapes, some beside the page."""
    shapes = (
        "1 0 0 rg 10 10 50 1 re f 0 0 1 RG 2 w 10 20 m 90 20 l S 1 g 30 30 40 40 re f 0.5 g 5 90 m 60 95 l 60 99 l f"
    )
    with pymupdf.open(stream=painted(f"{shapes} 300 300 9 9 re f"), filetype="pdf") as document:
        text_page = document[0].get_textpage(flags=pymupdf.TEXT_COLLECT_VECTORS)
        assert mupdf_blocks._IN_MEMORY
        told, in_memory = mupdf_blocks._told(text_page), mupdf_blocks._read_from_memory(text_page)
    assert len(told) == 4
    kept = mupdf_blocks.STROKED | mupdf_blocks.IS_BOX  # bits that texts do not tell are left out
    assert [(*block[:5], block[5] & kept, block[6]) for block in in_memory] == told
