"""A dataset that was copied without its links opens, or the error says how to mend it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

import pipeline
from pipeline.dataset.errors import DatasetError
from tests.shared import command_here


def forms(out: Path) -> int:
    with pipeline.open(out) as dataset:
        return len(dataset.forms.arrow())


def test_a_copy_whose_links_became_folders_opens(sample_dataset: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_dataset, tmp_path / "copy", symlinks=False)
    assert not any(path.is_symlink() for path in (tmp_path / "copy").iterdir())
    assert forms(tmp_path / "copy") == forms(sample_dataset)


def test_a_copy_of_one_version_opens(sample_dataset: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_dataset / "current", tmp_path / "copy")
    assert forms(tmp_path / "copy") == forms(sample_dataset)
    done = command_here("query", "SELECT count(*) FROM forms", "--out", tmp_path / "copy", "--format", "csv")
    assert done.returncode == 0


def test_a_copy_without_links_says_how_to_mend_it(sample_dataset: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(sample_dataset, copy, symlinks=True)
    for path in copy.iterdir():
        if path.is_symlink():
            path.unlink()
    with pytest.raises(DatasetError, match="copied without its links: ln -s") as raised:
        forms(copy)
    os.symlink(raised.value.message.split()[-2], raised.value.message.split()[-1])
    assert forms(copy) == forms(sample_dataset)
