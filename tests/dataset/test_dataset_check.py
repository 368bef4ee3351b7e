"""The dataset held against its own promises: a sound one passes, every kind of damage is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipeline.dataset.checks.check import check_dataset
from pipeline.dataset.errors import DatasetError
from tests.dataset.test_rows import ingest, put


def part(out: Path, table: str) -> Path:
    return out / table / "fiscal_year=2023" / "part-0.parquet"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    put(folder / "raw", "a.pdf", name=1)
    put(folder / "raw", "b.pdf", name=2, forms=1)
    ingest(folder / "raw", folder / "out")
    return folder / "out"


@pytest.fixture
def damage(sound: Path) -> Any:
    """Rewrites one part of the sound dataset by a function of its rows; all is put back afterwards."""
    kept: dict[Path, bytes] = {}

    def rewrite(table: str, change: Callable[[Any], Any]) -> Path:
        path = part(sound, table)
        kept.setdefault(path, path.read_bytes())
        with pq.ParquetFile(path) as file:
            pq.write_table(change(file.read()), path)
        return sound

    yield rewrite
    for path, data in kept.items():
        path.write_bytes(data)


def column(name: str, value: object, row: int = 0) -> Callable[[Any], Any]:
    """Puts a value into one row of a column."""

    def change(rows: Any) -> Any:
        values = rows[name].to_pylist()
        values[row] = value
        index = rows.schema.get_field_index(name)
        return rows.set_column(index, rows.schema.field(name), pa.array(values, rows.schema.field(name).type))

    return change


def doubled(rows: Any) -> Any:
    return pa.concat_tables([rows, rows.slice(0, 1)])


def without_first(rows: Any) -> Any:
    return rows.slice(1)


def indicators_without_evidence(rows: Any) -> Any:
    return rows.filter(pc.not_equal(rows["table"], "indicators"))


def test_the_document_of_a_broken_promise_is_named(damage: Any) -> None:
    for table in ("evidence", "regions"):
        problems = check_dataset(damage(table, column("x1", 1e9)))
        assert [(problem.rule, len(problem.documents)) for problem in problems][-1] == ("box.limits", 1)
        assert set(problems[-1].documents) <= {"a.pdf", "b.pdf"}


@pytest.mark.parametrize(
    ("table", "change", "rule", "count"),
    [
        ("funds", doubled, "key.primary", 1),
        ("forms", without_first, "key.foreign", 4),
        ("forms", without_first, "documents.form_count", 1),
        pytest.param("documents", column("superseded_by", "0" * 64), "key.foreign", 1, marks=pytest.mark.slow),
        ("documents", column("error_code", "x"), None, 0),
        ("indicators", column("level1_code", "poem"), "value.enum", 1),
        ("forms", column("form_id", "x"), "value.pattern", 1),
        ("forms", column("annual_total", 1), "forms.amount", 1),
        pytest.param("forms", column("annual_other", 1), "forms.amount", 1, marks=pytest.mark.slow),
        ("forms", column("error_count", 1), "forms.finding_counts", 1),
        ("evidence", indicators_without_evidence, "evidence.missing", 6),
        ("evidence", column("row_no", 9), "evidence.stray", 1),
        ("evidence", column("page", 4), "page.range", 1),
        pytest.param("forms", column("page_last", 0), "page.range", 1, marks=pytest.mark.slow),
        pytest.param("regions", column("x1", 1.0), "box.limits", 1, marks=pytest.mark.slow),
        pytest.param("regions", column("y1", 1e6), "box.limits", 1, marks=pytest.mark.slow),
        ("regions", column("y1", float("nan")), "box.limits", 1),
        pytest.param("regions", column("y1", None), "box.limits", 1, marks=pytest.mark.slow),
    ],
)
def test_broken_promises_are_named(
    damage: Any, table: str, change: Callable[[Any], Any], rule: str | None, count: int
) -> None:
    problems = check_dataset(damage(table, change))
    found: dict[str, int] = {}
    for problem in problems:
        found[problem.rule] = max(problem.count, found.get(problem.rule, 0))
    assert found.get(str(rule), 0) == count, problems
    assert rule or not problems
    assert all(problem.message for problem in problems)


def test_rows_of_a_replaced_document(damage: Any) -> None:
    def superseded(rows: Any) -> Any:
        return column("superseded_by", rows["document_id"][1].as_py())(rows)

    rules = [problem.rule for problem in check_dataset(damage("documents", superseded))]
    assert rules == ["documents.superseded"] * 3


def test_rows_in_the_partition_of_another_year(sound: Path) -> None:
    path = part(sound, "funds")
    other = path.parent.with_name("fiscal_year=2022")
    path.parent.rename(other)
    try:
        assert [problem.rule for problem in check_dataset(sound)] == ["files.missing", "files.unlisted"]
    finally:
        other.rename(path.parent)


def test_a_column_of_another_type(damage: Any) -> None:
    out = damage("funds", lambda rows: rows.set_column(1, "line_no", rows["line_no"].cast(pa.int64())))
    [problem] = check_dataset(out)
    assert problem.rule == "schema.columns"
    assert "funds" in problem.message


def test_a_file_that_is_gone(sound: Path) -> None:
    path = part(sound, "regions")
    data = path.read_bytes()
    path.unlink()
    try:
        assert {problem.rule for problem in check_dataset(sound)} == {"files.missing", "files.table"}
    finally:
        path.write_bytes(data)


def test_a_sound_dataset_has_no_problems(sound: Path) -> None:
    assert check_dataset(sound) == []


def test_no_dataset(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="there is no dataset"):
        check_dataset(tmp_path)


@pytest.mark.parametrize("change", [doubled, column("form_ids", [])])
def test_the_document_of_a_project_is_named(damage: Any, change: Callable[[Any], Any]) -> None:
    problems = check_dataset(damage("projects", change))
    assert problems
    assert [problem.rule for problem in problems if not problem.documents] == []
