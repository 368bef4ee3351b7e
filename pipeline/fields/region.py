"""Regions by GB/T 2260: the most particular one that a text names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

MUNICIPALITIES = ("11", "12", "31", "50")
_SHORT = re.compile(r"^(?P<short>..+)(?:省|市|壮族自治区|回族自治区|维吾尔自治区|(?<!族)自治区)$")
_OTHER_PLACE = re.compile(r"[省市区县州盟旗镇乡街路村]|大学")  # after a short name: another place, or no place at all


@dataclass(frozen=True, slots=True)
class Region:
    """A code of six digits and its official name."""

    code: str
    name: str

    @property
    def stem(self) -> str:
        """The digits that the codes of all regions within it begin with."""
        return re.sub(r"(?:00)+$", "", self.code)


@dataclass(frozen=True)
class Regions:
    """Names by code, and the codes of districts whose names other places have, too."""

    names: Mapping[str, str]
    shared: frozenset[str]

    @cached_property
    def _by_name(self) -> Mapping[str, Region]:
        return {name: Region(code, name) for code, name in self.names.items()}

    @cached_property
    def _by_short_name(self) -> Mapping[str, Region]:
        """Provinces and prefectures by the name that people use; the larger region where two have the same."""
        short: dict[str, Region] = {}
        for region in sorted(self._by_name.values(), key=lambda r: r.code):
            if region.code.endswith("00") and (match := _SHORT.match(region.name)):
                short.setdefault(match["short"], region)
        return short

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(re.escape(name) for name in sorted(self._by_name, key=len, reverse=True)))

    def named_by(self, text: str) -> Region | None:
        """The most particular region that a text (a key) names in full, within the first one it names.

        A district stands behind its municipality, or begins the text where no other place has its name.
        """
        best: Region | None = None
        for match in self._pattern.finditer(text):
            region = self._by_name[match[0]]
            if best is None:
                if self._stands_alone(region, text, match.start()):
                    best = region
            elif region.code.startswith(best.stem):
                best = region
        return best

    def begins(self, text: str) -> Region | None:
        """The province or prefecture whose short name a text begins with, where it is not part of another name."""
        for length in (4, 3, 2):
            region = self._by_short_name.get(text[:length])
            if region is not None and not _OTHER_PLACE.match(text[length:]):
                return region
        return None

    def around(self, code: str) -> tuple[str, ...]:
        """The names, in full and short, of a region and of the regions that it lies in: the largest region first, its
        full name before the short one."""
        found = []
        for end in (2, 4, 6):
            part = code[:end].ljust(6, "0")
            if (name := self.names.get(part)) and name not in found:
                found.append(name)
                if (match := _SHORT.match(name)) and part.endswith("00"):
                    found.append(match["short"])
        return tuple(found)

    def _stands_alone(self, region: Region, text: str, place: int) -> bool:
        if region.code.startswith(MUNICIPALITIES) and not region.code.endswith("0000"):
            city = self.names[region.code[:2] + "0000"]
            return text[:place].endswith(city[:2]) or (place == 0 and region.code not in self.shared)
        return True


def region_of(regions: Regions, publisher: str | None, texts: Iterable[str]) -> Region | None:
    """A document's region: named by its publisher, else by the first other text that names one; all texts are keys."""
    if publisher and (region := regions.named_by(publisher) or regions.begins(publisher)):
        return region
    return next((region for text in texts if (region := regions.named_by(text))), None)
