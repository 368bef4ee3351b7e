"""Whether the pictures of a page show print, or a form."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pipeline.pages.drawing import Drawing
from pipeline.pages.ink import CONTRAST, Grey, Mask, in_pixels, pixels, read_boxes, strokes, within
from pipeline.pages.ink import DOTS as SMALL_DOTS
from pipeline.pages.model import Area, Page

DOTS = 2 * SMALL_DOTS  # an inch; the thin rules of a pasted form are seen
RUN = 60.0  # points; a rule of a form is longer, also where the page leans by a degree
LINE = 2.0  # points; rules are thinner, and the strokes of letters are not that long
FULL = 0.95  # share of a run that is dark
LEVEL, UPRIGHT = 4, 3  # rules of a form, at least; of the charts of the corpus none has as many uprights on white paper
FORM_PAPER = 0.7  # share of a form that is paper: scans have 0.89 and more, a chart with a grid 0.48
PRINT_PAPER, PRINT_INK = 0.85, 0.15  # the same of printed text, and its share of ink: charts have up to 0.13
SCAN_PAPER, SCAN_INK = 0.8, 0.06  # of a whole page; the background of a digital page has up to 0.05


class Content(NamedTuple):
    """What a picture shows. `paper` and `ink` are shares of its area, `level` and `upright` numbers of its rules."""

    area: Area
    paper: float
    ink: float
    level: int
    upright: int

    @property
    def is_form(self) -> bool:
        """Whether it is ruled like a form."""
        return self.level >= LEVEL and self.upright >= UPRIGHT and self.paper >= FORM_PAPER and self.ink >= SCAN_INK

    @property
    def is_print(self) -> bool:
        """Whether it shows text or a form."""
        return self.is_form or (self.paper >= PRINT_PAPER and self.ink >= PRINT_INK)

    @property
    def is_scan(self) -> bool:
        """Whether it shows text or a form, if it is as large as the page."""
        return self.is_print or (self.paper >= SCAN_PAPER and self.ink >= SCAN_INK)


def content(drawing: Drawing, page: Page, area: Area) -> Content:
    """What an area of a page shows beside the words and rules that have been read."""
    x0, y0, x1, y1 = in_pixels(drawing, area, 0.0)
    part = pixels(drawing)[y0:y1, x0:x1]
    ink = strokes(part, drawing.scale) & ~within(drawing, read_boxes(page))[y0:y1, x0:x1]
    if not part.size:
        return Content(area, 0.0, 0.0, 0, 0)
    tone = int(np.bincount(part.ravel(), minlength=256).argmax())
    even = np.abs(part.astype(np.int16) - tone) < CONTRAST // 2
    paper = float(even.mean()) if tone > 255 // 2 else 0.0
    return Content(area, paper, float(ink.mean()), _rules(part, drawing.scale), _rules(part.T, drawing.scale))


def _rules(grey: Grey, scale: float) -> int:
    """How many level rules there are: long, and darker than what is a little above and below."""
    away, run = round(LINE * scale) + 1, round(RUN * scale)
    if grey.shape[0] <= 2 * away or grey.shape[1] < run:
        return 0
    wide = grey.astype(np.int16)
    rest = wide[away:-away]
    dark: Mask = (wide[: -2 * away] - rest > CONTRAST) & (wide[2 * away :] - rest > CONTRAST)
    ruled: Mask = np.count_nonzero(dark, axis=1) >= FULL * run
    if not ruled.any():
        return 0
    counts = np.zeros((np.count_nonzero(ruled), dark.shape[1] + 1), np.int32)
    counts[:, 1:] = dark[ruled].cumsum(1)
    ruled[ruled] = np.any(counts[:, run:] - counts[:, :-run] >= FULL * run, axis=1)
    return int(np.count_nonzero(np.diff(ruled.astype(np.int8), prepend=0) == 1))
