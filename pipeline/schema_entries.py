"""Entries of the files under `schemas/`: checks of each, and the objects that they become.

Every function takes the contents of a file, or its entries, and the name that errors call it by. It raises
`KnowledgeError` naming file and entry.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any, cast, get_args

from pipeline.budget.dictionary import AXES, BudgetKnowledge, CodeNames, Kind, RowPatterns, Rule, plain_name
from pipeline.errors import KnowledgeError
from pipeline.forms.dictionary import Entry, Label, Layout, Meanings, OtherForm, Pattern
from pipeline.forms.roles import COLUMN_ROLES, TASK_COLUMNS, Field, LabelPart, Means, Role, Scope, Section, Source
from pipeline.messages import t
from pipeline.text import key

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


def _texts(entry: dict[str, Any], name: str, file: str) -> list[str]:
    """A list of texts. A single text is an error: iterating over it would give characters."""
    texts = entry.get(name, [])
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise KnowledgeError(
            "schemas.invalid",
            t("{name}: {name2} = {texts!r} is no list of texts", name=file, name2=name, texts=texts),
        )
    return texts


def make_labels(entries: list[dict[str, Any]], file: str) -> Mapping[str, Meanings]:
    by_key: dict[str, dict[Means, Label]] = {}
    for number, entry in enumerate(entries, start=1):
        means = _checked(entry, t("label {number}", number=number), file)
        for text in _texts(entry, "texts", file):
            label = _label(means, entry, Entry(file, text))
            found = by_key.setdefault(key(text), {})
            if means in found:
                raise KnowledgeError(
                    "schemas.duplicate",
                    t(
                        "{name}: {text!r} stands twice under means = {means!r}; keep one",
                        name=file,
                        text=text,
                        means=means,
                    ),
                )
            found[means] = label
    return by_key


def make_tasks(entries: list[dict[str, Any]], file: str) -> Mapping[str, str]:
    by_key: dict[str, str] = {}
    for number, entry in enumerate(entries, start=1):
        if entry.get("column") not in TASK_COLUMNS:
            raise KnowledgeError(
                "schemas.invalid",
                t(
                    "{name}: task {number}: needs a column of {task_columns}",
                    name=file,
                    number=number,
                    task_columns=TASK_COLUMNS,
                ),
            )
        by_key |= {key(text): entry["column"] for text in _texts(entry, "texts", file)}
    return by_key


def make_patterns(entries: list[dict[str, Any]], file: str) -> tuple[Pattern, ...]:
    found = []
    for number, entry in enumerate(entries, start=1):
        match, under = entry.get("match", ""), entry.get("under")
        if not match or (under is not None and under not in COLUMNS):
            raise KnowledgeError(
                "schemas.invalid",
                t(
                    "{name}: pattern {number}: needs a match; under is a column: {columns}",
                    name=file,
                    number=number,
                    columns=sorted(COLUMNS),
                ),
            )
        _groups(match, file)
        rest = {k: v for k, v in entry.items() if k not in ("match", "under")}
        means = _checked(rest, t("pattern {number}", number=number), file)
        label = _label(means, rest, Entry(file, match, is_pattern=True))
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


def _checked(entry: dict[str, Any], where: str, file: str) -> Means:
    means = entry.get("means")
    if means not in _NEEDS:
        raise KnowledgeError(
            "schemas.invalid",
            t(
                "{name}: {where}: means = {means!r} is none of {needs}",
                name=file,
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
                    name=file,
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
                    name=file,
                    where=where,
                    name2=name,
                    value=value,
                ),
            )
    return cast(Means, means)


def make_layouts(entries: list[dict[str, Any]], file: str) -> tuple[Layout, ...]:
    layouts: dict[str, Layout] = {}
    for number, entry in enumerate(entries, start=1):
        layout = _layout(entry, t("layout {number}", number=number), file)
        if layout.id in layouts:
            raise KnowledgeError(
                "schemas.duplicate",
                t("{name}: two layouts are called {id!r}; rename one", name=file, id=layout.id),
            )
        layouts[layout.id] = layout
    return tuple(layouts.values())


def _layout(data: dict[str, Any], where: str, file: str) -> Layout:
    if unknown := set(data) - LAYOUT_KEYS:
        raise KnowledgeError(
            "schemas.invalid",
            t(
                "{name}: {where}: unknown keys {unknown}; allowed: {layout_keys}",
                name=file,
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
                name=file,
                where=where,
                form_kinds=sorted(FORM_KINDS),
            ),
        )
    where = t("layout {id!r}", id=data["id"])
    if data.get("fund_scope", "annual") not in SCOPES:
        raise KnowledgeError(
            "schemas.invalid",
            t("{name}: {where}: fund_scope is none of {scopes}", name=file, where=where, scopes=sorted(SCOPES)),
        )
    if data.get("name_from_title") is not None and "name" not in _groups(data["name_from_title"], file):
        raise KnowledgeError(
            "schemas.invalid",
            t("{name}: {where}: name_from_title needs a group (?P<name>…)", name=file, where=where),
        )
    return Layout(
        data["id"],
        data["form_kind"],
        tuple(key(t) for t in _texts(data, "titles", file)),
        tuple(key(t) for t in _texts(data, "needs", file)),
        make_labels(data.get("label", []), file),
        data.get("fund_scope", "annual"),
        data.get("name_from_title"),
        data.get("of_department", data["form_kind"] == "department_overall"),
    )


def make_announcements(entries: list[dict[str, Any]], file: str) -> tuple[re.Pattern[str], ...]:
    found = []
    for entry in entries:
        pattern, example = str(entry.get("pattern", "")), key(str(entry.get("example", "")))
        if missing := {"amount", "unit"} - set(_groups(pattern, file)):
            raise KnowledgeError(
                "schemas.invalid",
                t(
                    "{name}: {pattern!r} needs the groups {missing}",
                    name=file,
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
                    name=file,
                    pattern=pattern,
                    example=example,
                ),
            )
    return tuple(found)


def _groups(pattern: str, file: str) -> Mapping[str, int]:
    try:
        return re.compile(pattern).groupindex
    except (re.error, OverflowError, RecursionError) as error:  # the last two of repetitions and nesting without end
        raise KnowledgeError(
            "schemas.invalid",
            t("{name}: {pattern!r} is no pattern: {error}", name=file, pattern=pattern, error=error),
        ) from error


def make_others(entries: list[dict[str, Any]], file: str) -> tuple[OtherForm, ...]:
    for number, entry in enumerate(entries, start=1):
        if set(entry) != {"name", "ends", "labels"}:
            raise KnowledgeError(
                "schemas.invalid",
                t("{name}: other_form {number}: needs name, ends and labels", name=file, number=number),
            )
    return tuple(
        OtherForm(e["name"], tuple(map(key, e["ends"])), tuple(frozenset(map(key, group)) for group in e["labels"]))
        for e in entries
    )


def make_level1(entries: dict[str, list[str]], file: str) -> Mapping[str, str]:
    """Codes by printed name."""
    return {key(name): code for code in entries for name in _texts(entries, code, file)}


def make_level2(entries: dict[str, dict[str, Any]], file: str) -> Mapping[str, str]:
    """Codes by printed name."""
    return {key(name): code for code, entry in entries.items() for name in _texts(entry, "names", file)}


def make_parents(entries: dict[str, dict[str, Any]], file: str) -> Mapping[str, tuple[str, ...]]:
    """Level 1 by the code of level 2, where an entry says it."""
    return {code: tuple(_texts(entry, "of", file)) for code, entry in entries.items() if "of" in entry}


def make_budget(data: dict[str, Any], file: str) -> BudgetKnowledge:
    """The dictionary of budget tables."""
    _check_rules(data, file)
    kinds = tuple(
        Kind(e["id"], _any_of(e["match"], file), e.get("fund"), e.get("use"), e.get("origin")) for e in data["kind"]
    )
    columns = tuple(Rule(_any_of(e["match"], file), e["means"]) for e in data["column"])
    axes = {axis: tuple(Rule(_any_of(e["match"], file), e["value"]) for e in data[axis]) for axis in AXES}
    titles = {name: _any_of(match, file) for name, match in data["title"].items()}
    rows = RowPatterns(**{name: _any_of(match, file) for name, match in data["rows"].items()})
    return BudgetKnowledge(kinds, _any_of(data["other"]["match"], file), titles, columns, axes, rows)


_RULES = (("kind", "id"), ("column", "means"), *((axis, "value") for axis in AXES))


def check_codes(packaged: Mapping[str, Any], own: Mapping[str, Any], file: str) -> None:
    """Raises `KnowledgeError` for an entry of one's own with a code that the package's file does not have: codes are
    the contract of the dataset, words are not."""
    for name, means in _RULES:
        known = {entry[means] for entry in packaged[name]}
        for number, entry in enumerate(own.get(name, []), start=1):
            if entry[means] not in known:
                raise KnowledgeError(
                    "schemas.invalid",
                    t(
                        "{name}: {where}: {name2} = {get!r} is none of {allowed}",
                        name=file,
                        where=f"{name} {number}",
                        name2=means,
                        get=entry[means],
                        allowed=sorted(known),
                    ),
                )


def _check_rules(data: dict[str, Any], file: str) -> None:
    """Each rule has its keys and no other ones."""
    for name, means in _RULES:
        more = {"fund", "use", "origin"} if name == "kind" else set()
        for number, entry in enumerate(data[name], start=1):
            if not {"match", means} <= entry.keys() <= {"match", means, *more}:
                raise KnowledgeError(
                    "schemas.invalid",
                    t(
                        "{name}: {where}: needs {means} and match, and has no other keys but {more}",
                        name=file,
                        where=f"{name} {number}",
                        means=means,
                        more=sorted(more),
                    )
                    if more
                    else t(
                        "{name}: {where}: needs {means} and match, and has no other keys",
                        name=file,
                        where=f"{name} {number}",
                        means=means,
                    ),
                )


def _any_of(match: str | list[str], file: str) -> re.Pattern[str]:
    """A pattern that finds any of the given ones."""
    pattern = match if isinstance(match, str) else "|".join(f"(?:{one})" for one in match)
    _groups(pattern, file)
    return re.compile(pattern)


def make_code_names(data: dict[str, Any], file: str) -> CodeNames:
    names = {kind: {code: tuple(_texts(codes, code, file)) for code in codes} for kind, codes in data.items()}
    found: dict[str, dict[str, list[str]]] = {}
    for kind, codes in names.items():
        for code, known in codes.items():
            for name in known:
                found.setdefault(kind, {}).setdefault(plain_name(name), []).append(code)
    only = {kind: {name: codes[0] for name, codes in by.items() if len(codes) == 1} for kind, by in found.items()}
    return CodeNames(names, only)
