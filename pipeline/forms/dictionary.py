"""Types of the dictionaries: labels, layouts and the taxonomy of indicators, and how a printed text is looked up.

The contents are data (`schemas/`); the engine knows fields, funds, goals, blocks and columns, no places.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from pipeline.forms.roles import Field, LabelPart, Means, Role, Scope, Section, Source
from pipeline.text import key, unquote

_TRAILING = ":;,.、。*★"  # a star marks what has to be filled in
_COLUMN_NUMBER = re.compile("^[①-⑳]|[①-⑳](?:\\s*[=＝][①-⑳+＋\\-－×÷*/()（）%\\s\\d]+)?$")  # 小计③=①+②
_NUMBERING = re.compile(r"^(?:\(?[一二三四五六七八九十]+[)、.]|\(?\d{1,2}[)、.](?=\D))")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_WEIGHT = re.compile(r"(?:\([^()]*\)分?|(?<=指标)\d{1,3}分?)$")
_LONGEST = 40  # characters; a longer text is a value
_LONGEST_LIKELY = 24  # characters of a label that only a pattern knows


class Entry(NamedTuple):
    """Where a label stands under `schemas/`: the file, and the listed text or the regular expression."""

    file: str
    text: str
    is_pattern: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """One meaning of a printed label. `means` says which of the other attributes are set."""

    means: Means
    name: str  # the label as the dictionary has it, or as a pattern found it
    field: Field | None = None
    source: Source | None = None
    scope: Scope | None = None
    part: LabelPart | None = None
    column: Role | None = None
    why: str | None = None
    section: Section | None = None
    private: bool = False  # its value is a person's name or telephone number and reaches no table but `regions`
    entry: Entry | None = None  # None for a label that the code has derived from other cells


Meanings = Mapping[Means, Label]
"""The meanings of one printed text, at most one of each kind."""
NOTHING: Meanings = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Layout:
    """What is particular about a family of forms: how it is known, and what its labels mean differently."""

    id: str
    form_kind: str
    titles: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    labels: Mapping[str, Meanings] = field(default_factory=dict)
    fund_scope: Scope = "annual"
    name_from_title: str | None = None
    of_department: bool = False  # the form is a department's as a whole and names no project


@dataclass(frozen=True, slots=True)
class OtherForm:
    """A kind of table that looks like a performance form and is none: how its title ends, or which labels it prints."""

    name: str
    ends: tuple[str, ...]
    labels: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """What labels that nobody has listed most likely mean. `under`: only below a heading of that column."""

    match: re.Pattern[str]
    label: Label
    under: Role | None = None


@dataclass(frozen=True, slots=True, eq=False)  # as Knowledge, of which it is a part
class Taxonomy:
    """Codes of printed level-1 and level-2 names; `parents` says under which level 1 a level 2 belongs."""

    level1: Mapping[str, str]
    level2: Mapping[str, str]
    parents: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, eq=False)  # there is one, and what is asked of it is remembered by it
class Knowledge:
    """Everything under `schemas/` that reading a form needs. `announcements`: how control totals are worded.

    `tasks`: the columns of a table of tasks by their headings.
    """

    labels: Mapping[str, Meanings]
    layouts: tuple[Layout, ...]
    taxonomy: Taxonomy
    others: tuple[OtherForm, ...]
    announcements: tuple[re.Pattern[str], ...] = ()
    patterns: tuple[Pattern, ...] = ()
    tasks: Mapping[str, str] = field(default_factory=dict)


def label_keys(text: str) -> tuple[str, ...]:
    """The keys to look a label up with, most exact first: as printed, without brackets, without 其中 and numbering."""
    return _label_keys(text) if len(text) <= _LONGEST else ()


@lru_cache(maxsize=16384)
def _label_keys(text: str) -> tuple[str, ...]:
    full = unquote(key(_COLUMN_NUMBER.sub("", text))).strip(_TRAILING)
    bare = _BRACKETS.sub("", full).strip(_TRAILING) if "(" in full or "[" in full else full
    inner = bare.removeprefix("其中").lstrip(_TRAILING) or bare
    numbering = _NUMBERING.match(inner)
    plain = inner[numbering.end() :] if numbering else inner
    if plain == full:
        return (full,) if full else ()
    return tuple(dict.fromkeys(k for k in (full, bare, inner, plain) if k))


def meanings(knowledge: Knowledge, text: str, layout: Layout | None = None) -> Meanings:
    """What a printed text means as a label; empty when it is none. A layout's own meanings come first."""
    if len(text) > _LONGEST:
        return NOTHING
    if layout is None or not layout.labels:
        return _listed(knowledge, text)
    for k in _label_keys(text):
        if k in layout.labels:
            return layout.labels[k]
        if k in knowledge.labels:
            return knowledge.labels[k]
    return NOTHING


@lru_cache(maxsize=16384)
def _listed(knowledge: Knowledge, text: str) -> Meanings:
    for k in _label_keys(text):
        if k in knowledge.labels:
            return knowledge.labels[k]
    return NOTHING


@lru_cache(maxsize=16384)
def guesses(knowledge: Knowledge, text: str, under: Role | None = None) -> Meanings:
    """What patterns of labels say about a text that no dictionary lists; of one `means`, the first that fits."""
    found: dict[Means, Label] = {}
    if len(text) <= _LONGEST_LIKELY:
        keys = label_keys(text)
        for pattern in knowledge.patterns:
            means = pattern.label.means
            if pattern.under == under and means not in found and any(map(pattern.match.search, keys)):
                found[means] = replace(pattern.label, name=keys[0])
    return found


def likely(knowledge: Knowledge, text: str, layout: Layout | None = None) -> Meanings:
    """What a text means where a label is expected: what the dictionary says, else what patterns of labels say.

    Values can look like labels, so this is only for texts whose place says that they are labels.
    """
    return meanings(knowledge, text, layout) or guesses(knowledge, text)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The dictionary as one layout has it."""

    knowledge: Knowledge
    layout: Layout

    def means(self, text: str) -> Meanings:
        return meanings(self.knowledge, text, self.layout)

    def likely(self, text: str) -> Meanings:
        return likely(self.knowledge, text, self.layout)

    def guesses(self, text: str) -> Meanings:
        return guesses(self.knowledge, text)


def fund_under(label: Label, over: Label) -> Label:
    """A fund's label below another fund's: 合计 under 财政拨款 is the fiscal amount, its neighbours are parts of it."""
    if over.source == "total":
        return label
    return replace(label, source=over.source) if label.source == "total" else replace(label, part="item")


def is_part_of_block(knowledge: Knowledge, text: str) -> bool:
    """Whether a text is a piece of a block's label: a page break may cut it, even through a character."""
    piece = key(text)
    return any(piece in k for k, found in knowledge.labels.items() if "block" in found)


def level_name(text: str) -> str:
    """A level name for matching: without white space, weight and the suffix 指标, or what a border leaves of it."""
    name = _WEIGHT.sub("", key(text))
    return name.removesuffix("指标").removesuffix("指标").removesuffix("指")
