"""Loads labels, layouts, taxonomy, regions and naming rules from `schemas/`. Every file is checked on load."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

import schemas
from pipeline.budget.dictionary import AXES, BudgetKnowledge, CodeNames, Kind, RowPatterns, Rule, plain_name
from pipeline.errors import KnowledgeError
from pipeline.fields.places import Places
from pipeline.fields.region import Regions
from pipeline.forms.dictionary import Entry, Knowledge, Label, Layout, Meanings, OtherForm, Pattern, Taxonomy
from pipeline.forms.layouts import GENERIC
from pipeline.forms.roles import COLUMN_ROLES, TASK_COLUMNS, Field, LabelPart, Means, Role, Scope, Section, Source
from pipeline.messages import t
from pipeline.projects.names import Naming
from pipeline.text import key

Built = TypeVar("Built")

LAYOUT_KEYS = {
    *("id", "form_kind", "titles", "needs", "label", "fund_scope", "name_from_title", "of_department", "description")
}
FORM_KINDS = {"project_target", "self_evaluation", "department_overall", "project_narrative"}
SCOPES, SOURCES = set(get_args(Scope)), set(get_args(Source))
COLUMNS, FIELDS = {str(role) for role in COLUMN_ROLES}, {str(field) for field in Field}
SECTIONS = set(get_args(Section))
_NEEDS: dict[str, Mapping[str, AbstractSet[str]]] = {  # required keys of each meaning, with the allowed values
    "field": {"field": FIELDS},
    "fund": {"source": SOURCES},
    "fund_column": {},
    "goal": {},
    "goal_actual": {},
    "block": {},
    "column": {"column": COLUMNS},
    "tasks": {},
    "ignored": {},
    "total_row": {},
    "section": {"section": SECTIONS},
}
_OPTIONAL = {
    "scope": SCOPES,
    "part": set(get_args(LabelPart)),
    "why": None,
    "private": {True, False},
}


@lru_cache(maxsize=4)
def load_knowledge(folder: Path | None = None) -> Knowledge:
    """The knowledge under `schemas/` (or `folder`). Raises KnowledgeError naming the file and the wrong entry."""
    base = folder or Path(schemas.__file__).parent
    labels = _shaped(_labels, base / "labels.toml", "label")
    patterns = _shaped(_patterns, base / "label_patterns.toml", "pattern")
    tasks = _shaped(_tasks, base / "labels.toml", "task")
    layouts = load_layouts(folder)
    others = _shaped(_others, base / "other_forms.toml")
    announcements = _shaped(_announcements, base / "announcements.toml")
    taxonomy = _shaped(_taxonomy, base / "taxonomy.toml")
    return Knowledge(labels, layouts, taxonomy, others, announcements, patterns, tasks)


def load_layouts(folder: Path | None = None) -> tuple[Layout, ...]:
    """The layouts in the order of `layouts.toml`: of two that fit equally well, the first is taken."""
    return _shaped(_layouts, (folder or Path(schemas.__file__).parent) / "layouts.toml", "layout")


@lru_cache(maxsize=4)
def load_budget_knowledge(folder: Path | None = None) -> BudgetKnowledge:
    """What titles, headings and labels of budget tables mean. Raises KnowledgeError naming the wrong entry."""
    return _shaped(_budget, (folder or Path(schemas.__file__).parent) / "budget_tables.toml")


@lru_cache(maxsize=4)
def load_code_names(folder: Path | None = None) -> CodeNames:
    """The names that classification codes were observed with."""
    return _shaped(_code_names, (folder or Path(schemas.__file__).parent) / "codes.toml")


@lru_cache(maxsize=1)
def load_regions() -> Regions:
    """Regions by code of GB/T 2260."""
    data = _read(Path(schemas.__file__).parent / "regions.toml")
    return Regions(data["regions"], frozenset(data["shared"]))


@lru_cache(maxsize=1)
def load_places() -> Places:
    """The names of all provinces, prefectures and counties; loaded when a page was recognised, as it takes 15 ms."""
    data = _read(Path(schemas.__file__).parent / "counties.toml")
    return Places(load_regions(), {code: tuple(names) for code, names in data["counties"].items()})


@lru_cache(maxsize=1)
def load_naming() -> Naming:
    """The known variations in names of organs and projects."""
    data = _read(Path(schemas.__file__).parent / "projects.toml")
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


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise KnowledgeError(
            "schemas.unreadable", t("{name}: cannot be read: {error}", name=path.name, error=error)
        ) from error


def _shaped(build: Callable[[Any, Path], Built], path: Path, part: str | None = None) -> Built:
    """Parse a file, or its key `part`, with `build`. Raises KnowledgeError with the file's name for a wrong shape."""
    data = _read(path)
    try:
        return build(data if part is None else data.get(part, []), path)
    except (TypeError, AttributeError, ValueError, KeyError) as error:
        message = t(
            "{name}: is not built as it should be, compare it with the file of the package: {error}",
            name=path.name,
            error=error,
        )
        raise KnowledgeError("schemas.invalid", message) from error


def _texts(entry: dict[str, Any], name: str, path: Path) -> list[str]:
    """A list of texts. A single text is an error: iterating over it would give characters."""
    texts = entry.get(name, [])
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise KnowledgeError(
            "schemas.invalid",
            t("{name}: {name2} = {texts!r} is no list of texts", name=path.name, name2=name, texts=texts),
        )
    return texts


def _labels(entries: list[dict[str, Any]], path: Path) -> Mapping[str, Meanings]:
    by_key: dict[str, dict[Means, Label]] = {}
    for number, entry in enumerate(entries, start=1):
        means = _checked(entry, t("label {number}", number=number), path)
        for text in _texts(entry, "texts", path):
            label = _label(means, entry, Entry(path.name, text))
            found = by_key.setdefault(key(text), {})
            if means in found:
                raise KnowledgeError(
                    "schemas.duplicate",
                    t(
                        "{name}: {text!r} stands twice under means = {means!r}; keep one",
                        name=path.name,
                        text=text,
                        means=means,
                    ),
                )
            found[means] = label
    return by_key


def _tasks(entries: list[dict[str, Any]], path: Path) -> Mapping[str, str]:
    by_key: dict[str, str] = {}
    for number, entry in enumerate(entries, start=1):
        if entry.get("column") not in TASK_COLUMNS:
            raise KnowledgeError(
                "schemas.invalid",
                t(
                    "{name}: task {number}: needs a column of {task_columns}",
                    name=path.name,
                    number=number,
                    task_columns=TASK_COLUMNS,
                ),
            )
        by_key |= {key(text): entry["column"] for text in _texts(entry, "texts", path)}
    return by_key


def _patterns(entries: list[dict[str, Any]], path: Path) -> tuple[Pattern, ...]:
    found = []
    for number, entry in enumerate(entries, start=1):
        match, under = entry.get("match", ""), entry.get("under")
        if not match or (under is not None and under not in COLUMNS):
            raise KnowledgeError(
                "schemas.invalid",
                t(
                    "{name}: pattern {number}: needs a match; under is a column: {columns}",
                    name=path.name,
                    number=number,
                    columns=sorted(COLUMNS),
                ),
            )
        _groups(match, path)
        rest = {k: v for k, v in entry.items() if k not in ("match", "under")}
        means = _checked(rest, t("pattern {number}", number=number), path)
        label = _label(means, rest, Entry(path.name, match, is_pattern=True))
        found.append(Pattern(re.compile(match), label, Role(under) if under is not None else None))
    return tuple(found)


def _label(means: Means, entry: Mapping[str, Any], source: Entry) -> Label:
    """A label from the keys of its entry, which have been checked."""
    said = {k: v for k, v in entry.items() if k not in ("means", "texts")}
    if "field" in said:
        said["field"] = Field(said["field"])
    if "column" in said:
        said["column"] = Role(said["column"])
    return Label(means, source.text, **said, entry=source)


def _checked(entry: dict[str, Any], where: str, path: Path) -> Means:
    means = entry.get("means")
    if means not in _NEEDS:
        raise KnowledgeError(
            "schemas.invalid",
            t(
                "{name}: {where}: means = {means!r} is none of {needs}",
                name=path.name,
                where=where,
                means=means,
                needs=sorted(_NEEDS),
            ),
        )
    for name, allowed in _NEEDS[means].items():
        if entry.get(name) not in allowed:
            raise KnowledgeError(
                "schemas.invalid",
                t(
                    "{name}: {where}: {name2} = {get!r} is none of {allowed}",
                    name=path.name,
                    where=where,
                    name2=name,
                    get=entry.get(name),
                    allowed=sorted(allowed),
                ),
            )
    for name, value in entry.items():
        if name in ("means", "texts") or name in _NEEDS[means]:
            continue
        if name not in _OPTIONAL or (_OPTIONAL[name] is not None and value not in (_OPTIONAL[name] or ())):
            raise KnowledgeError(
                "schemas.invalid",
                t(
                    "{name}: {where}: {name2} = {value!r} is not understood",
                    name=path.name,
                    where=where,
                    name2=name,
                    value=value,
                ),
            )
    return cast(Means, means)


def _layouts(entries: list[dict[str, Any]], path: Path) -> tuple[Layout, ...]:
    layouts: dict[str, Layout] = {}
    for number, entry in enumerate(entries, start=1):
        layout = _layout(entry, t("layout {number}", number=number), path)
        if layout.id in layouts:
            raise KnowledgeError(
                "schemas.duplicate",
                t("{name}: two layouts are called {id!r}; rename one", name=path.name, id=layout.id),
            )
        layouts[layout.id] = layout
    if GENERIC not in layouts:
        raise KnowledgeError(
            "schemas.invalid",
            t("{name}: there is no layout {generic!r}, which every form fits", name=path.name, generic=GENERIC),
        )
    return tuple(layouts.values())


def _layout(data: dict[str, Any], where: str, path: Path) -> Layout:
    if unknown := set(data) - LAYOUT_KEYS:
        raise KnowledgeError(
            "schemas.invalid",
            t(
                "{name}: {where}: unknown keys {unknown}; allowed: {layout_keys}",
                name=path.name,
                where=where,
                unknown=sorted(unknown),
                layout_keys=sorted(LAYOUT_KEYS),
            ),
        )
    if not isinstance(data.get("id"), str) or not data["id"] or data.get("form_kind") not in FORM_KINDS:
        raise KnowledgeError(
            "schemas.invalid",
            t(
                "{name}: {where}: needs an id and a form_kind of {form_kinds}",
                name=path.name,
                where=where,
                form_kinds=sorted(FORM_KINDS),
            ),
        )
    where = t("layout {id!r}", id=data["id"])
    if data.get("fund_scope", "annual") not in SCOPES:
        raise KnowledgeError(
            "schemas.invalid",
            t("{name}: {where}: fund_scope is none of {scopes}", name=path.name, where=where, scopes=sorted(SCOPES)),
        )
    if data.get("name_from_title") is not None and "name" not in _groups(data["name_from_title"], path):
        raise KnowledgeError(
            "schemas.invalid",
            t("{name}: {where}: name_from_title needs a group (?P<name>…)", name=path.name, where=where),
        )
    return Layout(
        data["id"],
        data["form_kind"],
        tuple(key(t) for t in _texts(data, "titles", path)),
        tuple(key(t) for t in _texts(data, "needs", path)),
        _labels(data.get("label", []), path),
        data.get("fund_scope", "annual"),
        data.get("name_from_title"),
        data.get("of_department", data["form_kind"] == "department_overall"),
    )


def _announcements(data: dict[str, Any], path: Path) -> tuple[re.Pattern[str], ...]:
    found = []
    for entry in data.get("announcement", []):
        pattern, example = str(entry.get("pattern", "")), key(str(entry.get("example", "")))
        if missing := {"amount", "unit"} - set(_groups(pattern, path)):
            raise KnowledgeError(
                "schemas.invalid",
                t(
                    "{name}: {pattern!r} needs the groups {missing}",
                    name=path.name,
                    pattern=pattern,
                    missing=sorted(missing),
                ),
            )
        found.append(re.compile(pattern))
        if not found[-1].search(example):
            raise KnowledgeError(
                "schemas.invalid",
                t(
                    "{name}: {pattern!r} does not match its example {example!r}",
                    name=path.name,
                    pattern=pattern,
                    example=example,
                ),
            )
    return tuple(found)


def _groups(pattern: str, path: Path) -> Mapping[str, int]:
    try:
        return re.compile(pattern).groupindex
    except re.error as error:
        raise KnowledgeError(
            "schemas.invalid",
            t("{name}: {pattern!r} is no pattern: {error}", name=path.name, pattern=pattern, error=error),
        ) from error


def _others(data: dict[str, Any], path: Path) -> tuple[OtherForm, ...]:
    entries = data.get("other_form", [])
    for number, entry in enumerate(entries, start=1):
        if set(entry) != {"name", "ends", "labels"}:
            raise KnowledgeError(
                "schemas.invalid",
                t("{name}: other_form {number}: needs name, ends and labels", name=path.name, number=number),
            )
    return tuple(
        OtherForm(e["name"], tuple(map(key, e["ends"])), tuple(frozenset(map(key, group)) for group in e["labels"]))
        for e in entries
    )


def _taxonomy(data: dict[str, Any], path: Path) -> Taxonomy:
    for entries in (data.get("level1", {}), data.get("level2", {})):
        for code, entry in entries.items():
            _texts({code: entry["names"] if entries is data.get("level2") else entry}, code, path)
    level1 = {key(name): code for code, names in data.get("level1", {}).items() for name in names}
    level2 = {key(name): code for code, entry in data.get("level2", {}).items() for name in entry["names"]}
    return Taxonomy(level1, level2, {code: tuple(entry["of"]) for code, entry in data.get("level2", {}).items()})


def _budget(data: dict[str, Any], path: Path) -> BudgetKnowledge:
    kinds = tuple(
        Kind(e["id"], _any_of(e["match"], path), e.get("fund"), e.get("use"), e.get("origin")) for e in data["kind"]
    )
    columns = tuple(Rule(_any_of(e["match"], path), e["means"]) for e in data["column"])
    axes = {axis: tuple(Rule(_any_of(e["match"], path), e["value"]) for e in data[axis]) for axis in AXES}
    titles = {name: _any_of(match, path) for name, match in data["title"].items()}
    rows = RowPatterns(**{name: _any_of(match, path) for name, match in data["rows"].items()})
    return BudgetKnowledge(kinds, _any_of(data["other"]["match"], path), titles, columns, axes, rows)


def _any_of(match: str | list[str], path: Path) -> re.Pattern[str]:
    """A pattern that finds any of the given ones."""
    pattern = match if isinstance(match, str) else "|".join(f"(?:{one})" for one in match)
    _groups(pattern, path)
    return re.compile(pattern)


def _code_names(data: dict[str, Any], path: Path) -> CodeNames:
    names = {kind: {code: tuple(_texts(codes, code, path)) for code in codes} for kind, codes in data.items()}
    found: dict[str, dict[str, list[str]]] = {}
    for kind, codes in names.items():
        for code, known in codes.items():
            for name in known:
                found.setdefault(kind, {}).setdefault(plain_name(name), []).append(code)
    only = {kind: {name: codes[0] for name, codes in by.items() if len(codes) == 1} for kind, by in found.items()}
    return CodeNames(names, only)
