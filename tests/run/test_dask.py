"""Reading on a Dask cluster: the same bytes, the same isolation, nothing left behind."""

from __future__ import annotations

import sys
import uuid
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import RunError, UsageError
from pipeline.run.dask_pool import DaskPool
from pipeline.run.document_job import Job
from pipeline.run.queue import Queue
from pipeline.settings import Settings
from tests.faults import FAULTY
from tests.shared import command, processes_with, snapshot, write_pdf


def test_a_cluster_of_this_machine_gives_the_same_bytes(tmp_path: Path, prefect_home: str) -> None:
    pytest.importorskip("prefect_dask")
    raw, mark = tmp_path / "raw", uuid.uuid4().hex
    for name in ("crash", "good-1", "bug", "sub/good-2", "good-3", "exit@2"):
        write_pdf(raw / f"{name}.pdf", name, pages=3)
    extra = {
        "PREFECT_HOME": prefect_home,
        "BUDGET_FORMS_READER": FAULTY,
        "BUDGET_FORMS_BATCH_SIZE": "2",
    }
    here = command("ingest", "--raw", raw, "--out", tmp_path / "here", **extra)
    there = command(
        "ingest", "--raw", raw, "--out", tmp_path / "there", "--runner", "dask", "--workers", "2", MARK=mark, **extra
    )
    counted = "documents: 3 ok + 1 partial + 2 failed = 6 seen (6 read now)"
    assert (here.returncode, here.stdout[: len(counted)]) == (1, counted), here.stderr
    assert (there.returncode, there.stdout[: len(counted)]) == (1, counted), there.stderr
    assert "Traceback" not in there.stderr
    assert snapshot(tmp_path / "there") == snapshot(tmp_path / "here")
    assert stored(tmp_path / "there") == stored(tmp_path / "here") != {}
    assert not processes_with(mark)


def stored(out: Path) -> dict[str, bytes]:
    """The files of stored pages."""
    pages = out / ".pages"
    return {path.relative_to(pages).as_posix(): path.read_bytes() for path in pages.rglob("*") if path.is_file()}


def test_workers_with_another_program_read_nothing() -> None:
    distant = DaskPool(job := Job(Path("out"), "another", "mupdf"), 1, 1)
    with pytest.raises(RunError, match="install the same on all"), distant as workers:
        list(workers.run([], Queue(job).follow))


def runner_of(settings: Settings) -> Any:
    from flows.runners import make_runner

    return make_runner(settings)


@pytest.mark.slow  # loads Prefect
def test_without_the_package_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prefect_dask.task_runners", None)
    with pytest.raises(UsageError, match=r"budget-forms\[dask\]"):
        runner_of(Settings(runner="dask"))


@pytest.mark.slow
def test_a_cluster_elsewhere_needs_a_prefect_server_that_it_reaches(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("prefect_dask")
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:4200/api")
    with pytest.raises(UsageError, match="let PREFECT_API_URL name one that they reach"):
        runner_of(Settings(runner="dask", dask_address="tcp://192.0.2.1:8786"))
    assert runner_of(Settings(runner="dask", dask_address="tcp://127.0.0.1:8786")).address == "tcp://127.0.0.1:8786"
