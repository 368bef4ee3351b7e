"""A damaged file of a dataset costs one line that names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.dataset.checks.check import check_dataset
from pipeline.dataset.errors import DatasetError
from pipeline.dataset.store.parts import read_part
from pipeline.dataset.views import connect
from tests.dataset.test_rows import ingest, put


@pytest.fixture
def out(tmp_path: Path) -> Path:
    put(tmp_path / "raw", "a.pdf", name=1)
    ingest(tmp_path / "raw", tmp_path / "out")
    return tmp_path / "out"


@pytest.mark.parametrize("left", [0, 5, -20])
def test_a_damaged_table(out: Path, left: int) -> None:
    part = out / "forms/fiscal_year=2023/part-0.parquet"
    part.write_bytes(part.read_bytes()[:left])
    for use in (lambda: read_part(part), lambda: connect(out), lambda: check_dataset(out)):
        with pytest.raises(DatasetError, match=r"forms.*bring the dataset back"):
            use()


def test_a_damaged_ledger(out: Path) -> None:
    (out / "current/ledger.parquet").write_bytes(b"junk")
    with pytest.raises(DatasetError, match=r"ledger.parquet.*bring the dataset back"):
        ingest(out.parent / "raw", out)


@pytest.mark.parametrize("content", ["{", "[]", '{"resources": 1}'])
def test_a_damaged_description(out: Path, content: str) -> None:
    (out / "current/datapackage.json").write_text(content, encoding="utf-8")
    assert [problem.rule for problem in check_dataset(out)] == ["files.package"]
