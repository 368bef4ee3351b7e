"""What pages mean can change without reading them again: labels, layouts, regions, checks, corrections, releases."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.again import PdfOpenedError, copied_schemas, first_and_again, forget_schemas, no_pdf_opened
from pipeline.dataset.views import connect
from pipeline.document.checks.model import Finding
from pipeline.fields.model import Form
from pipeline.messages import known
from pipeline.run import fingerprint
from pipeline.run.fingerprint import pages_key
from pipeline.run.read_document import read_document
from pipeline.run.summary import as_lines
from pipeline.settings import Settings
from tests.correcting import Reviewer
from tests.dataset.test_corrections_landing import correct
from tests.documents import FORM, JOURNAL, SCORED, SYSTEM, list_pages
from tests.generator.drawing import Producer, draw
from tests.generator.forms import lay_out
from tests.shared import ingest_here, snapshot, tables, write_pdf


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four documents and their dataset: a form of Shanghai, a self-evaluation, a list of Beijing, and a page."""
    folder = tmp_path_factory.mktemp("again")
    raw = folder / "raw"
    raw.mkdir()
    for name, pages in (("form", lay_out(FORM)), ("scored", lay_out(SCORED)), ("list", list_pages((JOURNAL, SYSTEM)))):
        (raw / f"{name}.pdf").write_bytes(draw(pages, Producer.LINES))
    write_pdf(raw / "none.pdf", "nothing")
    assert ingest_here(settings_in(folder)).read == 4
    return folder


def settings_in(folder: Path) -> Settings:
    return Settings(raw=folder / "raw", out=folder / "out", corrections=folder / "corrections")


@pytest.fixture
def settings(landed: Path, tmp_path: Path) -> Settings:
    """A copy of the four documents and of their dataset, that a test may change."""
    shutil.copytree(landed, tmp_path, symlinks=True, dirs_exist_ok=True)
    return settings_in(tmp_path)


@pytest.fixture
def unread(settings: Settings) -> Settings:
    """The four documents alone."""
    shutil.rmtree(settings.out)
    return settings


@pytest.fixture
def schemas(tmp_path: Path) -> Iterator[Path]:
    """A copy of `schemas/` that the program uses, and that a test may change."""
    with copied_schemas(tmp_path / "schemas") as folder:
        yield folder


def fresh(settings: Settings) -> dict[str, bytes]:
    """What lands in a new dataset, every PDF read."""
    alone = settings.model_copy(update={"out": settings.out.with_name("fresh")})
    ingest_here(alone)
    return snapshot(alone.out)


def append(path: Path, *lines: str) -> None:
    path.write_text("\n".join((path.read_text(encoding="utf-8"), *lines)), encoding="utf-8")


def change(path: Path, layout: str, make: Callable[[str], str]) -> None:
    """Rewrites the row of one layout."""
    head, *rows = path.read_text(encoding="utf-8").split("[[layout]]\n")
    rows = [make(row) if f'id = "{layout}"' in row else row for row in rows]
    path.write_text(head + "".join("[[layout]]\n" + row for row in rows if row), encoding="utf-8")


QUICK = ("a label means something else",)
MINE = ("[[layout]]", 'id = "mine"', 'form_kind = "project_target"')
IGNORED = '[[layout.label]]\nmeans = "ignored"\nwhy = "x"\ntexts = ["项目类别"]\n'
EDITS: dict[str, tuple[Callable[[Path], object], bool]] = {
    "a label": (lambda f: append(f / "labels.toml", "[[label]]", 'means = "ignored"', 'texts = ["助餐人数"]'), False),
    "a label means something else": (
        lambda f: put_in_place(f / "labels.toml", 'field = "project_category"', 'field = "project_nature"'),
        True,
    ),
    "a layout that fits": (lambda f: append(f / "layouts.toml", *MINE, 'titles = ["支出绩效自评表"]'), True),
    "a layout that fits nothing": (lambda f: append(f / "layouts.toml", *MINE, 'needs = ["没有人印的"]'), False),
    "a layout goes": (lambda f: change(f / "layouts.toml", "beijing-project-list", lambda row: ""), True),
    "a layout's label": (
        lambda f: change(f / "layouts.toml", "shanghai-district-target", lambda row: row + IGNORED),
        True,
    ),
    "a comment": (lambda f: append(f / "layouts.toml", "# the same"), False),
}


def put_in_place(path: Path, old: str, new: str) -> None:
    before = path.read_text(encoding="utf-8")
    assert old in before
    path.write_text(before.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    "edit", [pytest.param(edit, marks=() if edit in QUICK else pytest.mark.slow) for edit in EDITS]
)
def test_changed_schemas_open_no_pdf_and_give_the_rows_of_a_fresh_reading(
    settings: Settings, schemas: Path, edit: str
) -> None:
    before = tables(settings.out)
    edited, matters = EDITS[edit]
    edited(schemas)
    forget_schemas()
    with no_pdf_opened():
        assert ingest_here(settings).read == 4
        assert ingest_here(settings).read == 0
    assert (tables(settings.out) != before) == matters
    assert snapshot(settings.out) == fresh(settings)


@pytest.mark.slow
def test_a_changed_check_opens_no_pdf(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:

    def strict(form: Form) -> Iterator[Finding]:
        yield Finding("funds.strict", "info", known("a new check"), form_no=form.form_no)

    monkeypatch.setattr("pipeline.document.assemble.check_funds", strict)
    monkeypatch.setattr(fingerprint, "meaning_fingerprint", lambda: "another release")
    with no_pdf_opened():
        assert ingest_here(settings).read == 4
    with connect(settings.out) as connection:
        found = connection.execute("SELECT count(*) FROM findings WHERE rule = 'funds.strict'").fetchone()
    assert found == (4,)
    assert snapshot(settings.out) == fresh(settings)


def test_a_correction_opens_no_pdf(settings: Settings) -> None:
    path = settings.raw / "form.pdf"
    correct(settings, path, Reviewer(read_document(path)).value(1, "funds", 1, "amount", "123"))
    with no_pdf_opened():
        assert ingest_here(settings).read == 1
    assert snapshot(settings.out) == fresh(settings)


def test_a_changed_reader_reads_again(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    before = pages_key("mupdf")
    monkeypatch.setattr(fingerprint, "version", lambda package: "999")
    fingerprint.pages_fingerprint.cache_clear()
    try:
        with no_pdf_opened(), pytest.raises(PdfOpenedError):
            ingest_here(settings)
        assert ingest_here(settings).read == 4
        folders = {path.name: len(list(path.iterdir())) for path in (settings.out / ".pages").iterdir()}
        assert folders[pages_key("mupdf")] == 4
        assert not folders.get(before)  # pages of the earlier reader went with the landing
    finally:
        monkeypatch.undo()
        fingerprint.pages_fingerprint.cache_clear()


def test_force_reads_again(settings: Settings) -> None:
    before = snapshot(settings.out)
    forced = settings.model_copy(update={"force": True})
    with no_pdf_opened(), pytest.raises(PdfOpenedError):
        ingest_here(forced)
    assert ingest_here(forced).read == 4
    assert snapshot(settings.out) == before


@pytest.mark.parametrize("whole", [True, False])
def test_documents_whose_pdfs_are_gone_are_assembled_and_counted(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    """The folder was moved away, or its PDFs were deleted but for one."""
    ingest_here(settings)
    before = tables(settings.out)
    if whole:
        settings.raw.rename(settings.raw.with_name("elsewhere"))
    else:
        for name in ("form", "scored", "list"):
            (settings.raw / f"{name}.pdf").unlink()
    gone = 4 if whole else 3
    monkeypatch.setattr(fingerprint, "meaning_fingerprint", lambda: "another release")
    with no_pdf_opened():
        summary = ingest_here(settings)
    assert (summary.read, summary.ok, summary.without_pdf) == (4, 4, gone)
    line = f"{gone} documents were assembled from stored pages; their PDFs are gone"
    assert line in list(as_lines(summary, settings.out))
    assert tables(settings.out) == before


def test_pages_of_superseded_documents_go(settings: Settings) -> None:
    assert len(stored(settings)) == 4
    (settings.raw / "form.pdf").write_bytes(draw(lay_out(SCORED, None), Producer.LINES) + b"\n%%")
    ingest_here(settings)
    with connect(settings.out) as connection:
        query = "SELECT document_id FROM documents WHERE superseded_by IS NULL"
        ids = {document_id for (document_id,) in connection.execute(query).fetchall()}
    assert stored(settings) == ids


def stored(settings: Settings) -> set[str]:
    """The documents whose pages are stored as the first reader reads them."""
    return {path.stem for path in (settings.out / ".pages" / pages_key("mupdf")).iterdir()}


def test_stored_pages_are_private(landed: Path) -> None:
    assert (landed / "out" / ".pages").stat().st_mode & 0o777 == 0o700


def test_without_keeping_pages_none_stay_and_the_rows_are_the_same(landed: Path, unread: Settings) -> None:
    ingest_here(unread.model_copy(update={"keep_pages": False}))
    assert not (unread.out / ".pages").exists()
    assert not list(unread.out.rglob("pages"))
    assert snapshot(unread.out) == snapshot(landed / "out")


def test_what_is_not_kept_is_no_document_without_its_pdf(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that an earlier run has kept are not looked at by a run that keeps none: it must not lose rows for that."""
    before = tables(settings.out)
    (settings.raw / "form.pdf").unlink()
    monkeypatch.setattr(fingerprint, "meaning_fingerprint", lambda: "another release")
    summary = ingest_here(settings.model_copy(update={"keep_pages": False}))
    assert (summary.read, summary.without_pdf) == (3, 0)
    assert tables(settings.out) == before


@pytest.mark.slow
def test_the_benchmark_opens_no_pdf_the_second_time(unread: Settings, tmp_path: Path) -> None:
    first, second = first_and_again(unread, tmp_path)
    assert (first.summary.read, second.summary.read) == (4, 4)
    shutil.rmtree(unread.out)
    with no_pdf_opened(), pytest.raises(PdfOpenedError):
        ingest_here(unread)
