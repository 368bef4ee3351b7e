"""The benchmark measures what it is given and says what it left out."""

import json
from pathlib import Path

import pymupdf
import pytest

import pipeline
from benchmarks.__main__ import main
from benchmarks.asking import multiply
from benchmarks.blocks import main as blocks
from benchmarks.confirming import main as confirming
from benchmarks.whole import main as whole
from pipeline.dataset.checks.check import check_dataset
from pipeline.dataset.store.versions import pinned
from tests.documents import SAMPLE


def write_pdf(path: Path, pages: int) -> Path:
    """A PDF whose pages hold a small ruled table."""
    with pymupdf.open() as document:
        for _ in range(pages):
            page = document.new_page()
            for at in (50, 100, 150):
                page.draw_line((50, at), (150, at))
                page.draw_line((at, 50), (at, 150))
            page.insert_text((60, 80), "10.00")
        document.save(path)
    return path


def test_prints_a_row_a_document_and_one_for_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(write_pdf(tmp_path / f"{pages}.pdf", pages)) for pages in (1, 2)]
    gold: dict[str, object] = {
        "page_first": 1,
        "page_last": 1,
        "project_name": None,
        "project_code": None,
        "goals": {},
        "indicators": [],
    }
    gold["funds"] = [{"amount": "10.00"}, {"amount": "99.00"}]
    (tmp_path / "gold.json").write_text(json.dumps({"file": "2.pdf", "forms": [gold]}))
    skipped = "pdfplumber,camelot,img2table"
    assert main([*files, "--repeat", "1", "--gold", str(tmp_path), "--skip", skipped]) == 0
    told = capsys.readouterr().out
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in told.splitlines() if line.startswith("|")]
    documents, programs = rows[2:5], rows[7:]
    assert [row[:2] for row in documents] == [["1.pdf", "1"], ["2.pdf", "2"], ["all", "3"]]
    for _, _, floor, program, pdfplumber, find_tables, _, _, ratio in documents:
        assert float(program) > float(floor) > 0 and float(find_tables) > 0
        assert float(ratio) == pytest.approx(float(program) / float(floor), rel=0.2)
        assert pdfplumber == "–"
    assert [(row[0], row[-1]) for row in programs] == [("program", "50.0% of 2"), ("find_tables", "50.0% of 2")]
    assert all(f"{name} was skipped" in told for name in skipped.split(","))


@pytest.mark.service
def test_a_whole_run_is_compared_with_the_floor_of_its_pages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_pdf(tmp_path / "three.pdf", 3)
    (tmp_path / "broken.pdf").write_text("no PDF")
    assert whole([str(tmp_path), "--workers", "1"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("3 pages; the floor is ")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in told.splitlines()[4:]]
    names = ["one page", "all, 1 at work", "without what one page takes", "again, nothing new"]
    assert [row[0] for row in rows] == names
    start, all_of_it, rest, again = ([float(cell) for cell in row[1:3]] for row in rows)
    assert rest == pytest.approx([both - first for both, first in zip(all_of_it, start, strict=True)], abs=0.02)
    assert all(2 < cpu < 60 and 1 < wall < 120 for cpu, wall in (start, all_of_it))  # Prefect alone takes three seconds
    lowest = float(told.split(" s of CPU")[0].split()[-1])
    # the floor is printed in hundredths of a second: of less than ten of them a ratio says too little
    assert lowest < 0.1 or float(rows[1][3]) * lowest == pytest.approx(all_of_it[0], rel=0.1)
    assert again[0] < start[0]  # Prefect is not even loaded


def test_leaves_out_what_is_no_pdf(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_text("<html>")
    assert main([str(broken)]) == 2
    told = capsys.readouterr().err
    assert "broken.pdf is left out" in told and "No readable PDF" in told


@pytest.mark.slow
def test_a_dataset_is_multiplied_with_ids_of_its_own(sample_dataset: Path, tmp_path: Path) -> None:
    with pinned(sample_dataset) as version:
        multiply(version, tmp_path / "many", 3)
    assert check_dataset(tmp_path / "many") == []
    with pipeline.open(tmp_path / "many") as data:
        assert data.sql("SELECT count(*), count(DISTINCT project_key) FROM projects").fetchall() == [(21, 21)]
        assert data.sql("SELECT count(*) FROM projects JOIN forms ON form_id = form_ids[1]").fetchall() == [(21,)]


@pytest.mark.service
def test_a_whole_run_that_fails_costs_nothing_and_is_no_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_pdf(tmp_path / "one.pdf", 1)
    monkeypatch.setattr("benchmarks.whole.sys.executable", "/bin/false")
    with pytest.raises(SystemExit):
        whole([str(tmp_path), "--workers", "1"])


def test_ways_to_the_shapes_of_a_page_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert blocks([str(write_pdf(tmp_path / "two.pdf", 2))]) == 0
    told = capsys.readouterr().out
    assert "2 pages" in told
    assert "| interpreting | " in told and "| extractDICT | " in told


def test_comparing_values_with_pdfium_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert confirming([str(SAMPLE)]) == 0
    told = capsys.readouterr().out
    assert "at 1.0" in told and "warning" not in told
    assert "| compared with PDFium | " in told
