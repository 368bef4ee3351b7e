"""What recognising a scan works with: images, lines of text on them, and what was read of a page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from pipeline.pages.model import Page, Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]
    """An image: rows of pixels from the top, 0 black to 255 white."""

    Colour = NDArray[np.uint8]
    """An image with red, green and blue in the last axis."""


class Pixels(NamedTuple):
    """A box on an image in whole pixels; the far edges are beyond it."""

    x0: int
    y0: int
    x1: int
    y1: int


class Char(NamedTuple):
    """A recognised character: where its middle lies along the line, from 0 to 1, and how sure the model is, 0 to 1."""

    text: str
    at: float
    confidence: float


class Recogniser(Protocol):
    """Finds lines of text on an image and reads them. `version` changes whenever it could read something else."""

    version: str

    def find(self, image: Grey) -> list[Pixels]:
        """The boxes of lines of text, in no order. The image is level and of about 100 dots an inch."""
        ...

    def read(self, lines: Sequence[Grey]) -> list[tuple[Char, ...]]:
        """The characters of each image of one line, left to right; blanks among them, empty where none is legible."""
        ...


@dataclass(frozen=True, slots=True)
class Recognised:
    """A page that was read from its image.

    `confidence` has a number from 0 to 1 for each of the page's words: that of its least certain character. Words and
    rules lie as on a page whose text runs level: `quarters` and `lean` (degrees) are how far it was turned clockwise
    from there, about its middle, on the page as displayed.
    """

    page: Page
    confidence: tuple[float, ...]
    quarters: int = 0
    lean: float = 0.0

    def sure(self, box: Sequence[float]) -> float | None:
        """The lowest confidence of the words with their middle in a box (points); None where there is none."""
        x0, y0, x1, y1 = box
        inside = (c for w, c in zip(self.page.words, self.confidence, strict=True) if _within(w, x0, y0, x1, y1))
        return min(inside, default=None)

    def displayed(self, box: Sequence[float]) -> tuple[float, float, float, float]:
        """A box of the page as it stands on the page as displayed; where the page leans, the box around it."""
        width, height = self.page.width, self.page.height
        shown = (height, width) if self.quarters % 2 else (width, height)
        angle = math.radians(90 * self.quarters + self.lean)
        cos, sin = math.cos(angle), math.sin(angle)
        corners = [(x - width / 2, y - height / 2) for x in (box[0], box[2]) for y in (box[1], box[3])]
        xs = [x * cos - y * sin + shown[0] / 2 for x, y in corners]
        ys = [x * sin + y * cos + shown[1] / 2 for x, y in corners]
        return max(min(xs), 0.0), max(min(ys), 0.0), min(max(xs), shown[0]), min(max(ys), shown[1])


def _within(word: Word, x0: float, y0: float, x1: float, y1: float) -> bool:
    return x0 <= (word.x0 + word.x1) / 2 <= x1 and y0 <= (word.y0 + word.y1) / 2 <= y1
