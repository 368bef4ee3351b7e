"""Text that a page would show if its box were larger: a damaged box, or damaged widths of a font, put it beyond."""

from __future__ import annotations

from typing import Any

import pymupdf
from pymupdf import mupdf

from pipeline.messages import Text, t
from pipeline.pages.page_edges import odd_turn, without_content

_KEYS = ("MediaBox", "CropBox")
_WIDE = "[-5000 -5000 5000 5000]"
_FLAGS = pymupdf.TEXT_PRESERVE_LIGATURES | pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_CLIP


def characters_beyond(page: Any) -> int:
    """How many more characters a page would show if its box were larger; clipped ones do not count."""
    document, number, shown = page.parent, page.number, _characters(page)
    kept = {key: document.xref_get_key(page.xref, key) for key in _KEYS}
    try:
        for key in _KEYS:
            document.xref_set_key(page.xref, key, _WIDE)
        return _characters(document[number]) - shown
    finally:
        for key, (kind, value) in kept.items():
            document.xref_set_key(page.xref, key, value if kind != "null" else "null")


def stated_damage(page: Any) -> Text | None:
    """The damage of a page whose file states a box or a turn that is none, or no content: MuPDF does not tell it."""
    pdf_page = mupdf.pdf_page_from_fz_page(page.this)
    turn = mupdf.pdf_dict_get_inheritable_real(pdf_page.obj(), mupdf.PDF_ENUM_NAME_Rotate)
    has_content = not mupdf.pdf_is_null(mupdf.pdf_page_contents(pdf_page))
    if not all(_is_box(pdf_page.obj(), key) for key in _KEYS):
        return t("the box of the page is not four numbers")
    return odd_turn(turn) or without_content(has_content, mupdf.pdf_dict_len(mupdf.pdf_page_resources(pdf_page)) > 0)


def _is_box(page: Any, key: str) -> bool:
    """Whether an entry is a box, or is not there; MuPDF takes the numbers that are missing as 0."""
    box = mupdf.pdf_dict_gets_inheritable(page, key)
    corners = [mupdf.pdf_array_get(box, number) for number in range(mupdf.pdf_array_len(box))]
    return mupdf.pdf_is_null(box) or (len(corners) == 4 and all(map(mupdf.pdf_is_number, corners)))


def _characters(page: Any) -> int:
    options = mupdf.FzStextOptions()
    options.flags = _FLAGS
    text = pymupdf.TextPage(mupdf.FzStextPage(page.this, options)).extractText()
    return len("".join(text.split()))
