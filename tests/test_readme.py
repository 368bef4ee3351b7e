"""The two READMEs say the same: commands, tables, pictures and links; and commands print what each README says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pipeline
from tests.shared import ROOT, command_here

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
COMMENT = re.compile(r"(^|\s+)#( .*)?$", re.MULTILINE)
OTHER = {"README.md": "README.zh-CN.md", "README.zh-CN.md": "README.md"}


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def prose(name: str) -> str:
    return BLOCK.sub("", text(name))


def blocks(name: str) -> list[tuple[str, list[str]]]:
    """Commands, without the comments, which each README has in its language, and the number of printed lines."""
    found = BLOCK.findall(text(name))
    return [
        (language, [line for line in COMMENT.sub("", block).splitlines() if line] if language else [""] * lines(block))
        for language, block in found
    ]


def lines(block: str) -> int:
    return block.count("\n")


def printed(name: str) -> list[str]:
    """The printed output that a README shows."""
    return [block for language, block in BLOCK.findall(text(name)) if not language]


def rows(name: str) -> list[tuple[int, list[str], list[str]]]:
    """Of each row of a table the number of cells, the code, and the cells that are figures."""
    lines = [line for line in prose(name).splitlines() if line.startswith("|") and "---" not in line]
    return [
        (line.count("|"), re.findall(r"`[^`]+`", line), re.findall(r"(?<=\| )[\d.,]+(?= \|)", line)) for line in lines
    ]


def links(name: str) -> list[str]:
    return sorted(link for link in re.findall(r"\]\(([^)]+)\)", prose(name)) if link != OTHER[name])


def code(name: str) -> set[str]:
    return {" ".join(found.split()) for found in re.findall(r"`([^`]+)`", prose(name))}


@pytest.mark.parametrize("part", [blocks, rows, links, code])
def test_both_say_the_same(part: object) -> None:
    assert callable(part)
    assert part("README.zh-CN.md") == part("README.md")


@pytest.mark.parametrize("name", OTHER)
def test_each_leads_to_the_other_and_to_files_that_exist(name: str) -> None:
    assert f"]({OTHER[name]})" in "\n".join(text(name).splitlines()[:4])
    for link in links(name):
        assert link.startswith("http") or (ROOT / link.partition("#")[0]).exists(), link


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset of `make run`."""
    out = tmp_path_factory.mktemp("sample") / "out"
    ran = command_here("ingest", "--raw", ROOT / "data/raw", "--out", out)
    assert ran.returncode == 0, ran.stderr
    return out


@pytest.mark.service
@pytest.mark.parametrize(("name", "language"), [("README.md", "en"), ("README.zh-CN.md", "zh")])
def test_commands_print_what_it_says(name: str, language: str, sample: Path) -> None:
    ran = command_here("--lang", language, "ingest", "--raw", ROOT / "data/raw", "--out", sample)
    run, asked = printed(name)
    without_time = re.compile(r"(?:用时 )?[\d.]+ (?:s|秒)$")
    shown = [without_time.sub("", line) for line in run.splitlines()]
    last = without_time.sub("", ran.stdout.splitlines()[-1])
    assert re.sub(r"2(?= read now)|(?<=本次读取 )2", "0", shown[-1]) == last
    [query] = re.findall(r'^budget-forms query "(SELECT.*)"$', text(name), re.MULTILINE)
    assert command_here("--lang", language, "query", query, "--dataset", sample).stdout == asked
    rows = dict(re.findall(r"^\| `(\w+)` \|.*\| (\d+) \|$", text(name), re.MULTILINE))
    data = pipeline.open(sample)
    assert rows == {table: str(len(getattr(data, table))) for table in rows}
