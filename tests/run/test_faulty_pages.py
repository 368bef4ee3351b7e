"""Pages that hang, crash, eat memory or raise, in real worker processes: each costs itself, the rest lands."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.dataset.checks.check import check_dataset
from pipeline.dataset.store.versions import locked
from pipeline.dataset.views import connect
from pipeline.run.document_job import MOST_FAULTS
from pipeline.run.items import Outcome
from pipeline.run.steps import land_documents, make_job, make_plan, read_documents, start_workers
from pipeline.settings import Settings
from tests.documents import FORM
from tests.faults import FAULTY
from tests.generator.drawing import Producer, draw
from tests.generator.forms import lay_out
from tests.shared import ingest_here, snapshot

pytestmark = pytest.mark.service

PAGES = 6  # each with a form
SECONDS = 4.0

FAULTS = {
    "hang@2": ({2}, "took longer than"),
    "spin@4": ({4}, "took longer than"),
    "crash@3": ({3}, "the reading process died (SIGSEGV)"),
    "exit@1": ({1}, "the reading process died (exit status 3)"),
    "bug@6": ({6}, "ZeroDivisionError: a fault of the program"),
    "exit@2,4": ({2, 4}, "the reading process died (exit status 3)"),
    "exit@2,3,4": ({2, 3, 4, 5, 6}, "the reading process died (exit status 3)"),  # the rest is given up
}
if sys.platform == "linux":  # which alone limits memory
    FAULTS["greedy@5"] = {5}, "took more than 1 GiB of memory"


def put(raw: Path, name: str) -> None:
    """A document of forms that has bytes of its own."""
    raw.mkdir(exist_ok=True)
    pages = [page for _ in range(PAGES) for page in lay_out(FORM)]
    (raw / f"{name}.pdf").write_bytes(draw(pages, Producer.LINES) + f"\n% {name}".encode())


def read(settings: Settings) -> dict[str, Outcome]:
    """A run in worker processes; what became of each document."""
    with locked(settings.out):
        plan, job = make_plan(settings), make_job(settings)
        with start_workers(job, settings) as workers:
            outcomes = read_documents(plan.to_read, job, workers)
        land_documents(settings, plan, outcomes, 0)
    return {outcome.source_path.removesuffix(".pdf"): outcome for outcome in outcomes}


def settings_of(folder: Path) -> Settings:
    return Settings(
        raw=folder / "raw", out=folder / "out", reader=FAULTY, verify="off", workers=2, timeout_seconds=SECONDS,
        memory_gib=1,
    )  # fmt: skip


def test_a_fault_costs_its_page_and_nothing_else(tmp_path: Path) -> None:
    assert len(FAULTS["exit@2,3,4"][0]) > MOST_FAULTS
    settings = settings_of(tmp_path)
    for name in (*FAULTS, "good", "crash", "hang"):
        put(settings.raw, name)
    found = read(settings)
    assert {name: found[name].error_code for name in ("good", "crash", "hang")} == {
        "good": None,
        "crash": "worker.crashed",
        "hang": "worker.timeout",
    }
    assert check_dataset(settings.out) == []
    with connect(settings.out) as connection:
        query = (
            "SELECT page, message FROM findings JOIN documents USING (document_id) WHERE source_path = ? AND rule = ?"
        )
        pages = "SELECT page_first FROM forms JOIN documents USING (document_id) WHERE source_path = ? ORDER BY form_no"
        for name, (lost, reason) in FAULTS.items():
            outcome, file = found[name], f"{name}.pdf"
            assert (outcome.status, outcome.error_code, outcome.pages) == ("partial", "page.unreadable", PAGES), name
            told = connection.execute(query, [file, "page.unreadable"]).fetchall()
            assert {page for page, _ in told} == lost, name
            assert all(reason in message for _, message in told), told
            forms = [page for (page,) in connection.execute(pages, [file]).fetchall()]
            assert forms == [page for page in range(1, PAGES + 1) if page not in lost], name


def test_large_documents_are_read_by_several_processes_as_by_one(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    for name in ("good-1", "good-2", "good-3"):
        put(settings.raw, name)
    with locked(settings.out):
        plan, job = make_plan(settings), make_job(settings)
        job = replace(job, range_pages={FAULTY: 2})
        with start_workers(job, settings) as workers:
            outcomes = read_documents(plan.to_read, job, workers)
        land_documents(settings, plan, outcomes, 0)
    assert [outcome.status for outcome in outcomes] == ["ok"] * 3
    alone = settings.model_copy(update={"out": tmp_path / "alone"})
    ingest_here(alone)
    assert snapshot(settings.out) == snapshot(alone.out)
    assert stored(settings.out) == stored(alone.out) != {}


def stored(out: Path) -> dict[str, bytes]:
    """The files of stored pages."""
    return {path.name: path.read_bytes() for path in (out / ".pages").rglob("*") if path.is_file()}
