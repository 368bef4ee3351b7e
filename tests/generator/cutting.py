"""Tables cut at page breaks, with merged cells that lie across a break printed as real documents do."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import Enum
from itertools import accumulate, pairwise

from .drawing import DrawnCell, DrawnTable


class CutText(Enum):
    """Where the text of a cell cut by a page break is printed."""

    FIRST = "first"  # on the first part alone, the next ones are empty
    LAST = "last"
    MIDDLE = "middle"  # on the part where the middle of the whole cell falls
    EVERY = "every"  # in full on every part
    LINES = "lines"  # lines as they fit; a single line on the first part
    CLIPPED = "clipped"  # in full on every part, at its place in the whole cell, and clipped to the part
    SPLIT = "split"  # cut: lines as they fit, a single line before its last character


VISIBLE_CUTS = tuple(cut for cut in CutText if cut is not CutText.CLIPPED)
"""Cuts after which a page hides no text."""


def cut_table(table: DrawnTable, before_rows: Iterable[int], cut_text: CutText, next_y: float) -> list[DrawnTable]:
    """The parts of a table broken before the given rows (from 0); the parts after the first stand at `next_y`."""
    ends = [0, *sorted(before_rows), len(table.row_heights)]
    return [
        replace(
            table,
            y=next_y if first else table.y,
            row_heights=table.row_heights[first:last],
            cells=tuple(
                _part(table, cell, ends, first, last, cut_text)
                for cell in table.cells
                if cell.row < last and cell.row + cell.row_span > first
            ),
        )
        for first, last in pairwise(ends)
    ]


def stretch_row(table: DrawnTable, row: int, height: float) -> DrawnTable:
    """The table with a row (from 0) made higher by a grid row of its own, so that a page can break inside of it."""
    cells = tuple(
        replace(
            cell,
            row=cell.row + (cell.row > row),
            row_span=cell.row_span + (cell.row <= row < cell.row + cell.row_span),
        )
        for cell in table.cells
    )
    heights = table.row_heights
    return replace(table, row_heights=(*heights[: row + 1], height, *heights[row + 1 :]), cells=cells)


def _part(
    table: DrawnTable, cell: DrawnCell, ends: Sequence[int], first: int, last: int, cut_text: CutText
) -> DrawnCell:
    """The part of a cell that lies in the rows from `first` up to `last`."""
    below = cell.row + cell.row_span
    cuts = [cell.row, *(end for end in ends if cell.row < end < below), below]
    heights = [sum(table.row_heights[start:end]) for start, end in pairwise(cuts)]
    top = max(cell.row, first)
    number = cuts.index(top)
    text = _texts(cell.text, heights, cut_text)[number]
    if cut_text is CutText.CLIPPED and len(heights) > 1:
        cell = replace(cell, clipped=True, beyond=(sum(heights[:number]), sum(heights[number + 1 :])))
    return replace(cell, row=top - first, row_span=min(below, last) - top, text=text)


def _texts(text: str, heights: Sequence[float], cut_text: CutText) -> list[str]:
    """What is printed on each part of a cell whose parts have these heights."""
    count, whole = len(heights), sum(heights)
    if cut_text in (CutText.EVERY, CutText.CLIPPED) or count == 1:
        return [text] * count
    if cut_text is CutText.SPLIT or (cut_text is CutText.LINES and "\n" in text):
        return _split(text, heights)
    middle = next(number for number, end in enumerate(accumulate(heights)) if end >= whole / 2)
    printed = {CutText.FIRST: 0, CutText.LINES: 0, CutText.LAST: count - 1, CutText.MIDDLE: middle}[cut_text]
    return [text if number == printed else "" for number in range(count)]


def _split(text: str, heights: Sequence[float]) -> list[str]:
    lines = text.split("\n")
    if len(lines) == 1:
        return [text[:-1], text[-1:], *[""] * (len(heights) - 2)]
    ends = [round(len(lines) * end / sum(heights)) for end in accumulate(heights, initial=0.0)]
    return ["\n".join(lines[start:end]) for start, end in pairwise(ends)]
