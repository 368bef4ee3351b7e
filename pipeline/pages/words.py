"""Words that run across an upright rule are two words: readers glue a right-aligned amount to the next label."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence

from pipeline.pages.model import Rule, Word
from pipeline.text import unify

Char = tuple[float, float, float, float, str]
OVERHANG = 0.25  # line heights a word may reach over a rule: less than half of a digit, so no character lies beyond
ENDS = 1.0  # points a rule may end short of the middle of a word that it crosses
BACK = 0.25  # line heights from a character back to the next one: another text, drawn over the first one's end
STRADDLE = 0.1  # share of a character's width that a rule leaves on either side of it at least
GAP = 0.5  # points that are no gap between two characters
LAP = 0.5  # share of its width and height that a word of the next cell never lies on another


def split_at_rules(
    words: Iterable[Word], upright: Sequence[Rule], chars_of: Callable[[Word], Sequence[Char]]
) -> tuple[Word, ...]:
    """The words with those cut that cross an upright rule; `chars_of` gives a word's characters with boxes."""
    words = list(words)
    crossed = _crossed(words, upright)
    if not crossed:
        return tuple(words)
    result: list[Word] = []
    for i, word in enumerate(words):
        result += _cut(word, crossed[i], chars_of(word), words) if i in crossed else [word]
    return tuple(result)


def split_where_drawn_over(
    words: Iterable[Word], upright: Sequence[Rule], chars_of: Callable[[Word], Sequence[Char]]
) -> tuple[Word, ...]:
    """The words with those cut that hold a second text, which begins left of the first one's end and of a rule."""
    words = list(words)
    crossed = _crossed(words, upright)
    result: list[Word] = []
    for i, word in enumerate(words):
        texts = _texts(word, chars_of(word)) if i in crossed else []
        result += [_word(text, word.run) for text in texts] if len(texts) > 1 else [word]
    return tuple(result)


def _crossed(words: Sequence[Word], upright: Sequence[Rule]) -> dict[int, list[float]]:
    """The places of the words that run across rules, with the positions of these."""
    positions = [rule.at for rule in upright]
    crossed: dict[int, list[float]] = {}
    if not positions:
        return crossed
    beyond = [*positions, math.inf]
    for i, (x0, y0, x1, y1, text, _) in enumerate(words):
        reach = OVERHANG * (y1 - y0)
        low = bisect_right(positions, x0 + reach)
        if beyond[low] < x1 - reach and len(text) > 1:
            middle = (y0 + y1) / 2
            near = upright[low : bisect_left(positions, x1 - reach)]
            cuts = [at for at, start, end in near if start - ENDS <= middle <= end + ENDS]
            if cuts:
                crossed[i] = cuts
    return crossed


def _cut(word: Word, cuts: list[float], chars: Sequence[Char], words: Sequence[Word]) -> list[Word]:
    """The parts of a word. One that lies on another word is no text of that cell, but hangs over from the next."""
    texts = _texts(word, chars)
    others = [w for w in words if w is not word and w[1] < word[3] and w[3] > word[1] and w[4] != word[4]]
    result: list[Word] = []
    for text in texts:
        near = [*others, *(_word(other, word.run) for other in texts if other is not text)]
        parts = _parts(text, cuts)
        whole = parts[:1]
        for part in parts[1:]:
            if _goes_on(whole[-1], part) and any(_lies_on(half, w) for half in (whole[-1], part) for w in near):
                whole[-1] += part
            else:
                whole.append(part)
        result += [_word(part, word.run) for part in whole]
    # a single part begins and ends where something is printed, and not at a wide blank as its word may
    return result if len(result) > 1 or [part[4] for part in result] == [word[4]] else [word]


def _texts(word: Word, chars: Sequence[Char]) -> list[list[Char]]:
    """A word's characters, those that were drawn as another text apart."""
    back = BACK * (word[3] - word[1])
    texts: list[list[Char]] = []
    for char in chars:
        if texts and char[0] > texts[-1][-1][2] - back:
            texts[-1].append(char)
        else:
            texts.append([char])
    return texts


def _parts(text: Sequence[Char], cuts: list[float]) -> list[list[Char]]:
    """Characters by the side of the rules on which they stand, from left to right."""
    parts: dict[int, list[Char]] = {}
    for i, char in enumerate(text):
        parts.setdefault(_side(text, i, cuts), []).append(char)
    return [parts[side] for side in sorted(parts)]


def _side(text: Sequence[Char], i: int, cuts: list[float]) -> int:
    """How many rules are left of a character. One on a rule stands with the character that it follows or precedes."""
    x0, _, x1, _, _ = text[i]
    edge = STRADDLE * (x1 - x0)
    on = next((n for n, cut in enumerate(cuts) if x0 + edge < cut < x1 - edge), None)
    before = x0 - text[i - 1][2] if i else math.inf
    after = text[i + 1][0] - x1 if i + 1 < len(text) else math.inf
    if on is None or before == after or abs(before - after) < GAP:
        return bisect_right(cuts, (x0 + x1) / 2)
    return on if before < after else on + 1


def _goes_on(part: Sequence[Char], following: Sequence[Char]) -> bool:
    """Whether no gap is between two parts, as there is between the texts of two cells."""
    before, after = part[-1], following[0]
    return after[0] - before[2] < GAP and abs(after[1] - before[1]) < GAP


def _lies_on(part: Sequence[Char], word: Word) -> bool:
    """Whether most of a part is drawn over a word."""
    x0, y0, x1, y1, _, _ = _word(part, 0)
    width, height = min(x1, word[2]) - max(x0, word[0]), min(y1, word[3]) - max(y0, word[1])
    return width > LAP * (x1 - x0) and height > LAP * (y1 - y0)


def _word(chars: Sequence[Char], run: int) -> Word:
    x0s, y0s, x1s, y1s, texts = zip(*chars, strict=True)
    return Word(min(x0s), min(y0s), max(x1s), max(y1s), unify("".join(texts)), run)
