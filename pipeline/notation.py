"""Regular expressions for what forms print everywhere: amounts, units of money, year lines and names of organs.

Each notation is defined here once; packages that need a special case build it from these parts.
"""

from __future__ import annotations

import re

from pipeline.text import key

_GROUPED = r"\d{1,3}(?:[,，]\d{3})++(?!\d)"
NUMBER = rf"(?<!\d)(?<!\d[.,，、])(?>{_GROUPED}|\d++)(?>\.\d++)?+(?![.,，、]?\d)"
"""A whole number in a sentence, with thousands separators of either width: never a piece of one, as 860 of 860,0001."""

UNIT = "百亿元|亿元|千万元|百万元|十万元|万元|千元|百元|元"
"""Units of money as the heading of a form or column prints them."""

AMOUNT_UNIT = f"(?:{UNIT}|亿|万)"
"""Units of money behind an amount, where 元 may be left out. 整 (exactly) may follow."""

AMOUNT = rf"{NUMBER}\s*{AMOUNT_UNIT}整?"
"""An amount with its unit in a sentence: 1,720.5 万元, 860,000元整."""

AMOUNT_OR_NUMBER = rf"{NUMBER}\s*(?:{AMOUNT_UNIT}整?)?"
"""An amount in a sentence whose unit may be printed elsewhere."""

CURRENCY = "(?:人民币|RMB|CNY)?:?¥?"
"""The sign of the currency before an amount, after `plain_amount`."""

_DIGIT = "[零一二三四五六七八九壹贰叁肆伍陆柒捌玖]"
CHINESE_NUMBER = (
    f"[零〇一二三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰仟万亿两]+[元圆](?:{_DIGIT}角?)?(?:{_DIGIT}+分)?[整正]?"
)
"""An amount in Chinese numerals: 捌拾陆万元整. Which of these texts are numbers, `fields.chinese_numbers` says."""

FOOTNOTE = r"(?:[*※#†‡★☆]|\[\d{1,2}\]|〔\d{1,2}〕|\(?注\d{0,2}\)?)"
"""A mark of a footnote at an amount, after `plain_amount`."""

_GROUPS = r"\d{1,3}(?:(?:,\d{3})++|(?:['’]\d{3})++|(?:、\d{3})*、000)(?!\d)"
PRINTED_AMOUNT = re.compile(
    rf"^{FOOTNOTE}*+(?:约|大约|共计?|合?计)?(?P<open>\()?(?P<sign>[-+△▲负])?{CURRENCY}(?P<inner>[-+])?"
    rf"(?:(?P<number>(?:(?>{_GROUPS}|\d++)(?>\.\d++)?+|\.\d++))|(?P<words>{CHINESE_NUMBER}))"
    rf"(?P<minus>-)?(?P<close>\))?(?:\(?(?P<unit>{AMOUNT_UNIT})\)?)?(?:人民币)?[整正]?(?:左右)?(?P<end>\))?"
    rf"(?:\((?:人民币|大写|:)*(?P<said>{CHINESE_NUMBER})\))?{FOOTNOTE}*+$",
    re.ASCII,
)
"""An amount that is a whole text after `plain_amount`; `parse_amount` says which of these are numbers."""

_RAISED = re.compile("[²³¹⁰⁴-⁹₀-₉①-⒛⓪-⓿❶-➓㉑-㉟㊱-㊿]")  # would be digits after NFKC

AMOUNT_CELL = re.compile(
    r"^(?=.*\d)\s*[*＊※①-⑳]*(?:约|大约|共计?|合?计)?[-－−+＋△▲负(（]*(?:人民币|RMB)?[:：]?[￥¥]?[-－−]?"
    r"\s*[.．]?\d(?:[\d,，.．'’\s]|、\d{3})*"
    rf"[-－−]?[)）]?(?:[(（]?{AMOUNT_UNIT}[)）]?(?:人民币)?[整正]?|%)?[)）]?(?:左右)?(?:[(（][^()（）]*[元圆][^()（）]*[)）])?"
    r"(?:[*＊※#†‡★☆①-⒛¹²³⁰⁴-⁹]|[\[〔]\d{1,2}[\]〕]|[(（]?注\d{0,2}[)）]?)*\s*$"
    r"|^[-—－–/\s*]+$"
    rf"|^(?:人民币)?[:：]?{CHINESE_NUMBER}$"
)
"""A cell for an amount: digits, though they may be no number (1.2.3, which gives a finding), or a mark for none."""


def plain_amount(text: str) -> str:
    """A text for `PRINTED_AMOUNT`: its `text.key`, but with ① and raised digits as ※, since they are no digits."""
    return key(text if text.isascii() else _RAISED.sub("※", text))


UNIT_NAMED = re.compile(
    rf"(?:(?:金额)?单位\s*[:：(（为]?\s*(?:人民币\s*[:：(（]?)?|[(（\[/,，](?:人民币[:：]?)?"
    rf"|^(?:人民币)?[:：(（]?(?=(?:{UNIT})[)）]?$))({UNIT})"
)
"""The unit of money, group 1, that a label or a line names: （万元）, 单位：元, 金额单位:人民币万元, 万元 alone."""

YEAR_LINE = re.compile(r"^[(（\[【]*20\d\d[(（]?年?度?[)）\]】]*$")
"""A line that prints a year alone, as a key: 2023年度, (2023), 2023(年)."""

PAGE_NUMBER = re.compile(r"^(?:第\d+页(?:[，,/]?共\d+页)?|[-—–－]\d+[-—–－])$")
"""A page's number as its foot prints it, as a key: 第3页, - 3 -."""

ORGAN_ENDING = (
    "(?:局|委|厅|办公室|部|院|会|中心|政府|街道办事处|处|队|署|站|馆|所|学校|大学|中学|小学|集团|公司|联|社"
    "|党组|校|园|台|基地)"
)
"""How names of departments and units end."""
