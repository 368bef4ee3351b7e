"""Pages as words and rules: the same from both readers, however the page is stored."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pymupdf
import pytest

from pipeline.errors import BudgetFormsError
from pipeline.pages.model import Page, Rule
from pipeline.pages.readers import PRIMARY, load_reader
from pipeline.pages.rules import RuleCollector
from pipeline.run.read_document import read_document
from tests.documents import FORM, SAMPLE, extract_form, painted, read_pages, stored
from tests.generator.drawing import DrawnCell, DrawnPage, DrawnTable, DrawnText, Producer, draw, ruled_table
from tests.generator.forms import lay_out

TABLE = ruled_table((("项目名称", "≥95%"), ("1,110,000.00", "绩效目标")), (90, 110), x=50, y=40)
PAGE = DrawnPage(width=300, height=200, tables=(TABLE,), texts=(DrawnText(60, 20, "（2023年度）"),))


AES_256 = 5  # pymupdf.PDF_ENCRYPT_AES_256, which its types leave out


def words(page: Page) -> list[tuple[str, int, int]]:
    """Every word with its left end and the middle of its height, in points, from top to bottom."""
    found = [(word.text, round(word.x0), round((word.y0 + word.y1) / 2 / 4)) for word in page.words]
    return sorted(found, key=lambda word: (word[2], word[1]))


def rules(found: Sequence[Rule]) -> list[list[int]]:
    return [[round(number) for number in rule] for rule in found]


@pytest.mark.parametrize("producer", Producer)
@pytest.mark.parametrize("reader", PRIMARY)
def test_words_and_rules_of_a_table(reader: str, producer: Producer) -> None:
    (page,) = read_pages([PAGE], producer, reader)
    assert (page.number, page.width, page.height, page.is_scan) == (1, 300, 200, False)
    assert [text for text, _, _ in words(page)] == ["（2023年度）", "项目名称", "≥95%", "1,110,000.00", "绩效目标"]
    assert rules(page.level) == [[40, 50, 250], [60, 50, 250], [80, 50, 250]]
    assert rules(page.upright) == [[50, 40, 80], [140, 40, 80], [250, 40, 80]]


@pytest.mark.parametrize("producer", Producer)
def test_readers_agree_on_a_whole_form(producer: Producer) -> None:
    fast, independent = (read_pages(lay_out(FORM), producer, reader)[0] for reader in PRIMARY)
    assert sorted(word.text for word in fast.words) == sorted(word.text for word in independent.words)
    assert rules(fast.level) == rules(independent.level)
    assert rules(fast.upright) == rules(independent.upright)


@pytest.mark.parametrize("producer", Producer)
@pytest.mark.parametrize("rotation", [90, 180, 270])
@pytest.mark.parametrize("reader", PRIMARY)
def test_turned_page_is_read_as_displayed(reader: str, rotation: int, producer: Producer) -> None:
    upright, turned = read_pages([PAGE, replace(PAGE, rotation=rotation)], producer, reader)
    assert (turned.width, turned.height) == (300, 200)
    assert words(turned) == words(upright)
    assert rules(turned.level) == rules(upright.level)
    assert rules(turned.upright) == rules(upright.upright)


@pytest.mark.parametrize(
    ("operators", "level", "upright"),
    [
        ("20 100 60 0.7 re f", [[100, 20, 80]], []),
        ("20 100 60 -0.7 re f", [[100, 20, 80]], []),
        ("80 100 -60 0.7 re f", [[100, 20, 80]], []),
        ("-1 0 0 1 200 0 cm 120 100 60 0.7 re f", [[100, 20, 80]], []),
        ("80 70 -60 30 re S", [[100, 20, 80], [130, 20, 80]], [[20, 100, 130], [80, 100, 130]]),
    ],
    ids=["plain", "downwards", "leftwards", "mirrored", "frame leftwards"],
)
@pytest.mark.parametrize("reader", PRIMARY)
def test_rectangle_drawn_in_any_direction(
    reader: str, operators: str, level: list[list[int]], upright: list[list[int]]
) -> None:
    with stored(painted(operators)) as path, load_reader(reader).open(path) as document:
        page = document.page(1)
    assert (rules(page.level), rules(page.upright)) == (level, upright)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("reader", PRIMARY)
def test_cropped_page_is_read_from_its_visible_corner(reader: str, rotation: int) -> None:
    (page,) = read_pages([replace(PAGE, cropbox=(40, 36, 260, 160), rotation=rotation)], reader=reader)
    assert (page.width, page.height) == (220, 124)
    assert [text for text, _, _ in words(page)] == ["项目名称", "≥95%", "1,110,000.00", "绩效目标"]
    assert rules(page.level) == [[4, 10, 210], [24, 10, 210], [44, 10, 210]]


@pytest.mark.parametrize("reader", PRIMARY)
def test_clipped_text_is_stored_but_no_word(reader: str) -> None:
    cell = DrawnCell(0, 0, text="看得见\n看不见", clipped=True, font_size=9)
    page = DrawnPage(tables=(DrawnTable(40, 40, (80,), (10,), (replace(cell, text="\n看得见\n看不见"),)),))
    with stored(draw([page], Producer.LINES)) as path, load_reader(reader).open(path) as document:
        assert [word.text for word in document.page(1).words] == ["看得见"]
        assert [word.text for word in document.stored_words(1) or ()] == ["看得见", "看不见"]


@pytest.mark.parametrize("reader", PRIMARY)
def test_word_across_a_rule_is_cut(reader: str) -> None:
    table = ruled_table((("", ""),), (100, 150), x=40, y=40)
    glued = DrawnText(140, 45, "1,110,000.00", "right"), DrawnText(140, 45, "年度资金申请总额")
    (page,) = read_pages([DrawnPage(texts=glued, tables=(table,))], reader=reader)
    assert [word.text for word in page.words] == ["1,110,000.00", "年度资金申请总额"]


@pytest.mark.parametrize("reader", PRIMARY)
def test_last_character_of_a_line_may_stand_on_the_rule(reader: str) -> None:
    table = ruled_table((("", ""),), (100, 150), x=40, y=40)
    line = DrawnText(145.5, 45, "公共就业服务专项", "right"), DrawnText(147, 45, "100")
    (page,) = read_pages([DrawnPage(texts=line, tables=(table,))], reader=reader)
    assert [word.text for word in page.words] == ["公共就业服务专项", "100"]


@pytest.mark.parametrize("reader", PRIMARY)
def test_text_drawn_over_the_end_of_another(reader: str) -> None:
    """A right-aligned amount that is wider than its cell begins on the one to its left."""
    table = ruled_table((("", ""),), (100, 36), x=40, y=40)
    amounts = DrawnText(140, 45, "107.000000", "right"), DrawnText(178, 45, "57.000000", "right")
    (page,) = read_pages([DrawnPage(texts=amounts, tables=(table,))], reader=reader)
    assert [word.text for word in page.words] == ["107.000000", "57.000000"]


def test_amount_clipped_at_its_left_goes_on_in_the_file() -> None:
    cells = (
        DrawnCell(0, 0, text="107.000000", align="right", clipped=True),
        DrawnCell(0, 1, text="57.000000", align="right", clipped=True),
    )
    page = DrawnPage(tables=(DrawnTable(40, 40, (60, 38), (20,), cells),))
    with stored(draw([page], Producer.LINES)) as path, load_reader("mupdf").open(path) as document:
        assert "57.000000" not in [word.text for word in document.page(1).words]
        assert [word.text for word in document.stored_words(1) or ()] == ["107.000000", "57.000000"]


@pytest.mark.parametrize("rotation", [0, 90])
@pytest.mark.parametrize("reader", PRIMARY)
def test_word_that_blanks_carry_over_a_rule_stands_where_it_is_printed(reader: str, rotation: int) -> None:
    table = ruled_table((("", ""),), (30, 100), x=40, y=40)
    page = DrawnPage(texts=(DrawnText(45, 45, "\u3000\u3000\u3000项目名称"),), tables=(table,), rotation=rotation)
    (page_read,) = read_pages([page], reader=reader)
    ((x0, _, _, _, text, _),) = page_read.words
    assert (text, x0 >= 70) == ("项目名称", True)


@pytest.mark.parametrize("white", ["1 1 1 RG 1 1 1 rg", "0 0 0 0 K 0 0 0 0 k", "1 G 1 g"], ids=["RGB", "CMYK", "grey"])
@pytest.mark.parametrize("reader", PRIMARY)
def test_white_and_slanted_lines_are_no_rules(reader: str, white: str) -> None:
    lines = "20 180 m 180 180 l S 20 100 m 180 20 l S", white, "20 140 m 180 140 l S 20 120 160 0.7 re f"
    with stored(painted("\n".join(lines))) as path, load_reader(reader).open(path) as document:
        page = document.page(1)
    assert (rules(page.level), page.upright) == ([[20, 20, 180]], ())


@pytest.mark.parametrize("reader", PRIMARY)
@pytest.mark.parametrize(("on", "off"), [(1, 1), (3, 2)])
def test_border_drawn_as_many_pieces_is_one_rule(reader: str, on: float, off: float) -> None:
    """Two cells, each with borders of its own; MuPDF's text page leaves most of their dots out."""

    def side(x0: float, y0: float, x1: float, y1: float) -> list[str]:
        count = int((max(x1 - x0, y1 - y0) + off) / (on + off))
        starts = [step * (on + off) for step in range(count)]
        if y0 == y1:
            return [f"{x0 + start:g} {y0 - 0.36:g} {on} 0.72 re f" for start in starts]
        return [f"{x0 - 0.36:g} {y1 - start - on:g} 0.72 {on} re f" for start in starts]

    cells = ((20, 100, 99, 118), (99, 100, 180, 118))
    pieces = [
        piece
        for x0, y0, x1, y1 in cells
        for ends in ((x0, y0, x0, y1), (x0, y1, x1, y1), (x1, y0, x1, y1), (x0, y0, x1, y0))
        for piece in side(*ends)
    ]
    with stored(painted("\n".join(pieces))) as path, load_reader(reader).open(path) as document:
        page = document.page(1)
    assert [(round(rule.start, -1), round(rule.end, -1)) for rule in page.level] == [(20, 180)] * 2
    assert [round(rule.at, -1) for rule in page.upright] == [20, 100, 180]


def test_dashes_with_wide_gaps_are_one_rule_and_a_few_bars_are_not() -> None:
    collector = RuleCollector()
    for start in range(0, 105, 7):
        collector.line(start, 50, start + 4, 50)
        collector.line(4 * start, 90, 4 * start + 24, 90)
    level, _ = collector.merged()
    assert [(at, round(start, -1), round(end, -1)) for at, start, end in level if at == 50] == [(50, 0, 100)]
    assert sum(rule.at == 90 for rule in level) == 15


@pytest.mark.parametrize("reader", PRIMARY)
def test_image_without_text_is_a_scan_and_a_blank_page_is_none(tmp_path: Path, reader: str) -> None:
    with pymupdf.open() as document:
        document.new_page()
        picture = pymupdf.Pixmap(pymupdf.csGRAY, (0, 0, 20, 20))
        picture.clear_with(200)
        document.new_page().insert_image((0, 0, 595, 842), pixmap=picture)
        document.save(tmp_path / "scan.pdf")
    extraction = read_document(tmp_path / "scan.pdf", reader, ocr=False)
    assert {name: extraction.document[name] for name in ("status", "error_code", "text_layer", "form_count")} == {
        "status": "partial",
        "error_code": "page.scanned",
        "text_layer": "scanned",
        "form_count": 0,
    }
    assert [(row["rule"], row["page"]) for row in extraction.tables["findings"]] == [("page.scanned", 2)]


def encrypted() -> bytes:
    with pymupdf.open(SAMPLE) as document:
        locked: bytes = document.tobytes(encryption=AES_256, owner_pw="owner", user_pw="user")
    return locked


@pytest.mark.parametrize(
    ("content", "codes", "says"),
    [
        (b"", {"pdf.empty"}, "the file is empty; download it again"),
        (b"\r\n<!DOCTYPE html><html><body>404</body></html>", {"pdf.html"}, "this is a web page"),
        (encrypted(), {"pdf.encrypted"}, "--password"),
        (
            SAMPLE.read_bytes()[:5000],
            {"pdf.no_pages", "pdf.unreadable"},  # MuPDF repairs it to a PDF without pages
            "the end of the file is missing: the download broke off; download it again",
        ),
        (b"PK\x03\x04 a spreadsheet", {"pdf.unreadable"}, "this is no PDF, whatever its name says"),
    ],
    ids=["empty", "html", "encrypted", "truncated", "spreadsheet"],
)
@pytest.mark.parametrize("reader", PRIMARY)
def test_file_that_cannot_be_read_is_a_failed_document(reader: str, content: bytes, codes: set[str], says: str) -> None:
    with stored(content) as path:
        extraction = read_document(path, reader)
    assert extraction.document["status"] == "failed"
    assert extraction.document["error_code"] in codes
    assert says in str(extraction.document["error_message"])
    assert extraction.document["byte_size"] == len(content)
    assert [row["rule"] for row in extraction.tables["findings"]] == ["document.failed"]


def test_error_message_is_the_same_wherever_the_file_lies() -> None:
    with stored(b"PK\x03\x04 a spreadsheet") as path:
        assert str(path.parent) not in str(read_document(path).document["error_message"])


def test_file_without_its_end_is_not_ok() -> None:
    with stored(SAMPLE.read_bytes()[:75_000]) as path:
        extraction = read_document(path)
    assert extraction.document["form_count"] == 7 or extraction.document["status"] != "ok"


def test_encrypted_with_an_empty_user_password_is_readable(tmp_path: Path) -> None:
    with pymupdf.open(SAMPLE) as document:
        document.save(tmp_path / "restricted.pdf", encryption=AES_256, owner_pw="owner")
    assert [read_document(tmp_path / "restricted.pdf", reader).document["form_count"] for reader in PRIMARY] == [7, 7]


def test_unknown_reader_names_the_known_ones() -> None:
    with pytest.raises(BudgetFormsError, match="mupdf, pdfplumber") as raised:
        load_reader("tesseract")
    assert raised.value.code == "reader.unknown"


def test_evidence_names_the_reader() -> None:
    for reader in PRIMARY:
        methods = {row["method"] for row in extract_form(FORM, reader=reader).tables["evidence"]}
        assert methods == {reader}


def with_pictures(shade: int) -> bytes:
    """Two words, one of them below a picture of one shade."""
    with pymupdf.open() as document:
        page = document.new_page(width=200, height=200)
        page.insert_text((20, 50), "hidden")
        page.insert_text((20, 100), "visible")
        picture = pymupdf.Pixmap(pymupdf.csRGB, (0, 0, 60, 20))
        picture.clear_with(shade)
        page.insert_image((10, 30, 160, 60), pixmap=picture, keep_proportion=False)
        pdf: bytes = document.tobytes()
    return pdf


@pytest.mark.parametrize(("shade", "seen"), [(255, ["visible"]), (200, ["hidden", "visible"])])
@pytest.mark.parametrize("reader", PRIMARY)
def test_text_below_a_white_picture_is_covered(reader: str, shade: int, seen: list[str]) -> None:
    with stored(with_pictures(shade)) as path, load_reader(reader).open(path) as document:
        page = document.page(1)
    assert [word.text for word in page.words] == seen
    assert [word.text for word in (*page.covered, *page.words)] == ["hidden", "visible"]


@pytest.mark.parametrize("reader", PRIMARY)
def test_of_two_pictures_of_one_size_only_the_white_one_covers(reader: str) -> None:
    with pymupdf.open() as document:
        page = document.new_page(width=200, height=200)
        for y, text, shade in ((50, "visible", 200), (120, "hidden", 255)):
            page.insert_text((20, y), text)
            picture = pymupdf.Pixmap(pymupdf.csRGB, (0, 0, 60, 20))
            picture.clear_with(shade)
            page.insert_image((10, y - 20, 160, y + 10), pixmap=picture, keep_proportion=False)
        pdf: bytes = document.tobytes()
    with stored(pdf) as path, load_reader(reader).open(path) as opened:
        read = opened.page(1)
    assert [word.text for word in read.words] == ["visible"]
    assert [word.text for word in read.covered] == ["hidden"]


@pytest.mark.parametrize("reader", PRIMARY)
def test_white_area_covers_no_more_than_its_clipping_lets_through(reader: str) -> None:
    with pymupdf.open() as document:
        page = document.new_page(width=200, height=200)
        page.insert_text((20, 50), "visible")
        area = document.get_new_xref()
        document.update_object(area, "<<>>")
        document.update_stream(area, b"q 0 0 200 100 re W n 1 g 0 0 200 200 re f Q")
        streams = " ".join(f"{number} 0 R" for number in (*page.get_contents(), area))
        document.xref_set_key(page.xref, "Contents", f"[{streams}]")
        pdf: bytes = document.tobytes()
    with stored(pdf) as path, load_reader(reader).open(path) as opened:
        assert [word.text for word in opened.page(1).words] == ["visible"]


def changed_pdf(change: Callable[[pymupdf.Document], object]) -> bytes:
    """A page with a title, each character drawn by itself, changed as some producers write it."""
    places = zip("2026年预算", (50, 54.8, 59.6, 64.4, 69.2, 78.2, 87.2), strict=True)
    page = DrawnPage(texts=tuple(DrawnText(x, 60, character) for character, x in places))
    with pymupdf.open(stream=draw([page], Producer.LINES), filetype="pdf") as document:
        change(document)
        return bytes(document.tobytes())


def corners_swapped(document: pymupdf.Document) -> None:
    document.xref_set_key(document[0].xref, "MediaBox", "[0 842 595 0]")


def font_with_false_measures(document: pymupdf.Document) -> None:
    """A font that claims to be of square characters which hang below their line, as those of some word processors."""
    for xref in range(1, document.xref_length()):
        if document.xref_get_key(xref, "Type")[1] == "/FontDescriptor":
            document.xref_set_key(xref, "Descent", "-1033")
        if document.xref_get_key(xref, "Subtype")[1] == "/CIDFontType2":
            document.xref_set_key(xref, "W", "[]")
            document.xref_set_key(xref, "DW", "1000")


@pytest.mark.parametrize("reader", PRIMARY)
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_page_may_begin_anywhere(reader: str, rotation: int) -> None:
    """The boxes of a page whose media box does not begin at 0 are those of the same page that does."""
    with pymupdf.open() as document:
        for x, y in ((0, 0), (-12, 30)):
            page = document.new_page(width=200, height=300)
            page.insert_text((50, 100), "expected")
            content = document.xref_stream(page.get_contents()[0])
            document.update_stream(page.get_contents()[0], b"1 0 0 1 %d %d cm\n" % (x, y) + content)
            document.xref_set_key(page.xref, "MediaBox", f"[{x} {y} {x + 200} {y + 300}]")
            page.set_rotation(rotation)
        pdf: bytes = document.tobytes()
    with stored(pdf) as path, load_reader(reader).open(path) as opened:
        plain, moved = (opened.page(number).words[0] for number in (1, 2))
    assert moved[:4] == pytest.approx(plain[:4], abs=0.1)


@pytest.mark.parametrize("change", [corners_swapped, font_with_false_measures])
def test_a_title_stands_where_it_is_printed(change: Callable[[pymupdf.Document], object]) -> None:
    """For the one reader as for the other, whatever page and font claim of themselves."""
    with stored(changed_pdf(change)) as path:
        for reader in PRIMARY:
            with load_reader(reader).open(path) as document:
                found = document.page(1).words
            assert [word.text for word in found] == ["2026年预算"], reader
            assert 62 < (found[0].y0 + found[0].y1) / 2 < 72, reader
