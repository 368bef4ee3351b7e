"""Indicators written as prose in one cell, in any notation that repeats itself.

    1、1－产出指标，11－数量指标，巡查次数；实施周期指标值：≥60次，年度指标值：≥20次；2、…
    产出指标-数量指标-巡查次数（≥20次）；产出指标-质量指标-整改率（≥95%）
    产出指标：数量指标：巡查次数≥20次；巡查人数≥5人。质量指标：整改率≥95%。

Names of levels divide the text. What stands between them are indicators, with their targets behind labels, in brackets,
behind a colon or a sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from pipeline.forms.dictionary import Knowledge, Taxonomy, level_name, meanings
from pipeline.forms.model import RawIndicator, Value
from pipeline.forms.roles import NAMES, Role

_DASH = r"[－\-—–]"
_NUMBERING = rf"(?:[(（]?\d{{1,2}}\s*[、.．)）]\s*)?(?:\d{{1,3}}\s*{_DASH}\s*)?"
# Codes of levels: 1－产出指标，11－数量指标，; numbers and dashes come in both widths, breaks stand anywhere.
_CODED = re.compile(
    rf"(?:\d{{1,2}}\s*[、.．]\s*)?\d{{1,2}}\s*{_DASH}\s*(?P<level1>[^，,；;。0-9]{{2,12}}?)\s*[，,；;]"
    rf"\s*\d{{1,3}}\s*{_DASH}\s*(?P<level2>[^，,；;。0-9]{{2,16}}?)\s*[，,；;]"
)
_VALUE = re.compile(r"(?:(?<=[；;，,。])|^)\s*(?P<label>[^：:；;，,。》]{3,10})(?:[：:]|(?=》))")
_VALUES = (Role.TARGET, Role.LIFETIME_TARGET, Role.WEIGHT, Role.UNIT)
_END = "；;，,。 "
_AROUND = f"{_END}、-－—–→|:："  # what may stand between a name and its neighbours
_LETTER = re.compile(r"\w")
_STOPS = re.compile(r"[；;。\n]")
_SIGN = "<>=≥≤＜＞＝≧≦⩾⩽"
_IN_BRACKETS = re.compile(r"^(?P<name>.{2,}?)\s*[（(](?P<target>[^（）()]+)[）)]$", re.DOTALL)
_AFTER_COLON = re.compile(r"^(?P<name>[^：:]{2,})[：:]\s*(?P<target>.+)$", re.DOTALL)
_AFTER_SIGN = re.compile(rf"^(?P<name>[^{_SIGN}]{{2,}}?)\s*{_DASH}?(?P<target>[{_SIGN}].+)$", re.DOTALL)
_IN_WORDS = re.compile(
    r"^(?P<name>\D{2,}?)(?P<target>(?:不低于|不少于|不小于|不超过|不高于|不大于|达到|达|至少|大于等于|小于等于|大于|小于)\d.*)$"
)
_NUMBER = re.compile(r"^(?P<name>\D{2,}?)(?P<target>\d[\d,.]*\s*(?:%|％|\D{1,2}))$")
_NUMBERED = re.compile(r"^(?:[(（]?\d{1,2}[、.．)）]\s*|[①-⑳]\s*)(?=\D)")


class Prose(NamedTuple):
    """The indicators of a prose cell in printed order, and texts of it that are no part of one."""

    indicators: list[RawIndicator]
    left: list[str]


class _Piece(NamedTuple):
    """A text below level names: from the end of the names to the next ones."""

    level1: str | None
    level2: str | None
    body: str


def prose_indicators(cell: Value, knowledge: Knowledge) -> Prose:
    """Indicators by the names or codes of levels between them; none for a text without any."""
    pieces, before = _pieces(_name_labels(knowledge).sub("", cell.text), knowledge.taxonomy)
    found: list[RawIndicator] = []
    for level1, level2, body in pieces:
        levels = {Role.LEVEL1: level1, Role.LEVEL2: level2}
        for item in _items(body, knowledge):
            texts = {**levels, **item}
            found.append(
                RawIndicator(cell.page, {role: Value(text, cell.parts) for role, text in texts.items() if text})
            )
    left = before.strip(_AROUND)
    return Prose(found, [left] if left and found else [])


@lru_cache(maxsize=4)
def _name_labels(knowledge: Knowledge) -> re.Pattern[str]:
    """Finds labels of names: 一级指标：, 三级指标：. Where each name has one, the names alone say as much."""
    labels = [
        text
        for text, found in knowledge.labels.items()
        if "column" in found and found["column"].column in NAMES and text.endswith(("指标", "名称"))
    ]
    return re.compile(rf"(?<![^\W\d_])(?:{'|'.join(map(re.escape, sorted(labels, key=len, reverse=True)))})\s*[:：]")


def _pieces(text: str, taxonomy: Taxonomy) -> tuple[list[_Piece], str]:
    """The pieces of a text, and the text before the first one."""
    coded = list(_CODED.finditer(text))
    if coded:
        ends = [*(match.start() for match in coded[1:]), len(text)]
        pieces = [
            _Piece(match["level1"], match["level2"], text[match.end() : end])
            for match, end in zip(coded, ends, strict=True)
        ]
        return pieces, text[: coded[0].start()]
    return _named(text, taxonomy)


def _named(text: str, taxonomy: Taxonomy) -> tuple[list[_Piece], str]:
    """Pieces by the names of levels; a level holds until the next one of its rank."""
    names = list(_level_names(taxonomy).finditer(text))
    pieces: list[_Piece] = []
    level1: str | None = None
    level2: str | None = None
    for n, match in enumerate(names):
        name = match["name"]
        if _is_level1(name, level1, level2, taxonomy):
            level1, level2 = name, None
        else:
            level2 = name
        end = names[n + 1].start() if n + 1 < len(names) else len(text)
        pieces.append(_Piece(level1, level2, text[match.end() : end]))
    return pieces, text[: names[0].start()] if names else text


def _is_level1(name: str, level1: str | None, level2: str | None, taxonomy: Taxonomy) -> bool:
    plain = level_name(name)
    if plain not in taxonomy.level2:
        return True
    if plain not in taxonomy.level1:
        return False
    parents = taxonomy.parents.get(taxonomy.level2[plain], ())
    return level1 is None or level2 is not None or taxonomy.level1.get(level_name(level1)) not in parents


@lru_cache(maxsize=4)
def _level_names(taxonomy: Taxonomy) -> re.Pattern[str]:
    """Finds the name of a level, with its numbering, where no other word touches it."""
    known = sorted({*taxonomy.level1, *taxonomy.level2}, key=len, reverse=True)
    letter = r"[^\W\d_]"
    return re.compile(
        rf"(?<!{letter}){_NUMBERING}[（(【\[「《]?(?P<name>(?:{'|'.join(map(re.escape, known))})(?:指标)?)"
        rf"(?!{letter})(?:[）)】\]」》]|(?=[\s：:；;，,、。\-－—–>→|（(\d【\[「《]|$))"
    )


def _items(body: str, knowledge: Knowledge) -> list[dict[Role, str]]:
    """The indicators of a text below level names."""
    labels = [(m, role) for m in _VALUE.finditer(body) if (role := _role(m["label"], knowledge))]
    if labels:
        return list(_labelled_items(body, labels))
    parts = (_name(part) for part in _STOPS.split(body))
    return [_item(part) for part in parts if _LETTER.search(part)]


def _labelled_items(body: str, labels: Sequence[tuple[re.Match[str], Role]]) -> Iterator[dict[Role, str]]:
    """Names, each with the labelled values behind it; where a label comes again, another name begins."""
    found = {Role.LEVEL3: _name(body[: labels[0][0].start()])}
    for i, (match, role) in enumerate(labels):
        end = labels[i + 1][0].start() if i + 1 < len(labels) else len(body)
        value, name = body[match.end() : end].strip(_END), ""
        again = i + 1 < len(labels) and labels[i + 1][1] in {*found, role}
        if again and (stop := _STOPS.search(value)):
            value, name = value[: stop.start()], value[stop.end() :]
        found[role] = value
        if again:
            yield found
            found = {Role.LEVEL3: _name(name)}
    yield found


def _name(text: str) -> str:
    return _NUMBERED.sub("", text.strip(_AROUND)).strip(_AROUND)


def _item(text: str) -> dict[Role, str]:
    """Name and target of an indicator without labels."""
    for pattern in (_AFTER_SIGN, _IN_BRACKETS, _AFTER_COLON, _IN_WORDS, _NUMBER):
        if match := pattern.match(text):
            name, target = match["name"], match["target"]
            bracketed = name.endswith(("(", "（")) and target.endswith((")", "）"))
            if bracketed:
                name, target = name[:-1], target[:-1]
            return {Role.LEVEL3: name.strip(_AROUND), Role.TARGET: target.strip(_END)}
    return {Role.LEVEL3: text}


def _role(label: str, knowledge: Knowledge) -> Role | None:
    column = meanings(knowledge, label).get("column")
    return column.column if column is not None and column.column in _VALUES else None
