"""Words and rules made from a drawing are those that readers find in its PDF, so tests of forms can start from them."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from pipeline.pages.model import Page, Rule
from pipeline.pages.readers import PRIMARY
from pipeline.tables.cells import page_grid
from tests.documents import FORM, JOURNAL, SCORED, SYSTEM, list_pages, on_one_page, read_pages
from tests.generator.cutting import CutText
from tests.generator.drawing import DrawnCell, DrawnPage, DrawnTable, DrawnText, Producer, ruled_table
from tests.generator.forms import FormLayout, lay_out
from tests.generator.printing import printed_page, printed_pages

NEAR = 0.2  # points; a PDF has widths of characters in thousandths of the font size, cut off
TABLE = ruled_table((("IEC 61850 教材", "年度目标"), ("伸到右边的单元格里面", "110.00")), (60, 90))
LINES = DrawnText(240, 0, "Budget of the year 2023", "right", 14), DrawnText(200, 0, "二〇二三年", "centre")
DOCUMENTS = {
    "form over three pages": lay_out(FORM, FormLayout(breaks=(3, 5), cut_text=CutText.SPLIT)),
    "self-evaluation": lay_out(SCORED, FormLayout(page_width=842, font_size=7.5)),
    "list": list_pages((JOURNAL, SYSTEM), (2,)),
    "blanks, and text across a rule": [on_one_page(*LINES, TABLE)],
    "turned": [replace(page, rotation=90) for page in lay_out(FORM)],
}


def words(page: Page) -> list[tuple[str, list[float]]]:
    """The words with left, right and lower edge, in reading order; each reader has its own idea of the upper edge."""
    found = sorted(page.words, key=lambda word: (round(word.y1), word.x0))
    return [(word.text, [word.x0, word.x1, word.y1]) for word in found]


def numbers(rules: Sequence[Rule]) -> list[float]:
    return [number for rule in rules for number in rule]


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("producer", Producer)
@pytest.mark.parametrize("reader", PRIMARY)
def test_printed_pages_are_what_readers_read(reader: str, producer: Producer, name: str) -> None:
    """The same words in the same places, the same rules, the same cells and lines."""
    read = read_pages(DOCUMENTS[name], producer, reader)
    for found, made in zip(read, printed_pages(DOCUMENTS[name], producer), strict=True):
        assert replace(made, words=(), level=(), upright=()) == replace(found, words=(), level=(), upright=())
        assert [text for text, _ in words(made)] == [text for text, _ in words(found)]
        for (_, places), (_, expected) in zip(words(made), words(found), strict=True):
            assert places == pytest.approx(expected, abs=NEAR)
        assert numbers(made.level) == pytest.approx(numbers(found.level), abs=NEAR)
        assert numbers(made.upright) == pytest.approx(numbers(found.upright), abs=NEAR)
        assert contents(made) == contents(found)


def contents(page: Page) -> object:
    """The cells of the page's tables with their spans, and the lines outside of them."""
    grid = page_grid(page)
    cells = [[(c.row, c.column, c.row_span, c.column_span, c.text) for c in table.cells] for table in grid.tables]
    return cells, [line.text for line in grid.lines]


def test_lines_of_a_cell_are_runs_one_after_the_other() -> None:
    """As programs draw them; assembling tells by it which lines belong together."""
    page = printed_page(DrawnPage(tables=(ruled_table((("年度\n总目标 一", "甲"),), (80, 80)),)))
    assert [(word.text, word.run) for word in page.words] == [("年度", 1), ("总目标", 2), ("一", 2), ("甲", 3)]


@pytest.mark.parametrize(
    "page",
    [
        DrawnPage(tables=(DrawnTable(40, 40, (80,), (9,), (DrawnCell(0, 0, text="看得见\n看不见", clipped=True),)),)),
        DrawnPage(covers=((0, 0, 10, 10),)),
        DrawnPage(cropbox=(0, 0, 10, 10)),
    ],
    ids=["clipped", "covered", "cropped"],
)
def test_page_that_hides_text_has_to_be_read(page: DrawnPage) -> None:
    with pytest.raises(ValueError, match="name the reader"):
        printed_page(page)
