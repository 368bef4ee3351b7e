"""What frictionless, which knows the standard and nothing of this program, says of the descriptor and of the rows."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import frictionless
import pyarrow.dataset as ds
import pytest

from tests.dataset.test_rows import ingest, put


def described(out: Path) -> dict[str, Any]:
    """The descriptor with the rows themselves in place of the paths.

    frictionless reads Parquet through pandas, where a null among whole numbers becomes NaN and a list an array, and
    then says that both are wrong.
    """
    package: dict[str, Any] = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        paths = [str(out / path) for path in resource.pop("path")]
        del resource["format"], resource["mediatype"]
        rows = ds.dataset(paths, partitioning="hive", partition_base_dir=str(out)).to_table()
        names = [field["name"] for field in resource["schema"]["fields"]]
        resource["data"] = [names, *(list(row.values()) for row in rows.select(names).to_pylist())]
    return package


def errors(package: dict[str, Any]) -> list[list[Any]]:
    """Kind and message of everything that frictionless finds wrong."""
    return list(frictionless.Package.from_descriptor(copy.deepcopy(package)).validate().flatten(["type", "message"]))


def test_the_sample_is_a_valid_data_package(sample_dataset: Path) -> None:
    package = described(sample_dataset)
    assert [resource["name"] for resource in package["resources"] if len(resource["data"]) == 1] == [
        *("tasks", "other_values", "budget_tables", "budget_lines")  # the sample has none
    ]
    assert errors(package) == []


@pytest.mark.slow
def test_rows_without_a_year_and_without_a_project_are_valid(tmp_path: Path) -> None:
    put(tmp_path / "raw", "a.pdf", form_years=[2023, None, 2023, None], names=["甲", "乙", None, None])
    ingest(tmp_path / "raw", tmp_path / "out")
    assert errors(described(tmp_path / "out")) == []


@pytest.mark.slow
def test_budget_tables_and_the_rows_of_forms_in_them_are_valid(tmp_path: Path) -> None:
    put(tmp_path / "raw", "a.pdf", publisher="云溪县财政局", names=["信息化运维", "会议"], budget={"信息化运维": 900})
    ingest(tmp_path / "raw", tmp_path / "out")
    package = described(tmp_path / "out")
    assert errors(package) == []
    [links] = [resource["data"] for resource in package["resources"] if resource["name"] == "links"]
    place = links[0].index("budget_table_id")
    [row] = [row for row in links[1:] if row[place]]
    row[place] = "000000000000-t001"
    assert {found for found, _ in errors(package)} == {"foreign-key"}


@pytest.mark.parametrize(
    ("table", "column", "value", "kind"),
    [
        pytest.param("forms", "form_kind", "poem", "constraint-error", marks=pytest.mark.slow),
        pytest.param("forms", "document_id", None, "constraint-error", marks=pytest.mark.slow),
        ("forms", "document_id", "0" * 64, "foreign-key"),
        pytest.param("funds", "amount", "much", "type-error", marks=pytest.mark.slow),
        pytest.param("indicators", "form_id", "000000000000-001", "foreign-key", marks=pytest.mark.slow),
    ],
)
def test_what_is_described_is_held_to(sample_dataset: Path, table: str, column: str, value: object, kind: str) -> None:
    package = described(sample_dataset)
    package["resources"] = [r for r in package["resources"] if r["name"] not in ("evidence", "regions")]
    [rows] = [resource["data"] for resource in package["resources"] if resource["name"] == table]
    rows[1][rows[0].index(column)] = value
    assert {found for found, _ in errors(package)} == {kind}
