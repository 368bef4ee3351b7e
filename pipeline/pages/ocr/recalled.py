"""What was read of a page before is not read again: each line's image stands for what the model made of it.

The models are functions of an image, and reading is nearly all that a scan costs. So what is kept stays right when the
program finds lines otherwise; only lines not met before are read then.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from pipeline.pages.ocr.model import Char, Pixels, Recogniser

if TYPE_CHECKING:
    from pipeline.pages.ocr.model import Colour, Grey


class Store(Protocol):
    """Keeps bytes under names of hexadecimal digits."""

    def load(self, name: str) -> bytes | None:
        """What was kept, or None; also when it is damaged in a way the store can tell."""
        ...

    def save(self, name: str, data: bytes) -> None:
        """Keeps `data`, whole or not at all."""
        ...


class NotRecalled(LookupError):
    """A line is not known, and there is no recogniser to read it."""


class Recalled:
    """A recogniser that remembers one page. `behind` reads what is not known; None raises NotRecalled instead."""

    def __init__(self, version: str, behind: Recogniser | None, store: Store, page: Colour) -> None:
        self.version = version
        self._behind, self._store = behind, store
        self._name = _digest(page, version)
        self._known = _parsed(store.load(self._name))
        self._used: dict[str, list[list[object]]] = {}

    def find(self, image: Grey) -> list[Pixels]:
        name = _digest(image, "find")
        if name not in self._known:
            self._known[name] = [list(box) for box in self._reader.find(image)]
        self._used[name] = self._known[name]
        return [Pixels(*box) for box in self._known[name]]  # type: ignore[arg-type]

    def read(self, lines: Sequence[Grey]) -> list[tuple[Char, ...]]:
        names = [_digest(line, "read") for line in lines]
        new = {name: line for name, line in zip(names, lines, strict=True) if name not in self._known}
        if new:
            for name, chars in zip(new, self._reader.read(list(new.values())), strict=True):
                self._known[name] = [[c.text, round(c.at, 4), round(c.confidence, 3)] for c in chars]
        self._used |= {name: self._known[name] for name in names}
        return [tuple(Char(*char) for char in self._known[name]) for name in names]  # type: ignore[arg-type]

    def keep(self) -> None:
        """Saves what was found and read since the page was opened, and nothing that is no longer needed."""
        data = json.dumps(self._used, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        self._store.save(self._name, zlib.compress(data.encode()))

    @property
    def _reader(self) -> Recogniser:
        if self._behind is None:
            raise NotRecalled(self._name)
        return self._behind


def _digest(image: Grey | Colour, use: str) -> str:
    digest = hashlib.sha256(f"{use} {image.shape}\0".encode())
    digest.update(image.tobytes())
    return digest.hexdigest()[:32]


def _parsed(data: bytes | None) -> dict[str, list[list[object]]]:
    """What was kept; nothing if it is damaged."""
    if data is None:
        return {}
    try:
        known = json.loads(zlib.decompress(data))
    except (zlib.error, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
