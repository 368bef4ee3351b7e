"""The fast reader: PyMuPDF's text page for words, its drawings for rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import pymupdf
from pymupdf import mupdf

from pipeline.errors import DocumentError, PageError, reason_of
from pipeline.messages import Text, known, t
from pipeline.pages.check_boxes import CheckBox, Shape, check_boxes, with_signs, without_edges
from pipeline.pages.drawing import POINTS, Drawing
from pipeline.pages.glyphs import quarters_of
from pipeline.pages.limits import MOST_SHAPES, check_count
from pipeline.pages.model import (
    SCAN_TEXT,
    Area,
    DocumentInfo,
    OpenDocument,
    Overlay,
    Page,
    Rule,
    Word,
    locked,
)
from pipeline.pages.page_edges import is_cut, text_beyond
from pipeline.pages.readers.mupdf_blocks import blocks_of
from pipeline.pages.readers.mupdf_colours import Colours, pale_words
from pipeline.pages.readers.mupdf_covers import is_at, is_white, on_page, white_pictures, words_below
from pipeline.pages.readers.mupdf_edges import characters_beyond, stated_damage
from pipeline.pages.readers.mupdf_fonts import Fonts
from pipeline.pages.readers.mupdf_glyphs import glyphs_of, is_odd
from pipeline.pages.readers.mupdf_overlays import Overlays
from pipeline.pages.readers.mupdf_rules import Box, is_plain, placed, rules_of_drawings, rules_of_shapes
from pipeline.pages.readers.mupdf_shapes import shapes_of_drawings
from pipeline.pages.readers.mupdf_words import chars_in, words_of
from pipeline.pages.rules import RuleCollector
from pipeline.pages.set_words import SetWords, words_as_set
from pipeline.pages.words import split_at_rules, split_where_drawn_over
from pipeline.regular_file import library_source
from pipeline.text import one_line, unify

# without TEXT_CID_FOR_UNKNOWN_UNICODE: numbers of glyphs that no font names look like characters, and U+FFFD does not
_FLAGS = pymupdf.TEXT_PRESERVE_LIGATURES | pymupdf.TEXT_PRESERVE_WHITESPACE
_STORED = _FLAGS | pymupdf.TEXT_COLLECT_VECTORS | mupdf.FZ_STEXT_LAZY_VECTORS | pymupdf.TEXT_PRESERVE_IMAGES
_SHOWN = _STORED | pymupdf.TEXT_CLIP
_FAR = 1e6  # points; a hundred times as far as any page reaches
_HARMLESS = re.compile("non-embedded font using identity encoding|repaired broken tree structure in outline")
"""Messages of MuPDF that are about no damage; of 140 undamaged documents four have others, see `_is_harmless`."""
_NO_STREAM = re.compile(r"content stream is not a stream \((\d+) 0 R\)")
_PAGES_AT_ONCE = 100  # opening a document takes a few milliseconds, a page of it keeps about 100 KiB


class MuPdfReader:
    """Reads with PyMuPDF. Not for threads: MuPDF keeps global state."""

    name = "mupdf"

    def open(self, path: Path, password: str | None = None) -> OpenDocument:
        pymupdf.TOOLS.mupdf_display_errors(False)
        pymupdf.TOOLS.mupdf_display_warnings(False)
        try:
            document = _opened(path, password)
            if not document.is_pdf:  # MuPDF opens whatever it knows, be its name what it may
                raise ValueError(t("it is a file of another kind"))
            barred = document.is_encrypted  # still, if it was in the first place
            count = 0 if barred else document.page_count
        except Exception as error:  # pymupdf raises several unrelated types
            raise DocumentError(
                "pdf.unreadable",
                t("the PDF cannot be opened ({reason_of})", reason_of=reason_of(error, path)),
                document=str(path),
            ) from error
        if count > 0:
            return _MuPdfDocument(document, path, password, count)
        document.close()
        if barred:
            raise locked(path, password)
        raise DocumentError("pdf.no_pages", t("the PDF has no pages"), document=str(path))


def _opened(path: Path, password: str | None) -> Any:
    source = library_source(path)
    document = pymupdf.open(**{"stream" if isinstance(source, bytes) else "filename": source}, filetype="pdf")
    if document.needs_pass and password:
        document.authenticate(password)
    return document


def _file_names(document: Any) -> list[str]:
    """The names of the files that are embedded in a document."""
    entries = (document.embfile_info(number) for number in range(document.embfile_count()))
    return [_as_written(str(entry.get("ufilename") or entry.get("filename") or entry.get("name"))) for entry in entries]


def _as_written(name: str) -> str:
    """A name of which PyMuPDF gives the bytes as characters."""
    try:
        return name.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return name


def _is_dynamic(document: Any) -> bool:
    """Whether the document is an XFA form without fields on its pages."""
    catalogue = document.pdf_catalog()
    kind, _ = document.xref_get_key(catalogue, "AcroForm/XFA")
    if kind == "null":
        return False
    fields, wanted = (
        document.xref_get_key(catalogue, "AcroForm/Fields"),
        document.xref_get_key(catalogue, "NeedsRendering"),
    )
    return wanted[1] == "true" or fields[1].strip("[] ") in ("", "null")


class _MuPdfDocument:
    draws_all = True  # MuPDF brings fonts for Chinese

    def __init__(self, document: Any, path: Path, password: str | None, count: int) -> None:
        self._document, self._path, self._password = document, path, password
        self._read = 0  # pages, since the document was opened
        self._page: _OpenPage | None = None
        self._number = 0
        self._asked = False  # for all that is stored on the page; then so will be the next one
        self._covered: frozenset[Word] = frozenset()  # its words below white covers
        self._upright: Sequence[Rule] = ()
        self._white: dict[int, bool] = {}  # which of its pictures are all white, as far as they were decoded
        self._fonts = Fonts()
        producer = unify((document.metadata or {}).get("producer") or "")
        repaired, attached = bool(document.is_repaired), tuple(sorted(_file_names(document)))
        self.info = DocumentInfo(count, producer or None, repaired, _is_dynamic(document), attached)

    def __enter__(self) -> _MuPdfDocument:
        return self

    def __exit__(self, *exc: object) -> None:
        self._close()

    def page(self, number: int) -> Page:
        with self._telling(number):
            opened = self._open_page(number)
            page = _read_page(number, opened)
            if not page.is_scan and is_cut((*page.words, *page.covered), page.width, page.height):
                page = replace(page, damaged=text_beyond(characters_beyond(opened.page)))
            if page.damaged is None and (damage := opened.damage or self._fonts.damage(opened.page)):
                page = replace(page, damaged=damage)
            self._covered, self._upright = frozenset(page.covered), page.upright
            return page

    def stored_words(self, number: int) -> tuple[Word, ...] | None:
        with self._telling(number):
            page = self._open_page(number)
            self._asked = True
            stored = page.text(_STORED)
            if _text_of(stored) == _text_of(page.shown):  # nothing is clipped: the usual case
                return None
            covered = {w[:5] for w in self._covered}
            found = page.words_of(stored)
            words = (w for w in found.words if w[:5] not in covered)
            return with_signs(split_where_drawn_over(words, self._upright, found.chars_of), page.boxes)

    def drawing(self, number: int, dots: float) -> Drawing:
        with self._telling(number):
            return self._open_page(number).drawing(dots)

    def is_plain(self, number: int) -> bool:
        with self._telling(number):
            page = self._open_page(number)
            return is_plain(page.blocks) and not page.colours.has_pale

    def pale_words(self, number: int, words: Sequence[Word]) -> frozenset[Word]:
        with self._telling(number):
            page = self._open_page(number)
            if not page.colours.has_pale:
                return frozenset()
            return frozenset(pale_words(words, page.letters, page.turn))

    def damage(self, number: int) -> Text | None:
        reported = pymupdf.TOOLS.mupdf_warnings()
        if not reported:  # nearly all pages; MuPDF repairs nothing without a message
            return None
        if self._document.is_repaired and not self.info.repaired:
            self.info = replace(self.info, repaired=True)
        messages = map(one_line, reported.splitlines())
        return next((known(message) for message in messages if not self._is_harmless(message, number)), None)

    def _is_harmless(self, message: str, number: int) -> bool:
        """Whether a message is about no damage. The appearance of a signature may have layers without any stream."""
        if found := _NO_STREAM.match(message):
            return int(found[1]) not in self._document[number - 1].get_contents()
        return not message or _HARMLESS.match(message) is not None

    @contextmanager
    def _telling(self, number: int) -> Iterator[None]:
        """Tells what cannot be read of a page as a PageError: the page may be interpreted again at any time."""
        try:
            yield
        except Exception as error:  # pymupdf raises several unrelated types
            raise PageError(
                "page.unreadable",
                t("the page cannot be read ({reason_of})", reason_of=reason_of(error)),
                document=str(self._path),
                page=number,
            ) from error

    def _open_page(self, number: int) -> _OpenPage:
        if self._page is None or self._number != number:
            self._renew()
            self._page, self._number = _OpenPage(self._document[number - 1], self._asked, self._white), number
            self._covered, self._upright, self._asked = frozenset(), (), False
        return self._page

    def _renew(self) -> None:
        """Open the document anew after some pages: MuPDF keeps all it has loaded until the document is closed."""
        self._read += 1
        if self._read > _PAGES_AT_ONCE:
            self._close()
            self._document, self._read = _opened(self._path, self._password), 1

    def _close(self) -> None:
        self._page = None
        self._number = 0
        self._document.close()
        pymupdf.TOOLS.store_shrink(100)  # percent; what has been decoded is kept beyond the document's end


def _turn_of(page: Any) -> tuple[float, ...] | None:
    """What leads from a page's unturned content to where it is displayed; None where it is displayed as it is."""
    return tuple(page.rotation_matrix) if page.rotation else None


def _drawing_of(page: Any) -> Any:
    """The display list of a page's content.

    It is one tile of a pattern that has no other: of anything else a display list leaves out what its clipping hides.
    """
    drawing = mupdf.FzDisplayList(mupdf.fz_bound_page(page))
    device = mupdf.fz_new_list_device(drawing)
    everywhere, upright = mupdf.FzRect(-_FAR, -_FAR, _FAR, _FAR), mupdf.FzMatrix()
    mupdf.fz_begin_tile(device, everywhere, everywhere, 2 * _FAR, 2 * _FAR, upright)
    mupdf.fz_run_page_contents(page, device, upright, mupdf.FzCookie())
    mupdf.fz_end_tile(device)
    mupdf.fz_close_device(device)
    return drawing


def _text_of(text_page: Any) -> bytes:
    """All text, to be compared: an eighth of the time that `extractText` takes."""
    text: bytes = mupdf.fz_buffer_extract_copy(mupdf.fz_new_buffer_from_stext_page(text_page.this))
    return text


def _text_page(drawing: Any, flags: int) -> Any:
    options = mupdf.FzStextOptions()
    options.flags = flags
    return pymupdf.TextPage(mupdf.FzStextPage(drawing, options))


class _OpenPage:
    """A page interpreted once, for all that is read of it: that is the dear part.

    A turned page is turned back first, so that everything stands in one place; `turn` leads to where it is displayed.
    `keep` its drawing when more than what it shows will be read; it saves an interpretation then, and costs a ninth of
    one. The texts are the same. `white` is what is known of the document's pictures, by their number.

    Nothing here refers back to the page, so that it is freed at once: worker processes collect no cycles.
    """

    def __init__(self, page: Any, keep: bool, white: dict[int, bool]) -> None:
        self.page, self.turn, self.quarters = page, _turn_of(page), 0
        self._white = white
        self.damage = stated_damage(page)
        self.boxes: tuple[CheckBox, ...] = ()  # drawn check boxes, once the page has been read
        rotation = page.rotation
        self.width, self.height = page.rect.bottom_right
        if self.turn is not None:
            page.set_rotation(0)
        self._drawing = _drawing_of(page.this) if keep else page.this
        self._letters = cache(partial(_text_page, self._drawing, _FLAGS | pymupdf.TEXT_CLIP))
        self.shown = self.text(_SHOWN)
        self.blocks = blocks_of(self.shown)
        check_count(len(self.blocks), MOST_SHAPES, "texts and shapes")
        words = words_of(self.shown, self.turn)
        self.colours = Colours(page, self._letters)
        hides = any(block[4].is_shape or block[4].is_picture for block in self.blocks) and self.colours.has_invisible
        self._is_odd = hides or is_odd(self.shown, self.blocks, words, self.turn)
        plain = SetWords(words, chars_in(self.shown, self.turn))
        self.read = self._as_set(plain, rotation) if self._is_odd else plain

    @property
    def letters(self) -> Any:
        """A text page without pictures: MuPDF decodes all of them when it is asked for single letters."""
        return self._letters()

    def _as_set(self, plain: SetWords, rotation: int) -> SetWords:
        """The words from the page's glyphs, if they differ from the `plain` ones in anything but their order.

        A page that lies on its side is turned upright for all that is read.
        """
        glyphs, changed = glyphs_of(self.letters, self.turn)
        self.quarters = quarters_of(glyphs)
        if self.quarters:
            self.page.set_rotation((rotation - 90 * self.quarters) % 360)
            self.turn = _turn_of(self.page)
            self.width, self.height = self.page.rect.bottom_right
            self.page.set_rotation(0)
            glyphs, changed = glyphs_of(self.letters, self.turn)
        read = words_as_set(glyphs)
        # MuPDF gives no glyphs of words that stand for pictures, such as the labels of charts
        self._is_odd = changed or bool(self.quarters) or read.is_less
        return read if self._is_odd else plain

    def words_of(self, text_page: Any) -> SetWords:
        """The words of a text page with all that is stored on this page."""
        if self._is_odd:
            return words_as_set(glyphs_of(self.text(_FLAGS), self.turn)[0])
        return SetWords(words_of(text_page, self.turn), chars_in(text_page, self.turn))

    def text(self, flags: int) -> Any:
        """A text page of the page's content."""
        return _text_page(self._drawing, flags)

    def rules(self) -> tuple[RuleCollector, list[dict[str, Any]]]:
        """The page's rules, and its drawings where they had to be read."""
        collector = rules_of_shapes(self.blocks, self.turn)
        if collector is not None:
            return collector, []
        drawings = self.page.get_cdrawings()
        check_count(len(drawings), MOST_SHAPES, "shapes")
        return rules_of_drawings(drawings, self.turn), drawings

    def drawing(self, dots: float) -> Drawing:
        """The page as displayed, with annotations and form fields."""
        matrix = mupdf.FzMatrix(*self.turn) if self.turn is not None else mupdf.FzMatrix()
        matrix = mupdf.fz_concat(matrix, mupdf.fz_scale(dots / POINTS, dots / POINTS))
        area = mupdf.FzIrect(0, 0, round(self.width * dots / POINTS), round(self.height * dots / POINTS))
        picture = mupdf.fz_new_pixmap_with_bbox(mupdf.fz_device_gray(), area, mupdf.FzSeparations(), 0)
        mupdf.fz_clear_pixmap_with_value(picture, 255)
        device = mupdf.fz_new_draw_device(matrix, picture)
        mupdf.fz_run_page(self.page.this, device, mupdf.FzMatrix(), mupdf.FzCookie())
        mupdf.fz_close_device(device)
        drawn = pymupdf.Pixmap("raw", picture)
        return Drawing(drawn.width, drawn.height, dots, bytes(drawn.samples))

    def shapes(self, drawings: list[dict[str, Any]]) -> list[Shape]:
        """All that is drawn on the page; `drawings` are what is known of it, if anything."""
        return shapes_of_drawings(drawings or self.page.get_cdrawings(), self.turn)

    def shows_white(self, image: dict[str, Any]) -> bool:
        """Whether a picture is all white; so are all of its size, or MuPDF has to tell which one it is."""
        size = image["width"], image["height"]
        white = {self._is_white(named[0]) for named in self.page.get_images() if named[2:4] == size}
        if len(white) > 1:  # it compares digests of all pictures, which takes as long as decoding them
            shown = (x for x in self.page.get_image_info(xrefs=True) if x["bbox"] == image["bbox"] and x["xref"])
            white = {self._is_white(x["xref"]) for x in shown}
        return not image["has-mask"] and white == {True}

    def _is_white(self, xref: int) -> bool:
        if xref not in self._white:  # many a page shows the picture of the page before
            self._white[xref] = is_white(self.page.parent, xref)
        return self._white[xref]

    def pictures(self) -> list[Box]:
        """Where the page's pictures stand, as displayed."""
        return [placed(block[:4], self.turn) for block in self.blocks if block[4].is_picture]


def _read_page(number: int, page: _OpenPage) -> Page:
    collector, drawings = page.rules()
    level, upright, whole = collector.merged_with_words(page.read.words, page.read.chars_of)
    pictures = page.pictures()
    white = white_pictures(page.page, page.turn, pictures, whole, page.shows_white)
    covered = words_below(page.page, page.turn, drawings, white, whole)
    overlays = Overlays(page.page)
    printed, added, below = _overlaid(page, overlays, whole)
    covered |= below
    if covered:
        whole = [w for w in whole if w not in covered]
    words = split_at_rules(whole, upright, page.read.chars_of)
    boxes = check_boxes(words, level, upright, lambda: page.shapes(drawings))
    if boxes:
        words = with_signs(words, boxes)
        level, upright = without_edges(level, boxes, False), without_edges(upright, boxes, True)
    page.boxes = boxes
    words = (*words, *added)
    # not only pictures that were drawn: a damaged one is still named
    is_scan = sum(len(w.text) for w in words) < SCAN_TEXT and bool(pictures or page.page.get_images())
    hidden = tuple(sorted((*covered, *page.read.invisible), key=lambda w: w.run))
    largest = max(((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in pictures), default=None)
    share = largest / max(page.width * page.height, 1) if largest is not None else None
    size = page.width, page.height
    return Page(
        *(number, *size, words, level, upright, is_scan, hidden, share),
        quarters=page.quarters,
        ornaments=page.read.ornaments,
        pictures=tuple(Area(*box) for box in pictures if not any(is_at(on_page(cover, *size), box) for cover in white)),
        overlays=printed,
        attachments=overlays.attachments(page.turn),
    )


def _overlaid(
    page: _OpenPage, overlays: Overlays, words: Sequence[Word]
) -> tuple[tuple[Overlay, ...], list[Word], frozenset[Word]]:
    """What annotations and form fields print, as places and as words, and the words that they cover."""
    if not overlays:
        return (), [], frozenset()
    found = overlays.words(page.turn)
    last = max((word.run for word in words), default=0)
    added = [word._replace(run=last + word.run) for word, _ in found]
    printed = tuple(Overlay(*word[:4], method) for word, method in found)
    return printed, added, frozenset(overlays.hidden(words, page.turn))
