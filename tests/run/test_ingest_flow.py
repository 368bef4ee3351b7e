"""The whole command as a Prefect flow: faults, kills, and nothing left behind."""

from __future__ import annotations

import re
import subprocess
import time
import uuid
from pathlib import Path

import pytest

from pipeline.settings import Settings
from tests.faults import FAULTY
from tests.shared import COMMAND, command, environment, ingest_here, processes_with, snapshot, write_pdf

pytestmark = pytest.mark.service


def test_every_fault_costs_one_document_or_one_page(tmp_path: Path, prefect_home: str) -> None:
    raw, out, mark = tmp_path / "raw", tmp_path / "out", uuid.uuid4().hex
    for name in ("crash", "hang", "good-1", "sub/good-2"):
        write_pdf(raw / f"{name}.pdf", name)
    write_pdf(raw / "exit@2-of-three.pdf", "three pages", pages=3)
    (raw / "page.pdf").write_text("<!DOCTYPE html><html><body>404</body></html>")
    (raw / "torn.pdf").write_bytes((raw / "good-1.pdf").read_bytes()[:200])
    told = command(
        "ingest",
        "--raw",
        raw,
        "--out",
        out,
        "--workers",
        "2",
        PREFECT_HOME=prefect_home,
        MARK=mark,
        BUDGET_FORMS_READER=FAULTY,
        BUDGET_FORMS_TIMEOUT_SECONDS="20",
    )
    assert told.returncode == 1
    assert told.stdout.startswith("documents: 2 ok + 1 partial + 4 failed = 7 seen (7 read now); forms: 0;")
    assert len(told.stdout.splitlines()) == 1
    failed = dict(re.findall(r"failed: (\w+)\.pdf: .*\((.*)\)", told.stderr))
    assert failed.keys() == {"crash", "hang", "page", "torn"}
    assert (failed["crash"], failed["hang"], failed["page"]) == ("worker.crashed", "worker.timeout", "pdf.html")
    assert "Traceback" not in told.stderr
    assert "leaked" not in told.stderr  # what DuckDB says at the end when it was kept from the garbage collector
    assert not processes_with(mark)
    landed = command("query", "SELECT file_name, error_code FROM documents ORDER BY 1", "--out", out, "--format", "csv")
    assert landed.stdout.splitlines()[1:3] == ["crash.pdf,worker.crashed", "exit@2-of-three.pdf,page.unreadable"]

    # Nothing has changed: no Prefect (it could not write its home), no document read, the same answer.
    again = command("ingest", "--raw", raw, "--out", out, PREFECT_HOME="/proc/nothing", BUDGET_FORMS_READER=FAULTY)
    assert again.returncode == 1
    assert again.stdout.startswith("documents: 2 ok + 1 partial + 4 failed = 7 seen (0 read now)")
    assert command("check", "--out", out).returncode == 0


def test_killed_and_started_again_gives_the_same_bytes(tmp_path: Path, prefect_home: str) -> None:
    raw, mark = tmp_path / "raw", uuid.uuid4().hex
    for number in range(12):
        write_pdf(raw / f"slow-{number}.pdf", str(number))
    extra = {"PREFECT_HOME": prefect_home, "BUDGET_FORMS_READER": FAULTY}
    args: list[str | Path] = ["ingest", "--raw", raw, "--workers", "1", "--out"]
    killed = subprocess.Popen(
        [*COMMAND, *map(str, args), tmp_path / "killed"],
        env=environment(MARK=mark, **extra),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    staged = tmp_path / "killed" / ".staging"
    deadline = time.monotonic() + 120
    while len(list(staged.glob("*/*.parts"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    killed.kill()
    killed.communicate(timeout=60)  # a process that held the pipe would keep this waiting
    assert not (tmp_path / "killed" / "current").exists()
    time.sleep(1)
    assert not processes_with(mark)

    resumed = command(*args, tmp_path / "killed", **extra)
    assert resumed.returncode == 0
    read_now = re.search(r"= 12 seen \((\d+) read now\)", resumed.stdout)
    assert read_now
    assert int(read_now[1]) <= 10
    ingest_here(Settings(raw=raw, out=tmp_path / "whole", reader=FAULTY))
    assert snapshot(tmp_path / "killed") == snapshot(tmp_path / "whole")


def test_a_server_that_does_not_start_says_why_in_its_log(tmp_path: Path) -> None:
    write_pdf(tmp_path / "raw" / "a.pdf", "a")
    home = tmp_path / "home"
    home.mkdir()
    (home / "prefect.db").write_text("this is no database. " * 1000)
    told = command("ingest", "--raw", tmp_path / "raw", "--out", tmp_path / "out", PREFECT_HOME=str(home))
    log = home / "server.log"
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr == (
        f"budget-forms: the Prefect server does not start: see {log}, or remove the folder {home} and run again\n"
    )
    assert "file is not a database" in log.read_text()
