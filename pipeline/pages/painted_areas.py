"""Where the printed colour of a page changes along a straight edge: the painted areas, laid over each other.

People see a border where a thin area has another colour than both sides, or where two areas meet, whatever was
painted: bars, boxes with gaps between them, white lines over a shade, white boxes over a black one, rings, pictures.
Areas are painted, in the order of drawing, on a raster whose lines are the edges of all areas; what is thin on it, or
differs from its neighbour, is an edge.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

PAPER = 0  # the colour of what nothing was painted on, and of what was painted white
PICTURE = -1  # the colour of pictures, which is not looked up
BAR = 6.0  # points; an area that is no thicker is a border, not a place for text
BARS = 8.0  # points; thin areas side by side that are no thicker together are one border: a double rule
SAME = 0.25  # points between two edges that are one
LARGEST = 250_000  # fields of the raster; charts and maps have more, ruled tables have some thousands
OUTER, BETWEEN, THIN = range(3)  # kinds of edges, by how surely they are borders
_IDS = 256  # colours of a raster, each a byte


class PaintedArea(NamedTuple):
    """A painted rectangle; `colour` is red, green, blue in one number, `PAPER` or `PICTURE`."""

    x0: float
    y0: float
    x1: float
    y1: float
    colour: int


class Edge(NamedTuple):
    """A straight border at `at` from `start` to `end`, in points.

    `kind`: the edge of a shade on bare paper (`OUTER`), between two shades (`BETWEEN`), or a thin area (`THIN`).
    """

    at: float
    start: float
    end: float
    kind: int


class Upright(NamedTuple):
    """A side of an outline; `turn` is 1 when it was drawn downwards, -1 upwards."""

    x: float
    y0: float
    y1: float
    turn: int


def areas_of_outline(points: Iterable[Sequence[tuple[float, float]]], even_odd: bool, colour: int) -> list[PaintedArea]:
    """The area inside of closed lines with level and upright sides, as rectangles; none for other outlines."""
    sides: list[Upright] = []
    for outline in points:
        for (x0, y0), (x1, y1) in pairwise((*outline, outline[0])):
            if abs(x1 - x0) < SAME < abs(y1 - y0):
                sides.append(Upright(x0, min(y0, y1), max(y0, y1), 1 if y1 > y0 else -1))
            elif abs(x1 - x0) > SAME < abs(y1 - y0):
                return []
    sides.sort()
    found: list[PaintedArea] = []
    for top, bottom in pairwise(sorted({y for side in sides for y in side[1:3]})):
        middle, inside = (top + bottom) / 2, 0
        crossed = [side for side in sides if side.y0 < middle < side.y1]
        for side, following in pairwise(crossed):
            inside += side.turn
            if (len(crossed[: crossed.index(side) + 1]) % 2 if even_odd else inside) and following.x > side.x:
                found.append(PaintedArea(side.x, top, following.x, bottom, colour))
    return found


def edges_of(areas: Sequence[PaintedArea]) -> tuple[list[Edge], list[Edge]]:
    """Level and upright edges of what the areas leave visible; none when there are too many areas."""
    xs, ys = _lines([(a[0], a[2]) for a in areas]), _lines([(a[1], a[3]) for a in areas])
    if len(xs) * len(ys) > LARGEST:
        return [], []
    rows = _painted(areas, xs, ys)
    return _edges(_columns(rows), ys, xs), _edges(rows, xs, ys)


def _lines(ends: Iterable[tuple[float, float]]) -> list[float]:
    """The positions of edges, those that are one taken once."""
    lines: list[float] = []
    for position in sorted({p for pair in ends for p in pair}):
        if not lines or position - lines[-1] > SAME:
            lines.append(position)
    return lines


def _painted(areas: Sequence[PaintedArea], xs: Sequence[float], ys: Sequence[float]) -> list[bytes]:
    """The colours of the raster, a row each."""
    rows = [bytearray(len(xs) - 1) for _ in ys[1:]]
    ids = {PAPER: 0}
    for x0, y0, x1, y1, colour in areas:
        if colour not in ids:
            ids[colour] = len(ids) if len(ids) < _IDS else _IDS - 1
        left, right = bisect_left(xs, x0 - SAME), bisect_left(xs, x1 - SAME)
        paint = bytes((ids[colour],)) * (right - left)
        for row in rows[bisect_left(ys, y0 - SAME) : bisect_left(ys, y1 - SAME)]:
            row[left:right] = paint
    return list(map(bytes, rows))


def _columns(rows: Sequence[bytes]) -> list[bytes]:
    return [bytes(column) for column in zip(*rows, strict=True)]


def _edges(rows: Sequence[bytes], lines: Sequence[float], steps: Sequence[float]) -> list[Edge]:
    """The edges across rows of the raster, whose fields begin at `lines`; row n runs from steps[n] to the next one."""
    pieces: dict[tuple[float, int], list[tuple[float, float]]] = {}
    known: dict[bytes, list[tuple[float, int]]] = {}
    for row, start, end in zip(rows, steps, steps[1:], strict=False):
        if row not in known:
            known[row] = _borders(row, lines)
        for border in known[row]:
            pieces.setdefault(border, []).append((start, end))
    return [
        Edge(at, start, end, kind)
        for (at, kind), parts in pieces.items()
        for start, end in _joined(parts)
        if end - start > BAR or (kind == THIN and end - start > BAR / 2)
    ]


def _joined(parts: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Parts of one edge, without the gaps where a border crosses it."""
    joined: list[tuple[float, float]] = []
    for start, end in parts:
        if joined and start - joined[-1][1] <= BAR + SAME:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return joined


def _borders(row: bytes, lines: Sequence[float]) -> list[tuple[float, int]]:
    """Where borders cross a row, and their kinds."""
    runs: list[tuple[float, float, int]] = [(float("-inf"), lines[0], PAPER)]
    for colour, fields in groupby(range(len(row)), row.__getitem__):
        places = list(fields)
        start, end = lines[places[0]], lines[places[-1] + 1]
        if runs[-1][2] == colour:
            runs[-1] = runs[-1][0], end, colour
        else:
            runs.append((start, end, colour))
    if runs[-1][2] == PAPER:
        runs[-1] = runs[-1][0], float("inf"), PAPER
    else:
        runs.append((lines[-1], float("inf"), PAPER))
    found: list[tuple[float, int]] = []
    wide = [n for n, (start, end, _) in enumerate(runs) if end - start > BAR]
    for one, other in pairwise(wide):
        start, end = runs[one][1], runs[other][0]
        if other - one > 1:
            if end - start <= BARS:
                found.append((round((start + end) / 2, 2), THIN))
        else:
            found.append((start, OUTER if PAPER in (runs[one][2], runs[other][2]) else BETWEEN))
    return found
