"""The places that names of organs begin with: known ones, and unknown ones with the known names near them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from pipeline.fields.region import Regions

_PLACE = re.compile(r"[一-龥]{2,8}?(?:省|自治区|自治州|地区|盟|市(?!场|民)|自治县|县|区(?!域)|旗)")
_BEFORE = re.compile(r"^(?:\d{4}年(?:度)?)?(?:中共|中国共产党)?")
_ZONE = re.compile(r"(?:新|高新|经开|开发|保税|示范|度假|风景|景|园|港|实验|管理|片)区$")
"""Districts that are no administrative divisions: no table has them all."""

NEAR = 8
"""Near names that a message repeats: of a prefecture with two characters and its ending there are up to a dozen."""


@dataclass(frozen=True, slots=True)
class UnknownPlace:
    """A printed place that no table knows, and known names that differ from it in one character."""

    name: str
    near: tuple[str, ...]


@dataclass(frozen=True)
class Places:
    """Provinces and prefectures of `regions`, and `counties` by the code of the prefecture that they lie in."""

    regions: Regions
    counties: Mapping[str, tuple[str, ...]]

    def unknown_in(self, text: str) -> UnknownPlace | None:
        """The first place of those that a text (a key) begins with that no table knows; None when all are known.

        After a known place only a name near to one within it counts: districts of their own making are many. A name of
        one character and its ending, and a name that is near to none, may be anything, and is not returned.
        """
        rest, within = _BEFORE.sub("", text, count=1), ""
        while (known := self._known_at(rest, within)) is not None:
            rest, within = rest[len(known[0]) :], known[1]
        match = _PLACE.match(rest)
        if match is None or len(match[0]) < 3 or _ZONE.search(match[0]):
            return None
        near = self._near(match[0], within)
        return UnknownPlace(match[0], near[:NEAR]) if near else None

    def _known_at(self, text: str, within: str) -> tuple[str, str] | None:
        """The longest known name that a text begins with, and the digits that the codes within it begin with."""
        for length in range(min(len(text), self._longest), 1, -1):
            stems = [stem for stem in self._stems.get(text[:length], ()) if stem.startswith(within)]
            if stems:
                return text[:length], stems[0]
        return None

    def _near(self, name: str, within: str) -> tuple[str, ...]:
        """Known names, within a place or anywhere, that differ from a name in one character and not in its ending."""
        return tuple(
            known
            for known, stems in self._stems.items()
            if len(known) == len(name)
            and known[-1] == name[-1]
            and sum(a != b for a, b in zip(known, name, strict=True)) == 1
            and any(stem.startswith(within) for stem in stems)
        )

    @cached_property
    def _stems(self) -> Mapping[str, tuple[str, ...]]:
        """Of each name, in full and without its ending, the stems of the codes that have it: large places first."""
        stems: dict[str, list[str]] = defaultdict(list)
        for code, name in self.regions.names.items():
            stems[name].append(re.sub(r"(?:00)+$", "", code))
        for code, names in self.counties.items():
            for name in names:
                stems[name].append(f"{code[:4]}xx")
        for code in self.regions.names:
            for name in self.regions.around(code)[-1:] if code.endswith("00") else ():
                if name not in stems:
                    stems[name].append(re.sub(r"(?:00)+$", "", code))
        return {name: tuple(sorted(found, key=len)) for name, found in stems.items()}

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self._stems))
