"""The changelog knows the version of the program, and its links lead somewhere."""

from __future__ import annotations

import re
import tomllib

from pipeline.version import __version__
from tests.shared import ROOT

TEXT = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_newest_entry_is_the_version_of_the_program() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    newest = re.findall(r"^## (\S+)$", TEXT, re.MULTILINE)[0]
    assert newest == project["version"] == __version__


def test_its_links_lead_to_files() -> None:
    links = re.findall(r"\]\(([^)#]+)", TEXT)
    assert links
    assert all((ROOT / link).exists() for link in links)
