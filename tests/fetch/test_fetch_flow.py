"""The command `budget-forms fetch` as a Prefect flow."""

from __future__ import annotations

from pathlib import Path

from pipeline.fetch.messages import as_markdown
from pipeline.fetch.model import FetchEntry, FetchReport
from pipeline.messages import t
from tests.publisher import Desk, Publisher, Reply, page, pdf
from tests.shared import command


def test_the_command_runs_the_flow_and_prints_the_report(site: Publisher, desk: Desk, prefect_home: str) -> None:
    site.replies |= {
        "/index.html": Reply(page(("a.pdf", "[一局]2026年预算"), ("b.pdf", "二局2026年预算"))),
        "/a.pdf": Reply(pdf("a")),
    }
    desk.fetch(dry_run=True)  # writes the sources file
    args: list[str | Path] = ["fetch", "--sources", desk.folder / "sources.toml", "--raw", desk.raw]
    looked = command(*args, "--dry-run", PREFECT_HOME="/proc/nothing")
    assert looked.returncode == 0
    assert looked.stdout.splitlines()[-1].startswith("dry run, nothing was written: 2 new, 0 changed")
    done = command(*args, PREFECT_HOME=prefect_home)
    assert done.returncode == 1
    assert done.stdout.splitlines()[:2] == [
        f"failed: putuo: 二局2026年预算: the server answers 404 Not Found (fetch.gone): {site.url}/b.pdf",
        "new: putuo: [一局]2026年预算: 310107/putuo/2026/[一局]2026年预算.pdf",
    ]
    assert done.stdout.splitlines()[2].startswith("1 new, 0 changed, 0 unchanged, 0 gone, 1 failed, 0 skipped; ")
    assert "Traceback" not in done.stderr
    assert list(desk.files().values()) == [pdf("a")]


def test_the_report_of_many_documents_is_in_one_language() -> None:
    entry = FetchEntry("a", "https://a.example/1.pdf", reason=t("Connection refused"))
    assert (
        as_markdown(FetchReport(failed=(entry,) * 60), "zh").splitlines()[-1] == "| 失败 | 全部来源 |  | 另有 10 个 |"
    )
