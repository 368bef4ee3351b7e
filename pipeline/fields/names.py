"""Names and the codes glued to them."""

from __future__ import annotations

import re

from pipeline.notation import ORGAN_ENDING

# 11000022T000000460216-名称, 51000021R000000019951-工资性支出, 219001-…; a plain number before a name is part of it
_PROJECT = re.compile(
    r"^[\[(【（]?(?P<code>\d{5,}[0-9A-Z]*|[0-9A-Z]*\d{6}[0-9A-Z]*)[\])】）]?\s*[-—–－_](?P<name>.+)$", re.DOTALL
)
_BLANK_IN_CODE = re.compile(r"(?<=[0-9A-Z])\s+(?=[0-9A-Z]*\d[-—–－_])")  # a code cut by a line end or a page break
# 231_烟台市审计局, [292]国家信访局, 105001长春市信访局: no organ's name begins with digits
_ORGAN = re.compile(r"^[\[(【（]?(?P<code>\d{3,})[\])】）]?\s*[-—–－_]?\s*(?P<name>\D.+)$", re.DOTALL)

# 云溪区教育局 105, 市民政局（203）: the code of an organ behind its name
_ORGAN_FIRST = re.compile(
    rf"^(?P<name>.*{ORGAN_ENDING})\s*[-—–－_/]?\s*[\[(【（]?(?P<code>\d{{3,}})[\])】）]?$", re.DOTALL
)


def split_project(text: str) -> tuple[str | None, str]:
    """Code and name of a project; the code is None when none is printed before the name."""
    return _split(_PROJECT, text)


def split_organ(text: str) -> tuple[str | None, str]:
    """Code and name of a department or unit."""
    code, name = _split(_ORGAN, text)
    return (code, name) if code is not None else _split(_ORGAN_FIRST, text)


def _split(pattern: re.Pattern[str], text: str) -> tuple[str | None, str]:
    match = pattern.match(_BLANK_IN_CODE.sub("", text))
    return (match["code"], match["name"].strip()) if match else (None, text)
