"""Whole performance forms, laid out as boxed tables over as many pages as they need."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from .cutting import CutText, cut_table
from .drawing import PADDING, Align, DrawnCell, DrawnPage, DrawnTable, DrawnText, ruled_table, text_height

TITLE_SIZE = 14
# the right borders of the columns, in points of a form as wide as the last one: a narrow label, level 1, level 2, the
# left half (amount and goal), level 3, the labels of the right half, and the targets and amounts
LABEL, LEVEL1, LEVEL2, HALF, LEVEL3, RIGHT_LABEL, WIDTH = 30, 110, 200, 272, 325, 380, 515
MERGED_COLUMNS = 2  # level 1 and level 2
Placed = tuple[float, float, DrawnCell]  # left border, right border, cell; its column follows from all the borders


@dataclass(frozen=True, slots=True)
class FormContent:
    """What a form prints; texts may hold line breaks.

    `header` rows are label, value, label, value; `funds` rows the same, None for a cell merged into the one above;
    `rows` are the indicators, one text for each of `columns`: level 1, level 2, level 3, target and further ones.
    Equal neighbours in the first two columns are merged.
    """

    title: str
    rows: tuple[tuple[str, ...], ...]
    year: str = "（2023年度）"
    header: tuple[tuple[str, str, str, str], ...] = ()
    funds_label: str = "项目资金\n(元)"
    funds: tuple[tuple[str | None, ...], ...] = ()
    goals_label: str = "项目绩效目标"
    goal_headings: tuple[str, str] = ("项目总目标", "年度总目标")
    goals: tuple[str, str] = ("", "")
    indicators_label: str = "绩效指标"
    columns: tuple[str, ...] = ("一级指标", "二级指标", "三级指标", "指标目标值")


@dataclass(frozen=True, slots=True)
class FormLayout:
    """How a form is printed: sizes in points, characters a line, and what happens where a page ends.

    `breaks` are the indicator rows (from 0) that start a new page, besides those that no longer fit.
    """

    page_width: float = 595
    page_height: float = 842
    margin: float = 40
    font_size: float = 9
    row_height: float = 20
    goal_characters: int = 25
    name_characters: int = 12
    value_characters: int = 17
    breaks: tuple[int, ...] = ()
    cut_text: CutText = CutText.FIRST
    repeat_title: bool = False


def wrap(text: str, characters: int) -> str:
    """The text with every line broken after a number of characters; line breaks it has are kept."""
    return "\n".join(
        line[start : start + characters]
        for line in text.split("\n")
        for start in range(0, max(len(line), 1), characters)
    )


def lay_out(form: FormContent, layout: FormLayout | None = None) -> list[DrawnPage]:
    """The pages of a form, broken between rows."""
    layout = layout or FormLayout()
    middle = layout.page_width / 2
    heading = (
        DrawnText(middle, layout.margin, form.title, "centre", TITLE_SIZE),
        DrawnText(middle, layout.margin + 1.6 * TITLE_SIZE, form.year, "centre", layout.font_size),
    )
    below_heading = layout.margin + 3 * TITLE_SIZE
    next_y = below_heading if layout.repeat_title else layout.margin
    table = _table(form, layout, below_heading)
    parts = cut_table(table, _breaks(table, layout, len(form.rows), next_y), layout.cut_text, next_y)
    return [
        DrawnPage(layout.page_width, layout.page_height, heading if not number or layout.repeat_title else (), (part,))
        for number, part in enumerate(parts)
    ]


def _table(form: FormContent, layout: FormLayout, y: float) -> DrawnTable:
    placed: list[Placed] = []
    height = 0
    for block in (_header(form, layout), _funds(form), _goals(form, layout), _indicators(form, layout)):
        moved = [(x0, x1, replace(cell, row=cell.row + height, font_size=layout.font_size)) for x0, x1, cell in block]
        placed += moved
        height = max((cell.row + cell.row_span for _, _, cell in moved), default=height)
    borders = sorted({x for x0, x1, _ in placed for x in (x0, x1)})
    cells = tuple(
        replace(cell, column=borders.index(x0), column_span=borders.index(x1) - borders.index(x0))
        for x0, x1, cell in placed
    )
    scale = (layout.page_width - 2 * layout.margin) / WIDTH
    widths = tuple((x1 - x0) * scale for x0, x1 in pairwise(borders))
    return DrawnTable(layout.margin, y, widths, _row_heights(cells, height, layout), cells)


def _row_heights(cells: tuple[DrawnCell, ...], count: int, layout: FormLayout) -> tuple[float, ...]:
    """High enough for every text; a merged cell that needs more makes its last row higher."""
    heights = [layout.row_height] * count
    for cell in sorted(cells, key=lambda cell: cell.row + cell.row_span):
        last = cell.row + cell.row_span - 1
        text = "\n".join(cell.text) if cell.vertical else cell.text
        needed = text_height(text, cell.font_size) + 2 * PADDING
        heights[last] += max(0, needed - sum(heights[cell.row : last + 1]))
    return tuple(heights)


def _breaks(table: DrawnTable, layout: FormLayout, indicators: int, next_y: float) -> list[int]:
    """The rows of the table that start a new page."""
    breaks = []
    y = table.y
    first_indicator = len(table.row_heights) - indicators
    for row, height in enumerate(table.row_heights):
        if row - first_indicator in layout.breaks or y + height > layout.page_height - layout.margin:
            breaks.append(row)
            y = next_y
        y += height
    return breaks


def _header(form: FormContent, layout: FormLayout) -> Iterator[Placed]:
    for row, (label, value, right_label, right_value) in enumerate(form.header):
        yield 0, LEVEL1, DrawnCell(row, 0, text=label)
        yield LEVEL1, HALF, DrawnCell(row, 0, text=wrap(value, layout.value_characters))
        yield HALF, RIGHT_LABEL, DrawnCell(row, 0, text=right_label)
        yield RIGHT_LABEL, WIDTH, DrawnCell(row, 0, text=wrap(right_value, layout.value_characters))


def _funds(form: FormContent) -> Iterator[Placed]:
    if form.funds:
        yield 0, LEVEL1, DrawnCell(0, 0, row_span=len(form.funds), text=form.funds_label)
        borders = (LEVEL1, LEVEL2, HALF, RIGHT_LABEL, WIDTH)
        for cell in ruled_table(form.funds, borders[1:]).cells:
            align: Align = "right" if cell.column % 2 else "left"
            yield borders[cell.column], borders[cell.column + 1], replace(cell, align=align)


def _goals(form: FormContent, layout: FormLayout) -> Iterator[Placed]:
    yield 0, LABEL, DrawnCell(0, 0, row_span=2, text=form.goals_label, vertical=True)
    halves = ((LABEL, HALF), (HALF, WIDTH))
    for (x0, x1), heading, goal in zip(halves, form.goal_headings, form.goals, strict=True):
        yield x0, x1, DrawnCell(0, 0, text=heading)
        yield x0, x1, DrawnCell(1, 0, text=wrap(goal, layout.goal_characters), align="left")


def _indicators(form: FormContent, layout: FormLayout) -> Iterator[Placed]:
    yield 0, LABEL, DrawnCell(0, 0, row_span=len(form.rows) + 1, text=form.indicators_label, vertical=True)
    targets = len(form.columns) - 3
    target_borders = [LEVEL3 + (WIDTH - LEVEL3) * number / targets for number in range(targets + 1)]
    borders = [LABEL, LEVEL1, LEVEL2, *target_borders]
    characters = [layout.goal_characters] * 2 + [layout.name_characters] + [layout.value_characters] * targets
    for column, heading in enumerate(form.columns):
        x0, x1 = borders[column : column + 2]
        yield x0, x1, DrawnCell(0, 0, text=heading)
        for first, span in _groups(form.rows, column):
            text = wrap(form.rows[first][column], characters[column])
            yield x0, x1, DrawnCell(first + 1, 0, row_span=span, text=text)


def _groups(rows: tuple[tuple[str, ...], ...], column: int) -> Iterator[tuple[int, int]]:
    """First row and number of rows of every cell of an indicator column."""
    if column >= MERGED_COLUMNS:
        yield from ((row, 1) for row in range(len(rows)))
    else:
        first = 0
        for _, group in groupby(rows, key=lambda row: row[: column + 1]):
            span = len(list(group))
            yield first, span
            first += span
