"""Labels, layouts and other entries of one's own, beside those of the package in `schemas/`.

A folder of such files is read once, by the process that begins the work. Their texts then go to all its processes, here
and on other machines, so all of them read with the entries that the fingerprint of the run stands for.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import KnowledgeError
from pipeline.messages import Text, system_reason, t
from pipeline.regular_file import read_regular

FILES = (
    *("announcements.toml", "budget_tables.toml", "codes.toml", "counties.toml", "label_patterns.toml", "labels.toml"),
    *("layouts.toml", "other_forms.toml", "projects.toml", "regions.toml", "taxonomy.toml"),
)
"""Files of `schemas/` that may have one of one's own; the others are the contract of the dataset."""

_OPEN = {"regions.regions", "counties.counties", "projects.organs.short"} | {
    f"codes.{basis}" for basis in ("functional", "economic_department", "economic_government")
}
"""Tables with any keys; of others, own files have the keys that the package's file has."""


@dataclass(frozen=True, slots=True)
class OwnSchemas:
    """The files of a folder: their names with their texts, in order. Without files: the package's entries alone."""

    folder: str = ""
    files: tuple[tuple[str, str], ...] = ()

    def text(self, name: str) -> str | None:
        """The text of a file, None where the folder has none of this name."""
        return dict(self.files).get(name)

    def shown(self, name: str) -> str:
        """A file as messages and explanations name it."""
        return os.path.join(self.folder, name)

    @property
    def digest(self) -> str:
        """The digest of all files, whatever the folder is called; empty without files."""
        digest = hashlib.sha256()
        for name, text in self.files:
            digest.update(f"{name}\0{len(text)}\0{text}".encode())
        return digest.hexdigest() if self.files else ""


NONE = OwnSchemas()


def read_own_schemas(folder: Path | None) -> OwnSchemas:
    """The files of a folder; none of no folder. Raises `KnowledgeError` for a folder that is not there, and for a TOML
    file that no name of the package fits, as its entries would be missed without a word."""
    if folder is None:
        return NONE
    try:
        names = sorted(path.name for path in folder.iterdir() if path.suffix.lower() == ".toml")
        if unknown := [name for name in names if name not in FILES]:
            raise KnowledgeError(
                "schemas.folder",
                t(
                    "{path}: no file of this name is read; there are {files}",
                    path=folder / unknown[0],
                    files=", ".join(FILES),
                ),
            )
        return OwnSchemas(str(folder), tuple((name, read_regular(folder / name).decode("utf-8-sig")) for name in names))
    except FileNotFoundError as error:
        raise KnowledgeError(
            "schemas.folder",
            t(
                "there is no folder {folder} of layouts and labels of your own: name it (--schemas); "
                "an empty folder leaves those of the package alone",
                folder=folder,
            ),
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        why = system_reason(error) if isinstance(error, OSError) else error
        raise KnowledgeError(
            "schemas.unreadable", t("{name}: cannot be read: {error}", name=folder, error=why)
        ) from error


class _Used:
    """The schemas that this process reads with: one process works on one dataset."""

    own: OwnSchemas = NONE


def use_own_schemas(own: OwnSchemas) -> None:
    """Makes the dictionaries of this process those of the package with these entries."""
    _Used.own = own


def own_schemas() -> OwnSchemas:
    """The entries of one's own that this process reads with."""
    return _Used.own


def merged(packaged: Mapping[str, Any], own: Mapping[str, Any], shown: str, where: tuple[str, ...]) -> dict[str, Any]:
    """The contents of a file of the package with those of one's own.

    A list of texts adds to the package's, a table adds to it key by key, a single value replaces. A list of entries
    stands before the package's, where it counts first; of the package's, those with the same `match` are left out.
    `shown` and `where`, the path of keys with the file's stem, name the place in errors.

    Raises `KnowledgeError` for a key that the package does not know, or a value of another kind.
    """
    found = dict(packaged)
    for name, value in own.items():
        place = ".".join((*where, name)).partition(".")[2]
        if name in packaged:
            found[name] = _merged_value(packaged[name], value, shown, (*where, name))
        elif ".".join(where) in _OPEN:
            _check_kind(next(iter(packaged.values())), value, shown, place)
            found[name] = value
        else:
            raise KnowledgeError(
                "schemas.invalid",
                t(
                    "{name}: {where} is not known; there are {known}",
                    name=shown,
                    where=place,
                    known=sorted(packaged),
                ),
            )
    return found


def _merged_value(packaged: Any, own: Any, shown: str, where: tuple[str, ...]) -> Any:
    _check_kind(packaged, own, shown, ".".join(where).partition(".")[2])
    if isinstance(packaged, dict):
        return merged(packaged, own, shown, where)
    if not isinstance(packaged, list):
        return own
    if packaged and isinstance(packaged[0], dict):
        matches = [entry.get("match") for entry in own if isinstance(entry, dict)]
        return [*own, *(entry for entry in packaged if entry["match"] not in matches)]
    return [*packaged, *(text for text in own if text not in packaged)]


_KINDS: tuple[tuple[type | tuple[type, ...], Text], ...] = (
    (dict, t("{name}: {where} = {value!r} is not a table, as in the package")),
    (list, t("{name}: {where} = {value!r} is not a list, as in the package")),
    (str, t("{name}: {where} = {value!r} is not a text, as in the package")),
    ((int, float), t("{name}: {where} = {value!r} is not a number, as in the package")),
)


def _check_kind(packaged: Any, own: Any, shown: str, place: str) -> None:
    wrong = next((text for kind, text in _KINDS if isinstance(packaged, kind) and not isinstance(own, kind)), None)
    if isinstance(packaged, list) and isinstance(own, list) and packaged:
        kind = type(packaged[0])
        if not all(isinstance(one, kind) for one in own):
            wrong = t("{name}: {where} = {value!r} has entries of another kind than the package")
    if wrong is not None:
        raise KnowledgeError("schemas.invalid", wrong.filled(name=shown, where=place, value=own))
