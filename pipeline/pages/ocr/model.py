"""What recognising a scan works with: images, lines of text on them, and characters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]
    """An image: rows of pixels from the top, 0 black to 255 white."""


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
