"""Scanned pages in a run: recognised in ranges into the page store, once, and again only for another engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pymupdf
import pytest

from pipeline.cli.progress import Lines
from pipeline.dataset.landing.ledger import read_ledger
from pipeline.dataset.views import connect
from pipeline.document.assemble import assemble
from pipeline.document.comparison import doubtful, verified
from pipeline.document.result import DocumentResult
from pipeline.errors import PageError
from pipeline.messages import known
from pipeline.pages.model import DocumentInfo, DocumentPages, OpenDocument, Page, PageReading, Recognition, Word
from pipeline.pages.read import identify
from pipeline.pages.readers.mupdf import MuPdfReader
from pipeline.pages.text_layer_quality import distrusted
from pipeline.run.document_job import RANGE_PAGES
from pipeline.run.fingerprint import OCR, ocr_key
from pipeline.run.items import ReadRange
from pipeline.run.progress import reporting
from pipeline.run.steps import make_job, make_plan, read_documents
from pipeline.settings import Settings
from tests.documents import FORM, SAMPLE, stored
from tests.generator.drawing import Producer, draw
from tests.generator.forms import FormContent, lay_out
from tests.shared import Here, ingest_here, pages_of_pdf, snapshot, tables, write_pdf


def with_scan(path: Path) -> Path:
    """A page of text and one that is a blank picture."""
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 72), "a page of text and nothing else")
        page = document.new_page()
        page.insert_image(page.rect, pixmap=blank_picture())
        document.save(path)
    return path


def blank_picture() -> pymupdf.Pixmap:
    picture = pymupdf.Pixmap(pymupdf.csGRAY, (0, 0, 60, 80))
    picture.clear_with(255)
    return picture


def scans(path: Path, count: int) -> Path:
    """So many pages that are blank pictures."""
    with pymupdf.open() as document:
        for _ in range(count):
            page = document.new_page()
            page.insert_image(page.rect, pixmap=blank_picture())
        document.save(path)
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    raw = tmp_path / "raw"
    raw.mkdir()
    with_scan(raw / "scan.pdf")
    write_pdf(raw / "text.pdf", "a document of text and nothing else")
    return Settings(raw=raw, out=tmp_path / "out", verify="off")


MODELS = "models 1"


class PlayedOcr:
    """Finds a fixed word on every page; `read` are the numbers of its pages so far, some pages cannot be read."""

    name = "ocr"
    read: ClassVar[list[int]] = []
    broken: ClassVar[set[int]] = set()

    def __init__(self, threads: int = 0) -> None:
        """As an `OcrReader`."""

    def open(self, path: Path, password: str | None = None) -> OpenDocument:
        with pymupdf.open(path) as document:
            return _PlayedDocument(document.page_count)


class _PlayedDocument:
    def __init__(self, count: int) -> None:
        self.info = DocumentInfo(count, None)

    def __enter__(self) -> OpenDocument:
        return self

    def __exit__(self, *exc: object) -> None:
        """Nothing is open."""

    def page(self, number: int) -> Page:
        PlayedOcr.read.append(number)
        if number in PlayedOcr.broken:
            raise PageError("page.unreadable", known("the picture is torn"), page=number)
        word = Word(72, 72, 300, 84, "第一页", 1)
        return Page(number, 595, 842, (word,), (), (), False, recognition=Recognition(MODELS, (0.9,)))

    def stored_words(self, number: int) -> tuple[Word, ...] | None:
        return None


def engine(monkeypatch: pytest.MonkeyPatch, name: str | None) -> None:
    """Has scans read with an engine of this name, or with none."""
    for module in ("run.document_reading", "run.fingerprint", "run.read_document"):
        monkeypatch.setattr(f"pipeline.{module}.engine_name", lambda: name)
    for module in ("run.document_reading", "run.read_document"):
        monkeypatch.setattr(f"pipeline.{module}.OcrReader", PlayedOcr)
    PlayedOcr.read, PlayedOcr.broken = [], set()
    ocr_key.cache_clear()


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    ocr_key.cache_clear()


def rows(settings: Settings, query: str) -> list[tuple[object, ...]]:
    with connect(settings.out) as connection:
        return connection.execute(query).fetchall()


def test_only_documents_with_scans_are_read_again_once_the_extra_is_there(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine(monkeypatch, None)
    ingest_here(settings)
    engines = {path: e.summary.ocr_engine for path, e in read_ledger(settings.out).items()}
    assert engines == {"scan.pdf": "", "text.pdf": None}
    assert make_plan(settings).to_read == ()
    engine(monkeypatch, MODELS)
    assert [s.source_path for s in make_plan(settings).to_read] == ["scan.pdf"]
    monkeypatch.setattr(MuPdfReader, "open", None)  # its digital pages are stored
    assert (ingest_here(settings).ok, PlayedOcr.read) == (2, [2])
    assert make_plan(settings).to_read == ()
    engine(monkeypatch, "models 2")
    assert [s.source_path for s in make_plan(settings).to_read] == ["scan.pdf"]


def test_pages_are_recognised_in_ranges_of_their_own_and_once(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine(monkeypatch, MODELS)
    scans(settings.raw / "scans.pdf", 10)
    job = make_job(settings)
    [source] = [source for source in make_plan(settings).to_read if source.source_path == "scans.pdf"]
    workers = Here(job)
    [outcome] = read_documents([source], job, workers)
    assert [(r.reader, r.numbers) for r, _ in workers.done if isinstance(r, ReadRange)] == [
        (OCR, (1, 2, 3, 4)),
        (OCR, (5, 6, 7, 8)),
        (OCR, (9, 10)),
    ]
    assert (outcome.status, PlayedOcr.read) == ("ok", list(range(1, 11)))
    assert ingest_here(settings).ok == 3
    before = tables(settings.out)
    monkeypatch.setattr("pipeline.run.fingerprint.meaning_fingerprint", lambda: "another")
    assert ingest_here(settings).read == 3
    assert PlayedOcr.read == [*range(1, 11), 2]
    assert tables(settings.out) == before
    assert ingest_here(settings.model_copy(update={"force": True})).read == 3
    assert sorted(PlayedOcr.read) == sorted([*range(1, 11), 2] * 2)


def test_the_progress_counts_pages_to_recognise(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    engine(monkeypatch, MODELS)
    scans(settings.raw / "scans.pdf", 10)
    lines = Lines()
    with reporting(lines):
        ingest_here(settings)
    assert lines.line.endswith("; 11 of 11 scanned pages recognised")


def test_a_page_that_cannot_be_recognised_is_told_and_not_tried_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine(monkeypatch, MODELS)
    PlayedOcr.broken = {2}
    [bad] = ingest_here(settings).bad
    assert (bad.status, bad.error_code) == ("partial", "page.scanned")
    assert "pip install" not in str(bad.error_message)
    [(message,)] = rows(settings, "SELECT message FROM findings WHERE rule = 'page.scanned'")
    assert "its recognition failed: the picture is torn" in str(message)
    monkeypatch.setattr("pipeline.run.fingerprint.meaning_fingerprint", lambda: "another")
    assert ingest_here(settings).partial == 1
    assert PlayedOcr.read == [2]


def test_a_page_whose_recognition_ends_its_process_costs_itself(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine(monkeypatch, MODELS)
    scans(settings.raw / "scans.pdf", 10)
    summary = ingest_here(settings, deaths=[(OCR, 6)])
    assert [(bad.source_path, bad.status) for bad in summary.bad] == [("scans.pdf", "partial")]
    assert rows(settings, "SELECT page FROM findings WHERE rule = 'page.scanned'") == [(6,)]
    assert sorted(PlayedOcr.read) == sorted([1, 2, 3, 4, 5, 5, 7, 8, 9, 10, 2])  # what its range had is read again


@pytest.mark.parametrize("name", [pytest.param(None, marks=pytest.mark.slow), MODELS])
def test_scanned_pages_among_others_are_told_as_in_one_go(
    tmp_path: Path, name: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine(monkeypatch, name)
    raw = tmp_path / "raw"
    raw.mkdir()
    with pymupdf.open(SAMPLE) as document:
        page = document.new_page(5)
        page.insert_image(page.rect, pixmap=blank_picture())
        document.save(raw / "mixed.pdf")
    whole = Settings(raw=raw, out=tmp_path / "whole", verify="off")
    ranges = whole.model_copy(update={"out": tmp_path / "ranges"})
    ingest_here(whole)
    summary = ingest_here(ranges, replace(make_job(ranges), range_pages=dict.fromkeys(RANGE_PAGES, 2)))
    assert (summary.ok, summary.partial) == ((1, 0) if name else (0, 1))
    assert snapshot(ranges.out) == snapshot(whole.out)
    if name is None:
        [bad] = summary.bad
        assert "pip install" in str(bad.error_message)


def test_progress_tells_pages_and_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("pipeline.cli.progress.time.monotonic", lambda: now[0])
    lines = Lines()
    lines.found_scans(30)
    now[0] += 60
    lines.read_scans(10)
    assert lines.line.endswith("; 10 of 30 scanned pages recognised, about 2 min left")
    lines.read_scans(20)
    assert lines.line.endswith("; 30 of 30 scanned pages recognised")


@pytest.mark.parametrize(
    ("text", "trusted"),
    [
        ("本部门共有项目十二个涉及资金三百万元已全部编报绩效目标", True),
        ("Department budget of the year 2023, in yuan: 1,234,567.00", True),
        ("浙江省人民政府办公厅文件二〇二五年九十一号" + "\ue001" * 40, True),  # a line of ornaments
        (
            "(cid:12)(cid:841)(cid:3)年(cid:77)月(cid:9)(cid:10)日(cid:1)(cid:2)(cid:3)(cid:4)共计项目资金万元",
            False,
        ),
        ("部门预算\ufffd\ufffd\ufffd\ufffd项目支出绩效目标表\ufffd\ufffd\ufffd\ufffd金额", False),
        ("".join(chr(0xE000 + i) for i in range(60)), False),
        ("".join(chr(0x9000 + 37 * i) for i in range(60)), False),  # another font's numbers taken for characters
    ],
)
def test_text_layers_that_cannot_be_what_is_printed(text: str, trusted: bool) -> None:
    page = Page(1, 595, 842, (Word(72, 72, 500, 84, text, 1),), (), (), False)
    assert (distrusted(page) is None) is trusted


def seen(form: FormContent, confidence: float = 0.9) -> DocumentResult:
    """A form as if its pages had been recognised, each word with this confidence."""
    with stored(draw(lay_out(form), Producer.LINES)) as path:
        pages = [page for page in pages_of_pdf(path) if isinstance(page, Page)]
        document_id, size = identify(path)
    recognised: dict[int, PageReading] = {
        page.number: replace(page, recognition=Recognition("played", (confidence,) * len(page.words))) for page in pages
    }
    untrusted = [replace(page, untrusted=known("played")) for page in pages]
    info = DocumentInfo(len(pages), None)
    return assemble(DocumentPages(document_id, size, info, "mupdf", untrusted, recognised, ocr_engine="played"))


def with_department(name: str) -> FormContent:
    label, _, *others = FORM.header[1]
    return replace(FORM, header=(FORM.header[0], (label, name, others[0], others[1]), *FORM.header[2:]))


def with_amount(row: int, column: int, text: str) -> FormContent:
    changed: list[str | None] = list(FORM.funds[row])
    changed[column] = text
    return replace(FORM, funds=(*FORM.funds[:row], tuple(changed), *FORM.funds[row + 1 :]))


def test_amounts_that_add_up_are_confirmed_and_others_keep_their_confidence() -> None:
    evidence = seen(FORM, 0.7).tables["evidence"]
    sure = {e["field"]: e["confidence"] for e in evidence if e["table"] != "indicators"}
    assert (sure["amount"], sure["project_name"]) == (1.0, 0.7)
    assert {e["method"] for e in evidence} == {"ocr"}
    row, column, text = next(
        (r, c, t) for r, x in enumerate(FORM.funds) for c, t in enumerate(x) if t and t[0].isdigit()
    )
    wrong = seen(with_amount(row, column, f"7{text.replace(',', '')}"), 0.7).tables
    assert "funds.lifetime_sum" in {f["rule"] for f in wrong["findings"]}
    assert 0.7 in {e["confidence"] for e in wrong["evidence"] if e["field"] == "amount"}


@pytest.mark.parametrize(
    ("form", "confidence", "rule"),
    [
        (FORM, 0.9, None),
        (FORM, 0.3, "ocr.unsure"),
        (replace(FORM, rows=((*FORM.rows[0][:-1], "V90%"), *FORM.rows[1:])), 0.9, "ocr.suspect_operator"),
        (replace(FORM, rows=((*FORM.rows[0][:-1], "二90%"), *FORM.rows[1:])), 0.9, "ocr.suspect_operator"),
        (with_amount(0, 1, "8OO,000"), 0.9, "ocr.amount_lookalike"),
        (with_department("陕西省输林市财政局"), 0.9, "ocr.unknown_place"),
    ],
)
def test_values_that_look_misread_are_told(form: FormContent, confidence: float, rule: str | None) -> None:
    told = seen(form, confidence).tables["findings"]
    rules = {str(f["rule"]) for f in told if str(f["rule"]).startswith("ocr.")}
    assert rules == ({rule} if rule else set())
    assert all(f["severity"] == "warning" and f["x0"] is not None for f in told if f["rule"] == rule)


def test_no_second_reader_confirms_what_was_recognised() -> None:
    extraction = seen(FORM)
    told, agreement = verified(extraction, extraction)
    assert (told, agreement.compared) == (extraction, 0)
    assert not doubtful(seen(FORM, 0.3))
