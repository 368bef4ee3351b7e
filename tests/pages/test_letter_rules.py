"""Tables whose borders are printed as characters, and characters that are no borders."""

import pytest

from pipeline.pages.readers import PRIMARY
from tests.documents import read_grid, read_pages
from tests.generator.drawing import DrawnPage, DrawnText, Producer, ruled_table

# five dashes are as wide as three characters
TABLE = ("┌─────┬─────┐", "│项目名│称与码│", "├─────┼─────┤", "│绩效目│数量标│", "└─────┴─────┘")
STROKES = ("＿＿＿＿＿＿＿＿＿", "｜项目名｜称与码｜", "＿＿＿＿＿＿＿＿＿", "｜绩效目｜数量标｜", "＿＿＿＿＿＿＿＿＿")


def page(lines: tuple[str, ...]) -> DrawnPage:
    return DrawnPage(texts=tuple(DrawnText(60, 60 + 11 * n, line) for n, line in enumerate(lines)))


@pytest.mark.parametrize("lines", [TABLE, STROKES], ids=["box-drawing", "strokes"])
@pytest.mark.parametrize("reader", PRIMARY)
def test_characters_that_form_a_table_are_borders(reader: str, lines: tuple[str, ...]) -> None:
    (table,) = read_grid(page(lines), reader=reader).tables
    assert [(c.row, c.column, c.text) for c in table.cells] == [
        (0, 0, "项目名"),
        (0, 1, "称与码"),
        (1, 0, "绩效目"),
        (1, 1, "数量标"),
    ]


@pytest.mark.parametrize("reader", PRIMARY)
def test_blanks_to_be_filled_in_are_text(reader: str) -> None:
    table = ruled_table((("单位：＿＿＿＿（章）", "甲｜乙"), ("＿＿＿＿", "丙")), (120, 90))
    (read,) = read_pages(
        [DrawnPage(tables=(table,), texts=(DrawnText(60, 30, "日期＿＿＿＿"),))], Producer.LINES, reader
    )
    printed = "".join(word.text for word in read.words)
    assert printed.count("＿") + printed.count("_") == 3 * 4
    assert len(read.level) == 3 and len(read.upright) == 3
