"""The layouts that documents are read with, and what they add to the fingerprint. Nothing heavy is imported here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from pipeline.dictionaries import load_layouts
from pipeline.forms.dictionary import Layout

SEPARATOR = "."
"""A fingerprint is that of the code and of what all documents share, this, and a digest of all layouts."""


@dataclass(frozen=True, slots=True)
class Layouts:
    """A set of layouts: the digest of each one's content by its id; `known` are the layouts themselves."""

    contents: Mapping[str, str]
    known: tuple[Layout, ...] = ()

    @property
    def digest(self) -> str:
        """16 hexadecimal digits over all of them."""
        return _digest(json.dumps(dict(sorted(self.contents.items()))))


@cache
def shipped_layouts() -> Layouts:
    """The layouts of this installation."""
    return layouts_of(load_layouts())


def layouts_of(files: Mapping[str, Layout]) -> Layouts:
    """Layouts by the name of their file, which decides between two that fit equally well."""
    return Layouts({layout.id: _digest(f"{name}\0{layout}") for name, layout in files.items()}, tuple(files.values()))


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def shared_part(fingerprint: str) -> str:
    """What a fingerprint says of everything but the layouts."""
    return fingerprint.partition(SEPARATOR)[0]
