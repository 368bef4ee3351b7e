"""Rows that hold several indicators: the lines of a target end where more of them would have fit.

`blank_rows` divides such rows where their lines pair. What is left here is told, and kept as one row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from pipeline.forms.roles import TARGETS, Role
from pipeline.tables.model import Cell, Line

MARGINS = 12.0  # points that a cell keeps free left and right of its text: word processors have 10.8
NARROW = 0.6  # line heights that a Latin letter is wide, or a digit
SPARE = 0.2  # line heights; letters are not spaced evenly
_UNBROKEN = re.compile(r"[!-~≥≤]+|.[、。，；：）》”]*")  # what no program divides at the end of a line


def holds_several(cells: Mapping[Role, Sequence[Cell]]) -> bool:
    """Whether the name of an indicator and its target have several lines, and one of the target ends early.

    On the corpus one row of 7,900 with a name of several lines does, and it prints two targets.
    """
    if not any(len(cell.lines) > 1 for cell in cells.get(Role.LEVEL3, ())):
        return False
    return any(len(cell.lines) > 1 and _ends_early(cell) for role in TARGETS for cell in cells.get(role, ()))


def _ends_early(cell: Cell) -> bool:
    width = cell.box.x1 - cell.box.x0 - MARGINS
    return any(line.box.x1 - line.box.x0 + _needed(following) < width for line, following in pairwise(cell.lines))


def _needed(line: Line) -> float:
    """The points that the first piece of a line takes, which no program divides."""
    height = line.box.y1 - line.box.y0
    first = _UNBROKEN.match(line.text)
    piece = first[0] if first else ""
    return height * (SPARE + sum(NARROW if letter < "\x7f" else 1.0 for letter in piece))
