"""The two READMEs say the same: commands, printed output, tables, pictures and links."""

from __future__ import annotations

import re

import pytest

from tests.shared import ROOT

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
COMMENT = re.compile(r"(^|\s+)#( .*)?$", re.MULTILINE)
OTHER = {"README.md": "README.zh-CN.md", "README.zh-CN.md": "README.md"}


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def prose(name: str) -> str:
    return BLOCK.sub("", text(name))


def blocks(name: str) -> list[tuple[str, list[str]]]:
    """Commands and printed output, without the comments, which each README has in its language."""
    found = BLOCK.findall(text(name))
    return [(language, [line for line in COMMENT.sub("", block).splitlines() if line]) for language, block in found]


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
