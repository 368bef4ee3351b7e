"""The words of pages as PDFium reads them: where they stand, and where they end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pymupdf
import pytest

from pipeline.pages.model import Word
from pipeline.pages.readers import load_reader
from pipeline.pages.readers.pdfium import PrintedPages
from tests.documents import FORM, painted, stored
from tests.generator.drawing import DrawnPage, DrawnText, Producer, draw, ruled_table
from tests.generator.forms import lay_out

TABLE = ruled_table((("项目名称", "≥95%"), ("1,110,000.00", "绩效目标")), (90, 110), x=50, y=40)
PAGE = DrawnPage(width=300, height=200, tables=(TABLE,), texts=(DrawnText(60, 20, "（2023年度）"),))


def words_of(pdf: bytes, number: int = 1) -> tuple[Word, ...]:
    with stored(pdf) as path, PrintedPages(path) as pages:
        return pages.words(number)


def middles(words: tuple[Word, ...]) -> dict[str, tuple[float, float]]:
    return {w.text: ((w.x0 + w.x1) / 2, (w.y0 + w.y1) / 2) for w in words}


@pytest.mark.parametrize("producer", Producer)
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_words_stand_where_the_reader_finds_them(producer: Producer, rotation: int) -> None:
    pages = [replace(page, rotation=rotation) for page in (PAGE, *lay_out(FORM))]
    with (
        stored(draw(pages, producer)) as path,
        PrintedPages(path) as witness,
        load_reader("mupdf").open(path) as first,
    ):
        for number in range(1, first.info.page_count + 1):
            page = first.page(number)
            seen, read = middles(witness.words(number, page.upright)), middles(page.words)
            assert seen.keys() == read.keys()
            for text, (x, y) in read.items():
                assert seen[text] == pytest.approx((x, y), abs=3)


def test_a_cropped_page_with_an_origin_of_its_own(tmp_path: Path) -> None:
    with pymupdf.open(stream=draw([PAGE], Producer.LINES), filetype="pdf") as document:
        document.xref_set_key(document[0].xref, "MediaBox", "[-50 -70 595 842]")
        document.xref_set_key(document[0].xref, "CropBox", "[-20 -10 590 840]")
        document.save(tmp_path / "cropped.pdf")
    path = tmp_path / "cropped.pdf"
    with PrintedPages(path) as witness, load_reader("mupdf").open(path) as first:
        seen, read = middles(witness.words(1)), middles(first.page(1).words)
    assert seen["≥95%"] == pytest.approx(read["≥95%"], abs=3)


def test_a_word_ends_at_a_rule_that_it_crosses() -> None:
    pdf = painted("BT /helv 9 Tf 42 153 Td (1200.00Total) Tj ET 74 140 m 74 170 l S")
    with stored(pdf) as path, PrintedPages(path) as witness, load_reader("mupdf").open(path) as first:
        upright = first.page(1).upright
        assert [word.text for word in witness.words(1)] == ["1200.00Total"]
        assert [word.text for word in witness.words(1, upright)] == ["1200.00", "Total"]


def test_characters_of_two_lines_are_not_one_word() -> None:
    """PDFium joins them where the second line begins beside the first one's end and a little lower."""
    pdf = painted("BT /helv 10 Tf 42 153 Td (A) Tj 1 0 0 1 42 149 Tm (178) Tj ET")
    words = words_of(pdf)
    assert "".join(word.text for word in words) == "A178"
    assert all(word.y1 - word.y0 < 9 for word in words)


def test_a_page_without_text_has_no_words() -> None:
    assert words_of(painted("10 10 50 1 re f")) == ()
