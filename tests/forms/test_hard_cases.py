"""Hard cases met in real documents, each with the smallest page that shows it.

Page breaks through merged cells, lists without a header on later pages, rows that are no forms and names over several
blocks are in `test_forms` and `test_lists` too, lines that overflow their row in `test_grid`, odd texts and values in
`test_text_layer`.
"""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from pipeline.document.result import DocumentResult
from pipeline.pages.readers import PRIMARY
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
from tests.generator.drawing import DrawnPage, DrawnTable, DrawnText, ruled_table
from tests.generator.forms import lay_out

TITLE = DrawnText(297, 0, FORM.title, "centre", 14)
YEAR = DrawnText(297, 0, FORM.year, "centre")
PRINTED = list(FORM.rows)
COVER = DrawnPage(texts=(DrawnText(297, 200, "崇明区民政局2024年部门预算", "centre", 20),))


def rules(extraction: DocumentResult) -> list[object]:
    return column(extraction, "findings", "rule")


def with_texts(table: DrawnTable, **texts: str) -> DrawnTable:
    """The table with other texts in the cells that print the given ones."""
    assert set(texts) <= {cell.text for cell in table.cells}
    return replace(table, cells=tuple(replace(cell, text=texts.get(cell.text, cell.text)) for cell in table.cells))


def form_with(**texts: str) -> DocumentResult:
    return extract([on_one_page(TITLE, YEAR, with_texts(table_of(FORM), **texts))])


# Cut cells ----------------------------------------


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


# Hidden text ----------------------------------------


def with_clipped(**texts: str) -> DrawnPage:
    """The form with other texts in some cells, which show no more of them than fits."""
    table = table_of(FORM)
    cells = tuple(replace(c, text=texts[c.text], clipped=True) if c.text in texts else c for c in table.cells)
    return on_one_page(TITLE, YEAR, replace(table, cells=cells))


@pytest.mark.parametrize("reader", PRIMARY)
def test_clipped_last_line_of_a_cell_counts_and_a_finding_says_so(reader: str) -> None:
    extraction = extract([with_clipped(老年人满意度="\n\n老年人\n对助餐的\n满意度")], reader=reader)
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


@pytest.mark.parametrize("reader", PRIMARY)
def test_text_stored_on_both_sides_of_a_page_break_counts_once(reader: str) -> None:
    goal = [f"按时出版杂志第{number}期，扩大影响，" for number in "一二三四五"] + ["让读者了解审计。"]
    extraction = extract(stored_on_both_sides(goal), reader=reader)
    assert column(extraction, "forms", "annual_goal") == ["".join(goal)]
    assert "text.hidden" not in rules(extraction)


def test_clipped_text_that_shows_nowhere_is_reported() -> None:
    """A text below its cell's border, and no visible line of its run that says whose it is."""
    extraction = extract(
        [with_clipped(老年人满意度="\n\n老年人\n对助餐的\n满意度", 及时="\n" * 5 + "无人可见")], reader="mupdf"
    )
    assert indicators(extraction)[3] == ("产出指标", "时效指标", "送餐及时性", None)
    found = finding(extraction, "text.hidden")
    assert (found["page"], found["severity"], "无人可见" in str(found["message"])) == (1, "info", True)


@pytest.mark.parametrize("reader", PRIMARY)
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


@pytest.mark.parametrize("reader", PRIMARY)
def test_value_under_a_white_cover_is_none(reader: str) -> None:
    (page,) = lay_out(FORM)
    (table,) = page.tables
    x0, y0, x1, y1 = table.box(next(cell for cell in table.cells if cell.text == "=12个"))
    extraction = extract([replace(page, covers=((x0 + 2, y0 + 2, x1 - 2, y1 - 2),))], reader=reader)
    assert [row["target"] for row in rows_of(extraction, "indicators")][:2] == [">=1000人", None]
    found = finding(extraction, "text.hidden")
    assert (found["page"], found["severity"], "=12个" in str(found["message"])) == (1, "info", True)


@pytest.mark.parametrize("reader", PRIMARY)
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


# Rows that are too low ----------------------------------------


def test_rows_of_a_form_that_are_too_low() -> None:
    """检查报告的数量 overflows into 合格率: no mixture of the two."""
    table = table_of(FORM)
    first = len(table.row_heights) - len(FORM.rows)
    texts = {"助餐人数": "接受助餐服务的\n老年人总数量", "助餐点个数": "区内全部助餐\n服务点位个数"}
    heights = tuple(15 if row >= first else height for row, height in enumerate(table.row_heights))
    low = replace(with_texts(table, **texts), row_heights=heights)
    names = [row[2] for row in indicators(extract([on_one_page(TITLE, YEAR, low)]))]
    assert names[:3] == ["接受助餐服务的老年人总数量", "区内全部助餐服务点位个数", "食品安全合格率"]


# Names over several blocks, and rows that are no forms ----------------------------------------


def test_one_name_over_three_blocks_on_two_pages() -> None:
    others = (replace(SYSTEM, name="", goal="甲"), replace(SYSTEM, name="", goal="乙", amounts=("1", "1", "0")))
    (page,) = list_pages((JOURNAL, *others))
    head, body = page.tables
    first, *more = (cell for cell in body.cells if cell.column == 0)
    name = replace(first, row_span=first.row_span + sum(cell.row_span for cell in more))
    whole = replace(body, cells=(name, *(cell for cell in body.cells if cell.column != 0)))
    parts = cut_table(whole, (4,), CutText.MIDDLE, head.rows[-1])
    extraction = extract([replace(page, tables=(head, part)) for part in parts])
    assert column(extraction, "forms", "project_name") == ["《北京审计》杂志办刊经费"] * 3
    assert column(extraction, "forms", "annual_goal") == [JOURNAL.goal, "甲", "乙"]


HEADS = ("项目名称", "资金总额", "绩效目标", "一级指标", "二级指标", "三级指标", "指标值")
MEALS = ("  助餐服务", "800", "吃上热饭", "产出指标", "数量指标", "助餐人数", "≥100人")
CARE = ("  照护补贴", "200", "按月发放", "产出指标", "质量指标", "准确率", "=100%")
BLANK = ("",) * 5


def plain_list(*rows: Sequence[str]) -> DrawnPage:
    table = ruled_table((HEADS, *rows), (120, 60, 150, 70, 90, 120, 80))
    return on_one_page(DrawnText(40, 0, "2024年项目支出绩效目标表"), DrawnText(600, 0, "单位：元"), table, width=800)


def test_rows_of_a_list_that_are_no_forms() -> None:
    """Subtotals of units, flush left and with amounts; a total; a note; and a template left at the end."""
    units = [(name, amount, *BLANK) for name, amount in (("区养老服务中心", "800"), ("区救助管理站", "200"))]
    ends = (("合计", "1000", *BLANK), ("注：本表按项目填列。", "", *BLANK), ("......", "", "", "", "", "......", ""))
    extraction = extract([plain_list(units[0], MEALS, units[1]), plain_list(CARE, *ends)])
    assert column(extraction, "forms", "project_name") == ["助餐服务", "照护补贴"]
    assert column(extraction, "forms", "implementing_unit") == ["区养老服务中心", "区救助管理站"]


def test_row_with_a_label_and_nothing_else() -> None:
    extraction = extract([plain_list(MEALS, ("", "", "", "成本指标", "社会成本指标", "", ""), CARE)])
    assert [len(indicators(extraction, number)) for number in (1, 2)] == [1, 1]


def test_indicators_as_prose_with_signs_and_numbers_anywhere() -> None:
    """A numbering over two lines, names with signs and stray stops, a sign at a line's end, values with semicolons."""
    prose = (
        "1、1－产出指标，11－数量指标，人数*次数=总量；实施周期指标值：≥3000人，年度指标值：≥1000人；2\n"
        "、1－产出指标，12－质量指标，合格率(≤1/1000).；实施周期指标值：100%，年度指标值：≥\n95%；"
        "3、2－效益指标，22－社会效益指标，减轻负担；实施周期指标值：减轻；稳定，年度指标值：减轻；稳定。"
        "4、3－满意度指标，31－服务对象满意度，满意；实施周期指标值》90%，年度指标值》90%"
    )
    heads = ("项目名称（资金使用单位）", "总计", "财政拨款", "绩效目标", "绩效指标")
    table = ruled_table((heads, ("助餐", "800", "800", "吃上热饭", prose)), (130, 60, 60, 120, 900), row_height=60)
    extraction = extract([on_one_page(DrawnText(40, 0, "项目支出绩效目标表"), table, width=1400)])
    assert [row[2:] for row in indicators(extraction)] == [
        ("人数*次数=总量", "≥1000人"),
        ("合格率(≤1/1000).", "≥95%"),
        ("减轻负担", "减轻；稳定"),
        ("满意", "》90%"),
    ]


def department_pages() -> list[DrawnPage]:
    """Beijing's table of a department: three levels run together in one cell."""
    head = ruled_table((("部门名称", "北京市水务局"), ("整体绩效目标", "坚持绿色发展")), (100, 360))
    rows = (
        ("活动", "绩效指标", "指标性质", "指标值", "度量单位"),
        ("水资源管理", "产出指标数量指标举办培训班", "≥", "3", "期"),
        ("水资源管理", "满意度指标服务对象满意度指标学员满意度", "≥", "90", "%"),
    )
    body = ruled_table(rows, (100, 180, 60, 60, 60))
    return [on_one_page(DrawnText(297, 0, "部门整体支出绩效目标表", "centre", 14), head, body)]


def test_three_levels_in_one_cell() -> None:
    assert indicators(extract(department_pages())) == [
        ("产出指标", "数量指标", "举办培训班", "≥3期"),
        ("满意度指标", "服务对象满意度指标", "学员满意度", "≥90%"),
    ]


# Codes, years and departments ----------------------------------------


@pytest.mark.parametrize(
    ("printed", "code", "department"),
    [
        ("231_烟台市审计局", "231", "烟台市审计局"),
        ("[292]国家信访局", "292", "国家信访局"),
        ("105001长春市信访局", "105001", "长春市信访局"),
    ],
)
def test_code_of_a_department(printed: str, code: str, department: str) -> None:
    (form,) = form_with(崇明区民政局=printed).tables["forms"]
    assert (form["department_code"], form["department"]) == (code, department)


@pytest.mark.parametrize(
    ("printed", "code", "name"),
    [
        ("11000022T000000460216-办\n刊经费", "11000022T000000460216", "办刊经费"),
        ("1101-12", None, "1101-12"),
        ("2026A类项目", None, "2026A类项目"),
    ],
)
def test_code_of_a_project_and_a_name_that_looks_like_one(printed: str, code: str | None, name: str) -> None:
    (form,) = form_with(老年人助餐服务=printed).tables["forms"]
    assert (form["project_code"], form["project_name"]) == (code, name)


@pytest.mark.parametrize("year", ["（2023年度）", "(2023年度)", "（2023 年度）", "(   2023年度)", "2023年度"])
def test_year_under_the_title(year: str) -> None:
    assert column(extract([COVER, *lay_out(replace(FORM, year=year))]), "forms", "fiscal_year") == [2023]


@pytest.mark.parametrize("title", ["2023年项目支出绩效目标表", "项目绩效目标表(2023年度)", "项目绩效目标表（2023年）"])
def test_year_in_the_title(title: str) -> None:
    pages = [COVER, *lay_out(replace(FORM, title=title, year=""))]
    assert column(extract(pages), "forms", "fiscal_year") == [2023]


@pytest.mark.parametrize("year", ["（年度）", ""])
def test_year_nowhere(year: str) -> None:
    extraction = extract_form(replace(FORM, year=year))
    assert column(extraction, "forms", "fiscal_year") == [None]
    assert rules(extraction) == ["form.no_fiscal_year"]


@pytest.mark.parametrize(
    ("before", "line", "department", "method"),
    [
        ([], "部门名称：北京市审计局", "北京市审计局", "printed"),
        (department_pages(), "（2023年度）", "北京市水务局", "inferred"),
        ([COVER], "（2023年度）", "崇明区民政局", "inferred"),
    ],
    ids=["above the list", "on the department's table", "on the cover"],
)
def test_department_that_the_list_does_not_print(
    before: list[DrawnPage], line: str, department: str, method: str
) -> None:
    extraction = extract([*before, *list_pages((SYSTEM,), lines=("项目支出绩效目标表", line, "单位：万元"))])
    form = extraction.tables["forms"][-1]
    (evidence,) = (r for r in rows_of(extraction, "evidence", int(str(form["form_no"]))) if r["field"] == "department")
    assert (form["department"], evidence["method"]) == (department, method)
