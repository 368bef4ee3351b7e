"""Lines that overflow a cell that is too low, put back where they belong.

A spreadsheet prints a cell's text over its border into the next row when the row is too low. Two signs betray it: a
line that straddles a border, and lines of two runs that lie on each other in one cell. Only cells with such a sign and
their neighbours above and below are looked at; everywhere else the word's centre is right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from operator import itemgetter

from pipeline.pages.model import Word
from pipeline.tables.model import Box

STRADDLE = 0.15  # share of a line's height beyond the cell's border; low, for a suspect that is none comes to no harm
SLIVER = 0.5  # points
PITCH = 2.2  # line heights between two lines of one run, at most
ON_TOP = 0.2  # share of a line's height that two lines of one text never overlap
EVEN = 0.25  # line heights by which the distances of a run's lines may differ
SHIFT = 2.0  # points two lines' left edges, right edges or middles may differ and still be one run


def settle(
    held: dict[int, list[Word]], straddled: Set[int], crowded: Set[int], boxes: Sequence[Box]
) -> dict[int, list[Word]]:
    """Words by cell, overflowing runs moved back to the cell they overflow from.

    `straddled` are the cells with a word over their border, `crowded` those with words beside each other.
    """
    signs = straddled | {i for i in crowded if _collides(held[i])}
    if not signs:
        return held
    settled = dict(held)
    for i in [i for i in held if i in signs]:
        for j in _neighbours(i, settled, boxes):
            upper, lower = (i, j) if boxes[i].y0 < boxes[j].y0 else (j, i)
            _part(settled, boxes, upper, lower)
    return {i: words for i, words in settled.items() if words}


def release_slivers(held: Mapping[int, list[Word]], boxes: Sequence[Box]) -> dict[int, list[Word]]:
    """Lines cut by a page break until a sliver shows, moved from the header that they seem to stand in.

    Such a line touches the border of the cell below, which is blank or holds its run's next line, and follows no other
    line of the cell it seems to stand in.
    """
    settled = dict(held)
    for i, words in held.items():
        if len(words) == 1:  # it follows no other line
            continue
        edge = boxes[i][3] - SLIVER
        cut = [w for w in words if w[3] > edge]
        if not cut or len(cut) == len(words):
            continue
        others = [w for w in words if w[3] <= edge]
        if any(c.run == o.run or (c.run == o.run + 1 and is_below(c, o)) for c in cut for o in others):
            continue
        middle = (cut[0][0] + cut[0][2]) / 2
        below = next(
            (j for j, box in enumerate(boxes) if abs(box.y0 - boxes[i].y1) < 1 and box.x0 <= middle <= box.x1), None
        )
        if below is None:
            continue
        rest = settled.get(below, [])
        if not rest or any(w.run == cut[-1].run + 1 for w in rest):
            settled[i], settled[below] = others, cut + rest
    return settled


def straddles(word: Word, box: Box) -> bool:
    """Whether a word stands over the upper or the lower border of its cell."""
    height = STRADDLE * (word[3] - word[1])
    return word[1] < box.y0 - height or word[3] > box.y1 + height


def is_below(word: Word, before: Word) -> bool:
    """Whether a word stands below another. Where each stands below the one before, none lies on another."""
    return word[1] >= before[3] - ON_TOP * (before[3] - before[1])


def _collides(words: Sequence[Word]) -> bool:
    """Whether two words of different lines lie on each other."""
    ordered = sorted(words, key=itemgetter(1))
    for i, word in enumerate(ordered):
        limit = word[3] - ON_TOP * (word[3] - word[1])
        for other in ordered[i + 1 :]:
            if other[1] >= limit:
                break
            if other[5] != word[5] and other[0] < word[2] - 1 and other[2] > word[0] + 1:
                return True
    return False


def _neighbours(i: int, held: Mapping[int, list[Word]], boxes: Sequence[Box]) -> list[int]:
    """Cells with text that share the border above or below, in the same columns."""
    left, top, right, bottom = boxes[i]
    found: list[int] = []
    for j in held:
        x0, y0, x1, y1 = boxes[j]
        if (-1 < y1 - top < 1 or -1 < y0 - bottom < 1) and x0 < right - 1 and x1 > left + 1 and j != i:
            found.append(j)
    return found


def _part(held: dict[int, list[Word]], boxes: Sequence[Box], upper: int, lower: int) -> None:
    """Share the words of two stacked cells. Where lines collide or straddle, a run goes whole to one of them."""
    border = boxes[upper].y1
    runs = _runs([*held.get(upper, ()), *held.get(lower, ())])
    crossing = [[_crosses(line, border) for line in run] for run in runs]
    centres = [[_centre(line) for line in run] for run in runs]
    by_line = _share(runs, centres, border)
    crowded = _collides(by_line[0]) or _collides(by_line[1])
    if not crowded and not any(map(any, crossing)):
        held[upper], held[lower] = by_line
        return
    middles = [_middle(run) for run in runs]
    whole = [
        [middle] * len(run) if crowded or any(over) else places
        for run, over, middle, places in zip(runs, crossing, middles, centres, strict=True)
    ]
    by_run = _share(runs, whole, border)
    if all(by_line) and not all(by_run):  # a run that leaves a cell blank took the next cell's lines along
        parted = [
            [middle if over else place for over, place in zip(*lines, strict=True)]
            for middle, *lines in zip(middles, crossing, centres, strict=True)
        ]
        by_run = _share(runs, parted, border)
    held[upper], held[lower] = by_run


_Run = Sequence[Sequence[Word]]  # lines


def _share(runs: Sequence[_Run], places: Sequence[Sequence[float]], border: float) -> tuple[list[Word], list[Word]]:
    """The words of lines that have their place above a border, and of the others."""
    above: list[Word] = []
    below: list[Word] = []
    for run, places_of_run in zip(runs, places, strict=True):
        for line, place in zip(run, places_of_run, strict=True):
            (above if place < border else below).extend(line)
    return above, below


def _centre(line: Sequence[Word]) -> float:
    return (line[0][1] + line[0][3]) / 2


def _middle(run: _Run) -> float:
    return (min([w[1] for line in run for w in line]) + max([w[3] for line in run for w in line])) / 2


def _crosses(line: Sequence[Word], border: float) -> bool:
    for _, y0, _, y1, _, _ in line:
        if y0 < border < y1 and y0 + STRADDLE * (y1 - y0) < border < y1 - STRADDLE * (y1 - y0):
            return True
    return False


def _runs(words: list[Word]) -> list[list[list[Word]]]:
    """Lines in drawing order, those of one run together."""
    lines: dict[int, list[Word]] = {}
    for word in sorted(words, key=itemgetter(5)):
        lines.setdefault(word[5], []).append(word)
    runs: list[list[list[Word]]] = []
    for line in lines.values():
        if runs and follows(runs[-1], line):
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs


def follows(run: Sequence[Sequence[Word]], line: Sequence[Word]) -> bool:
    """Whether a line was drawn right after the run's last, one even step below it and lined up with it."""
    before = run[-1]
    first, above = line[0], before[0]
    if first[5] - above[5] != 1:
        return False
    height = above[3] - above[1]
    step = first[1] - above[1]
    if not 0.5 * height < step < PITCH * height:
        return False
    if len(run) > 1 and abs(step - (above[1] - run[-2][0][1])) > EVEN * height:
        return False
    return (
        abs(first[0] - above[0]) < SHIFT
        or abs(line[-1][2] - before[-1][2]) < SHIFT
        or abs(first[0] + line[-1][2] - above[0] - before[-1][2]) / 2 < SHIFT
    )
