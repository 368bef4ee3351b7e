"""Text that is drawn over a page and is none of its cells' text: letters of seals, watermarks, second prints."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from pipeline.pages.glyphs import Glyph, quarter_of
from pipeline.pages.model import Word
from pipeline.text import unify

MOST = 0.5  # share of a page's characters; more than that are its content, however they lie
CONTENT = 0.1  # share of a page's characters, and their number, that are content beside a watermark laid all over it
CONTENT_LETTERS = 20
TWICE = 1.1  # points between two prints of one character that people see as one, in bold or with a shadow
TWICE_SIZES = 0.25  # of the font's size: two letters that stand side by side are further apart
PALE, PAPER = 0.6, 0.97  # lightness: watermarks are between the two; what is lighter is not seen
FAINT = 0.5  # opacity of a watermark, at most
TILES = 4  # prints of a watermark that is laid all over the page, at least
TILES_APART = 5.0  # sizes of the font between the prints of a watermark, at least: rows of a table are closer
FAR = 90.0  # points; large prints may be closer than that many sizes
PAGE_OF_TEXT = 60  # characters; a page with fewer beside its large pale ones may be a cover
LARGE = 1.8  # times the usual size of a page's characters
ON_TEXT = 3  # characters of other words that a large text lies on, at least; of a pale one, one is enough
ARC = 4  # letters of a seal that lean in different directions, at least
ON_ARC = 0.35  # of the font's size: how far a letter of a seal stands off the circle
RING = 2.0  # of the font's size, from the base line of a seal's letters to the outer edge of its ring


class Sorted(NamedTuple):
    """Glyphs that are text of the page, and those that are ornaments, by their place in what was given.

    `seals` are words of the letters of seals, which are not among the ornaments, in boxes as large as the seals.
    """

    text: tuple[int, ...]
    ornaments: tuple[int, ...]
    seals: tuple[Word, ...]


def sort_out(glyphs: Sequence[Glyph], *, second_prints: bool = True) -> Sorted:
    """The glyphs that people read as text, and the ornaments; `second_prints`, if they are looked for, are neither."""
    ornaments = _leaning(glyphs)
    seals = list(_seals(glyphs, ornaments))
    of_seals = {i for letters, _ in seals for i in letters}
    ornaments |= _watermarks(glyphs, ornaments | of_seals)
    ornaments -= of_seals
    twice = _twice(glyphs) if second_prints else set()
    kept = tuple(i for i in range(len(glyphs)) if i not in ornaments and i not in twice and i not in of_seals)
    return Sorted(kept, tuple(sorted(ornaments - twice)), tuple(seal for _, seal in seals))


def may_hold_ornaments(glyphs: Sequence[Glyph]) -> bool:
    """Whether `sort_out` may leave out some of these glyphs of a page; they are all that stand in one place."""
    if any(quarter_of(g.dx, g.dy) != 0 or g.opacity < FAINT or g.lightness > PALE for g in glyphs):
        return True
    styles: dict[_Style, list[Glyph]] = defaultdict(list)
    for glyph in glyphs:
        styles[_style(glyph)].append(glyph)
    for style, letters in styles.items() if len(styles) > 1 else ():
        if _lie_on(letters, [g for other, found in styles.items() if other != style for g in found], 1):
            return True
    return bool(_twice(glyphs))


def _leaning(glyphs: Sequence[Glyph]) -> set[int]:
    """Characters that are written slantwise, where these are not the page's content."""
    found = {i for i, g in enumerate(glyphs) if quarter_of(g.dx, g.dy) is None}
    return found if _is_content(len(glyphs) - len(found), glyphs) else set()


def _is_content(count: int, glyphs: Sequence[Glyph]) -> bool:
    """Whether so many characters can be all that people read of a page."""
    return count >= max(CONTENT_LETTERS, CONTENT * len(glyphs)) or count > MOST * len(glyphs)


def _seals(glyphs: Sequence[Glyph], leaning: set[int]) -> Iterator[tuple[set[int], Word]]:
    """The letters of each seal, also those that stand level by chance; and a word of them as large as the seal."""
    styles: dict[_Style, list[int]] = defaultdict(list)
    for i in leaning:
        styles[_style(glyphs[i])].append(i)
    for style, places in styles.items():
        directions = {(round(glyphs[i].dx, 1), round(glyphs[i].dy, 1)) for i in places}
        circle = _circle([(glyphs[i].x, glyphs[i].y) for i in places]) if len(directions) >= ARC else None
        if circle is None:
            continue
        x, y, radius = circle
        size = glyphs[places[0]].size
        letters = {
            i
            for i, g in enumerate(glyphs)
            if _style(g) == style and abs(math.hypot(g.x - x, g.y - y) - radius) < ON_ARC * g.size
        }
        reach = radius + RING * size
        text = unify("".join(glyphs[i].text for i in sorted(letters)))
        yield letters, Word(x - reach, y - reach, x + reach, y + reach, text, glyphs[min(letters)].run)


_Style = tuple[str, int, int]


def _style(glyph: Glyph) -> tuple[str, int, int]:
    return glyph.font, round(glyph.size * 2), round(glyph.lightness * 100)


def _circle(points: Sequence[tuple[float, float]]) -> tuple[float, float, float] | None:
    """Centre and radius of the circle through points, by least squares; None when they stand on one line."""
    n = len(points)
    mx, my = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    uv = [(x - mx, y - my) for x, y in points]
    uu, vv, cross = sum(u * u for u, _ in uv), sum(v * v for _, v in uv), sum(u * v for u, v in uv)
    scale = uu * vv - cross * cross
    if scale < 1e-6 * max(uu * vv, 1e-9):
        return None
    p = sum(u * (u * u + v * v) for u, v in uv) / 2
    q = sum(v * (u * u + v * v) for u, v in uv) / 2
    cu, cv = (p * vv - q * cross) / scale, (q * uu - p * cross) / scale
    return mx + cu, my + cv, math.sqrt(cu * cu + cv * cv + (uu + vv) / n)


def _watermarks(glyphs: Sequence[Glyph], known: set[int]) -> set[int]:
    """Faint text, and pale or large text that is drawn over other words, with all that is set as it is."""
    usual = median(g.size for g in glyphs) if glyphs else 0.0
    styles: dict[_Style, list[int]] = defaultdict(list)
    found: set[int] = set()
    for i, g in enumerate(glyphs):
        if i in known:
            continue
        if g.opacity < FAINT:
            found.add(i)
        elif PALE < g.lightness < PAPER or g.size > LARGE * usual:
            styles[_style(g)].append(i)
    for places in styles.values():
        style = set(places)
        others = [g for i, g in enumerate(glyphs) if i not in style and i not in known and i not in found]
        if others and _is_watermark([glyphs[i] for i in places], others, usual):
            found |= style
    return found if len(found) < len(glyphs) else set()


def _is_watermark(letters: Sequence[Glyph], others: Sequence[Glyph], usual: float) -> bool:
    """Whether letters of one style are drawn over others, or lie all over the page; pale ones can be fewer or more."""
    if not PALE < letters[0].lightness < PAPER:
        return len(letters) < len(others) and _lie_on(letters, others, ON_TEXT)
    is_large = letters[0].size > LARGE * usual and len(others) >= PAGE_OF_TEXT
    return is_large or _lie_on(letters, others, 1) or _are_tiles(letters)


def _are_tiles(letters: Sequence[Glyph]) -> bool:
    """Whether one text is printed again and again, in the same distances over the page."""
    prints = list(_prints(letters))
    texts = Counter(text for _, _, text in prints)
    text, _ = texts.most_common(1)[0]
    return in_a_grid([(x, y) for x, y, other in prints if other == text], letters[0].size)


def in_a_grid(places: Sequence[tuple[float, float]], height: float) -> bool:
    """Whether places lie in some columns and rows of even distances, further apart than the rows of a table."""
    if len(places) < TILES:
        return False
    rows = _distances([y for _, y in places])
    if min(rows, default=0.0) < min(TILES_APART * height, FAR):  # nearly all texts of tables
        return False
    columns = _distances([x for x, _ in places])
    count = (len(columns) + 1) * (len(rows) + 1)
    return bool(columns) and len(places) * 2 > count and _are_even(columns) and _are_even(rows)


def _prints(letters: Sequence[Glyph]) -> Iterator[tuple[float, float, str]]:
    """Where texts begin, and these: letters that stand close together in one line."""
    first, text = letters[0], ""
    before = first
    for letter in letters:
        size = letter.size
        if text and (abs(letter.x0 - before.x1) > size or abs(letter.y - before.y) > size / 2):
            yield first.x, first.y, text
            first, text = letter, ""
        text += letter.text
        before = letter
    yield first.x, first.y, text


def _distances(places: Sequence[float]) -> list[float]:
    return [b - a for a, b in pairwise(sorted(places)) if b - a > TWICE]


def _are_even(distances: Sequence[float]) -> bool:
    """Whether distances are the least of them, or a multiple of it: a print may be hidden by another."""
    least = min(distances)
    return all(abs(distance - round(distance / least) * least) < TWICE for distance in distances)


def _lie_on(letters: Sequence[Glyph], others: Sequence[Glyph], enough: int) -> bool:
    """Whether some of the other glyphs have their middle in letters."""
    count = 0
    for other in others:
        x, y = (other.x0 + other.x1) / 2, (other.y0 + other.y1) / 2
        count += any(g.x0 < x < g.x1 and g.y0 < y < g.y1 for g in letters)
        if count >= enough:
            return True
    return False


def _twice(glyphs: Sequence[Glyph]) -> set[int]:
    """The later ones of two equal characters that are printed in nearly the same place."""
    rows: dict[str, dict[int, list[Glyph]]] = {}  # of each character, by bands of the page
    found: set[int] = set()
    for i, g in enumerate(glyphs):
        if g.x0 == g.x1:  # the characters of a text that stands for a picture are all in one place
            continue
        near = min(TWICE, TWICE_SIZES * g.size)
        bands, band = rows.setdefault(g.text, {}), int(g.y / TWICE)
        before = (*bands.get(band - 1, ()), *bands.get(band, ()), *bands.get(band + 1, ()))
        if before and any(_near(g, other, near) for other in before):
            found.add(i)
        else:
            bands.setdefault(band, []).append(g)
    return found


def _near(glyph: Glyph, other: Glyph, distance: float) -> bool:
    return (
        abs(glyph.x - other.x) <= distance
        and abs(glyph.y - other.y) <= distance
        and abs(glyph.size - other.size) < 0.2 * glyph.size
    )
