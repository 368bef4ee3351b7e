"""Links forms to projects, within one organ. The result does not depend on the order of the forms; in doubt, forms are
not linked.

Names are taken in order of year and spelling, and the first name of a project gives the project its key. A later form
changes a key only where it proves a link wrong: two names side by side in one document are two projects, and so are two
codes with one name, or two amounts without a code.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import combinations

from pipeline.projects.model import Link, ProjectForm
from pipeline.projects.names import Naming, core_name

Identity = tuple[str, str]
"""A printed name; with the code, or amounts and goal, where several projects have this name."""


@dataclass(slots=True)
class _Cluster:
    """Forms of one project; `joined` are clusters found to be the same project, with method and likeness."""

    forms: list[ProjectForm]
    identity: Identity
    slots: set[tuple[str, str]]
    joined: list[tuple[_Cluster, str, float]] = field(default_factory=list)

    @property
    def first(self) -> ProjectForm:
        return self.forms[0]


LEAST_GOAL = 20
"""The least characters of a goal that identifies a project without a name."""
LIKE_GOALS = 0.9
"""Likeness from which on two goals are the same goal."""


def link_forms(forms: Iterable[ProjectForm], naming: Naming) -> list[Link]:
    """One link for each form with a project name, or with a goal in prose. `forms` must hold all forms of an organ."""
    blocks: dict[str, list[ProjectForm]] = defaultdict(list)
    for form in forms:
        blocks[form.organ.key].append(form)
    return [link for _, block in sorted(blocks.items()) for link in _link_block(block, naming)]


def _link_block(forms: Sequence[ProjectForm], naming: Naming) -> Iterator[Link]:
    ordered = sorted((form for form in forms if form.plain), key=_order)
    codes = _codes(ordered)
    clusters = list(_clusters(ordered, codes))
    clusters = _merge(clusters, lambda c: [codes[f.form_id] for f in c.forms], "code", 0)
    clusters = _merge(clusters, lambda c: [core_name(c.first.plain, naming)], "similar", naming.least_score)
    clusters += _nameless(forms, clusters)
    taken: set[str] = set()
    for cluster in clusters:
        plain = cluster.first.plain
        told = (plain, *cluster.identity) if plain in taken or not plain else (plain,)
        taken.add(plain)
        yield from _links(cluster, _digest(cluster.first.organ.key, *told))


def _order(form: ProjectForm) -> tuple[int, str, str, str]:
    return form.fiscal_year or 9999, form.exact, form.project_code or "", form.form_id


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def _codes(forms: Sequence[ProjectForm]) -> dict[str, str]:
    """The code of each form; empty without a code, and where one code stands beside several names (a unit's code)."""
    names: dict[tuple[tuple[str, str], str], set[str]] = defaultdict(set)
    for form in forms:
        if form.project_code:
            names[form.slot, form.project_code].add(form.exact)
    unfit = {code for (_, code), found in names.items() if len(found) > 1}
    return {f.form_id: "" if f.project_code in unfit else f.project_code or "" for f in forms}


def _clusters(forms: Sequence[ProjectForm], codes: dict[str, str]) -> Iterator[_Cluster]:
    """Clusters of forms with the same plain name, divided where names or codes side by side show several projects."""
    told = _told_apart(forms, codes)
    groups: dict[str, dict[Identity, _Cluster]] = defaultdict(dict)
    for form in forms:
        identity = form.exact, (codes[form.form_id] or _unlike(form)) if form.exact in told else ""
        cluster = groups[form.plain].setdefault(identity, _Cluster([], identity, set()))
        cluster.forms.append(form)
        cluster.slots.add(form.slot)
    for group in groups.values():
        first, *others = group.values()
        if others and not _side_by_side(group.values()):
            first.forms = [form for cluster in group.values() for form in cluster.forms]
            first.slots = set().union(*(cluster.slots for cluster in group.values()))
            others = []
        yield first
        yield from others


def _told_apart(forms: Sequence[ProjectForm], codes: dict[str, str]) -> set[str]:
    """Names that one document prints for several projects: with several codes; without a code, with several amounts;
    or with several goals of which only one has an amount."""
    groups: dict[tuple[tuple[str, str], str], list[ProjectForm]] = defaultdict(list)
    for form in forms:
        groups[form.slot, form.exact].append(form)
    told = set()
    for (_, name), group in groups.items():
        known = {codes[form.form_id] for form in group} - {""}
        if len(known) > 1 or any(_are_two(a, b) for a, b in combinations(group, 2) if not known):
            told.add(name)
    return told


def _are_two(a: ProjectForm, b: ProjectForm) -> bool:
    """Whether forms with one name in one document are two projects in the count of their publisher.

    A narrative may repeat an amount in round numbers; each other form stands for one line of the budget.
    """
    amounts = [_amounts(form) for form in (a, b)]
    both = [pair for pair in zip(*amounts, strict=True) if None not in pair]
    if a.form_kind != "project_narrative" and any(one != other for one, other in both):
        return True
    return amounts[0] != amounts[1] and _likeness(a.goal, b.goal) < LIKE_GOALS


def _unlike(form: ProjectForm) -> str:
    """The amounts and goal that distinguish forms with one name and no code."""
    return " ".join(map(str, (*_amounts(form), form.goal)))


def _amounts(form: ProjectForm) -> tuple[Decimal | None, ...]:
    return form.annual_total, form.lifetime_total, form.initial_budget, form.adjusted_budget


def _side_by_side(clusters: Iterable[_Cluster]) -> bool:
    return any(not a.slots.isdisjoint(b.slots) for a, b in combinations(clusters, 2))


def _merge(
    clusters: list[_Cluster], marks: Callable[[_Cluster], Iterable[str]], method: str, least: float
) -> list[_Cluster]:
    """Joins clusters with the same mark, unless two of them are in one document."""
    ordered = sorted(clusters, key=lambda c: (c.first.fiscal_year or 9999, c.identity))
    marked: dict[str, list[_Cluster]] = defaultdict(list)
    for cluster in ordered:
        for mark in sorted({*marks(cluster)} - {""}):
            marked[mark].append(cluster)
    gone: set[int] = set()
    for group in marked.values():
        first, *others = (c for c in group if id(c) not in gone) if len(group) > 1 else group
        if not others or _side_by_side([first, *others]):
            continue
        for other in others:
            if (score := _likeness(first.first.plain, other.first.plain)) >= least:
                first.joined.append((other, method, score))
                first.slots |= other.slots
                gone.add(id(other))
    return [cluster for cluster in ordered if id(cluster) not in gone]


def _nameless(forms: Sequence[ProjectForm], named: Sequence[_Cluster]) -> Iterator[_Cluster]:
    """Links narratives without a name to the only project with the same goal, or makes a project named by the goal."""
    pursuing: dict[str, list[_Cluster]] = defaultdict(list)
    for cluster in named:
        for goal in {form.goal for form in _all_forms(cluster)}:
            pursuing[goal].append(cluster)
    nameless: dict[str, list[ProjectForm]] = defaultdict(list)
    for form in sorted(forms, key=lambda f: (f.fiscal_year or 9999, f.form_id)):
        if not form.plain and len(form.goal) >= LEAST_GOAL:
            nameless[form.goal].append(form)
    for goal, found in sorted(nameless.items()):
        cluster = _Cluster(found, ("", goal), set())
        if len(pursuing[goal]) == 1:
            pursuing[goal][0].joined.append((cluster, "goal", 1.0))
        else:
            yield cluster


def _likeness(a: str, b: str) -> float:
    return round(SequenceMatcher(None, a, b, autojunk=False).ratio(), 4)


def _links(cluster: _Cluster, project_key: str) -> Iterator[Link]:
    first = cluster.first
    for form in cluster.forms:
        same = form.exact == first.exact
        linked = None if form is first else first.form_id
        method = "origin" if form is first else "goal" if not form.plain else "exact" if same else "normalised"
        yield Link(form.form_id, project_key, method, 1.0, linked)
    for other, method, score in cluster.joined:
        yield from (Link(form.form_id, project_key, method, score, first.form_id) for form in _all_forms(other))


def _all_forms(cluster: _Cluster) -> Iterator[ProjectForm]:
    yield from cluster.forms
    for other, _, _ in cluster.joined:
        yield from _all_forms(other)
