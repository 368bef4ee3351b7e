"""Text that is stored but clipped away: the rest of a line, the last lines of a cell that is too low, and the part of
a merged cell's text that shows on the next page.

Spreadsheets store a cell's whole text and clip it at the cell, or on both sides of a page break. What is visible says
which cell a text belongs to; the clipped rest of the same run completes it. A run with nothing visible is not text.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from pipeline.pages.model import Word
from pipeline.tables.overflow import follows

_new = tuple.__new__  # what a NamedTuple does, without matching names
REACH = 40.0  # points; words are looked up by their top edge within this distance, more than any line is high
PAST = 1.0  # points past the edge of a cut line at which it is placed: no more than a sliver of it may show
LOST = (
    2.0  # line heights at the left of a line that may be lost for another reason than the cell's border: a comma is low
)


@dataclass(frozen=True, slots=True)
class Whole:
    """A page's words completed: `words` are visible at least in part, `hidden` are clipped lines.

    Each hidden line comes with a visible word of its run, which says where it belongs; `lost` are the lines without.
    """

    words: tuple[Word, ...]
    hidden: tuple[tuple[Word, tuple[Word, ...]], ...]
    moved: Mapping[Word, Word]  # words placed by their edge, with what they are
    lost: tuple[tuple[Word, ...], ...] = ()


class _Stored(NamedTuple):
    """A stored word and what of it is visible."""

    word: Word
    shown: tuple[Word, ...]


_Lines = dict[int, list[_Stored]]


def complete(visible: Sequence[Word], stored: Sequence[Word]) -> Whole:
    """Visible words completed from everything stored (words in drawing order, numbered by line)."""
    by_top = sorted(visible, key=itemgetter(1))
    tops = [w[1] for w in by_top]
    unseen = {w[:5]: w for w in visible}  # visible words that nothing stored was found to be yet
    lines: _Lines = {}
    blank: set[int] = set()  # lines with a word of which nothing is visible
    # nearly all words are visible as they are stored; they come first, so that none is taken for a clipped one
    whole = [unseen.pop(word[:5], None) is not None for word in stored]
    for word, is_whole in zip(stored, whole, strict=True):
        if is_whole:
            shown: tuple[Word, ...] | None = (word,)
        else:
            shown = _shown(word, by_top[bisect_left(tops, word[1] - REACH) : bisect_right(tops, word[3])], unseen)
            if shown is None:
                continue
        run = word[5]
        if not shown:
            blank.add(run)
        if run in lines:
            lines[run].append(_new(_Stored, (word, shown)))
        else:
            lines[run] = [_new(_Stored, (word, shown))]
    placed = _placed(lines, blank)
    words = [w for line in lines.values() for _, shown in line for w in shown]
    if placed:
        words = [placed.get(w, w) for w in words]
    anchored = _hidden(lines, blank)
    hidden = tuple((placed.get(anchor, anchor), line) for anchor, line in anchored if anchor is not None)
    moved = {there: word for word, there in placed.items()}
    lost = tuple(line for anchor, line in anchored if anchor is None)
    return Whole((*words, *unseen.values()), hidden, moved, lost)


_Place = tuple[float, float, float, float, str]  # of a word: where it stands, and its text


def _shown(word: Word, near: Sequence[Word], unseen: dict[_Place, Word]) -> tuple[Word, ...] | None:
    """What is visible of a stored word, completed; None when all that is belongs to a word before."""
    left, right = word[0] - 1, word[2] + 1
    shown = sorted([v for v in near if v[0] <= right and v[2] >= left and _overlap(v, word)])
    new = tuple([v for v, was in zip(_completed(shown, word), shown, strict=True) if was[:5] in unseen])
    for was in shown:
        unseen.pop(was[:5], None)
    return new if new or not shown else None


def _placed(lines: _Lines, blank: Set[int]) -> dict[Word, Word]:
    """Words beside a clipped line of their run may be cut themselves: they are placed by the edge away from it."""
    placed: dict[Word, Word] = {}
    hidden = {run: [item.word for item in lines[run]] for run in blank if _is_hidden(lines[run])}
    for run in sorted({near for above in hidden for near in (above - 1, above + 1) if near in lines}):
        above, below = hidden.get(run - 1), hidden.get(run + 1)
        words = [item.word for item in lines[run]]
        for word in (w for item in lines[run] for w in item.shown):
            if above and follows([above], words):
                placed[word] = word._replace(y0=word.y1, y1=word.y1 + PAST)
            elif below and follows([words], below):
                placed[word] = word._replace(y0=word.y0 - PAST, y1=word.y0)
    return placed


def _is_hidden(line: Sequence[_Stored]) -> bool:
    """Whether no word of a line is visible."""
    return not any([item.shown for item in line])


def _completed(shown: Sequence[Word], stored: Word) -> list[Word]:
    """The visible pieces of a stored word; characters lost around them go to the piece before, or to the first."""
    pieces: list[Word] = []
    at = 0
    if not shown:
        return pieces
    for i, seen in enumerate(shown):
        place = _located(seen.text, stored.text, at)
        if place is None:
            return [v._replace(run=stored.run) for v in shown]
        found, end = place
        piece = seen._replace(text=stored.text[found:end])
        if i:
            pieces[-1] = pieces[-1]._replace(text=pieces[-1].text + stored.text[at:found])
            pieces.append(piece._replace(run=stored.run))
        else:
            near_left = piece.x0 - stored.x0 < LOST * (stored.y1 - stored.y0)
            pieces.append(
                piece._replace(
                    x0=stored.x0 if near_left else piece.x0, text=stored.text[:found] + piece.text, run=stored.run
                )
            )
        at = end
    pieces[-1] = pieces[-1]._replace(text=pieces[-1].text + stored.text[at:])
    return pieces


def _located(piece: str, text: str, at: int) -> tuple[int, int] | None:
    """Where a piece begins and ends in a text from `at` on, characters lost inside of it aside: commas are low."""
    found = text.find(piece, at)
    if found >= 0:
        return found, found + len(piece)
    first = end = at
    for i, char in enumerate(piece):
        end = text.find(char, end) + 1
        if not end:
            return None
        first = end - 1 if i == 0 else first
    return first, end


def _overlap(visible: Word, stored: Word) -> bool:
    """Whether a visible word is part of a stored one, or the other way about where a blank divides what is stored."""
    high = min(visible[3], stored[3]) - max(visible[1], stored[1])
    if high <= 0.5 * (visible[3] - visible[1]):
        return False
    if visible[0] >= stored[0] - 1 and visible[2] <= stored[2] + 1:
        return _located(visible.text, stored.text, 0) is not None
    return stored[0] >= visible[0] - 1 and stored[2] <= visible[2] + 1 and stored.text in visible.text


def _hidden(lines: _Lines, blank: Set[int]) -> list[tuple[Word | None, tuple[Word, ...]]]:
    """Clipped words by line, tied to the nearest line of their run that has a visible one, if any has."""
    found: list[tuple[Word | None, tuple[Word, ...]]] = []
    for run in [run for run in lines if run in blank]:
        line = lines[run]
        anchor = next((w for item in line for w in item.shown), None)
        if anchor is None:
            # below first: at the head of a page, what precedes the cut text is the table's header, not its run
            anchor = _walk(lines, run, 1) or _walk(lines, run, -1)
        found.append((anchor, tuple([item.word for item in line if not item.shown])))
    return found


def _walk(lines: _Lines, run: int, step: int) -> Word | None:
    """The first visible word up or down the run of lines."""
    here = [item.word for item in lines[run]]
    while (line := lines.get(run + step)) is not None:
        there = [item.word for item in line]
        if not (follows([here], there) if step > 0 else follows([there], here)):
            return None
        for _, shown in line:
            if shown:
                return shown[0]
        here, run = there, run + step
    return None
