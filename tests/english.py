"""Finds English in what a Chinese reader is shown."""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"(?<![\w./_-])[A-Za-z]?[a-z]+(?:[,;:]? [a-z][a-z']*){2,}")
_WORD = re.compile(
    r"(?<![\w./_'\"-])(?:indicator|form|task|table|page|row|line|column|year|month|day|amount)s?(?![\w./_'\"=-])"
)
"""Words that name things in messages; one of them alone is English, too."""
_NAMES = re.compile(r"budget-forms [a-z]+(?: [a-z-]+)*|pip install \S+")
"""Commands, whose words follow each other like those of a sentence."""


def english_in(shown: str) -> list[str]:
    """Three English words or more that follow each other, and are no command."""
    return _SENTENCE.findall(_NAMES.sub("", shown))


def words_in(message: str) -> list[str]:
    """The English words in a message that name things which have a Chinese name."""
    return _WORD.findall(message)
