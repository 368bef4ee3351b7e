"""The steps of a run, without Prefect and without processes."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from pipeline.dataset.store.versions import locked
from pipeline.errors import BudgetFormsError
from pipeline.messages import known
from pipeline.run.items import Outcome
from pipeline.run.steps import land_documents, make_batches, make_job, make_plan, read_documents
from pipeline.run.summary import Summary, as_lines, as_markdown
from pipeline.settings import Settings
from tests.faults import FAULTY
from tests.shared import Here, ingest_here, write_pdf


def settings_of(folder: Path) -> Settings:
    return Settings(raw=folder / "raw", out=folder / "out", reader=FAULTY)


def test_every_document_is_counted_once(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    for name in ("good-1", "good-2", "bug-1"):
        write_pdf(settings.raw / f"{name}.pdf", name)
    (settings.raw / "copy.pdf").write_bytes((settings.raw / "good-1.pdf").read_bytes())
    (settings.raw / "gone.pdf").symlink_to(tmp_path / "nowhere.pdf")
    summary = ingest_here(settings)
    assert (summary.ok, summary.partial, summary.failed, summary.seen, summary.read) == (2, 0, 2, 4, 3)
    assert summary.exit_status == 1
    assert [(o.source_path, o.error_code) for o in summary.bad] == [
        ("bug-1.pdf", "worker.error"),
        ("gone.pdf", "file.unreadable"),
    ]
    assert "ZeroDivisionError: a fault of the program" in str(summary.bad[0].error_message)


def test_known_documents_count_without_being_read(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    write_pdf(settings.raw / "good.pdf", "good")
    write_pdf(settings.raw / "bug.pdf", "bug")
    first = ingest_here(settings)
    again = ingest_here(settings)
    assert (again.ok, again.failed, again.read, again.exit_status) == (1, 1, 0, 1)
    assert first.read == 2
    [line] = as_lines(again, settings.out)
    assert line.startswith("still failed: bug.pdf: ")
    assert line.endswith(" (worker.error)")


def test_a_document_that_changes_while_it_is_read_is_not_lost(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    path = write_pdf(settings.raw / "good.pdf", "before")
    with locked(settings.out):
        plan, job = make_plan(settings), make_job(settings)
        write_pdf(path, "after")
        outcomes = read_documents(plan.to_read, job, Here(job))
        summary = land_documents(settings, plan, outcomes, time.monotonic())
    assert [outcome.error_code for outcome in summary.bad] == ["file.changed"]
    assert summary.seen == 1
    assert ingest_here(settings).exit_status == 0


def test_large_documents_come_first(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    for pages in (1, 30, 5):
        write_pdf(settings.raw / f"{pages}.pdf", f"{pages} pages", pages)
    batches = make_batches(make_plan(settings), 2)
    assert [[source.source_path for source in batch] for batch in batches] == [["30.pdf", "5.pdf"], ["1.pdf"]]


@pytest.mark.parametrize("name", ["tests.faults:nothing", "nothing"])
def test_an_unknown_reader_is_told_before_anything_is_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(BudgetFormsError, match=name) as raised:
        make_job(Settings(raw=tmp_path, out=tmp_path, reader=name))
    assert raised.value.code == "reader.unknown"


def test_the_summary_adds_up() -> None:
    bad = tuple(Outcome(f"{n}|.pdf", "failed", 1, 0, "pdf.html", known("a web page")) for n in range(30))
    summary = Summary(5, 1, 30, 36, 7, 8, 1, 2, 3, 4.04, bad, bad[:1])
    assert str(summary) == (
        "documents: 5 ok + 1 partial + 30 failed = 36 seen (36 read now); forms: 7; indicators: 8; "
        "findings: 1 errors, 2 warnings, 3 infos; 4.0 s"
    )
    assert len(list(as_lines(summary, Path("out")))) == 21
    assert "| failed | 0\\|.pdf | a web page (pdf.html) |" in as_markdown(summary)
