"""Pictures of pages, drawn by PDFium whichever reader is used, and what PDFium knows about a page's images."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import pypdfium2
from pypdfium2 import raw

from pipeline.pages.drawing import POINTS, Drawing
from pipeline.regular_file import library_source

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Colour = NDArray[np.uint8]
    """An image with red, green and blue in the last axis, 0 to 255."""

LEAST, MOST = 150.0, 300.0  # dots an inch; finer scans are read no better
USUAL = 200.0  # dots an inch for pages that are no scans
LARGEST = 36e6  # pixels: A3 at 300 dots an inch has 17 million
WHOLE = 0.5  # share of the page that an image covers which is the page itself


class PagePictures:
    """Pages of a PDF as pictures; a context manager. Raises `OSError` or `pypdfium2.PdfiumError` on bad files."""

    def __init__(self, path: Path, password: str | None = None) -> None:
        self._document = pypdfium2.PdfDocument(library_source(path), password=password)
        if self._document.get_formtype() == raw.FORMTYPE_ACRO_FORM:
            self._document.init_forms()  # fields are drawn only then

    @property
    def page_count(self) -> int:
        return len(self._document)

    def close(self) -> None:
        self._document.close()

    def size(self, number: int) -> tuple[float, float]:
        """Width and height of page `number`, from 1, in points as displayed."""
        width, height = self._document.get_page_size(number - 1)
        return width, height

    def picture(self, number: int) -> Colour:
        """Page `number`, from 1, as displayed, as fine as it was scanned."""
        page = self._document[number - 1]
        try:
            width, height = page.get_size()
            dots = max((dots for dots, share in _images(page) if share >= WHOLE), default=USUAL)
            scale = min(max(dots, LEAST), MOST) / POINTS
            scale = min(scale, math.sqrt(LARGEST / (width * height)))
            bitmap = page.render(scale=scale, rev_byteorder=True, force_bitmap_format=raw.FPDFBitmap_BGR)
            picture: Colour = bitmap.to_numpy().copy()
            bitmap.close()
            return picture
        finally:
            page.close()

    def drawing(self, number: int, dots: float, quarters: int = 0) -> Drawing:
        """Page `number`, from 1, in grey, as displayed, but turned back by so many quarters; `dots` an inch."""
        page = self._document[number - 1]
        try:
            width, height = page.get_size()
            scale = min(dots / POINTS, math.sqrt(LARGEST / (width * height)))
            bitmap = page.render(scale=scale, grayscale=True, rotation=-90 * quarters % 360)
            rows = bitmap.to_numpy().reshape(bitmap.height, -1)[:, : bitmap.width]
            drawing = Drawing(bitmap.width, bitmap.height, scale * POINTS, rows.tobytes())
            bitmap.close()
            return drawing
        finally:
            page.close()

    def is_covered_scan(self, number: int) -> bool:
        """Whether the page is an image, and all its text is invisible: what a program put behind it to be searched."""
        page = self._document[number - 1]
        try:
            if not any(share >= WHOLE for _, share in _images(page)):
                return False
            texts = page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT])
            modes = {raw.FPDFTextObj_GetTextRenderMode(text.raw) for text in texts}
            return modes == {raw.FPDF_TEXTRENDERMODE_INVISIBLE}
        finally:
            page.close()


def _images(page: pypdfium2.PdfPage) -> list[tuple[float, float]]:
    """For each image its dots an inch and the share of the page that it covers."""
    width, height = page.get_size()
    found = []
    for image in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]):
        left, bottom, right, top = image.get_bounds()
        wide, high = right - left, top - bottom
        if wide > 0 and high > 0:
            pixels = image.get_px_size()
            dots = math.sqrt(pixels[0] * pixels[1] / (wide * high)) * POINTS
            found.append((dots, wide * high / (width * height)))
    return found
