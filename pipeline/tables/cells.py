"""A page's words laid into the cells of its tables.

Words go to the cell around their centre. Where a cell is too low for its text, lines overflow into the neighbour and
centres lie: there the lines of one run (drawn one after the other, left edge and line distance alike) stay together
in the cell that holds most of the run.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise

from pipeline.notation import PAGE_NUMBER
from pipeline.pages.areas import large_pictures
from pipeline.pages.lattice import Lattice, lattices
from pipeline.pages.model import Page, Word
from pipeline.tables.clipped import Whole
from pipeline.tables.lines import line_groups, line_of, printed_lines
from pipeline.tables.model import Box, Cell, Line, PageGrid, Table
from pipeline.tables.overflow import is_below, release_slivers, settle, straddles
from pipeline.text import join_lines

EDGE = 1.0  # points a word's centre may lie beside a table and still belong to it
# Share of a word's height inside of a table that makes it part of the table. A page break cuts lines and leaves no more
# than a sliver at the foot; at the head a title's descenders must not count.
CUT_TOP, CUT_BOTTOM = 0.3, 0.02
_new = tuple.__new__  # what a NamedTuple does, without matching names: pages have hundreds of cells


def page_grid(page: Page, frames: Sequence[Lattice] | None = None, whole: Whole | None = None) -> PageGrid:
    """Tables and free lines of a page. Tables without any text are left out: boxes drawn for decoration.

    `frames` are the page's lattices where they are known already. `whole` are the page's words completed by what is
    stored but clipped; without it the visible words are taken.
    """
    frames = lattices(page.level, page.upright) if frames is None else frames
    inside, free = _sorted_out(_areas(frames), whole.words if whole is not None else page.words)
    for frame, words in zip(frames, inside, strict=True):
        free += _page_number(frame, words)
    tables: list[Table] = []
    for frame, words in zip(frames, inside, strict=True):
        if words:
            tables.append(_table(page.number, frame, words, whole))
    hidden = _unseen(page.covered, frames, whole)
    pictures = tuple(Box(*area) for area in large_pictures(page)) if page.pictures else ()
    return PageGrid(page.number, page.width, page.height, tuple(tables), _free_lines(free), hidden, pictures)


def _page_number(frame: Lattice, words: list[Word]) -> list[Word]:
    """Take a page's number out of the words of a table that runs down to it, and into its last row."""
    foot = frame.ys[-1]
    last = sorted([word for word in words if word[3] > foot])
    if not last or not PAGE_NUMBER.match("".join(word[4] for word in last)):
        return []
    words[:] = [word for word in words if word[3] <= foot]
    return last


def _unseen(covered: Sequence[Word], frames: Sequence[Lattice], whole: Whole | None) -> tuple[Line, ...]:
    """Texts below covers, and clipped texts of tables that no visible word leads to."""
    lost = (word for line in whole.lost if tabled(frames, line) for word in line) if whole is not None else ()
    return tuple(line for word in (*covered, *lost) for line in printed_lines((word,)))


def tabled(frames: Sequence[Lattice], words: Sequence[Word]) -> bool:
    """Whether any of the words stands in a table."""
    return any(_sorted_out(_areas(frames), words)[0])


_Area = tuple[float, float, float, float, int]


def _areas(frames: Sequence[Lattice]) -> list[_Area]:
    """Where the words of each lattice may stand (left, top, right, bottom), with its number; narrow ones first."""
    areas = [(f.xs[0] - EDGE, f.ys[0], f.xs[-1] + EDGE, f.ys[-1], i) for i, f in enumerate(frames)]
    return sorted(areas, key=lambda area: frames[area[4]].xs[-1] - frames[area[4]].xs[0])


def _sorted_out(areas: Sequence[_Area], words: Sequence[Word]) -> tuple[list[list[Word]], list[Word]]:
    """The words of each lattice, the innermost one around a word, and those outside of all."""
    inside: list[list[Word]] = [[] for _ in areas]
    free = list(words)
    for left, top, right, bottom, number in areas:
        outside: list[Word] = []
        for word in free:
            x0, y0, x1, y1, _, _ = word
            if left <= (x0 + x1) / 2 <= right and ((top <= y0 and y1 <= bottom) or _reaches(top, bottom, y0, y1)):
                inside[number].append(word)
            else:
                outside.append(word)
        free = outside
    return inside, free


def _reaches(top: float, bottom: float, y0: float, y1: float) -> bool:
    """Whether enough of a word that stands over the edge of a table is inside of it."""
    height = y1 - y0
    return top + CUT_TOP * height <= y1 and y0 <= bottom - CUT_BOTTOM * height


def _table(number: int, frame: Lattice, words: Sequence[Word], whole: Whole | None) -> Table:
    xs, ys = frame.xs, frame.ys
    boxes: list[Box] = [
        _new(Box, (xs[column], ys[row], xs[column + column_span], ys[row + row_span]))
        for row, column, row_span, column_span in frame.spans
    ]
    held = settle(*_placed(frame, boxes, words), boxes)
    clipped: frozenset[int] = frozenset()
    if whole is not None:
        held = release_slivers(held, boxes)
        clipped = _add_hidden(held, boxes, whole)
    cells: list[Cell] = []
    for i, ((row, column, row_span, column_span), box) in enumerate(zip(frame.spans, boxes, strict=True)):
        lines, text = _printed(held[i], box) if i in held else ((), "")
        cells.append(_new(Cell, (row, column, row_span, column_span, box, lines, text, i in clipped)))
    return Table(number, Box(xs[0], ys[0], xs[-1], ys[-1]), xs, ys, tuple(cells), frame.head, frame.foot)


def _placed(
    frame: Lattice, boxes: Sequence[Box], words: Sequence[Word]
) -> tuple[dict[int, list[Word]], set[int], set[int]]:
    """Words by the cell around their centre; cells with a word over their border, and with words beside each other."""
    xs, ys = frame.xs[1:-1], frame.ys[1:-1]  # the outermost lines hold words that stand beside them, too
    owners = _owners(frame)
    held: dict[int, list[Word]] = {}
    straddled: set[int] = set()
    crowded: set[int] = set()
    for word in words:
        x0, y0, x1, y1, _, _ = word
        i = owners[bisect_right(ys, (y0 + y1) / 2)][bisect_right(xs, (x0 + x1) / 2)]
        if i not in held:
            held[i] = [word]
        else:
            if not is_below(word, held[i][-1]):
                crowded.add(i)
            held[i].append(word)
        _, top, _, bottom = boxes[i]
        if (y0 < top or y1 > bottom) and straddles(word, boxes[i]):
            straddled.add(i)
    return held, straddled, crowded


def _owners(frame: Lattice) -> list[list[int]]:
    """The cell of each unit cell, by row."""
    columns = len(frame.xs) - 1
    owners = [[0] * columns for _ in frame.ys[1:]]
    for i, (row, column, row_span, column_span) in enumerate(frame.spans):
        if row_span == column_span == 1:
            owners[row][column] = i
        else:
            for owned in owners[row : row + row_span]:
                owned[column : column + column_span] = [i] * column_span
    return owners


def _add_hidden(held: dict[int, list[Word]], boxes: Sequence[Box], whole: Whole) -> frozenset[int]:
    """Give clipped lines to the cell that holds the visible word they follow; the cells that got some.

    What a cell clips lies outside of it. A line inside is another cell's: a merged cell that began on the page before
    stores its first lines again where the repeated headings stand. Words that were placed by their visible edge go back
    to where they stand.
    """
    if not whole.hidden and not whole.moved:
        return frozenset()
    hidden: dict[Word, list[Word]] = {}
    for anchor, line in whole.hidden:
        hidden.setdefault(anchor, []).extend(line)
    moved = whole.moved
    runs = {word[5] for word in (*hidden, *moved)}  # only their words are looked up
    clipped = set()
    for i, words in held.items():
        if not any([word[5] in runs for word in words]):
            continue
        more = [w for word in words if word in hidden for w in hidden[word] if not _is_inside(w, boxes[i])]
        held[i] = [moved.get(w, w) for w in words] + more
        if more:
            clipped.add(i)
    return frozenset(clipped)


def _is_inside(word: Word, box: Box) -> bool:
    x0, y0, x1, y1, _, _ = word
    return box[0] <= x0 and x1 <= box[2] and box[1] <= y0 and y1 <= box[3]


def _printed(words: Sequence[Word], cell: Box) -> tuple[tuple[Line, ...], str]:
    """The lines that a cell's words form, and its text."""
    if len(words) == 1:  # most cells
        return (line_of(words[0]),), words[0][4]
    lines = printed_lines(words)
    if len(lines) == 1:
        return lines, lines[0][1]
    texts = [line[1] for line in lines]
    if all(map(_NUMBER.fullmatch, texts)):
        for n, (line, following) in enumerate(pairwise(lines), start=1):
            if _fits_beside(line, following, cell):
                texts[n] = f" {texts[n]}"
    return lines, join_lines(texts)


def _fits_beside(line: Line, following: Line, cell: Box) -> bool:
    """Whether a number would have fit behind another one, so that it is no rest of it."""
    (x0, _, x1, _), text = line
    if following[1] == "0" and "." in text:  # the last digit of a fraction
        return False
    digit = (x1 - x0) / len(text)
    room = max(following[0][2] - following[0][0], LEAST_ROOM * digit) + SPARE_ROOM * digit
    return x1 - x0 + room + MARGINS < cell[2] - cell[0]


MARGINS = 12.0  # points that a cell keeps free left and right of its text: word processors have 10.8
LEAST_ROOM, SPARE_ROOM = 4, 2  # digits; what wraps numbers may take them for wider than they are
_NUMBER = re.compile(r"(?:0|[1-9]\d|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{2,})(?:\.\d+)?")
COLUMN_GAP = 4.0  # line heights; text further apart on one line is two lines: 部门名称 left, 单位：万元 right


def _free_lines(words: Iterable[Word]) -> tuple[Line, ...]:
    lines: list[Line] = []
    for group in line_groups(words):
        if len(group) == 1:
            lines.append(line_of(group[0]))
            continue
        group.sort()
        part = [group[0]]
        for word in group[1:]:
            if word[0] - part[-1][2] > COLUMN_GAP * (word[3] - word[1]):
                lines += printed_lines(part)
                part = []
            part.append(word)
        lines += printed_lines(part)
    return tuple(lines)
