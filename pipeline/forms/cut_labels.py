"""Labels that a page break cuts: 年度总体目 at one page's foot and 标 at the head of the next, or all of it there.

The label is given back to the page on which its value begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.forms.cell_index import index_cells
from pipeline.forms.dictionary import Knowledge, meanings
from pipeline.forms.model import Piece
from pipeline.tables.model import Cell
from pipeline.text import key

LONGEST = 8  # characters of a part of a label that a break cuts
LONGEST_YEAR = 14  # characters of a value that the label 年度 has; beside a longer one it is a part of another label
SAME_EDGE = 5.0  # points


def with_whole_labels(pieces: Sequence[Piece], knowledge: Knowledge) -> list[Piece]:
    """The pieces of a form with the labels whole that are cut between them."""
    whole = list(pieces)
    for i in range(1, len(whole)):
        above, below = whole[i - 1], whole[i]
        for cell, rest in list(_pairs(above, below)):
            if (text := _whole_label(above, below, cell, rest, knowledge)) is not None:
                whole[i - 1] = _with_text(whole[i - 1], cell, text)
                whole[i] = _with_text(whole[i], rest, "")
    return whole


def _pairs(above: Piece, below: Piece) -> Iterator[tuple[Cell, Cell]]:
    """Cells at the foot of a piece, each with the one at the head of the next that stands in the same column."""
    if above.table.page == below.table.page:
        return
    first = [(cell, cell.box.x0, cell.box.x1) for cell in below.cells.row_cells(below.first) if cell.text]
    if not any(len(key(cell.text)) <= LONGEST for cell, _, _ in first):
        return
    for cell in above.cells.row_cells(above.last - 1):
        x0, x1 = below.alignment.place(cell.box.x0), below.alignment.place(cell.box.x1)
        rest = next((c for c, a, b in first if abs(a - x0) < SAME_EDGE and abs(b - x1) < SAME_EDGE), None)
        if rest is not None and len(key(rest.text)) <= LONGEST:
            yield cell, rest


def _whole_label(above: Piece, below: Piece, cell: Cell, rest: Cell, knowledge: Knowledge) -> str | None:
    """The whole label of two cells on both sides of a break; None where they are no parts of one."""
    value, beside = above.cells.right_of(cell), below.cells.right_of(rest)
    if cell.text:
        together = cell.text + rest.text
        is_whole = meanings(knowledge, together).keys() & {"goal", "field", "block"}
        is_part = meanings(knowledge, cell.text).keys().isdisjoint(("goal", "field", "fund"))
        is_part = is_part or (value is not None and len(value.text) > LONGEST_YEAR)  # 年度 over 总体目标
        return together if is_whole and is_part else None
    if value is None or not value.text or beside is None or "goal" not in meanings(knowledge, rest.text):
        return None
    open_ended = not above.cells.ruled_foot(value) and not below.table.head >> beside.column & 1
    left = above.cells.left_of(cell)
    alone = left is None and value.column + value.column_span == above.cells.columns
    return rest.text if alone and (not beside.text or open_ended) and not meanings(knowledge, value.text) else None


def _with_text(piece: Piece, cell: Cell, text: str) -> Piece:
    """A piece in which one cell has another text; one without text has no lines either."""
    other = cell._replace(text=text, lines=cell.lines if text else ())
    cells = tuple(other if c is cell else c for c in piece.table.cells)
    return piece._replace(cells=index_cells(replace(piece.table, cells=cells)))
