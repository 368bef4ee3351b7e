"""The worked example of docs/adding-a-layout.md: its output is as shown, and it leads to a form without a finding."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shared import ROOT, command_here, environment

TEXT = (ROOT / "docs/adding-a-layout.md").read_text(encoding="utf-8")


def block(language: str, beginning: str) -> str:
    """The fenced block of a language that begins with a text."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    return str(next(text for name, text in found if name == language and text.startswith(beginning)))


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example")
    script, pdf = folder / "draw_example.py", folder / "library-corners.pdf"
    script.write_text(block("python", "import sys"), encoding="utf-8")
    subprocess.run([sys.executable, script, pdf], env=environment(), check=True)
    return pdf


def test_first_reading_is_as_shown(example: Path) -> None:
    printed = command_here("extract", example).stdout
    shown = block("", "library-corners.pdf: ok")
    assert [line.rstrip() for line in printed.splitlines()] == shown.splitlines()


def test_explanation_is_as_shown(example: Path) -> None:
    printed = command_here("extract", "--explain", example).stdout.splitlines()
    shown = block("", "library-corners.pdf: 1 page, 1 form").splitlines()
    assert len(shown) > 10
    assert [line for line in shown if line != "…" and line not in printed] == []


def test_words_and_layout_in_a_folder_make_the_form_perfect(example: Path, tmp_path: Path) -> None:
    folder = tmp_path / "my-schemas"
    folder.mkdir()
    (folder / "labels.toml").write_text(block("toml", "[[label]]"), encoding="utf-8")
    (folder / "layouts.toml").write_text(block("toml", "[[layout]]"), encoding="utf-8")
    printed = command_here("extract", "--schemas", folder, example).stdout
    shown = re.findall(r"^```\n(library-corners.pdf: ok.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)[-1]
    assert [line.rstrip() for line in printed.splitlines()] == shown.splitlines()
    read = json.loads(command_here("extract", "--json", "--schemas", folder, example).stdout)
    (form,) = read["forms"]
    assert not read["findings"]
    assert (form["layout"], form["project_nature"]) == ("yunxi-livelihood-task", "延续项目")
    assert (form["lifetime_total"], form["annual_total"]) == ("900000.00", "300000.00")
    assert form["lifetime_goal"] == "三年内为全县每个社区建成一个图书角。"
    assert [row["target"] for row in read["indicators"]] == ["=12个", "=100%", "明显改善", "≥90%"]
