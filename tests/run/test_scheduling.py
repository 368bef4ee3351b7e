"""Schedules for real: a Prefect server, a cron that fires, `serve` and a worker that run what is due."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline.dataset.checks.check import Problem
from pipeline.fetch.model import FetchEntry, FetchReport
from pipeline.messages import known
from pipeline.run.items import Outcome
from pipeline.run.publish import Published, as_markdown, in_short
from pipeline.run.summary import Summary
from pipeline.settings import PublishParameters
from tests.documents import FORM
from tests.generator.drawing import Producer, draw
from tests.generator.forms import lay_out
from tests.publisher import Publisher, Reply, page
from tests.shared import COMMAND, ROOT, command, environment, processes_with

MINUTES = 2
"""A cron of every minute is seen to fire within so many: one of them may be what starting a server takes."""


class Served:
    """A running `budget-forms serve` and the API of its server."""

    def __init__(self, folder: Path, mark: str, *when: str) -> None:
        self.folder, self.mark = folder, mark
        self.environment = environment(PREFECT_HOME=str(folder / "home"), MARK=mark)
        self.log = folder / "serve.log"
        arguments = ["serve", *when, "--port", "0", "--raw", "raw", "--out", "out"]
        with self.log.open("wb") as sink:
            self.process = subprocess.Popen(
                [*COMMAND, *arguments],
                cwd=folder,
                env=self.environment,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
            )

    def address(self) -> str:
        deadline = time.monotonic() + 60 * MINUTES
        while time.monotonic() < deadline and self.process.poll() is None:
            if found := re.search(r"http://127\.0\.0\.1:\d+", self.log.read_text()):
                return found[0]
            time.sleep(0.2)
        raise AssertionError(self.log.read_text())

    def ask(self, what: str, **question: object) -> list[dict[str, Any]]:
        answer = httpx.post(f"{self.address()}/api/{what}/filter", json=question, trust_env=False, timeout=30)
        rows: list[dict[str, Any]] = answer.raise_for_status().json()
        return rows

    def ended_run(self, deployment: str) -> dict[str, Any]:
        """The first run of a deployment that has come to an end; it waits for one."""
        deadline = time.monotonic() + 60 * MINUTES
        while time.monotonic() < deadline:
            runs = self.ask("flow_runs", deployments={"name": {"any_": [deployment]}}, sort="EXPECTED_START_TIME_ASC")
            if ended := [run for run in runs if run["state_type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")]:
                return ended[0]
            time.sleep(1)
        raise AssertionError(f"no run of {deployment}: {self.log.read_text()}")

    def report(self, run: dict[str, Any], key: str = "publish-report") -> str:
        [artifact] = self.ask("artifacts", artifacts={"flow_run_id": {"any_": [run["id"]]}, "key": {"any_": [key]}})
        return str(artifact["data"])

    def step(self, flow: str) -> dict[str, Any]:
        """The last run of a flow that another one has called."""
        return self.ask("flow_runs", flows={"name": {"any_": [flow]}}, sort="START_TIME_DESC")[0]

    def errors(self, run: dict[str, Any]) -> list[str]:
        """The errors in the log of a run, in order; it waits for them, as logs are sent in batches."""
        deadline = time.monotonic() + 60 * MINUTES
        while time.monotonic() < deadline:
            question = {"flow_run_id": {"any_": [run["id"]]}, "level": {"ge_": 40}}
            if found := self.ask("logs", logs=question, sort="TIMESTAMP_ASC"):
                return [str(line["message"]) for line in found]
            time.sleep(1)
        raise AssertionError(f"no errors in the log: {self.log.read_text()}")


SOURCES = """
[[source]]
id = "putuo"
name = "上海市普陀区财政局"
region_code = "310107"
document_kind = "department_budget"
fiscal_year = "title"
index = ["{url}/index.html"]
allow_private = true
"""


@pytest.fixture
def served(tmp_path: Path, site: Publisher) -> Iterator[Served]:
    document = draw(lay_out(FORM), Producer.LINES)
    site.replies |= {"/index.html": Reply(page(("a.pdf", "2026年预算"))), "/a.pdf": Reply(document)}
    (tmp_path / "sources.toml").write_text(SOURCES.format(url=site.url), encoding="utf-8")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "a.pdf").write_bytes(document)
    with serving(tmp_path, "--cron", "* * * * *", "--sources", "sources.toml") as served:
        yield served


@contextmanager
def serving(folder: Path, *when: str) -> Iterator[Served]:
    """`budget-forms serve` in a folder, for as long as the block lasts."""
    served = Served(folder, uuid.uuid4().hex, *when)
    try:
        yield served
    finally:
        served.process.kill()
        served.process.wait()


@pytest.mark.service
def test_a_cron_fires_and_serve_and_worker_run_what_is_due(served: Served) -> None:
    address = served.address()
    worker = run_worker(served, address)  # meanwhile the minute of the cron comes
    again = command("serve", "--port", "0", PREFECT_HOME=served.environment["PREFECT_HOME"])
    assert again.returncode == 2
    assert f"process {served.process.pid} at {address} is serving already: end it first" in again.stderr
    taken = command("serve", "--port", address.rpartition(":")[2], PREFECT_HOME=str(served.folder / "other"))
    assert taken.returncode == 2
    assert "another program listens on port" in taken.stderr

    run = served.ended_run("serve")
    assert (run["state_name"], run["auto_scheduled"]) == ("Completed", True)
    report = served.report(run)
    assert report.startswith("# No failures")
    assert "Fetched: 1 new, 0 changed" in report
    assert "| 310107/putuo/2026/2026年预算.pdf | 上海市普陀区财政局 |" in report
    assert (served.folder / "out" / "reports" / "1.md").exists()

    told = worker.communicate(timeout=60 * MINUTES)[0]
    run = served.ended_run("daily")
    assert run["state_name"] == "Completed", told
    missing = served.folder / "sources.toml.d" / "sources.toml"
    assert run["state"]["message"] == (
        f"no failures; nothing was fetched: there is no {missing}; only PDFs in {served.folder / 'own'} are read"
    )
    assert "## Documents added: 1" in served.report(run)
    [deployment] = served.ask("deployments", deployments={"name": {"any_": ["daily"]}})
    assert [(s["schedule"]["cron"], s["schedule"]["timezone"]) for s in deployment["schedules"]] == [
        ("0 6 * * *", "Asia/Shanghai")
    ]
    assert deployment["global_concurrency_limit"]["limit"] == 1
    assert deployment["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"

    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(30) == 130
    deadline = time.monotonic() + 10
    while processes_with(served.mark) and time.monotonic() < deadline:  # helpers end when they notice
        time.sleep(0.1)
    assert not processes_with(served.mark)


def run_worker(served: Served, address: str) -> subprocess.Popen[str]:
    """The commands of docs/scheduling.md for a work pool, and one run by hand, which the worker takes."""
    chosen = {
        "sources": str(served.folder / "sources.toml.d" / "sources.toml"),  # is not there
        "raw": str(served.folder / "own"),
        "out": str(served.folder / "worker"),
    }
    script = f"""set -e
        prefect() {{ {sys.executable} -m prefect "$@"; }}
        prefect work-pool create budget-forms --type process
        prefect --no-prompt deploy --all
        prefect deployment run publish-year/daily --param 'parameters={json.dumps(chosen)}'
        prefect worker start --pool budget-forms --run-once"""
    own = served.environment | {
        "PREFECT_API_URL": f"{address}/api",
        "PREFECT_HOME": str(served.folder / "worker-home"),
        "DO_NOT_TRACK": "1",
        "NO_PROXY": "127.0.0.1",
    }
    return subprocess.Popen(
        ["sh", "-c", script], cwd=ROOT, env=own, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


@pytest.mark.service
def test_a_run_at_once_names_its_failures_in_state_log_and_report(tmp_path: Path, site: Publisher) -> None:
    site.replies |= {
        "/index.html": Reply(page(("a.pdf", "一局2026年预算"), ("b.pdf", "二局2026年预算"))),
        "/a.pdf": Reply(draw(lay_out(FORM), Producer.LINES)),
    }
    (tmp_path / "sources.toml").write_text(SOURCES.format(url=site.url), encoding="utf-8")
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "page.pdf").write_bytes(b"<html>")
    with serving(tmp_path, "--cron", "0 0 29 2 *", "--now") as served:
        run = served.ended_run("serve")
        gone = f"not fetched: putuo: 二局2026年预算: the server answers 404 Not Found (fetch.gone): {site.url}/b.pdf"
        unread = "not read: page.pdf: "
        assert run["state_name"] == "Failed"
        assert run["state"]["message"].startswith(f"2 failures: {gone}; {unread}")
        assert served.report(run).startswith(f"# 2 failures; everything else is in the dataset\n\n- {gone}\n- {unread}")
        fetched, ingested = served.step("fetch"), served.step("ingest")
        assert (fetched["state_name"], fetched["state"]["message"]) == ("Failed", f"1 failure: {gone}")
        assert served.errors(fetched)[0] == gone
        assert "| failed | putuo | 二局2026年预算 |" in served.report(fetched, "fetch-report")
        assert ingested["state_name"] == "Failed"
        assert served.errors(ingested)[0].startswith(unread)
        assert (tmp_path / "out" / "forms").exists()  # the rest has landed


def test_a_step_that_cannot_begin_does_not_hide_the_others(tmp_path: Path) -> None:
    entry = FetchEntry("city", "http://city.test/", reason=known("Connection refused"), code="fetch.network")
    report = FetchReport(failed=(entry,))
    published = Published(report, stops=(known("reading stopped: no PDF below raw"),))
    assert in_short(published.failures) == (
        "2 failures: not fetched: city: Connection refused (fetch.network): http://city.test/; "
        "reading stopped: no PDF below raw"
    )
    assert "Read: nothing" in as_markdown(published, tmp_path)


@pytest.mark.service
def test_a_wrong_schedule_is_told_at_once(tmp_path: Path) -> None:
    told = command("serve", "--cron", "61 * * * *", "--port", "0", PREFECT_HOME=str(tmp_path / "home"))
    assert told.returncode == 2
    assert "not a schedule: '61 * * * *' in 'Asia/Shanghai'" in told.stderr
    missing = command("serve", "--sources", tmp_path / "none.toml", PREFECT_HOME=str(tmp_path / "home"))
    assert missing.returncode == 2
    assert "none.toml does not exist" in missing.stderr
    example = command("serve", "--sources", ROOT / "sources.example.toml", PREFECT_HOME=str(tmp_path / "home"))
    assert (example.returncode, example.stdout) == (2, "")
    assert "https://changsha.example.org/bmys/ is an example: write the publisher's address there" in example.stderr


def test_a_run_fails_for_what_went_wrong_in_it_and_for_nothing_else(tmp_path: Path) -> None:
    partial = Outcome("scan.pdf", "partial", 1, 1, "page.scanned", known("1 pages are images without text"))
    failed = Outcome("page.pdf", "failed", 1, 0, "pdf.html", known("this is a web page"))
    entry = FetchEntry("city", "http://example.org/a.pdf", reason=known("404 Not Found"), code="fetch.http")

    def published(*bad: Outcome, fetched: FetchReport | None = None, problems: tuple[Problem, ...] = ()) -> Published:
        summary = Summary(3, 1, 2, read=2, forms=5, indicators=20, errors=0, warnings=0, infos=0, seconds=1.0, bad=bad)
        return Published(fetched, summary, problems)

    assert published(partial, fetched=FetchReport(gone=(entry,))).failures == ()
    assert published(failed).failures == ("not read: page.pdf: this is a web page (pdf.html)",)
    assert published(fetched=FetchReport(failed=(entry,))).failures == (
        "not fetched: city: 404 Not Found (fetch.http): http://example.org/a.pdf",
    )
    broken = published(problems=(Problem("key.primary", known("forms: twice"), 2),))
    assert broken.failures == ("broken promise: forms: twice (key.primary, 2 times)",)
    shown = as_markdown(broken, tmp_path)
    assert shown.startswith("# 1 failure; everything else is in the dataset\n\n- broken promise: forms: twice")
    assert "# Nothing has changed" in shown
    assert in_short([known(letter) for letter in "abcd"]) == "4 failures: a; b; c; and 1 more"


def test_parameters_are_handed_on_to_the_steps() -> None:
    parameters = PublishParameters(raw=Path("here"), out=Path("there"), year=2026, only=("city",))
    assert parameters.to_fetch.raw == parameters.to_ingest.raw == Path("here")
    assert (parameters.to_fetch.only, parameters.to_ingest.year, parameters.to_ingest.out) == (
        ("city",),
        2026,
        Path("there"),
    )
    assert parameters.to_ingest.workers >= 1
    assert parameters.model_copy(update={"workers": 7}).to_ingest.workers == 7
