"""Borders that are printed as characters: box-drawing characters, rows of low lines, upright strokes.

A character's arms say in which directions its line runs from the middle of its box. The lines count as borders only
where they form a table (`pipeline.pages.shades`); elsewhere they stay text: a blank to be filled in, a sign.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import NamedTuple

from pipeline.pages.crossings import settled
from pipeline.pages.model import Rule, Word
from pipeline.pages.painted_areas import BETWEEN, Edge
from pipeline.pages.words import Char
from pipeline.text import unify

_PAGE = re.compile(r"[\u2500-\u257f]|[_＿]{3}|[|｜]")
_LOW, _UPRIGHT = "_＿", "|｜"
RUN = 3  # characters; fewer low lines or dashes in a row are no border
LOW = 0.15  # of a character's height, from the foot of its box to a low line
SAME = 2.0  # points between pieces of one line
GAP = 6.0  # points between two pieces of a level line
PITCH = 1.6  # of a character's height, between two pieces of an upright line
LEFT, RIGHT, UP, DOWN = 1, 2, 4, 8
_ARMS = {"HORIZONTAL": LEFT | RIGHT, "VERTICAL": UP | DOWN, "LEFT": LEFT, "RIGHT": RIGHT, "UP": UP, "DOWN": DOWN}


class LetterRules(NamedTuple):
    """Lines that characters form, and the words that are left when these characters are no text."""

    level: list[Edge]
    upright: list[Edge]
    words: list[Word]


def letter_rules(words: Sequence[Word], chars_of: Callable[[Word], Sequence[Char]]) -> LetterRules | None:
    """The lines that a page's characters form; None when it has no such characters."""
    if _PAGE.search("\n".join([word[4] for word in words])) is None:
        return None
    level: list[Edge] = []
    upright: list[Edge] = []
    left: list[Word] = []
    for word in words:
        if not any(map(_arms, word[4])):
            left.append(word)
            continue
        for arms, group in groupby(_with_arms(chars_of(word)), key=lambda pair: bool(pair[1])):
            chars = list(group)
            if arms:
                level += _level(chars)
                upright += _upright(chars)
            elif text := unify("".join(char[4] for char, _ in chars)):
                left.append(_word([char for char, _ in chars], text, word.run))
    reach = _reach(upright)
    levels, uprights = list(_joined(level, GAP)), list(_joined(upright, reach))
    crossing = [Rule(*edge[:3]) for edge in levels]
    met = settled([Rule(*edge[:3]) for edge in uprights], crossing, reach)  # level lines stand on other printed lines
    return LetterRules(levels, [Edge(*rule, BETWEEN) for rule in met], left)


@cache
def _arms(char: str) -> int:
    if char in _LOW:
        return LEFT | RIGHT
    if char in _UPRIGHT:
        return UP | DOWN
    name = unicodedata.name(char, "") if "\u2500" <= char <= "\u257f" else ""
    arms = 0
    for part in name.split():
        arms |= _ARMS.get(part, 0)
    return arms


def _with_arms(chars: Sequence[Char]) -> Iterator[tuple[Char, int]]:
    """Characters with their arms; fewer low lines in a row than make a border have none."""
    for is_low, group in groupby(chars, key=lambda char: char[4] in _LOW):
        found = list(group)
        few = is_low and len(found) < RUN
        yield from ((char, 0 if few else _arms(char[4])) for char in found)


def _level(chars: Sequence[tuple[Char, int]]) -> Iterator[Edge]:
    for (x0, y0, x1, y1, text), arms in chars:
        middle = (x0 + x1) / 2
        at = y1 - LOW * (y1 - y0) if text in _LOW else (y0 + y1) / 2
        if arms & (LEFT | RIGHT):
            yield Edge(at, x0 if arms & LEFT else middle, x1 if arms & RIGHT else middle, BETWEEN)


def _upright(chars: Sequence[tuple[Char, int]]) -> Iterator[Edge]:
    for (x0, y0, x1, y1, _), arms in chars:
        middle = (y0 + y1) / 2
        if arms & (UP | DOWN):
            yield Edge((x0 + x1) / 2, y0 if arms & UP else middle, y1 if arms & DOWN else middle, BETWEEN)


def _reach(edges: Sequence[Edge]) -> float:
    heights = sorted(e.end - e.start for e in edges)
    return PITCH * heights[len(heights) // 2] if heights else 0.0


def _joined(edges: Iterable[Edge], gap: float) -> Iterator[Edge]:
    """Lines of pieces at one position."""
    group: list[Edge] = []
    for edge in (*sorted(edges), Edge(float("inf"), 0, 0, BETWEEN)):
        if group and edge.at - group[0].at > SAME:
            at = group[len(group) // 2].at
            group.sort(key=lambda e: e.start)
            start, end = group[0].start, group[0].end
            for piece in group[1:]:
                if piece.start - end > gap:
                    yield Edge(at, start, end, BETWEEN)
                    start = piece.start
                end = max(end, piece.end)
            yield Edge(at, start, end, BETWEEN)
            group = []
        group.append(edge)


def _word(chars: Sequence[Char], text: str, run: int) -> Word:
    x0s, y0s, x1s, y1s, _ = zip(*chars, strict=True)
    return Word(min(x0s), min(y0s), max(x1s), max(y1s), text, run)
