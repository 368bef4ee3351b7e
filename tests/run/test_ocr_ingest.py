"""Scanned pages in a run: recognised page by page into a store, read again when what reads them changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pymupdf
import pytest

from pipeline.cli.progress import Lines
from pipeline.dataset.landing.ledger import read_ledger
from pipeline.dataset.landing.sources import Source, find_pdfs
from pipeline.document.comparison import doubtful, verified
from pipeline.document.result import Extraction
from pipeline.pages.model import Page, Word
from pipeline.pages.ocr.engines import scans_by
from pipeline.pages.ocr.model import Recognised
from pipeline.pages.ocr.text_layer_quality import distrusted
from pipeline.run.document_job import Outcome, Prepared, ScannedPages
from pipeline.run.recognised_store import FolderStore
from pipeline.run.steps import make_job, make_plan
from pipeline.settings import Settings
from tests.documents import FORM, extract_form
from tests.generator.forms import FormContent
from tests.shared import ingest_here, write_pdf


def with_scan(path: Path) -> Path:
    """A page of text and one that is a blank picture."""
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 72), "a page of text and nothing else")
        picture = pymupdf.Pixmap(pymupdf.csGRAY, (0, 0, 60, 80))
        picture.clear_with(255)
        page = document.new_page()
        page.insert_image(page.rect, pixmap=picture)
        document.save(path)
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    raw = tmp_path / "raw"
    raw.mkdir()
    with_scan(raw / "scan.pdf")
    write_pdf(raw / "text.pdf", "a document of text and nothing else")
    return Settings(raw=raw, out=tmp_path / "out")


def eyes(monkeypatch: pytest.MonkeyPatch, version: str | None) -> None:
    for module in ("pipeline.pages.ocr.engines", "pipeline.run.steps", "pipeline.run.document_job"):
        monkeypatch.setattr(f"{module}.models_version", lambda: version)


def source(settings: Settings, name: str) -> Source:
    (file,) = (file for file in find_pdfs(settings.raw)[0] if file.source_path == name)
    digest = file.digest()
    return Source(file.path, file.source_path, file.size, file.mtime_ns, digest)


def test_only_documents_with_scans_are_read_again_once_the_extra_is_there(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    eyes(monkeypatch, None)
    ingest_here(settings)
    assert {path: e.summary.eyes for path, e in read_ledger(settings.out).items()} == {"scan.pdf": "", "text.pdf": None}
    assert make_plan(settings).to_read == ()
    eyes(monkeypatch, "models 1")
    assert [s.source_path for s in make_plan(settings).to_read] == ["scan.pdf"]


def test_a_document_with_scans_is_read_once_they_are_recognised(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job(settings)
    eyes(monkeypatch, "models 1")
    scan, text = source(settings, "scan.pdf"), source(settings, "text.pdf")
    assert isinstance(job.work(text), Outcome)
    assert job.work(scan) == ScannedPages(scan, (2,))
    read = job.work(Prepared(scan))  # its recognition has failed: nothing is known of the page
    assert isinstance(read, Outcome)
    assert (read.status, read.error_code) == ("partial", "page.scanned")
    assert "pip install" not in str(read.error_message)


def test_what_is_kept_is_whole_or_not_there(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    assert store.load("abcd") is None
    store.save("abcd", b"first")
    store.save("abcd", b"second")
    assert store.load("abcd") == b"second"
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["abcd"]


def test_progress_tells_pages_and_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("pipeline.cli.progress.time.monotonic", lambda: now[0])
    lines = Lines()
    lines.found_scans(30)
    now[0] += 60
    lines.read_scans(10)
    assert str(lines).endswith("; 10 of 30 scanned pages recognised, about 2 min left")
    lines.read_scans(20)
    assert str(lines).endswith("; 30 of 30 scanned pages recognised")


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


class Copied:
    """Recognises what the digital page says, with one confidence."""

    version: str | None = "played"

    def __init__(self, monkeypatch: pytest.MonkeyPatch, confidence: float) -> None:
        self.confidence, self.pages = confidence, list[Page]()
        monkeypatch.setattr("pipeline.pages.ocr.document.distrusted", self.distrusted)

    def distrusted(self, page: Page) -> str:
        self.pages.append(page)
        return "played"

    def wanted(self, number: int) -> bool:
        return True

    def read(self, picture: object, number: int, size: tuple[float, float]) -> Recognised:
        page = self.pages[-1]
        return Recognised(page, (self.confidence,) * len(page.words))


def seen(form: FormContent, monkeypatch: pytest.MonkeyPatch, confidence: float = 0.9) -> Extraction:
    with scans_by(Copied(monkeypatch, confidence)):
        return extract_form(form)


def with_amount(row: int, column: int, text: str) -> FormContent:
    changed: list[str | None] = list(FORM.funds[row])
    changed[column] = text
    return replace(FORM, funds=(*FORM.funds[:row], tuple(changed), *FORM.funds[row + 1 :]))


def test_amounts_that_add_up_are_confirmed_and_others_keep_their_confidence(monkeypatch: pytest.MonkeyPatch) -> None:
    evidence = seen(FORM, monkeypatch, 0.7).tables["evidence"]
    sure = {e["field"]: e["confidence"] for e in evidence if e["table"] != "indicators"}
    assert (sure["amount"], sure["project_name"]) == (1.0, 0.7)
    assert {e["method"] for e in evidence} == {"ocr"}
    row, column, text = next(
        (r, c, t) for r, x in enumerate(FORM.funds) for c, t in enumerate(x) if t and t[0].isdigit()
    )
    wrong = seen(with_amount(row, column, f"7{text}"), monkeypatch, 0.7).tables
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
    ],
)
def test_values_that_look_misread_are_told(
    form: FormContent, confidence: float, rule: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = seen(form, monkeypatch, confidence).tables["findings"]
    rules = {str(f["rule"]) for f in told if str(f["rule"]).startswith("ocr.")}
    assert rules == ({rule} if rule else set())
    assert all(f["severity"] == "warning" and f["x0"] is not None for f in told if f["rule"] == rule)


def test_no_second_reader_confirms_what_was_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    extraction = seen(FORM, monkeypatch)
    told, agreement = verified(extraction, extraction)
    assert (told, agreement.compared) == (extraction, 0)
    assert not doubtful(seen(FORM, monkeypatch, 0.3))
