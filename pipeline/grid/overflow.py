"""Lines that overflow a cell that is too low, put back where they belong.

A spreadsheet prints a cell's text over its border into the next row when the row is too low. Two signs betray it:
a line that straddles a border, and two lines of one cell that lie on each other. Only cells with such a sign and
their neighbours above and below are looked at; everywhere else the word's centre is right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.grid.model import Box
from pipeline.reading.model import Word

STRADDLE = 0.30  # share of a line's height beyond the cell's border
ON_TOP = 0.35  # share of a line's height that two separate lines of one cell may overlap
PITCH = 2.2  # line heights between two lines of one run, at most
SHIFT = 2.0  # points two lines' left edges, right edges or middles may differ and still be one run


def settle(held: Mapping[int, list[Word]], boxes: Sequence[Box]) -> dict[int, list[Word]]:
    """Words by cell, overflowing runs moved back to the cell they overflow from."""
    settled = dict(held)
    suspects = [i for i, words in held.items() if _straddles(words, boxes[i])]
    for i in suspects:
        for j in (*_neighbours(i, settled, boxes),):
            upper, lower = (i, j) if boxes[i].y0 < boxes[j].y0 else (j, i)
            _part(settled, boxes, upper, lower)
    return {i: words for i, words in settled.items() if words}


def _straddles(words: Sequence[Word], box: Box) -> bool:
    for word in words:
        height = STRADDLE * (word[3] - word[1])
        if word[1] < box.y0 - height or word[3] > box.y1 + height:
            return True
    return False


def _neighbours(i: int, held: Mapping[int, list[Word]], boxes: Sequence[Box]) -> list[int]:
    """Cells with text that share the border above or below, in the same columns."""
    box = boxes[i]
    return [
        j for j in held
        if j != i and boxes[j].x0 < box.x1 - 1 and boxes[j].x1 > box.x0 + 1
        and (abs(boxes[j].y1 - box.y0) < 1 or abs(boxes[j].y0 - box.y1) < 1)
    ]


def _part(held: dict[int, list[Word]], boxes: Sequence[Box], upper: int, lower: int) -> None:
    """Share the words of two stacked cells by run. A run goes to the cell that holds more of it."""
    border = boxes[upper].y1
    above: list[Word] = []
    below: list[Word] = []
    for run in _runs([*held.get(upper, ()), *held.get(lower, ())]):
        middle = (min(w[1] for line in run for w in line) + max(w[3] for line in run for w in line)) / 2
        crosses = any(_crosses(line, border) for line in run)
        for line in run:
            centre = (line[0][1] + line[0][3]) / 2
            (above if (middle if crosses else centre) < border else below).extend(line)
    held[upper], held[lower] = above, below


def _crosses(line: Sequence[Word], border: float) -> bool:
    return any(w[1] + STRADDLE * (w[3] - w[1]) < border < w[3] - STRADDLE * (w[3] - w[1]) for w in line)


def _runs(words: list[Word]) -> list[list[list[Word]]]:
    """Lines in drawing order, those of one run together."""
    lines: dict[int, list[Word]] = {}
    for word in sorted(words, key=lambda w: w.run):
        lines.setdefault(word.run, []).append(word)
    runs: list[list[list[Word]]] = []
    for line in lines.values():
        if runs and _follows(runs[-1][-1], line):
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs


def _follows(before: Sequence[Word], line: Sequence[Word]) -> bool:
    height = before[0][3] - before[0][1]
    step = line[0][1] - before[0][1]
    left = abs(line[0][0] - before[0][0])
    right = abs(line[-1][2] - before[-1][2])
    middle = abs(line[0][0] + line[-1][2] - before[0][0] - before[-1][2]) / 2
    return 0.5 * height < step < PITCH * height and min(left, right, middle) < SHIFT
