"""Budget tables wherever the dataset shows them: extract, notebooks, spreadsheets, diff, change report, check."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

import pipeline
from pipeline.dataset.checks.check import check_dataset
from pipeline.dataset.checks.evidence_audit import check_evidence
from pipeline.dataset.store.versions import pinned_named
from pipeline.outputs.changes.changes import report_changes
from pipeline.outputs.changes.markdown import as_markdown
from pipeline.outputs.changes.model import ChangeReport
from pipeline.outputs.summary.compute import compute_dataset_report
from pipeline.settings import Settings
from tests.budget_documents import EXPENDITURE, INCOME, INCOME_EXPENDITURE, TABLES, changed, put_budget
from tests.shared import command_here, ingest_here


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("budget")
    put_budget(folder / "raw/budget.pdf")
    settings = Settings(raw=folder / "raw", out=folder / "out")
    ingest_here(settings)
    return settings


@pytest.fixture(scope="module")
def revised(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset after a new edition: one number dearer, one row more, one table less, one table more."""
    folder = tmp_path_factory.mktemp("revised")
    shutil.copytree(settings.raw, folder / "raw")
    ingest_here(Settings(raw=folder / "raw", out=folder / "out"))
    more = [*EXPENDITURE[:5], ("2050103", "机关服务", "0.00", "", ""), *EXPENDITURE[5:]]
    put_budget(
        folder / "raw/budget.pdf",
        (TABLES[0], ("支出预算总表", changed(more, "300.00", "350.00")), ("政府性基金预算支出表", EXPENDITURE[:3])),
    )
    ingest_here(Settings(raw=folder / "raw", out=folder / "out"))
    return folder / "out"


def test_the_dataset_is_sound_and_its_boxes_print_their_numbers(settings: Settings) -> None:
    assert check_dataset(settings.out) == []
    audit = check_evidence(settings.out, settings.raw)
    assert (audit.missed, audit.same, audit.compared) == ([], 28, 28)


def test_a_number_that_is_not_in_its_box_is_told(settings: Settings, tmp_path: Path) -> None:
    put_budget(tmp_path / "raw/budget.pdf")
    ingest_here(Settings(raw=tmp_path / "raw", out=tmp_path / "out"))
    put_budget(tmp_path / "raw/budget.pdf", (("收支预算总表", INCOME_EXPENDITURE),))
    audit = check_evidence(tmp_path / "out", tmp_path / "raw")
    assert (audit.compared, audit.unread) == (0, 28)


def test_extract_shows_tables_and_gives_their_rows(settings: Settings) -> None:
    shown = command_here("extract", settings.raw / "budget.pdf").stdout
    assert "0 forms, 0 indicators, 3 budget tables" in shown
    assert "  3  支出预算总表: expenditure, budget, page 4, 19 numbers in 万元" in shown
    told = json.loads(command_here("extract", "--json", settings.raw / "budget.pdf").stdout)
    assert [table["kind"] for table in told["budget_tables"]] == ["income_expenditure", "income", "expenditure"]
    assert len(told["budget_lines"]) == 28
    assert told["budget_lines"][0]["amount"] == "9000000.00"


def test_a_notebook_has_them_like_other_tables(settings: Settings) -> None:
    with pipeline.open(settings.out) as data:
        assert data.budget_tables.pandas(2026)["line_count"].tolist() == [6, 3, 19]
        leaves = data.budget_lines.relation().filter("is_leaf AND kind = 'expenditure' AND use = 'total'")
        assert leaves.sum("amount").fetchall() == [(Decimal("10000000.00"),)]
        [balance] = data.ready("balance").fetchall()
        assert (balance[4:10], balance[10]) == (("ok", "ok", "ok", "missing", "missing", "missing"), "closes")


def test_a_sheet_each_with_chinese_headings_and_pages(settings: Settings, tmp_path: Path) -> None:
    command_here("export", tmp_path / "a.xlsx", "--out", settings.out, "--lang", "zh", "--raw", settings.raw)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    tables, lines = book["预算表"], book["预算表数字"]
    assert [tables.cell(1, n).value for n in (1, 5, 9)] == ["出处", "预算表类型", "表题"]
    head = {cell.value: cell.column for cell in lines[2]}
    assert lines.cell(1, head["amount"]).value == "金额（元）"
    assert (lines.max_row, lines.cell(3, head["amount"]).value, lines.cell(3, 1).value) == (
        30,
        9e6,
        "budget.pdf 第 2 页",
    )


def test_the_report_counts_tables_and_documents_that_add_up(settings: Settings) -> None:
    report = compute_dataset_report(settings.out)
    figures = {figure.name: figure.cell.value for figure in report.figures}
    assert (figures["budget_tables"], figures["numbers"]) == (3, 28)
    section = next(section for section in report.sections if section.id == "budget-tables")
    chain = next(table for table in section.tables if table.title == "Whether documents add up")
    assert [[cell.value for cell in row] for row in chain.rows] == [["closes", 1, 100.0]]


def test_numbers_are_compared_row_by_row_not_place_by_place(revised: Path) -> None:
    told = command_here("diff", f"{revised}@before", revised, "--format", "json", "--table", "budget_lines")
    found = [json.loads(line) for line in told.stdout.splitlines()]
    dearer = [(one["row"], one["old"], one["new"]) for one in found if one["column"] == "amount"]
    assert dearer[:2] == [
        ("卫生健康支出: 合计", "3000000.00", "3500000.00"),
        ("卫生健康支出: 基本支出", "3000000.00", "3500000.00"),
    ]
    assert len(dearer) == 6  # the rows below 2050103, which moved by one, are the same rows
    added = [one for one in found if one["change"] == "added" and one["form"] == "支出预算总表"]
    assert [one["row"] for one in added] == ["机关服务: 合计"]
    assert {one["form"] for one in found if one["change"] == "gone"} == {"收入预算总表"}


def test_the_change_report_names_tables_and_bounds_numbers(revised: Path) -> None:
    with pinned_named(f"{revised}@before") as before, pinned_named(str(revised)) as now:
        report: ChangeReport = report_changes(now, before)
    [compared] = report.replaced
    assert [one.form for one in compared.comparison.tables_gone] == ["收入预算总表"]
    assert [one.form for one in compared.comparison.tables_added] == ["政府性基金预算支出表"]
    page = as_markdown(report)
    assert "| budget.pdf | new | 政府性基金预算支出表 | gov_fund |" in page
    assert "| budget.pdf | 支出预算总表 | 卫生健康支出: 合计 amount | 3,000,000.00 | 3,500,000.00 |" in page
    assert "| budget_lines | 28 |" in page


def test_many_numbers_that_mean_something_else_are_one_line(settings: Settings) -> None:
    from pipeline.outputs.changes.model import Difference
    from pipeline.outputs.changes.values import LISTED, compare

    def line(number: int, column: str | None, old: object, new: object) -> Difference:
        key = f"t/{number}"
        return Difference(
            "budget_lines", "changed", "a.pdf", "收入预算总表", f"row {number}", column, old, new, key, key
        )

    meant = [line(n, "fund", None, "business") for n in range(500)]
    amounts = [line(n, "amount", Decimal(n), Decimal(n + 1)) for n in range(LISTED + 7)]
    shown = compare([[*meant, *amounts]]).values
    assert len(shown) == LISTED + 2
    assert [one.row for one in shown[-2:]] == ["and 7 more", "500 numbers, such as row 0"]


def test_a_table_without_income_is_missing_in_the_chain(tmp_path: Path) -> None:
    broken = changed(INCOME, "1,000.00", "1,200.00")
    put_budget(tmp_path / "raw/budget.pdf", (TABLES[0], ("收入预算总表", broken)))
    ingest_here(Settings(raw=tmp_path / "raw", out=tmp_path / "out"))
    with pipeline.open(tmp_path / "out") as data:
        [row] = data.ready("balance").fetchall()
    assert row[4:7] == ("ok", "differs by 2,000,000.00", "missing")
    assert row[10] == "breaks"


def test_unknown_headings_are_listed_with_the_labels_that_nothing_knows(tmp_path: Path) -> None:
    put_budget(tmp_path / "raw/budget.pdf", (("收入预算总表", changed(INCOME, "事业收入", "自谋款项")),))
    ingest_here(Settings(raw=tmp_path / "raw", out=tmp_path / "out"))
    listed = command_here("labels", "--out", tmp_path / "out").stdout.splitlines()
    assert listed[2] == "| 自谋款项 | label | 1 | 1 | 0 | income | budget.pdf p. 2 |"
