"""Computes a dataset report from one version of the dataset."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipeline.dataset.store.versions import pinned
from pipeline.dataset.views import create_views
from pipeline.language import Language
from pipeline.outputs.summary.aggregate import Aggregator
from pipeline.outputs.summary.model import DatasetReport
from pipeline.outputs.summary.sections import figures, sections

TABLES = ("documents", "forms", "indicators", "tasks", "other_values", "findings", "projects", "budget_tables")
LINES = (
    "document_id",
    "stage",
    "kind",
    "table_id",
    "variant",
    "side",
    "row_role",
    "level",
    "classification",
    "label",
    "row_no",
    "column_no",
    "phase",
    "value_kind",
    "fund",
    "use",
    "origin",
    "amount",
)
"""Columns of `budget_lines` that the report reads."""


def compute_dataset_report(out: Path, year: int | None = None, language: Language = "en") -> DatasetReport:
    """The report of the current version of the dataset at `out`; with `year`, only rows of that fiscal year count.

    Its texts are in `language`. Raises `DatasetError` when there is no dataset.
    """
    with pinned(out) as version, duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA files; SET schema = 'files'")
        create_views(connection, version)
        connection.execute("SET schema = 'main'")
        for table in TABLES:  # hundreds of queries take a tenth of the time from memory
            connection.execute(f"CREATE TABLE {table} AS FROM files.{table}")
        connection.execute(f"CREATE TABLE budget_lines AS SELECT {', '.join(LINES)} FROM files.budget_lines")
        data = Aggregator(connection, year, language)
        programs = data.values("SELECT DISTINCT pipeline_version FROM documents ORDER BY 1")
        head, body = figures(data), sections(data)
        return DatasetReport(
            version.number, tuple(str(program) for (program,) in programs), year, head, body, data.rows, language
        )
