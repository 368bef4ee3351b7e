"""Drawn check boxes: small squares of lines beside a text, empty or ticked. They are read as ☐ and ☑."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from pipeline.pages.model import Rule, Word

LEAST, MOST = 5.0, 16.0  # points: the side of a check box
ALIKE = 0.2  # share of the side by which the edges of a square differ at most
NEAR = 1.5  # sides from a box to its text
STROKE = 1.5  # points; a mark inside of a box is wider and higher
TICKS = frozenset("√✓✔☑☒×✗✘xXvV■●")
EMPTY, TICKED = "☐", "☑"


class Shape(NamedTuple):
    """The bounds of a visible path in points, whether it is filled dark, and which lines it has but level and upright.

    `is_slanted`: straight ones; `is_box`: none at all, and no curves.
    """

    x0: float
    y0: float
    x1: float
    y1: float
    is_dark: bool
    is_slanted: bool
    is_box: bool


class CheckBox(NamedTuple):
    """A drawn box, and the sign that it is read as."""

    x0: float
    y0: float
    x1: float
    y1: float
    sign: str


def check_boxes(
    words: Sequence[Word], level: Sequence[Rule], upright: Sequence[Rule], shapes: Callable[[], Iterable[Shape]]
) -> tuple[CheckBox, ...]:
    """The check boxes of a page; `shapes` gives what is drawn on it, and is asked only where there are squares."""
    squares = [square for square in _squares(level, upright) if _has_text(square, words)]
    if not squares:
        return ()
    drawn = list(shapes())
    filled = [square for square in _filled(drawn, squares) if _has_text(square, words)]
    boxes = [CheckBox(*square, TICKED if _is_ticked(square, words, drawn) else EMPTY) for square in squares]
    return (*boxes, *(CheckBox(*square, TICKED) for square in filled))


def with_signs(words: Iterable[Word], boxes: Sequence[CheckBox]) -> tuple[Word, ...]:
    """The words with a sign for each box before the word beside it; ticks inside of boxes are left out."""
    printed = [word for word in words if not (word.text in TICKS and any(_inside(word, box) for box in boxes))]
    for box in boxes:
        at = min(range(len(printed)), key=lambda i: _distance(box, printed[i]), default=None)
        run = printed[at].run if at is not None else 0
        printed.insert(at or 0, Word(*box[:4], box.sign, run))
    return tuple(printed)


def without_edges(rules: Sequence[Rule], boxes: Sequence[CheckBox], upright: bool) -> tuple[Rule, ...]:
    """The rules but those that are edges of boxes or lie within one."""
    if not boxes:
        return tuple(rules)
    return tuple(rule for rule in rules if not any(_is_edge(rule, box, upright) for box in boxes))


_Square = tuple[float, float, float, float]


def _squares(level: Sequence[Rule], upright: Sequence[Rule]) -> list[_Square]:
    """Squares of two short upright rules and one or two level ones: the other may be part of a cell's border."""
    sides = [rule for rule in upright if LEAST <= rule.end - rule.start <= MOST]
    closing = [rule for rule in level if LEAST <= rule.end - rule.start <= MOST]
    if len(sides) < 2 or not closing:
        return []
    found: list[_Square] = []
    for i, left in enumerate(sides):
        side = left.end - left.start
        slack = ALIKE * side
        for right in sides[i + 1 :]:
            if right.at - left.at > side + slack:
                break
            is_pair = abs(left.start - right.start) < slack > abs(left.end - right.end)
            if right.at - left.at > side - slack and is_pair and _is_closed(left, right, closing, slack):
                found.append((left.at, min(left.start, right.start), right.at, max(left.end, right.end)))
    return found


def _is_closed(left: Rule, right: Rule, closing: Sequence[Rule], slack: float) -> bool:
    return any(
        abs(rule.start - left.at) < slack > abs(rule.end - right.at)
        and min(abs(rule.at - left.start), abs(rule.at - left.end)) < slack
        for rule in closing
    )


def _filled(drawn: Iterable[Shape], squares: Sequence[_Square]) -> list[_Square]:
    """Dark squares of the size of an empty one that stand in its line: a ticked box of the same choice."""
    found: list[_Square] = []
    for shape in drawn:
        box = shape[:4]
        side = box[3] - box[1]
        if not shape.is_dark or not LEAST <= side <= MOST or abs(box[2] - box[0] - side) > ALIKE * side:
            continue
        beside = any(abs(s[1] - box[1]) < side / 2 and abs(s[3] - s[1] - side) < ALIKE * side for s in squares)
        if beside and not any(_meet(box, s) for s in squares) and not any(_meet(box, s) for s in found):
            found.append(box)
    return found


def _meet(box: Sequence[float], other: Sequence[float]) -> bool:
    return box[0] < other[2] and box[2] > other[0] and box[1] < other[3] and box[3] > other[1]


def _has_text(square: _Square, words: Sequence[Word]) -> bool:
    """Whether a word stands beside a square, and nothing but a tick in it."""
    inside = [word for word in words if _inside(word, square)]
    if any(word.text not in TICKS for word in inside):
        return False
    return any(_distance(square, word) <= NEAR * (square[3] - square[1]) for word in words if word not in inside)


def _distance(square: CheckBox | _Square, word: Word) -> float:
    """Points from a square to a word in its line; infinite for one in another line."""
    x0, y0, x1, y1 = square[0], square[1], square[2], square[3]
    if not y0 < (word.y0 + word.y1) / 2 < y1 and not word.y0 < (y0 + y1) / 2 < word.y1:
        return float("inf")
    return max(word.x0 - x1, x0 - word.x1, 0.0)


def _inside(word: Word, square: CheckBox | _Square) -> bool:
    return square[0] <= (word.x0 + word.x1) / 2 <= square[2] and square[1] <= (word.y0 + word.y1) / 2 <= square[3]


def _is_ticked(square: _Square, words: Sequence[Word], drawn: Iterable[Shape]) -> bool:
    """Whether a tick is printed or drawn in a square, or it is filled."""
    return any(_inside(word, square) for word in words) or any(_ticks(shape, square) for shape in drawn)


def _ticks(shape: Shape, square: _Square) -> bool:
    x0, y0, x1, y1 = shape[:4]
    side = square[3] - square[1]
    if x1 - x0 < STROKE or y1 - y0 < STROKE or x1 - x0 > 2 * side or y1 - y0 > 2 * side:
        return False
    if not (square[0] < (x0 + x1) / 2 < square[2] and square[1] < (y0 + y1) / 2 < square[3]):
        return False
    is_frame = all(abs(a - b) < ALIKE * side for a, b in zip(shape[:4], square, strict=True))
    return shape.is_dark or (shape.is_slanted if is_frame else not shape.is_box)  # frames may have round corners


def _is_edge(rule: Rule, box: CheckBox, upright: bool) -> bool:
    first, last, start, end = (box.x0, box.x1, box.y0, box.y1) if upright else (box.y0, box.y1, box.x0, box.x1)
    slack = ALIKE * (end - start)
    return first - slack < rule.at < last + slack and rule.start > start - slack and rule.end < end + slack
