"""Checks a dataset: schema, keys, references, sums. Each rule is a query that counts the rows that break it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import compress
from pathlib import Path

import duckdb

from pipeline.dataset.contract import datapackage
from pipeline.dataset.contract.schema import PARTITION, Schema, Table, load_schema
from pipeline.dataset.store.model import Version
from pipeline.dataset.store.parts import has_schema
from pipeline.dataset.store.paths import read_bytes
from pipeline.dataset.store.versions import pinned
from pipeline.dataset.views import connect, literal
from pipeline.messages import Text, t
from pipeline.pages.limits import LARGEST_SIDE

NAMED = 20
"""Documents that a problem names; there may be a million."""

AMOUNTS = {
    "lifetime_total": ("lifetime", "total"),
    "lifetime_fiscal": ("lifetime", "fiscal"),
    "lifetime_other": ("lifetime", "other"),
    "annual_total": ("annual", "total"),
    "annual_fiscal": ("annual", "fiscal"),
    "annual_carryover": ("annual", "carryover"),
    "annual_other": ("annual", "other"),
}
"""Scope and source of the line of `funds` for each amount of a form. The budget of a self-evaluation is
annual; other funds may be one line or the sum of all lines that are neither total, fiscal nor carried over."""

ANNUAL = "('annual', 'initial_budget', 'adjusted_budget')"
OTHER = "('special_account', 'self_raised', 'other')"


BROKEN = {
    "required": t("a value is needed"),
    "enum": t("not an agreed value"),
    "pattern": t("not of the agreed pattern"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A broken rule: its stable id, how many rows or files break it, and the documents that these rows are of.

    `documents` are paths relative to the raw folder, some at most, and ids of documents that are not in the dataset.
    """

    rule: str
    message: Text
    count: int
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule; `query` selects of each row that breaks it the id, which begins with that of its document, or null."""

    rule: str
    message: Text
    query: str


@dataclass(frozen=True, slots=True)
class _RowRule:
    """A rule about each row of a table alone; `broken` is the condition that rows which break it meet."""

    rule: str
    message: Text
    broken: str


def check_dataset(out: Path) -> list[Problem]:
    """All broken rules of the dataset at `out`; empty when it is sound.

    Raises `DatasetError` when there is no dataset.
    """
    schema = load_schema()
    with pinned(out) as version:
        problems = [*_files(version, schema), *_columns(version, schema)]
    if problems:  # the queries below need the files and columns
        return problems
    with connect(out) as connection:
        return [_problem(connection, rule) for rule in _broken_rules(connection, schema)]


def _problem(connection: duckdb.DuckDBPyConnection, rule: _Rule) -> Problem:
    """The problem that a broken rule is."""
    found = connection.execute(
        "WITH broken AS (SELECT left(id, 12) d, count(*) n FROM "
        f"({rule.query}) AS found(id) GROUP BY ALL) SELECT n, coalesce(source_path, d) FROM broken LEFT JOIN "
        "(SELECT left(document_id, 12) d, min(source_path) source_path FROM documents GROUP BY ALL) USING (d) "
        "ORDER BY ALL"
    ).fetchall()
    named = tuple(str(name) for _, name in found[:NAMED] if name is not None)
    return Problem(rule.rule, rule.message, sum(count for count, _ in found), named)


def _broken_rules(connection: duckdb.DuckDBPyConnection, schema: Schema) -> Iterator[_Rule]:
    for table in schema.tables.values():
        yield from _broken_row_rules(connection, table)
    for rule in _rules(schema):
        if connection.execute(f"SELECT 1 FROM ({rule.query}) LIMIT 1").fetchone():
            yield rule


def _broken_row_rules(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[_Rule]:
    """The rules about single rows of a table that some row breaks: one query tells, as a table has up to 40."""
    rules = [*_values(table), *_boxes(table)]
    conditions = ", ".join(f"bool_or({rule.broken})" for rule in rules)
    (is_broken,) = connection.execute(f'SELECT {conditions} FROM "{table.name}"').fetchall()
    for rule in compress(rules, is_broken):
        query = f'SELECT {_owner(table)} FROM "{table.name}" WHERE {rule.broken}'
        yield _Rule(rule.rule, rule.message, query)


def _files(version: Version, schema: Schema) -> Iterator[Problem]:
    try:
        described = json.loads(read_bytes(version.files[datapackage.FILE_NAME]))
        listed = {path for resource in described["resources"] for path in resource["path"]}
    except (OSError, LookupError, TypeError, ValueError):
        yield Problem("files.package", t("{file} is missing or damaged", file=datapackage.FILE_NAME), 1)
        return
    there = {name for name in version.files if name.endswith(".parquet") and name.split("/")[0] in schema.tables}
    if missing := listed - there:
        yield Problem(
            "files.missing", t("listed and not there: {missing}", missing=", ".join(sorted(missing))), len(missing)
        )
    if unlisted := there - listed:
        yield Problem(
            "files.unlisted", t("there and not listed: {unlisted}", unlisted=", ".join(sorted(unlisted))), len(unlisted)
        )
    if empty := set(schema.tables) - {path.split("/")[0] for path in there}:
        yield Problem("files.table", t("tables without a file: {empty}", empty=", ".join(sorted(empty))), len(empty))


def _columns(version: Version, schema: Schema) -> Iterator[Problem]:
    for table in schema.tables.values():
        parts = version.parts(table.name)
        if odd := [part.parent.name for part in parts if not has_schema(part, table)]:
            yield Problem(
                "schema.columns",
                t(
                    "{name}: columns are not those of the schema in {odd}: run `budget-forms ingest --force`",
                    name=table.name,
                    odd=", ".join(odd),
                ),
                len(odd),
            )


def _rules(schema: Schema) -> Iterator[_Rule]:
    for table in schema.tables.values():
        yield from _keys(table)
        yield from _partitions(table)
        yield from _places(table)
    yield from _amounts()
    yield from _evidence()
    yield from _documents()
    yield from _budget()
    yield from _projects()


def _owner(table: Table) -> str:
    """SQL for what begins with the id of a row's document, of several the first; null where a table tells none."""
    if "form_ids" in {column.name for column in table.columns}:
        return "list_first(form_ids)"
    return f'"{table.owner}"' if table.owner in ("document_id", "form_id", "table_id") else "NULL"


def _keys(table: Table) -> Iterator[_Rule]:
    key = ", ".join(f'"{name}"' for name in table.primary_key)
    yield _Rule(
        "key.primary",
        t("{name}: several rows with the same {key}", name=table.name, key=key),
        f'SELECT min({_owner(table)}) FROM "{table.name}" GROUP BY {key} HAVING count(*) > 1',
    )
    for foreign in table.foreign_keys:
        pairs = list(zip(foreign.columns, foreign.references, strict=True))
        joined = " AND ".join(f'a."{own}" = b."{other}"' for own, other in pairs)
        given = " AND ".join(f'a."{own}" IS NOT NULL' for own, _ in pairs)
        yield _Rule(
            "key.foreign",
            t(
                "{name}: {columns} not in {table}",
                name=table.name,
                columns=", ".join(foreign.columns),
                table=foreign.table,
            ),
            f'SELECT {_owner(table)} FROM "{table.name}" a ANTI JOIN "{foreign.table}" b ON {joined} WHERE {given}',
        )


def _values(table: Table) -> Iterator[_RowRule]:
    for column in table.columns:
        name = f"{table.name}.{column.name}"
        broken = {
            "required": f'"{column.name}" IS NULL' if column.required else "",
            "enum": f'NOT list_contains({literal([*column.enum])}, "{column.name}")' if column.enum else "",
            "pattern": f"NOT regexp_matches(\"{column.name}\", '{column.pattern}')" if column.pattern else "",
        }
        for rule, condition in broken.items():
            if condition:
                yield _RowRule(f"value.{rule}", t("{name}: {broken}", name=name, broken=BROKEN[rule]), condition)


def _boxes(table: Table) -> Iterator[_RowRule]:
    if "x0" in {column.name for column in table.columns}:
        yield _RowRule(
            "box.limits",
            t("{name}: a box that is turned over or far off the page", name=table.name),
            "NOT coalesce(isfinite(x0 + y0 + x1 + y1) AND x0 <= x1 AND y0 <= y1 AND "
            f"least(x0, y0) >= -{LARGEST_SIDE} AND greatest(x1, y1) <= {LARGEST_SIDE}, x0 IS NULL)",
        )


def _partitions(table: Table) -> Iterator[_Rule]:
    if table.partition_of is not None:
        yield _Rule(
            "partition.row",
            t(
                "{name}: not in the fiscal year of its row in {partition_of}",
                name=table.name,
                partition_of=table.partition_of,
            ),
            f'SELECT {_owner(table)} FROM "{table.name}" a JOIN "{table.partition_of}" b USING ("{table.owner}") '
            f"WHERE a.{PARTITION} IS DISTINCT FROM b.{PARTITION}",
        )


def _places(table: Table) -> Iterator[_Rule]:
    columns = {column.name for column in table.columns}
    for page in sorted(columns & {"page", "page_first", "page_last"}):
        yield _Rule(
            "page.range",
            t("{name}.{page}: not a page of the document", name=table.name, page=page),
            f'SELECT d.document_id FROM "{table.name}" a JOIN documents d '
            f'ON left(a."{table.owner}", 12) = left(d.document_id, 12) '
            f"WHERE a.{page} NOT BETWEEN 1 AND d.page_count",
        )


def _amounts() -> Iterator[_Rule]:
    for amount, (scope, source) in AMOUNTS.items():
        scopes = ANNUAL if scope == "annual" else "('lifetime')"
        sources = OTHER if source == "other" else f"('{source}')"
        yield _Rule(
            "forms.amount",
            t("forms.{amount}: neither an amount in funds nor the sum of its lines", amount=amount),
            f"WITH lines AS (SELECT * FROM funds WHERE scope IN {scopes} AND source IN {sources}), "
            "amounts AS (SELECT form_id, amount FROM lines UNION ALL "
            "SELECT form_id, sum(amount) FROM lines GROUP BY form_id, scope) "
            f"SELECT f.form_id FROM forms f ANTI JOIN amounts a ON f.form_id = a.form_id AND f.{amount} = a.amount "
            f"WHERE f.{amount} IS NOT NULL",
        )


def _evidence() -> Iterator[_Rule]:
    numbers = {"forms": "0", "funds": "t.line_no", "indicators": "t.indicator_no", "tasks": "t.task_no"}
    for table, number in numbers.items():
        joined = f"e.\"table\" = '{table}' AND e.form_id = t.form_id AND e.row_no = {number}"
        if table != "forms":  # a form need not have a value
            yield _Rule(
                "evidence.missing",
                t("{table}: a row without evidence", table=table),
                f"SELECT t.form_id FROM {table} t ANTI JOIN evidence e ON {joined}",
            )
        yield _Rule(
            "evidence.stray",
            t("evidence: of a row that is not in {table}", table=table),
            f"SELECT e.form_id FROM evidence e ANTI JOIN {table} t ON {joined} WHERE e.\"table\" = '{table}'",
        )


def _documents() -> Iterator[_Rule]:
    yield _Rule(
        "documents.form_count",
        t("documents.form_count: not the number of its forms"),
        "SELECT document_id FROM documents d LEFT JOIN (SELECT document_id, count(*) n FROM forms GROUP BY ALL) "
        "USING (document_id) WHERE superseded_by IS NULL AND form_count <> coalesce(n, 0)",
    )
    for table in ("forms", "findings", "regions", "budget_tables", "budget_lines"):
        yield _Rule(
            "documents.superseded",
            t("{table}: rows of a document that was replaced", table=table),
            f"SELECT document_id FROM {table} JOIN documents USING (document_id) WHERE superseded_by IS NOT NULL",
        )
    yield _Rule(
        "forms.finding_counts",
        t("forms: error_count or warning_count is not the number of its findings"),
        "SELECT form_id FROM forms LEFT JOIN (SELECT form_id, count(*) FILTER (severity = 'error') e, "
        "count(*) FILTER (severity = 'warning') w FROM findings GROUP BY form_id) USING (form_id) "
        "WHERE error_count <> coalesce(e, 0) OR warning_count <> coalesce(w, 0)",
    )


def _budget() -> Iterator[_Rule]:
    yield _Rule(
        "budget.line_count",
        t("budget_tables: line_count or is_empty is not that of its lines"),
        "SELECT table_id FROM budget_tables LEFT JOIN (SELECT table_id, count(*) n, bool_or(number <> 0) filled "
        "FROM budget_lines GROUP BY table_id) USING (table_id) "
        "WHERE line_count <> coalesce(n, 0) OR is_empty = coalesce(filled, false)",
    )
    yield _Rule(
        "budget.place",
        t("budget_lines: several numbers at one row and column of a table"),
        "SELECT table_id FROM budget_lines GROUP BY table_id, row_no, column_no HAVING count(*) > 1",
    )
    yield _Rule(
        "budget.of_table",
        t("budget_lines: kind, stage, variant or year is not that of the table"),
        "SELECT table_id FROM budget_lines l JOIN budget_tables t USING (table_id) WHERE (l.kind, l.stage, l.variant, "
        "l.fiscal_year) IS DISTINCT FROM (t.kind, t.stage, t.variant, t.fiscal_year)",
    )
    yield _Rule(
        "budget.finding_counts",
        t("budget_tables: error_count or warning_count is not the number of its findings"),
        "SELECT table_id FROM budget_tables LEFT JOIN (SELECT table_id, count(*) FILTER (severity = 'error') e, "
        "count(*) FILTER (severity = 'warning') w FROM findings GROUP BY table_id) USING (table_id) "
        "WHERE error_count <> coalesce(e, 0) OR warning_count <> coalesce(w, 0)",
    )
    yield _Rule(
        "budget.link",
        t("links: the row of a budget table is not there"),
        "SELECT k.form_id FROM links k ANTI JOIN budget_lines l ON k.budget_table_id = l.table_id AND "
        "k.budget_row_no = l.row_no WHERE k.budget_table_id IS NOT NULL",
    )


def _projects() -> Iterator[_Rule]:
    yield _Rule(
        "projects.links",
        t("forms.project_key: not that of the form in links"),
        "SELECT form_id FROM forms f FULL JOIN links l USING (form_id) "
        "WHERE f.project_key IS DISTINCT FROM l.project_key",
    )
    yield _Rule(
        "projects.form_ids",
        t("projects.form_ids: not the forms of the project in the year"),
        "SELECT coalesce(list_first(p.form_ids), list_first(f.ids)) FROM projects p FULL JOIN "
        "(SELECT project_key, coalesce(fiscal_year, 0) y, list_sort(list(form_id)) ids "
        "FROM forms WHERE project_key IS NOT NULL GROUP BY ALL) f "
        "ON p.project_key = f.project_key AND coalesce(p.fiscal_year, 0) = f.y WHERE p.form_ids IS DISTINCT FROM f.ids",
    )
