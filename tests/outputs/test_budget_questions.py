"""Ready questions over budget tables, on a few made-up rows: nothing is added twice, and nothing is guessed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.dataset.contract.schema import PARTITION, load_schema
from pipeline.outputs.query.ready import ready_question

Row = dict[str, Any]
YEAR = 2026


def document(name: str = "a", **told: Any) -> Row:
    row = {
        "document_id": name,
        "file_name": f"{name}.pdf",
        "source_path": f"{name}.pdf",
        "publisher": "云溪县教育局",
        "region_name": "云溪县",
        "region_code": "990001",
        "document_kind": "department_budget",
        PARTITION: YEAR,
    }
    return row | told


def line(kind: str, row_no: int, amount: int | None, **told: Any) -> Row:
    """A number of the first table of a kind in document a; by default one of a total column of expenditure."""
    owner = told.pop("document_id", "a")
    row = {
        "document_id": owner,
        "table_id": f"{owner}-{kind}",
        "kind": kind,
        "stage": "budget",
        "row_no": row_no,
        "column_no": 3,
        "panel": 1,
        "side": "income" if kind == "income" else "expenditure",
        "row_role": "item",
        "classification": "functional",
        "fund": "total",
        "use": "total",
        "origin": "all",
        "phase": "budget",
        "value_kind": "amount",
        "amount": None if amount is None else Decimal(amount),
        PARTITION: YEAR,
    }
    return row | told


def total(kind: str, amount: int, **told: Any) -> Row:
    return line(kind, 99, amount, **({"row_role": "total", "classification": "total", "level": 0} | told))


def ask(name: str, lines: Sequence[Row], documents: Sequence[Row] = (), **tables: Sequence[Row]) -> list[Row]:
    """The answer to a ready question on made-up rows; columns that a row does not name are null."""
    held = {line["table_id"]: line for line in lines}
    budget = [{name: line[name] for name in ("table_id", "document_id", "kind", "stage")} for line in held.values()]
    given = {"documents": documents or [document()], "budget_lines": lines, "budget_tables": budget, **tables}
    with duckdb.connect() as connection:
        for table in load_schema().tables.values():
            fields = [pa.field(c.name, c.arrow_type) for c in table.columns]
            connection.register("rows", pa.Table.from_pylist(list(given.get(table.name, ())), schema=pa.schema(fields)))
            connection.execute(f'CREATE TABLE "{table.name}" AS FROM rows')
        result = connection.execute(ready_question(name).sql)
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def test_functions_are_added_by_their_highest_rows_of_one_table_alone() -> None:
    lines = [
        line("expenditure", 1, 700, level=1, functional_code="205", label="教育支出", is_leaf=False),
        line("expenditure", 1, 500, level=1, functional_code="205", label="教育支出", use="basic", column_no=4),
        line(
            "expenditure", 1, 600, level=1, functional_code="205", label="教育支出", phase="prior_budget", column_no=5
        ),
        line("expenditure", 2, 700, level=2, functional_code="20501", label="教育管理事务", is_leaf=True),
        line("expenditure", 3, 300, level=1, functional_code="210", label="卫生健康支出", is_leaf=True),
        line("expenditure", 1, 900, level=1, functional_code="205", variant="excluding_carryover", table_id="a-second"),
        line("general_expenditure", 1, 650, level=1, functional_code="205", fund="general_public"),
        line("income_expenditure", 1, 1000, label="一、教育支出", panel=2),
        total("expenditure", 1000),
    ]
    found = ask("spending-by-function", lines)
    assert [(row["code"], row["name"], row["amount"], row["share"]) for row in found] == [
        ("205", "教育支出", 700, 70.0),
        ("210", "卫生健康支出", 300, 30.0),
    ]


def test_functions_without_rows_of_their_own_are_those_of_the_lowest_rows() -> None:
    economic = {"classification": "economic_department", "level": 2, "is_leaf": True}
    lines = [
        line("expenditure", 1, 40, functional_code="2050101", code="30101", **economic),
        line("expenditure", 2, 60, functional_code="2050102", code="30201", **economic),
        line("expenditure", 3, 5, functional_code="2101101", code="30110", **economic),
    ]
    assert [(row["code"], row["amount"]) for row in ask("spending-by-function", lines)] == [("205", 100), ("210", 5)]


def test_functions_of_a_second_panel_are_known_by_name() -> None:
    lines = [
        line("income_expenditure", 1, 80, label="三、教育支出", panel=2),
        line("income_expenditure", 2, 20, label="九、没有人知道的支出", panel=2),
        line("expenditure", 1, 7, document_id="b", level=1, functional_code="205", label="教育支出"),
    ]
    documents = [document(), document("b", publisher="云溪县体育局")]
    assert [(row["code"], row["amount"]) for row in ask("spending-by-function", lines, documents)] == [("205", 87)]


def test_budgets_of_units_and_second_prints_are_not_added_to_the_department() -> None:
    lines = [
        line("expenditure", 1, 7, document_id=name, level=1, functional_code="205", label="教育支出") for name in "abc"
    ]
    documents = [document(), document("b"), document("c", publisher="云溪县一中", document_kind="unit_budget")]
    [row] = ask("spending-by-function", lines, documents)
    assert (row["departments"], row["amount"]) == (1, 7)


def chain(**changes: int | None) -> list[Row]:
    amounts = {
        "income": 1000,
        "expenditure": 1000,
        "income_table": 1000,
        "expenditure_table": 1000,
        "fiscal": 900,
        "general": 800,
        "fund": 100,
        "basic": 300,
        "basic_by_economy": 300,
    } | changes
    amounts = {name: None if amount is None else amount * 10_000 for name, amount in amounts.items()}
    told: list[tuple[str, str, Row]] = [
        ("income_expenditure", "income", {"side": "income"}),
        ("income_expenditure", "expenditure", {}),
        ("income", "income_table", {}),
        ("expenditure", "expenditure_table", {}),
        ("fiscal_income_expenditure", "fiscal", {"side": "income", "fund": "fiscal"}),
        ("fiscal_income_expenditure", "fiscal", {"fund": "fiscal"}),
        ("general_expenditure", "general", {"fund": "general_public"}),
        ("general_expenditure", "basic", {"fund": "general_public", "use": "basic", "column_no": 4}),
        ("general_basic", "basic_by_economy", {"fund": "general_public", "use": "basic"}),
        ("gov_fund", "fund", {"fund": "gov_fund"}),
    ]
    return [total(kind, amount, **more) for kind, name, more in told if (amount := amounts[name]) is not None]


def test_a_chain_that_closes() -> None:
    [row] = ask("balance", chain())
    marks = (
        "income_expenditure",
        "income_table",
        "expenditure_table",
        "fiscal_sides",
        "fiscal_parts",
        "basic",
        "chain",
    )
    assert [row[name] for name in marks] == ["ok"] * 6 + ["closes"]


def test_a_link_that_is_broken_or_missing_is_told() -> None:
    [row] = ask("balance", chain(expenditure=999, basic_by_economy=None))
    assert (row["income_expenditure"], row["basic"], row["chain"]) == ("differs by 10,000.00", "missing", "breaks")
    [row] = ask("balance", chain(income_table=None))
    assert (row["income_table"], row["chain"]) == ("missing", "incomplete")


def test_what_is_left_for_the_next_year_is_no_difference() -> None:
    current = total("income_expenditure", 950 * 10_000, row_role="subtotal", label="本年支出合计")
    [row] = ask("balance", [*chain(expenditure_table=950), current])
    assert (row["expenditure_table"], row["chain"]) == ("ok", "closes")


def test_personnel_and_public_expenses_stand_in_for_basic_spending() -> None:
    parts = [total("general_basic", n * 10_000, use=use) for n, use in ((250, "basic_personnel"), (50, "basic_public"))]
    [row] = ask("personnel-share", [*chain(basic_by_economy=None), *parts])
    assert (row["basic"], row["personnel_share"]) == (3_000_000, 83.3)
    [balance] = ask("balance", [*chain(basic_by_economy=None), *parts])
    assert balance["basic"] == "ok"


def test_three_public_of_this_year_and_the_last() -> None:
    def items(phase: str, **amounts: int) -> list[Row]:
        return [line("three_public", 1, amount, item=item, phase=phase) for item, amount in amounts.items()]

    lines = [
        *items("budget", three_public=90, abroad=40, vehicle=50, meeting=7),
        *items("prior_budget", three_public=60),
    ]
    [row] = ask("three-public", lines)
    assert (row["amount"], row["reception"], row["before"], row["change"], row["change_rate"]) == (
        90,
        None,
        60,
        30,
        50.0,
    )
    [row] = ask("three-public", items("budget", abroad=40, reception=10, vehicle=50))
    assert (row["amount"], row["before"]) == (100, None)
    before = [line("three_public", 1, 80, item="three_public", document_id="b")]
    documents = [document(), document("b", fiscal_year=YEAR - 1)]
    rows = ask("three-public", [*lines[:1], *before], documents)
    assert [(row["fiscal_year"], row["before"]) for row in rows] == [(YEAR, 80), (YEAR - 1, None)]


def test_travel_is_added_by_its_lowest_rows() -> None:
    economic = {"classification": "economic_department", "use": "basic", "fund": "general_public"}
    lines = [
        line("general_basic", 1, 12, economic_department_code="30211", is_leaf=False, **economic),
        line("general_basic", 2, 7, economic_department_code="3021101", is_leaf=True, **economic),
        line("general_basic", 3, 5, economic_department_code="3021102", is_leaf=True, **economic),
        line("general_basic", 3, 5, economic_department_code="3021102", is_leaf=True, **economic | {"column_no": 4}),
    ]
    [row] = ask("travel", lines)
    assert row["travel"] == 12


def test_other_than_fiscal_and_carried_over_money() -> None:
    lines = [
        *chain(),
        line("income_expenditure", 2, 10, side="income", classification="fund", fund="business", label="二、事业收入"),
        total("income", 250_000, origin="carryover"),
    ]
    [row] = ask("other-than-fiscal", lines)
    assert (row["other"], row["other_share"], row["largest"]) == (1_000_000, 10.0, "二、事业收入")
    [row] = ask("carried-over", lines)
    assert (row["carried_over"], row["share"], row["read_from"]) == (250_000, 2.5, "column")
    [row] = ask("business-income", lines)
    assert (row["business"], row["operating"]) == (10, None)


def test_unusual_changes_are_those_of_half_and_of_a_million() -> None:
    def spent(name: str, code: str, amount: int) -> Row:
        return line("expenditure", int(code), amount, document_id=name, level=1, functional_code=code, label=code)

    lines = [
        *(spent("a", code, amount) for code, amount in (("205", 3_000_000), ("208", 10_400_000), ("210", 10))),
        *(spent("b", code, amount) for code, amount in (("205", 1_500_000), ("208", 10_000_000), ("221", 4_000_000))),
    ]
    found = ask("unusual-changes", lines, [document(), document("b", fiscal_year=YEAR - 1)])
    assert [(row["function"], row["before"], row["amount"], row["change_rate"]) for row in found] == [
        ("221", 4_000_000, 0, -100.0),
        ("205", 1_500_000, 3_000_000, 100.0),
    ]


def test_projects_with_and_without_a_form() -> None:
    def project(row_no: int, amount: int) -> Row:
        return line("project", row_no, amount, classification="project", project_name=f"项目{row_no}", use="project")

    lines = [
        *(project(n, 100 * n) for n in (1, 2, 3)),
        line("project", 4, 900, classification="project", label="特定目标类", is_leaf=False),
    ]
    forms = [
        {"form_id": f"f{n}", "document_id": "a", "project_key": f"k{n}", "annual_total": Decimal(100), PARTITION: YEAR}
        for n in (1, 2, 9)
    ]
    links = [
        {"form_id": f"f{n}", "project_key": f"k{n}", PARTITION: YEAR, "budget_table_id": table, "budget_row_no": row}
        | {"budget_amount": None if row is None else Decimal(1000 * row - 900)}
        for n, table, row in ((1, "a-project", 1), (2, "a-project", 2), (9, None, None))
    ]
    [row] = ask("project-coverage", lines, forms=forms, links=links)
    assert {
        name: row[name] for name in ("rows", "with_form", "same_amount", "without_form", "projects", "without_row")
    } == {
        "rows": 3,
        "with_form": 2,
        "same_amount": 1,
        "without_form": 1,
        "projects": 3,
        "without_row": 1,
    }
    assert [(row["project"], row["form_id"]) for row in ask("largest-projects", lines, links=links)] == [
        ("项目3", None),
        ("项目2", "f2"),
        ("项目1", "f1"),
    ]


def test_final_accounts_stand_beside_the_budget_of_the_year() -> None:
    accounts = {"document_id": "b", "stage": "final_accounts", "phase": "executed"}
    lines = [*chain(), total("income_expenditure", 9_500_000, **accounts)]
    documents = [document(), document("b", document_kind="final_accounts")]
    [row] = ask("budget-and-executed", lines, documents)
    assert (row["budget"], row["executed"], row["executed_share"]) == (10_000_000, 9_500_000, 95.0)


def test_procurement_that_is_not_reserved_is_not_known() -> None:
    [row] = ask("procurement-small-firms", [total("procurement", 500)])
    assert (row["procurement"], row["small_and_medium"], row["share"]) == (500, None, None)
    memo = [total("expenditure", n, use=use) for n, use in ((500, "procurement"), (200, "procurement_sme"))]
    [row] = ask("procurement-small-firms", memo)
    assert (row["procurement"], row["small_and_medium"], row["share"]) == (500, 200, 40.0)


def test_a_table_whose_projects_add_up_to_more_than_its_total_is_left_out() -> None:
    def project(table: str, row_no: int, amount: int) -> Row:
        row = line("project", row_no, amount, classification="project", project_name=f"项目{row_no}", use="project")
        return row | {"table_id": table}

    groups = [
        project("a-1", 1, 300),
        project("a-1", 2, 300),
        total("project", 300, use="project") | {"table_id": "a-1"},
    ]
    single = [project("a-2", 1, 300), total("project", 300, use="project") | {"table_id": "a-2"}]
    assert [row["amount"] for row in ask("largest-projects", [*groups, *single])] == [300]


def test_the_only_unit_of_a_table_without_a_total_is_its_total() -> None:
    unit = line("income", 1, 1000 * 10_000, classification="unit", label="云溪县教育局")
    current = line("income", 1, 990 * 10_000, classification="unit", origin="current", column_no=4)
    [row] = ask("balance", [*chain(income_table=None), unit, current])
    assert (row["income_table"], row["chain"]) == ("ok", "closes")
    [row] = ask("balance", [*chain(income_table=None), unit, unit | {"row_no": 2}])
    assert row["income_table"] == "missing"
