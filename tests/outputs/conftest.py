"""Fixtures of the tests of outputs."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline.outputs.changes.model import ChangeReport
from tests.outputs.republishing import changes, republish


class Republished(NamedTuple):
    """A folder with the PDFs and the dataset of `republish`, and the report of its second version; only to be read."""

    folder: Path
    report: ChangeReport


@pytest.fixture(scope="session")
def republished(tmp_path_factory: pytest.TempPathFactory) -> Republished:
    folder = tmp_path_factory.mktemp("republished")
    republish(folder)
    return Republished(folder, changes(folder))


@pytest.fixture
def again(republished: Republished, tmp_path: Path) -> Path:
    """A copy of that folder, that a test may change."""
    shutil.copytree(republished.folder, tmp_path, symlinks=True, dirs_exist_ok=True)
    return tmp_path
