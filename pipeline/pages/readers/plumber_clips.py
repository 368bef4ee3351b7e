"""What of a page's characters people see: pdfminer reads over clipping, text that is not drawn, and hidden layers.

Spreadsheets store the whole text of a cell and clip it at the cell's borders. What is clipped has to be told from what
people see, or texts of neighbours run into each other. Annotations and form fields are drawn after the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from pdfminer.layout import LTContainer, LTCurve, LTFigure, LTImage, LTLine, LTRect
from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.pdftypes import PDFObjRef, resolve1, stream_value
from pdfminer.psparser import PSLiteral
from pdfminer.utils import apply_matrix_pt, mult_matrix
from pdfplumber.page import PDFPageAggregatorWithMarkedContent

from pipeline.pages.limits import MOST_CHARACTERS, MOST_SHAPES, check_count
from pipeline.pages.painted_areas import PAPER
from pipeline.pages.readers.plumber_areas import PaintedShape, Point, colour_of
from pipeline.pages.readers.plumber_overlays import Mark, marks_of
from pipeline.pages.set_words import SEEN

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in pdfminer's coordinates: origin bottom left."""

_EVERYWHERE: Box = (float("-inf"), float("-inf"), float("inf"), float("inf"))
_NOT_DRAWN = (3, 7)  # text rendering modes that draw nothing
_OVERLAY = "overlay:"  # begins the name of the figure of an annotation or a form field


@dataclass(slots=True)
class Interpreted:
    """A page of pdfminer. Lists have an entry for each character, in drawing order, those of overlays last.

    `seen`: something of it is inside of the clipping path. `drawn`: its rendering mode and its layer draw it.
    `methods` has what printed it: None for the page itself, else `annotation` or `form_field`. `texts` are marks that
    say what they print and not how. `shapes` are filled areas, white lines and pictures of the page itself.
    """

    seen: list[bool] = field(default_factory=list)
    drawn: list[bool] = field(default_factory=list)
    methods: list[str | None] = field(default_factory=list)
    shapes: list[PaintedShape] = field(default_factory=list)
    texts: list[Mark] = field(default_factory=list)


def interpret(page: Any) -> Interpreted:
    """Interprets a page of pdfplumber, in its stead."""
    device = _Device(page.pdf.rsrcmgr, pageno=page.page_number, laparams=page.pdf.laparams)
    device.layers_off = _layers_off(page.pdf.doc.catalog)
    _Interpreter(page.pdf.rsrcmgr, device).process_page(page.page_obj)
    page._layout = device.get_result()
    return device.found


def overlaid(layout: Any) -> tuple[dict[type, int], list[Box]]:
    """How many rectangles, lines, curves and pictures overlays have drawn, and the areas that they fill."""
    counts = {LTRect: 0, LTLine: 0, LTCurve: 0, LTImage: 0}
    areas: list[Box] = []
    stack: list[Any] = [item for item in layout if isinstance(item, LTFigure) and item.name.startswith(_OVERLAY)]
    while stack:
        for item in stack.pop():
            if isinstance(item, LTContainer):
                stack.append(item)
            elif type(item) in counts:
                counts[type(item)] += 1
                if isinstance(item, LTImage) or (isinstance(item, LTRect) and item.fill):
                    areas.append(item.bbox)
    return counts, areas


def _layers_off(catalog: Any) -> frozenset[int]:
    """The object numbers of the layers that are not shown."""
    properties = resolve1(catalog.get("OCProperties"))
    setting = resolve1(properties.get("D")) if isinstance(properties, dict) else None
    if not isinstance(setting, dict):
        return frozenset()
    base = resolve1(setting.get("BaseState"))
    all_off = isinstance(base, PSLiteral) and base.name == "OFF"
    off = _numbers(properties.get("OCGs")) if all_off else frozenset()
    return (off - _numbers(setting.get("ON"))) | _numbers(setting.get("OFF"))


def _numbers(references: Any) -> frozenset[int]:
    return frozenset(r.objid for r in resolve1(references) or () if isinstance(r, PDFObjRef))


class _Device(PDFPageAggregatorWithMarkedContent):
    """Notes for each character whether anything of it is inside of the clipping path, taken as a box; and areas."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.clip = _EVERYWHERE
        self.found = Interpreted()
        self.layers_off: frozenset[int] = frozenset()
        self.opacity = 1.0
        self.hidden: list[bool] = []  # for each open mark of content whether its layer hides it
        self.method: str | None = None
        self._mode = 0
        self._shapes = 0
        self._parts = 0  # of the shape that is being painted, which pdfminer takes apart

    def render_string(self, textstate: Any, *args: Any, **options: Any) -> None:
        self._mode = textstate.render
        super().render_string(textstate, *args, **options)

    def paint_path(self, gstate: Any, stroke: bool, fill: bool, evenodd: bool, path: Sequence[Any]) -> None:
        if any(self.hidden):
            return
        if not (self._parts or self.method):
            self._note(gstate, stroke, fill, evenodd, path)
        self._shapes += 1
        check_count(self._shapes, MOST_SHAPES, "shapes")
        self._parts += 1
        try:
            super().paint_path(gstate, stroke, fill, evenodd, path)
        finally:
            self._parts -= 1

    def _note(self, gstate: Any, stroke: bool, fill: bool, evenodd: bool, path: Sequence[Any]) -> None:
        white_lines = stroke and colour_of(gstate.scolor) == PAPER
        if not (fill or white_lines) or any(step[0] in "cvy" for step in path):
            return
        outlines = self._outlines(path)
        if fill and outlines:
            self.found.shapes.append(PaintedShape(outlines, evenodd, 0, colour_of(gstate.ncolor)))
        if white_lines:
            sides = tuple(pair for outline in outlines for pair in pairwise((*outline, outline[0])))
            self.found.shapes.append(PaintedShape(sides, False, gstate.linewidth or 1, PAPER))

    def _outlines(self, path: Sequence[Any]) -> tuple[tuple[Point, ...], ...]:
        outlines: list[list[Point]] = []
        for step in path:
            if step[0] == "m":
                outlines.append([])
            if step[0] in "ml" and outlines:
                outlines[-1].append(apply_matrix_pt(self.ctm, step[1:3]))
        for outline in outlines:
            if len(outline) > 1 and outline[0] == outline[-1]:
                outline.pop()
        return tuple(tuple(outline) for outline in outlines if outline)

    def render_image(self, *args: Any, **options: Any) -> None:
        if any(self.hidden):
            return
        super().render_image(*args, **options)
        if not self.method:
            x0, y0, x1, y1 = self.cur_item.bbox
            self.found.shapes.append(PaintedShape((((x0, y0), (x1, y1)),), False, 0, None))

    def render_char(self, *args: Any, **options: Any) -> float:
        advance: float = super().render_char(*args, **options)
        x0, y0, x1, y1 = self.cur_item._objs[-1].bbox
        left, bottom, right, top = self.clip
        if len(self.found.seen) > MOST_CHARACTERS:
            check_count(len(self.found.seen), MOST_CHARACTERS, "characters")
        self.found.seen.append(x0 < right and x1 > left and y0 < top and y1 > bottom)
        self.found.drawn.append(self._mode not in _NOT_DRAWN and self.opacity >= SEEN and not any(self.hidden))
        self.found.methods.append(self.method)
        return advance

    def is_off(self, layer: Any) -> bool:
        """Whether a layer, or a group of layers of which some have to be on, is not shown."""
        if isinstance(layer, PDFObjRef) and layer.objid in self.layers_off:
            return True
        group = resolve1(layer)
        members = group.get("OCGs") if isinstance(group, dict) else None
        if members is None:
            return False
        each = (
            [members] if isinstance(members, PDFObjRef) and isinstance(resolve1(members), dict) else resolve1(members)
        )
        return bool(each) and all(isinstance(m, PDFObjRef) and m.objid in self.layers_off for m in each)


class _Interpreter(PDFPageInterpreter):
    """Follows the clipping path through the saved and restored states of a page and its drawings."""

    device: _Device

    def process_page(self, page: Any) -> None:
        x0, y0, x1, y1 = page.mediabox
        turns = {90: (0, -1, 1, 0, -y0, x1), 180: (-1, 0, 0, -1, x1, y1), 270: (0, 1, -1, 0, y1, -x0)}
        ctm = turns.get(page.rotate, (1, 0, 0, 1, -x0, -y0))
        self.device.begin_page(page, ctm)
        self.render_contents(page.resources, page.contents, ctm=ctm)
        self.device.hidden.clear()
        for number, mark in enumerate(marks_of(page)):
            self._draw(number, mark, ctm)
        self.device.end_page(page)

    def _draw(self, number: int, mark: Mark, ctm: Any) -> None:
        if mark.appearance is None:
            if mark.text:
                xs, ys = zip(*(apply_matrix_pt(ctm, point) for point in (mark.box[:2], mark.box[2:])), strict=True)
                self.device.found.texts.append(mark._replace(box=(min(xs), min(ys), max(xs), max(ys))))
            return
        self.device.clip, self.device.opacity, self.device.method = _EVERYWHERE, 1.0, mark.method
        name, matrix = f"{_OVERLAY}{number}", mult_matrix(mark.matrix, ctm)
        self.device.begin_figure(name, resolve1(mark.appearance.get("BBox")), matrix)
        resources = resolve1(mark.appearance.get("Resources")) or {}
        self.subinterp().render_contents(resources, [mark.appearance], ctm=matrix)
        self.device.end_figure(name)
        self.device.method = None

    def init_state(self, ctm: Any) -> None:
        super().init_state(ctm)
        self._saved: list[tuple[Box, float]] = []

    def do_q(self) -> None:
        super().do_q()
        self._saved.append((self.device.clip, self.device.opacity))

    def do_Q(self) -> None:
        if self._saved:
            self.device.clip, self.device.opacity = self._saved.pop()
        super().do_Q()

    def do_W(self) -> None:
        self._cut()

    def do_W_a(self) -> None:
        self._cut()

    def do_gs(self, name: Any) -> None:
        super().do_gs(name)
        states = resolve1(self.resources.get("ExtGState"))
        state = resolve1(states.get(name.name)) if isinstance(states, dict) and isinstance(name, PSLiteral) else None
        opacity = resolve1(state.get("ca")) if isinstance(state, dict) else None
        if isinstance(opacity, int | float):
            self.device.opacity = float(opacity)

    def do_BMC(self, tag: Any) -> None:
        super().do_BMC(tag)
        self.device.hidden.append(False)

    def do_BDC(self, tag: Any, props: Any) -> None:
        super().do_BDC(tag, props)
        layers = resolve1(self.resources.get("Properties")) if isinstance(props, PSLiteral) else None
        layer = layers.get(props.name) if isinstance(layers, dict) else None
        is_layer = isinstance(tag, PSLiteral) and tag.name == "OC"
        self.device.hidden.append(is_layer and self.device.is_off(layer))

    def do_EMC(self) -> None:
        super().do_EMC()
        if self.device.hidden:
            self.device.hidden.pop()

    def do_Do(self, xobjid_arg: Any) -> None:
        clip, opacity, depth = self.device.clip, self.device.opacity, len(self.device.hidden)
        drawing = self.xobjmap.get(xobjid_arg.name) if isinstance(xobjid_arg, PSLiteral) else None
        layer = stream_value(drawing).attrs.get("OC") if drawing is not None else None
        self.device.hidden.append(layer is not None and self.device.is_off(layer))
        super().do_Do(xobjid_arg)
        del self.device.hidden[depth:]
        self.device.clip, self.device.opacity = clip, opacity

    def _cut(self) -> None:
        points = [apply_matrix_pt(self.ctm, point) for step in self.curpath for point in _points(step[1:])]
        if points:
            xs, ys = zip(*points, strict=True)
            x0, y0, x1, y1 = self.device.clip
            self.device.clip = max(x0, min(xs)), max(y0, min(ys)), min(x1, max(xs)), min(y1, max(ys))


def _points(numbers: Sequence[float]) -> list[tuple[float, float]]:
    return list(zip(numbers[::2], numbers[1::2], strict=True))
