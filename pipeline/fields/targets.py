"""Target values of indicators: kind, operator, value, unit. What is not printed is not invented."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from pipeline.fields.dates import parse_dates
from pipeline.text import key

_SIGN = {
    ">=": ">=",
    "=>": ">=",
    "≥": ">=",
    ">": ">",
    "<=": "<=",
    "=<": "<=",
    "≤": "<=",
    "<": "<",
    "=": "=",
    "==": "=",
    "≈": "~",
    "~": "~",
    "±": "~",
}
_WORDS = {
    "大于等于": ">=",
    "大于或等于": ">=",
    "不低于": ">=",
    "不少于": ">=",
    "不小于": ">=",
    "至少": ">=",
    "达到": None,
    "小于等于": "<=",
    "小于或等于": "<=",
    "不高于": "<=",
    "不超过": "<=",
    "不大于": "<=",
    "不多于": "<=",
    "至多": "<=",
    "控制在": None,
    "超过": ">",
    "大于": ">",
    "高于": ">",
    "多于": ">",
    "超": ">",
    "小于": "<",
    "低于": "<",
    "少于": "<",
    "等于": "=",
    "约": "~",
}
_AFTER = {
    "以上": ">=",
    "及以上": ">=",
    "以下": "<=",
    "及以下": "<=",
    "以内": "<=",
    "之内": "<=",
    "内": "<=",
    "左右": "~",
}
_NUMBER = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_SIGNS = "|".join(sorted(map(re.escape, _SIGN), key=len, reverse=True))
_ANY_SIGN = re.compile(_SIGNS)
_PLAIN = re.compile(rf"-?(?:{_NUMBER})")
_OPERATORS = "|".join(sorted(_WORDS, key=len, reverse=True))
_AFTERS = "|".join(sorted(_AFTER, key=len, reverse=True))
_NUMERIC = re.compile(
    rf"^(?P<lead>[^\d<>=≥≤≈~±]{{0,30}}?)(?P<op>(?:{_SIGNS})|(?:{_OPERATORS}))?(?P<number>{_NUMBER})"
    rf"(?P<unit>[^\d;,。]{{0,16}}?)(?P<after>{_AFTERS})?[;,。]?$"
)
_RANGE = re.compile(
    rf"^(?P<op>{_SIGNS})?(?P<low>{_NUMBER})(?P<u1>[^\d\-~至到]{{0,8}})(?:-+|~|至|到|±)(?P<high>{_NUMBER})(?P<unit>[^\d]{{0,12}})$"
)
_TRAILING = re.compile(r"(?<![.。])[.。;；,，]$")
LONGEST_UNIT = 4  # characters behind a percent sign that may belong to the unit
_AND_MORE = re.compile(r"^[余多](?=.)")  # 10余次 and 20多家 are no exact numbers; their units are 次 and 家
_PERCENT = ("％", "百分比", "百分数")
_SQUARE = re.compile(r"(?<=\d|/)([kc]?m)([23])(?!\d)")  # what NFKC makes of ㎡ and ㎥
_POWERS = {"m2": "㎡", "m3": "㎥", "km2": "㎢", "cm2": "㎠", "cm3": "㎤", "km3": "km³"}
_SIGNED = re.compile(
    rf"^(?P<lead>[^<>=≥≤≈~±;；且/%‰、]{{1,30}}?)(?P<op>{_SIGNS})(?P<number>{_NUMBER})(?P<unit>[^\d<>=≥≤≈~±]{{0,16}})$"
)
_PLACEHOLDER = re.compile(r"\*|[Xx×]{2,}|\.{3,}|…")
_TIMES = re.compile(r"(?<=\d)\*(?=\d)|(?<=[人户次套台个])\*(?=[年月天日])")  # 7*24, 元/人*月: stars that multiply
_DAY = re.compile(r"(?<!\d)20\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?:(?:工作)?日|天|号)")  # 20261125日
_EMPTY = re.compile(r"^[-/]*$|^[空*]$")  # of the stars of templates, one alone says that there is nothing
_NONE = re.compile(r"^[(]?(?:无|空|[-/\\]+|\*|没有|不适用)[)]?$")  # in the cell of a sign or unit: there is none
_DATE = re.compile(
    r"20\d\d(?:年|[-./]\d)|^=?20\d{6}日?$|\d{1,2}月(?:\d{1,2}日|底|份|末|初|前|上旬|中旬|下旬)|^(?:于|在|本|当|全)*年(?:底|末|内)|年(?:底|末|内)(?:前|之前)?(?:完成)?$|^\d{1,2}月?-\d{1,2}月$"
)
_FREQUENCY = re.compile(
    rf"^(?P<op>{_SIGNS}|{_OPERATORS})?(?P<number>{_NUMBER})(?P<unit>次|期|场|份|篇|轮|个|批|场次|人次|天)/(?P<per>(?:\d{{1,3}})?(?:年|月|季度|季|周|日|天|半年|小时|个月))$|"
    rf"^(?:每(?=[两半]?[年月季周日天])|(?=两年))(?P<per2>两年|年|月|季度|季|周|日|天|半年)(?:度)?(?P<op2>{_SIGNS}|{_OPERATORS})?(?P<number2>{_NUMBER})(?P<unit2>次|期|场|份|篇|轮|个|批)$"
)


@dataclass(frozen=True, slots=True)
class Target:
    """An understood target. `operator` is one of = >= > <= < ~ between, or None where none is printed."""

    text: str | None
    kind: str
    operator: str | None = None
    value: Decimal | None = None
    value_high: Decimal | None = None
    unit: str | None = None
    on: date | None = None


@lru_cache(maxsize=16384)
def parse_target(text: str | None, operator: str | None = None, unit: str | None = None) -> Target:
    """A target from its cell, or from three: operator, value and unit joined as printed, 定性 (no sign) left out."""
    operator, unit = (None if part and _NONE.match(key(part)) else part for part in (operator, unit))
    sign = key(operator or "")
    qualitative = sign in ("定性", "定性指标", "定性描述")
    shown = (
        "".join(p for p in ("" if qualitative or sign in ("定量", "定量指标") else operator, text, unit) if p) or None
    )
    if operator is None and unit is None:
        return _parse(shown, key(shown or ""))
    value = _number(key(text or ""))
    if value is not None and not qualitative and not _DAY.match(key(f"{text}{unit or ''}")):
        return Target(shown, "numeric", _SIGN.get(sign) or _WORDS.get(sign), value, None, _plain_unit(unit))
    if qualitative and value is None:
        return Target(shown, "qualitative" if text else "empty")
    parsed = _parse(shown, key(shown or ""))
    return Target(shown, parsed.kind, parsed.operator, parsed.value, parsed.value_high, parsed.unit, parsed.on)


def _parse(shown: str | None, plain: str) -> Target:
    plain = _SQUARE.sub(lambda m: _POWERS[m[1] + m[2]], plain)
    plain = _TRAILING.sub("", plain)
    if _EMPTY.match(plain):
        return Target(shown, "empty")
    if _PLACEHOLDER.search(_TIMES.sub("", plain)):
        return Target(shown, "placeholder", _leading_sign(plain))
    for parse in (_frequency, _range, _numeric):
        target = parse(shown, plain)
        if target is not None:
            return target
    if _DATE.search(plain) and len(plain) <= 30 and not _SIGNED.match(plain):
        return _date(shown, plain)
    return _signed(shown, plain) or Target(shown, "qualitative", _leading_sign(plain))


def _leading_sign(plain: str) -> str | None:
    """The sign at the front, if it is the only one: of several values (≤5家；≤3人) none is the target's."""
    match = _ANY_SIGN.match(plain)
    return _SIGN[match[0]] if match and len(_ANY_SIGN.findall(plain)) == 1 else None


def _signed(shown: str | None, plain: str) -> Target | None:
    """A sign and a number behind words that hold numbers themselves: 1-12月执行率≥95%."""
    match = _SIGNED.match(plain)
    if match is None:
        return None
    return Target(shown, "numeric", _SIGN[match["op"]], _number(match["number"]), None, _plain_unit(match["unit"]))


def _number(plain: str) -> Decimal | None:
    return Decimal(plain.replace(",", "")) if len(plain) <= 18 and _PLAIN.fullmatch(plain) else None


def _plain_unit(unit: str | None) -> str | None:
    """A unit without the brackets some exports put around it, percent as its sign."""
    if not unit:
        return None
    match = re.fullmatch(r"[(（](.+)[)）]", unit)
    plain = _AND_MORE.sub("", (match[1] if match else unit).strip())
    # behind a percent sign a sentence may go on
    return "%" if plain in _PERCENT or (plain.startswith("%") and len(plain) > LONGEST_UNIT) else plain or None


def _operator(op: str | None, after: str | None = None) -> str | None:
    if op:
        return _SIGN.get(op) or _WORDS.get(op) or (_AFTER.get(after) if after else None)
    return _AFTER.get(after) if after else None


def _frequency(shown: str | None, plain: str) -> Target | None:
    match = _FREQUENCY.match(plain)
    if match is None:
        return None
    number, unit, per = (
        match["number"] or match["number2"],
        match["unit"] or match["unit2"],
        match["per"] or match["per2"],
    )
    return Target(shown, "frequency", _operator(match["op"] or match["op2"]), _number(number), None, f"{unit}/{per}")


def _range(shown: str | None, plain: str) -> Target | None:
    match = _RANGE.match(plain)
    if match is None or _DATE.search(plain):
        return None
    low, high = _number(match["low"]), _number(match["high"])
    if low is None or high is None:
        return None
    if "±" in plain:
        low, high = low - high, low + high
    return Target(shown, "range", "between", low, high, _plain_unit(match["unit"] or match["u1"]))


def _numeric(shown: str | None, plain: str) -> Target | None:
    match = _NUMERIC.match(plain)
    if match is None or _is_date(match["number"], match["unit"], plain):
        return None
    if match["lead"] not in ("", "》") and not match["op"]:
        return None
    value = _number(match["number"])
    if value is None:
        return None
    return Target(shown, "numeric", _operator(match["op"], match["after"]), value, None, _plain_unit(match["unit"]))


def _is_date(number: str, unit: str, plain: str) -> bool:
    """2026年, 2026.12, =20261125日 and 12月底前 are dates; 1年 and 12个月 are durations."""
    whole = number.startswith("20") and (
        (len(number) == 4 and unit.startswith("年"))
        or re.fullmatch(r"=?20\d\d\.(?:0[1-9]|1[0-2])", plain)
        or re.fullmatch(r"=?20\d\d(?:0[1-9]|1[0-2])[0-3]\d日?", plain)
    )
    return bool(whole or re.search(r"月(?:底|份|末|初|前)|^\d{1,2}月\d", plain))


def _date(shown: str | None, plain: str) -> Target:
    dates = parse_dates(plain)
    operator = "<=" if re.search(r"(?:前|之前|以前|底前|内)(?:完成)?$", plain) else _leading_sign(plain)
    on = dates[-1].last() if dates and (dates[-1].month or re.search("年(?:底|末)", plain)) else None
    return Target(shown, "date", operator, on=on)
