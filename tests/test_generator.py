"""The PDFs that other tests read say what their makers meant, to both readers, and the sample is the seed."""

import io
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pdfplumber
import pymupdf
import pytest

from tests.generator import sample
from tests.generator.cutting import CutText, cut_table
from tests.generator.drawing import DrawnCell, DrawnPage, DrawnTable, Producer, draw, ruled_table
from tests.generator.forms import FormContent, FormLayout, lay_out, wrap
from tests.generator.seed import TEXT, render_sample, seed_forms

SAMPLE = Path(__file__).parents[1] / "data/raw/shanghai-chongming/chongming-union-2023.pdf"
SEED = TEXT.read_text(encoding="utf-8")
TEXTS = (
    ("项目名称", "（2023年度）", "1,110,000.00"),
    ("产出指标", "≥13459.00(平方米)", "≤3％"),
    (None, "“小三级”《办法》", "〔2016〕174号"),
    (None, ">=95%、－0.5：", "＝1～2㎡"),
)
TABLE = ruled_table(TEXTS, (120, 140, 120))
FORM = FormContent("绩效目标表", rows=tuple(("效益指标", "社会效益指标", f"名称{number}", "是") for number in range(4)))


def words_of(pdf: bytes) -> list[list[str]]:
    """The words of every page, as MuPDF reads them."""
    with pymupdf.open(stream=pdf) as document:
        return [[word[4] for word in page.get_text("words")] for page in document]


def drawn(pdf: bytes) -> list[object]:
    """Everything a reader sees: the words with their places and the rules of every page."""
    with pymupdf.open(stream=pdf) as document:
        return [
            (page.get_text("words"), [(path["rect"], path["type"]) for path in page.get_drawings()])
            for page in document
        ]


def printed_cells(table: DrawnTable) -> list[str]:
    return [cell.text for cell in sorted(table.cells, key=lambda cell: (cell.row, cell.column))]


def test_committed_sample_is_what_the_generator_draws() -> None:
    assert drawn(SAMPLE.read_bytes()) == drawn(render_sample())


@pytest.mark.skipif(
    f"MuPDF {pymupdf.VersionFitz}".encode() not in SAMPLE.read_bytes(),
    reason="another MuPDF compresses in another way; what the sample shows is compared above",
)
def test_committed_sample_is_the_same_file() -> None:
    assert SAMPLE.read_bytes() == render_sample()


def test_sample_prints_every_page_of_the_seed_and_nothing_else() -> None:
    seed_pages = re.split(r"\n (?=\S)", SEED.strip())
    sample_pages = words_of(SAMPLE.read_bytes())
    assert len(sample_pages) == len(seed_pages) == 10
    for seed_page, words in zip(seed_pages, sample_pages, strict=True):
        assert not set(seed_page.split()) - set(words)
        assert Counter("".join(seed_page.split())) == Counter("".join(words))


def test_seed_has_seven_forms() -> None:
    assert [len(form.rows) for form in seed_forms(SEED)] == [8, 9, 9, 10, 11, 11, 12]


@pytest.mark.parametrize("producer", Producer)
def test_both_readers_get_every_text_back(producer: Producer) -> None:
    pdf = draw([DrawnPage(tables=(TABLE,))], producer)
    expected = sorted(text for row in TEXTS for text in row if text)
    assert sorted(words_of(pdf)[0]) == expected
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        assert sorted(word["text"] for word in document.pages[0].extract_words()) == expected


@pytest.mark.parametrize("producer", Producer)
def test_merged_cells_have_no_inner_rules(producer: Producer) -> None:
    with pymupdf.open(stream=draw([DrawnPage(tables=(TABLE,))], producer)) as document:
        rules = [path["rect"] for path in document[0].get_drawings()]
    third_row = TABLE.rows[2]
    across = [(rule.x0, rule.x1) for rule in rules if abs(rule.y0 - third_row) < 1 and rule.width > 2]
    assert min(x0 for x0, _ in across) == pytest.approx(TABLE.columns[1], abs=1)
    assert max(x1 for _, x1 in across) == pytest.approx(TABLE.columns[3], abs=1)


def test_filled_rules_are_thin_and_in_pieces() -> None:
    with pymupdf.open(stream=draw([DrawnPage(tables=(TABLE,))], Producer.RECTANGLES)) as document:
        paths = document[0].get_drawings()
    assert {path["type"] for path in paths} == {"f"}
    assert all(min(path["rect"].width, path["rect"].height) < 1.5 for path in paths)
    assert max(path["rect"].width for path in paths) <= max(TABLE.column_widths) / 2


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_turned_page_shows_the_same(rotation: int) -> None:
    page = DrawnPage(width=500, height=300, tables=(TABLE,), cropbox=(10, 20, 450, 250))
    upright, turned = (draw([replace(page, rotation=turn)], Producer.LINES) for turn in (0, rotation))
    pictures = []
    for pdf in (upright, turned):
        with pymupdf.open(stream=pdf) as document:
            assert document[0].rect == pymupdf.Rect(0, 0, 440, 230)
            pictures.append(document[0].get_pixmap(colorspace=pymupdf.csGRAY).samples)
    differing = sum(abs(one - other) > 128 for one, other in zip(*pictures, strict=True))
    assert differing < len(pictures[0]) / 1000


@pytest.mark.parametrize(
    ("cut_text", "first", "second"),
    [
        (CutText.FIRST, ["效益指标", "甲"], ["", "乙", "丙"]),
        (CutText.LAST, ["", "甲"], ["效益指标", "乙", "丙"]),
        (CutText.MIDDLE, ["", "甲"], ["效益指标", "乙", "丙"]),
        (CutText.EVERY, ["效益指标", "甲"], ["效益指标", "乙", "丙"]),
        (CutText.SPLIT, ["效益指", "甲"], ["标", "乙", "丙"]),
    ],
)
def test_merged_cell_cut_by_a_page_break(cut_text: CutText, first: list[str], second: list[str]) -> None:
    table = ruled_table((("效益指标", "甲"), (None, "乙"), (None, "丙")), (80, 80))
    parts = cut_table(table, [1], cut_text, next_y=40)
    assert [printed_cells(part) for part in parts] == [first, second]
    assert [part.y for part in parts] == [60, 40]


def test_long_text_is_cut_between_its_lines() -> None:
    cell = DrawnCell(0, 0, row_span=4, text="一\n二\n三\n四")
    parts = cut_table(DrawnTable(0, 0, (80,), (20,) * 4, (cell,)), [1, 3], CutText.SPLIT, next_y=0)
    assert [printed_cells(part) for part in parts] == [["一"], ["二\n三"], ["四"]]


def test_form_breaks_where_told_and_repeats_its_title() -> None:
    layout = FormLayout(breaks=(1, 3), cut_text=CutText.EVERY, repeat_title=True)
    pages = words_of(draw(lay_out(FORM, layout), Producer.LINES))
    assert len(pages) == 3
    for page in pages:
        assert {"绩效目标表", "（2023年度）", "效益指标", "社会效益指标"} <= set(page)
    assert [[word for word in page if word.startswith("名称")] for page in pages] == [
        ["名称0"],
        ["名称1", "名称2"],
        ["名称3"],
    ]


def test_form_breaks_where_the_page_is_full() -> None:
    long = replace(FORM, rows=FORM.rows * 20)
    pages = lay_out(long, FormLayout())
    assert len(pages) > 1
    assert all(table.rows[-1] <= page.height - 40 for page in pages for table in page.tables)


def test_further_indicator_columns_stand_beside_the_target() -> None:
    scored = replace(
        FORM, columns=(*FORM.columns, "分值", "得分"), rows=(("产出指标", "数量指标", "次数", "≥3次", "10", "9.5"),)
    )
    assert {"分值", "得分", "≥3次", "10", "9.5"} <= set(words_of(draw(lay_out(scored), Producer.LINES))[0])


def test_wrap_keeps_printed_line_breaks() -> None:
    assert wrap("一二三四\n五", 3) == "一二三\n四\n五"


def test_clipped_text_stays_in_the_file() -> None:
    cell = DrawnCell(0, 0, text="看得见\n看不见的", clipped=True)
    pdf = draw([DrawnPage(tables=(DrawnTable(40, 40, (80,), (9,), (cell,)),))], Producer.LINES)
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        assert "看不见的" in (document.pages[0].extract_text() or "")


def test_character_without_glyph_is_refused() -> None:
    with pytest.raises(ValueError, match="no glyph"):
        draw([DrawnPage(tables=(ruled_table((("\u2f2f",),), (80,)),))], Producer.LINES)


def test_second_sample_is_what_its_generator_draws() -> None:
    written = Path(__file__).parents[1] / "data/raw/qingchuan/greening-centre-2026.pdf"
    assert text_of(written.read_bytes()) == text_of(sample.render_sample())


def text_of(pdf: bytes) -> list[str]:
    with pymupdf.open(stream=pdf) as document:
        return [page.get_text() for page in document]
