"""What real budget tables do: each trait in the smallest table that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from pipeline.budget.find import TableFinder
from pipeline.budget.model import BudgetLine
from pipeline.budget.read import TableReading, read_table
from pipeline.dictionaries import load_budget_knowledge
from pipeline.tables.cells import page_grid
from tests.generator.drawing import DrawnPage
from tests.generator.grids import titled, untitled
from tests.generator.printing import printed_page


def read(*pages: DrawnPage, year: int = 2026) -> list[TableReading]:
    finder = TableFinder(load_budget_knowledge())
    for number, page in enumerate(pages, start=1):
        finder.add(page_grid(printed_page(page, number)))
    return [read_table(table, year, load_budget_knowledge()) for table in finder.tables()]


def only(*pages: DrawnPage, year: int = 2026) -> TableReading:
    [table] = read(*pages, year=year)
    return table


def said(table: TableReading, *names: str) -> list[tuple[object, ...]]:
    """The lines of a table: some attributes of each, those of its row included."""
    return [tuple(_of(line, name) for name in names) for line in table.lines]


def _of(line: BudgetLine, name: str) -> object:
    if name == "number":
        return float(line.number)
    return getattr(line, name) if name in BudgetLine._fields else getattr(line.row, name)


def test_a_heading_row_that_carries_the_total_in_its_right_half() -> None:
    table = only(
        titled(
            "收入决算表",
            [
                ("项目", "<", "<", "<", "本年收入合计", "财政拨款收入"),
                ("支出功能分类科目编码", "<", "<", "科目名称", "^", "^"),
                ("类", "款", "项", "栏次", "1", "2"),
                ("^", "^", "^", "合计", "30.00", "30.00"),
                ("208", "", "", "社会保障和就业支出", "30.00", "30.00"),
                ("", "05", "", "行政事业单位养老支出", "30.00", "30.00"),
                ("", "", "01", "行政单位离退休", "30.00", "30.00"),
            ],
        )
    )
    assert said(table, "label", "code", "fund", "phase", "number") == [
        ("合计", None, "total", "executed", 30.0),
        ("合计", None, "fiscal", "executed", 30.0),
        ("社会保障和就业支出", "208", "total", "executed", 30.0),
        ("社会保障和就业支出", "208", "fiscal", "executed", 30.0),
        ("行政事业单位养老支出", "20805", "total", "executed", 30.0),
        ("行政事业单位养老支出", "20805", "fiscal", "executed", 30.0),
        ("行政单位离退休", "2080501", "total", "executed", 30.0),
        ("行政单位离退休", "2080501", "fiscal", "executed", 30.0),
    ]


def test_a_total_on_the_row_of_the_heading_parts() -> None:
    table = only(
        titled(
            "支出决算表",
            [
                ("科目编码", "<", "<", "科目名称", "本年支出合计", "基本支出"),
                ("类", "款", "项", "合计", "30.00", "10.00"),
                ("208", "05", "01", "行政单位离退休", "30.00", "10.00"),
            ],
        )
    )
    assert said(table, "label", "code", "number")[:2] == [("合计", None, 30.0), ("合计", None, 10.0)]


PERIODS = [
    ("2025年预算数", "2026年预算数", "增减额", "增减率(%)"),
    ("上年预算数", "当年预算数", "增减变化", "增长率"),
    ("2025年执行数", "2026年预算数", "比上年增减", "增减幅度"),
]


@pytest.mark.parametrize("headings", PERIODS)
def test_periods_as_headings(headings: tuple[str, ...]) -> None:
    rows = [("科目编码", "科目名称", *headings), ("201", "一般公共服务支出", "80.00", "100.00", "20.00", "25.00%")]
    table = only(titled("一般公共预算支出表", rows))
    before = "prior_executed" if "执行" in headings[0] else "prior_budget"
    assert said(table, "phase", "value_kind") == [
        (before, "amount"),
        ("budget", "amount"),
        ("change", "amount"),
        ("change_rate", "percent"),
    ]
    assert [line.amount for line in table.lines] == [Decimal(800_000), Decimal(1_000_000), Decimal(200_000), None]


def test_periods_as_rows() -> None:
    rows = [
        ("项目", "合计", "因公出国（境）费", "公务接待费"),
        ("2025年", "9.00", "4.00", "5.00"),
        ("2026年", "8.00", "4.00", "4.00"),
    ]
    table = only(titled("“三公”经费支出表", rows))
    assert said(table, "item", "phase", "number") == [
        ("three_public", "prior_budget", 9.0),
        ("abroad", "prior_budget", 4.0),
        ("reception", "prior_budget", 5.0),
        ("three_public", "budget", 8.0),
        ("abroad", "budget", 4.0),
        ("reception", "budget", 4.0),
    ]


def test_two_classifications_a_row_and_units_above_their_codes() -> None:
    table = only(
        titled(
            "一般公共预算基本支出表",
            [
                ("单位名称", "部门经济科目", "<", "政府经济科目", "<", "合计"),
                ("^", "编码", "名称", "编码", "名称", "^"),
                ("青川市园林局", "", "", "", "", "50.00"),
                ("", "30101", "基本工资", "50101", "工资奖金津补贴", "30.00"),
                ("", "30201", "办公费", "50201", "办公经费", "20.00"),
            ],
        )
    )
    names = ("label", "economic_department_code", "economic_government_code", "unit_name", "is_leaf", "number")
    assert said(table, *names) == [
        ("青川市园林局", None, None, "青川市园林局", False, 50.0),
        ("基本工资", "30101", "50101", "青川市园林局", True, 30.0),
        ("办公费", "30201", "50201", "青川市园林局", True, 20.0),
    ]


def test_four_panels() -> None:
    table = only(
        titled(
            "收支总表",
            [
                ("收入", "<", "支出", "<", "<", "<", "<", "<"),
                (
                    "项目",
                    "预算数",
                    "功能科目",
                    "预算数",
                    "部门经济科目",
                    "预算数",
                    "政府经济科目",
                    "预算数",
                ),
                (
                    "一、财政拨款",
                    "90.00",
                    "一、教育支出",
                    "90.00",
                    "一、基本支出",
                    "60.00",
                    "一、机关工资福利支出",
                    "90.00",
                ),
                ("", "", "", "", "（一）工资福利支出", "60.00", "", ""),
                ("", "", "", "", "二、专项业务经费支出", "30.00", "", ""),
                ("收入总计", "90.00", "支出总计", "90.00", "支出总计", "90.00", "支出总计", "90.00"),
            ],
        )
    )
    assert said(table, "panel", "side", "classification", "fund", "use", "number")[:6] == [
        (1, "income", "fund", "fiscal", "total", 90.0),
        (2, "expenditure", "functional", "total", "total", 90.0),
        (3, "expenditure", "use", "total", "basic", 60.0),
        (4, "expenditure", "economic_government", "total", "total", 90.0),
        (3, "expenditure", "economic_department", "total", "basic", 60.0),
        (3, "expenditure", "use", "total", "project", 30.0),
    ]


def test_a_carried_over_row_gives_its_origin_to_the_funds_below() -> None:
    table = only(
        titled(
            "财政拨款收支总表",
            [
                ("收入", "<", "支出", "<"),
                ("项目", "预算数", "项目", "预算数"),
                ("一、本年收入", "70.00", "一、本年支出", "80.00"),
                ("（一）一般公共预算拨款", "70.00", "（一）教育支出", "80.00"),
                ("二、上年结转", "10.00", "二、结转下年", "0.00"),
                ("（一）一般公共预算拨款", "10.00", "", ""),
                ("收入总计", "80.00", "支出总计", "80.00"),
            ],
        )
    )
    income = [line for line in said(table, "side", "label", "fund", "origin") if line[0] == "income"]
    assert income == [
        ("income", "一、本年收入", "fiscal", "current"),
        ("income", "（一）一般公共预算拨款", "general_public", "all"),
        ("income", "二、上年结转", "fiscal", "carryover"),
        ("income", "（一）一般公共预算拨款", "general_public", "carryover"),
        ("income", "收入总计", "fiscal", "all"),
    ]
    closing = next(line for line in table.lines if line.label == "二、结转下年")
    assert (closing.origin, closing.row.classification) == ("closing", "other")


def test_names_without_codes_are_told_apart_by_their_indentation() -> None:
    table = only(
        titled(
            "支出预算总表",
            [
                ("功能分类科目名称", "合计", "项目支出"),
                ("合计", "60.00", "10.00"),
                (" 教育支出", "60.00", "10.00"),
                (" 普通教育", "60.00", "10.00"),
                (" 小学教育", "50.00", ""),
                (" 初中教育", "10.00", "10.00"),
            ],
        )
    )
    assert [row.is_leaf for row in table.identities] == [False, False, False, True, True]
    assert {row.classification for row in table.identities[1:]} == {"functional"}


CODES = {
    "with the name behind": ["一般公共服务支出(201)", "政府办公厅事务(20103)", "行政运行(2010301)"],
    "in brackets": ["[201]一般公共服务支出", "[20103]政府办公厅事务", "[2010301]行政运行"],
    "before a hyphen": ["201-一般公共服务支出", "20103-政府办公厅事务", "2010301-行政运行"],
    "before a blank": ["201 一般公共服务支出", "20103 政府办公厅事务", "2010301 行政运行"],
}


@pytest.mark.parametrize("names", CODES.values(), ids=CODES)
def test_codes_printed_with_their_names(names: Sequence[str]) -> None:
    rows = [("功能科目", "合计", "基本支出", "项目支出"), *((name, "5.00", "5.00", "") for name in names)]
    table = only(titled("支出总表", rows))
    assert said(table, "code", "label", "level")[::2] == [
        ("201", "一般公共服务支出", 1),
        ("20103", "政府办公厅事务", 2),
        ("2010301", "行政运行", 3),
    ]


HEADING = ("科目编码", "科目名称", "合计", "基本支出", "项目支出")
NEXT = ("205", "教育支出", "8.00", "8.00", "")
PAGES = {
    "the heading is not repeated": [NEXT],
    "the heading is repeated": [HEADING, NEXT],
    "a name without amounts comes first": [("206", "科学技术支出", "", "", ""), NEXT],
}


@pytest.mark.parametrize("rows", PAGES.values(), ids=PAGES)
def test_a_table_that_runs_on(rows: Sequence[Sequence[str]]) -> None:
    first = [HEADING, ("201", "一般公共服务支出", "9.00", "9.00", "")]
    table = only(titled("支出总表", first), untitled(rows))
    assert (table.table.page_first, table.table.page_last) == (1, 2)
    assert said(table, "use", "number") == [("total", 9.0), ("basic", 9.0), ("total", 8.0), ("basic", 8.0)]


def test_a_last_row_whose_cells_are_merged() -> None:
    first = [("类", "款", "科目名称", "合计"), ("301", "01", "基本工资", "9.00")]
    last = [("合计", "<", "<", "9.00")]
    table = only(titled("一般公共预算基本支出表", first), untitled(last))
    assert said(table, "label", "code", "role") == [("基本工资", "30101", "item"), ("合计", None, "total")]


EMPTY = {
    "blank rows and a note": ([("", "", ""), ("", "", "")], "注：本部门无政府性基金预算支出，故本表无数据。"),
    "zeros and a note": ([("", "合计", "0.00")], "注：本表本年无发生额。"),
    "a heading alone": ([], ""),
}


@pytest.mark.parametrize(("rows", "note"), EMPTY.values(), ids=EMPTY)
def test_empty_tables(rows: list[tuple[str, ...]], note: str) -> None:
    page = titled("政府性基金预算支出表", [("科目编码", "科目名称", "合计"), *rows], note=note)
    filled = titled("支出总表", [("科目编码", "科目名称", "合计"), ("201", "一般公共服务支出", "1.00")])
    table, _ = read(page, filled)
    assert table.table.kind.id == "gov_fund"
    assert table.is_empty
    assert "".join(line.text for line in table.table.notes) == note


def test_the_same_set_twice() -> None:
    rows = [("科目编码", "科目名称", "合计"), ("201", "一般公共服务支出", "1.00")]
    tables = read(titled("支出总表", rows), titled("支出总表（不含上年结转）", rows))
    assert [table.variant for table in tables] == [None, "excluding_carryover"]


TITLES = {
    "公开01表 收支总表": ("收支总表", "公开01表"),
    "表3：2026年部门收入预算总表": ("2026年部门收入预算总表", "表3"),
    "附表1-2 支出总表": ("支出总表", "附表1-2"),
    "三、支出预算总表": ("支出预算总表", None),
    "预算03表支出总表（按功能分类）": ("支出总表（按功能分类）", "预算03表"),
}


@pytest.mark.parametrize(("printed", "meant"), TITLES.items(), ids=TITLES)
def test_titles_with_numbers(printed: str, meant: tuple[str, str | None]) -> None:
    table = only(titled(printed, [("项目", "预算数"), ("一、财政拨款收入", "1.00")]))
    assert (table.table.caption.title, table.table.caption.table_code) == meant


ORGANS = {
    "部门：青川市园林局": ("青川市园林局", None),
    "编制单位:青川市园林局": ("青川市园林局", None),
    "单位名称：[105]青川市园林局": ("青川市园林局", "105"),
    "预算单位：105001-青川市园林局": ("青川市园林局", "105001"),
    "部门（单位）：青川市园林局": ("青川市园林局", None),
}


@pytest.mark.parametrize(("printed", "meant"), ORGANS.items(), ids=ORGANS)
def test_organs_above_tables(printed: str, meant: tuple[str, str | None]) -> None:
    table = only(titled("收入总表", [("项目", "预算数"), ("一、财政拨款收入", "1.00")], printed))
    assert (table.table.caption.unit_name, table.table.caption.unit_code) == meant


def test_the_unit_of_a_column_wins() -> None:
    rows = [("项目名称", "金额（元）", "数量"), ("行道树养护", "12,000", "3")]
    table = only(titled("政府采购预算表", rows))
    assert said(table, "value_kind", "amount") == [("amount", Decimal(12_000)), ("count", None)]


def test_headings_that_nobody_knows_keep_their_numbers() -> None:
    rows = [("科目编码", "科目名称", "合计", "甲乙丙丁"), ("201", "一般公共服务支出", "1.00", "2.00")]
    table = only(titled("支出总表", rows))
    assert said(table, "fund", "use", "number") == [("total", "total", 1.0), (None, None, 2.0)]
    assert table.lines[1].amount == Decimal(20_000)


def test_amounts_printed_without_a_gap_are_parted() -> None:
    rows = [
        ("科目编码", "科目名称", "合计", "一般公共预算"),
        ("201", "一般公共服务支出", "168,441.8", "1154,304.22"),
        ("205", "教育支出", "1.00", "1.00"),
        ("206", "科学技术支出", "1.00", "1.00"),
    ]
    table = only(titled("收入总表", rows))
    assert [line.amount_text for line in table.lines[:2]] == ["168,441.81", "154,304.22"]


def test_forms_of_targets_and_tables_of_contents_are_no_budget_tables() -> None:
    contents = titled("目录", [("表号", "表名", "是否空表"), ("表1", "收支总表", "否")], unit="")
    targets = titled(
        "项目支出绩效目标表", [("项目名称", "一级指标", "三级指标", "指标值"), ("养护", "产出指标", "数量", "3.00")]
    )
    assert read(contents, targets) == []
