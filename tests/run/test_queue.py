"""Documents read range by range: the same dataset as in one go, whatever is lost, damaged or ends a process."""

from __future__ import annotations

import os
import pickle
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from pipeline.dataset.store.versions import locked
from pipeline.dataset.views import connect
from pipeline.pages.model import Page
from pipeline.pages.readers import READERS, mupdf
from pipeline.run.document_job import MOST_FAULTS, RANGE_PAGES, Job
from pipeline.run.document_reading import work as advance
from pipeline.run.fingerprint import OCR, WITNESS, pages_key
from pipeline.run.items import Document, Item, Needed, Outcome, ReadRange, Result
from pipeline.run.queue import Queue
from pipeline.run.read_document import read_document
from pipeline.run.steps import land_documents, make_job, make_plan, read_documents
from pipeline.run.worker_process import Fault
from pipeline.settings import Settings
from tests.correcting import Reviewer
from tests.dataset.test_corrections_landing import correct
from tests.documents import SAMPLE
from tests.pages.test_readers import AES_256
from tests.shared import Here, Place, ingest_here, snapshot

PAGES = 10
FIRST_SEEN = 1_700_000_000  # of every document, so that datasets can be compared


def settings_of(folder: Path, content: bytes | None = None, **more: object) -> Settings:
    """The sample's ten pages, or another document; three of the sample's forms have two pages."""
    (folder / "raw").mkdir()
    path = folder / "raw/large.pdf"
    path.write_bytes(SAMPLE.read_bytes() if content is None else content)
    os.utime(path, (FIRST_SEEN, FIRST_SEEN))
    return Settings.model_validate({"raw": folder / "raw", "out": folder / "ranges", "verify": "off", **more})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_of(tmp_path)


def ranged(settings: Settings, size: int = 1) -> Job:
    """How documents are read, so many pages at once."""
    return replace(make_job(settings), range_pages=dict.fromkeys(RANGE_PAGES, size))


@pytest.fixture(scope="module")
def sample_whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What lands of the sample when it is read in one go."""
    return whole(settings_of(tmp_path_factory.mktemp("queue")))


def whole(settings: Settings) -> dict[str, bytes]:
    """What lands of the same documents when each is read in one go."""
    alone = settings.model_copy(update={"out": settings.out.with_name("whole")})
    ingest_here(alone)
    return snapshot(alone.out)


def work(job: Job, settings: Settings, deaths: Sequence[tuple[str, int]] = ()) -> Here:
    """All steps in this process, without landing."""
    workers = Here(job, deaths)
    read_documents(make_plan(settings).to_read, job, workers)
    return workers


def land(settings: Settings, done: Sequence[tuple[Item, Result | Fault]]) -> dict[str, bytes]:
    with locked(settings.out):
        land_documents(settings, make_plan(settings), [r for _, r in done if isinstance(r, Outcome)], 0)
    return snapshot(settings.out)


def stored(settings: Settings) -> list[str]:
    """The files of stored pages, without the document's id."""
    return sorted(path.name[64:] for path in (settings.out / ".pages").rglob("*.parquet"))


def findings(settings: Settings) -> list[tuple[str, int]]:
    with connect(settings.out) as connection:
        query = "SELECT rule, page FROM findings WHERE rule LIKE 'page.%' ORDER BY page"
        return connection.execute(query).fetchall()


@pytest.fixture
def pages_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of pages that MuPDF reads."""
    numbers: list[int] = []
    read = mupdf._read_page

    def recorded(number: int, page: mupdf._OpenPage) -> Page:
        numbers.append(number)
        return read(number, page)

    monkeypatch.setattr(mupdf, "_read_page", recorded)
    return numbers


@pytest.mark.parametrize(
    ("size", "verify"),
    [(1, "off"), pytest.param(4, "all", marks=pytest.mark.slow), pytest.param(20, "off", marks=pytest.mark.slow)],
)
def test_forms_across_ranges_are_read_as_in_one_go(tmp_path: Path, size: int, verify: str) -> None:
    settings = settings_of(tmp_path, verify=verify)
    done = work(ranged(settings, size), settings).done
    assert [type(result) for item, result in done if isinstance(item, Document)][-1] is Outcome
    assert land(settings, done) == whole(settings)
    assert set(stored(settings)) == {".parquet"}  # and no ranges beside it
    files = {path.name: path.read_bytes() for path in (settings.out / ".pages").glob("mupdf*/*")}
    assert files == {p.name: p.read_bytes() for p in (tmp_path / "whole/.pages").glob("mupdf*/*")}


def test_every_page_is_read_once_and_in_order(settings: Settings, pages_read: list[int]) -> None:
    done = work(ranged(settings, 3), settings).done
    assert pages_read == list(range(1, PAGES + 1))
    kinds = [(type(item), type(result)) for item, result in done]
    assert kinds == [(Document, Needed), *[(ReadRange, type(None))] * 3, (Document, Outcome)]


def test_a_document_of_one_range_takes_one_step(settings: Settings, pages_read: list[int]) -> None:
    [(item, result)] = work(ranged(settings, PAGES), settings).done
    assert (type(item), type(result)) == (Document, Outcome)
    assert pages_read == list(range(1, PAGES + 1))


def test_stored_ranges_are_not_read_again_after_a_kill(
    settings: Settings, pages_read: list[int], sample_whole: dict[str, bytes]
) -> None:
    job = ranged(settings, 3)
    with locked(settings.out):
        batch = [Document(source) for source in make_plan(settings).to_read]
        list(islice(Here(job).run(batch, Queue(job).follow), 3))  # and the run is killed
    assert pages_read == list(range(1, 10))
    done = work(job, settings).done
    assert pages_read == list(range(1, PAGES + 1))
    assert land(settings, done) == sample_whole


def test_ranges_that_are_lost_or_damaged_are_read_again(
    settings: Settings, pages_read: list[int], sample_whole: dict[str, bytes]
) -> None:
    job = ranged(settings)
    [source] = make_plan(settings).to_read
    queue = Queue(job)
    needed = queue.follow(Document(source), advance(job, Document(source), Place()))
    for item in needed:
        assert isinstance(item, ReadRange)
        advance(job, item, Place())
    for number, damage in ((2, None), (3, b""), (4, b"PAR1"), (5, -1)):
        [path] = settings.out.rglob(f"*.{number}.parquet")
        if damage is None:
            path.unlink()
        else:
            path.write_bytes(path.read_bytes()[:damage] if isinstance(damage, int) else damage)
    pages_read.clear()
    done = work(job, settings).done
    assert pages_read == [2, 3, 4, 5]
    assert land(settings, done) == sample_whole


@pytest.mark.parametrize("size", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_stored_pages_with_a_wrong_byte_are_read_again(settings: Settings, size: int, pages_read: list[int]) -> None:
    ingest_here(settings, ranged(settings, size))
    before = snapshot(settings.out)
    [path] = (settings.out / ".pages").rglob("*.parquet")
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 0x10
    path.write_bytes(data)
    pages_read.clear()
    job = ranged(settings, size)
    [source] = make_plan(settings.model_copy(update={"force": True})).to_read
    read_documents([source], job, Here(job))
    assert pages_read == list(range(1, PAGES + 1))
    assert path.read_bytes() != bytes(data)
    assert snapshot(settings.out) == before


@pytest.mark.parametrize("size", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_a_page_that_cannot_be_read_costs_itself(
    settings: Settings, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = mupdf._read_page

    def fails_on_the_fifth(number: int, page: mupdf._OpenPage) -> Page:
        if number == 5:
            raise ValueError("a fault in the page")
        return read(number, page)

    monkeypatch.setattr(mupdf, "_read_page", fails_on_the_fifth)
    done = work(ranged(settings, size), settings).done
    [outcome] = [result for _, result in done if isinstance(result, Outcome)]
    assert (outcome.status, outcome.error_code, outcome.pages) == ("partial", "page.unreadable", PAGES)
    assert land(settings, done) == whole(settings)
    assert findings(settings) == [("page.unreadable", 5)]


@pytest.mark.parametrize("size", [4, pytest.param(20, marks=pytest.mark.slow)])
@pytest.mark.parametrize("page", [pytest.param(1, marks=pytest.mark.slow), 5, pytest.param(10, marks=pytest.mark.slow)])
def test_a_page_that_ends_its_process_costs_itself(
    settings: Settings, size: int, page: int, pages_read: list[int]
) -> None:
    summary = ingest_here(settings, ranged(settings, size), [("mupdf", page)])
    assert (summary.partial, summary.seen) == (1, 1)
    assert findings(settings) == [("page.unreadable", page)]
    assert set(pages_read) == set(range(1, PAGES + 1)) - {page}
    assert {form for form in forms_of_sample() if not form[0] <= page <= form[1]} <= set(forms(settings))


def forms(settings: Settings) -> list[tuple[int, int]]:
    with connect(settings.out) as connection:
        return connection.execute("SELECT page_first, page_last FROM forms ORDER BY form_no").fetchall()


def forms_of_sample() -> list[tuple[int, int]]:
    rows: list[Any] = read_document(SAMPLE).tables["forms"]
    return [(form["page_first"], form["page_last"]) for form in rows]


def test_after_some_faults_the_rest_of_a_range_is_given_up(settings: Settings, pages_read: list[int]) -> None:
    deaths = [("mupdf", page) for page in (5, 6, 7)]
    assert len(deaths) == MOST_FAULTS
    workers = work(ranged(settings, 4), settings, deaths)
    faults = [result for _, result in workers.done if isinstance(result, Fault)]
    assert [fault.number for fault in faults] == [5, 6, 7]
    land(settings, workers.done)
    assert findings(settings) == [("page.unreadable", page) for page in (5, 6, 7, 8)]
    assert set(pages_read) == {1, 2, 3, 4, 9, 10}


def test_what_one_range_has_lost_is_not_counted_for_another(settings: Settings) -> None:
    ingest_here(settings, ranged(settings, 4), [("mupdf", page) for page in (1, 2, 5, 9)])
    assert findings(settings) == [("page.unreadable", page) for page in (1, 2, 5, 9)]


def test_a_lost_page_is_not_tried_again_until_it_is_forced(
    settings: Settings, pages_read: list[int], sample_whole: dict[str, bytes]
) -> None:
    ingest_here(settings, deaths=[("mupdf", 5)])
    pages_read.clear()
    assert ingest_here(settings).read == 0
    assert pages_read == []
    assert ingest_here(settings.model_copy(update={"force": True})).ok == 1
    assert pages_read == list(range(1, PAGES + 1))
    assert snapshot(settings.out) == sample_whole


@pytest.mark.slow
def test_a_password_opens_every_range_and_is_kept_nowhere(tmp_path: Path) -> None:
    with pymupdf.open(SAMPLE) as document:
        content = document.tobytes(encryption=AES_256, owner_pw="owner", user_pw="open sesame")
    settings = settings_of(tmp_path, content, password="open sesame")
    done = work(ranged(settings), settings).done
    assert b"open sesame" not in pickle.dumps(done)
    files = [path for path in settings.out.rglob("*") if path.is_file()]
    assert len(files) > 1
    assert not [path for path in files if b"open sesame" in path.read_bytes()]
    assert land(settings, done) == whole(settings)


@pytest.mark.slow
def test_corrections_are_applied_to_ranges_as_to_the_whole(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, corrections=tmp_path / "corrections")
    path = settings.raw / "large.pdf"
    correct(settings, path, Reviewer(read_document(path)).value(5, "funds", 1, "amount", "123"))
    assert land(settings, work(ranged(settings), settings).done) == whole(settings)


@pytest.mark.parametrize("after", [pytest.param(1, marks=pytest.mark.slow), 2, pytest.param(3, marks=pytest.mark.slow)])
def test_a_file_that_is_replaced_between_ranges_does_not_land(settings: Settings, after: int) -> None:
    job = ranged(settings, 3)
    [source] = make_plan(settings).to_read
    run = Here(job).run([Document(source)], Queue(job).follow)
    list(islice(run, after))
    kept = stored(settings)
    os.utime(source.path, ns=(source.mtime_ns, source.mtime_ns + 1))
    assert not [result for _, result in run if isinstance(result, Outcome)]
    assert stored(settings) == kept
    assert land(settings, work(job, settings).done) == whole(settings)


@pytest.mark.parametrize("size", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_a_damaged_file_is_told_as_in_one_go(tmp_path: Path, size: int) -> None:
    settings = settings_of(tmp_path, SAMPLE.read_bytes()[:-2000])
    done = work(ranged(settings, size), settings).done
    [outcome] = [result for _, result in done if isinstance(result, Outcome)]
    assert (outcome.status, outcome.pages) == ("partial", PAGES)
    assert land(settings, done) == whole(settings)


def test_every_reader_has_ranges(settings: Settings) -> None:
    assert set(RANGE_PAGES) == {*READERS, WITNESS, OCR}
    assert make_job(settings).pages_of_range("tests.faults:FaultyReader") == RANGE_PAGES["mupdf"]


@pytest.mark.slow
def test_a_second_reading_is_stored_beside_the_first(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, verify="all")
    ingest_here(settings)
    folders = {path.name for path in (settings.out / ".pages").iterdir()}
    assert {pages_key("mupdf"), pages_key("pdfplumber")} <= folders
