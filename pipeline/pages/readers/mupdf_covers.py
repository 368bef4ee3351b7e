"""White pictures and other white areas that MuPDF draws over words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pymupdf

from pipeline.pages.covers import WHITE, Cover, Letter, covered_words, covers_over
from pipeline.pages.model import Word
from pipeline.pages.readers.mupdf_rules import Box, placed


def words_below(
    page: Any, turn: Any, drawings: list[dict[str, Any]], white: Sequence[Cover], words: Sequence[Word]
) -> frozenset[Word]:
    """The words below `white` pictures and other white covers.

    Most pages have no white area that was drawn after anything else.
    """
    covers = [*white]
    # a path whose number is its place in the list has nothing but paths below it
    over_text = bool(drawings) and drawings[-1]["seqno"] >= len(drawings)
    if over_text and any(path["seqno"] > i and _paints_white(path) for i, path in enumerate(drawings)):
        areas = covers_over(_rectangles(drawings, turn), words)
        # spreadsheets paint white cells that are larger than what their clipping lets through
        covers += covers_over(_rectangles(page.get_cdrawings(extended=True), turn), words) if areas else []
    if not covers:
        return frozenset()
    letters = [
        Letter((*placed(char[3], turn), chr(char[0])), span["seqno"])
        for span in page.get_texttrace()
        for char in span["chars"]
    ]
    return covered_words(words, covers, letters)


def _paints_white(path: dict[str, Any]) -> bool:
    fill = path.get("fill")
    return fill is not None and min(fill) >= WHITE and path.get("fill_opacity", 1) == 1


def _rectangles(drawings: list[dict[str, Any]], turn: Any) -> list[Cover]:
    """White rectangles, as far as the clipping lets them through where the drawings tell it."""
    covers: list[Cover] = []
    clips: list[dict[str, Any]] = []
    for path in drawings:
        while clips and clips[-1]["level"] >= path["level"]:
            clips.pop()
        if path["type"] == "clip":
            clips.append(path)
        elif _paints_white(path) and all(item[0] in ("re", "qu") for item in path["items"]):
            boxes = [path["rect"], *(clip["scissor"] for clip in clips)]
            x0, y0 = max(b[0] for b in boxes), max(b[1] for b in boxes)
            x1, y1 = min(b[2] for b in boxes), min(b[3] for b in boxes)
            if x0 < x1 and y0 < y1:
                covers.append(Cover(*placed((x0, y0, x1, y1), turn), path["seqno"]))
    return covers


def white_pictures(
    page: Any, turn: Any, pictures: Sequence[Box], words: Sequence[Word], shows_white: Callable[[dict[str, Any]], bool]
) -> list[Cover]:
    """White pictures over words. Decoding is dear, so only those are looked at that were drawn after some text."""
    if not covers_over([Cover(x0 - 1, y0 - 1, x1 + 1, y1 + 1, 0) for x0, y0, x1, y1 in pictures], words):
        return []
    log = page.get_bboxlog()
    first = next((i for i, entry in enumerate(log) if entry[0] == "fill-text"), len(log))
    drawn = ((order, box) for order, (kind, box) in enumerate(log) if kind == "fill-image" and order > first)
    areas = covers_over((Cover(*placed(box, turn), order) for order, box in drawn), words)
    if not areas:
        return []
    white = [placed(image["bbox"], turn) for image in page.get_image_info() if shows_white(image)]
    return [area for area in areas if any(is_at(area, box) for box in white)]


def is_at(place: Sequence[float], box: Box) -> bool:
    return all(abs(p - q) < 1 for p, q in zip(place, box, strict=False))


def on_page(cover: Cover, width: float, height: float) -> Box:
    """The part of a cover that lies on the page, as places of pictures do."""
    return max(cover.x0, 0.0), max(cover.y0, 0.0), min(cover.x1, width), min(cover.y1, height)


def is_white(document: Any, xref: int) -> bool:
    picture = pymupdf.Pixmap(document, xref)
    if picture.n - picture.alpha > 3:  # CMYK
        picture = pymupdf.Pixmap(pymupdf.csRGB, picture)
    samples = picture.samples
    first = samples[: picture.n]  # is_unicolor asks for each pixel, and takes 100 times as long
    return min(first) >= WHITE * 255 and samples == first * (picture.width * picture.height)
