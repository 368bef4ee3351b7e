"""Tables written row by row as people see them, with cells merged to the left and upwards."""

from collections.abc import Sequence
from types import EllipsisType

from .drawing import LINE_HEIGHT, PADDING, DrawnCell, DrawnTable
from .forms import wrap

Row = Sequence[str | EllipsisType | None]  # a text, None: the cell above goes on, ...: the cell to the left goes on
FONT_SIZE = 9


def merged_table(rows: Sequence[Row], column_widths: Sequence[float], x: float = 40, least: float = 18) -> DrawnTable:
    """A table of texts, each wrapped to its cell; rows are at least `least` points high and hold their highest text."""
    cells = []
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            if isinstance(text, str):
                across, down = _span(texts, column, ...), _span([r[column] for r in rows], row, None)
                width = sum(column_widths[column : column + across]) - 2 * PADDING
                wrapped = wrap(text, max(1, int(width / FONT_SIZE)))
                cells.append(DrawnCell(row, column, down, across, wrapped, font_size=FONT_SIZE))
    heights = [least] * len(rows)
    for cell in sorted(cells, key=lambda cell: cell.row + cell.row_span):
        last = cell.row + cell.row_span - 1
        needed = len(cell.text.split("\n")) * FONT_SIZE * LINE_HEIGHT + 2 * PADDING
        heights[last] += max(0, needed - sum(heights[cell.row : last + 1]))
    return DrawnTable(x, 0, tuple(column_widths), tuple(heights), tuple(cells))


def _span(texts: Row, start: int, goes_on: EllipsisType | None) -> int:
    """How many places a text covers: its own, and those after it that say that it goes on."""
    end = start + 1
    while end < len(texts) and texts[end] is goes_on:
        end += 1
    return end - start
