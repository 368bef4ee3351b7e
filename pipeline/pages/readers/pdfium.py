"""What a PDF prints inside a box, read with PDFium: no reader of the program and none of its code has a part in it."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from pypdfium2 import raw

from pipeline.text import unify

_FINE = 100  # device units a point: PDFium converts whole units only
_MADE_UP = {0, 2, 0xFFFE}  # characters that PDFium puts in for line breaks and hyphens, and what it cannot name


@dataclass(frozen=True, slots=True)
class Glyph:
    """A printed character and the middle of its shape; points, from the top left of the page as displayed."""

    x: float
    y: float
    text: str


class PrintedPages:
    """The characters of a PDF's pages; a context manager. Raises `OSError` or `pypdfium2.PdfiumError` on bad files."""

    def __init__(self, path: Path, password: str | None = None) -> None:
        self._document = pypdfium2.PdfDocument(path, password=password)

    def __enter__(self) -> PrintedPages:
        return self

    def __exit__(self, *exc: object) -> None:
        self._document.close()

    def glyphs(self, number: int) -> list[Glyph]:
        """All characters of page `number`, from 1, in the order in which they are stored."""
        page = self._document[number - 1]
        text = page.get_textpage()
        try:
            return list(_glyphs(page, text))
        finally:
            text.close()
            page.close()


def _glyphs(page: pypdfium2.PdfPage, text: pypdfium2.PdfTextPage) -> Iterator[Glyph]:
    width, height = page.get_size()
    x0, y0 = _on_page(page, width, height, 0, 0)
    right, below = _on_page(page, width, height, width, 0), _on_page(page, width, height, 0, height)
    # from the page's own coordinates to those of the page as displayed: turned by right angles, so each is one term
    ax, bx = (right[0] - x0) / width, (right[1] - y0) / width
    ay, by = (below[0] - x0) / height, (below[1] - y0) / height
    scale = ax * by - ay * bx
    left, bottom, far, top = (ctypes.c_double() for _ in range(4))
    for index in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, index)
        if code in _MADE_UP or chr(code).isspace():
            continue
        raw.FPDFText_GetCharBox(text, index, left, far, bottom, top)
        dx, dy = (left.value + far.value) / 2 - x0, (bottom.value + top.value) / 2 - y0
        yield Glyph((dx * by - dy * ay) / scale, (dy * ax - dx * bx) / scale, unify(chr(code)))


def _on_page(page: pypdfium2.PdfPage, width: float, height: float, x: float, y: float) -> tuple[float, float]:
    """A displayed point in the page's own coordinates, which know no rotation and begin anywhere."""
    own_x, own_y = ctypes.c_double(), ctypes.c_double()
    size = int(width * _FINE), int(height * _FINE)
    raw.FPDF_DeviceToPage(page, 0, 0, *size, 0, int(x * _FINE), int(y * _FINE), own_x, own_y)
    return own_x.value, own_y.value
