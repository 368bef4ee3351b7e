"""Landing: projects follow documents that come, go and change, whether they land together or one by one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.dataset.checks.check import check_dataset
from pipeline.dataset.landing.catalogue import Origin
from pipeline.dataset.landing.land import land
from pipeline.dataset.landing.plan import plan_ingest
from pipeline.dataset.store.versions import locked
from tests.dataset.test_landing import ORDERS
from tests.dataset.test_rows import FINGERPRINT, extraction_of, ingest, put, read, snapshot


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus of projects in `raw` and, landed at once, in `out`; only to be read."""
    folder = tmp_path_factory.mktemp("projects")
    project_corpus(folder / "raw")
    ingest(folder / "raw", folder / "out")
    return folder


@pytest.fixture
def places(projects: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Copies of the folders of PDFs and of the dataset of projects, that a test may change."""
    shutil.copytree(projects, tmp_path, symlinks=True, dirs_exist_ok=True)
    return tmp_path / "raw", tmp_path / "out"


def project_corpus(raw: Path) -> None:
    put(raw, "2023.pdf", year=2023, publisher="某局", names=["安保服务", "2023年办公楼改造一期"])
    put(raw, "2024.pdf", year=2024, publisher="某局（本级）", names=["2024年安保服务项目", "办公楼改造二期"])
    put(raw, "2024 unit.pdf", year=2024, publisher="某局", names=["2024年安保服务项目", "信息化运维"])
    put(raw, "other.pdf", year=2023, publisher="另局", names=["安保服务"])


def test_projects_join_forms_of_years_and_documents(projects: Path) -> None:
    out = projects / "out"
    assert check_dataset(out) == []
    forms = {row["form_id"]: row for row in read(out, "forms")}
    found = {(row["project_name"], row["organ_key"], row["fiscal_year"]): row for row in read(out, "projects")}
    before, now = found["安保服务", ":某局", 2023], found["2024年安保服务项目", ":某局", 2024]
    assert before["project_key"] == now["project_key"] != found["安保服务", ":另局", 2023]["project_key"]
    assert {forms[i]["project_key"] for i in now["form_ids"]} == {now["project_key"]}
    assert [forms[i]["duplicate_of"] in now["form_ids"] for i in now["form_ids"]].count(True) == 1
    assert (now["duplicate_count"], now["amount_asked"], now["amount_change"]) == (1, 1000, 0)
    assert (now["indicator_count"], now["quantitative_share"]) == (2, 100)
    methods = {row["form_id"]: row["method"] for row in read(out, "links")}
    assert {methods[i] for i in before["form_ids"]} == {"origin"}
    assert {methods[i] for i in now["form_ids"]} == {"normalised"}
    assert len(found) == 7


@pytest.mark.parametrize("order", ORDERS)
def test_projects_are_the_same_in_one_landing_or_many(
    projects: Path, tmp_path: Path, order: Callable[[list[Path]], list[Path]]
) -> None:
    ingest(projects / "raw", tmp_path, land_each=True, order=order)
    assert snapshot(projects / "out") == snapshot(tmp_path)


def test_projects_follow_documents_that_come_and_go(places: tuple[Path, Path]) -> None:
    raw, out = places
    put(raw, "2023.pdf", year=2022, publisher="某局", names=["办公楼改造一期"])  # supersedes
    ingest(raw, out)
    assert check_dataset(out) == []
    put(raw, "2025.pdf", year=2025, publisher="某局", names=["办公楼改造（一期）"])
    ingest(raw, out)
    years = {row["fiscal_year"]: row["project_key"] for row in read(out, "projects") if "一期" in row["project_name"]}
    assert sorted(years) == [2022, 2025] and len({*years.values()}) == 1
    whole = out.with_name("whole")
    ingest(raw, whole)
    for table in ("links", "projects"):
        assert (whole / table / "fiscal_year=2024/part-0.parquet").read_bytes() == (
            out / table / "fiscal_year=2024/part-0.parquet"
        ).read_bytes()


def test_projects_of_other_organs_are_not_written_again(places: tuple[Path, Path]) -> None:
    raw, out = places
    before = {p: p.stat().st_ino for p in out.glob("*/fiscal_year=2024/*")}
    put(raw, "third.pdf", year=2023, publisher="第三局", names=["安保服务"])
    ingest(raw, out)
    assert {p: p.stat().st_ino for p in out.glob("*/fiscal_year=2024/*")} == before


def test_projects_follow_a_publisher_that_the_catalogue_corrects(places: tuple[Path, Path]) -> None:
    raw, out = places
    other = str(extraction_of(raw / "other.pdf").document["document_id"])
    origin = Origin("https://example.org/other.pdf", "某局", "310107", "普陀区")
    with locked(out):
        plan = plan_ingest(raw, out, FINGERPRINT)
        land(out, replace(plan.changes, origins={other: origin}))
    organs = {row["form_id"][:12]: row["organ_key"] for row in read(out, "links")}
    assert organs[other[:12]] == "310107:某局"
    assert {organs[i] for i in organs if i != other[:12]} == {":某局"}
    assert check_dataset(out) == []


def test_another_program_looks_at_all_organs_again(places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    raw, out = places
    (raw / "other.pdf").unlink()  # its rows stay, and nobody can read it again
    monkeypatch.setattr("pipeline.projects.link._digest", lambda *_: "f" * 16)
    ingest(raw, out, fingerprint="f" * 16)
    assert {row["project_key"] for row in read(out, "links")} == {"f" * 16}


@pytest.mark.slow
def test_budgeted_amounts_are_the_same_whether_documents_land_together_or_one_by_one(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    put(raw, "a.pdf", publisher="云溪县财政局", names=["信息化运维", "物业管理"], budget={"信息化运维": 900, "会议": 5})
    put(raw, "b.pdf", publisher="云溪县财政局", year=2024, names=["信息化运维"], forms=1, budget={"信息化运维": 700})
    put(raw, "c.pdf", publisher="云溪县民政局", names=["信息化运维"], forms=1, budget={})
    schools = ["云溪县一中", "云溪县二中"]
    put(raw, "d.pdf", publisher="云溪县教育局", names=["物业管理"] * 2, units=schools, budget={"物业管理": 1000})
    put(raw, "e.pdf", names=["会议"], units=["云溪县二中"], forms=1)  # the other school of d is not derived again
    ingest(raw, tmp_path / "together")
    for name in ("a.pdf", "b.pdf", "c.pdf", "d.pdf", "e.pdf"):
        shutil.copy2(raw / name, put(tmp_path / "slowly", name))
        ingest(tmp_path / "slowly", tmp_path / "out")
    assert check_dataset(tmp_path / "out") == []
    for table in ("links", "projects"):
        assert read(tmp_path / "out", table) == read(tmp_path / "together", table)
    budgeted = {
        (row["project_name"], row["fiscal_year"]): (row["budgeted_amount"], row["budget_difference"])
        for row in read(tmp_path / "out", "projects")
        if row["organ"] == "云溪县财政局"
    }
    assert budgeted == {
        ("信息化运维", 2023): (900, 100),
        ("物业管理", 2023): (None, None),
        ("信息化运维", 2024): (700, 300),
    }
    found = {row["organ"]: row["budgeted_amount"] for row in read(tmp_path / "out", "projects") if "中" in row["organ"]}
    assert found == {"云溪县一中": 1000, "云溪县二中": None}
    [link] = [row for row in read(tmp_path / "out", "links") if row["budget_amount"] == 900]
    assert (link["budget_row_no"], link["budget_method"]) == (1, "exact")
