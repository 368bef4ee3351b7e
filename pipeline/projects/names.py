"""Normalises the names of organs, in full or short form, and of projects, so that they can be compared."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.fields.region import Regions
from pipeline.text import key

# 2023年, 2023年度, a bare 2023, but no 2000人
_YEAR = re.compile(r"(?<!\d)(?:199\d|20[0-4]\d)(?!\d)(?:年度?|度)?(?![人户万亿元米吨套台亩个名家次辆公平])")
_SIGNS = re.compile(r"[\W_]+")
_LAST_BRACKET = re.compile(r"[(]([^()]+)[)]$")
_LEVEL = {  # a place without its name, but no 市场, 市级, 区域
    "市": re.compile(r"市(?![场政民容区属级])"),
    "区": re.compile(r"区(?![域属级])"),
    "县": re.compile(r"县(?![域属级])"),
}


@dataclass(frozen=True, slots=True)
class Naming:
    """The word lists of `schemas/projects.toml`; all texts are keys, the longest first."""

    organ_ends: tuple[str, ...]
    organ_begins: tuple[str, ...]
    organ_short: Mapping[str, str]
    name_ends: tuple[str, ...]
    least: int
    filling: re.Pattern[str]
    least_score: float


@dataclass(frozen=True, slots=True)
class Organ:
    """The owner of a project: region code (empty when unknown), name without leading places, and these places."""

    region_code: str
    name: str
    places: tuple[str, ...]

    @property
    def key(self) -> str:
        return f"{self.region_code}:{self.name}"


def organ(text: str, region_code: str | None, regions: Regions, naming: Naming) -> Organ:
    """The organ with a printed name; `region_code` is that of the document, for names without a place."""
    printed = key(text)
    region = regions.named_by(printed) or regions.begins(printed)
    code = region.code if region else region_code or ""
    places = regions.around(code)
    return Organ(code, _organ_name(printed, places, naming), places)


def plain_name(text: str, owner: Organ, naming: Naming) -> str:
    """A project's name without the parts that change between documents: name of the owner, place, years, signs, and a
    last word such as 项目 or 经费. Never empty when `text` has a letter or a digit."""
    printed = key(text).lower()
    bracket = _LAST_BRACKET.search(printed)
    owned = bracket is not None and _organ_name(bracket[1], owner.places, naming) == owner.name
    name = _without_place(_LAST_BRACKET.sub("", printed) if owned else printed, owner.places)
    for begin in ("", *naming.organ_begins):
        name = _without_begin(name, [begin + owner.name])
    name = _SIGNS.sub("", _YEAR.sub("", name)) or _SIGNS.sub("", printed)
    return _without_end(name, naming.name_ends, naming.least)


def core_name(plain: str, naming: Naming) -> str:
    """A plain name without common words; empty when too little is left to identify a project."""
    core = naming.filling.sub("", plain)
    return core if len(core) >= naming.least else ""


def _organ_name(printed: str, places: tuple[str, ...], naming: Naming) -> str:
    """An organ's name, abbreviations written out, without leading places and words such as 中共 and 人民政府."""
    name, before = _without_end(printed, naming.organ_ends, 1), ""
    while name != before:  # 中共, then the place
        before, name = name, _without_place(_without_begin(name, naming.organ_begins, 3), places)
    name = re.sub("^委员会", "委", name)  # of a party committee: 市委员会宣传部, 市委宣传部
    short = next((s for s in naming.organ_short if name.endswith(s)), None)
    return name.removesuffix(short) + naming.organ_short[short] if short else name


def _without_place(name: str, places: tuple[str, ...]) -> str:
    """The name without the owner's leading places: in full (上海市普陀区), in short (上海), or as a bare 区."""
    shorter = _without_begin(name, places)
    level = next((_LEVEL[place[-1]] for place in reversed(places) if place[-1] in _LEVEL), None)
    return shorter[1:] if shorter == name and level and level.match(name) and len(name) > 2 else shorter


def _without_begin(name: str, begins: Sequence[str], left: int = 1) -> str:
    """The text without leading words of `begins`, as long as more than `left` characters remain."""
    while begin := next((x for x in begins if x and name.startswith(x) and len(name) > len(x) + left), None):
        name = name.removeprefix(begin)
    return name


def _without_end(name: str, ends: Sequence[str], least: int) -> str:
    """The text without the first ending of `ends` that leaves at least `least` characters."""
    for end in ends:
        if name.endswith(end) and len(name) - len(end) >= least:
            return name.removesuffix(end)
    return name
