"""Hard cases met in real documents, each with the smallest page that shows it.

Page breaks through merged cells, lists without a header on later pages, rows that are no forms and names over several
blocks are in `test_forms` and `test_lists`; lines that overflow their row are in `test_grid`.
"""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from pipeline.extract import READERS
from pipeline.extraction import Extraction
from tests.documents import (
    FORM,
    JOURNAL,
    SYSTEM,
    column,
    extract,
    extract_form,
    finding,
    indicators,
    list_pages,
    on_one_page,
    rows_of,
    table_of,
)
from tests.generator.cutting import CutText, cut_table, stretch_row
from tests.generator.drawing import DrawnPage, DrawnTable, DrawnText
from tests.generator.forms import lay_out

TITLE = DrawnText(297, 0, FORM.title, "centre", 14)
YEAR = DrawnText(297, 0, FORM.year, "centre")
PRINTED = list(FORM.rows)
COVER = DrawnPage(texts=(DrawnText(297, 200, "崇明区民政局2024年部门预算", "centre", 20),))


def rules(extraction: Extraction) -> list[object]:
    return column(extraction, "findings", "rule")


def with_texts(table: DrawnTable, **texts: str) -> DrawnTable:
    """The table with other texts in the cells that print the given ones."""
    assert set(texts) <= {cell.text for cell in table.cells}
    return replace(table, cells=tuple(replace(cell, text=texts.get(cell.text, cell.text)) for cell in table.cells))


def form_with(**texts: str) -> Extraction:
    return extract([on_one_page(TITLE, YEAR, with_texts(table_of(FORM), **texts))])


def target_of(printed: str) -> dict[str, object]:
    """The only indicator of a form whose target is printed so."""
    (row,) = rows_of(extract_form(replace(FORM, rows=((*FORM.rows[0][:3], printed),))), "indicators")
    return row


# Cut cells -----------------------------------------------------------------------------------------------------------


def test_level_of_a_list_cut_in_the_middle_of_a_word() -> None:
    """产出指 at the foot of a page, 标 at the head of the next."""
    first, second = list_pages((SYSTEM,), (1,))
    pages = []
    for page, text in ((first, "产出指"), (second, "标")):
        *head, body = page.tables
        cells = tuple(replace(c, text=text) if (c.row, c.column) == (0, 5) else c for c in body.cells)
        pages.append(replace(page, tables=(*head, replace(body, cells=cells))))
    assert [row[0] for row in indicators(extract(pages))] == ["产出指标", "产出指标", "满意度指标"]


@pytest.mark.parametrize("cut_text", [CutText.FIRST, CutText.LAST])
@pytest.mark.parametrize("row", range(1, 6))
def test_page_break_inside_a_row(row: int, cut_text: CutText) -> None:
    """A strip of the row is left at the head of the next page: empty, or with all of its text."""
    table = table_of(FORM)
    row += len(table.row_heights) - len(FORM.rows)
    parts = cut_table(stretch_row(table, row, 20), [row + 1], cut_text, 0)
    extraction = extract([on_one_page(TITLE, YEAR, parts[0]), on_one_page(parts[1])])
    assert indicators(extraction) == PRINTED


@pytest.mark.parametrize("row", range(6))
def test_page_break_inside_a_row_of_a_list(row: int) -> None:
    (page,) = list_pages((JOURNAL, SYSTEM))
    head, body = page.tables
    first, second = cut_table(stretch_row(body, row, 8), [row + 1], CutText.FIRST, head.rows[-1])
    extraction = extract([replace(page, tables=(head, first)), replace(page, texts=(), tables=(head, second))])
    assert column(extraction, "forms", "annual_goal") == [JOURNAL.goal, SYSTEM.goal]
    assert [len(indicators(extraction, number)) for number in (1, 2)] == [4, 3]


# Hidden text ---------------------------------------------------------------------------------------------------------


def with_clipped(**texts: str) -> DrawnPage:
    """The form with other texts in some cells, which show no more of them than fits."""
    table = table_of(FORM)
    cells = tuple(replace(c, text=texts[c.text], clipped=True) if c.text in texts else c for c in table.cells)
    return on_one_page(TITLE, YEAR, replace(table, cells=cells))


def test_clipped_last_line_of_a_cell_counts_and_a_finding_says_so() -> None:
    extraction = extract([with_clipped(老年人满意度="\n\n老年人\n对助餐的\n满意度")])
    assert indicators(extraction)[-1][2] == "老年人对助餐的满意度"
    found = finding(extraction, "text.clipped")
    assert (found["severity"], found["page"]) == ("info", 1)
    assert "text.hidden" not in rules(extraction)


def stored_on_both_sides(goal: Sequence[str]) -> list[DrawnPage]:
    """A list cut in the middle of a goal, which is stored whole on both pages and clipped to each part of its cell."""
    first, second = list_pages((replace(JOURNAL, goal="GOAL"),), (2,), head_on_every_page=False)
    (head, above), (below,) = first.tables, second.tables
    height = 10.8 * len(goal) / 2  # of each part: half of the lines show above, half below
    pages = []
    for page, tables, table, lines in (
        (first, (head,), above, (*[""] * (len(goal) // 2), *goal)),
        (second, (), below, (*goal, *[""] * (len(goal) // 2))),
    ):
        cells = tuple(
            replace(cell, text="\n".join(lines), clipped=True) if cell.column == 4 else cell for cell in table.cells
        )
        pages.append(replace(page, tables=(*tables, replace(table, row_heights=(height / 2,) * 2, cells=cells))))
    return pages


def test_text_stored_on_both_sides_of_a_page_break_counts_once() -> None:
    goal = [f"按时出版杂志第{number}期，扩大影响，" for number in "一二三四五"] + ["让读者了解审计。"]
    extraction = extract(stored_on_both_sides(goal))
    assert column(extraction, "forms", "annual_goal") == ["".join(goal)]
    assert "text.hidden" not in rules(extraction)


def test_clipped_text_that_shows_nowhere_is_reported() -> None:
    """A text below its cell's border, and no visible line of its run that says whose it is."""
    extraction = extract([with_clipped(老年人满意度="\n\n老年人\n对助餐的\n满意度", 及时="\n" * 5 + "无人可见")])
    assert indicators(extraction)[3] == ("产出指标", "时效指标", "送餐及时性", None)
    found = finding(extraction, "text.hidden")
    assert (found["page"], found["severity"], "无人可见" in str(found["message"])) == (1, "info", True)


@pytest.mark.parametrize("reader", READERS)
def test_title_redrawn_over_a_white_cover(reader: str) -> None:
    (page,) = lay_out(replace(FORM, title="旧的项目绩效目标表", year="（2021年度）"))
    top, bottom = page.texts[0].y - 2, page.texts[1].y + 14
    title, year = page.texts
    new = replace(title, text="项目支出绩效目标表"), replace(year, text=FORM.year)
    covered = replace(page, covers=((100, top, 500, bottom),), redrawn=new)
    extraction = extract([covered], reader=reader)
    (form,) = extraction.tables["forms"]
    assert (form["title"], form["fiscal_year"]) == ("项目支出绩效目标表", 2023)
    hidden = [row["message"] for row in extraction.tables["findings"] if row["rule"] == "text.hidden"]
    assert ["旧的项目绩效目标表" in str(hidden[0]), "（2021年度）" in str(hidden[1])] == [True, True]


@pytest.mark.parametrize("reader", READERS)
def test_value_under_a_white_cover_is_none(reader: str) -> None:
    (page,) = lay_out(FORM)
    (table,) = page.tables
    x0, y0, x1, y1 = table.box(next(cell for cell in table.cells if cell.text == "=12个"))
    extraction = extract([replace(page, covers=((x0 + 2, y0 + 2, x1 - 2, y1 - 2),))], reader=reader)
    assert [row["target"] for row in rows_of(extraction, "indicators")][:2] == [">=1000人", None]
    found = finding(extraction, "text.hidden")
    assert (found["page"], found["severity"], "=12个" in str(found["message"])) == (1, "info", True)


@pytest.mark.parametrize("reader", READERS)
def test_text_on_a_white_background_is_visible(reader: str) -> None:
    (page,) = lay_out(FORM)
    background = ((50, 30, 545, 80),)
    extraction = extract([replace(page, texts=(), covers=background, redrawn=page.texts)], reader=reader)
    assert column(extraction, "forms", "title") == [FORM.title]
    assert extraction.tables["findings"] == []


def test_text_printed_twice_in_one_place_counts_once() -> None:
    """Bold by printing twice; or a new title on a part of the old one."""
    (page,) = lay_out(FORM)
    title = page.texts[0]
    twice = replace(title, x=title.x + 0.3, y=title.y - 0.2)
    (form,) = extract([replace(page, redrawn=(twice,))]).tables["forms"]
    assert form["title"] == FORM.title


# Rows that are too low ------------------------------------------------------------------------------------------------


def test_rows_of_a_form_that_are_too_low() -> None:
    """检查报告的数量 overflows into 合格率: no mixture of the two."""
    table = table_of(FORM)
    first = len(table.row_heights) - len(FORM.rows)
    texts = {"助餐人数": "接受助餐服务的\n老年人总数量", "助餐点个数": "区内全部助餐\n服务点位个数"}
    heights = tuple(15 if row >= first else height for row, height in enumerate(table.row_heights))
    low = replace(with_texts(table, **texts), row_heights=heights)
    names = [row[2] for row in indicators(extract([on_one_page(TITLE, YEAR, low)]))]
    assert names[:3] == ["接受助餐服务的老年人总数量", "区内全部助餐服务点位个数", "食品安全合格率"]
