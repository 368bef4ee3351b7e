"""A large document shared by processes: the same dataset as read by one, whoever reads what and whatever dies."""

from __future__ import annotations

import os
import pickle
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from pipeline.run.kept_pages import pack, unpack, unpack_page
from pipeline.run.ranges import PORTIONS, Portion, Ranges

from pipeline.dataset.landing.sources import Source
from pipeline.dataset.store.versions import locked
from pipeline.pages.model import Page
from pipeline.pages.readers import READERS, mupdf
from pipeline.run.document_job import Item, Job, Outcome, PagesAhead, Prepared, Result, ScannedPages
from pipeline.run.read_document import read_ahead, read_document
from pipeline.run.steps import land_documents, make_job, make_plan, read_documents
from pipeline.run.worker_pool import WorkerPool
from pipeline.run.worker_process import asking
from pipeline.settings import Settings
from tests.correcting import Reviewer
from tests.dataset.test_corrections_landing import correct
from tests.documents import SAMPLE
from tests.pages.test_readers import AES_256
from tests.shared import ingest_here, snapshot


def settings_of(folder: Path, content: bytes | None = None, **more: object) -> Settings:
    """The sample's ten pages, or another document; three of the sample's forms have two pages."""
    (folder / "raw").mkdir()
    (folder / "raw/large.pdf").write_bytes(SAMPLE.read_bytes() if content is None else content)
    return Settings.model_validate({"raw": folder / "raw", "out": folder / "shared", "verify": "off", **more})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_of(tmp_path)


def shared_job(settings: Settings, range_pages: int = 1, at_once: int = 1) -> Job:
    portion = Portion(2, range_pages, at_once)
    return replace(make_job(settings), processes=4, portions=dict.fromkeys(READERS, portion))


def work(job: Job, settings: Settings, *, late: bool = False) -> list[tuple[Item, Result]]:
    """Every step, in this process: helpers have read everything before the reading in front goes on, or come late."""
    done: list[tuple[Item, Result]] = []
    waiting: list[Item] = list(make_plan(settings).to_read)

    def do(item: Item) -> None:
        done.append((item, result := job.work(item)))
        if isinstance(result, ScannedPages):
            waiting.append(Prepared(result.source))

    def help_now(items: Sequence[Item]) -> None:
        for item in items:
            do(item)

    with asking(waiting.extend if late else help_now):
        while waiting:
            do(waiting.pop(0))
    return done


def read_ahead_alone(job: Job, item: Item, ranges: int) -> None:
    """What one helper does, up to some number of ranges."""
    with asking(lambda _: None):
        for _ in range(ranges):
            job.work(item)


def land(settings: Settings, results: Sequence[tuple[Item, Result]]) -> dict[str, bytes]:
    with locked(settings.out):
        land_documents(settings, make_plan(settings), [r for _, r in results if isinstance(r, Outcome)], 0)
    assert not (settings.out / ".staging/pages").exists()
    return snapshot(settings.out)


def whole(settings: Settings) -> dict[str, bytes]:
    alone = settings.model_copy(update={"out": settings.out.with_name("whole")})
    ingest_here(alone)
    return snapshot(alone.out)


def kept(settings: Settings) -> list[Path]:
    return sorted((settings.out / ".staging/pages").rglob("*.pages"))


@pytest.fixture
def pages_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of pages that MuPDF reads, by whomever."""
    numbers: list[int] = []
    read = mupdf._read_page

    def recorded(number: int, page: mupdf._OpenPage) -> Page:
        numbers.append(number)
        return read(number, page)

    monkeypatch.setattr("pipeline.pages.readers.mupdf._read_page", recorded)
    return numbers


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize(("range_pages", "verify"), [(1, "off"), (4, "all"), (20, "off")])
def test_forms_across_ranges_are_read_as_in_one_go(tmp_path: Path, late: bool, range_pages: int, verify: str) -> None:
    settings = settings_of(tmp_path, verify=verify)
    job = shared_job(settings, range_pages)
    results = work(job, settings, late=late)
    assert [type(result) for item, result in results if not isinstance(item, PagesAhead)] == [Outcome]
    assert kept(settings) == []
    assert land(settings, results) == whole(settings)


@pytest.mark.parametrize(("at_once", "turns"), [(1, 4), (3, 2), (4, 1)])
def test_every_page_is_read_once(settings: Settings, pages_read: list[int], at_once: int, turns: int) -> None:
    results = work(shared_job(settings, 3, at_once), settings)
    assert len(results) == 1 + turns + 3  # and three find that nothing is left
    assert pages_read == [10, 7, 8, 9, 4, 5, 6, 1, 2, 3]


def test_helpers_that_come_late_read_nothing(settings: Settings, pages_read: list[int]) -> None:
    results = work(shared_job(settings, 3), settings, late=True)
    assert [type(item) for item, _ in results] == [Source, PagesAhead, PagesAhead, PagesAhead]
    assert pages_read == list(range(1, 11))


@pytest.mark.parametrize("change", [{"portions": {"mupdf": Portion(10, 1)}}, {"processes": 1}])
def test_small_documents_and_single_processes_have_no_help(settings: Settings, change: dict[str, Any]) -> None:
    assert len(work(replace(shared_job(settings), **change), settings)) == 1


def test_pages_that_are_lost_or_damaged_are_read_in_front(settings: Settings, pages_read: list[int]) -> None:
    job = shared_job(settings)
    [source] = make_plan(settings).to_read
    ranges = Ranges(settings.out, source.document_id, "mupdf")

    def lose(items: Sequence[Item]) -> None:
        read_ahead_alone(job, items[0], 9)
        lost, short, torn, empty, *_ = kept(settings)
        lost.unlink()
        empty.write_bytes(b"")
        short.write_bytes(short.read_bytes()[:-1])
        torn.write_bytes(torn.read_bytes()[:3])
        pages_read.clear()

    with asking(lose):
        result = job.work(source)
    assert pages_read == [1, 2, 3, 4, 10]  # in the order of their names: 10, 2, 3, 4
    assert not ranges.claim(1)  # all is over
    assert land(settings, [(source, result)]) == whole(settings)


@pytest.mark.parametrize("late", [False, True])
def test_a_page_that_cannot_be_read_is_told_as_in_one_go(
    settings: Settings, late: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = mupdf._read_page

    def fails_on_the_fifth(number: int, page: mupdf._OpenPage) -> Page:
        if number == 5:
            raise ValueError("a fault in the page")
        return read(number, page)

    monkeypatch.setattr("pipeline.pages.readers.mupdf._read_page", fails_on_the_fifth)
    results = work(shared_job(settings, 2), settings, late=late)
    [outcome] = [result for _, result in results if isinstance(result, Outcome)]
    assert (outcome.status, outcome.error_code) == ("partial", "page.unreadable")
    assert land(settings, results) == whole(settings)


def with_a_scan() -> bytes:
    with pymupdf.open(SAMPLE) as document:
        picture = pymupdf.Pixmap(pymupdf.csGRAY, (0, 0, 60, 80))
        picture.clear_with(255)
        page = document.new_page(5)
        page.insert_image(page.rect, pixmap=picture)
        content: bytes = document.tobytes()
    return content


@pytest.mark.parametrize("version", [None, "models 1"])
@pytest.mark.parametrize("late", [False, True])
def test_scanned_pages_are_found_and_told_as_in_one_go(
    tmp_path: Path, version: str | None, late: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("pipeline.pages.ocr.engines", "pipeline.run.steps", "pipeline.run.document_job"):
        monkeypatch.setattr(f"{module}.models_version", lambda: version)
    settings = settings_of(tmp_path, with_a_scan())
    results = work(shared_job(settings), settings, late=late)
    assert [r.numbers for _, r in results if isinstance(r, ScannedPages)] == ([(6,)] if version else [])
    [outcome] = [result for _, result in results if isinstance(result, Outcome)]
    assert (outcome.status, outcome.error_code) == ("partial", "page.scanned")
    alone = settings.model_copy(update={"out": tmp_path / "alone"})
    assert land(settings, results) == land(alone, work(make_job(alone), alone))


def test_a_password_opens_it_for_all_and_is_kept_nowhere(tmp_path: Path) -> None:
    with pymupdf.open(SAMPLE) as document:
        content = document.tobytes(encryption=AES_256, owner_pw="owner", user_pw="open sesame")
    settings = settings_of(tmp_path, content, password="open sesame")
    job = shared_job(settings)
    [source] = make_plan(settings).to_read

    def help_and_look(items: Sequence[Item]) -> None:
        assert b"open sesame" not in pickle.dumps(items)
        read_ahead_alone(job, items[0], 5)
        assert len(kept(settings)) == 5
        files = [path for path in settings.out.rglob("*") if path.is_file()]
        assert not [path for path in files if b"open sesame" in path.read_bytes()]

    with asking(help_and_look):
        result = job.work(source)
    alone = settings.model_copy(update={"out": tmp_path / "alone"})
    assert land(settings, [(source, result)]) == land(alone, work(make_job(alone), alone))


def test_corrections_are_applied_in_front(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, corrections=tmp_path / "corrections")
    path = settings.raw / "large.pdf"
    correct(settings, path, Reviewer(read_document(path)).value(5, "funds", 1, "amount", "123"))
    assert land(settings, work(shared_job(settings), settings)) == whole(settings)


def test_pages_of_a_replaced_file_are_not_taken(settings: Settings) -> None:
    job = shared_job(settings)
    [source] = make_plan(settings).to_read

    def replace_and_help(items: Sequence[Item]) -> None:
        os.utime(source.path, ns=(source.mtime_ns, source.mtime_ns + 1))
        read_ahead_alone(job, items[0], 1)
        assert kept(settings) == []

    with asking(replace_and_help):
        assert isinstance(job.work(source), Outcome)


def test_a_damaged_file_is_left_to_one_process(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, SAMPLE.read_bytes()[:-2000])
    [(_, outcome)] = work(shared_job(settings), settings)
    assert isinstance(outcome, Outcome)
    assert (outcome.status, outcome.pages) == ("partial", 10)  # large enough to be shared


def helped(job: Job, item: Item) -> Result:
    """Reads; in front not before a helper has kept something."""
    return patient(job, item, lambda: any((job.out / ".staging/pages").rglob("*.pages")))


def dying(job: Job, item: Item) -> Result:
    """Reads; no helper survives its second turn, and in front nothing is read before one has died."""
    died = job.out.with_name("died")
    if isinstance(item, PagesAhead) and any((job.out / ".staging/pages").rglob("*.pages")):
        died.touch()
        os._exit(3)
    return patient(job, item, died.exists)


def patient(job: Job, item: Item, ready: Callable[[], bool]) -> Result:
    if isinstance(item, PagesAhead):
        return job.work(item)
    read = mupdf._read_page

    def when_ready(number: int, page: mupdf._OpenPage) -> Page:
        deadline = time.monotonic() + 30
        while not ready():
            assert time.monotonic() < deadline, "nobody helps"
            time.sleep(0.01)
        return read(number, page)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.pages.readers.mupdf._read_page", when_ready)
        return job.work(item)


@pytest.mark.service
@pytest.mark.parametrize("does", [helped, dying])
def test_processes_share_and_one_that_dies_costs_nothing(
    settings: Settings, does: Callable[[Job, Item], Result]
) -> None:
    job = replace(shared_job(settings), processes=2)
    pool = WorkerPool(partial(does, job), job.warm_up, workers=2, timeout=60, memory=4 << 30)
    with locked(settings.out), pool:
        plan = make_plan(settings)
        outcomes = read_documents(plan.to_read, job, pool)
        assert [(outcome.status, outcome.pages) for outcome in outcomes] == [("ok", 10)]
        land_documents(settings, plan, outcomes, 0)
    assert snapshot(settings.out) == whole(settings)


def test_every_reader_has_its_portion() -> None:
    assert set(PORTIONS) == set(READERS)


@pytest.mark.parametrize("reader", READERS)
def test_pages_come_back_as_they_were(reader: str) -> None:
    [(first, read)] = ((first, [*pages, None]) for first, pages in read_ahead(SAMPLE, reader, None, [(4, 7)]))
    assert first == 4
    again = [page and unpack_page(page) for page in unpack(pack(read))]
    assert again == read
    assert repr(again) == repr(read)  # a tuple is equal to one with names
