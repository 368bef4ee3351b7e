"""Makes `ProjectForm`s of rows of the dataset: their organs, names and amounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dataset.contract.schema import PARTITION, load_schema
from pipeline.dataset.store.model import Version
from pipeline.dataset.store.parts import read_part
from pipeline.dictionaries import load_naming, load_regions
from pipeline.projects.link import LEAST_GOAL
from pipeline.projects.model import ProjectForm
from pipeline.projects.names import Organ, organ, plain_name
from pipeline.projects.rows import KINDS
from pipeline.text import key

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Row = Mapping[str, Any]

READ = [
    *("form_id", "document_id", "form_kind", "project_name", "project_code", "department", "implementing_unit"),
    *("annual_goal", "lifetime_goal", "annual_total", "lifetime_total"),
]
"""Columns of `forms` that joining projects needs."""

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
    parts.score + coalesce(money.score, 0), coalesce(digest, '')
FROM wanted LEFT JOIN parts USING (form_id) LEFT JOIN money USING (form_id)
"""


class Facts(NamedTuple):
    """Amounts, counts and score of a form. `digest` covers all indicators and is empty when there is none."""

    initial_budget: Decimal | None
    adjusted_budget: Decimal | None
    executed: Decimal | None
    indicators: int
    quantitative: int
    score: Decimal | None
    digest: str


def project_rows(forms: Any) -> list[Row]:
    """The rows of an Arrow table of forms that are about a project."""
    wanted = forms.filter(pc.is_in(forms["form_kind"], value_set=pa.array(KINDS))).select([*READ, PARTITION])
    rows: list[Row] = wanted.to_pylist()
    return [row for row in rows if row["project_name"] or row["form_kind"] == "project_narrative"]


def stored_forms(version: Version, years: Collection[int | None]) -> Iterator[Any]:
    """The forms of some partitions of a version, with the fiscal year."""
    for year in years:
        if part := version.part("forms", year):
            yield _with_year(read_part(part, READ), year)


def stored_rows(version: Version, table: str, columns: list[str]) -> Any:
    """Columns of all partitions of a table, with the fiscal year."""
    schema = pa.schema([*(load_schema().tables[table].arrow_schema.field(c) for c in columns), (PARTITION, pa.int16())])
    years = zip(version.years(table), version.parts(table), strict=True)
    parts = [_with_year(read_part(part, columns), year) for year, part in years]
    return pa.concat_tables([part.cast(schema) for part in parts]) if parts else schema.empty_table()


def _with_year(rows: Any, year: int | None) -> Any:
    return rows.append_column(PARTITION, pa.array([year] * rows.num_rows, pa.int16()))


class FormReader:
    """Makes `ProjectForm`s of rows; each different name is parsed once."""

    def __init__(self, version: Version) -> None:
        self._stored = stored_rows(version, "documents", ["document_id", "publisher", "region_code", "document_kind"])
        self._documents: dict[str, Row] = {}
        self._naming, self._regions = load_naming(), load_regions()
        self._organs: dict[tuple[str, str | None], Organ] = {}
        self._names: dict[tuple[str, str], tuple[str, str]] = {}

    def meet(self, rows: Iterable[Row]) -> None:
        """Looks up the documents of forms. Call it before `owner` and `form`."""
        wanted = pa.array({row["document_id"] for row in rows} - self._documents.keys(), pa.string())
        found = self._stored.filter(pc.is_in(self._stored["document_id"], value_set=wanted))
        self._documents |= {row["document_id"]: row for row in found.to_pylist()}

    def owner(self, row: Row) -> Organ:
        """The organ that owns the project of a form. A form without one has its document as the organ."""
        printed = self._printed(row)
        return self.organ_of(printed, row["document_id"]) if printed else Organ("", row["document_id"], ())

    def organ_of(self, printed: str, document_id: str) -> Organ:
        """The organ with a name that a document prints."""
        region_code = self._documents[document_id]["region_code"]
        owner = self._organs.get((printed, region_code))
        if owner is None:
            owner = self._organs[printed, region_code] = organ(printed, region_code, self._regions, self._naming)
        return owner

    def _printed(self, row: Row) -> str:
        return row["implementing_unit"] or row["department"] or self._documents[row["document_id"]]["publisher"] or ""

    def form(self, row: Row, facts: Facts) -> ProjectForm:
        """A `ProjectForm` from a row of `forms`."""
        owner, name = self.owner(row), row["project_name"] or ""
        compared = self._names.get((name, owner.key))
        if compared is None:
            compared = self._names[name, owner.key] = key(name), plain_name(name, owner, self._naming)
        goal = _goal(row)
        return ProjectForm(
            row["form_id"],
            row["document_id"],
            self._documents[row["document_id"]]["document_kind"],
            row["form_kind"],
            row[PARTITION],
            name,
            row["project_code"],
            self._printed(row),
            owner,
            *compared,
            goal,
            row["annual_total"],
            row["lifetime_total"],
            facts.initial_budget,
            facts.adjusted_budget,
            facts.executed,
            facts.indicators,
            facts.quantitative,
            facts.score,
            _content(facts.digest or goal, (row["annual_total"], row["lifetime_total"], *facts[:3])),
        )


def with_units(rows: Collection[Row], facts: Mapping[str, Facts]) -> list[Row]:
    """The rows; a form without a unit gets the unit of the form that it repeats.

    A department's budget prints its largest projects twice: below the department and, word for word, below the unit. A
    form repeats another of its document and kind when name, amounts, and indicators or goal are the same. It gets the
    unit only when all these forms that print a unit print the same one.
    """
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        if content := _content_of(row, facts[row["form_id"]]):
            groups[row["document_id"], row["form_kind"], key(row["project_name"] or ""), content].append(row)
    unit: dict[str, str] = {}
    for group in groups.values():
        printed = {row["implementing_unit"] for row in group} - {None}
        if len(printed) == 1:
            unit |= {row["form_id"]: next(iter(printed)) for row in group if row["project_name"]}
    lacking = {name for row in rows if not row["implementing_unit"] and (name := row["form_id"]) in unit}
    return [{**row, "implementing_unit": unit[i]} if (i := row["form_id"]) in lacking else row for row in rows]


def _content_of(row: Row, facts: Facts) -> str:
    """A text that is equal for forms that repeat each other; empty when the form has too little content."""
    said = facts.digest or (goal if len(goal := _goal(row)) >= LEAST_GOAL else "")
    return _content(said, (row["annual_total"], row["lifetime_total"], *facts[:3]))


def _goal(row: Row) -> str:
    return key(row["annual_goal"] or row["lifetime_goal"] or "")


def _content(said: str, amounts: tuple[Decimal | None, ...]) -> str:
    return " ".join(map(str, (*amounts, said))) if said and any(a is not None for a in amounts) else ""


def facts_of(connection: DuckDBPyConnection, version: Version, rows: Collection[Row]) -> dict[str, Facts]:
    """The `Facts` of the forms of `rows` by form_id, from the funds and indicators of a version.

    `connection` is one without tables; it gets views of the two.
    """
    wanted = pa.table({"form_id": pa.array([row["form_id"] for row in rows], pa.string())})
    years = {row[PARTITION] for row in rows}
    for table in ("funds", "indicators"):
        there = list(zip(version.years(table), version.parts(table), strict=True))
        parts = [part for year, part in there if year in years or part == there[0][1]]  # one at least
        view_parts(connection, table, parts)
    connection.register("wanted", wanted)
    return {form_id: Facts(*facts) for form_id, *facts in connection.execute(_FACTS).fetchall()}


def view_parts(connection: DuckDBPyConnection, table: str, parts: Iterable[Path]) -> None:
    """Creates a view of some partitions of a table, at least one."""
    from pipeline.dataset.views import readable  # loads DuckDB

    connection.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet({readable(connection, parts)})")
