"""Pages of one form that are set apart are one form: moved, scaled, set anew, with a page between, or cut in a row."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.document.result import DocumentResult
from tests.documents import extract, indicators, rows_of
from tests.fuzz import fuzz
from tests.generator.cutting import VISIBLE_CUTS, CutText
from tests.generator.drawing import DrawnPage, DrawnText
from tests.generator.forms import wrap
from tests.generator.separated import (
    Content,
    below,
    contents,
    cut,
    cut_in_row,
    first_row,
    goal_row,
    heading,
    left_and_right,
    moved,
    pages_of,
    scaled,
    set_anew,
    without_first_column,
    without_heading_row,
)
from tests.generator.varied_lists import VariedList, varied_lists

GOAL_COLUMN = 2
LIST_CUTS = tuple(cut for cut in VISIBLE_CUTS if cut is not CutText.SPLIT)  # which would cut amounts
TEXT_PAGE = DrawnPage(
    texts=(DrawnText(60, 80, "以上项目经集体研究后报批。"), DrawnText(60, 110, "有关单位应当按程序执行。"))
)


def is_read(extraction: DocumentResult, *forms: Content, titled: bool = True) -> None:
    rows = extraction.tables["forms"]
    names = ("project_name", "department", "implementing_unit", "annual_total", "annual_goal")
    assert [tuple(row[n] for n in names) for row in rows] == [
        (f.name, f.department, f.unit, Decimal(f.amount), f.goal) for f in forms
    ]
    titles = [(f.title, f.year) for f in forms] if titled else [(forms[0].title, forms[0].year)]
    assert [(row["title"], row["fiscal_year"]) for row in rows[: len(titles)]] == titles
    for number, form in enumerate(forms, start=1):
        assert indicators(extraction, number) == list(form.rows)


@st.composite
def broken(draw: st.DrawFn) -> tuple[Content, int]:
    """A form, and the grid row of an indicator before which its page ends."""
    content = draw(contents())
    first = first_row(content.table(), content)
    return content, draw(st.integers(first + 1, first + len(content.rows) - 1))


CUTS = st.sampled_from((CutText.FIRST, CutText.EVERY))


@fuzz(25)
@given(broken(), CUTS, st.floats(-30, 30), st.floats(0.75, 1.35))
def test_a_table_that_is_moved_and_scaled_goes_on(
    form: tuple[Content, int], text: CutText, by: float, scale: float
) -> None:
    content, row = form
    first, second = cut(content.table(), row, text)
    is_read(extract(pages_of(content, (first, moved(second, by)))), content)
    is_read(extract(pages_of(content, (first, scaled(second, scale)))), content)


@fuzz(25)
@given(broken(), CUTS, st.lists(st.floats(-9, 9), min_size=4, max_size=4), st.floats(-20, 20))
def test_columns_set_anew_are_the_same_columns(
    form: tuple[Content, int], text: CutText, by: list[float], shift: float
) -> None:
    content, row = form
    rest = content.rows[row - first_row(content.table(), content) :]
    assume(text is CutText.EVERY or len({r[:2] for r in rest}) > 1 or any(c.isdigit() for r in rest for c in r[3]))
    first, second = cut(content.table(), row, text)
    is_read(extract(pages_of(content, (first, moved(set_anew(second, tuple(by)), shift)))), content)


@fuzz(25)
@given(broken(), CUTS, st.sampled_from((DrawnPage(), TEXT_PAGE)))
def test_a_page_between_does_not_end_a_form(form: tuple[Content, int], text: CutText, between: DrawnPage) -> None:
    content, row = form
    is_read(extract(pages_of(content, cut(content.table(), row, text), (between,))), content)


@fuzz(25)
@given(broken(), CUTS)
def test_the_label_of_the_block_may_be_missing_on_the_next_page(form: tuple[Content, int], text: CutText) -> None:
    content, row = form
    first, second = cut(content.table(), row, text)
    is_read(extract(pages_of(content, (first, without_first_column(second)))), content)


@fuzz(25)
@given(contents(), contents(), st.integers(0, 3), st.floats(-20, 20))
def test_a_form_may_begin_at_the_foot_of_a_page(one: Content, other: Content, rows: int, by: float) -> None:
    table = other.table()
    first_page = DrawnPage(height=2000, texts=(*one.heading, *heading(other, 1500)), tables=(one.table(),))
    if not rows:
        is_read(extract([first_page, DrawnPage(height=2000, tables=(moved(table, by),))]), one, other)
        return
    above, below = cut(table, rows)
    above = moved(above, 0)
    both = DrawnPage(
        height=2000,
        texts=first_page.texts,
        tables=(one.table(), type(above)(above.x, 1560, above.column_widths, above.row_heights, above.cells)),
    )
    is_read(extract([both, DrawnPage(height=2000, tables=(moved(below, by),))]), one, other)


@fuzz(25)
@given(broken(), st.data())
def test_a_target_that_a_page_break_cuts_is_one(form: tuple[Content, int], data: st.DataObject) -> None:
    content, row = form
    target = content.rows[row - 1 - first_row(content.table(), content)][3]
    at = data.draw(st.integers(1, len(target) - 1))
    parts = cut_in_row(content.table(), row - 1, {target: (target[:at], target[at:])})
    is_read(extract(pages_of(content, parts)), content)


@fuzz(25)
@given(contents(), st.data())
def test_a_name_that_a_page_break_cuts_is_one(content: Content, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(content.name) - 1))
    parts = cut_in_row(content.table(), 0, {content.name: (content.name[:at], content.name[at:])})
    is_read(extract(pages_of(content, parts)), content)


@fuzz(25)
@given(contents(), contents(), st.sampled_from((0.0, 12.0)), st.booleans())
def test_a_form_that_runs_on_below_another_without_title_or_headings(
    one: Content, other: Content, gap: float, headed: bool
) -> None:
    table = other.table() if headed else without_heading_row(other.table(), other)
    page = DrawnPage(height=3000, texts=one.heading, tables=below(one.table(), table, gap))
    is_read(extract([page]), one, other, titled=False)


def is_list_read(extraction: DocumentResult, form: VariedList) -> None:
    read = extraction.tables["forms"]
    assert [(row["project_code"], row["project_name"]) for row in read] == [(x[0], x[1]) for x in form.projects]
    for number, (row, (_, _, amounts, goal, rows)) in enumerate(zip(read, form.projects, strict=True), start=1):
        assert goal in (row["annual_goal"], row["lifetime_goal"])
        funds = {fund["source"]: fund["amount"] for fund in rows_of(extraction, "funds", number)}
        assert funds == {source: Decimal(amount) * 10_000 for source, amount in amounts.items()}
        assert [tuple(r[:4]) for r in indicators(extraction, number)] == rows


@fuzz(25)
@given(
    varied_lists(LIST_CUTS),
    st.floats(-30, 30),
    st.sampled_from((None, DrawnPage())),
)
def test_pages_of_a_list_may_be_moved_and_set_apart(form: VariedList, by: float, between: DrawnPage | None) -> None:
    pages: list[DrawnPage] = []
    for number, page in enumerate(form.pages):
        tables = tuple(moved(table, by) for table in page.tables) if number % 2 else page.tables
        pages += [*([between] if between is not None and number else []), replace(page, tables=tables)]
    is_list_read(extract(pages), form)


@fuzz(12)
@given(varied_lists((CutText.CLIPPED,)), st.floats(-20, 20), st.sampled_from(("mupdf", "pdfplumber")))
def test_text_that_a_list_stores_on_both_pages_is_read_once(form: VariedList, by: float, reader: str) -> None:
    pages = [replace(p, tables=tuple(moved(t, by * (n % 2)) for t in p.tables)) for n, p in enumerate(form.pages)]
    is_list_read(extract(pages, reader=reader), form)


def are_projects_read(extraction: DocumentResult, projects: Sequence[Content]) -> None:
    read = [(row["project_name"], row["annual_goal"]) for row in extraction.tables["forms"]]
    assert read == [(project.name, project.goal) for project in projects]
    for number, project in enumerate(projects, start=1):
        assert [fund["amount"] for fund in rows_of(extraction, "funds", number)] == [Decimal(project.amount)]
        assert indicators(extraction, number) == list(project.rows)


@fuzz(25)
@given(contents(), st.floats(30, 60), st.floats(-20, 40))
def test_a_sheet_cut_into_a_left_and_a_right_page_is_one(content: Content, first: float, by: float) -> None:
    extraction = extract(left_and_right(content, first, by))
    is_read(extraction, content)
    assert {row["page"] for row in extraction.tables["evidence"] if row["field"] == "target"} == {2}


@fuzz(30)
@given(contents(), st.data())
def test_a_label_that_a_page_break_cuts_with_its_goal_is_whole(content: Content, data: st.DataObject) -> None:
    label, whole = "年度总体目标", wrap(content.goal, 47)
    at, lines = data.draw(st.integers(1, len(label) - 1)), whole.split("\n")
    line = data.draw(st.integers(1, len(lines) - 1)) if len(lines) > 1 else 1
    row = goal_row(content, label, whole)
    parts = cut_in_row(
        row, 2, {label: (label[:at], label[at:]), whole: ("\n".join(lines[:line]), "\n".join(lines[line:]))}
    )
    is_read(extract(pages_of(content, parts)), content)
