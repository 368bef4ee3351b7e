"""Names of files as Linux has them, and datasets that do not depend on where their folders lie."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline.dataset.checks.evidence_audit import check_evidence
from pipeline.dataset.landing.sources import find_pdfs, year_in_path
from pipeline.file_names import escaped, file_below, readable
from pipeline.settings import Settings
from tests.documents import SAMPLE, SAMPLE_READERS
from tests.shared import ingest_here, snapshot

GBK = os.fsdecode("2023年/决算表.pdf".encode("gb18030"))
NAMES = ("a.pdf", "决算.pdf", GBK, r"\xbe.pdf", os.fsdecode(b"\\xbe\xbe\\x5c.pdf"), os.fsdecode(b"\xff\xff.pdf"))


@pytest.mark.parametrize("name", NAMES)
def test_a_name_as_text_leads_back_to_its_file(name: str) -> None:
    escaped(name).encode()
    assert file_below(Path("raw"), escaped(name)) == Path("raw", name)


def test_no_two_names_are_one() -> None:
    assert len({escaped(name) for name in NAMES}) == len(NAMES)
    assert readable(escaped(GBK)) == "2023年/决算表.pdf"
    assert year_in_path(escaped(GBK)) == 2023


@pytest.mark.parametrize("reader", SAMPLE_READERS)
def test_a_name_that_is_no_utf8_is_read_shown_and_found_again(tmp_path: Path, reader: str) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    path = raw / GBK
    path.parent.mkdir(parents=True)
    shutil.copy(SAMPLE, path)
    summary = ingest_here(Settings(raw=raw, out=out, reader=reader, verify="values", corrections=tmp_path / "none"))
    assert (summary.ok, summary.seen, summary.forms) == (1, 1, 7)
    assert summary.agreement.compared == summary.agreement.agreed > 0
    (part,) = (out / "current/documents").rglob("*.parquet")
    (document,) = pq.ParquetFile(part).read().to_pylist()
    assert document["file_name"] == "决算表.pdf"
    assert document["source_path"] == find_pdfs(raw)[0][0].source_path
    audit = check_evidence(out, raw, sample=20)
    assert (audit.compared, audit.unread, audit.missed) == (20, 0, [])


@pytest.mark.parametrize("reader", SAMPLE_READERS)
def test_a_dataset_does_not_depend_on_where_its_folders_lie(
    tmp_path: Path, reader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = SAMPLE.read_bytes()
    contents = {"html": b"<html></html>", "text": b"text", "empty": b"", "head": b"%PDF-1.7", "half": data[:30_000]}
    places = [tmp_path / "one", tmp_path / "another place, further down"]
    for place in places:
        (place / "raw").mkdir(parents=True)
        for name, content in ({**contents, "good": data, GBK[-7:-4]: data[:3000]}).items():
            path = place / "raw" / f"{name}.pdf"
            path.write_bytes(content)
            os.utime(path, (1_700_000_000, 1_700_000_000))
        monkeypatch.chdir(place)
        # one by a relative path, one by an absolute one
        raw = Path("raw") if place is places[0] else place / "raw"
        ingest_here(Settings(raw=raw, out=place / "out", reader=reader, corrections=tmp_path / "none"))
    one, other = (snapshot(place / "out") for place in places)
    assert one == other
    for name in one:
        if name.endswith(".parquet"):
            assert str(tmp_path) not in str(pq.ParquetFile(places[0] / "out/current" / name).read().to_pylist()), name
