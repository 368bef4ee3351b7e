"""Tables as cells with spans, and each word in the cell that it belongs to."""

from dataclasses import replace

import pytest

from pipeline.pages.readers import PRIMARY
from pipeline.tables.model import PageGrid, Table
from tests.documents import FORM, extract, indicators, on_one_page, read_grid, table_of
from tests.generator.drawing import DrawnCell, DrawnPage, DrawnTable, DrawnText, Producer, ruled_table

MERGED = ruled_table(
    (("产出指标", "数量指标", "人数"), (None, None, "次数"), (None, "质量指标", "合格率")), (80, 80, 120)
)


def spans(table: Table) -> dict[str, tuple[int, int, int, int]]:
    """Row, column and spans by text."""
    return {cell.text: (cell.row, cell.column, cell.row_span, cell.column_span) for cell in table.cells}


def texts(page: PageGrid) -> list[list[str]]:
    return [[cell.text for cell in table.cells] for table in page.tables]


def lines(page: PageGrid) -> list[str]:
    return [line.text for line in page.lines]


@pytest.mark.parametrize("producer", Producer)
@pytest.mark.parametrize("reader", PRIMARY)
def test_merged_cells(reader: str, producer: Producer) -> None:
    (table,) = read_grid(DrawnPage(tables=(MERGED,)), producer, reader).tables
    assert spans(table) == {
        "产出指标": (0, 0, 3, 1),
        "数量指标": (0, 1, 2, 1),
        "人数": (0, 2, 1, 1),
        "次数": (1, 2, 1, 1),
        "质量指标": (2, 1, 1, 1),
        "合格率": (2, 2, 1, 1),
    }
    assert (table.head, table.foot) == (0b111, 0b111)
    assert [round(number) for number in table.box] == [40, 60, 320, 120]


def test_cell_over_columns_and_rows() -> None:
    cells = (
        DrawnCell(0, 0, row_span=2, column_span=2, text="总目标"),
        DrawnCell(0, 2, text="一"),
        DrawnCell(1, 2, text="二"),
        DrawnCell(2, 0, text="三"),
        DrawnCell(2, 1, column_span=2, text="四"),
    )
    (table,) = read_grid(DrawnPage(tables=(DrawnTable(40, 60, (60, 60, 60), (20, 20, 20), cells),))).tables
    assert spans(table)["总目标"] == (0, 0, 2, 2)
    assert spans(table)["四"] == (2, 1, 1, 2)


@pytest.mark.parametrize("producer", Producer)
@pytest.mark.parametrize(("row", "borders", "ruled"), [(2, "LTR", (0b11, 0)), (0, "LRB", (0, 0b11))])
def test_row_without_rule_at_the_edge_of_a_page(
    producer: Producer, row: int, borders: str, ruled: tuple[int, int]
) -> None:
    closed = ruled_table((("一", "二"), ("三", "四"), ("五", "六")), (80, 80))
    cells = tuple(replace(cell, borders=borders) if cell.row == row else cell for cell in closed.cells)
    (table,) = read_grid(DrawnPage(tables=(replace(closed, cells=cells),)), producer).tables
    assert [cell.text for cell in table.cells] == ["一", "二", "三", "四", "五", "六"]
    assert (table.head, table.foot) == ruled


@pytest.mark.parametrize("producer", Producer)
def test_border_that_is_not_drawn_between_a_tall_cell_and_the_rows_beside_it(producer: Producer) -> None:
    """The rows' rules begin where the border would stand."""
    whole = ruled_table(
        (("目标", "产出", "人数"), ("吃上热饭", "效益", "比率"), (None, "满意度", "评价")), (80, 80, 80)
    )
    left = {0: "LTRB", 1: "LTB"}
    cells = tuple(
        replace(c, borders=left[min(c.row, 1)] if c.column == 0 else "TRB" if c.column == 1 and c.row else "LTRB")
        for c in whole.cells
    )
    (table,) = read_grid(DrawnPage(tables=(replace(whole, cells=cells),)), producer).tables
    assert spans(table)["吃上热饭"] == (1, 0, 2, 1)
    assert [text for text, place in spans(table).items() if place[1] == 1] == ["产出", "效益", "满意度"]


def test_list_without_side_borders() -> None:
    closed = ruled_table((("一", "二", "三"), ("四", "五", "六")), (80, 80, 80))
    outer = {0: "TRB", 1: "LTRB", 2: "LTB"}
    cells = tuple(replace(cell, borders=outer[cell.column]) for cell in closed.cells)
    (table,) = read_grid(DrawnPage(tables=(replace(closed, cells=cells),))).tables
    assert [cell.text for cell in table.cells] == ["一", "二", "三", "四", "五", "六"]


@pytest.mark.parametrize("reader", PRIMARY)
def test_exponent_stands_right_behind_its_unit(reader: str) -> None:
    line = DrawnText(100, 45, "由40 m", "right"), DrawnText(104, 45, "/d")
    parts = (*line, DrawnText(100.2, 44, "3", font_size=6))
    page = read_grid(DrawnPage(texts=parts), reader=reader)
    assert lines(page) == ["由40 m3/d"]


@pytest.mark.parametrize("reader", PRIMARY)
@pytest.mark.parametrize(
    ("number", "y", "line"), [("860,000", 44, "860,000¹"), ("860000", 44, "860000¹"), ("86", 49, "861")]
)
def test_raised_digit_is_no_digit_of_its_number(reader: str, number: str, y: float, line: str) -> None:
    page = read_grid(
        DrawnPage(texts=(DrawnText(100, 45, number, "right"), DrawnText(100, y, "1", font_size=5))), reader=reader
    )
    assert lines(page) == [line]


@pytest.mark.parametrize("reader", PRIMARY)
def test_two_tables_and_the_lines_around_them(reader: str) -> None:
    first, second = ruled_table((("一", "二"),), (60, 60)), ruled_table((("三",), ("四",)), (90,))
    above, between = DrawnText(40, 0, "绩效目标表"), DrawnText(40, 0, "单位：元")
    page = read_grid(on_one_page(above, first, 20, between, second), reader=reader)
    assert texts(page) == [["一", "二"], ["三", "四"]]
    assert lines(page) == ["绩效目标表", "单位：元"]


def test_tables_side_by_side_are_two() -> None:
    left = ruled_table((("一",), ("二",)), (60,))
    page = read_grid(DrawnPage(tables=(left, replace(left, x=200))))
    assert texts(page) == [["一", "二"], ["一", "二"]]


def test_words_belong_to_the_innermost_box() -> None:
    outer = DrawnTable(40, 40, (400,), (200,), (DrawnCell(0, 0),))
    inner = ruled_table((("项目名称", "助餐"),), (80, 80), x=100, y=100)
    page = read_grid(DrawnPage(tables=(outer, inner), texts=(DrawnText(60, 60, "外框"),)))
    assert texts(page) == [["外框"], ["项目名称", "助餐"]]


def test_box_without_text_is_no_table() -> None:
    page = read_grid(DrawnPage(tables=(ruled_table((("", ""),), (60, 60)),), texts=(DrawnText(40, 300, "第1页"),)))
    assert (page.tables, lines(page)) == ((), ["第1页"])


def test_distant_texts_of_one_line_are_two_lines() -> None:
    page = read_grid(DrawnPage(texts=(DrawnText(40, 60, "部门名称：民政局"), DrawnText(400, 60, "单位：万元"))))
    assert lines(page) == ["部门名称：民政局", "单位：万元"]


def test_cell_text_joins_its_lines_and_keeps_each_with_its_box() -> None:
    table = ruled_table((("共1\n000人次\nPower\nPoint", ""),), (100, 60), row_height=60)
    cell = read_grid(DrawnPage(tables=(table,))).tables[0].cells[0]
    assert cell.text == "共1000人次Power Point"
    assert [line.text for line in cell.lines] == ["共1", "000人次", "Power", "Point"]
    assert all(cell.box.y0 <= line.box.y0 < line.box.y1 <= cell.box.y1 for line in cell.lines)


def overflowing(upper: str, lower: str, height: float, top: float) -> PageGrid:
    """Two rows of this height, the upper one's text printed from `top` points below its border."""
    table = ruled_table((("",), (lower,)), (100,), row_height=height, y=100)
    return read_grid(DrawnPage(tables=(table,), texts=(DrawnText(43, 100 + top, upper),)))


@pytest.mark.parametrize(
    ("upper", "lower", "height", "top"),
    [
        ("长效管理机制健全性\n和执行有效性", "信息公开规范性", 20, 1),  # the last line lies on the border
        ("长效管理机制健全性\n和执行有效性\n的提升", "信息公开", 30, 1),
    ],
)
def test_line_that_overflows_into_the_next_row_stays_with_its_cell(
    upper: str, lower: str, height: float, top: float
) -> None:
    (cells,) = texts(overflowing(upper, lower, height, top))
    assert cells == [upper.replace("\n", ""), lower]


def test_overflow_through_the_text_of_the_next_row() -> None:
    """The last line lies wholly in the next row, on its text."""
    (cells,) = texts(overflowing("检查产出指标\n报告的数量\n和质量", "效益", 24, 1))
    assert cells == ["检查产出指标报告的数量和质量", "效益"]


def test_full_rows_are_not_mixed() -> None:
    """Rows just high enough, whose texts touch their borders, keep their own lines."""
    rows = tuple((f"第{number}行第一\n第{number}行第二",) for number in range(4))
    (cells,) = texts(read_grid(DrawnPage(tables=(ruled_table(rows, (100,), row_height=22),))))
    assert cells == [text.replace("\n", "") for (text,) in rows]


def test_overflow_does_not_take_the_next_row_along() -> None:
    table = ruled_table((("",), ("",)), (100,), row_height=24, y=100)
    lower = DrawnText(43, 130, "有所减轻")
    page = read_grid(DrawnPage(tables=(table,), texts=(DrawnText(43, 107, "按季度\n完成送餐"), lower)))
    assert texts(page) == [["按季度完成送餐", "有所减轻"]]


def test_clipped_cell_is_read_whole() -> None:
    """A spreadsheet stores the lines that do not fit below the border of a cell, where nothing shows them."""
    table = table_of(FORM)
    last = max(cell.row for cell in table.cells)
    too_low = tuple(
        replace(cell, text="\n\n老年人\n对助餐的\n满意度", clipped=True) if cell.text == "老年人满意度" else cell
        for cell in table.cells
    )
    heights = (*table.row_heights[:last], 20)
    page = on_one_page(DrawnText(40, 0, FORM.title), replace(table, row_heights=heights, cells=too_low))
    assert indicators(extract([page], reader="mupdf"))[-1][2] == "老年人对助餐的满意度"
