"""A whole extraction: every value has its evidence, and the command gives it as JSON."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.document.result import DocumentResult, Row
from pipeline.errors import DocumentError
from pipeline.pages.readers import PRIMARY
from pipeline.run.read_document import read_document
from tests.documents import FORM, JOURNAL, SAMPLE, SAMPLE_READERS, SCORED, SYSTEM, extract, list_pages
from tests.generator.drawing import DrawnPage, DrawnText, Producer, draw
from tests.generator.forms import FormLayout, lay_out
from tests.shared import command_here, python

UNEVIDENCED = {
    "forms": {"form_id", "document_id", "form_no", "form_kind", "layout", "page_first", "page_last", "text_source"}
    | {"reviewed", "error_count", "warning_count"},
    "funds": {"form_id", "line_no", "scope", "source", "label", "amount_text"},
    "indicators": {"form_id", "indicator_no", "level1_code", "level2_code", "level_inferred", "page", "actual_value"},
}
ROW_NUMBER = {"funds": "line_no", "indicators": "indicator_no"}
AMOUNTS = ("lifetime_", "annual_")  # the amounts of a form stand in its funds


def values(extraction: DocumentResult) -> set[tuple[object, str, object, str]]:
    """Form, table, row and field of every value that was read."""
    return {
        (row["form_id"], table, row.get(ROW_NUMBER.get(table, ""), 0), evidence_field(table, name))
        for table, others in UNEVIDENCED.items()
        for row in extraction.tables[table]
        for name, value in row.items()
        if value is not None and name not in others and not is_amount_column(table, name)
    }


def is_amount_column(table: str, name: str) -> bool:
    return table == "forms" and name.startswith(AMOUNTS) and not name.endswith("goal")


def evidence_field(table: str, name: str) -> str:
    return "target" if table == "indicators" and name.startswith("target") else name


def places(extraction: DocumentResult) -> set[tuple[object, str, object, str]]:
    return {(r["form_id"], str(r["table"]), r["row_no"], str(r["field"])) for r in extraction.tables["evidence"]}


DOCUMENTS = {
    "form over three pages": lay_out(FORM, FormLayout(breaks=(3, 5))),
    "self-evaluation": lay_out(SCORED),
    "list": list_pages((JOURNAL, SYSTEM), (2,)),
    "inherited year and department": [
        DrawnPage(texts=(DrawnText(297, 200, "崇明区民政局2024年部门预算", "centre", 20),)),
        *list_pages((JOURNAL, SYSTEM), lines=("项目支出绩效目标表", "单位：万元")),
    ],
    "unit from the fund labels": lay_out(
        replace(
            FORM,
            funds_label="项目资金",
            funds=(("项目资金总额（元）", "1", "年度资金申请总额（元）", "1"), ("财政资金", "1", "当年财政拨款", "1")),
        )
    ),
}


@pytest.mark.parametrize("reader", PRIMARY)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_value_has_evidence(name: str, reader: str) -> None:
    extraction = extract(DOCUMENTS[name], reader=reader)
    assert extraction.tables["forms"]
    assert values(extraction) - places(extraction) == set()


@pytest.mark.parametrize("reader", SAMPLE_READERS)
def test_boxes_of_the_sample_lie_on_their_page(reader: str) -> None:
    extraction = read_document(SAMPLE, reader)
    rows: list[Row] = [row for table in ("evidence", "regions") for row in extraction.tables[table]]
    for row in rows:
        x0, y0, x1, y1 = (float(str(row[name])) for name in ("x0", "y0", "x1", "y1"))
        assert 0 <= x0 < x1 <= 595 and 0 <= y0 < y1 <= 842
        assert 1 <= int(str(row["page"])) <= 10


def test_evidence_of_a_cut_value_has_parts() -> None:
    extraction = extract(list_pages((JOURNAL, SYSTEM), (2,)), reader="mupdf")
    numbers: dict[tuple[object, ...], list[object]] = {}
    for row in extraction.tables["evidence"]:
        numbers.setdefault((row["form_id"], row["table"], row["row_no"], row["field"]), []).append(row["part_no"])
    assert all(parts == list(range(1, len(parts) + 1)) for parts in numbers.values())


def test_evidence_text_is_the_printed_value() -> None:
    extraction = read_document(SAMPLE)
    printed = {(r["form_id"], r["row_no"]): r["text"] for r in extraction.tables["evidence"] if r["field"] == "level3"}
    assert printed == {(r["form_id"], r["indicator_no"]): r["level3"] for r in extraction.tables["indicators"]}


def test_ids_and_keys() -> None:
    extraction = read_document(SAMPLE)
    document_id = str(extraction.document["document_id"])
    assert len(document_id) == 64
    form_ids = [f"{document_id[:12]}-{number:03d}" for number in range(1, 8)]
    assert [row["form_id"] for row in extraction.tables["forms"]] == form_ids
    for table in ("funds", "indicators", "evidence"):
        assert {row["form_id"] for row in extraction.tables[table]} == set(form_ids)


def test_regions_hold_every_cell_of_a_page() -> None:
    extraction = extract(lay_out(FORM))
    table = next(row for row in extraction.tables["regions"] if row["kind"] == "table")
    texts = [row["text"] for row in extraction.tables["regions"] if row["kind"] == "text"]
    cells = table["cells"]
    assert isinstance(cells, list)
    assert {"助餐人数", "食品安全合格率", "项目绩效目标"} <= {cell["text"] for cell in cells}
    assert FORM.title in "".join(map(str, texts))


def test_same_file_gives_the_same_extraction() -> None:
    assert read_document(SAMPLE) == read_document(SAMPLE)


def test_missing_file_is_an_error_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as raised:
        read_document(tmp_path / "missing.pdf")
    assert raised.value.code == "file.unreadable"


def test_json_is_one_object_a_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"<html>")
    told = command_here("extract", SAMPLE, broken, "--json")
    good, failed = map(json.loads, told.stdout.splitlines())
    assert told.returncode == 1
    assert (
        set(good)
        == set(failed)
        == {"document", "forms", "funds", "indicators", "tasks", "other_values", "budget_tables", "budget_lines"}
        | {"evidence", "findings"}
    )
    assert (good["document"]["file_name"], good["document"]["form_count"]) == (SAMPLE.name, 7)
    assert (good["forms"][0]["lifetime_total"], good["forms"][0]["start_date"]) == ("800000.00", "2023-01-01")
    assert len(good["indicators"]) == 70
    assert (failed["document"]["status"], failed["document"]["error_code"]) == ("failed", "pdf.html")


def test_summary_for_people() -> None:
    told = command_here("extract", SAMPLE)
    assert (told.returncode, told.stderr) == (0, "")
    assert "7 forms, 70 indicators" in told.stdout
    assert all(text in told.stdout for text in ("帮困慰问", "慰问在职困难职工人次", "=1000人次", "800,000.00 yuan"))


def test_extracting_loads_no_flow_and_no_dataset(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pipeline.run.read_document import read_document;"
        f"read_document(Path({str(put_form(tmp_path))!r}));"
        "print(sorted({'prefect', 'pandas', 'pyarrow', 'duckdb'} & sys.modules.keys()))"
    )
    assert python(code) == "[]"


def test_independent_reader_needs_no_pymupdf(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pipeline.run.read_document import read_document;"
        f"extraction = read_document(Path({str(put_form(tmp_path))!r}), 'pdfplumber');"
        "print(extraction.document['form_count'], 'pymupdf' in sys.modules)"
    )
    assert python(code) == "1 False"


def put_form(folder: Path) -> Path:
    path = folder / "form.pdf"
    path.write_bytes(draw(lay_out(FORM), Producer.LINES))
    return path
