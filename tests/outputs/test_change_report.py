"""What a new version of the dataset changed: values old beside new, and labels that nothing knows by their cost."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.dataset.store.versions import current_version
from pipeline.document.assemble import assemble
from pipeline.document.corrections.model import AnyCorrection
from pipeline.document.result import DocumentResult
from pipeline.messages import translated
from pipeline.outputs.changes.labels import UnreadText, group_labels
from pipeline.outputs.changes.markdown import as_markdown
from pipeline.outputs.changes.model import Difference
from pipeline.outputs.changes.text_diff import old_and_new
from pipeline.pages.model import DocumentPages
from pipeline.run.summary import changes_as_markdown
from tests.documents import FORM
from tests.generator.forms import FormContent
from tests.outputs.conftest import Republished
from tests.outputs.republishing import LIBRARY, changes, put, republish, run
from tests.shared import command_here


def report_file(folder: Path, number: int) -> str:
    return (folder / "out" / "reports" / f"{number}.md").read_text(encoding="utf-8")


def test_values_of_a_republished_document_stand_old_beside_new(republished: Republished) -> None:
    folder, report = republished
    assert [document.source_path for document in report.added] == ["new.pdf", "page.pdf"]
    assert [document.error_code for document in report.not_ok] == ["pdf.html"]
    assert report.read_differently == ()
    [replaced] = report.replaced
    assert (replaced.comparison.forms_added, replaced.comparison.forms_gone) == ((), ())
    values = replaced.comparison.values
    assert {one.form for one in values} == {"老年人助餐服务 (p. 2)"}
    *changed, gone, added = values
    assert [(one.row, one.column, one.old, one.new) for one in changed] == [
        ("项目资金总额 (lifetime)", "amount", Decimal("800000.00"), Decimal("900000.00")),
        ("年度资金申请总额 (annual)", "amount", Decimal("800000.00"), Decimal("900000.00")),
        ("其中：财政资金 (lifetime)", "amount", Decimal("750000.00"), Decimal("850000.00")),
        ("其中：当年财政拨款 (annual)", "amount", Decimal("700000.00"), Decimal("800000.00")),
        ("助餐人数", "target", ">=1000人", ">=1200人"),
    ]
    assert [(one.row, *old_and_new(one)) for one in (gone, added)] == [
        ("老年人满意度", ">=95%", "–"),
        ("家属满意度", "–", ">=85%"),
    ]
    text = report_file(folder, 2)
    assert "| a.pdf | 老年人助餐服务 (p. 2) | 年度资金申请总额 (annual) amount | 800,000.00 | 900,000.00 |" in text
    assert command_here("changes", "--out", folder / "out").stdout == text


@pytest.mark.slow
def test_the_same_changes_give_the_same_report(republished: Republished, tmp_path: Path) -> None:
    republish(tmp_path)
    run(tmp_path)
    assert report_file(tmp_path, 2) == report_file(republished.folder, 2)


def test_a_run_that_changes_nothing_says_so_and_owes_nothing(again: Path) -> None:
    whole = report_file(again, 2)
    shutil.rmtree(again / "out" / "reports")  # as after a kill between landing and reporting
    summary = run(again)
    assert summary.changes is None
    assert changes_as_markdown(summary, again / "out").startswith("# Nothing has changed")
    assert report_file(again, 2) == whole


def test_without_the_version_before_nothing_is_claimed(again: Path) -> None:
    shutil.rmtree(again / "out" / "reports")
    shutil.rmtree(again / "out" / ".versions" / "1")
    told = command_here("changes", "--out", again / "out").stdout
    assert "Version 1 is not there any more, so nothing could be compared" in told
    assert "## Documents" not in told
    assert "page.pdf" in told  # what is not ok is known all the same


def test_a_document_read_differently_is_no_new_publication(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "raw", "a.pdf", FORM)
    run(tmp_path)
    monkeypatch.setattr("pipeline.run.document_reading.assemble", misread)
    report = changes(tmp_path, force=True)
    assert (report.added, report.replaced) == ((), ())
    [compared] = report.read_differently
    assert [(c.row, c.column, c.old, c.new) for c in compared.comparison.values] == [
        ("助餐人数", "target_value", Decimal("1000.000000"), Decimal("7.000000"))
    ]
    partial = replace(compared, old=replace(compared.old, status="partial"))
    chinese = as_markdown(replace(report, read_differently=(partial,)), "zh")
    assert "| 部分 → 完整 |" in chinese


def test_codes_are_shown_old_beside_new_by_their_names() -> None:
    changed = Difference("documents", "changed", "a.pdf", "", "", "status", "partial", "ok", "1", "1")
    gone = replace(changed, change="gone", column=None, old={"status": "partial"}, new=None)
    assert [old_and_new(one) for one in (changed, gone)] == [("partial", "ok"), ("partial", "–")]
    assert [translated(text, "zh") for one in (changed, gone) for text in old_and_new(one)] == [
        *("部分", "完整"),
        *("部分", "–"),
    ]


def misread(document: DocumentPages, corrections: Sequence[AnyCorrection] = ()) -> DocumentResult:
    extraction = assemble(document, corrections)
    extraction.tables["indicators"][0]["target_value"] = Decimal(7)
    return extraction


def test_unknown_labels_are_grouped_by_the_forms_they_cost(tmp_path: Path) -> None:
    def labelled(unit: str, category: str) -> FormContent:
        (name, *_), (department, *_), dates = FORM.header
        return replace(
            FORM,
            header=(
                (name, FORM.header[0][1], category, "经常性项目"),
                (department, FORM.header[1][1], unit, "崇明区养老服务中心"),
                dates,
            ),
        )

    put(tmp_path / "raw", "a.pdf", labelled("实施单位", "民生分档"), labelled("落地机构", "民生分档"))
    put(tmp_path / "raw", "b.pdf", labelled("实施单位", "民生分档"))
    labels = changes(tmp_path).labels
    assert [(group.text, group.forms, group.values, group.known_as_label) for group in labels] == [
        ("民生分档", 3, 3, True),
        ("落地机构", 1, 1, True),
    ]
    listed = command_here("labels", "--out", tmp_path / "out").stdout.splitlines()
    assert listed[2] == (
        "| 民生分档 | label | 3 | 3 | 3 | shanghai-district-target | a.pdf p. 1, b.pdf p. 1, a.pdf p. 2 |"
    )
    assert command_here("labels", "--out", tmp_path / "out", "--year", "1999").stdout.endswith("is known\n")


def unread(text: str, x: float, y: float, rule: str = "form.unread_text", form: str = "1") -> UnreadText:
    return UnreadText(form, rule, text, "a.pdf", "generic", 1, x, y, x + 50, y + 10)


def test_unread_values_count_to_the_heading_of_their_column() -> None:
    [heading, other] = group_labels(
        [
            unread("达标值", 300, 100),
            unread("=12个", 300, 120),
            unread("≥90%", 310, 140),
            unread("第3页", 20, 700),
            unread("第12页", 20, 700, form="2"),
        ][::-1]
    )
    assert (heading.text, heading.forms, heading.values) == ("第3页", 2, 0) or heading.text == "第12页"
    assert (other.text, other.forms, other.values) == ("达标值", 1, 2)


def test_a_corrected_name_is_one_changed_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "raw", "a.pdf", FORM, LIBRARY)
    run(tmp_path)
    monkeypatch.setattr("pipeline.run.document_reading.assemble", renamed)
    report = changes(tmp_path, force=True)
    [compared] = report.read_differently
    assert (compared.comparison.forms_added, compared.comparison.forms_gone) == ((), ())
    assert [(one.column, one.old, one.new) for one in compared.comparison.values] == [
        ("project_name", "老年人助餐服务", "社区图书角")
    ]


def renamed(document: DocumentPages, corrections: Sequence[AnyCorrection] = ()) -> DocumentResult:
    """The first form gets the name of the second one."""
    extraction = assemble(document, corrections)
    extraction.tables["forms"][0]["project_name"] = "社区图书角"
    return extraction


def test_the_first_version_is_all_new(tmp_path: Path) -> None:
    put(tmp_path / "raw", "a.pdf", FORM)
    report = changes(tmp_path)
    assert (report.number, report.lost, report.before) == (1, False, None)
    assert [document.forms for document in report.added] == [1]
    assert current_version(tmp_path / "out") is not None
