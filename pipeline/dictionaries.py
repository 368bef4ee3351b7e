"""Loads labels, layouts, taxonomy, regions and naming rules from `schemas/`, with the entries of one's own.

Every file is checked on load.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import schemas
from pipeline.budget.dictionary import BudgetKnowledge, CodeNames
from pipeline.errors import KnowledgeError
from pipeline.fields.places import Places
from pipeline.fields.region import Regions
from pipeline.forms.dictionary import Knowledge, Taxonomy
from pipeline.forms.layouts import GENERIC
from pipeline.messages import t
from pipeline.own_schemas import OwnSchemas, merged, own_schemas, read_own_schemas, use_own_schemas
from pipeline.projects.names import Naming
from pipeline.schema_entries import (
    check_codes,
    make_announcements,
    make_budget,
    make_code_names,
    make_labels,
    make_layouts,
    make_level1,
    make_level2,
    make_others,
    make_parents,
    make_patterns,
    make_tasks,
)
from pipeline.text import key

Built = TypeVar("Built")
Value = TypeVar("Value")


def load_knowledge(folder: Path | None = None, own: OwnSchemas | None = None) -> Knowledge:
    """The knowledge under `schemas/` (or `folder`) with the entries of one's own, of this process if none are given.

    Raises `KnowledgeError` naming the file and the wrong entry.
    """
    return _knowledge(_files(own, folder))


@lru_cache(maxsize=4)
def _knowledge(files: _Files) -> Knowledge:
    labels, tasks = files.mapping("labels.toml", "label", make_labels), files.mapping("labels.toml", "task", make_tasks)
    patterns = files.listed(
        "label_patterns.toml", "pattern", make_patterns, lambda p: (p.match.pattern, p.label.means, p.under)
    )
    layouts = files.listed("layouts.toml", "layout", make_layouts, lambda layout: layout.id)
    if all(layout.id != GENERIC for layout in layouts):
        raise KnowledgeError(
            "schemas.invalid",
            t("{name}: there is no layout {generic!r}, which every form fits", name="layouts.toml", generic=GENERIC),
        )
    others = files.listed("other_forms.toml", "other_form", make_others, lambda form: form.name)
    announcements = files.listed(
        "announcements.toml", "announcement", make_announcements, lambda pattern: pattern.pattern
    )
    return Knowledge(labels, layouts, _taxonomy(files), others, announcements, patterns, tasks)


def _taxonomy(files: _Files) -> Taxonomy:
    """Names of one's own add to those of the package; the codes are the package's, as columns of the dataset are."""
    name, parts = "taxonomy.toml", []
    for part, build in (("level1", make_level1), ("level2", make_level2)):
        packaged, own = files.parts(name, part, build)
        codes = set(packaged.values())
        if unknown := sorted(set(own.values()) - codes):
            shown = files.own.shown(name)
            raise KnowledgeError(
                "schemas.invalid",
                t(
                    "{name}: {where} is none of {allowed}",
                    name=shown,
                    where=f"{part}.{unknown[0]}",
                    allowed=sorted(codes),
                ),
            )
        parts.append({**packaged, **own})
    return Taxonomy(parts[0], parts[1], files.mapping(name, "level2", make_parents))


def load_budget_knowledge(folder: Path | None = None, own: OwnSchemas | None = None) -> BudgetKnowledge:
    """What titles, headings and labels of budget tables mean; otherwise as `load_knowledge`."""
    return _budget_knowledge(_files(own, folder))


@lru_cache(maxsize=4)
def _budget_knowledge(files: _Files) -> BudgetKnowledge:
    knowledge = files.whole("budget_tables.toml", make_budget)
    check_codes(
        files.packaged("budget_tables.toml"), files.mine("budget_tables.toml"), files.own.shown("budget_tables.toml")
    )
    return knowledge


def load_code_names(folder: Path | None = None, own: OwnSchemas | None = None) -> CodeNames:
    """The names that classification codes were observed with; otherwise as `load_knowledge`."""
    return _all_code_names(_files(own, folder))


@lru_cache(maxsize=4)
def _all_code_names(files: _Files) -> CodeNames:
    return files.whole("codes.toml", make_code_names)


def load_regions(own: OwnSchemas | None = None) -> Regions:
    """Regions by code of GB/T 2260; otherwise as `load_knowledge`."""
    return _all_regions(_files(own))


@lru_cache(maxsize=4)
def _all_regions(files: _Files) -> Regions:
    return files.whole("regions.toml", _regions)


def load_places(own: OwnSchemas | None = None) -> Places:
    """The names of all provinces, prefectures and counties; loaded when a page was recognised, as it takes 15 ms."""
    return _all_places(_files(own))


@lru_cache(maxsize=4)
def _all_places(files: _Files) -> Places:
    counties = files.whole("counties.toml", lambda data, _name: data["counties"])
    return Places(_all_regions(files), {code: tuple(names) for code, names in counties.items()})


def load_naming(own: OwnSchemas | None = None) -> Naming:
    """The known variations in names of organs and projects; otherwise as `load_knowledge`."""
    return _all_naming(_files(own))


@lru_cache(maxsize=4)
def _all_naming(files: _Files) -> Naming:
    return files.whole("projects.toml", _naming)


def forget_loaded() -> None:
    """Makes the next one who asks read the files again, which in the life of a process do not change otherwise."""
    for loaded in (_knowledge, _budget_knowledge, _all_code_names, _all_regions, _all_places, _all_naming):
        loaded.cache_clear()


def use_schemas(folder: Path | None) -> OwnSchemas:
    """Makes this process read with the layouts and labels of a folder beside those of the package, and gives them.

    Raises `KnowledgeError` when there is no such folder, or naming its wrong file and entry.
    """
    own = read_own_schemas(folder)
    _check(own)
    use_own_schemas(own)
    return own


def _check(own: OwnSchemas) -> None:
    """Raises `KnowledgeError` naming the file and the entry of one's own that is wrong, whichever is needed first."""
    if own.files:
        load_knowledge(own=own)
        load_budget_knowledge(own=own)
        load_code_names(own=own)
        load_places(own=own)
        load_naming(own=own)


@dataclass(frozen=True, slots=True)
class _Files:
    """The files of the package, or of a folder in its place, and those of one's own."""

    folder: Path
    own: OwnSchemas

    def packaged(self, name: str) -> dict[str, Any]:
        """The contents of a file. Raises `KnowledgeError` when it cannot be read."""
        try:
            text = (self.folder / name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise _unreadable(name, error) from error
        return _parsed(text, name)

    def mine(self, name: str) -> dict[str, Any]:
        """The contents of a file of one's own; nothing where there is none."""
        text = self.own.text(name)
        return {} if text is None else _parsed(text, self.own.shown(name))

    def whole(self, name: str, build: Callable[[dict[str, Any], str], Built]) -> Built:
        """What `build` makes of both files together; errors name the file of one's own, as the other one is sound."""
        packaged, own = self.packaged(name), self.mine(name)
        if not own:
            return _shaped(build, packaged, name)
        shown = self.own.shown(name)
        return _shaped(build, merged(packaged, own, shown, (Path(name).stem,)), shown)

    def parts(self, name: str, part: str, build: Callable[[Any, str], Built]) -> tuple[Built, Built]:
        """What `build` makes of the entries `part` of the package, and of those of one's own."""
        packaged, own = self.packaged(name), self.mine(name)
        shown = self.own.shown(name)
        if unknown := sorted(own.keys() - packaged.keys()):
            raise KnowledgeError(
                "schemas.invalid",
                t(
                    "{name}: {where} is not known; there are {known}",
                    name=shown,
                    where=unknown[0],
                    known=sorted(packaged),
                ),
            )
        entries = packaged.get(part, [])
        none: Any = {} if isinstance(entries, dict) else []
        return _shaped(build, entries, name), _shaped(build, own.get(part, none), shown)

    def mapping(self, name: str, part: str, build: Callable[[Any, str], Mapping[str, Value]]) -> Mapping[str, Value]:
        """Both files together: a key of one's own replaces that of the package."""
        packaged, own = self.parts(name, part, build)
        return {**packaged, **own}

    def listed(
        self,
        name: str,
        part: str,
        build: Callable[[Any, str], tuple[Value, ...]],
        identity: Callable[[Value], Hashable],
    ) -> tuple[Value, ...]:
        """Both files together: entries of one's own stand first; they replace those with the same identity."""
        packaged, own = self.parts(name, part, build)
        replaced = set(map(identity, own))
        return (*own, *(entry for entry in packaged if identity(entry) not in replaced))


def _files(own: OwnSchemas | None, folder: Path | None = None) -> _Files:
    return _Files(folder or Path(schemas.__file__).parent, own_schemas() if own is None else own)


def _regions(data: dict[str, Any], name: str) -> Regions:
    for code in data["regions"]:
        if not re.fullmatch(r"[0-9]{6}", code):
            raise KnowledgeError(
                "schemas.invalid", t("{name}: {code!r} is no code of six digits", name=name, code=code)
            )
    return Regions(data["regions"], frozenset(data["shared"]))


def _naming(data: dict[str, Any], _name: str) -> Naming:
    organs, names, similar = data["organs"], data["names"], data["similar"]
    return Naming(
        _longest_first(organs["ended"]),
        _longest_first(organs["begun"]),
        {short: key(organs["short"][short]) for short in _longest_first(organs["short"])},
        _longest_first(names["ended"]),
        names["least"],
        re.compile("|".join(map(re.escape, _longest_first(similar["words"])))),
        similar["least_score"],
    )


def _longest_first(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(map(key, texts), key=lambda text: (-len(text), text)))


def _parsed(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # beside TOMLDecodeError: of numbers too long, of lists too deep
        raise _unreadable(name, error) from error


def _unreadable(name: str, error: Exception) -> KnowledgeError:
    return KnowledgeError("schemas.unreadable", t("{name}: cannot be read: {error}", name=name, error=error))


def _shaped(build: Callable[[Any, str], Built], data: Any, name: str) -> Built:
    """What `build` makes of contents. Raises `KnowledgeError` with the file's name for a wrong shape."""
    try:
        return build(data, name)
    except (TypeError, AttributeError, ValueError, KeyError) as error:
        message = t(
            "{name}: is not built as it should be, compare it with the file of the package: {error}",
            name=name,
            error=error,
        )
        raise KnowledgeError("schemas.invalid", message) from error
