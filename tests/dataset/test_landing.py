"""Landing: the same documents give the same bytes, nothing is counted twice, readers and kills do no harm."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow.dataset as ds
import pytest

from pipeline.dataset.checks.check import check_dataset
from pipeline.dataset.contract.schema import load_schema
from pipeline.dataset.errors import DatasetError
from pipeline.dataset.landing.land import land
from pipeline.dataset.landing.plan import plan_ingest
from pipeline.dataset.landing.staging import stage
from pipeline.dataset.store.versions import locked
from pipeline.dataset.views import connect
from tests.dataset.test_rows import corpus, extraction_of, ingest, put, read, snapshot


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus in `raw` and, landed at once, in `out`; only to be read."""
    folder = tmp_path_factory.mktemp("landed")
    corpus(folder / "raw")
    _, landing = ingest(folder / "raw", folder / "out")
    assert len(landing.landed) == 4
    assert not landing.missing
    return folder


@pytest.fixture
def copied(landed: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Copies of the folders of PDFs and of the dataset, that a test may change."""
    shutil.copytree(landed, tmp_path, symlinks=True, dirs_exist_ok=True)
    return tmp_path / "raw", tmp_path / "out"


def test_rows_come_back_as_they_went_in(landed: Path) -> None:
    raw, out = landed / "raw", landed / "out"
    assert check_dataset(out) == []
    documents = {row["source_path"]: row for row in read(out, "documents")}
    assert sorted(documents) == ["a/one.pdf", "a/two.PDF", "b/copy of three.pdf", "none.pdf"]
    three = documents["b/copy of three.pdf"]
    assert three["file_name"] == "copy of three.pdf"
    assert three["first_seen_at"] == datetime.fromtimestamp(1_600_000_000, UTC)
    assert three["fiscal_year"] is None
    extraction = extraction_of(raw / "a/one.pdf")
    for table, rows in extraction.tables.items():
        document = documents["a/one.pdf"]["document_id"][:12]
        own = [r for r in read(out, table) if (r.get("form_id") or r["document_id"]).startswith(document)]
        assert len(own) == len(rows), table
    [form] = [r for r in read(out, "forms") if r["form_id"] == extraction.tables["forms"][1]["form_id"]]
    assert extraction.tables["forms"][1].items() <= form.items()
    assert all(r["fiscal_year"] == 2023 for r in read(out, "funds") if r["form_id"] == form["form_id"])


def test_files_carry_the_data_dictionary(landed: Path) -> None:
    stored = ds.dataset(landed / "out/forms/fiscal_year=2023/part-0.parquet", format="parquet").schema
    assert stored.field("annual_total").metadata == {
        b"description": b"Amount of the fiscal year: total",
        b"description_zh": "当年金额：总额".encode(),
        b"label_zh": "年度资金总额".encode(),
        b"unit": b"yuan",
    }
    assert json.loads(stored.field("text_source").metadata[b"codes"]) == {
        "digital": "电子文字",
        "ocr": "图像识别",
        "person": "人工补录",
    }
    assert "fiscal_year" not in stored.names
    assert b"pandas" not in (stored.metadata or {})


def backwards(paths: list[Path]) -> list[Path]:
    return paths[::-1]


ORDERS = [pytest.param(list, marks=pytest.mark.slow), backwards]


@pytest.mark.parametrize("order", ORDERS)
def test_same_bytes_in_one_landing_or_many(
    landed: Path, tmp_path: Path, order: Callable[[list[Path]], list[Path]]
) -> None:
    ingest(landed / "raw", tmp_path, land_each=True, order=order)
    assert snapshot(landed / "out") == snapshot(tmp_path)


@pytest.mark.slow
def test_same_bytes_when_files_arrive_over_several_runs(landed: Path, tmp_path: Path) -> None:
    raw = landed / "raw"
    for path in sorted(raw.rglob("*.*"), reverse=True):
        later = tmp_path / "later" / path.relative_to(raw)
        later.parent.mkdir(parents=True, exist_ok=True)
        later.write_bytes(path.read_bytes())
        os.utime(later, ns=(path.stat().st_mtime_ns, path.stat().st_mtime_ns))
        ingest(tmp_path / "later", tmp_path / "many")
    assert snapshot(landed / "out") == snapshot(tmp_path / "many")


def test_nothing_changed_makes_no_version(copied: tuple[Path, Path]) -> None:
    raw, out = copied
    version = os.readlink(out / "current")
    plan, landing = ingest(raw, out)
    assert not plan.to_read
    assert not landing.landed
    assert os.readlink(out / "current") == version
    before = snapshot(out)
    ingest(raw, out, force=True)
    assert os.readlink(out / "current") != version
    assert snapshot(out) == before


def test_only_touched_partitions_are_written(copied: tuple[Path, Path]) -> None:
    raw, out = copied
    before = {p: p.stat().st_ino for p in out.glob("*/fiscal_year=*/*")}
    put(raw, "new.pdf", name=5, year=2022)
    ingest(raw, out)
    changed = {path.relative_to(out).parts[1] for path, inode in before.items() if path.stat().st_ino != inode}
    assert changed == {"fiscal_year=2022"}


def test_a_new_file_at_the_same_path_supersedes(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    put(raw, "other.pdf", name="other")
    put(raw, "a.pdf", name="first", year=2022, forms=3)
    ingest(raw, out)
    old = extraction_of(raw / "a.pdf").document["document_id"]
    put(raw, "a.pdf", name="second", year=2023, forms=1)
    new = extraction_of(raw / "a.pdf").document["document_id"]
    _, landing = ingest(raw, out)
    assert landing.superseded == {old}
    superseded_by = {row["document_id"]: row["superseded_by"] for row in read(out, "documents")}
    assert superseded_by[old] == new
    assert superseded_by[new] is None
    assert len(superseded_by) == 3
    for table in ("forms", "regions", "findings"):
        assert old not in {row["document_id"] for row in read(out, table)}
    assert len(read(out, "forms")) == 3
    assert check_dataset(out) == []

    put(raw, "a.pdf", name="first", year=2022, forms=3, time=1_800_000_000)  # and back again
    ingest(raw, out)
    documents = {row["document_id"]: row for row in read(out, "documents")}
    assert documents[old]["superseded_by"] is None
    assert documents[old]["first_seen_at"] == datetime.fromtimestamp(1_700_000_000, UTC)
    assert documents[new]["superseded_by"] == old
    assert len(read(out, "forms")) == 5
    assert check_dataset(out) == []


def test_first_seen_stays_when_a_file_is_touched(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    for time in (1_700_000_000, 1_800_000_000, 1_600_000_000):
        put(raw, "a.pdf", time=time)
        ingest(raw, out, force=True)
        assert [row["first_seen_at"] for row in read(out, "documents")] == [datetime.fromtimestamp(1_700_000_000, UTC)]


def test_vanished_files_keep_their_rows_and_moved_ones_are_not_read_again(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    put(raw, "a.pdf", name=1)
    put(raw, "b.pdf", name=2)
    ingest(raw, out)
    (raw / "a.pdf").unlink()
    plan, _ = ingest(raw, out)
    assert plan.changes.vanished == ("a.pdf",)
    assert len(read(out, "forms")) == 4
    (raw / "b.pdf").rename(raw / "c.pdf")
    plan, _ = ingest(raw, out)
    assert not plan.to_read
    assert {row["source_path"] for row in read(out, "documents")} == {"a.pdf", "c.pdf"}
    assert check_dataset(out) == []


def test_a_document_whose_year_is_read_differently_moves(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    path = put(raw, "a.pdf", year=2022)
    ingest(raw, out)
    with locked(out):
        plan = plan_ingest(raw, out, "f" * 16)
        extraction = extraction_of(path)
        for row in (extraction.document, *extraction.tables["forms"]):
            row["fiscal_year"] = 2023
        stage(out, "f" * 16, extraction)
        land(out, plan.changes)
    assert {row["fiscal_year"] for table in load_schema().tables for row in read(out, table)} == {2023}
    assert check_dataset(out) == []


@pytest.mark.parametrize("years", [{}, {"year": None, "form_years": [None]}, {"forms": 0, "year": 2023}])
def test_tables_without_rows_or_years_can_be_read(tmp_path: Path, years: dict[str, object]) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()
    if years:
        put(raw, "a.pdf", **years)  # type: ignore[arg-type]
    ingest(raw, out)
    connection = connect(out)
    for name, table in load_schema().tables.items():
        whole = ds.dataset(out / name, format="parquet", partitioning="hive").to_table()
        assert set(whole.column_names) == {column.name for column in table.columns}
        described = connection.execute(f'DESCRIBE "{name}"').fetchall()
        assert [row[0] for row in described] == [column.name for column in table.columns]
        assert {row[1] for row in described if row[0] == "fiscal_year"} == {"SMALLINT"}
        assert connection.execute(f'SELECT count(*) FROM "{name}"').fetchone() == (whole.num_rows,)
    assert check_dataset(out) == []


@pytest.mark.slow
def test_a_reader_sees_one_version_while_others_land(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    put(raw, "0.pdf", name=0)
    ingest(raw, out)
    for number in range(1, 12):
        put(raw, f"{number}.pdf", name=number, year=2020 + number % 3)
    done, seen = threading.Event(), []

    def look() -> None:
        while not done.is_set():
            connection = connect(out)
            for _ in range(3):
                seen.append(
                    connection.execute(
                        "SELECT (SELECT count(*) FROM documents), (SELECT sum(form_count) FROM documents), "
                        "(SELECT count(*) FROM forms), (SELECT count(*) FROM indicators)"
                    ).fetchone()
                )

    reader = threading.Thread(target=look)
    reader.start()
    try:
        ingest(raw, out, land_each=True)
    finally:
        done.set()
        reader.join()
    assert len({counts for counts in seen if counts}) > 2
    assert all(counts == (n := counts[0], 2 * n, 2 * n, 4 * n) for counts in seen if counts)


@pytest.mark.slow
def test_a_pinned_version_outlives_many_landings_and_then_goes(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    put(raw, "0.pdf", name=0)
    ingest(raw, out)
    connection = connect(out)
    for number in range(1, 5):
        put(raw, f"{number}.pdf", name=number)
        ingest(raw, out)
    assert connection.execute("SELECT count(*) FROM documents").fetchone() == (1,)
    assert len(list((out / ".versions").iterdir())) == 3
    del connection
    put(raw, "5.pdf", name=5)
    ingest(raw, out)
    assert len(list((out / ".versions").iterdir())) == 2


def test_there_is_no_dataset_yet(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"there is no dataset at .*: run `budget-forms ingest"):
        connect(tmp_path)


def test_paths_with_odd_characters(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "it's [out] *=1"
    put(raw, "预算 '2023'.pdf")
    ingest(raw, out)
    assert connect(out).execute("SELECT file_name FROM documents").fetchall() == [("预算 '2023'.pdf",)]
    assert check_dataset(out) == []
    assert isinstance(connect(out), duckdb.DuckDBPyConnection)


def test_partitions_without_a_changed_document_are_not_read(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    put(raw, "old.pdf", year=2019)
    put(raw, "new.pdf", year=2023)
    ingest(raw, out)
    kept = [out / table / "fiscal_year=2019/part-0.parquet" for table in ("evidence", "findings")]
    for path in kept:  # the schema stays readable, the rows do not
        data = path.read_bytes()
        path.write_bytes(data[:4] + bytes(60) + data[64:])
    broken = [path.read_bytes() for path in kept]
    put(raw, "another.pdf", name="another", year=2023)
    ingest(raw, out)
    assert [path.read_bytes() for path in kept] == broken
    assert sorted(row["fiscal_year"] for row in read(out, "documents")) == [2019, 2023, 2023]
