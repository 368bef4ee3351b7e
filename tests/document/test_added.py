"""Forms, tasks and budget tables that were not found and that a person has added."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.dataset.store.corrections import read_corrections
from pipeline.document.corrections.model import AddForm, AddRow, AddTable, AddTableRow, Merge, Split, TableValue, Value
from pipeline.document.result import DocumentResult, Row
from tests.correcting import WHEN, Reviewer, messages, rules
from tests.correcting_tables import EXPENDITURE, changed, expenditure_pages, income_page, read_drawn
from tests.documents import FORM, on_one_page
from tests.generator.drawing import DrawnText
from tests.generator.forms import lay_out
from tests.generator.trait_forms import department_form
from tests.shared import ROOT

WHO: dict[str, Any] = {"who": "王芳", "when": WHEN, "why": "not read"}
PAGES = [
    on_one_page(DrawnText(60, 0, "某区民政局2024年度部门预算")),
    *lay_out(FORM),
    on_one_page(DrawnText(60, 0, "附：其他项目")),
]
LAST = len(PAGES)
NAMES = {"project_name": "适老化改造", "amount_unit": "万元", "annual_goal": "改造一百户"}
ADDED = AddForm(
    **WHO, form=90_001, page=LAST, page_last=LAST, form_kind="project_target", name="适老化改造", values=NAMES
)
PLACE: dict[str, Any] = {"form": 90_001, "page": LAST, "name": "适老化改造", **WHO}
AMOUNT = AddRow(
    **PLACE,
    table="funds",
    after=0,
    row_page=LAST,
    values={"scope": "annual", "source": "total", "label": "年度资金总额", "amount": "80.5"},
)
INDICATOR = AddRow(
    **PLACE,
    table="indicators",
    after=0,
    row_page=LAST,
    values={"level1": "产出指标", "level2": "数量指标", "level3": "改造户数", "target": "≥100户"},
)


def forms_of(result: DocumentResult) -> list[Row]:
    return result.tables["forms"]


def test_an_added_form_has_its_values_like_a_found_one() -> None:
    before = read_drawn(PAGES)
    result = read_drawn(PAGES, ADDED, AMOUNT, INDICATOR)
    found, added = forms_of(result)
    assert found == forms_of(before)[0]
    assert added["form_id"] == f"{result.document['document_id'][:12]}-90001"  # type: ignore[index]
    assert (added["page_first"], added["page_last"], added["text_source"]) == (LAST, LAST, "person")
    assert (added["project_name"], added["annual_total"], added["layout"]) == ("适老化改造", 805_000, None)
    assert (added["fiscal_year"], added["department"]) == (2024, "某区民政局")  # those of the cover
    [indicator] = [row for row in result.tables["indicators"] if row["form_id"] == added["form_id"]]
    assert (indicator["level2_code"], indicator["target_operator"], indicator["target_value"]) == (
        "quantity",
        ">=",
        100,
    )
    methods = {e["field"]: e["method"] for e in result.tables["evidence"] if e["form_id"] == added["form_id"]}
    assert (methods["project_name"], methods["amount"], methods["level3"]) == ("corrected",) * 3
    assert methods["fiscal_year"] == "inferred"
    assert result.document["form_count"] == 2


def test_found_forms_keep_their_numbers_and_added_ones_theirs() -> None:
    second = replace(ADDED, form=90_003, values={"project_name": "助浴服务"}, name="助浴服务")
    result = read_drawn([*lay_out(FORM), *PAGES], second, ADDED)
    assert [form["form_no"] for form in forms_of(result)] == [1, 2, 90_001, 90_003]
    split = Reviewer(result).split(1, 0, 2)
    again = read_drawn([*lay_out(FORM), *PAGES], second, ADDED, split)
    assert [form["form_no"] for form in forms_of(again)] == [1, 2, 3, 90_001, 90_003]


def test_an_added_form_is_corrected_and_reviewed_like_another() -> None:
    name = Value(**PLACE, table="forms", field="annual_goal", read="改造一百户", value="改造两百户")
    first = read_drawn(PAGES, ADDED, AMOUNT, INDICATOR, name)
    shown = replace(first, tables={**first.tables, "forms": forms_of(first)[1:]})
    result = read_drawn(PAGES, ADDED, AMOUNT, INDICATOR, name, replace(Reviewer(shown).reviewed(1), form=90_001))
    assert (forms_of(result)[1]["annual_goal"], forms_of(result)[1]["reviewed"]) == ("改造两百户", True)


def test_a_form_that_is_found_by_now_is_not_added_and_nothing_is_read_twice() -> None:
    [form] = forms_of(read_drawn(PAGES))
    added = replace(ADDED, page=2, page_last=2, values={"project_name": str(form["project_name"])})
    result = read_drawn(PAGES, added, AMOUNT, INDICATOR)
    assert [form["form_no"] for form in forms_of(result)] == [1]
    assert result.tables["indicators"] == read_drawn(PAGES).tables["indicators"]
    assert [r for r in rules(result) if str(r).startswith("correction")] == ["correction.needless"] * 3


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"page": 9_999_999_999, "page_last": 9_999_999_999}, "none of the document's"),
        ({"page": 2, "page_last": 1}, "none of the document's"),
        ({"form": 2}, "no number of an added form"),
        ({"values": {"annual_goal": "改造"}}, "needs the name"),
        ({"values": {"project_name": "甲", "start_date": "2024"}}, "is no day"),
        ({"values": {"project_name": "甲", "x": "y"}}, "has no field"),
        ({"values": {"project_name": "甲", "total_score": "9" * 12}}, "is no number below"),
    ],
)
def test_an_impossible_form_is_told_and_changes_nothing(other: dict[str, Any], reason: str) -> None:
    result = read_drawn(PAGES, replace(ADDED, **other))
    [message] = messages(result, "correction.conflict")
    assert reason in message
    assert forms_of(result) == forms_of(read_drawn(PAGES))


def test_two_forms_of_one_number_are_told() -> None:
    result = read_drawn(PAGES, ADDED, replace(ADDED, values={"project_name": "助浴服务"}))
    [message] = messages(result, "correction.conflict")
    assert "is taken" in message
    assert len(forms_of(result)) == 2


def test_an_added_form_is_neither_split_nor_merged() -> None:
    [found] = forms_of(read_drawn(PAGES))
    with_next = Merge(form=1, page=2, name=str(found["project_name"]), next_page=LAST, next_name="适老化改造", **WHO)
    cut = Split(**PLACE, indicator=1, indicator_name="改造户数")
    result = read_drawn(PAGES, ADDED, INDICATOR, with_next, cut)
    assert len(messages(result, "correction.conflict")) == 2
    assert len(forms_of(result)) == 2


def test_a_page_of_which_the_form_was_added_is_not_unread() -> None:
    headings = (
        "一级指标",
        "二级指标",
        "三级指标",
        "指标值",
        "产出指标",
        "数量指标",
        "改造户数",
        "≥100户",
        "质量指标",
        "合格率",
    )
    pages = [on_one_page(*(DrawnText(60, 0, text) for text in headings))]
    before = read_drawn(pages)
    assert (before.document["status"], before.document["error_code"]) == ("partial", "form.not_read")
    result = read_drawn(pages, replace(ADDED, page=1, page_last=1))
    assert result.document["status"] == "ok"
    assert "form.not_read" not in rules(result)


def test_a_task_is_added_among_those_that_were_read() -> None:
    pages = [department_form().page("部门整体支出绩效目标表")]
    read = read_drawn(pages)
    form = Reviewer(read)._form(1)
    values = {"name": "绿化养护", "content": "行道树补植", "amount_total": "12.5"}
    add = AddRow(
        **form, table="tasks", after=1, after_name=str(read.tables["tasks"][0]["name"]), row_page=1, values=values
    )
    result = read_drawn(pages, add)
    tasks = result.tables["tasks"]
    assert [task["name"] for task in tasks] == [
        read.tables["tasks"][0]["name"],
        "绿化养护",
        *(task["name"] for task in read.tables["tasks"][1:]),
    ]
    factor = 10_000 if forms_of(read)[0]["amount_unit"] == "万元" else 1
    assert tasks[1]["amount_total"] == 12.5 * factor
    again = read_drawn(pages, add, replace(add, why="twice"))
    assert len(again.tables["tasks"]) == len(tasks)
    assert "correction.needless" in rules(again)


TABLE = AddTable(
    **WHO,
    table_no=90_001,
    page=1,
    page_last=2,
    title="政府采购预算表",
    table_kind="procurement",
    amount_unit="万元",
    columns=("合计", "资金来源/一般公共预算", "资金来源/政府性基金"),
)
TABLE_PLACE: dict[str, Any] = {"table_no": 90_001, "page": 1, "title": "政府采购预算表", **WHO}


def row_of(after: int, label: str, *numbers: str, page: int = 1) -> AddTableRow:
    printed = {column: text for column, text in enumerate(numbers, start=1) if text}
    return AddTableRow(**TABLE_PLACE, after=after, row_page=page, values={"label": label}, numbers=printed)


def test_an_added_table_has_its_numbers_with_their_meaning() -> None:
    pages = [income_page(), *expenditure_pages()]
    before = read_drawn(pages)
    rows = (row_of(0, "合计", "50.00", "40.00", "10.00"), row_of(1, "台式计算机", "50.00", "40.00", "10.00", page=2))
    unit = TableValue(**TABLE_PLACE, field="unit_name", read=None, value="某区教育局")
    result = read_drawn(pages, TABLE, *rows, unit)
    *found, table = result.tables["budget_tables"]
    assert found == before.tables["budget_tables"]
    assert (table["table_no"], table["kind"], table["text_source"]) == (90_001, "procurement", "person")
    assert (table["unit_name"], table["page_last"], table["row_count"]) == ("某区教育局", 2, 2)
    lines = [line for line in result.tables["budget_lines"] if line["table_id"] == table["table_id"]]
    assert [(line["page"], line["column_no"], line["fund"], line["amount"]) for line in lines[3:]] == [
        (2, 1, "total", 500_000),
        (2, 2, "general_public", 400_000),
        (2, 3, "gov_fund", 100_000),
    ]
    assert {line["method"] for line in lines} == {"corrected"}
    assert {line["x0"] for line in lines} == {None}


def test_what_does_not_add_up_in_an_added_table_is_told() -> None:
    result = read_drawn([income_page(), *expenditure_pages()], TABLE, row_of(0, "合计", "50.00", "30.00", "10.00"))
    finding = next(f for f in result.tables["findings"] if f["rule"] == "table.fund_sum")
    assert finding["table_id"] == result.tables["budget_tables"][-1]["table_id"]


def test_a_table_that_is_found_by_now_is_not_added() -> None:
    pages = expenditure_pages(changed(EXPENDITURE, {}))
    added = replace(TABLE, page_last=1, title="部门支出总表")
    result = read_drawn(pages, added, row_of(0, "合计", "950.00"))
    assert rules(result) == ["correction.needless"] * 2
    assert result.tables["budget_lines"] == read_drawn(pages).tables["budget_lines"]


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"page": 0}, "none of the document's"),
        ({"table_kind": "expenses"}, "is none of"),
        ({"columns": ()}, "1 to 100 columns"),
        ({"columns": (" / ",)}, "needs its heading"),
        ({"table_no": 3}, "no number of an added"),
        ({"title": " "}, "needs its title"),
    ],
)
def test_an_impossible_table_is_told_and_changes_nothing(other: dict[str, Any], reason: str) -> None:
    pages = [income_page(), *expenditure_pages()]
    result = read_drawn(pages, replace(TABLE, **other))
    [message] = messages(result, "correction.conflict")
    assert reason in message
    assert result.tables["budget_tables"] == read_drawn(pages).tables["budget_tables"]


def test_the_example_of_the_docs(tmp_path: Path) -> None:
    text = (ROOT / "docs/reviewing.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```json\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    example = next(block for block in blocks if "add_form" in block)
    pages = [on_one_page(DrawnText(60, 0, f"第{number}部分")) for number in range(1, 14)]
    document_id = str(read_drawn(pages).document["document_id"])
    (tmp_path / f"{document_id}.json").write_text(example.replace("0f6f…", document_id), encoding="utf-8")
    result = read_drawn(pages, *read_corrections(tmp_path, document_id).made)
    [form] = forms_of(result)
    assert (form["page_last"], form["annual_total"]) == (13, 805_000)
    assert not [rule for rule in rules(result) if str(rule).startswith("correction")]


@pytest.mark.parametrize(
    ("table", "values"), [("funds", AMOUNT.values), ("indicators", INDICATOR.values), ("tasks", {"name": "入户评估"})]
)
def test_a_row_behind_a_number_that_no_row_can_have_is_told(table: Any, values: dict[str, str]) -> None:
    row = AddRow(**PLACE, table=table, after=-5, row_page=LAST, values=values)
    result = read_drawn(PAGES, ADDED, row)
    assert "correction.conflict" in rules(result)
    assert [form["form_no"] for form in forms_of(result)] == [1, 90_001]


def test_a_row_of_a_table_behind_a_number_that_no_row_can_have_is_told() -> None:
    result = read_drawn(PAGES, TABLE, row_of(-3, "合计", "5"))
    assert ("correction.conflict" in rules(result), result.tables["budget_lines"]) == (True, [])


def test_an_amount_of_a_task_that_is_no_number_is_told() -> None:
    row = AddRow(**PLACE, table="tasks", after=0, row_page=LAST, values={"name": "入户评估", "amount_total": "三万"})
    result = read_drawn(PAGES, ADDED, row)
    assert ("correction.conflict" in rules(result), result.tables["tasks"]) == (True, [])


def test_private_texts_that_a_person_types_are_masked() -> None:
    named = replace(ADDED, values={**NAMES, "annual_goal": "联系人：王小明 13812345678"}, why="see 13812345678")
    result = read_drawn(PAGES, named, replace(named, form=90_002, page=99))
    assert [form["annual_goal"] for form in forms_of(result)][1] == "联系人：***"
    assert "13812345678" not in str(result.tables)
