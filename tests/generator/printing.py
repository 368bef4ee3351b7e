"""Drawn pages as the words and rules that a reader finds on them, without a PDF."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, groupby, pairwise

from pipeline.pages.model import Page, Word
from pipeline.pages.rules import RuleCollector
from pipeline.pages.words import Char, split_at_rules
from pipeline.text import unify

from .drawing import (
    DrawnCell,
    DrawnPage,
    DrawnText,
    PrintedLine,
    Producer,
    advance,
    ascent_and_descent,
    lines_of,
    rules_of,
    text_box,
)


def printed_pages(pages: Iterable[DrawnPage], producer: Producer = Producer.LINES) -> list[Page]:
    """What a reader finds on each page, numbered from 1; see `printed_page`."""
    return [printed_page(page, number, producer) for number, page in enumerate(pages, start=1)]


def printed_page(page: DrawnPage, number: int = 1, producer: Producer = Producer.LINES) -> Page:
    """What a reader finds on a drawn page: words in the order of drawing, a run for each printed line, and rules.

    Raises ValueError for a page that shows a part of what it holds (clipped cells, covers, a crop box): what is visible
    then is a finding of the readers, so such a page has to be drawn as a PDF.
    """
    if page.cropbox or page.covers or any(cell.clipped for table in page.tables for cell in table.cells):
        raise ValueError("the page hides text; draw it as a PDF and name the reader")
    collector = RuleCollector()
    for table in page.tables:
        for side in rules_of(table, producer):
            collector.line(*side)
    level, upright = collector.merged()
    words: list[Word] = []
    characters: dict[Word, Sequence[Char]] = {}
    for run, (line, size) in enumerate(_lines(page), start=1):
        for chars in _divided(_characters(line, size)):
            x0, y0, x1, y1 = chars[0][0], chars[0][1], chars[-1][2], chars[-1][3]
            word = Word(x0, y0, x1, y1, unify("".join(char[4] for char in chars)), run)
            if word.text:
                words.append(word)
                characters[word] = chars
    cut = split_at_rules(words, upright, characters.__getitem__)
    return Page(number, page.width, page.height, cut, level, upright, is_scan=False)


def _lines(page: DrawnPage) -> Iterator[tuple[PrintedLine, float]]:
    """The printed lines in the order of drawing, with their font sizes."""
    contents: list[tuple[tuple[float, float, float, float], DrawnCell | DrawnText]] = []
    contents += [(table.box(cell), cell) for table in page.tables for cell in table.cells]
    contents += [(text_box(text), text) for text in (*page.texts, *page.redrawn)]
    for box, content in contents:
        for line in lines_of(box, content):
            yield line, content.font_size


def _characters(line: PrintedLine, size: float) -> list[Char]:
    """The characters of a line with their boxes, which are as high as the font."""
    above, below = (size * reach for reach in ascent_and_descent())
    ends = list(accumulate((advance(character) * size for character in line.text), initial=line.x))
    return [
        (x0, line.baseline - above, x1, line.baseline + below, character)
        for (x0, x1), character in zip(pairwise(ends), line.text, strict=True)
    ]


def _divided(chars: Sequence[Char]) -> Iterator[list[Char]]:
    """The characters of each word: readers divide a line at blanks of ordinary width."""
    for is_blank, group in groupby(chars, key=lambda char: char[4] == " "):
        if not is_blank:
            yield list(group)
