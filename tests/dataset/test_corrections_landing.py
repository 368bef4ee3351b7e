"""Corrections on disk and in the dataset: applied when a document is read, once and for all."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.dataset.checks.check import check_dataset
from pipeline.dataset.checks.stale_corrections import stale_corrections
from pipeline.dataset.store.corrections import (
    change_corrections,
    corrected_documents,
    corrections_path,
    read_corrections,
)
from pipeline.dataset.views import connect
from pipeline.document.corrections.model import (
    AddForm,
    AddRow,
    AddTable,
    AddTableRow,
    AnyCorrection,
    CorrectionError,
    Value,
)
from pipeline.errors import UsageError
from pipeline.run.inputs import ingest_command, with_input_folders
from pipeline.run.read_document import read_document
from pipeline.run.steps import make_job, make_plan, read_documents
from pipeline.run.summary import as_lines
from pipeline.settings import Settings
from tests.correcting import WHEN, Reviewer
from tests.documents import FORM
from tests.generator.drawing import Producer, draw
from tests.generator.forms import FormContent, lay_out
from tests.shared import Here, command_here, ingest_here, snapshot


def settings_of(folder: Path) -> Settings:
    return Settings(raw=folder / "raw", out=folder / "out", corrections=folder / "corrections", verify="off")


def put(path: Path, form: FormContent = FORM) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(draw(lay_out(form), Producer.LINES))
    return path


def correct(settings: Settings, path: Path, *made: AnyCorrection) -> str:
    """Keeps corrections of a document; returns its document_id."""
    document_id = str(read_document(path).document["document_id"])
    before = read_corrections(settings.corrections, document_id)
    change_corrections(settings.corrections, document_id, path.name, before.digest, [*before.made, *made])
    return document_id


def amounts(settings: Settings) -> Sequence[object]:
    with connect(settings.out) as connection:
        rows = connection.execute("SELECT lifetime_total FROM forms ORDER BY form_id").fetchall()
    return [row[0] for row in rows]


def amount_of(path: Path, value: str = "700,000") -> Value:
    return Reviewer(read_document(path)).value(1, "funds", 1, "amount", value)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_of(tmp_path)


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of two documents, a correction of each, and their dataset; only to be read."""
    settings = settings_of(tmp_path_factory.mktemp("corrected"))
    for path in (put(settings.raw / "a.pdf"), put(settings.raw / "b.pdf", replace(FORM, rows=FORM.rows[:3]))):
        correct(settings, path, amount_of(path))
    ingest_here(settings)
    return settings.raw.parent


def test_corrections_come_back_from_their_file(settings: Settings) -> None:
    path = put(settings.raw / "a.pdf")
    shown = Reviewer(read_document(path))
    made = (
        amount_of(path),
        shown.add(1, 0, level3="送餐次数"),
        shown.remove(1, "indicators", 2),
        shown.split(1, 0, 3),
        replace(shown.reviewed(1), why='"quoted"\nand on two lines'),
    )
    document_id = correct(settings, path, *made)
    assert read_corrections(settings.corrections, document_id).made == made
    text = corrections_path(settings.corrections, document_id).read_text(encoding="utf-8")
    assert '"level3": "送餐次数"' in text
    assert json.loads(text)["corrections"][0]["when"] == "2026-03-01T09:30:00+00:00"
    assert list(corrected_documents(settings.corrections)) == [document_id]
    digest = read_corrections(settings.corrections, document_id).digest
    with pytest.raises(CorrectionError, match="changed meanwhile"):
        change_corrections(settings.corrections, document_id, "a.pdf", "another", [])
    change_corrections(settings.corrections, document_id, "a.pdf", digest, [])
    assert not corrected_documents(settings.corrections)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda text: text[:-9], "Invalid JSON"),
        (lambda text: text.replace('"why"', '"wy"'), "corrections.0.value.*: mend the file"),
        pytest.param(
            lambda text: text.replace('"kind": "value"', '"kind": "guess"'), "corrections.0", marks=pytest.mark.slow
        ),
        (lambda text: text.replace('"document_id": "', '"document_id": "0'), "rename the file"),
        (lambda text: text.replace('"kind": "value"', '"kind": "add_form"'), "corrections.0.add_form"),
        pytest.param(
            lambda text: text.replace('"kind": "value"', '"kind": "add_table"'),
            "corrections.0.add_table",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_damaged_file_costs_itself_and_a_line(corrected: Path, settings: Settings, damage: object, told: str) -> None:
    shutil.copytree(corrected, settings.raw.parent, symlinks=True, dirs_exist_ok=True)
    document_id = str(read_document(settings.raw / "a.pdf").document["document_id"])
    file = corrections_path(settings.corrections, document_id)
    landed = snapshot(settings.out)
    assert callable(damage)
    file.write_text(damage(file.read_text(encoding="utf-8")), encoding="utf-8")
    (settings.corrections / "notes.json").write_text("{}")
    summary = ingest_here(settings)
    assert (summary.ok, summary.failed, summary.read, summary.exit_status) == (2, 2, 0, 1)
    assert {outcome.source_path for outcome in summary.bad} == {file.name, "notes.json"}
    assert any(re.search(told, str(outcome.error_message)) for outcome in summary.bad)
    assert snapshot(settings.out) == landed  # corrected rows stay
    fresh = settings.model_copy(update={"out": settings.out.with_name("fresh")})
    assert ingest_here(fresh).ok == 2  # without the corrections of that file
    assert sorted(map(str, amounts(fresh))) == ["700000.00", "800000.00"]


def test_a_file_with_a_byte_order_mark_is_read(settings: Settings) -> None:
    path = put(settings.raw / "a.pdf")
    document_id = correct(settings, path, amount_of(path))
    file = corrections_path(settings.corrections, document_id)
    made = read_corrections(settings.corrections, document_id).made
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert read_corrections(settings.corrections, document_id).made == made


@pytest.mark.slow
def test_only_a_document_whose_corrections_have_changed_is_read_again(settings: Settings) -> None:
    path, _ = put(settings.raw / "a.pdf"), put(settings.raw / "b.pdf", replace(FORM, rows=FORM.rows[:3]))
    ingest_here(settings)
    untouched = snapshot(settings.out)
    correct(settings, path, amount_of(path))
    assert [source.source_path for source in make_plan(settings).to_read] == ["a.pdf"]
    ingest_here(settings)
    assert sorted(map(str, amounts(settings))) == ["700000.00", "800000.00"]
    assert check_dataset(settings.out) == []
    assert not make_plan(settings).to_read
    corrected = snapshot(settings.out)
    ingest_here(settings.model_copy(update={"force": True}))
    assert snapshot(settings.out) == corrected
    for file in settings.corrections.glob("*.json"):
        file.unlink()
    ingest_here(settings)
    assert snapshot(settings.out) == untouched


@pytest.mark.slow
def test_corrections_from_the_start_give_the_same_bytes(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    path = put(settings.raw / "a.pdf")
    ingest_here(settings)
    correct(settings, path, amount_of(path))
    ingest_here(settings)
    at_once = settings.model_copy(update={"out": tmp_path / "at once"})
    ingest_here(at_once)
    assert snapshot(at_once.out) == snapshot(settings.out)


def test_what_was_staged_with_other_corrections_does_not_land(settings: Settings) -> None:
    path = put(settings.raw / "a.pdf")
    ingest_here(settings)
    document_id = correct(settings, path, amount_of(path))
    job = make_job(settings)
    read_documents(make_plan(settings).to_read, job, Here(job))  # and the run is killed
    corrections_path(settings.corrections, document_id).unlink()
    put(settings.raw / "b.pdf", replace(FORM, rows=FORM.rows[:3]))
    ingest_here(settings)
    assert amounts(settings) == [800_000, 800_000]


def test_a_dataset_remembers_its_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Corrections and PDFs in unusual folders: a run that names none of them keeps the corrections, or says so."""
    settings = Settings(raw=tmp_path / "pdfs", out=tmp_path / "out", corrections=tmp_path / "mine", verify="off")
    path = put(settings.raw / "a.pdf")
    correct(settings, path, amount_of(path))
    ingest_here(settings)
    before = snapshot(settings.out)
    unnamed = Settings(out=settings.out, verify="off")
    assert with_input_folders(unnamed).raw.resolve() == settings.raw
    assert ingest_here(with_input_folders(unnamed)).dropped_corrections == 0
    assert snapshot(settings.out) == before
    assert ingest_command(with_input_folders(unnamed)).endswith(f"--corrections {settings.corrections}")
    monkeypatch.setenv("BUDGET_FORMS_CORRECTIONS", str(tmp_path / "typo"))
    with pytest.raises(UsageError, match=r"corrections of 1 document, and there is no folder .*typo"):
        make_plan(with_input_folders(Settings(out=settings.out)))
    (tmp_path / "typo").mkdir()
    summary = ingest_here(with_input_folders(Settings(out=settings.out, verify="off")))
    assert "corrections of 1 document are no longer applied" in "\n".join(as_lines(summary, settings.out))
    assert amounts(settings) == [800_000]
    settings.raw.parent.rename(tmp_path.parent / f"{tmp_path.name}-moved")  # a project is moved as a whole
    moved = Settings(out=tmp_path.parent / f"{tmp_path.name}-moved/out")
    assert (with_input_folders(moved).raw / "a.pdf").is_file()


@pytest.mark.slow
def test_check_lists_what_is_stale(settings: Settings) -> None:
    path, other = put(settings.raw / "a.pdf"), put(settings.raw / "b.pdf", replace(FORM, rows=FORM.rows[:3]))
    ingest_here(settings)
    correct(settings, path, amount_of(path), replace(amount_of(path), read="1", value="2"))
    [waits] = stale_corrections(settings.out, settings.corrections)
    assert (waits.source_path, "run `budget-forms ingest`" in waits.reason) == ("a.pdf", True)
    correct(settings, other, amount_of(other))
    summary = ingest_here(settings)
    assert "not applied or not needed: 1; `budget-forms check" in "\n".join(as_lines(summary, settings.out))
    [conflict] = stale_corrections(settings.out, settings.corrections)
    assert "funds 1, amount: '1' to '2' was not applied: '700,000' is read there now" in conflict.reason
    printed = command_here("check", "--out", settings.out, "--corrections", settings.corrections)
    assert "stale: a.pdf: funds 1, amount" in printed.stdout
    assert printed.returncode == 0
    put(other, replace(FORM, rows=FORM.rows[:4]))
    ingest_here(settings)
    assert [s.source_path for s in stale_corrections(settings.out, settings.corrections)] == ["a.pdf", "b.pdf"]
    unknown = settings.corrections / f"{'0' * 64}.json"
    [file] = [f for f in settings.corrections.glob("*.json") if "b.pdf" in f.read_text(encoding="utf-8")]
    text = file.read_text(encoding="utf-8").replace(file.stem, unknown.stem)
    unknown.write_text(text, encoding="utf-8")
    assert any("not in the dataset" in s.reason for s in stale_corrections(settings.out, settings.corrections))


def test_an_added_form_lands_like_others_and_is_reported_as_a_persons(settings: Settings) -> None:
    path = put(settings.raw / "2023/a.pdf")
    put(
        settings.raw / "2024/b.pdf",
        replace(FORM, header=(("项目名称", "适老化改造", *FORM.header[0][2:]), *FORM.header[1:])),
    )
    ingest_here(settings)
    [form] = read_document(path).tables["forms"]
    who: dict[str, Any] = {"who": "王芳", "when": WHEN, "why": "not read"}
    organs = {name: str(form[name]) for name in ("department", "implementing_unit")}
    names = {"project_name": "适老化改造", **organs, "fiscal_year": "2024"}
    added = AddForm(
        **who, form=90_001, page=1, page_last=1, form_kind="project_target", name="适老化改造", values=names
    )
    place: dict[str, Any] = {"form": 90_001, "page": 1, "name": "适老化改造", "row_page": 1, "after": 0, **who}
    money = {"scope": "annual", "source": "total", "label": "年度资金总额", "amount": "80,000"}
    amount = AddRow(**place, table="funds", values=money)
    document_id = correct(settings, path, added, amount, AddRow(**place, table="indicators", values={"level3": "户数"}))
    table = AddTable(**who, table_no=90_001, page=1, page_last=1, title="采购表", table_kind="other", columns=("合计",))
    line = AddTableRow(**who, table_no=90_001, page=1, title="采购表", after=0, row_page=1, values={}, numbers={1: "3"})
    correct(settings, path, table, line)
    assert ingest_here(settings).read == 1
    assert check_dataset(settings.out) == []
    assert stale_corrections(settings.out, settings.corrections) == []
    with connect(settings.out) as connection:
        keys = connection.execute(
            "SELECT count(DISTINCT project_key), count(*) FROM forms WHERE project_name = '适老化改造'"
        ).fetchall()
        numbers = connection.execute("SELECT form_no FROM forms ORDER BY document_id, form_no").fetchall()
    assert keys == [(1, 2)]  # the project of the next year's form
    assert sorted(number for (number,) in numbers) == [1, 1, 90_001]
    report = (settings.out / "reports/2.md").read_text(encoding="utf-8")
    assert report.count("new, added by a person") == 2
    landed = snapshot(settings.out)
    ingest_here(settings.model_copy(update={"force": True}))
    assert snapshot(settings.out) == landed

    change_corrections(
        settings.corrections, document_id, path.name, read_corrections(settings.corrections, document_id).digest, []
    )
    ingest_here(settings)
    with connect(settings.out) as connection:
        assert connection.execute("SELECT max(form_no) FROM forms").fetchall() == [(1,)]
    assert "taken back by a person" in (settings.out / "reports/4.md").read_text(encoding="utf-8")
