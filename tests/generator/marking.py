"""Marks and tricks on the pages of a PDF that change what it stores and not what people read of its cells."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pymupdf

Colour = tuple[float, float, float]
_TEXT = re.compile(rb"BT\b.*?\bET\b", re.DOTALL)
_CHINESE = "china-s"  # a font of MuPDF: it prints any Chinese text


def printed_again(pdf: bytes, dx: float, dy: float, often: int = 1) -> bytes:
    """All texts printed again, each time shifted by some points: bold or with a shadow."""

    def again(match: re.Match[bytes]) -> bytes:
        shifted = (f"q 1 0 0 1 {n * dx:.3f} {n * dy:.3f} cm ".encode() + match[0] + b" Q" for n in range(1, often + 1))
        return b"\n".join((match[0], *shifted))

    return _with_content(pdf, lambda content, page: _TEXT.sub(again, content))


def turned(pdf: bytes, degrees: int) -> bytes:
    """The content of all pages turned clockwise by a multiple of 90 degrees; the pages say nothing of it."""

    def turn(content: bytes, page: Any) -> bytes:
        width, height = page.rect.width, page.rect.height
        matrix = {90: (0, -1, 1, 0, 0, width), 180: (-1, 0, 0, -1, width, height), 270: (0, 1, -1, 0, height, 0)}
        if degrees % 180:
            page.set_mediabox(pymupdf.Rect(0, 0, height, width))
        return f"q {' '.join(f'{x:g}' for x in matrix[degrees])} cm\n".encode() + content + b"\nQ"

    return _with_content(pdf, turn)


def watermarked(pdf: bytes, text: str, size: float, degrees: float, step: float, colour: Colour, alpha: float) -> bytes:
    """A text laid over all pages, `step` points from one to the next; once in the middle where it is 0."""
    with _opened(pdf) as document:
        for page in document:
            width, height = page.rect.width, page.rect.height
            places = (
                [(x, y) for x in _steps(width, step) for y in _steps(height, step)]
                if step
                else [(width / 2 - size * len(text) / 2 * math.cos(math.radians(degrees)), height / 2)]
            )
            for x, y in places:
                point = pymupdf.Point(x, y)
                page.insert_text(
                    point,
                    text,
                    fontsize=size,
                    fontname=_CHINESE,
                    color=colour,
                    fill_opacity=alpha,
                    morph=(point, pymupdf.Matrix(degrees)),
                )
        return _saved(document)


def _steps(length: float, step: float) -> list[float]:
    return [step * (n + 0.3) for n in range(int(length / step))]


def sealed(pdf: bytes, text: str, x: float, y: float, radius: float, size: float, colour: Colour) -> bytes:
    """A round seal on the first page: letters on a circle about `x`, `y`, a ring, and nothing inside."""
    with _opened(pdf) as document:
        page = document[0]
        page.draw_circle((x, y), radius + size, color=colour, width=1.5)
        for n, letter in enumerate(text):
            angle = math.radians(210 - 240 * (n + 0.5) / len(text))  # from the lower left over the top
            sin, cos = math.sin(angle), math.cos(angle)
            point = pymupdf.Point(x + radius * cos - size / 2 * sin, y - radius * sin - size / 2 * cos)
            lean = pymupdf.Matrix(math.degrees(angle) - 90)
            page.insert_text(point, letter, fontsize=size, fontname=_CHINESE, color=colour, morph=(point, lean))
        return _saved(document)


def _with_content(pdf: bytes, change: Callable[[bytes, Any], bytes]) -> bytes:
    with _opened(pdf) as document:
        for page in document:
            content = change(page.read_contents(), page)
            stream = document.get_new_xref()
            document.update_object(stream, "<<>>")
            document.update_stream(stream, content)
            page.set_contents(stream)
        return _saved(document)


@contextmanager
def _opened(pdf: bytes) -> Iterator[Any]:
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        yield document


def _saved(document: Any) -> bytes:
    pdf: bytes = document.tobytes(garbage=3, deflate=True, no_new_id=True)
    return pdf


def with_choice(pdf: bytes, value: str, others: str, ticked: str) -> bytes:
    """Two drawn check boxes before a printed value and another option behind it; the first box is ticked.

    `ticked` says how: `sign` (√ printed inside), `cross`, `tick`, `filled`.
    """
    with _opened(pdf) as document:
        page = document[0]
        box = page.search_for(value)[0]
        side = 8.0
        for x, chosen in ((box.x0 - side - 3, True), (box.x1 + 4, False)):
            square = pymupdf.Rect(x, box.y0 + 2, x + side, box.y0 + 2 + side)
            page.draw_rect(square, width=0.6)
            if chosen:
                _tick(page, square, ticked)
        page.insert_text((box.x1 + 4 + side + 3, box.y1 - 2.5), others, fontsize=9, fontname=_CHINESE)
        return _saved(document)


def _tick(page: Any, square: pymupdf.Rect, how: str) -> None:
    if how == "sign":
        page.insert_text((square.x0 + 0.5, square.y1 - 1), "√", fontsize=8, fontname=_CHINESE)
    elif how == "cross":
        page.draw_line(square.tl, square.br)
        page.draw_line(square.bl, square.tr)
    elif how == "tick":
        x, y = square.bl
        page.draw_polyline([(x + 1, y - 4), (x + 3, y - 1), (x + square.width + 1, y - 9)], width=1)
    else:
        x, y = square.tl
        page.draw_rect((x + 1.5, y + 1.5, x + square.width - 1.5, y + square.height - 1.5), color=None, fill=(0, 0, 0))
