"""Dates and periods in the notations that forms use, with their precision."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from pipeline.text import key

_SEPARATED = r"(20\d\d|19\d\d)(?:年|[-/.])(\d{1,2})(?:(?:月|[-/.])(\d{1,2})日?|月?)"
_COMPACT = r"(20\d\d|19\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])"
_YEAR = r"(20\d\d|19\d\d)年?度?"
# a second date that leaves out its year, and the month's 月 before the dash: 2026年3-6月, 2026年3月1日-6月30日
_SHARED_YEAR = re.compile(
    r"(20\d\d|19\d\d)(?:年|[-/.])(\d{1,2})(?:月(?:(\d{1,2})日)?)?(?:-+|~|至|到)(\d{1,2})月(?:(\d{1,2})日)?"
)
_DATE = re.compile(f"{_COMPACT}(?!\\d)|{_SEPARATED}(?!\\d)|{_YEAR}(?!\\d)")


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date as far as it is printed: `precision` is day, month or year."""

    year: int
    month: int | None
    day: int | None

    @property
    def precision(self) -> str:
        return "day" if self.day else "month" if self.month else "year"

    def first(self) -> date:
        """The first day that the printed date can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    def last(self) -> date:
        """The last day that the printed date can mean."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])


def parse_dates(text: str) -> list[PrintedDate]:
    """All dates in a text, in order; impossible ones (month 13) are left out."""
    found: list[PrintedDate] = []
    for match in _DATE.finditer(_SHARED_YEAR.sub(_with_years, key(text))):
        groups = next(g for g in (match.groups()[:3], match.groups()[3:6], match.groups()[6:]) if g[0])
        year, month, day = (int(g) if g else None for g in (*groups, None, None)[:3])
        assert year is not None
        if _possible(year, month, day):
            found.append(PrintedDate(year, month, day))
    return found


def _with_years(match: re.Match[str]) -> str:
    """A period whose second date leaves out its year, with it."""
    year, first, day, second, last = match.groups()
    return f"{year}年{first}月{f'{day}日' if day else ''}至{year}年{second}月{f'{last}日' if last else ''}"


def _possible(year: int, month: int | None, day: int | None) -> bool:
    if month is None:
        return True
    return 1 <= month <= 12 and (day is None or 1 <= day <= calendar.monthrange(year, month)[1])


def parse_year(text: str) -> int | None:
    """The fiscal year named in a title or a year line: the only one, or the one before 年度."""
    plain = key(text)
    marked = re.findall(r"(20\d\d)年度", plain)
    years = marked or re.findall(r"(20\d\d)年", plain) or re.findall(r"(?<!\d)(20\d\d)(?!\d)", plain)
    return int(years[0]) if len(set(years)) == 1 else None
