"""A dataset that an earlier program wrote can be asked before it is read again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import pipeline
from pipeline.dataset.contract.schema import load_schema
from tests.dataset.test_rows import corpus, ingest
from tests.shared import command_here


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """A version without the tables of budgets, and without the last column of each other table."""
    corpus(tmp_path / "raw")
    ingest(tmp_path / "raw", tmp_path / "out")
    for table in load_schema().tables.values():
        folder = tmp_path / "out/current" / table.name
        if table.name.startswith("budget_"):
            shutil.rmtree(folder)
            continue
        for part in folder.rglob("*.parquet"):
            rows = pq.read_table(part, partitioning=None)
            part.unlink()  # other versions share the file
            pq.write_table(rows.drop_columns([table.stored[-1].name]), part)
    return tmp_path / "out"


def test_columns_and_tables_that_are_missing_are_null_and_empty(earlier: Path) -> None:
    data = pipeline.open(earlier)
    for table in load_schema().tables.values():
        rows = data.sql(f'SELECT * FROM "{table.name}"').to_arrow_table()
        assert rows.column_names == [column.name for column in table.columns]
        whole = not table.name.startswith("budget_")
        assert (rows.num_rows > 0) <= whole, table.name
        assert rows[table.stored[-1].name].null_count == rows.num_rows
    assert len(data.forms) == 6


def test_commands_answer(earlier: Path, tmp_path: Path) -> None:
    for command in (
        ("query", "--ready", "largest-projects", "--dataset", earlier),
        ("query", "SELECT * FROM budget_lines", "--dataset", earlier),
        ("export", tmp_path / "budget.xlsx", "--out", earlier),
        ("report", tmp_path / "report.html", "--out", earlier),
    ):
        ran = command_here(*command)
        assert ran.returncode == 0, ran.stderr
