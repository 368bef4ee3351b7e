"""Removing documents: the dataset is then as if they had never landed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.dataset.checks.check import check_dataset
from pipeline.dataset.store.page_store import PageStore
from tests.dataset.test_landing_projects import project_corpus
from tests.dataset.test_rows import extraction_of, ingest, put, read, snapshot
from tests.shared import command_here


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    raw, out = tmp_path / "raw", tmp_path / "out"
    project_corpus(raw)
    ingest(raw, out)
    return raw, out


@pytest.mark.parametrize("name", ["2024.pdf", pytest.param("202*.pdf", marks=pytest.mark.slow), "*.pdf"])
def test_the_others_are_as_if_removed_ones_had_never_landed(folders: tuple[Path, Path], name: str) -> None:
    raw, out = folders
    ran = command_here("remove", name, "--out", out, "--raw", raw)
    assert ran.returncode == 0, ran.stderr
    for path in sorted(raw.glob(name)):
        assert f"removed: {path.name}" in ran.stderr
        assert f"still there: {path}" in ran.stderr  # the next run would read it again
        path.unlink()
    assert check_dataset(out) == []
    rest = out.with_name("rest")
    ingest(raw, rest)
    assert snapshot(out) == snapshot(rest)
    assert "## Documents removed: " in (out / "reports/2.md").read_text(encoding="utf-8")


def test_documents_that_were_replaced_by_it_and_stored_pages_go_too(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    put(raw, "a.pdf", name="first")
    put(raw, "b.pdf", name="other")
    ingest(raw, out)
    put(raw, "a.pdf", name="second")
    ingest(raw, out)
    wanted, other = (str(extraction_of(raw / name).document["document_id"]) for name in ("a.pdf", "b.pdf"))
    for document_id in (wanted, other):
        PageStore(out).save("mupdf-1", document_id, b"pages")
    assert command_here("remove", wanted[:12], "--out", out, "--raw", tmp_path / "gone").stderr.count("removed: ") == 2
    assert [row["document_id"] for row in read(out, "documents")] == [other]
    assert [path.name for path in (out / ".pages/mupdf-1").iterdir()] == [f"{other}.parquet"]
    assert check_dataset(out) == []


def test_a_name_that_fits_no_document_removes_nothing(folders: tuple[Path, Path]) -> None:
    raw, out = folders
    before = snapshot(out)
    ran = command_here("remove", "2024.pdf", "2031.pdf", "--out", out, "--raw", raw)
    assert (ran.returncode, ran.stderr) == (2, f"budget-forms: no document of {out} is named 2031.pdf\n")
    assert snapshot(out) == before
    shutil.rmtree(out)
    assert command_here("remove", "2024.pdf", "--out", out).returncode == 2
