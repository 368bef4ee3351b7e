"""A look at the page as it is drawn: words that nobody sees, ink that nobody has read, pictures of print."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from pipeline.messages import Text
from pipeline.pages import ink
from pipeline.pages.areas import SMALL, WHOLE, around, large_pictures, share
from pipeline.pages.drawing import Drawing
from pipeline.pages.model import PICTURED_FORM, PICTURED_TEXT, SCANNED, Area, Page, Word
from pipeline.pages.picture_content import DOTS, Content, content

LARGE = 0.1  # share of the page; a smaller picture of text is a caption or a stamp
FEW = 0.03  # share of the page that words cover: running head, page number and a stamp have less
_Draw = Callable[[float], Drawing]
"""Draws the page with so many dots an inch."""


def looked_at(page: Page, draw: _Draw, pale: Collection[Word], draws_all: bool) -> Page:
    """The page without the words and pictures that nobody sees, with the areas of its unread ink.

    `pale` are words in the colour of paper. Unless the library `draws_all` letters, only those of ASCII are missed:
    without its font, a Chinese one may be left out.
    """
    drawing = ink.halved(draw(DOTS)) if large_pictures(page) else draw(ink.DOTS)
    unseen = {word for word in pale if ink.is_light(draw(ink.FINE), word[:4])}
    suspects = [word for word in page.words if word not in unseen and (draws_all or word.text.isascii())]
    blank = ink.without_ink(drawing, suspects)
    if blank:
        unseen.update(ink.without_ink(draw(ink.FINE), blank))
    if unseen:
        words = tuple(word for word in page.words if word not in unseen)
        page = replace(page, words=words, covered=(*page.covered, *(w for w in page.words if w in unseen)))
    if page.pictures:
        page = replace(page, pictures=ink.shown_pictures(drawing, page))
    return replace(page, unread_ink=ink.left_over(drawing, page))


def pictured(page: Page, draw: _Draw) -> Text | None:
    """Why the words of a page are not all of its text: a picture, or ink that nothing explains, shows more.

    Ink that is no picture may be a chart as well as a form: only a page with hardly any words is taken for a form then.
    """
    is_bare = sum(share(Area(*word[:4]), page) for word in page.words) < FEW
    areas = large_pictures(page)
    if is_bare and page.unread_ink:
        areas = [area for area in (*areas, around(page.unread_ink)) if share(area, page) >= SMALL]
    if not areas:
        return None
    drawing = draw(DOTS)
    shown = [content(drawing, page, area) for area in areas]
    if is_bare and any(_is_page(x, share(x.area, page)) for x in shown):
        return SCANNED
    if any(x.is_form for x in shown):
        return PICTURED_FORM
    return PICTURED_TEXT if any(x.is_print and share(x.area, page) >= LARGE for x in shown) else None


def _is_page(shown: Content, size: float) -> bool:
    """Whether a picture of a size is what the page is there for, where it has hardly any words beside it."""
    return (shown.is_scan and size >= WHOLE) or (shown.is_print and size >= LARGE)
