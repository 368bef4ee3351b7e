"""What the catalogue of downloads says reaches `documents`, without a document being read for it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pymupdf
import pytest

from pipeline.dataset.errors import DatasetError
from pipeline.dataset.landing.catalogue import Record, read_catalogue, write_catalogue
from pipeline.dataset.landing.plan import plan_ingest
from pipeline.settings import Settings
from tests.dataset.test_rows import FINGERPRINT, ingest, put, read, snapshot
from tests.publisher import Desk, Publisher, Reply, page
from tests.shared import ingest_here


def record(raw: Path, place: str, **more: Any) -> Record:
    """What the catalogue would say of a file."""
    data = (raw / place).read_bytes()
    usual = Record(
        source_id="putuo",
        source_url=f"http://publisher.example/{place}",
        member="",
        path=place,
        title="2026年预算",
        document_id=hashlib.sha256(data).hexdigest(),
        byte_size=len(data),
        publisher="普陀区财政局",
        region_code="310107",
        region_name="普陀区",
        document_kind="department_budget",
        fiscal_year=2026,
        page_url=None,
        published_on=None,
        final_url="http://publisher.example/",
        etag=None,
        last_modified=None,
        content_length=None,
        headers=(("content-type", "application/pdf"),),
        fetched_at=datetime(2026, 2, 8, tzinfo=UTC),
    )
    return replace(usual, **more)


def told(out: Path) -> dict[str, tuple[object, ...]]:
    names = ("publisher", "region_code", "region_name", "source_url")
    return {row["source_path"]: tuple(row[name] for name in names) for row in read(out, "documents")}


def test_it_comes_back_as_it_went_in_and_describes_itself(tmp_path: Path) -> None:
    put(tmp_path, "a.pdf")
    put(tmp_path, "b.pdf", other=1)
    records = [record(tmp_path, "a.pdf"), record(tmp_path, "b.pdf", publisher=None, superseded_by="0" * 64)]
    write_catalogue(tmp_path, reversed(records))
    assert read_catalogue(tmp_path) == records
    field = pq.read_schema(tmp_path / "catalogue.parquet").field("byte_size")
    assert field.metadata[b"unit"] == b"byte"


def test_it_goes_before_the_document_and_leaves_others_alone(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    for name in ("known", "unnamed", "own"):
        put(raw, f"{name}.pdf", name=name, publisher="封面上的局")
    write_catalogue(raw, [record(raw, "known.pdf"), record(raw, "unnamed.pdf", publisher=None)])
    ingest(raw, out)
    assert told(out) == {
        "known.pdf": ("普陀区财政局", "310107", "普陀区", "http://publisher.example/known.pdf"),
        "unnamed.pdf": ("封面上的局", "310107", "普陀区", "http://publisher.example/unnamed.pdf"),
        "own.pdf": ("封面上的局", None, None, None),
    }


def test_a_change_in_it_reaches_the_dataset_and_nothing_is_read(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    put(raw, "a.pdf", publisher="封面上的局")
    put(raw, "b.pdf", publisher="别的局", year=2022)
    ingest(raw, out)
    for publisher in ("普陀区财政局", None, "普陀区教育局"):
        write_catalogue(raw, [record(raw, "a.pdf", publisher=publisher)])
        plan, landing = ingest(raw, out)
        assert not plan.to_read
        assert not landing.landed
        assert told(out)["a.pdf"][0] == (publisher or "封面上的局")
        version = (out / "current").readlink()
        ingest(raw, out)
        assert (out / "current").readlink() == version
        ingest(raw, tmp_path / f"new {publisher}")
        assert snapshot(out) == snapshot(tmp_path / f"new {publisher}")
    (raw / "catalogue.parquet").unlink()
    ingest(raw, out)
    assert told(out)["a.pdf"] == ("封面上的局", None, None, None)


def test_one_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    put(tmp_path, "a.pdf")
    (tmp_path / "catalogue.parquet").write_bytes(b"PAR1 and nothing else")
    with pytest.raises(DatasetError, match="bring it back, or remove it and fetch again"):
        plan_ingest(tmp_path, tmp_path / "out", FINGERPRINT)


def drawn(text: str) -> bytes:
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 72), text)
        data: bytes = document.tobytes()
    return data


def test_a_document_replaced_by_its_publisher_is_superseded(site: Publisher, desk: Desk, tmp_path: Path) -> None:
    settings = Settings(raw=desk.raw, out=tmp_path / "out")
    site.replies["/index.html"] = Reply(page(("a.pdf", "2026年预算")))
    for edition in ("first", "second"):
        site.replies["/a.pdf"] = Reply(drawn(edition), etag=f'"{edition}"')
        desk.fetch()
        assert ingest_here(settings).seen == 1
    old, new = sorted(read(settings.out, "documents"), key=lambda row: row["superseded_by"] is None)
    assert old["superseded_by"] == new["document_id"]
    assert old["source_path"] == new["source_path"] == "310107/putuo/2026/2026年预算.pdf"
    for row in (old, new):
        assert (row["source_url"], row["publisher"]) == (f"{site.url}/a.pdf", "上海市普陀区财政局")
