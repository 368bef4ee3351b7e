"""Letters that MuPDF finds on a page and nobody sees: not drawn at all, or drawn in the colour of paper."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

from pymupdf import mupdf

from pipeline.pages.covers import WHITE
from pipeline.pages.model import Word
from pipeline.pages.readers.mupdf_rules import placed
from pipeline.pages.set_words import SEEN
from pipeline.text import unify

_MODES = (b"3 Tr", b"7 Tr")  # rendering modes that draw nothing
_WHITES = {  # white before the name of the operator, by what a content that has it holds anyway
    b"1 1 1 ": (b"1 1 1 ",),
    b"1 g": (b"\n1 g", b" 1 g"),
    b"1 sc": (b"\n1 sc", b" 1 sc"),
    b"0 0 0 0 ": (b"0 0 0 0 ",),
    b"1.0 g": (b"1.0 g",),
    b"0 1.0": (b"1.0 1.0 1.0 ", b"1.00 1.00 1.00 ", b"1.000 1.000 1.000 ", b"1.0000 1.0000 1.0000 "),
    b"0.0 0.0": (b"0.0 0.0 0.0 0.0 ",),
}
_SETS = re.compile(rb"(?:rg|g|k|scn?)\b")
_NEXT = re.compile(rb"\b(?:(T[jJ])|rg|g|k|scn?|Q)\b")  # after a colour was set: text is shown, or it is another colour


class Colours:
    """The colours of a page's letters.

    Asking each letter costs a fifth of reading a page, so it is done only where the content, or what it draws on, says
    that some may be unseen: on a tenth of the pages. `letters` gives a text page without pictures.
    """

    def __init__(self, page: Any, letters: Callable[[], Any]) -> None:
        self._page, self._letters = page, letters

    @property
    def has_invisible(self) -> bool:
        """Whether some letters are not drawn, and others are."""
        return len({_is_drawn(span) for span in self._spans}) > 1

    @property
    def has_pale(self) -> bool:
        return any(map(_is_pale, self._spans))

    @cached_property
    def _spans(self) -> list[dict[str, Any]]:
        return list(_spans(self._letters())) if _may_hide(self._page) else []


def _may_hide(page: Any) -> bool:
    content = b"\n" + page.read_contents()
    return any([mode in content for mode in _MODES]) or _shows_white(content) or _draws_on(page)


def _shows_white(content: bytes) -> bool:
    """Whether text is shown after the colour was set to white."""
    for white in [white for held, whites in _WHITES.items() if held in content for white in whites]:
        at = content.find(white)
        while at >= 0:
            colour = _SETS.match(content, at + len(white.rstrip(b"gsc")))
            following = _NEXT.search(content, colour.end()) if colour is not None else None
            if following is not None and following[1]:
                return True
            at = content.find(white, at + len(white))
    return False


def _draws_on(page: Any) -> bool:
    """Whether a page uses drawings with content of their own, or a state in which nothing is seen."""
    resources = mupdf.pdf_page_resources(page._pdf_page())
    drawings = _entries(mupdf.pdf_dict_gets(resources, "XObject"))
    if any(mupdf.pdf_to_name(mupdf.pdf_dict_gets(drawing, "Subtype")) == "Form" for drawing in drawings):
        return True
    opacities = (mupdf.pdf_dict_gets(s, "ca") for s in _entries(mupdf.pdf_dict_gets(resources, "ExtGState")))
    return any(mupdf.pdf_is_number(opacity) and mupdf.pdf_to_real(opacity) < SEEN for opacity in opacities)


def _entries(dictionary: Any) -> Iterator[Any]:
    return (mupdf.pdf_dict_get_val(dictionary, i) for i in range(mupdf.pdf_dict_len(dictionary)))


def pale_words(words: Sequence[Word], text_page: Any, turn: Any) -> Iterator[Word]:
    """The words with letters in the colour of paper only, where the same text is not printed once more."""
    spans = [(placed(s["bbox"], turn), _is_pale(s), unify(s["text"])) for s in _spans(text_page) if _is_drawn(s)]
    for word in words:
        x, y = (word[0] + word[2]) / 2, (word[1] + word[3]) / 2
        here = {pale for (x0, y0, x1, y1), pale, text in spans if x0 <= x <= x1 and y0 <= y <= y1 and word.text in text}
        if here == {True}:
            yield word


def _spans(text_page: Any) -> Iterator[dict[str, Any]]:
    for block in text_page.extractDICT()["blocks"]:
        for line in block.get("lines", ()):
            yield from line["spans"]


def _is_drawn(span: dict[str, Any]) -> bool:
    return bool(span.get("alpha", 255) >= SEEN * 255)


def _is_pale(span: dict[str, Any]) -> bool:
    return _is_drawn(span) and all((span["color"] >> shift & 255) >= WHITE * 255 for shift in (0, 8, 16))
