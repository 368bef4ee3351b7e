"""Words that run across an upright rule are two words: readers glue a right-aligned amount to the next label."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence

from pipeline.reading.model import Rule, Word
from pipeline.text import unify

Char = tuple[float, float, float, float, str]
OVERHANG = 0.25  # line heights a word may reach over a rule: less than half of a digit, so no character lies beyond
ENDS = 1.0  # points a rule may end short of the middle of a word that it crosses


def split_at_rules(
    words: Iterable[Word], upright: Sequence[Rule], chars_of: Callable[[Word], Sequence[Char]]
) -> tuple[Word, ...]:
    """The words with those cut that cross an upright rule; `chars_of` gives a word's characters with boxes."""
    positions = [rule.at for rule in upright]
    result: list[Word] = []
    for word in words:
        reach = OVERHANG * (word[3] - word[1])
        low, high = bisect_right(positions, word[0] + reach), bisect_left(positions, word[2] - reach)
        cuts: list[float] = []
        if low < high:
            middle = (word[1] + word[3]) / 2
            cuts = [r.at for r in upright[low:high] if r.start - ENDS <= middle <= r.end + ENDS]
        if cuts and len(word[4]) > 1:
            result += _cut(word, cuts, chars_of(word))
        else:
            result.append(word)
    return tuple(result)


def _cut(word: Word, cuts: list[float], chars: Sequence[Char]) -> list[Word]:
    parts: dict[int, list[Char]] = {}
    for char in chars:
        parts.setdefault(bisect_right(cuts, (char[0] + char[2]) / 2), []).append(char)
    if len(parts) < 2:
        return [word]
    return [
        Word(
            min(c[0] for c in part),
            min(c[1] for c in part),
            max(c[2] for c in part),
            max(c[3] for c in part),
            unify("".join(c[4] for c in part)),
            word.run,
        )
        for part in parts.values()
    ]
