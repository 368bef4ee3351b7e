"""Words to printed lines: words share a line when they overlap in height, whatever order they were drawn in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from pipeline.pages.model import Word
from pipeline.tables.model import Box, Line
from pipeline.text import join_words

_new = tuple.__new__  # what a NamedTuple does, without matching names
SAME_AXIS = 30.0  # points between the middles of a title's lines
SAME_SIZE = 1.4  # ratio of the heights of a title's lines
SHIFT = 1.0  # points between two prints of one text that look like one, in bold
ADJOINING = 0.5  # points between a word and an exponent or index behind it, at most
SMALLER, RAISED = 0.8, 0.15  # of the height of a number: that of a raised digit behind it, and how far it is raised
SAME_LINE = 0.5  # share of the lower height that two words of one line overlap; subscripts do, wrapped lines do not

_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def printed_lines(words: Sequence[Word]) -> tuple[Line, ...]:
    """The lines that the words form, top to bottom, each with its words left to right."""
    if len(words) == 1:
        return (line_of(words[0]),)
    return tuple([_line(group) if len(group) > 1 else line_of(group[0]) for group in line_groups(words)])


def line_of(word: Word) -> Line:
    """A line of one word."""
    x0, y0, x1, y1, text, _ = word
    return _new(Line, (_new(Box, (x0, y0, x1, y1)), text))


def line_groups(words: Iterable[Word]) -> list[list[Word]]:
    """Words grouped by the line they stand on, top to bottom."""
    groups: list[list[Word]] = []
    top = bottom = 0.0
    for word in sorted(words, key=lambda w: w[1] + w[3]):
        _, y0, _, y1, _, _ = word
        overlap = (y1 if y1 < bottom else bottom) - (y0 if y0 > top else top)
        if groups and overlap > SAME_LINE * min(bottom - top, y1 - y0):
            groups[-1].append(word)
            if y1 - y0 > bottom - top:  # the tallest word says where the line stands
                top, bottom = y0, y1
        else:
            groups.append([word])
            top, bottom = y0, y1
    return groups


def one_title(lines: Sequence[Line]) -> bool:
    """Whether lines can be one wrapped title: centred on one axis and in about one size."""
    middles = [(line.box.x0 + line.box.x1) / 2 for line in lines]
    heights = [line.box.y1 - line.box.y0 for line in lines]
    return max(middles) - min(middles) < SAME_AXIS and max(heights) < SAME_SIZE * min(heights)


def _line(words: Sequence[Word]) -> Line:
    """A line of several words."""
    words = sorted(words)
    if any([b[0] < a[2] - SHIFT for a, b in pairwise(words)]):
        words = [w for w in words if not any(_printed_over(w, other) for other in words)]
    _, tops, rights, bottoms, _, _ = zip(*words, strict=True)
    texts = [words[0][4]]
    for before, word in pairwise(words):
        if word[0] - before[2] < ADJOINING:
            texts[-1] += word[4].translate(_SUPERSCRIPT) if _is_raised(before, word) else word[4]
        else:
            texts.append(word[4])
    return Line(Box(words[0][0], min(tops), max(rights), max(bottoms)), join_words(texts))


def _is_raised(number: Word, word: Word) -> bool:
    """Whether a word is the mark of a footnote at a number, or its power: 860,000¹ is not 860,0001."""
    height = number[3] - number[1]
    return (
        word[4].isdecimal()
        and number[4][-1:].isdecimal()
        and word[3] - word[1] < SMALLER * height
        and word[3] < number[3] - RAISED * height
    )


def _printed_over(word: Word, other: Word) -> bool:
    """Whether another word prints the same text in the same place. Of two equal ones, the later is too much."""
    inside = (
        other[0] - SHIFT < word[0]
        and word[2] < other[2] + SHIFT
        and abs(word[1] - other[1]) < SHIFT
        and abs(word[3] - other[3]) < SHIFT
    )
    return inside and word[4] in other[4] and (len(word[4]) < len(other[4]) or word[5] > other[5])
