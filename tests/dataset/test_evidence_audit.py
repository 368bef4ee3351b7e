"""Evidence against the PDFs: the boxes are read again by a library that has no part in making the dataset."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pymupdf
import pytest

from pipeline.dataset.checks.evidence_audit import check_evidence
from pipeline.document.assemble import assemble
from pipeline.document.corrections.model import AnyCorrection
from pipeline.document.result import DocumentResult
from pipeline.pages.model import DocumentPages
from pipeline.settings import Settings
from tests.documents import FORM, JOURNAL, SYSTEM, list_pages, on_one_page, table_of
from tests.generator.drawing import DrawnPage, DrawnText, Producer, draw
from tests.generator.forms import lay_out
from tests.shared import command_here, ingest_here


def settings_of(folder: Path, *pages: DrawnPage) -> Settings:
    """A raw folder with one document."""
    (folder / "raw").mkdir()
    (folder / "raw/forms.pdf").write_bytes(draw(pages, Producer.LINES))
    return Settings(raw=folder / "raw", out=folder / "out")


def shifted(document: DocumentPages, corrections: Sequence[AnyCorrection] = ()) -> DocumentResult:
    """Assembles a document with a mistake about the place of one value and the text of another."""
    read = assemble(document, corrections)
    for row in read.tables["evidence"]:
        if (row["table"], row["row_no"], row["field"]) == ("indicators", 2, "target"):
            row.update(text="=13个")
        if (row["table"], row["row_no"], row["field"]) == ("indicators", 3, "level3"):
            row.update(y0=1.0, y1=9.0)
    return read


@pytest.mark.parametrize("rotation", [0, 90, *(pytest.param(r, marks=pytest.mark.slow) for r in (180, 270))])
def test_every_box_prints_its_text(tmp_path: Path, rotation: int) -> None:
    pages = [replace(page, rotation=rotation) for page in (*lay_out(FORM), *list_pages((JOURNAL, SYSTEM), (2,)))]
    settings = settings_of(tmp_path, *pages)
    ingest_here(settings)
    found = check_evidence(settings.out, settings.raw)
    assert found.missed == []
    assert found.same == found.compared > 100
    some = check_evidence(settings.out, settings.raw, sample=10)
    assert some.same == some.compared == 10


def test_a_cropped_page_with_an_origin_of_its_own(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, *lay_out(FORM))
    with pymupdf.open(settings.raw / "forms.pdf") as document:
        page = document[0]
        document.xref_set_key(page.xref, "MediaBox", "[-50 -70 595 842]")
        document.xref_set_key(page.xref, "CropBox", "[-20 -10 590 840]")
        document.save(tmp_path / "raw/cropped.pdf")
    (settings.raw / "forms.pdf").unlink()
    ingest_here(settings)
    found = check_evidence(settings.out, settings.raw)
    assert (found.missed, found.compared > 30) == ([], True)


def test_a_wrong_place_and_a_wrong_text_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of(tmp_path, *lay_out(FORM))
    monkeypatch.setattr("pipeline.run.document_reading.assemble", shifted)
    ingest_here(settings)
    told = command_here("check", "--out", settings.out, "--evidence", "--raw", settings.raw)
    assert told.returncode == 1
    assert "forms.pdf page 1: indicators 2, target: '=13个', printed is '=12个'" in told.stdout
    assert "indicators 3, level3: '食品安全合格率', printed is ''" in told.stdout
    summed_up = re.search(r"evidence: (\d+) of (\d+) boxes print their text", told.stdout)
    assert summed_up
    assert int(summed_up[2]) - int(summed_up[1]) == 2


def test_a_document_that_is_gone_or_another_one_is_told(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, *lay_out(FORM))
    ingest_here(settings)
    (settings.raw / "forms.pdf").write_bytes(draw(lay_out(replace(FORM, title="另一绩效目标表")), Producer.LINES))
    found = check_evidence(settings.out, settings.raw)
    assert (found.compared, found.unread > 30, found.files) == (
        0,
        True,
        ["forms.pdf: it has changed since it was read"],
    )
    (settings.raw / "forms.pdf").unlink()
    found = check_evidence(settings.out, settings.raw)
    assert found.files == ["forms.pdf: No such file or directory"]


def test_a_clipped_value_shows_a_part_of_its_text(tmp_path: Path) -> None:
    table = table_of(FORM)
    cells = tuple(
        replace(cell, text="\n\n老年人\n对助餐的\n满意度", clipped=True) if cell.text == "老年人满意度" else cell
        for cell in table.cells
    )
    low = replace(table, row_heights=(*table.row_heights[: max(c.row for c in cells)], 20), cells=cells)
    settings = settings_of(tmp_path, on_one_page(DrawnText(40, 0, FORM.title), low))
    ingest_here(settings)
    found = check_evidence(settings.out, settings.raw)
    assert (found.missed, found.clipped, found.same + 1) == ([], 1, found.compared)
