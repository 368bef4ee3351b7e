"""The blocks of a text page: where texts and pictures stand, and what shapes are drawn.

PyMuPDF 1.28 never frees what `extractBLOCKS` returns: 59 KiB a page of the corpus (a process that reads thousands of
pages is to be replaced now and then). Every other way to the bounds of shapes takes more time: MuPDF's XML twice as
much, `extractDICT` five times, `get_cdrawings` four times (`python -m benchmarks.blocks`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from pipeline.pages.covers import WHITE
from pipeline.pages.painted_areas import PAPER

_IMAGE, _VECTOR = 1, 3  # kinds of blocks that are no text; a vector is a drawn shape
_DESCRIPTION = re.compile(
    r"\s*<vector (filled|stroked), color: #([0-9a-f]{6}), alpha: (\d+), is-rect: (\w+), continues: (\w+)>\s*"
)


class Style(NamedTuple):
    """What a block is: a text, a picture or a drawn shape, and the look of a shape.

    `is_box`: its bounds are all of it. `is_seen`: its colour is seen on white paper. `continues`: it is one shape with
    the next block. `colour` is that of areas, None when it is transparent.
    """

    is_shape: bool = False
    is_picture: bool = False
    is_stroked: bool = False
    is_box: bool = False
    is_seen: bool = False
    continues: bool = False
    colour: int | None = None


Block = tuple[float, float, float, float, Style]
"""x0, y0, x1, y1 in points, unturned, and the style."""

TEXT, _PICTURE = Style(), Style(is_picture=True)
_UNKNOWN = Style(is_shape=True, is_stroked=True, is_seen=True)  # of a shape: only the drawings tell more


def blocks_of(text_page: Any) -> list[Block]:
    """The blocks on a text page's area, in the order of drawing."""
    return [
        (x0, y0, x1, y1, _style(text) if kind == _VECTOR else _PICTURE if kind == _IMAGE else TEXT)
        for x0, y0, x1, y1, text, _, kind in text_page.extractBLOCKS()
    ]


@lru_cache(maxsize=4096)
def _style(description: str) -> Style:
    """The style of a shape; a page has few of them."""
    match = _DESCRIPTION.fullmatch(description)
    if match is None:
        return _UNKNOWN
    argb = int(match[3]) << 24 | int(match[2], 16)
    is_light = min(argb >> shift & 255 for shift in (0, 8, 16)) / 255 >= WHITE
    colour = None if argb >> 24 == 0 else PAPER if is_light else argb & 0xFFFFFF | 1 << 24
    is_seen = colour is not None and colour != PAPER
    return Style(True, False, match[1] == "stroked", match[4] == "true", is_seen, match[5] == "true", colour)
