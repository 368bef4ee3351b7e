"""The commands for a Chinese reader: no English sentence but names of columns, commands and options."""

from __future__ import annotations

import csv
import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.cli.commands import EXAMPLES
from pipeline.settings import Settings
from tests.documents import FORM, SAMPLE
from tests.english import english_in
from tests.generator.drawing import Producer, draw
from tests.generator.forms import lay_out
from tests.shared import command, command_here, ingest_here

CHINESE = {"LC_ALL": "", "LANG": "zh_CN.UTF-8"}


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A form with findings, a page without text, a web page under the name of a PDF, and an empty file."""
    folder = tmp_path_factory.mktemp("raw")
    spoiled = replace(
        FORM,
        year="",
        goals=("", ""),
        funds=(("项目资金总额", "900,000", "年度资金申请总额", "800,000"), *FORM.funds[1:]),
        rows=(
            *FORM.rows,
            (
                "产出指标",
                "社会效益指标",
                "入户率（每户",
                "XX",
            ),
            ("产出指标", "质量指标", "及格率", "292%"),
        ),
    )
    (folder / "form.pdf").write_bytes(draw(lay_out(spoiled), Producer.LINES))
    (folder / "page.pdf").write_bytes(b"<!DOCTYPE html><html><body>404</body></html>")
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "rest.pdf").write_bytes(SAMPLE.read_bytes()[:2000])
    return folder


@pytest.fixture(scope="module")
def out(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dataset")
    ingest_here(Settings(raw=raw, out=folder))
    return folder


def shown(told: subprocess.CompletedProcess[str]) -> str:
    """All that a command has printed, without the frames of tables."""
    return " ".join((told.stdout + told.stderr).replace("│", " ").split())


def assert_chinese(text: str) -> None:
    assert any("\u4e00" <= character <= "\u9fff" for character in text), text
    assert english_in(text) == []


def test_extract_tells_findings_in_chinese(raw: Path) -> None:
    told = command("extract", *sorted(raw.iterdir()), **CHINESE)
    assert (told.returncode, "错误" in told.stdout) == (1, True)
    assert_chinese(shown(told))


def test_extract_names_fields_and_kinds_of_tables_in_chinese(varied: Settings, raw: Path) -> None:
    told = command_here("--lang", "zh", "extract", varied.raw / "预算表.pdf", raw / "form.pdf").stdout
    assert re.findall(r"^ +\d  \w+：(\w+)，预算，", told, re.MULTILINE) == ["收支总表", "支出总表"]
    assert "主管部门 崇明区民政局；实施单位 " in told


@pytest.mark.parametrize(
    "args",
    [
        ["extract", "--explain", "RAW/form.pdf"],
        ["ingest", "--raw", "RAW", "--out", "OUT"],
        ["check", "--out", "OUT"],
        ["check", "--out", "OUT", "--evidence", "--raw", "RAW"],
        ["changes", "--out", "OUT"],
        ["labels", "--out", "OUT"],
        ["diff", "OTHER", "OUT"],
        ["query", "--dataset", "OUT", "SELECT nothing FROM forms"],
        ["query", "--dataset", "OUT", "SELECT * FROM form"],
        ["query", "--dataset", "OUT", "SELCT 1"],
        ["query", "--dataset", "OUT", "SELECT project_name, count(*) FROM forms"],
        ["query", "--dataset", "OUT", "SELECT 'a' :: int"],
        ["query", "--dataset", "OUT"],
        ["query", "--ready", "nonsense"],
        ["query", "--limit", "-1", "x"],
        ["query", "--limit", "many", "x"],
        ["query", "--format", "pdf", "x"],
        ["ingest", "--raw", "missing", "--out", "OUT"],
        ["ingest", "--raw", "RAW", "--out", "RAW/form.pdf"],
        ["ingest", "--year", "23"],
        ["check", "--out", "missing"],
        ["extract", "missing.pdf"],
        ["extract", "RAW"],
        ["extract"],
        ["export", "budget.ods", "--out", "OUT"],
        ["report", "missing/report.html", "--out", "OUT"],
        ["fetch", "--sources", "missing.toml"],
        ["remove", "nothing.pdf", "--out", "OUT"],
        ["nonsense"],
        ["ingest", "--wrokers", "3"],
        ["ingest", "--workers"],
        ["--lang", "fr", "ingest"],
    ],
    ids=" ".join,
)
def test_what_is_printed_is_chinese(raw: Path, out: Path, varied: Settings, args: list[str]) -> None:
    folders = {"RAW": raw, "OUT": out, "OTHER": varied.out}
    typed = [re.sub("[A-Z]{3,5}(?![a-zA-Z])", lambda m: str(folders.get(m[0], m[0])), arg) for arg in args]
    assert_chinese(shown(command_here("--lang", "zh", *typed) if "--lang" not in typed else command(*typed, **CHINESE)))


@pytest.mark.parametrize("name", ["", *(command.__name__ for command in EXAMPLES)])
def test_help_is_chinese_and_whole(name: str) -> None:
    told = shown(command_here("--lang", "zh", *filter(None, [name]), "--help"))
    assert_chinese(told)
    assert "…" not in told.replace("FILE.pdf…", "")


def test_ready_questions_have_chinese_titles() -> None:
    listed = csv.DictReader(
        command_here("--lang", "zh", "query", "--ready", "list", "--format", "csv").stdout.splitlines()
    )
    for row in listed:
        assert_chinese(row["title"])


def test_the_option_counts_before_the_setting_and_the_setting_before_the_environment() -> None:
    asked = ("nonsense",)
    assert "没有命令" in command(*asked, **CHINESE).stderr
    assert "No such command" in command(*asked, **CHINESE, BUDGET_FORMS_LANG="en").stderr
    assert "没有命令" in command("--lang=zh", *asked, BUDGET_FORMS_LANG="en").stderr
    assert (
        "没有数据集" in command("report", "r.html", "--out", "nowhere", "--lang", "zh", BUDGET_FORMS_LANG="en").stderr
    )
    assert "BUDGET_FORMS_LANG" in command(*asked, BUDGET_FORMS_LANG="fr").stderr


def test_rows_are_the_same_whatever_the_language(raw: Path) -> None:
    found = [
        command("extract", "--json", raw / "form.pdf", **language).stdout for language in ({"LC_ALL": "C"}, CHINESE)
    ]
    assert found[0] == found[1]
    findings = json.loads(found[0])["findings"]
    assert [row for row in findings if english_in(row["message_zh"]) or row["message_zh"] == row["message"]] == []
