"""Draws the pictures of docs/traits.md: `python -m tests.generator.trait_pictures` writes them again."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pymupdf
from PIL import Image, ImageChops

from . import separated
from . import trait_breaks as breaks
from . import trait_forms as forms
from .borders import Borders, Way
from .drawing import draw
from .marking import printed_again, sealed, turned, watermarked, with_choice

FOLDER = Path(__file__).parents[2] / "docs/images/traits"
SCALE = 1.4  # pixels a point
MARGIN = 8  # pixels around what is printed
GAP = 14  # pixels between two pages
COLOURS = 48  # of a picture's palette
GREY, PAPER = (170, 170, 170), (255, 255, 255)


class Picture(NamedTuple):
    """What is drawn, and the parts of its pages that are shown: from `top` to `bottom` in points."""

    pdf: Callable[[], bytes]
    top: float = 0
    bottom: float = 842


def _plain() -> bytes:
    return forms.pdf_of(forms.whole())


def _bordered(way: Way, size: float) -> Picture:
    return Picture(partial(forms.bordered, Borders(way, size)), 92, 235)


def _ticks() -> bytes:
    pdf = forms.pdf_of(forms.options())
    for (value, other), how in zip(forms.OPTIONS, ("sign", "cross", "filled"), strict=True):
        pdf = with_choice(pdf, value, other, how)
    return pdf


PICTURES = {
    "annotation": Picture(lambda: forms.changed(forms.annotation), 92, 180),
    "form-field": Picture(lambda: forms.changed(forms.form_field), 92, 180),
    "hidden-text": Picture(lambda: forms.changed(forms.hidden_text), 92, 180),
    "scan": Picture(lambda: forms.changed(forms.scanned, _blank()), 0, 250),
    "pasted-picture": Picture(lambda: forms.changed(forms.pasted, _blank())),
    "curves": Picture(lambda: forms.changed(forms.curves, _blank()), 30, 180),
    "chart": Picture(lambda: forms.changed(forms.chart, _blank())),
    "attachment": Picture(lambda: forms.changed(forms.attached, _blank())),
    "xfa": Picture(lambda: forms.changed(forms.placeholder, _blank())),
    "bars": _bordered(Way.BARS, 2.5),
    "double": _bordered(Way.DOUBLE, 2.25),
    "dashes": _bordered(Way.DASHES, 5),
    "gaps": _bordered(Way.GAPS, 1.5),
    "white": _bordered(Way.WHITE, 1),
    "left-over": _bordered(Way.LEFT_OVER, 1),
    "rings": _bordered(Way.RINGS, 1),
    "rules-as-curves": _bordered(Way.CURVES, 1),
    "rules-as-pictures": _bordered(Way.PICTURES, 1.5),
    "rules-as-letters": _bordered(Way.LETTERS, 9),
    "dark-heading": Picture(lambda: draw([forms.listed()], Borders(Way.DARK_HEADING, 1)), 98, 175),
    "level-rules-only": Picture(lambda: forms.with_sides("TB"), 30),
    "no-rules": Picture(lambda: forms.with_sides(""), 30),
    "rows-without-rules": Picture(lambda: forms.with_sides("LR", 5, 0), 92),
    "unpaired-rows": Picture(forms.unpaired_rows, 92),
    "printed-twice": Picture(lambda: printed_again(_plain(), 0.5, 0), 92, 180),
    "tall-boxes": Picture(lambda: forms.changed(forms.tall_boxes, forms.with_numbers()), 92),
    "no-character-map": Picture(lambda: forms.changed(forms.outlined(forms.CONTENT.name)), 92, 180),
    "watermark": Picture(lambda: watermarked(_plain(), "云溪区财政局", 22, 30, 180, (0.5, 0.5, 0.5), 0.35), 92, 260),
    "seal": Picture(lambda: sealed(_plain(), "云溪区民政局专用章", 420, 165, 38, 10, (0.85, 0.1, 0.1)), 92, 235),
    "ticks": Picture(_ticks, 92),
    "turned": Picture(lambda: turned(_plain(), 180), 600),
    "amounts": Picture(forms.notations, 92),
    "no-number": Picture(forms.no_number, 92),
    "two-amounts": Picture(forms.two_amounts, 92),
    "moved-page": Picture(lambda: breaks.broken(lambda table: separated.moved(table, 25)), 225),
    "other-columns": Picture(lambda: breaks.broken(lambda table: separated.set_anew(table, (0, 5, -6, 7))), 225),
    "no-first-column": Picture(lambda: breaks.broken(separated.without_first_column), 225),
    "page-between": Picture(breaks.page_between, 225),
    "title-on-page-before": Picture(lambda: breaks.at_the_foot(0), 300),
    "begins-at-foot": Picture(lambda: breaks.at_the_foot(1), 300),
    "cut-target": Picture(breaks.cut_target, 225),
    "cut-name": Picture(breaks.cut_name, 30, 250),
    "cut-label": Picture(breaks.cut_label, 92, 260),
    "left-and-right": Picture(breaks.left_and_right, 30, 250),
    "one-below-another": Picture(breaks.one_below_another, 240, 480),
    "list-goal": Picture(forms.list_with_cut_goal),
    "heading-overrun": Picture(forms.heading_overrun, 92),
    "code": Picture(forms.code_after_name, 92),
    "one-cell": Picture(forms.one_cell, 92),
    "no-sign": Picture(forms.no_sign_no_unit, 92),
    "amounts-below": Picture(forms.amounts_below_headings, 92),
    "grid": Picture(forms.grid_of_amounts, 92),
    "side-by-side": Picture(forms.side_by_side, 92),
    "numbered-goals": Picture(forms.numbered_goals, 92),
    "prose": Picture(forms.prose, 82),
    "other-values": Picture(forms.other_values, 92),
    "tasks": Picture(forms.tasks, 92),
}
"""By the name of the file, in the order of the page."""


def _blank() -> bytes:
    with pymupdf.open() as document:
        document.new_page()
        data: bytes = document.tobytes()
    return data


def drawn(picture: Picture) -> Image.Image:
    """A picture, its pages below each other, without the paper around them."""
    with pymupdf.open(stream=picture.pdf()) as document:
        shown = list(_parts(document, picture))
    left, right = min(box[0] for _, box in shown), max(box[2] for _, box in shown)
    parts = [part.crop((left, box[1], right, box[3])) for part, box in shown]
    width = right - left + 2 * MARGIN
    height = sum(part.height + 2 * MARGIN for part in parts) + GAP * (len(parts) - 1)
    whole = Image.new("RGB", (width, height), GREY)
    y = 0
    for part in parts:
        page = Image.new("RGB", (width, part.height + 2 * MARGIN), PAPER)
        page.paste(part, (MARGIN, MARGIN))
        whole.paste(page, (0, y))
        y += page.height + GAP
    return whole.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)


def _parts(document: pymupdf.Document, picture: Picture) -> Iterator[tuple[Image.Image, tuple[int, int, int, int]]]:
    """What is shown of each page, and where something is printed there, in pixels."""
    for number in range(len(document)):
        page = document[number]
        top, bottom = (picture.top, picture.bottom) if not number else (0, 250)
        clip = pymupdf.Rect(0, top, page.rect.width, bottom) & page.rect
        shown = page.get_pixmap(matrix=pymupdf.Matrix(SCALE, SCALE), clip=clip)
        part = Image.frombytes("RGB", (shown.width, shown.height), shown.samples)
        box = ImageChops.difference(part, Image.new("RGB", part.size, PAPER)).getbbox()
        if box is not None:
            yield part, box


def main() -> None:
    """Write all pictures, or those that are named."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[1:] or PICTURES:
        drawn(PICTURES[name]).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
