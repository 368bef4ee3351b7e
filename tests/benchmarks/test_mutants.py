"""The mutation run names what it did, and every copy that lost rows without a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.mutants import KINDS, main
from tests.documents import FORM
from tests.generator.drawing import Producer, draw
from tests.generator.forms import lay_out
from tests.shared import ROOT


@pytest.mark.service
def test_copies_of_a_form_are_counted_by_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "form.pdf").write_bytes(draw(lay_out(FORM), Producer.LINES))
    assert main([str(tmp_path), "--mutants", str(len(KINDS)), "--workers", "1"]) == 0
    *counts, total = capsys.readouterr().out.splitlines()
    assert {line.split()[1] for line in counts} == set(KINDS)
    assert total.startswith(f"{len(KINDS)} damaged copies of 1 samples in ")


@pytest.mark.slow
@pytest.mark.parametrize("reader", ["mupdf", "pdfplumber"])
def test_no_damaged_copy_of_real_pages_is_ok_with_other_rows_and_no_word(
    reader: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same copies in every test run; a slow machine takes fewer of them."""
    raw = str(ROOT / "data/raw")
    status = main([raw, "--mutants", "800", "--seconds", "60", "--workers", "1", "--reader", reader])
    printed = capsys.readouterr().out
    assert status == 0, printed
    assert " damaged copies of " in printed
