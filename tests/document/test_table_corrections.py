"""Corrections of budget tables: everything follows from them, and they stay while what was read is the same."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipeline.dataset.contract.schema import load_schema
from pipeline.dataset.store.corrections import change_corrections, read_corrections
from pipeline.dictionaries import load_budget_knowledge
from pipeline.document.corrections.describe import describe
from pipeline.document.corrections.model import AnyCorrection, TableNumber
from pipeline.document.corrections.table_fields import (
    CLASSIFICATIONS,
    ROLES,
    ROW_FIELDS,
    TABLE_FIELDS,
    check_table_value,
)
from pipeline.document.result import DocumentResult, Row
from tests.correcting import messages, rules
from tests.correcting_tables import EXPENDITURE, TableReviewer, changed, expenditure_pages, income_page, read_drawn
from tests.documents import on_one_page
from tests.shared import ROOT

MISREAD = changed(EXPENDITURE, {(4, 2): "660.00"})  # 行政运行; 600.00 in the original


def lines(result: DocumentResult, row: int, table: int = 1) -> list[Row]:
    """The numbers of a row."""
    table_id = result.tables["budget_tables"][table - 1]["table_id"]
    return [x for x in result.tables["budget_lines"] if (x["table_id"], x["row_no"]) == (table_id, row)]


def test_a_number_and_all_that_follows_from_it() -> None:
    pages = expenditure_pages(MISREAD, cut=6)
    read = read_drawn(pages)
    assert {"table.parent_sum", "table.use_sum"} <= set(rules(read))
    again = read_drawn(pages, TableReviewer(read).number(1, 4, 3, "600.00"))
    assert not again.tables["findings"]
    [table] = again.tables["budget_tables"]
    assert (table["error_count"], table["line_count"]) == (0, 19)
    [before], [line] = ([x for x in lines(result, 4) if x["column_no"] == 3] for result in (read, again))
    assert (line["amount_text"], line["number"], line["amount"]) == ("600.00", 600, 6_000_000)
    assert (line["method"], line["confidence"]) == ("corrected", 1)
    assert {name: line[name] for name in ("page", "x0", "y1")} == {name: before[name] for name in ("page", "x0", "y1")}
    assert [x for x in again.tables["budget_lines"] if x is not line] == [
        x for x in read.tables["budget_lines"] if x is not before
    ]


def test_a_number_that_was_not_read_and_one_that_is_not_printed() -> None:
    pages = expenditure_pages(changed(EXPENDITURE, {(4, 2): "", (5, 3): "12.00"}))
    read = read_drawn(pages)
    shown = TableReviewer(read)
    again = read_drawn(pages, shown.number(1, 4, 3, "600.00"), shown.number(1, 5, 4, None))
    [added, beside] = lines(again, 4)
    assert (added["column_no"], added["use"], added["heading"], added["method"]) == (3, "total", "合计", "corrected")
    assert added["x0"] is not None  # the blank cell in which it is printed
    assert beside["method"] == "printed"
    assert [x["column_no"] for x in lines(again, 5)] == [3, 5]
    assert not again.tables["findings"]


def test_a_cell_that_is_no_number_is_one_by_now() -> None:
    pages = expenditure_pages(changed(EXPENDITURE, {(4, 2): "6O0.00"}))
    read = read_drawn(pages)
    assert "table.not_a_number" in rules(read)
    assert not read_drawn(pages, TableReviewer(read).number(1, 4, 3, "600.00")).tables["findings"]


def test_the_fund_of_an_added_number_is_that_of_its_row() -> None:
    pages = [income_page()]
    again = read_drawn(pages, TableReviewer(read_drawn(pages)).number(1, 1, 2, "940.00"))
    [first, *_] = lines(again, 1)
    assert (first["amount"], first["fund"]) == (9_400_000, "general_public")
    number = TableNumber(
        **{**_place(again), "row": 2, "row_label": "二、政府性基金预算拨款收入", "column": 2, "value": "10.00"}
    )
    [added, _] = lines(read_drawn(pages, number), 2)
    assert (added["amount"], added["fund"], added["side"]) == (100_000, "gov_fund", "income")


def _place(shown: DocumentResult) -> dict[str, Any]:
    made = TableReviewer(shown).value(1, "unit_name", "x")
    return {name: getattr(made, name) for name in ("table_no", "page", "title", "who", "when", "why")}


def test_a_code_a_label_and_the_levels_that_follow() -> None:
    pages = expenditure_pages(changed(EXPENDITURE, {(7, 0): "20305", (8, 0): "2030505", (6, 1): "社会保降和就业支出"}))
    read = read_drawn(pages)
    assert lines(read, 7)[0]["parent_row_no"] is None
    shown = TableReviewer(read)
    again = read_drawn(
        pages,
        shown.row(1, 7, "functional_code", "20805"),
        shown.row(1, 8, "code", "2080505"),
        shown.row(1, 6, "label", "社会保障和就业支出"),
    )
    parent, child, leaf = (lines(again, n)[0] for n in (6, 7, 8))
    assert (parent["label"], parent["is_leaf"]) == ("社会保障和就业支出", False)
    assert (child["code"], child["functional_code"], child["parent_row_no"], child["level"]) == ("20805", "20805", 6, 2)
    assert (leaf["code"], leaf["functional_code"], leaf["parent_row_no"]) == ("2080505", "2080505", 7)
    assert {x["method"] for n in (6, 7, 8) for x in lines(again, n)} == {"corrected"}
    assert {x["method"] for x in lines(again, 5)} == {"printed"}


def test_a_kind_and_a_unit_are_corrected_before_rows() -> None:
    pages = expenditure_pages(MISREAD, unit="单位：元")
    shown = TableReviewer(read_drawn(pages))
    made = (
        shown.number(1, 4, 3, "600.00"),
        shown.value(1, "amount_unit", "万元"),
        shown.value(1, "kind", "general_expenditure"),
        shown.value(1, "unit_name", "崇明区总工会"),
    )
    again = read_drawn(pages, *made)
    [table] = again.tables["budget_tables"]
    assert [table[name] for name in ("kind", "amount_unit", "unit_name")] == [
        "general_expenditure",
        "万元",
        "崇明区总工会",
    ]
    first = lines(again, 4)[0]
    assert (first["kind"], first["fund"], first["amount"]) == ("general_expenditure", "general_public", 6_000_000)


def test_a_missing_row_and_one_that_is_none() -> None:
    pages = expenditure_pages([*EXPENDITURE[:4], *EXPENDITURE[5:], ("", "第3页", "3.00", "", "")])
    read = read_drawn(pages)
    shown = TableReviewer(read)
    row = shown.add(1, 3, {3: "600.00", 4: "600.00"}, label="行政运行", functional_code="2010301")
    again = read_drawn(pages, row, shown.remove(1, 8))
    assert not again.tables["findings"]
    [table] = again.tables["budget_tables"]
    assert table["row_count"] == 8
    added = lines(again, 4)
    assert [(x["label"], x["code"], x["level"], x["parent_row_no"]) for x in added] == [
        ("行政运行", "2010301", 3, 3)
    ] * 2
    assert [(x["use"], x["amount"], x["x0"]) for x in added] == [("total", 6_000_000, None), ("basic", 6_000_000, None)]
    assert [x["label"] for x in lines(again, 5)] == ["一般行政管理事务"] * 2
    assert not lines(again, 9)
    needless = read_drawn(expenditure_pages(), row)
    assert rules(needless) == ["correction.needless"]


def test_a_table_that_is_none() -> None:
    pages = [*expenditure_pages(MISREAD), income_page()]
    shown = TableReviewer(read_drawn(pages))
    removed = shown.remove_table(1)
    again = read_drawn(pages, removed, replace(shown.number(1, 4, 3, "600.00"), table_no=2))
    [table] = again.tables["budget_tables"]
    assert (table["title"], table["table_no"]) == ("部门收支总表", 1)
    assert {x["table_id"] for x in again.tables["budget_lines"]} == {table["table_id"]}
    assert rules(again) == ["correction.conflict"]  # the number's table is gone
    assert rules(read_drawn([on_one_page(), income_page()], removed)) == ["correction.needless"]
    other = shown.value(1, "kind", "gov_fund")
    assert "'gov_fund' is read there now" in messages(read_drawn(pages, other, removed), "correction.conflict")[0]


def test_a_correction_follows_its_row_and_its_table() -> None:
    made = TableReviewer(read_drawn(expenditure_pages(MISREAD))).number(1, 4, 3, "600.00")
    [first] = expenditure_pages(changed(EXPENDITURE[:3], {}), title="政府性基金预算支出表")
    grown = [*MISREAD[:2], ("", "", "", "", ""), *MISREAD[2:]]
    again = read_drawn([*expenditure_pages(grown), first], made)
    assert lines(again, 5)[0]["amount_text"] == "600.00"
    assert "correction.conflict" not in rules(again)


def test_what_is_read_differently_keeps_no_correction() -> None:
    shown = TableReviewer(read_drawn(expenditure_pages(MISREAD)), "smudged")
    made = shown.number(1, 4, 3, "600.00")
    other = read_drawn(expenditure_pages(changed(EXPENDITURE, {(4, 2): "606.00"})), made)
    [told] = messages(other, "correction.conflict")
    assert told == (
        "table 1, row 4 '行政运行', column 3: '660.00' to '600.00' was not applied: '606.00' is read there now "
        "(corrected by 王芳: smudged)"
    )
    assert other.tables["budget_tables"][0]["warning_count"] == 1
    assert rules(read_drawn(expenditure_pages(), made)) == ["correction.needless"]
    for gone in (replace(made, title="部门收入总表", table_no=7), replace(made, row_label="运行", row=40)):
        assert "correction.conflict" in rules(read_drawn(expenditure_pages(MISREAD), gone))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"value": "six"}, "is no number"),
        ({"column": 2, "read": None}, "holds no numbers"),
        ({"column": 9, "read": None}, "holds no numbers"),
    ],
)
def test_a_number_that_cannot_be_is_not_taken(change: dict[str, object], told: str) -> None:
    made = TableReviewer(read_drawn(expenditure_pages(MISREAD))).number(1, 4, 3, "600.00")
    again = read_drawn(expenditure_pages(MISREAD), replace(made, **change))  # type: ignore[arg-type]
    assert told in messages(again, "correction.conflict")[0]


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("functional_code", "2O8", "is not a code"),
        ("row_role", "sum", "is none of"),
        ("classification", None, "must have a value"),
        ("level", "2", "has no field"),
        ("label", " ", "must not be blank"),
    ],
)
def test_a_text_of_a_row_that_cannot_be_is_not_taken(field: str, value: str | None, told: str) -> None:
    made = replace(TableReviewer(read_drawn(expenditure_pages())).row(1, 4, "label", "x"), field=field, value=value)
    again = read_drawn(expenditure_pages(), made)
    assert told in messages(again, "correction.conflict")[0]


def test_corrections_of_tables_are_stored_beside_those_of_forms(tmp_path: Path) -> None:
    read = read_drawn(expenditure_pages(MISREAD))
    shown = TableReviewer(read)
    made: list[AnyCorrection] = [
        shown.number(1, 4, 3, "600.00"),
        shown.row(1, 4, "functional_code", "2010350"),
        shown.value(1, "amount_unit", None),
        shown.add(1, 3, {3: "1"}, label="x"),
        shown.remove(1, 5),
        shown.remove_table(1),
    ]
    document_id = str(read.document["document_id"])
    change_corrections(tmp_path, document_id, "a.pdf", None, made)
    assert list(read_corrections(tmp_path, document_id).made) == made
    assert len({describe(one) for one in made}) == len(made)


def test_the_fields_are_columns_and_their_values_those_of_the_schema() -> None:
    tables = load_schema().tables
    columns = {column.name: column for column in tables["budget_lines"].columns}
    assert set(ROW_FIELDS) <= set(columns)
    assert (columns["row_role"].enum, columns["classification"].enum) == (ROLES, CLASSIFICATIONS)
    fields = {column.name: column for column in tables["budget_tables"].columns}
    assert set(TABLE_FIELDS) <= set(fields)
    for kind in fields["kind"].enum:
        check_table_value("kind", kind, load_budget_knowledge())


def test_amounts_are_exact() -> None:
    again = read_drawn(
        expenditure_pages(MISREAD), TableReviewer(read_drawn(expenditure_pages(MISREAD))).number(1, 4, 3, "0.07")
    )
    assert lines(again, 4)[0]["amount"] == Decimal("700.00")


def test_the_example_of_the_docs(tmp_path: Path) -> None:
    rows = changed(EXPENDITURE, {(4, 2): "660.00", (7, 0): "20305"})
    pages = expenditure_pages([*rows[:5], *rows[6:]])
    read = read_drawn(pages)
    assert read.tables["findings"]
    text = (ROOT / "docs/reviewing.md").read_text(encoding="utf-8")
    document_id = str(read.document["document_id"])
    blocks = re.findall(r"^```json\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    example = next(block for block in blocks if "table_no" in block)
    (tmp_path / f"{document_id}.json").write_text(example.replace("0f6f…", document_id), encoding="utf-8")
    again = read_drawn(pages, *read_corrections(tmp_path, document_id).made)
    assert not again.tables["findings"]
    assert [x["amount_text"] for x in lines(again, 5)] == ["300.00", "300.00"]
    assert {x["functional_code"] for x in lines(again, 7)} == {"20805"}
