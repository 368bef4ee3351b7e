"""How much of each character a page's clipping lets through, which pdfminer reads over.

Spreadsheets store the whole text of a cell and clip it at the cell's borders. What is clipped has to be told from what
people see, or texts of neighbours run into each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.utils import apply_matrix_pt
from pdfplumber.page import PDFPageAggregatorWithMarkedContent

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in pdfminer's coordinates: origin bottom left."""

_EVERYWHERE: Box = (float("-inf"), float("-inf"), float("inf"), float("inf"))


def interpret(page: Any) -> list[bool]:
    """Interprets a page of pdfplumber, in its stead; for each of its characters whether it can be seen."""
    device = _Device(page.pdf.rsrcmgr, pageno=page.page_number, laparams=page.pdf.laparams)
    _Interpreter(page.pdf.rsrcmgr, device).process_page(page.page_obj)
    page._layout = device.get_result()
    return device.seen


class _Device(PDFPageAggregatorWithMarkedContent):
    """Notes for each character whether anything of it is inside of the clipping path, taken as a box."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.clip = _EVERYWHERE
        self.seen: list[bool] = []

    def render_char(self, *args: Any, **options: Any) -> float:
        advance: float = super().render_char(*args, **options)
        x0, y0, x1, y1 = self.cur_item._objs[-1].bbox
        left, bottom, right, top = self.clip
        self.seen.append(x0 < right and x1 > left and y0 < top and y1 > bottom)
        return advance


class _Interpreter(PDFPageInterpreter):
    """Follows the clipping path through the saved and restored states of a page and its drawings."""

    device: _Device

    def init_state(self, ctm: Any) -> None:
        super().init_state(ctm)
        self._saved: list[Box] = []

    def do_q(self) -> None:
        super().do_q()
        self._saved.append(self.device.clip)

    def do_Q(self) -> None:
        if self._saved:
            self.device.clip = self._saved.pop()
        super().do_Q()

    def do_W(self) -> None:
        self._cut()

    def do_W_a(self) -> None:
        self._cut()

    def do_Do(self, xobjid_arg: Any) -> None:
        clip = self.device.clip
        super().do_Do(xobjid_arg)
        self.device.clip = clip

    def _cut(self) -> None:
        points = [apply_matrix_pt(self.ctm, point) for step in self.curpath for point in _points(step[1:])]
        if points:
            xs, ys = zip(*points, strict=True)
            x0, y0, x1, y1 = self.device.clip
            self.device.clip = max(x0, min(xs)), max(y0, min(ys)), min(x1, max(xs)), min(y1, max(ys))


def _points(numbers: Sequence[float]) -> list[tuple[float, float]]:
    return list(zip(numbers[::2], numbers[1::2], strict=True))
