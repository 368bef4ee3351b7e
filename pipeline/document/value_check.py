"""Compares the values of forms with the words that a second PDF library sees in their boxes. Pure functions.

Both libraries divide and order text differently, and some differences say nothing about a value: text of a neighbour
that overflows into the box, text that the page clips, and characters that the second library leaves out.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from pipeline.document.checks.model import Finding, differing
from pipeline.document.result import CONFIRMED, DISPUTED, READ_ONCE
from pipeline.messages import t
from pipeline.pages.model import Word
from pipeline.tables.model import Box
from pipeline.text import key

DISAGREEMENT, UNSEEN = "reader.disagreement", "reader.unseen"
EDGE = 0.5  # points by which the middle of a word or character may lie beside the box
LOW = 4.0  # points; no line of text fits into a lower box, which is what a page break leaves of a row
JOINED = 1.0  # points; words with a smaller gap belong together, texts of two cells have a wider one
NEAR = 20.0  # points around a box in which a missing character may stand: two lines, or two characters
OVERFLOW = 60.0  # points by which a text may overflow: five lines
NAMELESS = "\ufffd"  # a printed character that the library cannot name


class Verdict(Enum):
    """How the words in a value's box agree with its text.

    SAME: they are its text. CROWDED: they are its text and texts of neighbours. CLIPPED: they are a part of it, and the
    page stores all of it in one piece. UNSEEN: they lack some of its characters, which stand nowhere else.
    OTHER: they are another text.
    """

    SAME = "same"
    CROWDED = "crowded"
    CLIPPED = "clipped"
    UNSEEN = "unseen"
    OTHER = "other"


class PrintedValue(NamedTuple):
    """A part of a value as `evidence` has it: its form's number, table, row and field, where it stands and its text.

    `clipped`: the page shows only a part of some value of its form.
    """

    form_no: int
    table: str
    row_no: int
    field: str
    page: int
    box: Box
    text: str
    clipped: bool = False


@dataclass(frozen=True, slots=True)
class ValueCheck:
    """What the comparison gave: a confidence for each value, in their order, and findings of those that differ."""

    confidences: tuple[float, ...]
    findings: tuple[Finding, ...]


def check_values(
    values: Sequence[PrintedValue],
    pages: Mapping[int, Sequence[Word]],
    covered: Mapping[int, Sequence[Word]] | None = None,
) -> ValueCheck:
    """Compare values with the words that the second library sees on their `pages`; of other pages nothing is said.

    `covered` are words by page that nobody sees, since something was drawn over them: the second library gives them,
    too. Give neither values that are not printed as they are (inferred, corrected, recognised) nor those without box.
    """
    by_page: defaultdict[int, list[int]] = defaultdict(list)
    for i, value in enumerate(values):
        by_page[value.page].append(i)
    confidences = [READ_ONCE] * len(values)
    findings: list[tuple[int, Finding]] = []
    for number, places in by_page.items():
        if number not in pages:
            continue
        seen = SeenPage(pages[number])
        hidden = [(Box(*word[:4]), word.text) for word in (covered or {}).get(number, ())]
        beyond = [i for n in (number - 1, number + 1) for i in by_page.get(n, ())]
        around = Around(
            [*((values[i].box, values[i].text) for i in places), *hidden],
            [(values[i].box, values[i].text) for i in beyond],
        )
        for i in places:
            verdict, printed = seen.judge(values[i].box, values[i].text, values[i].clipped, around)
            confidences[i] = _CONFIDENCES[verdict]
            findings += [(i, finding) for finding in _findings(values[i], verdict, printed)]
    return ValueCheck(tuple(confidences), tuple(finding for _, finding in sorted(findings, key=lambda f: f[0])))


_CONFIDENCES = {
    Verdict.SAME: CONFIRMED,
    Verdict.CROWDED: CONFIRMED,
    Verdict.CLIPPED: CONFIRMED,
    Verdict.UNSEEN: READ_ONCE,
    Verdict.OTHER: DISPUTED,
}


def _findings(value: PrintedValue, verdict: Verdict, printed: str) -> Iterator[Finding]:
    if verdict not in (Verdict.OTHER, Verdict.UNSEEN) or value.box.y1 - value.box.y0 < LOW:
        return
    rule, severity = (DISAGREEMENT, "warning") if verdict is Verdict.OTHER else (UNSEEN, "info")
    where = f"{value.table} {value.row_no}" if value.row_no else value.table
    read, seen = differing(value.text, printed)
    message = t(
        "{where}, {field}: the value is {read}, PDFium sees {seen} in its place",
        where=where,
        field=value.field,
        read=read,
        seen=seen,
    )
    yield Finding(rule, severity, message, value.page, value.box, value.form_no)


class Around(NamedTuple):
    """Values, or other texts, with their boxes: those on a page, and those on the pages before and after it.

    Their text may overflow into the box of a value, within a page or where a page break cuts a row.
    """

    values: Sequence[tuple[Box, str]]
    beyond: Sequence[tuple[Box, str]]


class SeenPage:
    """The words that the second library sees on one page, in the order in which they are stored."""

    def __init__(self, words: Sequence[Word]) -> None:
        self.words = words
        self._places = sorted([((y0 + y1) / 2, (x0 + x1) / 2, i) for i, (x0, y0, x1, y1, _, _) in enumerate(words)])
        self._heights = [place[0] for place in self._places]

    def judge(self, box: Box, text: str, clipped: bool, around: Around) -> tuple[Verdict, str]:
        """The verdict on a value, and what stands in its box. The value itself may be among those `around`."""
        inside = self.within(box)
        printed = "".join([self.words[i].text for i in inside])
        if printed == text or self.are_words_of(key(text), inside):
            return Verdict.SAME, printed
        return _Difference(self, box, key(text), inside, clipped, around).verdict(), printed

    def within(self, box: Box, edge: float = EDGE) -> list[int]:
        """Which words have their middle in a box, `edge` points around it included."""
        x0, y0, x1, y1 = box
        low, high = bisect_left(self._heights, y0 - edge), bisect_right(self._heights, y1 + edge)
        return sorted([i for _, x, i in self._places[low:high] if x0 - edge <= x <= x1 + edge])

    def are_words_of(self, wanted: str, places: Sequence[int]) -> bool:
        """Whether words make up a text, of which the lines may be stored in another order."""
        words = [key(self.words[i].text) for i in places]
        found = "".join(words)
        if found == wanted or len(found) != len(wanted):
            return found == wanted
        return Counter(found) == Counter(wanted) and all(word in wanted for word in words)

    @cached_property
    def stored(self) -> str:
        """The key of all text."""
        return key("".join(word.text for word in self.words))


class _Difference:
    """A value, and words in its box that are not its text. `wanted` is the key of its text."""

    def __init__(
        self, page: SeenPage, box: Box, wanted: str, inside: Sequence[int], clipped: bool, around: Around
    ) -> None:
        self._page, self._box, self._wanted, self._inside = page, box, wanted, inside
        self._clipped = clipped
        self._may_be_empty = box.y1 - box.y0 < LOW or (clipped and not inside)
        others = [(other, text) for other, text in around.values if other != box]
        self._aside = [other for other, _ in others if not _in_column(other, box)]
        self._column = [(other, key(text)) for other, text in others if _in_column(other, box)]
        at_edge = not (any(o.y0 < box.y0 for o, _ in self._column) and any(o.y1 > box.y1 for o, _ in self._column))
        self._beyond = [key(text) for other, text in around.beyond if at_edge and _in_column(other, box)]

    def verdict(self) -> Verdict:
        if self._is_crowded():
            return Verdict.CROWDED
        if self._characters() == self._wanted or self._goes_on():
            return Verdict.SAME
        own = self._own()
        if self._page.are_words_of(self._wanted, own):
            return Verdict.CROWDED
        found = "".join(self._key(i) for i in own)
        seen, wanted = Counter(found.replace(NAMELESS, "")), Counter(self._wanted)
        if seen - wanted or seen == wanted:
            return Verdict.OTHER
        if (found or self._may_be_empty) and self._is_stored_whole(own):
            return Verdict.CLIPPED
        is_others = self._inside and not own
        return Verdict.OTHER if is_others or self._stands_elsewhere(found) else Verdict.UNSEEN

    def _key(self, i: int) -> str:
        return key(self._page.words[i].text)

    def _is_neighbours(self, i: int) -> bool:
        """Whether a word belongs to another value of these columns, or is drawn once more over another word."""
        text, words = self._key(i), self._page.words
        return (
            any(text in near and self._needs(box, near, i) for box, near in self._column if self._is_close(box))
            or (len(text) > 1 and any(text in near for near in self._beyond))
            or any(text in self._key(o) and _lies_on(words[i], words[o]) for o in self._inside if o != i)
        )

    def _is_close(self, box: Box) -> bool:
        return box.y0 - self._box.y1 < OVERFLOW and self._box.y0 - box.y1 < OVERFLOW

    def _needs(self, box: Box, text: str, i: int) -> bool:
        """Whether a word stands in the box of another value as well, or lacks there, perhaps at an end of its text."""
        inside, word = self._page.within(box), self._key(i)
        found = "".join(self._key(other) for other in inside)
        at_end = text.endswith(word) and not found.endswith(word)
        return i in inside or at_end or not Counter(word) - (Counter(text) - Counter(found))

    def _is_crowded(self) -> bool:
        """Whether some words, one after the other, are the text, and all others are those of neighbours."""
        texts = [self._key(i) for i in self._inside]
        for start in range(len(texts)):
            end, text = start, ""
            while end < len(texts) and len(text) < len(self._wanted):
                text += texts[end]
                end += 1
            if text == self._wanted:
                return all(self._is_neighbours(i) for i in (*self._inside[:start], *self._inside[end:]))
        return False

    def _own(self) -> list[int]:
        """The words in the box without those of neighbours at its beginning and end."""
        own = list(self._inside)
        for at in (0, -1):
            while own and self._key(own[at]) not in self._wanted and self._is_neighbours(own[at]):
                own.pop(at)
        return own

    def _characters(self) -> str:
        """The characters in the box, where it ends amid words: as if all of a word were equally wide."""
        x0, y0, x1, y1 = self._box
        text = ""
        for left, top, right, bottom, word, _ in self._page.words:
            if left < x1 and right > x0 and y0 - EDGE <= (top + bottom) / 2 <= y1 + EDGE:
                wide = (right - left) / len(word)
                middles = (left + wide * (i + 0.5) for i in range(len(word)))
                text += "".join(c for c, x in zip(word, middles, strict=True) if x0 - EDGE <= x <= x1 + EDGE)
        return key(text)

    def _goes_on(self) -> bool:
        """Whether the words go on beyond the box to the end of the text, without a gap and into no other value's."""
        words, text = self._page.words, "".join(self._key(i) for i in self._inside)
        last = self._inside[-1] if self._inside else len(words)
        while len(text) < len(self._wanted) and last + 1 < len(words):
            last += 1
            if (
                words[last].x0 - words[last - 1].x1 > JOINED
                or words[last].y0 > words[last - 1].y1
                or self._is_aside(last)
            ):
                return False
            text += self._key(last)
        return text == self._wanted

    def _is_aside(self, i: int) -> bool:
        """Whether a word stands in the box of a value of other columns, or in none and beside the box."""
        x0, y0, x1, y1, _, _ = self._page.words[i]
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        beside = not self._clipped and (x1 < self._box.x0 - JOINED or x0 > self._box.x1 + JOINED)
        return beside or any(b.x0 <= x <= b.x1 and b.y0 <= y <= b.y1 for b in self._aside)

    def _is_stored_whole(self, own: Sequence[int]) -> bool:
        """Whether the rest of the text is stored around the words in the box, and belongs to no other columns.

        A spreadsheet clips a long line at the side of its cell; unless the form is known to have such lines, the rest
        must stand above or below the box.
        """
        starts = list(accumulate((len(self._key(i)) for i in range(len(self._page.words))), initial=0))
        from_ = max(starts[own[0]] - len(self._wanted), 0) if own else 0
        start = self._page.stored.find(self._wanted, from_)
        first, last = bisect_right(starts, start) - 1, bisect_left(starts, start + len(self._wanted))
        if start < 0 or (own and not first <= own[0] < last):
            return False
        return not any(self._is_aside(i) for i in range(first, last) if i not in self._inside)

    def _stands_elsewhere(self, found: str) -> bool:
        """Whether the characters that lack are printed in another place of the page.

        A single one is on every page: it must be a word by itself near the box.
        """
        head = _same(found, self._wanted)
        tail = _same(found[head:][::-1], self._wanted[head:][::-1])
        lacking = self._wanted[head : len(self._wanted) - tail]
        if len(lacking) > 1:
            return lacking in self._page.stored
        return any(self._key(i) == lacking for i in self._page.within(self._box, NEAR) if i not in self._inside)


def _same(a: str, b: str) -> int:
    """How many characters two texts have in common at the beginning."""
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _in_column(a: Box, b: Box) -> bool:
    """Whether two boxes have columns of the page in common."""
    return a.x0 < b.x1 and b.x0 < a.x1


def _lies_on(word: Word, other: Word) -> bool:
    """Whether a word is within another one, or all but."""
    x0, y0, x1, y1, _, _ = other
    return x0 - JOINED <= word.x0 and word.x1 <= x1 + JOINED and y0 - JOINED <= word.y0 and word.y1 <= y1 + JOINED
