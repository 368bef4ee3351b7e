"""Whatever table is drawn is read back: the same cells, the same texts."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.documents import read_grid
from tests.fuzz import fuzz
from tests.generator.borders import Borders, Way
from tests.generator.drawing import DrawnCell, DrawnPage, DrawnTable, Producer

SPAN = st.sampled_from((1, 1, 1, 2, 3))


@st.composite
def tables(draw: st.DrawFn) -> DrawnTable:
    """A table of merged and single cells; every cell has a text of its own."""
    columns, rows = draw(st.integers(2, 6)), draw(st.integers(2, 7))
    free = {(row, column) for row in range(rows) for column in range(columns)}
    cells: list[DrawnCell] = []
    for row in range(rows):
        for column in range(columns):
            if (row, column) not in free:
                continue
            right = column + 1
            wanted = draw(SPAN)
            while right < min(columns, column + wanted) and (row, right) in free:
                right += 1
            bottom = min(rows, row + draw(SPAN))
            free -= {(r, c) for r in range(row, bottom) for c in range(column, right)}
            cells.append(DrawnCell(row, column, bottom - row, right - column, text=f"格{len(cells)}"))
    widths = draw(st.lists(st.integers(30, 80), min_size=columns, max_size=columns))
    heights = draw(st.lists(st.integers(14, 60), min_size=rows, max_size=rows))
    return DrawnTable(30, 40, tuple(widths), tuple(heights), tuple(cells))


@st.composite
def pages(draw: st.DrawFn) -> DrawnPage:
    width, height = draw(st.sampled_from(((595, 842), (842, 595), (1261, 913))))
    return DrawnPage(width, height, tables=(draw(tables()),), rotation=draw(st.sampled_from((0, 90, 180, 270))))


def placed(cells: dict[str, tuple[int, int, int, int]]) -> dict[str, tuple[int, int, int, int]]:
    """Spans counted in the borders that are drawn: a row or column that every cell crosses is none."""
    ys = sorted({y for row, _, below, _ in cells.values() for y in (row, below)})
    xs = sorted({x for _, column, _, right in cells.values() for x in (column, right)})
    return {
        text: (ys.index(row), xs.index(column), ys.index(below), xs.index(right))
        for text, (row, column, below, right) in cells.items()
    }


def check(page: DrawnPage, producer: Producer | Borders, reader: str) -> None:
    drawn = {c.text: (c.row, c.column, c.row + c.row_span, c.column + c.column_span) for c in page.tables[0].cells}
    (table,) = read_grid(page, producer, reader).tables
    read = {c.text: (c.row, c.column, c.row + c.row_span, c.column + c.column_span) for c in table.cells}
    assert read == placed(drawn)
    every = (1 << (len(table.xs) - 1)) - 1
    assert (table.head, table.foot) == (every, every)
    assert all(0 <= line <= page.width for line in table.xs) and all(a < b for a, b in pairwise(table.ys))


@fuzz(25)
@given(pages(), st.sampled_from(Producer))
def test_drawn_table_is_read_back(page: DrawnPage, producer: Producer) -> None:
    check(page, producer, "mupdf")


@fuzz(8)
@given(pages(), st.sampled_from(Producer))
def test_drawn_table_is_read_back_by_the_independent_reader(page: DrawnPage, producer: Producer) -> None:
    check(page, producer, "pdfplumber")


SIZES = {
    Way.LETTERS: (6.0, 10.0),
    Way.DARK_HEADING: (0.7, 1.5),
    Way.BARS: (2.0, 4.5),
    Way.DOUBLE: (2.2, 5.0),
    Way.DASHES: (3.0, 7.0),
    Way.PICTURES: (0.5, 4.0),
}
LARGEST = 4.0  # points of other ways; the rows of the tables are no higher than 14


@st.composite
def borders(draw: st.DrawFn) -> Borders:
    way = draw(st.sampled_from(Way))
    least, most = SIZES.get(way, (0.75, LARGEST))
    return Borders(way, draw(st.floats(least, most).map(lambda size: round(size, 2))))


@st.composite
def dividing_tables(draw: st.DrawFn) -> DrawnTable:
    """A table of three rows and columns at least: fewer boxes may be decoration."""
    table = draw(tables())
    rows, columns = (
        {start for start, span in spans if start}
        for spans in (
            [(c.row, c.row_span) for c in table.cells],
            [(c.column, c.column_span) for c in table.cells],
        )
    )
    assume(len(rows) > 1 and len(columns) > 1)
    larger = draw(st.sampled_from((1, 2)))
    return replace(
        table,
        column_widths=tuple(larger * width for width in table.column_widths),
        row_heights=tuple(larger * height for height in table.row_heights),
    )


def check_borders(table: DrawnTable, drawn: Borders, reader: str) -> None:
    assume(drawn.way not in (Way.DASHES, Way.LETTERS) or (len(table.row_heights) > 4 and min(table.row_heights) >= 28))
    check(DrawnPage(1000, 1000, tables=(table,)), drawn, reader)


@fuzz(25)
@given(dividing_tables(), borders())
def test_table_with_borders_of_any_kind_is_read_back(table: DrawnTable, drawn: Borders) -> None:
    check_borders(table, drawn, "mupdf")


@fuzz(8)
@given(dividing_tables(), borders())
def test_table_with_borders_of_any_kind_is_read_back_by_the_independent_reader(
    table: DrawnTable, drawn: Borders
) -> None:
    check_borders(table, drawn, "pdfplumber")


@pytest.mark.parametrize("producer", Producer)
def test_every_cell_stands_where_it_was_drawn(producer: Producer) -> None:
    cells = (DrawnCell(0, 0, 2, 1, "甲"), DrawnCell(0, 1, text="乙"), DrawnCell(1, 1, text="丙"))
    table = DrawnTable(30, 40, (50, 70), (20, 30), cells)
    (read,) = read_grid(DrawnPage(tables=(table,)), producer).tables
    assert {c.text: tuple(map(round, c.box)) for c in read.cells} == {
        cell.text: tuple(map(round, table.box(cell))) for cell in table.cells
    }
