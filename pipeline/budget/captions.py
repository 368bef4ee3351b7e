"""What stands above a budget table, as lines of the page or as the first rows of its grid."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.budget.model import Caption
from pipeline.fields.money import money_unit
from pipeline.tables.lines import one_title
from pipeline.tables.model import Cell, Line
from pipeline.text import key

_NUMBER = r"[0-9一二三四五六七八九十百]+(?:[-－—.][0-9一二三四五六七八九十]+)*"
TABLE_CODE = re.compile(
    rf"(?:附件|附表|附)?(?:部门|单位)?(?:公开|预算|决算|财决公开|财决|批复|公)?(?:表{_NUMBER}|{_NUMBER}表)|(?:附件|附表){_NUMBER}"
)
"""The number of a table: 公开01表, 预算03表, 表3, 附表1-2, 表一."""

_CODE_AND_TITLE = re.compile(rf"^[(（]?(?P<code>(?:{TABLE_CODE.pattern}))[)）]?[:：.、．—-]?(?P<title>.*)$")
_SECTION = re.compile(
    r"^(?:第[一二三四五六七八九十]+部分|[一二三四五六七八九十]+、|[(（][一二三四五六七八九十]+[)）]|\d+[.、．])"
)
_TITLE = re.compile(r"表(?:[(（][^()（）]*[)）])*$")
_BRACKETS = re.compile(r"^[(（][^()（）]{2,40}[)）]$")
_ORGAN = re.compile(
    r"^(?:编制|填报|预算|公开|填制|报送|汇总)?(?:单位|部门)(?:[(（](?:单位|部门|盖章|公章)[)）])?(?:名称|全称)?(?:[(（](?:盖章|公章)[)）])?[:：]"
    r"(?P<name>.+?)(?=$|\s{2,}|(?:金额)?单位[:：])"
)
_ORGAN_CODE = re.compile(r"^[\[【(（]?(?P<code>\d{3,12})[\]】)）]?[-—]?(?P<name>\D.+)$")
_CODED_ORGAN = re.compile(r"[\[【(（]?(?P<code>\d{3,9})[\]】)）]?[-—－](?P<name>[^\d\W][^\d，。,]{2,30})")
_CUT_UNIT = re.compile(r"(?:金额?)?单?位[:：]((?:百|千|万|十万|百万|亿)?元?)[)）]?(?<![:：])")
_MONEY = re.compile(
    r"[,，、(（/]?(?:金额|货币)?(?:计量)?单位[:：为]?(?:人民币)?[(（]?(?:百亿|亿|千万|百万|十万|万|千|百)?元[)）]?$"
)
_SENTENCE = re.compile(r"[。；;！？]|[,，].*[,，]|^注|^备注|^说明|详见|如下|见附|所示")
_UNENDED = re.compile(r"[、，,（(“及和与的]\s*$")
LONGEST_TITLE = 70  # characters; the longest of 2,558 titles has 52
REACH = 9  # lines above a table that can be its caption: section, code, title in two lines, organ, unit, date
SHORT = 14  # characters of a title's last line that another line can stand above: 支出经济分类情况表


def caption_above(lines: Sequence[Line]) -> Caption:
    """The caption among the lines above a table, which are in their order from top to bottom."""
    found = Caption()
    near = list(lines[-REACH:])
    for n in reversed(range(len(near))):
        text = near[n].text
        if found.title is None and (title := _title(near, n)) is not None:
            found = replace(found, title=title, box=near[n].box)
        found = _facts(found, text)
        if found.title is not None and found.table_code is not None and found.amount_unit is not None:
            break
        if _SENTENCE.search(key(text)) and found.title is None:
            break
    return _split_code(found)


def is_title(text: str) -> bool:
    """Whether a line can be the title of a table: it ends in 表, and brackets may follow."""
    plain = _MONEY.sub("", key(text))
    return bool(
        _TITLE.search(plain)
        and len(plain) <= LONGEST_TITLE
        and not _SENTENCE.search(plain)
        and not TABLE_CODE.fullmatch(plain.strip("()（）"))
    )


def caption_rows(rows: Sequence[Sequence[Cell]]) -> tuple[int, Caption]:
    """How many of a grid's first rows are its caption, and what they say."""
    count, found = 0, Caption()
    for n, row in enumerate(rows[:REACH]):
        texts = [cell.text for cell in row if key(cell.text)]
        if not all(_is_caption(text) for text in texts):
            break
        if texts:
            count = n + 1
        for cell in row:
            if found.title is None and is_title(cell.text):
                found = replace(found, title=cell.text, box=cell.box)
            found = _facts(found, cell.text)
    return (count, _split_code(found)) if found.title or found.amount_unit else (0, Caption())


def merge(own: Caption, above: Caption) -> Caption:
    """A grid's own caption completed with what stands above it."""
    return Caption(
        own.title or above.title,
        own.table_code or above.table_code,
        own.amount_unit or above.amount_unit,
        own.unit_name or above.unit_name,
        own.unit_code or above.unit_code,
        own.box if own.title else above.box,
    )


def _is_caption(text: str) -> bool:
    plain = key(text)
    is_code = TABLE_CODE.fullmatch(plain.strip("()（）:："))
    return bool(is_title(text) or is_code or _ORGAN.match(plain) or _MONEY.fullmatch(plain) or _BRACKETS.match(plain))


def _title(lines: Sequence[Line], n: int) -> str | None:
    """The title that ends with line `n`, a title's bracket below it included."""
    text = lines[n].text
    if _BRACKETS.match(key(text)) and n and is_title(lines[n - 1].text) and one_title([lines[n - 1], lines[n]]):
        return None  # the line above it is asked next, and takes it
    if not is_title(text):
        return None
    title = _MONEY.sub("", text.strip())
    if n + 1 < len(lines) and _is_bracket_of(lines[n], lines[n + 1]):
        title += lines[n + 1].text
    if n and (len(key(title)) <= SHORT or _UNENDED.search(lines[n - 1].text)) and _goes_on(lines[n - 1], lines[n]):
        title = lines[n - 1].text + title
    return title


def _is_bracket_of(title: Line, line: Line) -> bool:
    """Whether a line is the bracket that ends the title above it, and no unit of money."""
    return bool(_BRACKETS.match(key(line.text))) and not money_unit(line.text) and one_title([title, line])


def _goes_on(upper: Line, lower: Line) -> bool:
    """Whether the upper of two lines begins the title that the lower ends."""
    plain = key(upper.text)
    is_part = len(plain) > SHORT and not (
        _SENTENCE.search(plain)
        or _ORGAN.match(plain)
        or _MONEY.search(plain)
        or _TITLE.search(plain)
        or _SECTION.match(plain)
    )
    near = lower.box.y0 - upper.box.y1 < 1.5 * (upper.box.y1 - upper.box.y0)
    return is_part and near and one_title([upper, lower])


def _facts(found: Caption, text: str) -> Caption:
    plain = key(text)
    if found.table_code is None and TABLE_CODE.fullmatch(plain.strip("()（）:：")):
        found = replace(found, table_code=text.strip())
    if found.amount_unit is None and (unit := money_unit(text) or _cut_unit(plain)) is not None:
        found = replace(found, amount_unit=unit)
    if found.unit_name is None and (organ := _ORGAN.match(plain)):
        found = _with_organ(found, organ["name"])
    elif found.unit_name is None and (coded := _CODED_ORGAN.fullmatch(plain)):
        found = replace(found, unit_name=coded["name"], unit_code=coded["code"])
    return found


def _cut_unit(plain: str) -> str | None:
    """The unit of a line of which the table's edge cut a part: 单位：万, 金位：元."""
    cut = _CUT_UNIT.fullmatch(plain)
    return (cut[1] if cut[1].endswith("元") else cut[1] + "元") if cut else None


def _with_organ(found: Caption, name: str) -> Caption:
    name = _MONEY.sub("", name)
    name = re.sub(r"(?:金额)?单位$|[,，]$", "", name)
    if not name or re.fullmatch(r"(?:百|千|万|亿)*元", name):
        return found
    coded = _ORGAN_CODE.match(name)
    return replace(found, unit_name=coded["name"], unit_code=coded["code"]) if coded else replace(found, unit_name=name)


def _split_code(found: Caption) -> Caption:
    """The caption with the table's number, or a section's, taken off its title."""
    if found.title is None:
        return found
    split = _CODE_AND_TITLE.match(found.title.strip())
    if split and is_title(split["title"]):
        return replace(found, title=split["title"].strip(), table_code=found.table_code or split["code"])
    section = _SECTION.match(found.title)
    if section and is_title(found.title[section.end() :]):
        return replace(found, title=found.title[section.end() :].strip())
    return found
