"""Damaged pages: whatever is lost of one, the document is not `ok`."""

from __future__ import annotations

import random
import re

import pymupdf
import pytest

from benchmarks.mutants import KINDS, SILENT, damaged, seen, verdict
from pipeline.document.result import DocumentResult
from pipeline.messages import known
from pipeline.pages.model import DocumentInfo, Page
from pipeline.pages.store import StoredPages, encode, join
from pipeline.run.read_document import read_document
from tests.documents import FORM, stored
from tests.fuzz import examples
from tests.generator.drawing import Producer, draw
from tests.generator.forms import lay_out

READERS = ("mupdf", "pdfplumber")


def read(data: bytes, reader: str = "mupdf") -> DocumentResult:
    with stored(data) as path:
        return read_document(path, reader, ocr=False)


@pytest.fixture(scope="module")
def whole() -> bytes:
    """A form with a packed content stream."""
    with pymupdf.open(stream=draw(lay_out(FORM), Producer.LINES), filetype="pdf") as document:
        return bytes(document.tobytes(deflate=True, garbage=1))


def with_damaged_content(data: bytes) -> bytes:
    """The PDF with four bytes of its longest packed stream changed."""
    start, end = max(
        (m.span(1) for m in re.finditer(rb"(?s)FlateDecode.*?>>\s*stream\r?\n(.*?)endstream", data)),
        key=lambda span: span[1] - span[0],
    )
    at = start + (end - start) // 3
    return data[:at] + bytes(byte ^ 0x55 for byte in data[at : at + 4]) + data[at + 4 :]


def rules(result: DocumentResult) -> list[object]:
    return [row["rule"] for row in result.tables["findings"]]


@pytest.mark.parametrize("reader", READERS)
def test_damaged_content_makes_the_document_partial(whole: bytes, reader: str) -> None:
    assert read(whole, reader).document["status"] == "ok"
    result = read(with_damaged_content(whole), reader)
    assert (result.document["status"], result.document["error_code"]) == ("partial", "page.damaged")
    [finding] = [row for row in result.tables["findings"] if row["rule"] == "page.damaged"]
    assert finding["page"] == 1


def test_a_picture_with_the_name_of_a_pdf_is_unreadable() -> None:
    """MuPDF opens pictures and web pages, too."""
    picture = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 9, 9)).tobytes("png")
    assert read(picture).document["error_code"] == "pdf.unreadable"


@pytest.mark.parametrize("reader", READERS)
def test_a_file_that_had_to_be_repaired_is_partial(whole: bytes, reader: str) -> None:
    """Its pages may show all that they ever did; nobody can tell."""
    result = read(re.sub(rb"startxref\n\d+", b"startxref\n7", whole), reader)
    assert (result.document["status"], result.document["error_code"]) == ("partial", "document.repaired")


@pytest.mark.parametrize("reader", READERS)
def test_a_file_whose_table_is_found_wrong_while_pages_are_read_says_so(whole: bytes, reader: str) -> None:
    """Libraries find an object that is not where the table says only when they need it; pdfminer takes it for none."""
    starts = [m.start() for m in re.finditer(rb"(?m)^\d+ 0 obj", whole[: whole.rindex(b"xref")])]
    entry = b"%010d 00000 n" % starts[-1]
    assert whole.count(entry) == 1
    result = read(whole.replace(entry, b"%010d 00000 n" % (starts[-1] + 3)), reader)
    assert result.document["status"] == "partial"
    assert rules(result)[0] in ("document.repaired", "page.damaged")


def test_repair_of_any_range_is_told_of_all() -> None:
    parts = [encode(DocumentInfo(2, None, repaired), [Page(n, 9, 9, (), (), (), False, damaged=why)])
             for n, repaired, why in ((1, False, None), (2, True, known("zlib error")))]  # fmt: skip
    stored_pages = StoredPages(join(parts))
    assert stored_pages.info.repaired
    assert [page.damaged for page in stored_pages if isinstance(page, Page)] == [None, "zlib error"]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", KINDS)
def test_no_damaged_copy_is_ok_with_other_rows_and_no_word(whole: bytes, kind: str, reader: str) -> None:
    """See `python -m benchmarks.mutants`, which damages real pages."""
    before = seen(read(whole, reader))
    for number in range(examples(8)):
        copy = damaged(whole, kind, random.Random(f"{kind} {number}"))
        assert verdict(before, seen(read(copy, reader))) != SILENT, number


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("box", [b"[0 0 300 842]", b"[0 0 9   842]", b"[0 400 595 842]"])
def test_a_page_whose_box_leaves_text_out_is_damaged(whole: bytes, box: bytes, reader: str) -> None:
    cut = re.sub(rb"/MediaBox\s*\[[^]]*\]", b"/MediaBox" + box, whole)
    result = read(cut, reader)
    assert (result.document["status"], result.document["error_code"]) == ("partial", "page.damaged")
    [message] = [row["message"] for row in result.tables["findings"] if row["rule"] == "page.damaged"]
    assert "beyond the edges" in str(message)


def restated(data: bytes, place: str, **entries: str) -> bytes:
    """The PDF, sound but for entries of its page, its font, the letters of the font or their description."""
    with pymupdf.open(stream=data, filetype="pdf") as document:
        [(font, *_)] = document.get_page_fonts(0)
        letters = int(document.xref_get_key(font, "DescendantFonts")[1].strip("[]").split()[0])
        described = int(document.xref_get_key(letters, "FontDescriptor")[1].split()[0])
        objects = {"page": document[0].xref, "font": font, "letters": letters, "description": described}
        for key, value in entries.items():
            document.xref_set_key(objects[place], key, value)
        return bytes(document.tobytes())


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("place", "entries", "message"),
    [
        ("letters", {"W": "[17[991]]"}, "other widths"),
        ("letters", {"W": "[99 17 551]"}, "other widths"),
        ("letters", {"W": "[]"}, "other widths"),
        ("letters", {"W": "[]", "DW": "1200"}, "other widths"),
        ("letters", {"W": "[]", "DW": ".000"}, "other widths"),
        ("page", {"Rotate": "98"}, "turned by 98 degrees"),
        ("page", {"Contents": "null"}, "the content of the page is missing"),
        ("font", {"Encoding": "/Identity0H"}, ""),
    ],
)
def test_damage_that_libraries_do_not_tell(
    whole: bytes, reader: str, place: str, entries: dict[str, str], message: str
) -> None:
    result = read(restated(whole, place, **entries), reader)
    assert (result.document["status"], result.document["error_code"]) == ("partial", "page.damaged")
    [finding] = [row for row in result.tables["findings"] if row["rule"] == "page.damaged"]
    assert message in str(finding["message"])


@pytest.mark.parametrize("reader", READERS)
def test_a_content_stream_with_a_damaged_description_is_missing(whole: bytes, reader: str) -> None:
    """pdfminer takes it for an empty one."""
    with pymupdf.open(stream=whole, filetype="pdf") as document:
        [number] = document[0].get_contents()
    at = re.search(rb"\n%d 0 obj\n<<" % number, whole)
    assert at is not None
    result = read(whole[: at.end() - 1] + b"D" + whole[at.end() :], reader)
    assert result.document["status"] != "ok"


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("widths", "status"), [("[17[551]]", "ok"), ("[17[.62]]", "partial"), ("[17[9900]]", "partial")]
)
def test_widths_without_a_font_to_compare_are_those_of_letters(
    whole: bytes, reader: str, widths: str, status: str
) -> None:
    bare = restated(whole, "description", FontFile2="null")
    assert read(restated(bare, "letters", W=widths), reader).document["status"] == status


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("place", "entries"), [("page", {"Rotate": "360"}), ("page", {"Rotate": "-90"}), ("letters", {"DW": "1000"})]
)
def test_a_sound_page_is_not_damaged(whole: bytes, reader: str, place: str, entries: dict[str, str]) -> None:
    assert "page.damaged" not in rules(read(restated(whole, place, **entries), reader))


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("box", ["[0 0 99999 842]", "[0 0 595 150000]"])
def test_a_page_larger_than_any_is_left_out(whole: bytes, reader: str, box: str) -> None:
    """Its boxes would break what the dataset promises, and drawing it would take the memory."""
    result = read(restated(whole, "page", MediaBox=box), reader)
    assert (result.document["status"], result.document["error_code"]) == ("partial", "page.unreadable")


@pytest.mark.parametrize("reader", READERS)
def test_a_box_of_three_numbers_is_damage(whole: bytes, reader: str) -> None:
    """MuPDF takes the missing one as 0, which turns a page of that size on its side."""
    assert read(restated(whole, "page", MediaBox="[0   842 595]"), reader).document["status"] != "ok"
