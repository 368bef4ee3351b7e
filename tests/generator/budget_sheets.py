"""Budget tables as they are printed: the style of a set, a table as rows of cells, and its pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from tests.generator.budget_amounts import ORGAN
from tests.generator.drawing import DrawnCell, DrawnPage, DrawnTable, DrawnText

WIDTH, HEIGHT, MARGIN, TOP = 842, 595, 40, 60
ROW = 18  # points
ORGAN_WIDTH = 160  # points that the line of the organ needs


class Expected(NamedTuple):
    """What one printed number is to be read as; `amount` in yuan."""

    kind: str
    label: str | None
    code: str | None
    side: str
    fund: str
    use: str
    origin: str
    item: str | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Style:
    """How a set of tables is printed.

    `codes`: one column, a column each for 类 款 项 whole or with parts left out (`split`, `rest`), or with the name
    (`bracket`, `dash`). `zero` is printed for nothing; an empty text leaves the cell blank.
    """

    unit: str = "万元"
    decimals: int = 2
    grouped: bool = True
    codes: str = "one"
    total: str = "top"
    column_numbers: bool = False
    sequence: bool = False
    zero: str = ""
    caption_in_grid: bool = False
    numbered: str = "公开{:02d}表"
    general: bool = False  # 情况表 and other words of titles
    items_by_row: bool = False
    rows_a_page: int = 40
    repeat: str = "heading"  # what a page repeats: nothing, heading, title


@dataclass(slots=True)
class Sheet:
    """A table as rows of cells: headings, body, and what its numbers mean in reading order."""

    kind: str
    title: str
    widths: list[float]
    heading: list[list[DrawnCell]]
    body: list[list[tuple[int, int, str]]] = field(default_factory=list)  # column, span, text
    expected: list[Expected] = field(default_factory=list)
    note: str = ""


def sheet_pages(number: int, sheet: Sheet, style: Style) -> Iterator[DrawnPage]:
    """The pages of a table, which is the one of this number in its set."""
    for start in range(0, len(sheet.body), style.rows_a_page):
        body = sheet.body[start : start + style.rows_a_page]
        is_first, is_last = start == 0, start + len(body) >= len(sheet.body)
        with_title = is_first or style.repeat == "title"
        heading = sheet.heading if is_first or style.repeat != "nothing" else []
        caption = _caption_rows(sheet, style) if with_title and style.caption_in_grid else []
        table = _table(sheet, caption, heading, body)
        texts = list(_caption(number, sheet, style)) if with_title and not style.caption_in_grid else []
        if is_last and sheet.note:
            texts.append(DrawnText(MARGIN, table.rows[-1] + 6, sheet.note))
        yield DrawnPage(WIDTH, HEIGHT, tuple(texts), (table,))


def _caption(number: int, sheet: Sheet, style: Style) -> Iterator[DrawnText]:
    if style.numbered:
        yield DrawnText(MARGIN, 20, style.numbered.format(number))
    yield DrawnText(WIDTH / 2, 32, sheet.title, "centre", 12)
    yield DrawnText(MARGIN, 48, f"编制单位：{ORGAN}")
    yield DrawnText(WIDTH - MARGIN, 48, f"单位：{style.unit}", "right")


def _caption_rows(sheet: Sheet, style: Style) -> list[list[DrawnCell]]:
    columns = len(sheet.widths)
    half = next(n for n in range(1, columns) if sum(sheet.widths[:n]) >= ORGAN_WIDTH)
    return [
        [DrawnCell(0, 0, column_span=columns, text=sheet.title)],
        [
            DrawnCell(1, 0, column_span=half, text=f"编制单位：{ORGAN}"),
            DrawnCell(1, half, column_span=columns - half, text=f"单位：{style.unit}"),
        ],
    ]


def heading_row(paths: Sequence[tuple[str, ...]], row: int, depth: int) -> Iterator[DrawnCell]:
    """The cells that begin in a row of headings: equal ones side by side are one, the last of a path reaches down."""
    n = 0
    while n < len(paths):
        path = paths[n]
        end = n + 1
        if row < len(path):
            while end < len(paths) and row < len(path) - 1 and paths[end][: row + 1] == path[: row + 1]:
                end += 1
            span = depth - row if row == len(path) - 1 else 1
            yield DrawnCell(row, n, span, end - n, path[row])
        n = end


def _table(
    sheet: Sheet, caption: list[list[DrawnCell]], heading: list[list[DrawnCell]], body: list[list[tuple[int, int, str]]]
) -> DrawnTable:
    cells = [cell for row in caption for cell in row]
    first = len(caption)
    cells += [
        DrawnCell(cell.row + first, cell.column, cell.row_span, cell.column_span, cell.text)
        for row in heading
        for cell in row
    ]
    first += len(heading)
    for n, row in enumerate(body, start=first):
        cells += [DrawnCell(n, column, 1, span, text, font_size=8) for column, span, text in row]
    return DrawnTable(MARGIN, TOP, tuple(sheet.widths), (ROW,) * (first + len(body)), tuple(cells))
