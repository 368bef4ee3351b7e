"""Scans: from pictures of pages to words and rules. What finds and reads lines is played, but for the last tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pymupdf
import pytest

from pipeline.pages.frames import Frame, displayed_box, frame_of
from pipeline.pages.model import Page, Recognition, Word
from pipeline.pages.ocr.engines import engine_name
from pipeline.pages.ocr.model import Char, Pixels
from pipeline.pages.recognition import lowest_confidence
from pipeline.run.read_document import read_document
from pipeline.tables.cells import page_grid
from tests.documents import SAMPLE
from tests.shared import pages_of_pdf

np = pytest.importorskip("numpy")
cv2 = pytest.importorskip("cv2", reason="the extra ocr is not installed")


from benchmarks.printed import scan  # noqa: E402
from benchmarks.scans import against_digital  # noqa: E402
from pipeline.pages.ocr.deskew import lean, turned, without_seals  # noqa: E402
from pipeline.pages.ocr.line_segmentation import text_lines  # noqa: E402
from pipeline.pages.ocr.page import recognise  # noqa: E402

if TYPE_CHECKING:
    from pipeline.pages.ocr.model import Grey
    from pipeline.pages.pictures import Colour

needs_models = pytest.mark.skipif(engine_name() is None, reason="the extra ocr is not installed")
SCALE = 200 / 72  # pixels a point
SIZE = (300.0, 200.0)  # points


class Played:
    """Reads the lines as 甲, 乙, 丙…, and keeps the images it was given."""

    version = "played"

    def __init__(self, found: Sequence[Pixels] = (), letters: int = 1, confidence: float = 0.9) -> None:
        self.found, self.letters, self.confidence = list(found), letters, confidence
        self.images: list[Grey] = []

    def find(self, image: Grey) -> list[Pixels]:
        return self.found

    def read(self, lines: Sequence[Grey]) -> list[tuple[Char, ...]]:
        self.images += lines
        texts = ["甲乙丙丁戊"[i] * self.letters for i in range(len(lines))]
        return [tuple(Char(c, (i + 0.5) / len(text), self.confidence) for i, c in enumerate(text)) for text in texts]


def paper() -> Colour:
    image: Colour = np.full((round(SIZE[1] * SCALE), round(SIZE[0] * SCALE), 3), 255, np.uint8)
    return image


def at(points: float) -> int:
    return round(points * SCALE)


def ruled(image: Colour, xs: Sequence[float], ys: Sequence[float]) -> Colour:
    for x in xs:
        cv2.line(image, (at(x), at(ys[0])), (at(x), at(ys[-1])), (40, 40, 40), 2)
    for y in ys:
        cv2.line(image, (at(xs[0]), at(y)), (at(xs[-1]), at(y)), (40, 40, 40), 2)
    return image


def blot(image: Any, x: float, y: float, wide: float, high: float, ink: Any = (0, 0, 0)) -> None:
    cv2.rectangle(image, (at(x), at(y)), (at(x + wide) - 1, at(y + high) - 1), ink, -1)


def test_a_page_askew_gives_the_rules_and_cells_of_a_straight_one() -> None:
    image = ruled(paper(), (20, 100, 280), (20, 60, 100, 180))
    blot(image, 30, 35, 40, 9)
    blot(image, 110, 130, 90, 9)
    for angle in (0.0, 0.6, -1.3):
        found = recognise(turned(image, angle), 7, SIZE, Played())
        assert found.recognition is not None
        assert found.recognition.lean == pytest.approx(angle, abs=0.06)
        assert [round(rule.at) for rule in found.level] == pytest.approx([20, 60, 100, 180], abs=1)
        (table,) = page_grid(found).tables
        assert [(c.row, c.column, c.text) for c in table.cells if c.text] == [(0, 0, "甲"), (2, 1, "乙")]
        shown = displayed_box(frame_of(found) or Frame(*SIZE, 0, 0.0), table.cells[0].box)
        assert shown[:2] == pytest.approx((20, 20), abs=0.5 if not angle else 4)


def test_gaps_in_rules_are_closed_and_strokes_of_characters_are_no_rules() -> None:
    image = ruled(paper(), (20, 100, 280), (20, 60, 100))
    blot(image, 150, 59, 1.2, 2, (255, 255, 255))  # a gap in the rule between the rows
    blot(image, 120, 72, 22, 1)  # 一 in large type, which meets no rule
    blot(image, 30, 30, 1, 12)
    page = recognise(image, 1, SIZE, Played())
    assert (len(page.level), len(page.upright)) == (3, 3)


def test_labels_printed_downwards_are_read_as_one_line_and_stay_where_they_are() -> None:
    image = ruled(paper(), (20, 50, 280), (20, 120))
    for i in range(4):
        blot(image, 30, 30 + 16 * i, 9, 9)
    blot(image, 60, 40, 120, 9)
    blot(image, 60, 56, 120, 9)
    played = Played(letters=4)
    (table,) = page_grid(recognise(image, 1, SIZE, played)).tables
    label, text = table.cells
    assert (label.text, text.text) == ("甲甲甲甲", "乙乙乙乙丙丙丙丙")
    assert [round(line.box.y0) for line in label.lines] == [30, 46, 62, 78]
    assert len(played.images) == 3


def test_a_character_alone_is_read_between_numbers_that_are_not_given() -> None:
    """≥ alone in its cell is read as V."""
    image = ruled(paper(), (20, 50, 280), (20, 60))
    blot(image, 30, 35, 9, 9)

    class Context(Played):
        def read(self, lines: Sequence[Grey]) -> list[tuple[Char, ...]]:
            self.images += lines
            places = ((0.1, "9"), (0.3, "0"), (0.5, "≥"), (0.7, "9"), (0.9, "0"))
            return [tuple(Char(text, at, 0.9) for at, text in places)]

    (table,) = page_grid(recognise(image, 1, SIZE, played := Context())).tables
    assert table.cells[0].text == "≥"
    height, width = played.images[0].shape
    assert width > 3 * height


def test_lines_that_touch_are_parted_and_parts_of_a_line_joined() -> None:
    ink = np.zeros((100, 200), np.uint8)
    for top in (0, 27, 54):  # three lines of 25 pixels that touch by a few strokes
        ink[top : top + 25, 10:190:3] = 255
    ink[25:27, 40] = ink[52:54, 90] = 255
    edges = [edge for line in text_lines(ink, 25) for edge in (line.y0, line.y1)]
    assert edges == pytest.approx([0, 26, 26, 53, 53, 79], abs=2)
    three = np.zeros((100, 60), np.uint8)
    for top in (10, 20, 31):  # 三
        three[top : top + 3, 5:30] = 255
    assert [(x.y0, x.y1) for x in text_lines(three, 25)] == [(10, 34)]


def test_a_seal_goes_and_the_print_below_it_and_red_headings_stay() -> None:
    image = paper()
    cv2.circle(image, (at(200), at(100)), at(40), (220, 60, 60), 8)
    blot(image, 190, 58, 60, 8)  # print that the seal crosses
    blot(image, 40, 20, 120, 12, (210, 40, 40))  # a heading
    grey = without_seals(image, SCALE)
    assert grey[at(100), at(160)] == 255
    assert grey[at(62), at(200)] < 60
    assert grey[at(25), at(60)] < 120


def test_text_that_runs_up_the_page_is_turned_and_boxes_stand_on_the_page_as_displayed() -> None:
    image = np.ascontiguousarray(np.rot90(ruled(paper(), (20, 100, 280), (20, 60, 100, 180)), 3))
    tall, wide = Pixels(100, 100, 130, 600), Pixels(100, 100, 600, 130)

    class Sideways(Played):
        def find(self, image: Grey) -> list[Pixels]:
            return [tall if image.shape[0] > image.shape[1] else wide]

    found = recognise(image, 1, (SIZE[1], SIZE[0]), Sideways())
    assert found.recognition is not None
    assert (found.quarters, found.width, found.height) == (1, *SIZE)
    frame = frame_of(found)
    assert frame is not None
    assert displayed_box(frame, (20, 20, 100, 60)) == pytest.approx((140, 20, 180, 100), abs=0.5)


def test_confidence_is_that_of_the_least_certain_word_in_a_box() -> None:
    words = Word(0, 0, 10, 10, "甲", 1), Word(20, 0, 30, 10, "乙", 2)
    found = Page(1, 100, 100, words, (), (), False, recognition=Recognition("played", (0.4, 0.8)))
    assert [lowest_confidence(found, box) for box in ((0, 0, 50, 20), (15, 0, 50, 20), (50, 50, 60, 60))] == [
        0.4,
        0.8,
        None,
    ]


def scanned_page(tmp_path: Path, text: str = "", *, hidden: bool = True) -> Path:
    """A page that is a picture, with text behind it."""
    with pymupdf.open() as document:
        page = document.new_page()
        picture = pymupdf.Pixmap(pymupdf.csGRAY, (0, 0, 60, 80))
        picture.clear_with(255)
        page.insert_image(page.rect, pixmap=picture)
        page.insert_text((72, 72), text, fontname="china-s", render_mode=3 if hidden else 0)
        document.save(tmp_path / "scan.pdf")
    return tmp_path / "scan.pdf"


@pytest.mark.parametrize("reader", ["mupdf", "pdfplumber"])
def test_text_that_a_program_put_behind_a_scan_is_no_text(tmp_path: Path, reader: str) -> None:
    text = "项目支出绩效目标表，共三十个项目，金额合计一千二百万元"
    for hidden, wanted in ((True, [1]), (False, [])):
        path = scanned_page(tmp_path, text, hidden=hidden)
        pages = [page for page in pages_of_pdf(path, reader) if isinstance(page, Page)]
        assert [page.number for page in pages if page.untrusted is not None] == wanted
        extraction = read_document(path, reader, ocr=False)
        assert [f["rule"] for f in extraction.tables["findings"]] == ["page.untrusted"] * len(wanted)


def test_without_the_extra_a_scan_says_how_to_install_it(tmp_path: Path) -> None:
    extraction = read_document(scanned_page(tmp_path), ocr=False)
    (finding,) = extraction.tables["findings"]
    assert (finding["rule"], extraction.document["status"], extraction.ocr_engine) == ("page.scanned", "partial", "")
    assert "pip install" in str(finding["message"]) and "pip install" in str(extraction.document["error_message"])


@pytest.mark.slow
@needs_models
def test_a_printed_and_scanned_form_is_read_like_the_digital_one(tmp_path: Path) -> None:
    score = against_digital(SAMPLE, 200, tmp_path, pages=(8, 8))
    assert (score.forms, score.found) == (1, 1)
    assert score.share >= 0.985, score.misses


@pytest.mark.slow
@needs_models
def test_a_document_with_scanned_pages_is_mixed_and_its_evidence_says_what_read_it(tmp_path: Path) -> None:
    printed = scan(SAMPLE, tmp_path / "scan.pdf", 150, {2})
    with pymupdf.open(printed) as document, pymupdf.open(SAMPLE) as digital:
        document.select([1])
        document.insert_pdf(digital, from_page=0, to_page=0)
        document.save(tmp_path / "mixed.pdf")
    extraction = read_document(tmp_path / "mixed.pdf")
    tables = extraction.tables
    assert (extraction.document["status"], extraction.document["text_layer"]) == ("ok", "mixed")
    assert [f["text_source"] for f in tables["forms"]] == ["ocr", "digital"]
    by_page = {(e["page"], e["method"]) for e in tables["evidence"]}
    assert by_page == {(1, "ocr"), (2, "mupdf")}
    sure = {e["confidence"] for e in tables["evidence"] if e["table"] == "funds" and e["page"] == 1}
    assert 1.0 in sure  # what adds up to the printed total
    assert [f["rule"] for f in tables["findings"] if f["page"] == 1] == ["page.recognised"]


def test_leaning_is_measured_on_text_alone() -> None:
    image = np.full((800, 600), 255, np.uint8)
    for y in range(100, 700, 30):
        for x in range(60, 540, 16):
            cv2.rectangle(image, (x, y), (x + 11, y + 12), 0, -1)
    assert lean(turned(image, 0.8)) == pytest.approx(0.8, abs=0.1)
    assert lean(np.full((300, 300), 255, np.uint8)) == 0
