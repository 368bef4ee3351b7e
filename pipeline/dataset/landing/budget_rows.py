"""Finds the rows of budget tables that performance forms are about, document by document, when documents land."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import pyarrow as pa

from pipeline.dataset.landing.project_forms import Facts, FormReader, Row, view_parts
from pipeline.dataset.store.model import Version
from pipeline.dictionaries import load_naming
from pipeline.projects.budgeted import Budgeted, ProjectRow, budgeted_forms

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ROWS = """
SELECT document_id, table_id, row_no, coalesce(project_name, label), project_code,
    CASE WHEN classification = 'project' THEN unit_name END, arg_min(amount, column_no), classification = 'project'
FROM budget_lines SEMI JOIN wanted USING (document_id)
WHERE kind IN ('project', 'general_project', 'fiscal_project') AND classification IN ('project', 'unit')
    AND is_leaf IS NOT FALSE AND value_kind = 'amount' AND variant IS NULL AND origin = 'all'
    AND phase = CASE stage WHEN 'final_accounts' THEN 'executed' ELSE 'budget' END
    AND coalesce(project_name, label) IS NOT NULL
GROUP BY ALL ORDER BY table_id, row_no
"""
"""Rows of project tables with the number that holds all their money. Some tables print projects among units, in one
column; a name that a form prints, too, is a project's."""


def budgeted_rows(
    connection: DuckDBPyConnection,
    version: Version,
    rows: Collection[Row],
    facts: Mapping[str, Facts],
    reader: FormReader,
) -> dict[str, Budgeted]:
    """The budgeted row of each form that has one, by form_id.

    `rows` are all forms of their documents; `reader` has met them, `facts` are theirs. `connection` is one without a
    view of budget lines.
    """
    forms = [reader.form(row, facts[row["form_id"]]) for row in rows]
    documents = {form.document_id for form in forms}
    return budgeted_forms(forms, list(_project_rows(connection, version, documents, reader)), load_naming())


def _project_rows(
    connection: DuckDBPyConnection, version: Version, documents: Iterable[str], reader: FormReader
) -> Iterator[ProjectRow]:
    view_parts(connection, "budget_lines", version.parts("budget_lines"))
    connection.register("wanted", pa.table({"document_id": pa.array(sorted(documents), pa.string())}))
    for document, table, row_no, name, code, unit, amount, is_project in connection.execute(_ROWS).fetchall():
        owner = reader.organ_of(unit, document) if unit else None
        yield ProjectRow(document, table, row_no, name, code, owner, amount, is_project)
