"""Makes one row per project and fiscal year from its linked forms, and finds forms that are printed twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from pipeline.projects.budgeted import Budgeted
from pipeline.projects.model import Link, ProjectForm

Kind = Literal["project_target", "self_evaluation", "project_narrative"]
Amount = Literal["annual_total", "lifetime_total", "initial_budget", "adjusted_budget", "executed"]
KINDS: tuple[Kind, ...] = ("project_target", "project_narrative", "self_evaluation")
_ASKED: tuple[tuple[Kind, Amount], ...] = (
    ("project_target", "annual_total"),
    ("self_evaluation", "initial_budget"),
    ("project_narrative", "annual_total"),
)
_LIFETIME: tuple[tuple[Kind, Amount], ...] = (
    ("project_target", "lifetime_total"),
    ("project_narrative", "lifetime_total"),
)
_DOCUMENT_KINDS = ("department_budget", "unit_budget", "final_accounts", "performance_forms", "other")
_RATE = Decimal("0.0001")
NOTHING_BUDGETED: Mapping[str, Budgeted] = MappingProxyType({})
"""Where no budget table has been read."""


@dataclass(frozen=True, slots=True)
class ProjectYear:
    """A project in a fiscal year. Amounts are in yuan, rates and shares in percent; None where no form prints one.

    The name is that of the form `named`: the leading form, or a form of another year where the leading one has none.
    """

    project_key: str
    fiscal_year: int | None
    named: ProjectForm
    leading: ProjectForm
    forms: tuple[ProjectForm, ...]
    duplicate_count: int
    asked_from: Kind | None
    amount_asked: Decimal | None
    amount_adjusted: Decimal | None
    amount_executed: Decimal | None
    lifetime_total: Decimal | None
    amounts_differ: bool
    indicator_count: int
    quantitative_count: int
    self_evaluation_score: Decimal | None
    budgeted_amount: Decimal | None = None
    amount_change: Decimal | None = None
    amount_change_rate: Decimal | None = None

    @property
    def budget_difference(self) -> Decimal | None:
        """How much more is asked for than the budget table grants."""
        if self.amount_asked is None or self.budgeted_amount is None:
            return None
        return self.amount_asked - self.budgeted_amount

    @property
    def quantitative_share(self) -> Decimal | None:
        return _percent(Decimal(self.quantitative_count), Decimal(self.indicator_count))


def duplicates(forms: Iterable[ProjectForm], links: Iterable[Link]) -> dict[str, str]:
    """For each repeated form, the form that counts.

    Forms repeat each other when they have one project, year and kind and the same amounts and indicators (without
    indicators, the same goals): in two documents, such as the budgets of a department and of its unit, or in one.
    Within one document, forms with the same code do not repeat each other: they are the shares of several units.
    """
    project = {link.form_id: link.project_key for link in links}
    groups: dict[tuple[str, int | None, str, str], list[ProjectForm]] = defaultdict(list)
    for form in forms:
        if form.content and form.form_id in project:
            groups[project[form.form_id], form.fiscal_year, form.form_kind, form.content].append(form)
    found = {}
    for group in groups.values():
        first, *others = sorted(group, key=_rank)
        for form in others:
            if form.document_id != first.document_id or not form.project_code:
                found[form.form_id] = first.form_id
    return found


def project_years(
    forms: Collection[ProjectForm],
    links: Iterable[Link],
    repeated: Mapping[str, str],
    budgeted: Mapping[str, Budgeted] = NOTHING_BUDGETED,
) -> list[ProjectYear]:
    """One row per project and year, sorted by both; `links`, `repeated` and `budgeted` are those of `forms`."""
    project = {link.form_id: link.project_key for link in links}
    grouped: dict[tuple[str, int | None], list[ProjectForm]] = defaultdict(list)
    for form in forms:
        if form.form_id in project:
            grouped[project[form.form_id], form.fiscal_year].append(form)
    names: dict[str, ProjectForm] = {}
    for form in sorted(forms, key=lambda f: (f.fiscal_year or 0, _rank(f))):
        if form.project_name and form.form_id in project:
            names.setdefault(project[form.form_id], form)
    rows: dict[tuple[str, int | None], ProjectYear] = {}
    for (project_key, year), group in sorted(grouped.items(), key=lambda x: (x[0][0], x[0][1] or 0)):
        ordered = sorted(group, key=_rank)
        row = _row(project_key, year, ordered, repeated, names.get(project_key))
        row = replace(row, budgeted_amount=_budgeted_amount(ordered, budgeted))
        before = rows.get((project_key, year - 1)) if year is not None else None
        rows[project_key, year] = _with_change(row, before)
    return list(rows.values())


def _budgeted_amount(forms: Sequence[ProjectForm], budgeted: Mapping[str, Budgeted]) -> Decimal | None:
    """The amount of the rows that the forms of a project have in the first document with such rows."""
    document = next((form.document_id for form in forms if form.form_id in budgeted), None)
    rows = {budgeted[form.form_id] for form in forms if form.document_id == document and form.form_id in budgeted}
    amounts = [row.amount for row in {(row.table_id, row.row_no): row for row in sorted(rows)}.values()]
    return sum((amount for amount in amounts if amount is not None), Decimal(0)) if any(amounts) else None


def _rank(form: ProjectForm) -> tuple[int, str, str]:
    """Sort key: documents of departments before those of their units."""
    kind = form.document_kind or "other"
    return _DOCUMENT_KINDS.index(kind), form.document_id, form.form_id


def _row(
    project_key: str,
    year: int | None,
    group: Sequence[ProjectForm],
    repeated: Mapping[str, str],
    named: ProjectForm | None,
) -> ProjectYear:
    by_kind = {kind: [f for f in group if f.form_kind == kind and f.form_id not in repeated] for kind in KINDS}
    amounts = _Amounts(by_kind)
    asked_from, asked = amounts.first(_ASKED)
    told = next(found for found in by_kind.values() if found)
    measured = by_kind["project_target"] or by_kind["self_evaluation"]
    measured = [f for f in measured if f.document_id == measured[0].document_id]
    evaluated = by_kind["self_evaluation"]
    return ProjectYear(
        project_key,
        year,
        told[0] if told[0].project_name else named or told[0],
        told[0],
        tuple(sorted(group, key=lambda f: f.form_id)),
        sum(f.form_id in repeated for f in group),
        asked_from,
        asked,
        amounts.of("self_evaluation", "adjusted_budget"),
        amounts.of("self_evaluation", "executed"),
        amounts.first(_LIFETIME)[1],
        amounts.differ,
        sum(f.indicators for f in measured),
        sum(f.quantitative for f in measured),
        evaluated[0].score if len(evaluated) == 1 else None,
    )


class _Amounts:
    """Amounts of one project and year. Amounts of one document are added up. Of several documents the first one counts;
    `differ` is true when another one has a different sum."""

    def __init__(self, by_kind: Mapping[Kind, Sequence[ProjectForm]]) -> None:
        self._by_kind = by_kind
        self.differ = False

    def first(self, wanted: Sequence[tuple[Kind, Amount]]) -> tuple[Kind | None, Decimal | None]:
        """The first printed amount, and the kind of its form."""
        found = [(kind, amount) for kind, name in wanted if (amount := self.of(kind, name)) is not None]
        return found[0] if found else (None, None)

    def of(self, kind: Kind, name: Amount) -> Decimal | None:
        forms = self._by_kind[kind]
        if len(forms) == 1:
            amount: Decimal | None = getattr(forms[0], name)
            return amount
        documents: dict[str, list[Decimal]] = defaultdict(list)
        for form in forms:
            if (amount := getattr(form, name)) is not None:
                documents[form.document_id].append(amount)
        totals = [self._total(kind, found) for found in documents.values()]
        self.differ |= len(set(totals)) > 1 or None in totals
        return totals[0] if totals else None

    def _total(self, kind: Kind, found: Sequence[Decimal]) -> Decimal | None:
        """The amount of narratives, which repeat other forms and are never added up; None where they contradict."""
        if kind == "project_narrative":
            return found[0] if len(set(found)) == 1 else None
        return sum(found, Decimal(0))


def _with_change(row: ProjectYear, before: ProjectYear | None) -> ProjectYear:
    if before is None or row.amount_asked is None or before.amount_asked is None:
        return row
    change = row.amount_asked - before.amount_asked
    return replace(row, amount_change=change, amount_change_rate=_percent(change, before.amount_asked))


def _percent(part: Decimal, whole: Decimal) -> Decimal | None:
    return (part * 100 / whole).quantize(_RATE) if whole else None
