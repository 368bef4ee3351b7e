"""Finds forms and tables of indicators on pages from which no form was read.

Labels of forms stand in many places: in narratives, tables of contents, other tables of a budget. A page is only
reported when labels and level names stand there as cells or lines of their own, as they do on forms, with values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from pipeline.document.checks.model import Finding
from pipeline.forms.beginnings import START_FIELDS, TITLE
from pipeline.forms.dictionary import Knowledge, Taxonomy, label_keys, level_name, likely, meanings
from pipeline.forms.layouts import match_other
from pipeline.forms.roles import NAMES, TARGETS
from pipeline.messages import t
from pipeline.notation import UNIT_NAMED, YEAR_LINE
from pipeline.tables.model import Box, Line, PageGrid, Table
from pipeline.text import key

NOT_READ = "form.not_read"
FEW_HEADINGS = 2  # different headings of columns that make a table of indicators
FEW_LEVELS = 2  # different names of levels that make one
FEW_LABELS = 3  # different labels that make a form
FEW_VALUES = 3  # texts that are no labels; an empty template prints fewer
SHORT = 4  # characters of a name or a target among others in a line
LONGEST_TITLE = 50  # characters; a longer line with such an ending is a sentence
_HEADINGS = frozenset({*NAMES, *TARGETS})
SENTENCE = re.compile(r"[。;,:]|\.{4}|…|\d+$")  # in a narrative, or in a table of contents
# What an empty template prints. No two alternatives begin alike, so that no text is matched in more than one way.
_FILLER = re.compile(r"^(?:指标|目标|附?表\d|[-/Xx*×:.…\d])*(?:[□☐☑√].*)?$")


class _Printed(NamedTuple):
    """A text of its own on a page; `parts` are the lines of a cell, since a frame around a form is one cell."""

    text: str
    box: Box
    parts: Sequence[Line] = ()


def may_show_form(page: PageGrid) -> bool:
    """A cheap look: whether a page prints a word that each form prints."""
    texts = [line.text for line in page.lines]
    texts += [cell.text for table in page.tables for cell in table.cells]
    text = "\n".join(texts)
    return "指标" in text or "绩效" in text or "目标" in text


def unread_form(page: PageGrid, used: Iterable[Box], knowledge: Knowledge) -> Finding | None:
    """The finding of the rule `form.not_read` for a page; None for a page that shows no form, or forms that were read.

    `used` are the boxes on the page that forms were read from: those of tables, titles and other lines.
    """
    taken = list(used)
    tables = [table for table in page.tables if not _is_within(table.box, taken)]
    lines = [line for line in page.lines if not _is_within(line.box, taken)]
    signs = _Tally(knowledge)
    for text in (*_lines(lines), *(text for table in tables for text in _cells(table))):
        signs.add(text)
    if not (signs.show_indicators or signs.show_form) or signs.values < FEW_VALUES:
        return None
    if match_other(knowledge, signs.title, signs.keys) is not None:
        return None
    box = _around([*signs.places, *(t.box for t in tables if any(_is_within(b, [t.box]) for b in signs.places))])
    shown = t("a table of indicators") if signs.show_indicators else t("labels of a form")
    named = t("{shown} ({title})", shown=shown, title=signs.title) if signs.title else shown
    message = t("the page shows {shown}, and no form was read from it", shown=named)
    return Finding(NOT_READ, "error", message, page.number, box, text=signs.title or None)


def _lines(lines: Sequence[Line]) -> Iterator[_Printed]:
    return (_Printed(line.text, line.box) for line in lines)


def _cells(table: Table) -> Iterator[_Printed]:
    return (_Printed(cell.text, cell.box, cell.lines) for cell in table.cells if cell.text)


class _Tally:
    """The signs of a form among some texts, one by one."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.title = ""
        self.values = 0
        self.names = self.goals = False
        self.headings, self.levels, self.labels, self.keys = set[str](), set[str](), set[str](), set[str]()
        self.places: list[Box] = []
        self._knowledge = knowledge

    def add(self, printed: _Printed) -> None:
        """Count a text; the lines of a cell by themselves where the cell as a whole is no sign."""
        text, box, parts = printed
        if self._is_sign(text) or self._is_title(text):
            self.places.append(box)
            self.keys.update(label_keys(text))
            return
        signs = [line for line in parts if self._is_sign(line.text)] if len(parts) > 1 else []
        self.places += [line.box for line in signs]
        if signs:
            self.values += len(parts) - len(signs)
        elif not _is_empty(text) and not likely(self._knowledge, text):
            self.values += 1

    @property
    def show_indicators(self) -> bool:
        """Whether the texts are those of a table of indicators."""
        return len(self.headings) >= FEW_HEADINGS or len(self.levels) >= FEW_LEVELS

    @property
    def show_form(self) -> bool:
        """Whether the labels are those of a form: a name with a goal, or a title with a name below it."""
        named = self.names and len(self.labels) >= FEW_LABELS
        return (named and self.goals) or (bool(self.title) and self.names)

    def _is_title(self, text: str) -> bool:
        """Whether a text is the title of a form; the first one is kept."""
        found = key(text)
        if len(found) > LONGEST_TITLE or not TITLE.search(found) or SENTENCE.search(found):
            return False
        self.title = self.title or found
        return True

    def _is_sign(self, text: str) -> bool:
        """Whether a text is the name of a level, the heading of a column of indicators, or a label of forms."""
        found, name, taxonomy = meanings(self._knowledge, text), level_name(text), self._knowledge.taxonomy
        column = found.get("column")
        if name in taxonomy.level2 or name in taxonomy.level1:
            self.levels.add(name)
        elif column is not None and column.column in _HEADINGS and "指标" in column.name:
            self.headings.add(column.name)
        elif found.keys() & {"field", "fund", "goal"}:
            self.labels.add(next(iter(found.values())).name)
            self.names |= "field" in found and found["field"].field in START_FIELDS
            self.goals |= "goal" in found
        else:
            return self._is_row_of_levels(text)
        return True

    def _is_row_of_levels(self, text: str) -> bool:
        """Whether names of levels follow each other in a line: the cells of a row that nothing divides."""
        if text.count("指标") < 2:
            return False
        pairs = _pairs(self._knowledge.taxonomy)
        found = {name for pair in pairs.findall(key(text)) for name in pair}
        headings = {name for name in found if name.endswith("级")}
        self.headings |= headings
        self.levels |= found - headings
        if not headings:
            self.values += len(pairs.sub("", key(text))) // SHORT
        return bool(found)


@lru_cache(maxsize=4)
def _pairs(taxonomy: Taxonomy) -> re.Pattern[str]:
    """Finds two names of levels, or of their columns, that follow each other."""
    names = "|".join(map(re.escape, sorted({*taxonomy.level1, *taxonomy.level2}, key=len, reverse=True)))
    return re.compile(rf"([一二三]级|{names})指标(?:值|名称)?([一二三]级|{names})指标")


def _is_empty(text: str) -> bool:
    found = key(text)
    return bool(_FILLER.match(found) or YEAR_LINE.match(found) or UNIT_NAMED.search(found))


def _is_within(box: Box, others: Iterable[Box]) -> bool:
    """Whether the middle of a box lies in one of the others."""
    x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    return any(other.x0 <= x <= other.x1 and other.y0 <= y <= other.y1 for other in others)


def _around(boxes: Sequence[Box]) -> Box:
    x0s, y0s, x1s, y1s = zip(*boxes, strict=True)
    return Box(min(x0s), min(y0s), max(x1s), max(y1s))
