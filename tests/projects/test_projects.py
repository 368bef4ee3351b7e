"""Projects recognised across years and documents: what is the same and what is not; what a year adds up to."""

from __future__ import annotations

from decimal import Decimal
from itertools import count, permutations
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dataset.landing.project_forms import Facts, Row, with_units
from pipeline.dictionaries import load_naming, load_regions
from pipeline.projects.link import link_forms
from pipeline.projects.model import Link, ProjectForm
from pipeline.projects.names import organ, plain_name
from pipeline.projects.rows import duplicates, project_years
from pipeline.text import key
from tests.fuzz import fuzz

NUMBERS = count(1)


def form(
    name: str,
    *,
    document: str = "",
    year: int | None = 2025,
    kind: str = "project_target",
    code: str | None = None,
    owner: str = "上海市普陀区财政局",
    goal: str = "",
    document_kind: str = "department_budget",
    **told: Any,
) -> ProjectForm:
    """A form; each stands in a document of its own unless told otherwise."""
    number = next(NUMBERS)
    body = organ(owner, None, load_regions(), load_naming())
    plain = plain_name(name, body, load_naming()) if name else ""
    document = document or f"document {number:06}"
    form_id = f"{document}-{number:06}"
    compared = key(name), plain, goal
    return ProjectForm(form_id, document, document_kind, kind, year, name, code, owner, body, *compared, **told)


def links(*forms: ProjectForm) -> list[Link]:
    """The links in the order of the forms."""
    found = {link.form_id: link for link in link_forms(forms, load_naming())}
    return [found[form.form_id] for form in forms]


def projects(*forms: ProjectForm) -> int:
    return len({link.project_key for link in link_forms(forms, load_naming())})


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("上海市普陀区人民政府万里街道办事处", "普陀区万里街道办事处"),
        ("上海市普陀区商务委员会（本级）", "普陀区商务委"),
        ("中国共产党上海市普陀区委员会宣传部", "中共上海市普陀区委宣传部"),
        ("上海市普陀区发展和改革委员会", "区发改委"),
        ("上海市普陀区财政局", "区财政局"),
    ],
)
def test_names_of_one_organ(a: str, b: str) -> None:
    regions, naming = load_regions(), load_naming()
    assert organ(a, "310107", regions, naming).key == organ(b, "310107", regions, naming).key


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("上海市普陀区财政局", "上海市徐汇区财政局"),
        ("上海市普陀区人民政府办公室", "中共上海市普陀区委办公室"),
        ("福州市公安局", "福州市公安局巡特警支队"),
        ("福州市财政局", "厦门市财政局"),
    ],
)
def test_names_of_two_organs(a: str, b: str) -> None:
    regions, naming = load_regions(), load_naming()
    assert organ(a, "310107", regions, naming).key != organ(b, "310107", regions, naming).key


@pytest.mark.parametrize(
    ("a", "b", "method"),
    [
        ("课题研究（重点）", "课题研究(重点)", "exact"),
        ("2024年信息系统运维项目", "2025年度信息系统运维项目", "normalised"),
        ("信息系统运维（2024-2025年）", "信息系统运维（2025-2026年）", "normalised"),
        ("上海市普陀区财政局信息系统运维", "区财政局信息系统运维", "normalised"),
        ("信息系统运维（普陀区财政局）", "信息系统运维", "normalised"),
        ("普陀区有奖发票试点", "有奖发票试点", "normalised"),
        ("区有奖发票试点", "有奖发票试点", "normalised"),
        ("民警训练经费", "民警训练", "normalised"),
        ("“三农”工作研究项目", "三农工作研究", "normalised"),
        ("房地产发展研究及宣传推介", "房地产发展研究和宣传推介", "similar"),
    ],
)
def test_the_same_project_a_year_later(a: str, b: str, method: str) -> None:
    first, second = links(form(a, year=2024), form(b, year=2025))
    assert first.project_key == second.project_key
    assert (first.method, second.method, second.linked_form_id) == ("origin", method, first.form_id)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("办公楼改造一期", "办公楼改造二期"),
        ("办公楼改造1期", "办公楼改造2期"),
        ("环保监督检查员经费（越秀区）", "环保监督检查员经费（海珠区）"),
        ("本专科生国家助学金", "退役士兵本专科生国家助学金"),
        ("采供血业务经费（政府采购部分）", "采供血业务经费（非政府采购部分）"),
        ("市级困难群众救助", "区级困难群众救助"),
        ("专项工作", "工作经费"),
        ("工业和信息化专项", "工业和信息化业务"),
        ("剧场设备购置（1000人剧场）", "剧场设备购置（2000人剧场）"),
    ],
)
def test_two_projects(a: str, b: str) -> None:
    assert projects(form(a, year=2024), form(b, year=2025)) == 2


def test_one_name_in_two_organs_is_two_projects() -> None:
    assert projects(form("信息化运维"), form("信息化运维", owner="上海市徐汇区财政局")) == 2


def test_names_side_by_side_are_two_projects_although_they_differ_in_the_year_only() -> None:
    both = [form(f"{year}年信息化运维项目", document="a", year=2026) for year in ("2025-2026", "2026-2027")]
    assert projects(*both) == 2
    before = form("2024-2025年信息化运维项目", year=2025)
    assert projects(before, *both) == 3  # either of them could be the one
    assert projects(*both, form("2026-2027年信息化运维项目", year=2027)) == 2


def test_target_and_self_evaluation_of_one_document_are_not_side_by_side() -> None:
    assert projects(form("疫情防控经费", document="a"), form("疫情防控", document="a", kind="self_evaluation")) == 1
    assert projects(form("疫情防控经费", document="a"), form("疫情防控", document="a")) == 2


def test_blocks_of_one_name_and_code_are_one_project_and_of_several_codes_are_several() -> None:
    shares = [form("培训类项目", document="a", code="11000022T000000391739") for _ in range(3)]
    assert projects(*shares) == 1
    others = [form("培训类项目", document="a", code=f"11000022T00000039174{n}") for n in range(2)]
    assert projects(*shares, *others) == 3
    assert projects(*others, form("培训类项目")) == 3  # whose self-evaluation without code is this?


def test_blocks_of_one_name_without_codes_are_told_apart_by_their_amounts() -> None:
    def block(goal: str, amount: int | None, year: int = 2025) -> ProjectForm:
        total = None if amount is None else Decimal(amount)
        return form("三城联创", document=f"{year}", year=year, goal=goal, annual_total=total)

    assert projects(block("推进", 2), block("推进", 2)) == 1
    assert projects(block("推进", 2), block("推广", 2)) == 1  # told in two ways
    assert projects(block("推进", 2), block("推进", 3)) == 2  # the publisher counts two
    assert projects(block("推进", 2), block("推进", None)) == 1
    assert projects(block("推进", 2), block("推广", None)) == 2
    assert projects(block("推进", 2), block("推广", 3), block("推广", 3, 2026)) == 2
    assert projects(block("推进", 2), block("推广", 3), block("推广", 4, 2026)) == 3
    evaluated = [form("三城联创", document="a", kind="self_evaluation", initial_budget=Decimal(n)) for n in (2, 3)]
    assert projects(*evaluated) == 2


def test_a_form_below_the_department_has_the_unit_of_the_form_that_it_repeats() -> None:
    facts = Facts(None, None, None, 0, 0, None, "")

    def told(number: int, unit: str | None, **other: object) -> Row:
        goal = "按时完成隧道的日常养护，保证设施完好、行车安全和环境整洁"
        row: Row = {"form_id": f"a-{number}", "document_id": "a", "form_kind": "project_narrative",
                    "project_name": "隧道养护", "department": "交通运输局", "implementing_unit": unit,
                    "annual_goal": goal, "lifetime_goal": None, "annual_total": Decimal(9), "lifetime_total": None,
                    **other}  # fmt: skip
        return row

    def units(*rows: Row) -> list[object]:
        return [row["implementing_unit"] for row in with_units(rows, {row["form_id"]: facts for row in rows})]

    centre = told(1, "养护中心")
    assert units(centre, told(2, None)) == ["养护中心", "养护中心"]
    apart: list[dict[str, object]] = [
        {"annual_total": Decimal(8)},
        {"annual_total": None},
        {"annual_goal": "养护隧道"},
        {"project_name": "桥梁养护"},
        {"document_id": "b"},
        {"form_kind": "project_target"},
    ]
    for other in apart:
        assert units(centre, told(2, None, **other))[1] is None
    assert units(centre, told(2, "道路中心"), told(3, None)) == ["养护中心", "道路中心", None]


def test_a_code_tells_that_a_project_was_renamed_but_not_where_it_stands_beside_several_names() -> None:
    code = "11000022T000000391739"
    first, second = links(form("干部培训", year=2024, code=code), form("能力提升计划", year=2025, code=code))
    assert (second.project_key, second.method) == (first.project_key, "code")
    unit = [form(name, document="a", code="301007") for name in ("安保服务", "信息系统运维")]
    assert projects(*unit, form("房屋修缮", code="301007")) == 3


def test_narratives_without_a_name_are_known_by_their_goal() -> None:
    goal = "建成后作为社区事务受理和社区管理以及文化艺术活动场所"
    told = [form("", year=year, kind="project_narrative", goal=goal) for year in (2023, 2024)]
    assert projects(*told) == 1
    named = form("新建社区公共服务中心", year=2023, goal=goal)
    *found, first = links(*told, named)
    assert {(link.project_key, link.method, link.linked_form_id) for link in found} == {
        (first.project_key, "goal", named.form_id)
    }
    assert projects(*told, named, form("购置设备", year=2023, goal=goal)) == 3
    assert link_forms([form("", kind="project_narrative", goal="按时完成")], load_naming()) == []


def test_what_comes_later_changes_no_key() -> None:
    names = ["信息系统运维", "2025年信息系统运维项目", "房地产研究及宣传推介", "房地产研究和宣传推介", "办公用房"]
    forms = [form(name, year=2024 + n) for n, name in enumerate(names)]
    keys: dict[str, str] = {}
    for known in range(1, len(forms) + 1):
        now = {link.form_id: link.project_key for link in link_forms(forms[:known], load_naming())}
        assert keys.items() <= now.items()
        keys = now


def test_the_order_of_documents_does_not_matter() -> None:
    told = [("课题研究", "a", None), ("课题研究", "b", "1"), ("课题研究项目", "a", None), ("课题研究", "b", "2")]
    forms = [form(name, document=document, code=code) for name, document, code in told]
    found = {frozenset(link_forms(order, load_naming())) for order in permutations(forms)}
    assert len(found) == 1


NAMES = ["课题研究", "课题研究项目", "2024年课题研究", "房地产发展研究及推介", "房地产发展研究和推介"]
TOLD = st.tuples(
    st.sampled_from(NAMES),
    st.sampled_from("abc"),
    st.sampled_from([None, "1100001", "1100002"]),
    st.sampled_from([2024, 2025, None]),
)


@fuzz(50)
@given(st.lists(TOLD, max_size=8), st.randoms(use_true_random=False))
def test_links_do_not_depend_on_order(told: list[tuple[str, str, str | None, int | None]], random: Random) -> None:
    forms = [form(name, document=document, code=code, year=year) for name, document, code, year in told]
    mixed = random.sample(forms, len(forms))
    assert link_forms(forms, load_naming()) == link_forms(mixed, load_naming())


def rows(*forms: ProjectForm) -> list[Any]:
    found = link_forms(forms, load_naming())
    return project_years(forms, found, duplicates(forms, found))


def test_a_form_in_the_budgets_of_department_and_unit_counts_once() -> None:
    unit = form("安保服务", annual_total=Decimal(100), content="x", document_kind="unit_budget")
    department = form("安保服务", annual_total=Decimal(100), content="x")
    found = links(unit, department)
    assert duplicates([unit, department], found) == {unit.form_id: department.form_id}
    [row] = rows(unit, department)
    assert (row.amount_asked, row.duplicate_count, row.amounts_differ) == (100, 1, False)
    assert [f.form_id for f in row.forms] == sorted([unit.form_id, department.form_id])


def test_budgets_that_contradict_each_other_are_not_added_up() -> None:
    [row] = rows(
        form("安保服务", annual_total=Decimal(80), content="y", document_kind="unit_budget"),
        form("安保服务", annual_total=Decimal(100), content="x"),
    )
    assert (row.amount_asked, row.duplicate_count, row.amounts_differ) == (100, 0, True)


def test_shares_under_one_code_are_added_up_even_when_they_are_equal() -> None:
    shares = [form("外培计划", document="a", code="1100001", annual_total=Decimal(5), content="x") for _ in range(2)]
    [row] = rows(*shares)
    assert (row.amount_asked, row.duplicate_count) == (10, 0)
    [row] = rows(*(form("外培计划", document="b", annual_total=Decimal(5), content="x") for _ in range(2)))
    assert (row.amount_asked, row.duplicate_count) == (5, 1)


def test_a_year_joins_target_narrative_and_self_evaluation() -> None:
    target = form("安保服务", annual_total=Decimal(120), indicators=8, quantitative=3)
    narrative = form("安保服务", document=target.document_id, kind="project_narrative", annual_total=Decimal(120))
    evaluation = form(
        "安保服务项目",
        kind="self_evaluation",
        initial_budget=Decimal(120),
        adjusted_budget=Decimal(110),
        executed=Decimal(99),
        score=Decimal("96.5"),
        indicators=8,
        document_kind="final_accounts",
    )
    before = form("2024年安保服务", year=2024, kind="self_evaluation", initial_budget=Decimal(100))
    last, row = rows(target, narrative, evaluation, before)
    assert (last.fiscal_year, last.amount_asked, last.asked_from) == (2024, 100, "self_evaluation")
    assert (row.amount_asked, row.asked_from) == (120, "project_target")
    assert (row.amount_adjusted, row.amount_executed, row.self_evaluation_score) == (110, 99, Decimal("96.5"))
    assert (row.amount_change, row.amount_change_rate) == (20, 20)
    assert (row.indicator_count, row.quantitative_count, row.quantitative_share) == (8, 3, Decimal("37.5"))


def test_narratives_tell_what_stands_elsewhere_and_are_never_added_up() -> None:
    [row] = rows(*(form("运行经费", document="a", kind="project_narrative", annual_total=Decimal(5)) for _ in range(2)))
    assert (row.amount_asked, row.amounts_differ) == (5, False)
    [row] = rows(*(form("运行经费", document="a", kind="project_narrative", annual_total=Decimal(n)) for n in (5, 6)))
    assert (row.amount_asked, row.amounts_differ) == (None, True)


def test_no_change_without_the_year_before() -> None:
    first, second = rows(
        form("安保服务", year=2022, annual_total=Decimal(1)), form("安保服务", year=2024, annual_total=Decimal(2))
    )
    assert (first.amount_change, second.amount_change) == (None, None)
