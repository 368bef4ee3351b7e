"""Lines of text in a cell: rows of pixels with ink, parted by rows without. Ruled cells need no model for that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pipeline.pages.ocr.model import Pixels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.pages.ocr.model import Grey

Band = tuple[int, int]
"""First row (or column) of pixels with ink, and the one after the last."""

SPECK = 0.6  # points; ink that is neither as wide nor as high is dust, if it stands alone
LOWEST = 0.7  # share of a line's height; lower bands are parts of a line: 二, 三, the dot of an i, a comma
HIGHEST = 1.25  # share of a line's height that parts of one line may come to together
TOUCHING = 1.55  # line heights from which a band may be several lines that touch
THIN = 0.3  # of the median ink of a band's rows: where lines touch, a row has less; large type has no such row
APART = 1.6  # line heights between two texts on one line that have nothing to do with each other
SMALL_TYPE, LARGE_TYPE = 4.0, 24.0  # points


def bands(profile: NDArray[np.intp]) -> list[Band]:
    """Where a profile is not zero."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], (profile > 0).astype(np.int8), [0]))))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def without_specks(ink: Grey, scale: float) -> Grey:
    """The ink without dust."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    size = SPECK * scale
    dust = (stats[:, 2] < size) & (stats[:, 3] < size)
    if not dust[1:count].any():
        return ink
    dust[0] = False
    return np.where(dust[labels], 0, ink).astype(np.uint8)


def line_height(inks: Sequence[Grey], scale: float) -> float:
    """The usual height of a line in pixels, over all cells: of bands as high as type is, the median by ink."""
    heights = [
        (b - a, int(ink[a:b].any(axis=0).sum()))
        for ink in inks
        for a, b in bands(np.count_nonzero(ink, axis=1))
        if SMALL_TYPE * scale <= b - a <= LARGE_TYPE * scale
    ]
    if not heights:
        return 10.0 * scale
    heights.sort()
    middle = sum(weight for _, weight in heights) / 2
    for height, weight in heights:
        middle -= weight
        if middle <= 0:
            return float(height)
    return float(heights[-1][0])


def text_lines(ink: Grey, usual: float) -> list[Pixels]:
    """The boxes of the texts in a cell, line by line; `usual` is the height of lines on the page, in pixels."""
    rows = np.count_nonzero(ink, axis=1)
    found = bands(rows)
    if not found:
        return []
    own = [b - a for a, b in found if LOWEST * usual <= b - a <= HIGHEST * usual]
    height = float(np.median(own)) if own else usual
    lines: list[Pixels] = []
    for a, b in _joined(_parted(found, rows, height), height):
        columns = np.count_nonzero(ink[a:b], axis=0)
        for left, right in _texts(bands(columns), APART * height):
            inside = bands(np.count_nonzero(ink[a:b, left:right], axis=1))
            lines.append(Pixels(left, a + inside[0][0], right, a + inside[-1][1]))
    return lines


def _parted(found: Sequence[Band], rows: NDArray[np.intp], height: float) -> list[Band]:
    """Bands of several lines that touch, cut where they have least ink."""
    parts: list[Band] = []
    for a, b in found:
        count = round((b - a) / height)
        if b - a < TOUCHING * height or count < 2:
            parts.append((a, b))
            continue
        step = (b - a) / count
        cuts = []
        for i in range(1, count):
            low, high = round(a + (i - 0.3) * step), round(a + (i + 0.3) * step)
            cuts.append(low + int(rows[low:high].argmin()))
        if all(rows[cut] < THIN * np.median(rows[a:b]) for cut in cuts):
            parts += zip([a, *cuts], [*cuts, b], strict=True)
        else:
            parts.append((a, b))
    return parts


def _joined(found: Sequence[Band], height: float) -> list[Band]:
    """Bands that are parts of one line joined, nearest first."""
    parts = list(found)
    while len(parts) > 1:
        pairs = [
            (parts[i + 1][0] - parts[i][1], i)
            for i in range(len(parts) - 1)
            if min(b - a for a, b in parts[i : i + 2]) < LOWEST * height
            and parts[i + 1][1] - parts[i][0] <= HIGHEST * height
        ]
        if not pairs:
            break
        _, i = min(pairs)
        parts[i : i + 2] = [(parts[i][0], parts[i + 1][1])]
    return parts


def _texts(found: Sequence[Band], gap: float) -> list[Band]:
    texts = [found[0]]
    for a, b in found[1:]:
        if a - texts[-1][1] > gap:
            texts.append((a, b))
        else:
            texts[-1] = texts[-1][0], b
    return texts
