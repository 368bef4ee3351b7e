"""The fonts of a page as MuPDF gives them: the widths that the PDF states, and the programs that it embeds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pymupdf import mupdf

from pipeline.messages import Text
from pipeline.pages.font_widths import DIFFERENT, FULL, StatedWidths, differ, runs_of

_DEEPEST = 8  # forms within forms
_PARTS = re.compile(r"([^\[\]\s]+)|\[([^\[\]]*)\]")  # of an array as printed
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)")
_PROGRAM = "FontFile2"  # a TrueType program, as all but 2 of 1,569 embedded fonts of published documents are


class Fonts:
    """The fonts of a document, each looked at once."""

    def __init__(self) -> None:
        self._differ: dict[int, bool] = {}  # by the number of the font in the file

    def damage(self, page: Any) -> Text | None:
        """The damage of the fonts that the page may use; None without any. 10 microseconds where all are known."""
        resources = mupdf.pdf_page_resources(mupdf.pdf_page_from_fz_page(page.this))
        return DIFFERENT if any(self._is_damaged(font) for font in _fonts(resources, set(), 0)) else None

    def _is_damaged(self, font: Any) -> bool:
        number = mupdf.pdf_to_num(font)
        if number not in self._differ:
            try:
                self._differ[number] = differ(
                    _stated(font), lambda: _program(font), lambda: _stream(mupdf.pdf_dict_gets(font, "ToUnicode"))
                )
            except mupdf.FzErrorBase:  # MuPDF tells of it where it reads the page
                self._differ[number] = False
        return self._differ[number]


def _fonts(resources: Any, seen: set[int], depth: int) -> Iterator[Any]:
    """The fonts of resources and of the forms among them."""
    yield from _values(mupdf.pdf_dict_gets(resources, "Font"))
    for form in _values(mupdf.pdf_dict_gets(resources, "XObject")):
        number = mupdf.pdf_to_num(form)
        if depth < _DEEPEST and number not in seen:
            seen.add(number)
            inner = mupdf.pdf_dict_gets(form, "Resources")
            if mupdf.pdf_is_dict(inner):
                yield from _fonts(inner, seen, depth + 1)


def _values(entries: Any) -> Iterator[Any]:
    return (mupdf.pdf_dict_get_val(entries, number) for number in range(mupdf.pdf_dict_len(entries)))


def _stated(font: Any) -> StatedWidths:
    inner = _letters(font)
    if mupdf.pdf_to_name(mupdf.pdf_dict_gets(font, "Subtype")) == "Type3":  # drawings, with units of their own
        return StatedWidths(())
    if inner is font:
        first = mupdf.pdf_dict_get_int(font, mupdf.PDF_ENUM_NAME_FirstChar)
        return StatedWidths(runs_of([first, _list(mupdf.pdf_dict_gets(font, "Widths"))]))
    other = mupdf.pdf_dict_gets(inner, "DW")
    by_glyph = not mupdf.pdf_is_stream(mupdf.pdf_dict_gets(inner, "CIDToGIDMap"))
    listed = runs_of(_list(mupdf.pdf_dict_gets(inner, "W")))
    return StatedWidths(listed, FULL if mupdf.pdf_is_null(other) else mupdf.pdf_to_real(other), by_glyph)


def _program(font: Any) -> bytes | None:
    return _stream(mupdf.pdf_dict_gets(mupdf.pdf_dict_gets(_letters(font), "FontDescriptor"), _PROGRAM))


def _stream(entry: Any) -> bytes | None:
    if not mupdf.pdf_is_stream(entry):
        return None
    data: bytes = mupdf.fz_buffer_extract_copy(mupdf.pdf_load_stream(entry))
    return data


def _letters(font: Any) -> Any:
    """The font itself, or the one that a composite font is made of."""
    descendants = mupdf.pdf_dict_gets(font, "DescendantFonts")
    return mupdf.pdf_array_get(descendants, 0) if mupdf.pdf_array_len(descendants) else font


def _list(entries: Any) -> list[object]:
    """An array of numbers and arrays of numbers."""
    if not mupdf.pdf_is_array(entries):
        return []
    printed = _printed(entries)  # one call: some have 10,000 widths
    if "R" in printed:  # parts of it stand elsewhere in the file
        parts = (mupdf.pdf_array_get(entries, number) for number in range(mupdf.pdf_array_len(entries)))
        return [_list(part) if mupdf.pdf_is_array(part) else mupdf.pdf_to_real(part) for part in parts]
    found: list[object] = []
    for number, inner in _PARTS.findall(printed[1:]):
        found.append(_numbers(number)[0] if number else _numbers(inner))
    return found


def _printed(entries: Any) -> str:
    buffer = mupdf.FzBuffer(512)
    output = mupdf.FzOutput(buffer)
    mupdf.pdf_print_obj(output, entries, 1, 1)
    output.fz_close_output()
    data: bytes = mupdf.fz_buffer_extract_copy(buffer)
    return data.decode("ascii", "replace")


def _numbers(text: str) -> list[float]:
    try:
        return list(map(float, text.split()))
    except ValueError:  # what is no number counts as 0, as for viewers
        return [float(part) if _NUMBER.fullmatch(part) else 0.0 for part in text.split()]
