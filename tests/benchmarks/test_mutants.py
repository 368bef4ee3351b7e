"""The mutation run names what it did, and every copy that lost rows without a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.mutants import KINDS, main
from tests.documents import FORM
from tests.generator.drawing import Producer, draw
from tests.generator.forms import lay_out


@pytest.mark.service
def test_copies_of_a_form_are_counted_by_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "form.pdf").write_bytes(draw(lay_out(FORM), Producer.LINES))
    assert main([str(tmp_path), "--mutants", str(len(KINDS)), "--workers", "1"]) == 0
    *counts, total = capsys.readouterr().out.splitlines()
    assert {line.split()[1] for line in counts} == set(KINDS)
    assert total.startswith(f"{len(KINDS)} damaged copies of 1 samples in ")
