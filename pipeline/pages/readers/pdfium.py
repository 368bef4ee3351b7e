"""The words of a PDF's pages as PDFium reads them: no reader of the program and none of its code has a part in it."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pypdfium2
from pypdfium2 import raw

from pipeline.errors import DocumentError, PageError, reason_of
from pipeline.messages import t
from pipeline.pages.model import DocumentInfo, OpenDocument, Page, Rule, Word
from pipeline.pages.words import Char, split_at_rules
from pipeline.regular_file import library_source
from pipeline.text import is_unified, unify

_FINE = 100  # device units a point: PDFium converts whole units only
# Codes of a hyphen at the end of a line, which PDFium marks since the word may go on in the next one; and of a
# character that it cannot name.
_CODES = {0x02: "-", 0xFFFE: "-", 0x00: "\ufffd"}
_WORD = re.compile(r"\S+")
# Heights by which the last character of a word may stand above or below its first one, with its top and its foot, and
# widths by which it may stand left of it; else it belongs to another text. A comma reaches down by 0.17.
_SHIFT = 0.2


class PdfiumReader:
    """Reads the words of pages, cut at the rules that another reader has found: `upright` gives those of a page."""

    name = "pdfium"

    def __init__(self, upright: Callable[[int], Sequence[Rule]] = lambda number: ()) -> None:
        self._upright = upright

    def open(self, path: Path, password: str | None = None) -> OpenDocument:
        try:
            return _PdfiumDocument(PrintedPages(path, password), path, self._upright)
        except Exception as error:  # PDFium raises several unrelated types
            raise DocumentError(
                "pdf.unreadable",
                t("the PDF cannot be opened ({reason_of})", reason_of=reason_of(error, path)),
                document=str(path),
            ) from error


class _PdfiumDocument:
    def __init__(self, pages: PrintedPages, path: Path, upright: Callable[[int], Sequence[Rule]]) -> None:
        self._pages, self._path, self._upright = pages, path, upright
        self.info = DocumentInfo(pages.page_count, None)

    def __enter__(self) -> _PdfiumDocument:
        return self

    def __exit__(self, *exc: object) -> None:
        self._pages.__exit__(*exc)

    def page(self, number: int) -> Page:
        try:
            words = self._pages.words(number, self._upright(number))
            return Page(number, *self._pages.size(number), words, (), (), False)
        except MemoryError:
            raise
        except Exception as error:  # PDFium raises several unrelated types
            raise PageError(
                "page.unreadable",
                t("the page cannot be read ({reason_of})", reason_of=reason_of(error)),
                document=str(self._path),
                page=number,
            ) from error

    def stored_words(self, number: int) -> tuple[Word, ...] | None:
        """Nobody asks for clipped words of a witness."""
        return None


class PrintedPages:
    """An opened PDF; a context manager. Raises `OSError` or `pypdfium2.PdfiumError` on bad files.

    Not for threads: PDFium keeps global state.
    """

    def __init__(self, path: Path, password: str | None = None) -> None:
        self._document = pypdfium2.PdfDocument(library_source(path), password=password)

    def __enter__(self) -> PrintedPages:
        return self

    def __exit__(self, *exc: object) -> None:
        self._document.close()

    @property
    def page_count(self) -> int:
        return len(self._document)

    def size(self, number: int) -> tuple[float, float]:
        """Width and height of page `number`, from 1, in points as displayed."""
        width, height = self._document.get_page_size(number - 1)
        return width, height

    def words(self, number: int, upright: Sequence[Rule] = ()) -> tuple[Word, ...]:
        """The words of page `number`, from 1, in the order in which they are stored.

        Points, from the top left of the page as displayed; `run` counts PDFium's lines. PDFium ends a word at a wide
        gap and at the end of a line; here a word also ends where it crosses one of the rules `upright`, ordered by
        their place. U+FFFD stands for a character that PDFium cannot name. Raises `pypdfium2.PdfiumError`.
        """
        page = self._document[number - 1]
        try:
            text = page.get_textpage()
            try:
                reading = _PageText(page, text)
                return split_at_rules(reading.words(), upright, reading.chars_of)
            finally:
                text.close()
        finally:
            page.close()


class _PageText:
    """A page's characters. PDFium is asked for the places of few of them: a call costs as much as 20 characters."""

    def __init__(self, page: pypdfium2.PdfPage, text: pypdfium2.PdfTextPage) -> None:
        self._text = text.raw  # half as dear as the object around it
        self._edges = [ctypes.c_double() for _ in range(4)]
        self._printed = _printed(text)
        self._spans: dict[Word, tuple[int, int]] = {}
        width, height = page.get_size()
        x0, y0 = _on_page(page, width, height, 0, 0)
        right, below = _on_page(page, width, height, width, 0), _on_page(page, width, height, 0, height)
        # from the page's own coordinates to those of the page as displayed: turned by right angles, so each is one term
        ax, bx = (right[0] - x0) / width, (right[1] - y0) / width
        ay, by = (below[0] - x0) / height, (below[1] - y0) / height
        scale = ax * by - ay * bx
        self._matrix = (by / scale, -ay / scale, -bx / scale, ax / scale, x0, y0)
        self._is_unified = is_unified(self._printed)

    def words(self) -> Iterator[Word]:
        run = end = 0
        for match in _WORD.finditer(self._printed):
            first, last = match.span()
            if "\n" in self._printed[end:first]:
                run += 1
            end = last
            for word, start, stop in self._whole_words(first, last, run):
                self._spans[word] = start, stop
                yield word

    def _whole_words(self, first: int, last: int, run: int) -> list[tuple[Word, int, int]]:
        """The characters from `first` to before `last` as one word, or one by one where they do not stand in a row."""
        x0, y0, x1, y1 = box = self._box(first)
        if last - first > 1:
            a0, b0, a1, b1 = end = self._box(last - 1)
            if not _in_row(box, end):
                return [word for i in range(first, last) for word in self._whole_words(i, i + 1, run)]
            x0, y0, x1, y1 = min(x0, a0), min(y0, b0), max(x1, a1), max(y1, b1)
        text = self._printed[first:last]
        if self._is_unified or (text := unify(text)):
            return [(Word(x0, y0, x1, y1, text, run), first, last)]
        return []

    def chars_of(self, word: Word) -> list[Char]:
        first, last = self._spans[word]
        return [(*self._box(i), self._printed[i]) for i in range(first, last)]

    def _box(self, index: int) -> tuple[float, float, float, float]:
        left, bottom, right, top = self._edges
        raw.FPDFText_GetCharBox(self._text, index, left, right, bottom, top)
        a, b, c, d, x, y = self._matrix
        x0, y0, x1, y1 = left.value - x, bottom.value - y, right.value - x, top.value - y
        if not b and not c and a > 0 > d and x0 <= x1 and y0 <= y1:  # nearly all pages
            return a * x0, d * y1, a * x1, d * y0
        xs, ys = (a * x0 + b * y0, a * x1 + b * y1), (c * x0 + d * y0, c * x1 + d * y1)
        return min(xs), min(ys), max(xs), max(ys)


def _in_row(first: tuple[float, float, float, float], last: tuple[float, float, float, float]) -> bool:
    """Whether the last character of a word stands on the line of the first one, right of it."""
    high = max(first[3] - first[1], last[3] - last[1]) * _SHIFT
    top, foot = last[1] - first[1], last[3] - first[3]
    return (
        last[0] >= first[0] - _SHIFT * (first[2] - first[0]) and not min(top, foot) > high and max(top, foot) >= -high
    )


def _printed(text: pypdfium2.PdfTextPage) -> str:
    """All characters, each at its index; they are asked for one by one where PDFium leaves some out of the text."""
    count = text.count_chars()
    if not count:
        return ""
    buffer = ctypes.create_string_buffer(2 * (count + 1))
    units = raw.FPDFText_GetText(text, 0, count, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)))
    printed = buffer.raw[: 2 * (units - 1)].decode("utf-16-le", "replace")
    if len(printed) != count:
        printed = "".join(chr(raw.FPDFText_GetUnicode(text, index)) for index in range(count))
    return printed.translate(_CODES)


def _on_page(page: pypdfium2.PdfPage, width: float, height: float, x: float, y: float) -> tuple[float, float]:
    """A displayed point in the page's own coordinates, which know no rotation and begin anywhere."""
    own_x, own_y = ctypes.c_double(), ctypes.c_double()
    size = int(width * _FINE), int(height * _FINE)
    raw.FPDF_DeviceToPage(page, 0, 0, *size, 0, int(x * _FINE), int(y * _FINE), own_x, own_y)
    return own_x.value, own_y.value
