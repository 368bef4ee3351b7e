"""Text that a page would show if its box were larger: a damaged box, or damaged widths of a font, put it beyond."""

from __future__ import annotations

from typing import Any

import pymupdf
from pymupdf import mupdf

from pipeline.messages import Text
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
    """The damage of a page whose file states a turn that is none, or no content, of which MuPDF says nothing."""
    pdf_page = mupdf.pdf_page_from_fz_page(page.this)
    turn = mupdf.pdf_dict_get_inheritable_real(pdf_page.obj(), mupdf.PDF_ENUM_NAME_Rotate)
    has_content = not mupdf.pdf_is_null(mupdf.pdf_page_contents(pdf_page))
    return odd_turn(turn) or without_content(has_content, mupdf.pdf_dict_len(mupdf.pdf_page_resources(pdf_page)) > 0)


def _characters(page: Any) -> int:
    options = mupdf.FzStextOptions()
    options.flags = _FLAGS
    text = pymupdf.TextPage(mupdf.FzStextPage(page.this, options)).extractText()
    return len("".join(text.split()))
