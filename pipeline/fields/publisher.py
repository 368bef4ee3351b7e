"""Finds the publisher that a document's cover names: after a label, or in its title."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.forms.model import Part, Value
from pipeline.notation import ORGAN_ENDING
from pipeline.tables.lines import one_title
from pipeline.tables.model import Line
from pipeline.text import join_lines, key

_LABEL = re.compile(
    r"^(?:预算主管部门|编制部门|部门名称|单位名称|预算单位|填报单位|公开部门|公开单位|编制单位)[:：](?P<name>.{3,40})$"
)
_SHORT_LABEL = re.compile(r"^(?:部门|单位)[:：](?P<name>.{3,40})$")  # 单位：亿元、% is no publisher
_ORGAN = re.compile(rf"{ORGAN_ENDING}(?:[(（][^()（）]*[)）])?$")
_YEAR = re.compile(r"^20\d\d年?度?")
_REST = re.compile(
    r"(?:[(（]汇总[)）])?(?:(?:部门|单位)?20\d\d年?度?|关于|(?:[区市县省]级)?(?:部门|单位)(?:综合)?(?:预算|决算)|预算|决算).*$"
)
_END = re.compile(r"^(?:目录|目|[(（]?一[)）]?、.*|第[一二三四五]部分.*)$")
HEAD = 20  # lines that a label may stand in
BLOCK = 6  # lines of a cover's title


def publisher(lines: Sequence[tuple[int, Line]]) -> Value | None:
    """The publisher named by the lines of the first pages (page number from 1, line); None when there is none."""
    for page, line in lines[:HEAD]:
        text = "".join(line.text.split())
        match = _LABEL.match(text) or _SHORT_LABEL.match(text)
        if match and (_LABEL.match(text) or _ORGAN.search(match["name"])):
            return _printed(match["name"], [(page, line)])
    return next(_titles(lines), None)


def _titles(lines: Sequence[tuple[int, Line]]) -> Iterator[Value]:
    """Organs named by the title; a name may continue in the next line, followed by the rest of the title."""
    block: list[tuple[int, Line]] = []
    for page, line in lines[:BLOCK]:
        if _END.match(key(line.text)) or (block and block[0][0] != page):
            break
        block.append((page, line))
    for first in range(len(block)):
        for last in range(len(block), first, -1):
            part = block[first:last]
            if not one_title([line for _, line in part]):
                continue
            name = _REST.sub("", _YEAR.sub("", join_lines(line.text for _, line in part)))
            if _is_organ(name):
                yield _printed(name, part)


def _is_organ(name: str) -> bool:
    """Whether a text is the name of one organ. Names of several organs repeat their place: 某市财政局某市民政局."""
    return (
        3 < len(name) <= 40
        and bool(_ORGAN.search(name))
        and not re.search(r"[:：,，。《》]", name)
        and not re.match(r"(.{1,4}?[省市区县]).*\1", name)
    )


def _printed(name: str, lines: Sequence[tuple[int, Line]]) -> Value:
    return Value(name, tuple(Part(page, line.box, line.text) for page, line in lines))
