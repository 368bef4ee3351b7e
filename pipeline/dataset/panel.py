"""The panel at landing: links, projects, and the columns of forms that follow from them.

A project belongs to one organ, so only organs with a form that comes or leaves are looked at again; what the others
have is taken over. That gives the same rows as looking at all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dataset.changes import Update
from pipeline.dataset.parts import EMPTY_YEAR, part_path, read_part, years_of
from pipeline.dataset.query import literal
from pipeline.dataset.schema import PARTITION, load_schema
from pipeline.knowledge import load_naming, load_regions
from pipeline.panel.link import link_forms
from pipeline.panel.model import Link, PanelForm
from pipeline.panel.names import Organ, organ, plain_name
from pipeline.panel.rows import KINDS, ProjectYear, duplicates, project_years
from pipeline.text import key

READ = [
    *("form_id", "document_id", "form_kind", "project_name", "project_code", "department", "implementing_unit"),
    *("annual_goal", "lifetime_goal", "annual_total", "lifetime_total"),
]
"""Columns of `forms` that the panel needs."""

_SAME = (
    "duplicate_count",
    "amount_asked",
    "asked_from",
    "amount_adjusted",
    "amount_executed",
    "amount_change",
    "amount_change_rate",
    "lifetime_total",
    "amounts_differ",
    "indicator_count",
    "quantitative_count",
    "quantitative_share",
    "self_evaluation_score",
)
"""Columns of `projects` that are called the same here."""

FILLED = ("project_key", "duplicate_of")
"""Columns of `forms` that follow from the panel."""

QUANTITATIVE = "('numeric', 'range', 'frequency')"

_FACTS = f"""
WITH parts AS (
    SELECT form_id, count(*) AS indicators, count(*) FILTER (target_kind IN {QUANTITATIVE}) AS quantitative,
        CASE WHEN bool_and(score IS NOT NULL OR weight IS NULL) THEN sum(score) END AS score,
        md5(string_agg(concat_ws(' ', level3, target), '|' ORDER BY indicator_no)) AS digest
    FROM indicators SEMI JOIN wanted USING (form_id) GROUP BY form_id
), money AS (
    SELECT form_id, first(amount ORDER BY line_no) FILTER (scope = 'initial_budget') AS initial_budget,
        first(amount ORDER BY line_no) FILTER (scope = 'adjusted_budget') AS adjusted_budget,
        first(amount ORDER BY line_no) FILTER (scope = 'executed') AS executed, max(score) AS score
    FROM funds SEMI JOIN wanted USING (form_id) WHERE source = 'total' AND amount IS NOT NULL GROUP BY form_id
)
SELECT form_id, initial_budget, adjusted_budget, executed, coalesce(indicators, 0), coalesce(quantitative, 0),
    parts.score + coalesce(money.score, 0), digest
FROM wanted LEFT JOIN parts USING (form_id) LEFT JOIN money USING (form_id)
"""


@dataclass(frozen=True, slots=True)
class Panel:
    """What has been looked at again: the rows of the derived tables of the `organs` (None: of all), by table, and for
    each of their forms the columns of `forms` that follow."""

    organs: frozenset[str] | None
    rows: Mapping[str, Any]
    forms: Mapping[str, tuple[str, str | None]]

    def replaces(self, rows: Any) -> Any:
        """Which of the rows of a derived table are no longer needed."""
        if self.organs is None:
            return pc.is_valid(rows["organ_key"])
        return pc.is_in(rows["organ_key"], value_set=pa.array(sorted(self.organs), pa.string()))

    def changes(self, forms: Any) -> bool:
        """Whether the forms with the columns `FILLED` have other values now."""
        return not self.fill(forms).equals(forms)

    def fill(self, forms: Any) -> Any:
        """Rows of `forms` with the columns `FILLED` as they are now."""
        ids = forms["form_id"].to_pylist()
        for number, name in enumerate(FILLED):
            place = forms.schema.get_field_index(name)
            old = forms[name].to_pylist()
            new = [self.forms[i][number] if i in self.forms else o for i, o in zip(ids, old, strict=True)]
            forms = forms.set_column(place, forms.schema.field(place), pa.array(new, pa.string()))
        return forms


def renew(version: Path, previous: Path | None, update: Update, whole: bool) -> Panel:
    """Looks at the organs again that `update` changes, or at all of them.

    `version` is being built: its documents, funds and indicators are there. `previous` has the forms that stay.
    """
    reader = _Reader(_documents(version))
    forms = [
        form for staged in update.staged.values() for rows in [staged.rows("forms")] for form in reader.forms(rows)
    ]
    left = pa.array([document[:12] for document in {*update.staged, *update.gone}], pa.string())
    organs = None
    if previous is not None and not whole:
        known = _rows(previous, "links", ["form_id", "organ_key"])
        leaves = pc.is_in(pc.utf8_slice_codeunits(known["form_id"], 0, 12), value_set=left)
        organs = frozenset({form.organ.key for form in forms} | set(known.filter(leaves)["organ_key"].to_pylist()))
        concerned = pc.is_in(known["organ_key"], value_set=pa.array(sorted(organs), pa.string()))
        stays = known.filter(pc.and_(concerned, pc.invert(leaves)))
        forms += [f for rows in _stored_forms(previous, set(stays[PARTITION].to_pylist()))
                  for f in reader.forms(rows.filter(pc.is_in(rows["form_id"], value_set=stays["form_id"])))]
    elif previous is not None:
        forms += [f for rows in _stored_forms(previous, set(years_of(previous, "forms")))
                  for f in reader.forms(rows.filter(pc.invert(_owned(rows, left))))]
    forms = _with_facts(version, forms)
    links = link_forms(forms, load_naming())
    repeated = duplicates(forms, links)
    rows = {
        "links": _arrow("links", _link_rows(links, forms)),
        "projects": _arrow("projects", map(_project_row, project_years(forms, links, repeated))),
    }
    return Panel(organs, rows, {link.form_id: (link.project_key, repeated.get(link.form_id)) for link in links})


def _owned(rows: Any, documents: Any) -> Any:
    return pc.is_in(pc.utf8_slice_codeunits(rows["form_id"], 0, 12), value_set=documents)


def _rows(version: Path, table: str, columns: list[str]) -> Any:
    """Columns of all partitions of a table, with the fiscal year."""
    schema = pa.schema([*(load_schema().tables[table].arrow_schema.field(c) for c in columns), (PARTITION, pa.int16())])
    parts = [_with_year(read_part(part_path(version, table, y), columns), y) for y in years_of(version, table)]
    return pa.concat_tables([part.cast(schema) for part in parts]) if parts else schema.empty_table()


def _with_year(rows: Any, year: int | None) -> Any:
    return rows.append_column(PARTITION, pa.array([year] * rows.num_rows, pa.int16()))


def _stored_forms(version: Path, years: Iterable[int | None]) -> Iterator[Any]:
    for year in years:
        part = part_path(version, "forms", year)
        if part.exists():
            yield _with_year(read_part(part, READ), year)


def _documents(version: Path) -> dict[str, tuple[str | None, str | None, str | None]]:
    """Publisher, region code and kind of each document."""
    rows = _rows(version, "documents", ["document_id", "publisher", "region_code", "document_kind"])
    return {document: tuple(told) for document, *told, _ in zip(*(c.to_pylist() for c in rows.columns), strict=True)}


class _Reader:
    """Makes rows of `forms` into forms of the panel; names that come again are understood once."""

    def __init__(self, documents: Mapping[str, tuple[str | None, str | None, str | None]]) -> None:
        self._documents = documents
        self._naming, self._regions = load_naming(), load_regions()
        self._organs: dict[tuple[str, str | None], Organ] = {}
        self._names: dict[tuple[str, str], str] = {}

    def forms(self, rows: Any) -> Iterator[PanelForm]:
        wanted = rows.filter(pc.is_in(rows["form_kind"], value_set=pa.array(KINDS))).select([*READ, PARTITION])
        for row in wanted.to_pylist():
            if row["project_name"] or row["form_kind"] == "project_narrative":
                yield self._form(row)

    def _organ(self, printed: str, region_code: str | None) -> Organ:
        owner = self._organs.get((printed, region_code))
        if owner is None:
            owner = self._organs[printed, region_code] = organ(printed, region_code, self._regions, self._naming)
        return owner

    def _form(self, row: Mapping[str, Any]) -> PanelForm:
        publisher, region_code, document_kind = self._documents[row["document_id"]]
        printed = row["implementing_unit"] or row["department"] or publisher or ""
        owner = self._organ(printed, region_code) if printed else Organ("", row["document_id"], ())
        name = row["project_name"] or ""
        if (name, owner.key) not in self._names:
            self._names[name, owner.key] = plain_name(name, owner, self._naming)
        return PanelForm(
            row["form_id"],
            row["document_id"],
            document_kind,
            row["form_kind"],
            row[PARTITION],
            name,
            row["project_code"],
            printed,
            owner,
            self._names[name, owner.key],
            key(row["annual_goal"] or row["lifetime_goal"] or ""),
            row["annual_total"],
            row["lifetime_total"],
        )


def _with_facts(version: Path, forms: list[PanelForm]) -> list[PanelForm]:
    """The forms with what their funds and indicators say."""
    wanted = pa.table({"form_id": pa.array([form.form_id for form in forms], pa.string())})
    with duckdb.connect() as connection:
        connection.register("wanted", wanted)
        for table in ("funds", "indicators"):
            years = {form.fiscal_year for form in forms} | {EMPTY_YEAR}
            found = [part_path(version, table, y) for y in years_of(version, table) if y in years]
            paths = found or [part_path(version, table, y) for y in years_of(version, table)][:1]
            connection.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet({literal([*map(str, paths)])})")
        facts = {form_id: told for form_id, *told in connection.execute(_FACTS).fetchall()}
    return [_with_told(form, *facts[form.form_id]) for form in forms]


def _with_told(form: PanelForm, *told: Any) -> PanelForm:
    initial, adjusted, executed, indicators, quantitative, score, digest = told
    amounts = [form.annual_total, form.lifetime_total, initial, adjusted, executed]
    said = digest or form.goal
    content = " ".join(map(str, [*amounts, said])) if said and any(a is not None for a in amounts) else ""
    return replace(
        form,
        initial_budget=initial,
        adjusted_budget=adjusted,
        executed=executed,
        indicators=indicators,
        quantitative=quantitative,
        score=score,
        content=content,
    )


def _arrow(name: str, rows: Iterable[dict[str, object]]) -> Any:
    """Rows of a derived table with the fiscal year, in the types of the schema."""
    schema = load_schema().tables[name].arrow_schema.append(pa.field(PARTITION, pa.int16()))
    return pa.Table.from_pylist(list(rows), schema=schema)


def _link_rows(links: Iterable[Link], forms: Iterable[PanelForm]) -> Iterator[dict[str, object]]:
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
            PARTITION: form.fiscal_year,
        }


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
