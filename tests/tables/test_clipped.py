"""Visible words completed from what is stored but clipped."""

import pytest

from pipeline.pages.model import Word
from pipeline.tables.clipped import complete


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


def test_clipped_line_belongs_to_the_line_it_was_drawn_after() -> None:
    shown, clipped, alone = line("全年完成", y=0, run=1), line("按期", y=12, run=2), line("无人见", x=300, y=90, run=7)
    whole = complete(shown, [*shown, *clipped, *alone])
    ((anchor, hidden),) = whole.hidden
    assert (whole.moved[anchor], *hidden) == (*shown, *clipped)  # placed by its upper edge, for its foot may be cut
    assert whole.lost == (tuple(alone),)


def test_nothing_is_lost_where_everything_shows() -> None:
    words = [*line("数量", "指标", run=1), *line("质量", y=40, run=2)]
    whole = complete(words, words)
    assert (whole.words, whole.hidden, whole.moved, whole.lost) == (tuple(words), (), {}, ())


def test_word_that_nothing_stored_leads_to_is_kept() -> None:
    stored, other = line("数量", run=1), line("页眉", y=80, run=2)
    assert complete([*stored, *other], stored).words == (*stored, *other)
