"""What differs between two versions or datasets, by table and value."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.dataset.store.model import part_name
from pipeline.document.assemble import assemble
from pipeline.document.corrections.model import AnyCorrection
from pipeline.document.result import DocumentResult
from pipeline.outputs.changes.model import Document
from pipeline.outputs.changes.pairing import pair_documents
from pipeline.pages.model import DocumentPages
from tests.documents import FORM
from tests.outputs.conftest import Republished
from tests.outputs.republishing import DEARER, put, run
from tests.shared import command_here, snapshot

Told = dict[str, object]


def differences(old: Path | str, new: Path | str, *options: str) -> list[Told]:
    """What `diff` writes as JSON; its exit status must tell whether that is anything."""
    told = command_here("diff", old, new, "--format", "json", *options)
    found = [json.loads(line) for line in told.stdout.splitlines()]
    assert (told.returncode, told.stderr) == (1 if found else 0, "")
    return found


def brief(found: Sequence[Told]) -> list[tuple[object, ...]]:
    return [(d["table"], d["change"], d["form"], d["row"], d["column"], d["old"], d["new"]) for d in found]


def test_two_versions_differ_in_rows_and_values_old_beside_new(republished: Republished) -> None:
    out = republished.folder / "out"
    found = differences(f"{out}@before", out)
    assert [(d["change"], d["document"], d["column"]) for d in found if d["table"] == "documents"] == [
        ("changed", "a.pdf", "superseded_by"),
        ("added", "a.pdf", None),
        ("added", "new.pdf", None),
        ("added", "page.pdf", None),
    ]
    meals = "老年人助餐服务 (p. 2)"  # it stood on page 1; the page is no value
    assert [one for one in brief(found) if one[2] == meals and one[1] == "changed"] == [
        ("forms", "changed", meals, "", "lifetime_total", "800000.00", "900000.00"),
        ("forms", "changed", meals, "", "lifetime_fiscal", "750000.00", "850000.00"),
        ("forms", "changed", meals, "", "annual_total", "800000.00", "900000.00"),
        ("forms", "changed", meals, "", "annual_fiscal", "700000.00", "800000.00"),
        *(
            ("funds", "changed", meals, label, column, old, new)
            for label, amounts in (
                ("项目资金总额 (lifetime)", ("800000.00", "900000.00", "800,000", "900,000")),
                ("年度资金申请总额 (annual)", ("800000.00", "900000.00", "800,000", "900,000")),
                ("其中：财政资金 (lifetime)", ("750000.00", "850000.00", "750,000", "850,000")),
                ("其中：当年财政拨款 (annual)", ("700000.00", "800000.00", "700,000", "800,000")),
            )
            for column, old, new in (("amount", *amounts[:2]), ("amount_text", *amounts[2:]))
        ),
        ("indicators", "changed", meals, "助餐人数", "target", ">=1000人", ">=1200人"),
        ("indicators", "changed", meals, "助餐人数", "target_value", "1000.000000", "1200.000000"),
    ]
    rows = [d for d in found if d["table"] == "indicators" and d["form"] == meals and d["change"] != "changed"]
    assert [(d["change"], d["row"]) for d in rows] == [("gone", "老年人满意度"), ("added", "家属满意度")]
    gone, added = rows
    assert isinstance(gone["old"], dict) and gone["old"]["target"] == ">=95%" and gone["new"] is None
    assert isinstance(added["new"], dict) and added["new_key"] == f"{added['new']['form_id']}/7"
    # a form that only has another number now is the same; which of two repeating ones counts follows the documents
    library = [d for d in found if str(d["form"]).startswith("社区图书角") and d["column"] != "duplicate_of"]
    assert {(d["document"], d["change"]) for d in library} == {("new.pdf", "added")}


def test_the_same_rows_are_no_difference_wherever_they_lie(republished: Republished, tmp_path: Path) -> None:
    shutil.copytree(republished.folder / "raw", tmp_path / "two/raw")
    run(tmp_path / "two")  # at once what the other read in two runs, but for what that one has superseded
    shutil.copytree(tmp_path / "two/out/current", tmp_path / "copy")
    assert differences(tmp_path / "two/out", tmp_path / "copy", "--table", "evidence", "--table", "regions") == []
    told = brief(differences(republished.folder / "out", tmp_path / "two/out"))
    assert [one[:2] for one in told] == [("documents", "gone")]


def test_a_file_replaced_in_another_dataset_is_the_document_at_its_path(tmp_path: Path) -> None:
    for name, form in (("one", FORM), ("two", DEARER)):
        put(tmp_path / name / "raw", "a.pdf", form)
        run(tmp_path / name)
    found = differences(tmp_path / "one/out", tmp_path / "two/out", "--table", "documents", "--table", "indicators")
    assert {(d["table"], d["column"]) for d in found if d["change"] == "changed"} >= {
        ("documents", "document_id"),
        ("indicators", "target"),
    }
    assert [(d["table"], d["row"]) for d in found if d["change"] == "gone"] == [("indicators", "老年人满意度")]


def test_evidence_follows_its_row_to_another_number(tmp_path: Path) -> None:
    for name, rows in (("one", FORM.rows), ("two", FORM.rows[1:])):
        put(tmp_path / name / "raw", "a.pdf", replace(FORM, rows=rows))
        run(tmp_path / name)
    found = differences(tmp_path / "one/out", tmp_path / "two/out", "--table", "evidence")
    gone = [d for d in found if d["change"] == "gone"]
    assert {str(d["row"]).split()[1] for d in gone} == {"1"}
    assert not [d for d in found if d["column"] == "text"]


def test_a_renamed_form_of_the_same_document_is_the_same_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "raw", "a.pdf", FORM)
    run(tmp_path)
    monkeypatch.setattr("pipeline.run.document_reading.assemble", renamed)
    run(tmp_path, force=True)
    found = differences(f"{tmp_path}/out@before", tmp_path / "out", "--table", "forms", "--table", "indicators")
    assert [
        (d["column"], d["old"], d["new"]) for d in found if d["table"] == "forms" and d["column"] != "project_key"
    ] == [("project_name", "老年人助餐服务", "别的项目")]
    assert {(d["change"], d["column"]) for d in found if d["table"] == "indicators"} == {("changed", "level3")}
    projects = differences(f"{tmp_path}/out@before", tmp_path / "out", "--table", "projects")
    assert [(d["change"], d["column"], d["new"]) for d in projects] == [("changed", "project_name", "别的项目")]


def renamed(document: DocumentPages, corrections: Sequence[AnyCorrection] = ()) -> DocumentResult:
    """The same form with another name and other names of indicators."""
    extraction = assemble(document, corrections)
    extraction.tables["forms"][0]["project_name"] = "别的项目"
    for number, row in enumerate(extraction.tables["indicators"]):
        row["level3"] = f"指标{number}"
    return extraction


def test_what_is_written_as_table_and_csv(republished: Republished) -> None:
    old, new = (f"{republished.folder}/out@{number}" for number in (1, 2))
    lines = command_here("diff", old, new).stdout.splitlines()
    assert lines[0].split() == ["table", "before", "now", "added", "gone", "changed", "values"]
    assert lines[1].split() == ["documents", "2", "5", "3", "0", "1", "1"]
    [target] = [line for line in lines if ">=1200人" in line]
    assert target.split()[-3:] == ["target", ">=1000人", ">=1200人"]
    rows = list(csv.DictReader(io.StringIO(command_here("diff", old, new, "--format", "csv").stdout)))
    assert {row["table"] for row in rows} == {"documents", "forms", "funds", "indicators", "findings", "projects"}
    assert {row["change"] for row in rows} == {"added", "gone", "changed"}


def test_files_that_both_share_are_not_read(tmp_path: Path) -> None:
    put(tmp_path / "raw", "a.pdf", FORM)
    run(tmp_path)
    shutil.copytree(tmp_path / "out/current", tmp_path / "copy")
    for version in (tmp_path / "copy", (tmp_path / "out/current").resolve()):
        part = version / part_name("indicators", 2023)
        content = part.read_bytes()
        part.unlink()
        part.write_bytes(content[:4] + b"\0" * 100 + content[104:])  # rows that cannot be read
    assert differences(tmp_path / "out", tmp_path / "copy", "--table", "indicators") == []


def test_a_version_that_is_not_there_is_status_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "raw", "a.pdf", FORM)
    run(tmp_path)
    before = snapshot(tmp_path / "out")
    monkeypatch.chdir(tmp_path)
    for old, says in (
        ("missing", "no dataset at missing"),
        ("out@7", "there is no version out@7: there are out@1"),
        ("out@before", "there is no version out@before: there are out@1"),
        ("out@x", "there is no version out@x"),
    ):
        told = command_here("diff", old, "out")
        assert (told.returncode, told.stdout) == (2, "")
        assert says in told.stderr
        assert snapshot(tmp_path / "out") == before


def document(name: str, path: str, superseded_by: str | None = None) -> Document:
    return Document(name, path, None, 2023, "ok", 1, None, None, superseded_by)


def test_documents_pair_by_file_then_successor_then_path() -> None:
    old = [document("same", "a"), document("first", "b"), document("other", "c"), document("gone", "d")]
    new = [
        document("same", "z"),
        document("first", "b", "second"),
        document("second", "b", "third"),
        document("third", "b"),
        document("another", "c"),
        document("fresh", "e"),
    ]
    by_id = ({d.document_id: d for d in documents} for documents in (old, new))
    pairs = [(p.old and p.old.document_id, p.new and p.new.document_id) for p in pair_documents(*by_id)]
    assert pairs == [
        ("first", "third"),
        ("other", "another"),
        ("gone", None),
        (None, "fresh"),
        ("same", "same"),
    ]
