"""A page drawn in grey: the pixels that its ink is looked for in."""

from __future__ import annotations

from typing import NamedTuple

POINTS = 72.0  # an inch


class Drawing(NamedTuple):
    """A page as displayed: `samples` has a byte for each pixel, row by row; 0 is black. `dots` an inch."""

    width: int
    height: int
    dots: float
    samples: bytes

    @property
    def scale(self) -> float:
        """Pixels a point."""
        return self.dots / POINTS
