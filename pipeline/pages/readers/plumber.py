"""The independent reader: pdfplumber on pdfminer.six. Slower, of another licence, and with other mistakes."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pdfplumber
from pdfminer.layout import LTChar, LTImage, LTRect
from pdfminer.pdfdocument import PDFPasswordIncorrect, PDFXRefFallback
from pdfminer.pdftypes import resolve1
from pdfplumber.utils.exceptions import PdfminerException
from PIL import Image, UnidentifiedImageError

from pipeline.errors import DocumentError, PageError, reason_of
from pipeline.messages import Text, known, t
from pipeline.pages.check_boxes import check_boxes, with_signs, without_edges
from pipeline.pages.covers import WHITE, Cover, Letter, covered_words, covers_over, within
from pipeline.pages.drawing import Drawing
from pipeline.pages.glyphs import quarters_of
from pipeline.pages.limits import MOST_WORDS, check_count
from pipeline.pages.model import SCAN_TEXT, DocumentInfo, OpenDocument, Overlay, Page, Word, locked
from pipeline.pages.page_edges import is_cut, odd_turn, text_beyond, without_content
from pipeline.pages.pictures import PagePictures
from pipeline.pages.readers.plumber_areas import add_areas
from pipeline.pages.readers.plumber_clips import interpret, overlaid
from pipeline.pages.readers.plumber_damage import Reports, has_content, states_other_count
from pipeline.pages.readers.plumber_fonts import Fonts
from pipeline.pages.readers.plumber_glyphs import glyphs_of, in_lines
from pipeline.pages.readers.plumber_overlays import (
    Corner,
    Mark,
    attachments_of,
    box_from_top,
    embedded_names,
    is_dynamic_form,
    words_below,
)
from pipeline.pages.readers.plumber_shapes import area_of, is_light, is_plain, orders_of, rules_of, shapes_of
from pipeline.pages.set_words import words_as_set
from pipeline.pages.words import Char, split_at_rules
from pipeline.text import unify

_REPORTS = Reports()
_CLIPS = re.compile(rb"\bW\*?\s+n\b")


class PlumberReader:
    """Reads with pdfplumber; needs no AGPL code."""

    name = "pdfplumber"

    def open(self, path: Path, password: str | None = None) -> OpenDocument:
        _REPORTS.clear()
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
            raise DocumentError("pdf.no_pages", t("the PDF has no pages"), document=str(path))
        return _PlumberDocument(document, path, password, count)


def _unreadable(error: Exception, path: Path) -> DocumentError:
    return DocumentError(
        "pdf.unreadable",
        t("the PDF cannot be opened ({reason_of})", reason_of=reason_of(error, path)),
        document=str(path),
    )


class _PlumberDocument:
    draws_all = False  # PDFium brings no font for Chinese

    def __init__(self, document: Any, path: Path, password: str | None, count: int) -> None:
        self._document, self._path, self._password = document, path, password
        self._last: _ReadPage | None = None
        self._pictures: PagePictures | None = None
        self._fonts = Fonts()
        producer = document.metadata.get("Producer")
        name = (unify(producer) if isinstance(producer, str) else "") or None
        catalogue = document.doc.catalog
        attached = tuple(sorted(embedded_names(catalogue)))
        rebuilt = any(isinstance(table, PDFXRefFallback) for table in document.doc.xrefs)
        repaired = rebuilt or states_other_count(document.doc, count) or _REPORTS.taken() is not None
        self.info = DocumentInfo(count, name, repaired, is_dynamic_form(catalogue), attached)

    def __enter__(self) -> _PlumberDocument:
        return self

    def __exit__(self, *exc: object) -> None:
        self._document.close()
        if self._pictures is not None:
            self._pictures.close()

    def page(self, number: int) -> Page:
        page = self._document.pages[number - 1]
        try:
            damage = self._damage_of(page.page_obj)
            self._last = _read_page(page, number)
            return self._last.page if damage is None else replace(self._last.page, damaged=damage)
        except Exception as error:  # pdfminer raises several unrelated types
            raise self._unreadable(error, number) from error
        finally:
            page.close()  # frees the page's objects; without it memory grows with every page

    def _damage_of(self, page: Any) -> Text | None:
        turn = resolve1(page.attrs.get("Rotate", 0))
        return (
            odd_turn(turn if isinstance(turn, int | float) else 0)
            or without_content(has_content(page), bool(page.resources))
            or self._fonts.damage(page.resources)
        )

    def stored_words(self, number: int) -> tuple[Word, ...] | None:
        """Those of the page that was read last."""
        return self._last.stored if self._last is not None else None

    def damage(self, number: int) -> Text | None:
        reported = _REPORTS.taken()
        return None if reported is None else known(reported)

    def drawing(self, number: int, dots: float) -> Drawing:
        try:
            if self._pictures is None:
                self._pictures = PagePictures(self._path, self._password)
            return self._pictures.drawing(number, dots, self._last.quarters if self._last is not None else 0)
        except Exception as error:  # PDFium raises several unrelated types
            raise self._unreadable(error, number) from error

    def is_plain(self, number: int) -> bool:
        return self._last is not None and self._last.is_plain

    def pale_words(self, number: int, words: Sequence[Word]) -> frozenset[Word]:
        pale, dark = self._last.letters if self._last is not None else ((), ())
        found = ((word, within(word, pale), within(word, dark)) for word in words) if pale else ()
        return frozenset(word for word, light, other in found if word.text in light and word.text not in other)

    def _unreadable(self, error: Exception, number: int) -> PageError:
        reason = t("the page cannot be read ({reason_of})", reason_of=reason_of(error))
        return PageError("page.unreadable", reason, document=str(self._path), page=number)


class _ReadPage(NamedTuple):
    """A page with what may be asked of it later.

    `stored` are all words where some are clipped away, `quarters` is how far its content is turned. `letters` are those
    in the colour of paper and all others, where there are any of the first.
    """

    page: Page
    stored: tuple[Word, ...] | None
    quarters: int
    is_plain: bool
    letters: tuple[Sequence[Char], Sequence[Char]]


def _read_page(page: Any, number: int) -> _ReadPage:
    for name in ("mediabox", "cropbox"):
        setattr(page.page_obj, name, _upright_box(getattr(page.page_obj, name)))
    found = interpret(page)
    shown = _shown_box(page)
    quarters = 0
    if any(not c["upright"] or c["matrix"][0] < 0 for c in page.chars):
        quarters = quarters_of(glyphs_of([c for c in page.chars if _shown(c, shown)], *shown[:2]))
    if quarters:
        page = _turned_back(page, quarters)
        found = interpret(page)
        shown = _shown_box(page)
    left, top, right, bottom = shown
    beyond, filled = overlaid(page.layout)
    collector = rules_of(page, beyond, left, top)
    add_areas(found.shapes, collector, left, page.layout.bbox[3] - top)
    marked = list(zip(page.chars, found.seen, found.drawn, found.methods, strict=True))
    chars = [(c if drawn else {**c, "opacity": 0.0}, seen, by) for c, seen, drawn, by in marked if _shown(c, shown)]
    stored = [(c, seen) for c, seen, by in chars if by is None]
    may_be_covered = any(map(_paints_white, page.rects))
    glyphs = glyphs_of([c for c, seen in stored if seen], left, top)
    read = words_as_set(glyphs, in_lines, may_be_covered=may_be_covered)
    check_count(len(read.words), MOST_WORDS, "words")
    level, upright, whole = collector.merged_with_words(read.words, read.chars_of)
    covered = _covered(page, whole, left, top) | words_below(whole, filled, (left, top, page.height))
    seen = [w for w in whole if w not in covered] if covered else whole
    printed = _overlaid(chars, found.texts, (left, top, page.height), seen)
    words = split_at_rules(seen, upright, read.chars_of)
    boxes = check_boxes(words, level, upright, lambda: shapes_of(page, left, top))
    if boxes:
        words = with_signs(words, boxes)
        level, upright = without_edges(level, boxes, False), without_edges(upright, boxes, True)
    words = (*words, *(word for word, _ in printed))
    width, height = float(right - left), float(bottom - top)
    pictures = tuple(area_of(image, left, top) for image in page.images)
    picture = max((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in pictures) / max(width * height, 1) if pictures else None
    is_scan = sum(len(w.text) for w in words) < SCAN_TEXT and bool(pictures)
    may_be_cut = not is_scan and is_cut((*words, *covered), width, height)
    outside = sum(seen and drawn and not _shown(c, shown) for c, seen, drawn, _ in marked) if may_be_cut else 0
    shown_page = Page(
        *(number, width, height, words, level, upright, is_scan),
        covered=tuple(sorted((*covered, *read.invisible), key=lambda w: w.run)),
        picture=picture,
        quarters=quarters,
        ornaments=read.ornaments,
        pictures=pictures,
        overlays=tuple(Overlay(*word[:4], method) for word, method in printed),
        attachments=tuple(attachments_of(page.page_obj, (left, top, page.height))),
        damaged=text_beyond(outside),
    )
    letters = _by_shade([c for c, seen in stored if seen], left, top)
    plain = not letters[0] and is_plain(page, read.words, left, top)
    if all(seen for _, seen in stored):
        return _ReadPage(shown_page, None, quarters, plain, letters)
    glyphs = glyphs_of([c for c, _ in stored], left, top)
    both = words_as_set(glyphs, in_lines, may_be_covered=may_be_covered)
    every = with_signs((w for w in both.words if w not in covered), boxes)
    return _ReadPage(shown_page, every, quarters, plain, letters)


def _by_shade(chars: Sequence[dict[str, Any]], left: float, top: float) -> tuple[Sequence[Char], Sequence[Char]]:
    """The characters in the colour of paper, and the others where there are such."""
    pale = [is_light(c.get("non_stroking_color")) for c in chars]
    if not any(pale):
        return (), ()
    found = [_char(c, left, top) for c in chars]
    return [c for c, is_pale in zip(found, pale, strict=True) if is_pale], [
        c for c, is_pale in zip(found, pale, strict=True) if not is_pale
    ]


def _overlaid(
    chars: Sequence[tuple[dict[str, Any], bool, str | None]],
    texts: Sequence[Mark],
    corner: Corner,
    words: Sequence[Word],
) -> list[tuple[Word, str]]:
    """The words that annotations and form fields print, with their method, numbered on from those of the page."""
    printed: list[tuple[Word, str]] = []
    last = max((word.run for word in words), default=0)
    for method in ("annotation", "form_field"):
        drawn = [c for c, seen, by in chars if by == method and seen]
        found = words_as_set(glyphs_of(drawn, *corner[:2]), in_lines).words if drawn else []
        printed += [(word._replace(run=last + 1 + word.run), method) for word in found]
        last = max((word.run for word, _ in printed), default=last)
    for number, mark in enumerate(texts, start=1):
        printed.append((Word(*box_from_top(mark.box, corner), mark.text, last + number), mark.method))
    return printed


def _turned_back(page: Any, quarters: int) -> Any:
    """The page with its content upright, which is turned clockwise by `quarters`."""
    turn = ((page.rotation or 0) - 90 * quarters) % 360
    page.page_obj.rotate = turn
    page.page_obj.attrs["Rotate"] = turn
    return pdfplumber.page.Page(page.pdf, page.page_obj, page.page_number, page.initial_doctop)


def _covered(page: Any, words: Sequence[Word], left: float, top: float) -> frozenset[Word]:
    """The words below white covers; none on a page that clips, for pdfminer cannot tell how much of a cover shows."""
    if not page.images and not any(map(_paints_white, page.rects)):
        return frozenset()
    orders = orders_of(page.layout)
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


def _paints_white(shape: dict[str, Any]) -> bool:
    return bool(shape.get("fill")) and is_light(shape.get("non_stroking_color"))


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


def _char(char: dict[str, Any], left: float, top: float) -> Char:
    return char["x0"] - left, char["top"] - top, char["x1"] - left, char["bottom"] - top, char["text"]
