"""Codes of indicator levels: the printed name against the taxonomy; an unprinted level 1 from its level 2."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipeline.forms.dictionary import Taxonomy, level_name

_NAMES = {"output": "产出指标", "outcome": "效益指标", "satisfaction": "满意度指标", "cost": "成本指标"}


class Levels(NamedTuple):
    """Codes of both levels. `belongs` is False where level 2 stands under a level 1 that it does not belong to."""

    level1_code: str | None
    level2_code: str | None
    belongs: bool
    inferred_level1: str | None


_RUN_TOGETHER = re.compile(
    r"^(?P<level1>(?:产出|效益|满意度|成本)指标)(?P<level2>[^指]{2,10}指标)(?P<level3>.+)$", re.DOTALL
)


_LEVEL_NAME = re.compile(r"[^指]{2,10}指标")
_BETWEEN = re.compile(r"[-—–－_/、→>:：\s]+")


def split_levels(taxonomy: Taxonomy, text: str) -> tuple[str, str, str] | None:
    """Three levels printed in one cell without a separator (产出指标数量指标举办培训), taken apart; else None."""
    match = _RUN_TOGETHER.match(text)
    if match is None or level_name(match["level2"]) not in taxonomy.level2:
        return None
    return match["level1"], match["level2"], match["level3"]


def split_pair(taxonomy: Taxonomy, text: str) -> tuple[str, str] | None:
    """Levels 1 and 2 printed in one cell with a sign between them (产出指标-数量指标), taken apart; else None."""
    for match in _BETWEEN.finditer(text):
        level1, level2 = text[: match.start()], text[match.end() :]
        if level_name(level1) in taxonomy.level1 and level_name(level2) in taxonomy.level2:
            return level1, level2
    return None


@lru_cache(maxsize=4096)
def names_several(taxonomy: Taxonomy, text: str) -> bool:
    """Whether a text prints several names of levels (数量指标质量指标): cells of rows that nothing divides."""
    if text.count("指标") < 2:
        return False
    names = map(level_name, _LEVEL_NAME.findall(text))
    return sum(name in taxonomy.level1 or name in taxonomy.level2 for name in names) > 1


@lru_cache(maxsize=4096)
def classify(taxonomy: Taxonomy, level1: str | None, level2: str | None) -> Levels:
    """Codes for printed names; a level 1 that is not printed is inferred where the level 2 has only one parent."""
    code1 = taxonomy.level1.get(level_name(level1), "other") if level1 else None
    code2 = taxonomy.level2.get(level_name(level2), "other") if level2 else None
    parents = taxonomy.parents.get(code2 or "", ())
    inferred = None
    if code1 is None and len(parents) == 1:
        code1, inferred = parents[0], _NAMES.get(parents[0])
    belongs = not (code1 and parents) or code1 == "other" or code1 in parents
    return Levels(code1, code2, belongs, inferred)
