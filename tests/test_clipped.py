"""Visible words completed from what is stored but clipped."""

import pytest

from pipeline.grid.clipped import complete
from pipeline.reading.model import Word


def line(*texts: str, x: float = 0, y: float = 0, run: int = 1) -> list[Word]:
    """Words side by side, ten points a character, a blank between them."""
    words: list[Word] = []
    for text in texts:
        words.append(Word(x, y, x + 10 * len(text), y + 10, text, run))
        x += 10 * len(text) + 5
    return words


@pytest.mark.parametrize(
    ("visible", "stored"),
    [
        ("发展政策知晓比例", "发展,政策知晓比例"),  # a comma is low: the clip swallows it first
        ("总数100%", "总数*100%"),
        ("通惠河", "专项-通惠河"),
    ],
)
def test_characters_lost_inside_of_a_word(visible: str, stored: str) -> None:
    (kept,) = line(stored)
    (seen,) = line(visible, x=10 * stored.index(visible[0]) if stored.startswith("专") else 0)
    whole = complete([seen], [kept])
    assert [word.text for word in whole.words] == [stored]
    assert not whole.hidden


def test_word_that_is_stored_with_a_blank_inside() -> None:
    stored = line("全观", "念、树")
    seen = Word(0, 0, stored[-1].x1, 10, "全观念、树", 1)
    whole = complete([seen], stored)
    assert [word.text for word in whole.words] == ["全观念、树"]
    assert not whole.hidden
