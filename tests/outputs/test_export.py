"""The dataset for spreadsheets: what a person sees, what leads to its page, and that no text is run."""

from __future__ import annotations

import csv
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline.dataset.contract.schema import load_schema
from pipeline.outputs.export.links import Links
from pipeline.outputs.export.rows import LARGE, Place
from pipeline.outputs.export.texts import CELL, CUT, fitted, quoted
from pipeline.settings import Settings
from tests.dataset.test_rows import ingest, put
from tests.english import english_in
from tests.shared import ROOT, command_here

MISSING = re.compile(r"\d+ documents? (?:has|have) no link: .*; name (?:its|their) folder \(--raw\)\n")
FORMULAS = ['=HYPERLINK("http://evil","x")', "+1", "-1", "@SUM(1)", "\t=1", "＝1", "<r><t>x</t></r>"]


def export(dest: Path, out: Path, *options: str) -> None:
    told = command_here("export", dest, "--out", out, *options)
    assert (told.returncode, MISSING.sub("", told.stderr)) == (0, "")


def sheet(path: Path, table: str) -> Any:
    return openpyxl.load_workbook(path)[table]


RAW = str(ROOT / "data/raw/shanghai-chongming")


@pytest.fixture(scope="module")
def workbook(sample_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "budget.xlsx"
    export(path, sample_dataset, "--format", "xlsx", "--raw", RAW)
    return path


@pytest.fixture(scope="module")
def chinese(sample_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "budget.xlsx"
    export(path, sample_dataset, "--lang", "zh", "--raw", RAW)
    return path


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset whose projects are called as formulas are written."""
    folder = tmp_path_factory.mktemp("hostile")
    put(folder / "raw", "a.pdf", forms=len(FORMULAS), names=FORMULAS)
    ingest(folder / "raw", folder / "out")
    return folder / "out"


def test_a_sheet_a_table_with_headings_that_stay(workbook: Path, chinese: Path) -> None:
    shown = [table for name, table in load_schema().tables.items() if name not in LARGE]
    names = openpyxl.load_workbook(workbook).sheetnames
    assert names == ["about", "columns", "codes", *(table.name for table in shown)]
    names = openpyxl.load_workbook(chinese).sheetnames
    assert names == ["说明", "字段", "代码", *(table.label_zh for table in shown)]
    assert "annual total (yuan)" in [cell.value for cell in sheet(workbook, "forms")[1]]
    forms = sheet(chinese, "绩效表")
    assert forms.freeze_panes == "B3"
    assert forms.auto_filter.ref == f"A2:{forms.dimensions.split(':')[1]}"
    headings = {forms.cell(2, n).value: forms.cell(1, n).value for n in range(1, forms.max_column + 1)}
    assert headings["annual_total"] == "年度资金总额（元）"
    assert list(headings)[1:] == [column.name for column in load_schema().tables["forms"].columns]


def test_amounts_are_numbers_and_dates_are_dates(workbook: Path) -> None:
    forms = sheet(workbook, "forms")
    column = {forms.cell(2, n).value: n for n in range(1, forms.max_column + 1)}
    total, start = forms.cell(3, column["annual_total"]), forms.cell(3, column["start_date"])
    assert (total.value, total.data_type, total.number_format) == (800000, "n", "#,##0.00")
    assert (start.value, start.number_format) == (datetime(2023, 1, 1), "yyyy-mm-dd")
    assert sum(forms.cell(row, column["annual_total"]).value for row in range(3, 10)) == 8652600


def test_in_chinese_codes_are_shown_by_their_names(workbook: Path, chinese: Path) -> None:
    for forms, shown in ((sheet(workbook, "forms"), "project_target"), (sheet(chinese, "绩效表"), "项目绩效目标")):
        column = [cell.value for cell in forms[2]].index("form_kind") + 1
        assert {forms.cell(row, column).value for row in range(3, forms.max_row + 1)} == {shown}
    codes = ("form_kind", "project_target", "项目绩效目标")
    assert ("绩效表", "绩效表类型", *codes) in {*sheet(chinese, "代码").iter_rows(values_only=True)}
    assert ("forms", "form kind", *codes) in {*sheet(workbook, "codes").iter_rows(values_only=True)}


def cells(path: Path) -> list[tuple[str, int, str]]:
    """The texts of all sheets, each with its sheet and its row."""
    book = openpyxl.load_workbook(path)
    assert book.properties.title
    found = [(name, 0, name) for name in (*book.sheetnames, book.properties.title)]
    for shown in book:
        for row in shown.iter_rows():
            found += [(shown.title, cell.row, cell.value) for cell in row if isinstance(cell.value, str) and cell.value]
    return found


def test_a_chinese_workbook_has_no_english_but_the_names_of_columns(varied: Settings, tmp_path: Path) -> None:
    export(tmp_path / "a.xlsx", varied.out, "--lang", "zh")
    shown = cells(tmp_path / "a.xlsx")
    assert {name for name, _, _ in shown} >= {"说明", "问题", "文件"}
    for name, row, text in shown:
        assert english_in(text) == [], (name, row)
        if row == 1 or (name == "说明" and row > 2):
            assert re.search("[\u4e00-\u9fff]", text) or re.fullmatch(r"[\d.]+|budget-forms [\w.+]+", text), (
                name,
                row,
                text,
            )
    documents = sheet(tmp_path / "a.xlsx", "文件")
    assert not {"error_message"} & {cell.value for cell in documents[2]}


def test_an_english_workbook_has_chinese_in_its_data_only(varied: Settings, tmp_path: Path) -> None:
    export(tmp_path / "a.xlsx", varied.out, "--lang", "en")
    for name, row, text in cells(tmp_path / "a.xlsx"):
        if row <= (1 if name == "codes" else 2):
            assert not re.search("[\u3000-\u9fff\uff00-\uffef]", text), (name, row, text)
        elif name in ("about", "columns"):  # descriptions name what documents print
            assert not re.search("[。，；：]", text), (name, row, text)


def test_each_row_leads_to_its_page(workbook: Path) -> None:
    indicators = sheet(workbook, "indicators")
    for row in (3, indicators.max_row):
        cell = indicators.cell(row, 1)
        page = indicators.cell(row, [c.value for c in indicators[2]].index("page") + 1).value
        assert cell.value == f"chongming-union-2023.pdf p. {page}"
        file, fragment = cell.hyperlink.target.replace("\\", "/"), cell.hyperlink.location
        assert (workbook.parent / file).resolve() == ROOT / "data/raw/shanghai-chongming/chongming-union-2023.pdf"
        assert fragment == f"page={page}"
    assert indicators.cell(3, 2).value == "帮困慰问"  # the project, which the table does not tell


def test_links_prefer_the_web_and_never_leave_it_half(tmp_path: Path) -> None:
    (tmp_path / "raw/a b").mkdir(parents=True)
    (tmp_path / "raw/a b/c.pdf").touch()
    links = Links(tmp_path / "reports", tmp_path / "raw")
    web = "https://www.example.gov.cn/2026/预算 表.pdf#view"
    assert links.to(Place("x.pdf", web, 3)) == (
        "https://www.example.gov.cn/2026/%E9%A2%84%E7%AE%97%20%E8%A1%A8.pdf#page=3"
    )
    assert links.to(Place("a b/c.pdf", "javascript:alert(1)", 2)) == "external:../raw/a b/c.pdf#page=2"
    assert links.to(Place("gone.pdf", None, 1)) is None


def test_no_text_is_a_formula_in_a_workbook(hostile: Path, tmp_path: Path) -> None:
    export(tmp_path / "a.xlsx", hostile, "--format", "xlsx")
    for found in openpyxl.load_workbook(tmp_path / "a.xlsx"):
        assert not [cell.coordinate for row in found.iter_rows() for cell in row if cell.data_type == "f"]
    forms = sheet(tmp_path / "a.xlsx", "forms")
    names = [cell.value.rstrip() for cell in forms["K"][2:]]
    assert names == [name.rstrip() for name in FORMULAS]
    assert all(cell.quotePrefix for cell in forms["K"][2:-1])  # stays a text when somebody edits the cell


def test_csv_opens_in_excel_and_gives_every_value_back(hostile: Path, sample_dataset: Path, tmp_path: Path) -> None:
    export(tmp_path / "hostile", hostile, "--format", "csv", "--table", "forms")
    assert sorted(path.name for path in (tmp_path / "hostile").iterdir()) == ["codes.csv", "columns.csv", "forms.csv"]
    text = (tmp_path / "hostile/forms.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    names = [row["project_name"] for row in csv.DictReader(text.decode("utf-8-sig").splitlines())]
    assert [name.removeprefix("'") for name in names] == FORMULAS
    assert all(name.startswith("'") for name in names[:-1])
    export(tmp_path / "sample", sample_dataset, "--format", "csv")
    with (tmp_path / "sample/forms.csv").open(encoding="utf-8-sig", newline="") as source:
        row = next(csv.DictReader(source))
        assert (row["annual_total"], row["form_kind"]) == ("800000.00", "project_target")


def test_the_same_dataset_gives_the_same_bytes(workbook: Path, sample_dataset: Path) -> None:
    again = workbook.with_name("again.xlsx")
    export(again, sample_dataset, "--format", "xlsx", "--raw", RAW)
    assert again.read_bytes() == workbook.read_bytes()


def test_what_does_not_fit_is_cut_and_says_so() -> None:
    assert fitted("预" * CELL) == "预" * CELL
    cut = fitted("𠮷" * CELL)  # two units each
    assert cut.endswith(CUT) and len(cut.encode("utf-16-le")) // 2 <= CELL
    assert quoted("'=1") == "''=1"


def test_a_folder_that_is_something_else_is_left_alone(sample_dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own/letter.txt").write_text("mine")
    told = command_here("export", tmp_path / "own", "--format", "csv", "--out", sample_dataset)
    assert told.returncode == 2
    assert len(told.stderr.splitlines()) == 1
    assert [path.name for path in (tmp_path / "own").iterdir()] == ["letter.txt"]
    told = command_here("export", tmp_path / "a.xlsx", "--format", "xlsx", "--table", "poems", "--out", sample_dataset)
    assert (told.returncode, "no table 'poems'" in told.stderr) == (2, True)


def test_links_lead_to_the_pdfs_of_the_last_run_and_missing_ones_are_named(
    sample_dataset: Path, tmp_path: Path
) -> None:
    told = command_here("export", tmp_path / "a.xlsx", "--format", "xlsx", "--out", sample_dataset)
    assert told.stderr == ""
    assert "chongming-union-2023.pdf" in sheet(tmp_path / "a.xlsx", "forms").cell(3, 1).hyperlink.target
    told = command_here("export", tmp_path / "b.xlsx", "--format", "xlsx", "--out", sample_dataset, "--raw", tmp_path)
    assert MISSING.fullmatch(told.stderr)


@pytest.mark.parametrize(
    ("name", "options", "says"),
    [
        ("a.csv", (), "is no workbook (.xlsx) and no folder"),
        ("a.txt", (), "is no workbook (.xlsx) and no folder"),
        ("a.ods", (), "is no workbook (.xlsx) and no folder"),
        ("a.xlsx", ("--format", "csv"), "--format csv writes a folder, and"),
        ("a", ("--format", "xlsx"), "--format xlsx writes a workbook: give"),
    ],
)
def test_a_name_that_contradicts_the_format_is_refused(
    sample_dataset: Path, tmp_path: Path, name: str, options: tuple[str, ...], says: str
) -> None:
    done = command_here("export", tmp_path / name, "--out", sample_dataset, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert list(tmp_path.iterdir()) == []
