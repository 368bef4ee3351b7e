"""Pipes and devices in place of settings, of files to write, and of a dataset's own files: each costs one line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.dataset.errors import DatasetError
from pipeline.dataset.landing.catalogue import FILE_NAME, read_catalogue
from pipeline.dataset.store.input_folders import InputFolders, read_input_folders
from pipeline.dataset.store.versions import current_version
from pipeline.errors import KnowledgeError, UsageError
from pipeline.fetch.sources import load_sources
from pipeline.outputs.export.files import new_file
from pipeline.own_schemas import read_own_schemas

PIPE = "it is a named pipe, not a file"


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "labels.toml")
    return tmp_path / "labels.toml"


def test_settings_are_files(pipe: Path) -> None:
    with pytest.raises(UsageError, match=PIPE):
        load_sources(pipe)
    with pytest.raises(KnowledgeError, match=PIPE):
        read_own_schemas(pipe.parent)


def test_the_catalogue_is_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / FILE_NAME)
    with pytest.raises(DatasetError, match=PIPE):
        read_catalogue(tmp_path)


def test_the_record_of_folders_is_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".inputs.json")
    assert read_input_folders(tmp_path) == InputFolders()


def test_what_is_written_takes_the_place_of_files_alone(pipe: Path) -> None:
    with pytest.raises(UsageError, match=PIPE), new_file(pipe, "--output"):
        pass
    assert pipe.is_fifo()


def test_files_of_a_dataset_are_files(tmp_path: Path) -> None:
    part = tmp_path / ".versions/1/forms/fiscal_year=2026/part-0.parquet"
    part.parent.mkdir(parents=True)
    os.mkfifo(part)
    (tmp_path / "current").symlink_to(".versions/1")
    with pytest.raises(DatasetError, match=PIPE):
        current_version(tmp_path)
