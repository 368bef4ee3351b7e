"""The command from outside: one clear line and the right exit status for whatever is typed."""

from __future__ import annotations

import csv
import io
import json
import resource
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline.settings import Settings
from pipeline.version import __version__
from tests.faults import FAULTY
from tests.shared import COMMAND, command, command_here, environment, ingest_here, python, write_pdf


def test_help_comes_at_once() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = command("--help")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1  # of CPU: the machine may be busy
    assert told.returncode == 0
    assert all(name in told.stdout for name in ("ingest", "query", "check", "extract"))
    assert command().stdout == told.stdout


def test_the_command_line_alone_loads_nothing_heavy() -> None:
    heavy = {"prefect", "pandas", "pyarrow", "duckdb", "pymupdf", "pdfplumber", "pydantic_settings"}
    code = f"import sys, pipeline.cli.commands; print(sorted({heavy!r} & sys.modules.keys()))"
    assert python(code) == "[]"


def test_every_command_shows_defaults_and_an_example() -> None:
    for name in ("ingest", "query", "export", "review"):
        shown = " ".join(command_here(name, "--help").stdout.replace("│", " ").split())
        assert "[default:" in shown
        assert f"Example: budget-forms {name} " in shown
    assert command_here("--version").stdout == f"budget-forms {__version__}\n"


def test_a_terminal_without_chinese_characters_shows_escapes() -> None:
    told = command("query", "--list", "--format", "csv", PYTHONIOENCODING="latin-1")
    assert (told.returncode, told.stderr, "\\u" in told.stdout) == (0, "", True)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["nonsense"], "nonsense"),
        (["ingest", "--wrokers", "3"], "--wrokers"),
        (["ingest", "--workers", "0"], "--workers"),
        (["ingest", "--workers", "many"], "--workers"),
        (["ingest", "--year", "23"], "year"),
        (["ingest", "--reader", "acrobat"], "acrobat"),
        (["ingest", "--raw", "missing"], "missing does not exist"),
        (["ingest", "--raw", "full/a.pdf"], "full/a.pdf is not a folder"),
        (["ingest", "--raw", "empty"], "no PDF below empty"),
        (["ingest", "--raw", "full", "--out", "full/a.pdf"], "cannot write the dataset at full/a.pdf"),
        (["ingest", "--raw", "full", "--out", "/proc/nothing"], "cannot write the dataset at /proc/nothing"),
        (["query", "SELECT 1", "--out", "missing"], "no dataset at missing"),
        (["query"], "give one of SQL, --ready NAME and --list"),
        (["check", "--out", "missing"], "no dataset at missing"),
        (["extract", "full"], "full is a folder: read it into a dataset with `budget-forms ingest --raw full`"),
        (["export", "a.xlsx", "--format", "csv"], "a.xlsx is the name of a workbook"),
        (["export", "folder", "--format", "xlsx"], "give folder the ending .xlsx"),
        (["export", "a.csv"], "for csv name a folder"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: Sequence[str], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    write_pdf(tmp_path / "full" / "a.pdf", "a")
    told = command_here(*args)
    assert told.returncode == 2
    assert told.stdout == ""
    assert len(told.stderr.splitlines()) == 1
    assert told.stderr.startswith("budget-forms: ")
    assert says in told.stderr


def test_a_wrong_setting_in_the_environment_is_named(tmp_path: Path) -> None:
    told = command_here("ingest", "--raw", tmp_path, BUDGET_FORMS_MEMORY_GIB="much")
    assert told.returncode == 2
    assert "BUDGET_FORMS_MEMORY_GIB" in told.stderr
    assert len(told.stderr.splitlines()) == 1


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of two documents, one of which failed."""
    folder = tmp_path_factory.mktemp("dataset")
    settings = Settings(raw=folder / "raw", out=folder / "out", reader=FAULTY)
    write_pdf(settings.raw / "bug-的.pdf", "bug")
    write_pdf(settings.raw / "good.pdf", "good")
    ingest_here(settings)
    return settings.out


SQL = "SELECT file_name, status, byte_size, fiscal_year FROM documents ORDER BY file_name"


def test_query_prints_columns(dataset: Path) -> None:
    told = command_here("query", SQL, "--out", dataset)
    assert told.stdout.splitlines()[0].split() == ["file_name", "status", "byte_size", "fiscal_year"]
    assert [line.split()[:2] for line in told.stdout.splitlines()[1:]] == [["bug-的.pdf", "failed"], ["good.pdf", "ok"]]
    assert "\x1b" not in told.stdout


def test_query_writes_csv_json_and_parquet(dataset: Path) -> None:
    size = (dataset.parent / "raw" / "good.pdf").stat().st_size
    asked: list[str | Path] = ["query", SQL, "--out", dataset, "--format"]
    assert list(csv.reader(io.StringIO(command_here(*asked, "csv").stdout)))[2] == ["good.pdf", "ok", str(size), ""]
    good = {"file_name": "good.pdf", "status": "ok", "byte_size": size, "fiscal_year": None}
    assert json.loads(command_here(*asked, "json").stdout.splitlines()[1]) == good
    raw = subprocess.run([*COMMAND, *map(str, asked), "parquet"], env=environment(), capture_output=True, check=True)
    assert pq.read_table(io.BytesIO(raw.stdout)).to_pylist()[1] == good


@pytest.mark.parametrize("sql", ["SELEC", "SELECT nothing FROM documents", ""])
def test_wrong_sql_is_one_line(dataset: Path, sql: str) -> None:
    told = command_here("query", sql, "--out", dataset)
    assert told.returncode == 2
    assert len(told.stderr.splitlines()) == 1


def test_a_closed_pipe_is_no_error(dataset: Path) -> None:
    many = "SELECT range FROM range(1000000)"
    told = subprocess.run(
        ["sh", "-c", '"$@" | head -1', "sh", *COMMAND, "query", many, "--out", dataset, "--format", "csv"],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "range\n"
    assert told.stderr == ""


def test_check_tells_a_sound_dataset_from_a_broken_one(dataset: Path, tmp_path: Path) -> None:
    assert command_here("check", "--out", dataset).returncode == 0
    settings = Settings(raw=dataset.parent / "raw", out=tmp_path / "out", reader=FAULTY)
    ingest_here(settings)
    next((tmp_path / "out" / "current" / "documents").rglob("*.parquet")).unlink()
    told = command_here("check", "--out", settings.out)
    assert told.returncode == 1
    assert told.stdout.startswith("error: ")
    assert told.stderr == ""


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "gbk", "utf-8"])
def test_no_encoding_of_the_output_ends_a_command(dataset: Path, encoding: str) -> None:
    sql = "SELECT '\u9884\u7b97 \u2713 \U0001f4c4' AS a"
    for format in ("table", "csv", "json"):
        done = command_here("query", sql, "--out", dataset, "--format", format, encoding=encoding)
        assert (done.returncode, done.stderr) == (0, "")
        assert ("\\U0001f4c4" in done.stdout) is (encoding != "utf-8"), done.stdout


def test_the_locale_c_ends_no_command(dataset: Path) -> None:
    """Python then takes what is typed in UTF-8 for ASCII with stray bytes, and prints such bytes, but no Chinese."""
    locale = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    done = command("query", "SELECT '\u9884\u7b97' AS a", "--out", dataset, "--format", "csv", **locale)
    assert (done.returncode, done.stdout.splitlines(), done.stderr) == (0, ["a", "\\u9884\\u7b97"], "")


class _BotoCoreError(Exception):
    """As an object store's library raises them."""


_BotoCoreError.__module__ = "botocore.exceptions"


@pytest.mark.parametrize("error", [_BotoCoreError("HTTP 500\nagain"), OSError(5, "Input/output error")])
def test_a_machine_that_fails_is_one_line_and_status_2(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("pipeline.dataset.views.connect", fail)
    done = command_here("query", "SELECT 1")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
