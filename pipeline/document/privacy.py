"""Telephone and identity numbers, and the names beside them, are masked in all rows but those of `regions`.

Labels marked private (`schemas/labels.toml`) leave their values out already. Publishers print more labels than any list
has, and numbers in notes and remarks. So numbers are found by their form, and names by their place: in the same text,
in a neighbouring cell, or behind a word such as 联系人.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from pipeline.dictionaries import load_knowledge
from pipeline.document.result import Row
from pipeline.forms.dictionary import guesses, meanings
from pipeline.tables.model import Cell, PageGrid, Table

MASK = "***"
"""Stands for a private text."""

_NARROW = {ord("＋"): "+", ord("（"): "(", ord("）"): ")", ord("Ｘ"): "X", **{0xFF10 + n: str(n) for n in range(10)}}
_IS_WIDE = re.compile("[０-９＋（）Ｘ]")
_SIGN = r"\-‐‑‒–—－"
_GAP = f"[{_SIGN} \u00a0　.·/_]"
_AREA = "(?:010|02[0-57-9]|0[3-9][0-9]{2})"
_CALLED = "(?:电[ 　]?话|手机|座机|传真|联系方式|(?<![A-Za-z])(?:Tel|Phone|Mobile|Fax))(?:号码|号|No)?"
# Digits are ASCII here, see `_numbers`. Groups of digits stand with a sign between them, the same one twice.
_NUMBER = re.compile(
    rf"""(?<![\dA-Za-z])(?<!\d[.,，])(?:
        (?:\(\+?86\)|(?:\+|00)?86)?{_GAP}?1[3-9]\d(?:\d{{8}}|(?P<gap>{_GAP})\d{{4}}(?P=gap)\d{{4}})  # mobile, 3-4-4
      | \(0[1-9]\d{{1,2}}\)[{_SIGN} 　]?\d{{3,4}}[{_SIGN} 　]?\d{{4}}      # with an area code
      | 0[1-9]\d{{1,2}}[{_SIGN}]\d{{3,4}}[{_SIGN} 　]?\d{{4}}
      | {_AREA}[ \u00a0　._·/][2-8]\d{{6,7}}
      | (?:010|02[0-57-9])[2-8]\d{{7}}
      | (?P<identity>[1-9]\d{{5}}(?P<cut>[{_SIGN} 　]?)(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?P=cut)
        \d{{3}}[\dXx])
    )(?:(?:转|分机|-|[ ]?ext\.?[ ]?)\d{{1,5}})?(?![\dA-Za-z]|[.,，]\d)""",
    re.VERBOSE,
)
_LABELLED = re.compile(
    rf"{_CALLED}[:：(（\s.]{{0,3}}(\d[\d{_SIGN} 　./、]{{5,30}}\d)|身份证[^\d]{{0,8}}(\d{{14,17}}[\dXx])"
    r"|短号[:：(（\s]{0,3}(\d{3,6})(?!\d)",
    re.I,
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # of the check digit, GB 11643
_CHECK = "10X98765432"

# The surnames of nine in ten persons, and those of two characters. Without surnames short labels would be names.
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖"
    "邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路"
    "岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边"
    "闫肖付代佟佘仇仝"
)
_DOUBLE = "欧阳|诸葛|司马|慕容|上官|司徒|皇甫|尉迟|夏侯|东方|令狐|公孙|端木|西门|南宫|闻人|长孙|宇文|独孤|轩辕|钟离"
_NAME = rf"(?:(?:{_DOUBLE})[\u4e00-\u9fff]{{1,2}}|[{_SURNAMES}][ 　]?[\u4e00-\u9fff]{{1,2}})"
_NO_NAME_ENDS = ("局", "部", "厅", "委", "院", "校", "处", "科", "室", "元", "率", "费", "款", "额")
_ENDS = r"(?![\u4e00-\u9fff])"
_WHOLE_NAME = re.compile(rf"(?:{_NAME}|[\u4e00-\u9fff]{{2,5}}[·•][\u4e00-\u9fff]{{2,6}}|[A-Z][a-z]+(?: [A-Z][a-z]+)+)")
_PERSONS = (
    *("负责人", "责任人", "联系人", "经办人", "填表人", "填报人", "审核人", "制表人", "编制人", "复核人", "经手人"),
    *("法定代表人", "法人代表", "姓名", "Contact", "Contact person"),
)
_WORDS = (
    *_PERSONS,
    "电话",
    "电 话",
    "电　话",
    "手机",
    "座机",
    "传真",
    "联系方式",
    "身份证",
    "短号",
    "Tel",
    "tel",
    "TEL",
    "hone",
    "obile",
    "Fax",
)
# What a page needs to hold anything private: 40 us to see, where looking for all of it takes 200 us.
_LONG = re.compile(rf"\d{{3}}(?:{_GAP}|[)）])\d{{3}}|\d{{8}}")
_NAMED = re.compile(rf"(?:{'|'.join(_PERSONS)})(?:\(签[字章]\)|（签[字章]）)?[:：\s]{{1,3}}({_NAME}){_ENDS}")
_BEFORE_NUMBER = re.compile(
    rf"(?:^|[^\u4e00-\u9fff])({_NAME})[\s,，、:：;；(（]{{0,2}}(?:联系)?(?:{_CALLED})?[\s:：(（]{{0,2}}$", re.I
)
_GLUED = re.compile(rf"{_NAME}$")  # to the end of what is searched: the place of the number
_AFTER_NUMBER = re.compile(rf"^[\s,，、:：;；()（）]{{1,2}}({_NAME}){_ENDS}")


@dataclass(slots=True)
class PrivateTexts:
    """The private texts of a document, collected page by page."""

    names: set[str] = field(default_factory=set)
    any: bool = False
    _seen: dict[str, str] = field(default_factory=dict)  # masked texts: evidence prints those of other tables again

    def note(self, grid: PageGrid) -> None:
        """Collects from a page."""
        texts = [line.text for line in grid.lines]
        for table in grid.tables:
            texts += [cell.text for cell in table.cells]
        if self.note_texts(texts):
            for table in grid.tables:
                self.names.update(_names_beside(table))

    def note_texts(self, texts: Sequence[str]) -> bool:
        """Collects from texts, such as those that a person has typed; whether any of them is private."""
        page = "\n".join(texts)
        if not (_LONG.search(page) or any(word in page for word in _WORDS)):
            return False
        if not (_NAMED.search(page) or has_number(page)):
            return False
        self.any = True
        for text in texts:
            self.names.update(_names_in(text))
        return True

    def masked(self, text: str) -> str:
        """The text without numbers and the names collected."""
        if text not in self._seen:
            self._seen[text] = self._masked(text)
        return self._seen[text]

    def _masked(self, text: str) -> str:
        names = [*_names_in(text), *self.names]
        for start, end in reversed(list(_numbers(text))):
            glued = _GLUED.search(text, max(0, start - 4), start)
            text = text[: glued.start() if glued else start] + MASK + text[end:]
        for name in names:
            text = text.replace(name, MASK)
        return text

    def masked_rows(self, tables: Mapping[str, Sequence[Row]]) -> dict[str, list[Row]]:
        """All tables, masked but for `regions`."""
        if not self.any:
            return {name: list(rows) for name, rows in tables.items()}
        return {
            name: list(rows) if name == "regions" else [self.masked_row(row) for row in rows]
            for name, rows in tables.items()
        }

    def masked_row(self, row: Row) -> Row:
        """A row with its texts masked."""
        if not self.any or _is_exempt(str(row.get("field"))):
            return row
        return {n: self.masked(v) if isinstance(v, str) and not _is_exempt(n) else v for n, v in row.items()}


@cache
def _is_exempt(column: str) -> bool:
    """Whether a column holds keys, codes or amounts, which may have as many digits as a telephone number."""
    return column.endswith(("_id", "_key", "code", "code_text", "superseded_by")) or column.startswith("amount")


def has_number(text: str) -> bool:
    """Whether a text holds a telephone or identity number."""
    return next(_numbers(text), None) is not None


def _numbers(text: str) -> Iterator[tuple[int, int]]:
    """Where private numbers stand in a text, from left to right, without overlaps."""
    if _IS_WIDE.search(text):
        text = text.translate(_NARROW)  # as long as before
    found = [
        (m.start(), m.end()) for m in _NUMBER.finditer(text) if m["identity"] is None or _is_identity(m["identity"])
    ]
    found += [m.span(m.lastindex or 0) for m in _LABELLED.finditer(text)]
    last = 0
    for start, end in sorted(found):
        if start >= last:
            yield start, end
            last = end


def _is_identity(text: str) -> bool:
    """Whether the check digit is right, which nine in ten project codes of such a form fail."""
    printed = "".join(char for char in text if char.isalnum())
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, printed, strict=False))
    return _CHECK[total % 11] == printed[-1].upper()


def _names_in(text: str) -> Iterator[str]:
    """Names before and after numbers in one text, and those behind words for persons."""
    yield from (match[1] for match in _NAMED.finditer(text))
    for start, end in _numbers(text):
        for found in (_BEFORE_NUMBER.search(text[:start]), _AFTER_NUMBER.search(text[end:])):
            if found is not None:
                yield found[1]


def _names_beside(table: Table) -> Iterator[str]:
    """Cells that are a name, in the row of a number or in the same column above or below it."""
    private = [cell for cell in table.cells if has_number(cell.text)]
    if not private:
        return
    for cell in table.cells:
        if _is_name(cell.text) and any(_is_beside(cell, other) for other in private):
            yield cell.text


def _is_name(text: str) -> bool:
    if not _WHOLE_NAME.fullmatch(text) or text.endswith(_NO_NAME_ENDS):
        return False
    knowledge = load_knowledge()
    return not (meanings(knowledge, text) or guesses(knowledge, text))


def _is_beside(one: Cell, other: Cell) -> bool:
    same_row = one.row < other.row + other.row_span and other.row < one.row + one.row_span
    same_column = one.column < other.column + other.column_span and other.column < one.column + one.column_span
    next_row = other.row == one.row + one.row_span or one.row == other.row + other.row_span
    return same_row or (same_column and next_row)
