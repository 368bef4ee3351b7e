"""Areas of a page: which belong together, how much of the page they cover, and whether they call for a look at it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.pages.model import SCAN_TEXT, Area, Page

TOUCH = 2.0  # points between the strips of one picture
LINE = 4.0  # points; a picture that is thinner is drawn as a rule
WHOLE = 0.5  # share of the page that a picture covers which is the page itself
SMALL = 0.02  # share of the page; a smaller picture is a logo, a seal or a bar code


def needs_look(page: Page, is_plain: bool) -> bool:
    """Whether words and rules may not be all that a page shows, or some of them are not shown.

    Drawing a page takes as long as reading it. Of 1,123 pages of published documents 6 are not plain, 5 % have pictures
    and 2 % hardly any words. A page that is one picture without text needs no look.
    """
    if page.is_scan and (page.picture or 0.0) >= WHOLE:
        return False
    if not is_plain or page.overlays or any(map(is_line, page.pictures)) or large_pictures(page):
        return True
    return sum(len(word.text) for word in page.words) < SCAN_TEXT


def large_pictures(page: Page) -> list[Area]:
    """The pictures of a page, strips of one joined, that may say something; from top to bottom."""
    areas = joined(area for area in page.pictures if not is_line(area))
    shown = [on_page(area, page) for area in areas]
    return [area for area in shown if share(area, page) >= SMALL]


def is_line(area: Area) -> bool:
    """Whether an area is so thin that a picture in it is drawn as a rule."""
    return min(area.x1 - area.x0, area.y1 - area.y0) <= LINE


def on_page(area: Area, page: Page) -> Area:
    """The part of an area that lies on the page; without any, an area of no size."""
    x0, y0 = min(max(area.x0, 0.0), page.width), min(max(area.y0, 0.0), page.height)
    return Area(x0, y0, max(min(area.x1, page.width), x0), max(min(area.y1, page.height), y0))


def joined(areas: Iterable[Area]) -> list[Area]:
    """Areas that touch each other as one, from top to bottom."""
    left = list(areas)
    found: list[Area] = []
    while left:
        area = left.pop()
        near = [a for a in left if _touch(a, area)]
        if near:
            left = [a for a in left if not _touch(a, area)]
            left.append(around((area, *near)))
        else:
            found.append(area)
    return sorted(found, key=lambda a: (a.y0, a.x0))


def around(areas: Sequence[Area]) -> Area:
    """The smallest area that holds all of some."""
    x0s, y0s, x1s, y1s = zip(*areas, strict=True)
    return Area(min(x0s), min(y0s), max(x1s), max(y1s))


def share(area: Area, page: Page) -> float:
    """The share of the page that an area covers."""
    return (area.x1 - area.x0) * (area.y1 - area.y0) / max(page.width * page.height, 1.0)


def _touch(a: Area, b: Area) -> bool:
    return a.x0 <= b.x1 + TOUCH and b.x0 <= a.x1 + TOUCH and a.y0 <= b.y1 + TOUCH and b.y0 <= a.y1 + TOUCH
