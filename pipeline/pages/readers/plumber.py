"""The independent reader: pdfplumber on pdfminer.six. Slower, of another licence, and with other mistakes."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pdfplumber
from pdfminer.layout import LTChar, LTContainer, LTImage, LTRect
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdftypes import resolve1
from pdfplumber.utils.exceptions import PdfminerException
from PIL import Image, UnidentifiedImageError

from pipeline.errors import DocumentError, PageError, reason_of
from pipeline.pages.covers import WHITE, Cover, Letter, covered_words, covers_over
from pipeline.pages.model import SCAN_TEXT, DocumentInfo, OpenDocument, Page, Word, locked
from pipeline.pages.readers.plumber_clips import interpret
from pipeline.pages.rules import RuleCollector
from pipeline.pages.words import Char, split_at_rules
from pipeline.text import unify

_X_TOLERANCE_RATIO = 0.4  # share of the font size: glyphs of one word touch, justified text stretches
_FULL = 0.95  # of the font size: a Latin letter or digit of that width is not what it claims to be
_DEEPEST, _DESCENT = 0.5, 0.2  # of the font size: what no font descends below its base line, and what most do
_SMALLER = 0.8  # of the size of a number: that of a raised digit behind it
_CLIPS = re.compile(rb"\bW\*?\s+n\b")


class PlumberReader:
    """Reads with pdfplumber; needs no AGPL code."""

    name = "pdfplumber"

    def open(self, path: Path, password: str | None = None) -> OpenDocument:
        logging.getLogger("pdfminer").setLevel(logging.ERROR)
        try:
            document = pdfplumber.open(path, password=password)
            count = len(document.pages)
        except PdfminerException as error:
            if isinstance(error.args[0] if error.args else None, PDFPasswordIncorrect):
                raise locked(path, password) from error
            raise _unreadable(error, path) from error
        except Exception as error:  # pdfminer raises several unrelated types
            raise _unreadable(error, path) from error
        if count == 0:
            document.close()
            raise DocumentError("pdf.no_pages", "the PDF has no pages", document=str(path))
        return _PlumberDocument(document, str(path), count)


def _unreadable(error: Exception, path: Path) -> DocumentError:
    return DocumentError("pdf.unreadable", f"the PDF cannot be opened ({reason_of(error, path)})", document=str(path))


class _PlumberDocument:
    def __init__(self, document: Any, path: str, count: int) -> None:
        self._document, self._path = document, path
        self._stored: tuple[Word, ...] | None = None  # all words of the page read last, if some of them are clipped
        producer = document.metadata.get("Producer")
        self.info = DocumentInfo(count, (unify(producer) if isinstance(producer, str) else "") or None)

    def __enter__(self) -> _PlumberDocument:
        return self

    def __exit__(self, *exc: object) -> None:
        self._document.close()

    def page(self, number: int) -> Page:
        page = self._document.pages[number - 1]
        try:
            shown, self._stored = _read_page(page, number)
            return shown
        except Exception as error:  # pdfminer raises several unrelated types
            raise PageError(
                "page.unreadable", f"the page cannot be read ({reason_of(error)})", document=self._path, page=number
            ) from error
        finally:
            page.close()  # frees the page's objects; without it memory grows with every page

    def stored_words(self, number: int) -> tuple[Word, ...] | None:
        """Those of the page that was read last."""
        return self._stored


def _read_page(page: Any, number: int) -> tuple[Page, tuple[Word, ...] | None]:
    """The page, and all words that are stored where some of them are clipped away."""
    for name in ("mediabox", "cropbox"):
        setattr(page.page_obj, name, _upright_box(getattr(page.page_obj, name)))
    unclipped = interpret(page)
    left, top, right, bottom = shown = _shown_box(page)
    collector = RuleCollector()
    for shape in page.rects:
        _collect_rect(shape, collector, left, top)
    for shape in (*page.lines, *page.curves):
        _collect_path(shape, collector, left, top)
    level, upright = collector.merged()
    stored = [(_settled(c), seen) for c, seen in zip(page.chars, unclipped, strict=True) if _shown(c, shown)]
    words, by_word = _words([c for c, seen in stored if seen], left, top)
    covered = _covered(page, words, left, top)
    seen = [w for w in words if w not in covered] if covered else words
    split = split_at_rules(seen, upright, lambda word: by_word[id(word)])
    width, height = float(right - left), float(bottom - top)
    sizes = [float((image["x1"] - image["x0"]) * (image["bottom"] - image["top"])) for image in page.images]
    picture = max(sizes) / max(width * height, 1) if sizes else None
    is_scan = sum(len(w.text) for w in split) < SCAN_TEXT and bool(sizes)
    hidden = tuple(sorted(covered, key=lambda w: w.run))
    shown_page = Page(number, width, height, split, level, upright, is_scan, hidden, picture)
    if all(seen for _, seen in stored):
        return shown_page, None
    return shown_page, tuple(w for w in _words([c for c, _ in stored], left, top)[0] if w not in covered)


def _covered(page: Any, words: Sequence[Word], left: float, top: float) -> frozenset[Word]:
    """The words below white covers; none on a page that clips, for pdfminer cannot tell how much of a cover shows."""
    if not page.images and not any(map(_paints_white, page.rects)):
        return frozenset()
    orders = _orders(page.layout)
    covers: list[Cover] = []
    for shapes, kind, is_white in ((page.rects, LTRect, _paints_white), (page.images, LTImage, _is_white)):
        for shape, order in zip(shapes, orders[kind], strict=True):
            box = shape["x0"] - left, shape["top"] - top, shape["x1"] - left, shape["bottom"] - top
            cover = Cover(*box, order)
            if order > min(orders[LTChar], default=order) and covers_over([cover], words) and is_white(shape):
                covers.append(cover)
    if not covers or any(_CLIPS.search(resolve1(stream).get_data()) for stream in page.page_obj.contents):
        return frozenset()
    letters = [Letter(_char(c, left, top), order) for c, order in zip(page.chars, orders[LTChar], strict=True)]
    return covered_words(words, covers, letters)


def _orders(layout: Any) -> dict[type, list[int]]:
    """For each character, rectangle and picture, in drawing order, its number among all three."""
    orders: dict[type, list[int]] = {LTChar: [], LTRect: [], LTImage: []}
    number = 0
    stack = [iter(layout)]
    while stack:
        for item in stack[-1]:
            if isinstance(item, LTContainer):
                stack.append(iter(item))
                break
            if type(item) in orders:
                orders[type(item)].append(number)
                number += 1
        else:
            stack.pop()
    return orders


def _paints_white(shape: dict[str, Any]) -> bool:
    return bool(shape.get("fill")) and _light(shape.get("non_stroking_color"))


def _is_white(image: dict[str, Any]) -> bool:
    stream = image["stream"]
    if image.get("imagemask") or "SMask" in stream or "Mask" in stream:
        return False
    data = stream.get_data()
    try:
        with Image.open(io.BytesIO(data)) as picture:
            return min(picture.convert("RGB").tobytes()) >= WHITE * 255
    except UnidentifiedImageError:  # samples, not a picture file; all ones are white, except in CMYK
        return bool(data) and min(data) >= WHITE * 255 and "CMYK" not in str(image.get("colorspace"))


def _upright_box(corners: Sequence[float]) -> tuple[float, float, float, float]:
    """A box with its lower left corner first, as pdfminer takes it; files may give any two opposite corners."""
    x0, x1 = sorted((corners[0], corners[2]))
    y0, y1 = sorted((corners[1], corners[3]))
    return x0, y0, x1, y1


def _shown_box(page: Any) -> tuple[float, float, float, float]:
    """The crop box on the page as displayed, in pdfplumber's coordinates, which begin where the media box does.

    Turned here, because pdfplumber turns the crop box of a rotated page about the wrong side.
    """
    media, crop = page.page_obj.mediabox, page.page_obj.cropbox
    width, height = media[2] - media[0], media[3] - media[1]
    x0, x1 = sorted(min(max(x - media[0], 0), width) for x in (crop[0], crop[2]))
    top, bottom = sorted(min(max(media[3] - y, 0), height) for y in (crop[1], crop[3]))
    if x1 - x0 < 1 or bottom - top < 1:
        x0, top, x1, bottom = 0, 0, width, height
    turned = {
        90: (height - bottom, x0, height - top, x1),
        180: (width - x1, height - bottom, width - x0, height - top),
        270: (top, width - x1, bottom, width - x0),
    }
    box = turned.get((page.rotation or 0) % 360, (x0, top, x1, bottom))
    left, above = page.mediabox[:2]
    return box[0] + left, box[1] + above, box[2] + left, box[3] + above


def _shown(char: dict[str, Any], box: tuple[float, float, float, float]) -> bool:
    x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])


def _settled(char: dict[str, Any]) -> dict[str, Any]:
    """The character on its base line; some fonts claim to descend below it by more than they are high."""
    size, descent = char["size"], char["matrix"][5] - char["y0"]
    if not char["upright"] or descent <= _DEEPEST * size:
        return char
    up = descent - _DESCENT * size
    return {**char, "top": char["top"] - up, "bottom": char["bottom"] - up}


def _words(chars: list[dict[str, Any]], left: float, top: float) -> tuple[list[Word], dict[int, Sequence[Char]]]:
    """Characters in drawing order as words: a blank, a wide gap or a new line ends one."""
    words: list[Word] = []
    by_word: dict[int, Sequence[Char]] = {}
    run = 0
    group: list[dict[str, Any]] = []

    def close() -> None:
        if group and (word := _word(group, left, top, run)).text:
            words.append(word)
            by_word[id(word)] = [_char(c, left, top) for c in group]
        group.clear()

    before: dict[str, Any] | None = None
    for char in chars:
        if before is not None and not _same_line(before, char):
            close()
            run += 1
        elif before is not None and not _touch(before, char):
            close()
        if char["text"].isspace():
            close()
        elif char["text"]:
            group.append(char)
        before = char
    close()
    return words, by_word


def _touch(before: dict[str, Any], char: dict[str, Any]) -> bool:
    gap = char["x0"] - before["x1"]
    if char["size"] < _SMALLER * before["size"] and char["text"].isdecimal() and before["text"].isdecimal():
        return False  # as MuPDF divides them; `tables.lines` joins them and sees which are raised
    if before["text"].isascii() and before["x1"] - before["x0"] >= _FULL * before["size"]:
        return bool(gap < 0)  # a font that claims to have no narrow characters; the next one stands where this one ends
    return bool(abs(gap) <= _X_TOLERANCE_RATIO * char["size"])


def _same_line(before: dict[str, Any], char: dict[str, Any]) -> bool:
    overlap = min(before["bottom"], char["bottom"]) - max(before["top"], char["top"])
    return bool(
        overlap > 0.5 * min(before["bottom"] - before["top"], char["bottom"] - char["top"])
        and char["x0"] > before["x0"] - 1
    )


def _word(group: list[dict[str, Any]], left: float, top: float, run: int) -> Word:
    return Word(
        min(c["x0"] for c in group) - left,
        min(c["top"] for c in group) - top,
        max(c["x1"] for c in group) - left,
        max(c["bottom"] for c in group) - top,
        unify("".join(c["text"] for c in group)),
        run,
    )


def _char(char: dict[str, Any], left: float, top: float) -> Char:
    return char["x0"] - left, char["top"] - top, char["x1"] - left, char["bottom"] - top, char["text"]


def _light(color: Any) -> bool:
    """Whether a colour is white in grey or RGB; CMYK white is all zero."""
    if isinstance(color, int | float):
        return color >= WHITE
    if not isinstance(color, tuple | list) or not color or not all(isinstance(c, int | float) for c in color):
        return False
    return bool(max(color) <= 1 - WHITE if len(color) == 4 else min(color) >= WHITE)


def _collect_rect(shape: dict[str, Any], collector: RuleCollector, left: float, top: float) -> None:
    box = shape["x0"] - left, shape["top"] - top, shape["x1"] - left, shape["bottom"] - top
    if shape.get("stroke") and not _light(shape.get("stroking_color")):
        collector.stroked(*box)
    elif shape.get("fill") and not _light(shape.get("non_stroking_color")):
        collector.filled(*box)


def _collect_path(shape: dict[str, Any], collector: RuleCollector, left: float, top: float) -> None:
    points = [(x - left, y - top) for x, y in shape.get("pts", [])]
    if shape.get("stroke") and not _light(shape.get("stroking_color")):
        for (x0, y0), (x1, y1) in pairwise(points):
            collector.line(x0, y0, x1, y1)
    elif shape.get("fill") and not _light(shape.get("non_stroking_color")):
        collector.filled(shape["x0"] - left, shape["top"] - top, shape["x1"] - left, shape["bottom"] - top)
