"""Derives links, projects and the columns of forms that follow from them, when documents land.

A project belongs to one organ, so only organs with a form that is added or removed are derived again; the rows of the
others are kept. The result is the same as deriving all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dataset.contract.schema import PARTITION, load_schema
from pipeline.dataset.landing.budget_rows import budgeted_rows
from pipeline.dataset.landing.changes import Update
from pipeline.dataset.landing.project_forms import (
    FormReader,
    Row,
    facts_of,
    project_rows,
    stored_forms,
    stored_rows,
    with_units,
)
from pipeline.dataset.store.model import Version
from pipeline.dictionaries import load_naming
from pipeline.projects.budgeted import Budgeted
from pipeline.projects.link import link_forms
from pipeline.projects.model import Link, ProjectForm
from pipeline.projects.rows import ProjectYear, duplicates, project_years

_SAME = (
    *("duplicate_count", "amount_asked", "asked_from", "amount_adjusted", "amount_executed", "amount_change"),
    *(
        "amount_change_rate",
        "lifetime_total",
        "budgeted_amount",
        "budget_difference",
        "amounts_differ",
        "indicator_count",
        "quantitative_count",
    ),
    *("quantitative_share", "self_evaluation_score"),
)
"""Columns of `projects` that have the same names in `ProjectYear`."""

FILLED = ("project_key", "duplicate_of")
"""Columns of `forms` that follow from the projects."""


@dataclass(frozen=True, slots=True)
class ProjectTables:
    """The rows that were derived again for `organs` (None: for all), by table, and for each of their forms the values
    of the columns `FILLED`."""

    organs: frozenset[str] | None
    rows: Mapping[str, Any]
    forms: Mapping[str, tuple[str, str | None]]

    @property
    def years(self) -> set[int | None]:
        """The partitions with forms of these organs."""
        return set(self.rows["links"][PARTITION].unique().to_pylist())

    def replaces(self, rows: Any) -> Any:
        """A mask of the rows of a derived table that the new ones replace."""
        if self.organs is None:
            return pc.is_valid(rows["organ_key"])
        return pc.is_in(rows["organ_key"], value_set=pa.array(sorted(self.organs), pa.string()))

    def changes(self, forms: Any) -> bool:
        """Whether any value of the columns `FILLED` differs in these forms."""
        return not self.fill(forms).equals(forms)

    def fill(self, forms: Any) -> Any:
        """Rows of `forms` with the new values of the columns `FILLED`."""
        ids = forms["form_id"].to_pylist()
        for number, name in enumerate(FILLED):
            place = forms.schema.get_field_index(name)
            old = forms[name].to_pylist()
            new = [self.forms[i][number] if i in self.forms else o for i, o in zip(ids, old, strict=True)]
            forms = forms.set_column(place, forms.schema.field(place), pa.array(new, pa.string()))
        return forms


def derive_projects(version: Version, previous: Version | None, update: Update, whole: bool) -> ProjectTables:
    """Derives the projects of the organs that `update` changes, or of all organs when `whole`.

    `version` is being built: it has its documents, funds and indicators. `previous` has the forms that stay.
    """
    import duckdb  # here, so that it comes after what `flows.local_server` freezes

    reader = FormReader(version)
    rows = [row for staged in update.staged.values() for row in project_rows(staged.rows("forms"))]
    leaving = _owners(update.staged.keys() | update.gone)
    organs = None
    if previous is not None and whole:
        rows += _staying(previous, leaving)
    elif previous is not None:
        known = stored_rows(previous, "links", ["form_id", "organ_key"])
        told_anew = _owned(known, _owners(update.facts.keys()))  # the publisher may be another now
        moved = list(_staying(previous, leaving, known.filter(told_anew)))
        reader.meet([*rows, *moved])
        before = known.filter(pc.or_(told_anew, _owned(known, leaving)))["organ_key"].to_pylist()
        organs = frozenset([*before, *(reader.owner(row).key for row in (*rows, *moved))])
        concerned = pc.is_in(known["organ_key"], value_set=pa.array(sorted(organs), pa.string()))
        rows += _staying(previous, leaving, known.filter(concerned))
    others = [] if organs is None or previous is None else _beside(previous, leaving, rows)
    reader.meet(rows)
    with duckdb.connect() as connection:
        facts = facts_of(connection, version, [*rows, *others])
        budgeted = budgeted_rows(connection, version, [*rows, *others], facts, reader)
    forms = [reader.form(row, facts[row["form_id"]]) for row in with_units(rows, facts)]
    links = link_forms(forms, load_naming())
    repeated = duplicates(forms, links)
    derived = {
        "links": _arrow("links", _link_rows(links, forms, budgeted)),
        "projects": _arrow("projects", map(_project_row, project_years(forms, links, repeated, budgeted))),
    }
    return ProjectTables(
        organs, derived, {link.form_id: (link.project_key, repeated.get(link.form_id)) for link in links}
    )


def _beside(previous: Version, leaving: Any, rows: Collection[Row]) -> list[Row]:
    """The other forms of the documents of `rows`, of organs that are not derived again."""
    there = {row["form_id"] for row in rows}
    documents = {row["document_id"] for row in rows}
    known = stored_rows(previous, "links", ["form_id"])
    wanted = known.filter(_owned(known, _owners(documents)))
    return [row for row in _staying(previous, leaving, wanted) if row["form_id"] not in there]


def _owners(documents: Set[str]) -> Any:
    return pa.array([document[:12] for document in documents], pa.string())


def _staying(previous: Version, leaving: Any, known: Any = None) -> Iterator[Row]:
    """The forms that stay: those of the links `known`, or all."""
    years = previous.years("forms") if known is None else known[PARTITION].unique().to_pylist()
    for rows in stored_forms(previous, set(years)):
        stays = pc.invert(_owned(rows, leaving))
        if known is not None:
            stays = pc.and_(stays, pc.is_in(rows["form_id"], value_set=known["form_id"]))
        yield from project_rows(rows.filter(stays))


def _owned(rows: Any, documents: Any) -> Any:
    return pc.is_in(pc.utf8_slice_codeunits(rows["form_id"], 0, 12), value_set=documents)


def _arrow(name: str, rows: Iterable[dict[str, object]]) -> Any:
    """Rows of a derived table with the fiscal year, in the types of the schema."""
    schema = load_schema().tables[name].arrow_schema.append(pa.field(PARTITION, pa.int16()))
    return pa.Table.from_pylist(list(rows), schema=schema)


def _link_rows(
    links: Iterable[Link], forms: Iterable[ProjectForm], budgeted: Mapping[str, Budgeted]
) -> Iterator[dict[str, object]]:
    by_id = {form.form_id: form for form in forms}
    for link in links:
        form = by_id[link.form_id]
        yield {
            "form_id": link.form_id,
            "project_key": link.project_key,
            "method": link.method,
            "score": link.score,
            "linked_form_id": link.linked_form_id,
            "compared_name": form.plain or None,
            "organ_key": form.organ.key,
            **_budgeted(budgeted.get(link.form_id)),
            PARTITION: form.fiscal_year,
        }


def _budgeted(row: Budgeted | None) -> dict[str, object]:
    """The columns about the row of a budget table."""
    return {f"budget_{name}": getattr(row, name, None) for name in Budgeted._fields}


def _project_row(row: ProjectYear) -> dict[str, object]:
    named, leading = row.named, row.leading
    return {
        "project_key": row.project_key,
        PARTITION: row.fiscal_year,
        "project_name": named.project_name or None,
        "project_code": named.project_code,
        "organ": leading.printed_organ or None,
        "organ_key": leading.organ.key,
        "region_code": leading.organ.region_code or None,
        "form_ids": [form.form_id for form in row.forms],
        **{name: getattr(row, name) for name in _SAME},
    }
