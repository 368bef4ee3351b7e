"""Regular expressions for what forms print everywhere: amounts, units of money, year lines and names of organs.

Each notation is defined here once; packages that need a special case build it from these parts.
"""

from __future__ import annotations

import re

NUMBER = r"\d++(?:[,，]++\d++)*+(?:\.\d++)?+"
"""A number with thousands separators of either width. Possessive: 860,000元左右 is no amount, and never 860."""

UNIT = "亿元|万元|千元|元"
"""Units of money as the heading of a form or column prints them."""

AMOUNT_UNIT = f"(?:{UNIT}|亿|万)"
"""Units of money behind an amount, where 元 may be left out. 整 (exactly) may follow."""

AMOUNT = rf"{NUMBER}\s*{AMOUNT_UNIT}整?"
"""An amount with its unit in a sentence: 1,720.5 万元, 860,000元整."""

AMOUNT_OR_NUMBER = rf"{NUMBER}\s*(?:{AMOUNT_UNIT}整?)?"
"""An amount in a sentence whose unit may be printed elsewhere."""

AMOUNT_CELL = re.compile(
    rf"^[-－(（]?[\d,，.．\s]*\d[\d,，.．\s]*[)）]?(?:{AMOUNT_UNIT}整?|%)?$|^[-—－–/\s*]+$",
)
"""A cell for an amount: digits, though they may be no number (1.2.3, which gives a finding), or a mark for none."""

UNIT_NAMED = re.compile(rf"(?:(?:金额)?单位\s*[:：(（为]?\s*|[(（\[/,，]|^(?=(?:{UNIT})[)）]?$))({UNIT})")
"""The unit of money, group 1, that a label or a line names: （万元）, 单位：元, 金额单位:万元, 万元 alone."""

YEAR_LINE = re.compile(r"^[(（\[【]*20\d\d[(（]?年?度?[)）\]】]*$")
"""A line that prints a year alone, as a key: 2023年度, (2023), 2023(年)."""

PAGE_NUMBER = re.compile(r"^(?:第\d+页(?:[，,/]?共\d+页)?|[-—–－]\d+[-—–－])$")
"""A page's number as its foot prints it, as a key: 第3页, - 3 -."""

ORGAN_ENDING = (
    "(?:局|委|厅|办公室|部|院|会|中心|政府|街道办事处|处|队|署|站|馆|所|学校|大学|中学|小学|集团|公司|联|社"
    "|党组|校|园|台|基地)"
)
"""How names of departments and units end."""
