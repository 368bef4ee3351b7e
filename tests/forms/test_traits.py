"""Forms with random content and one trait of real documents are read right."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.document.result import DocumentResult
from tests.documents import extract, indicators
from tests.fuzz import fuzz
from tests.generator.traits import (
    NAMES,
    TARGETS,
    WIDTH,
    Content,
    Sketch,
    amounts,
    begin,
    contents,
    put_funds,
    put_goal,
    put_indicators,
)

UNREAD = ("form.unread_text", "layout.unknown_label", "form.not_read")


def read(sketch: Sketch, title: str = "项目支出绩效目标表", above: str | None = None) -> DocumentResult:
    extraction = extract([sketch.page(title, above)])
    rules = [row["rule"] for row in extraction.tables["findings"]]
    assert not set(rules) & set(UNREAD)
    return extraction


def funds(extraction: DocumentResult) -> list[tuple[object, object, object]]:
    return [(row["scope"], row["source"], row["amount"]) for row in extraction.tables["funds"]]


def yuan(amount: Decimal) -> Decimal:
    return amount * 10_000


@fuzz(25)
@given(contents(), st.sampled_from((20.0, 24.0, 28.0)), st.integers(1, 2), st.sampled_from(("left", "centre")))
def test_heading_that_runs_into_its_neighbour(content: Content, narrow: float, first: int, align: str) -> None:
    sketch = begin(content)
    put_funds(sketch)
    put_goal(sketch, content)
    heads = ["一级指标", "二级指标", "三级指标", "指标值"]
    edges = [0.0, 110.0, 230.0, 400.0, WIDTH]
    edges[first] = edges[first - 1] + narrow  # the column of the first heading that runs over is narrow
    run = first - 1
    for n, ((x0, x1), text) in enumerate(zip(pairwise(edges), heads, strict=True)):
        if n == run:
            sketch.put(x0, x1, text + heads[n + 1], align="left", runs=True)
        else:
            sketch.put(x0, x1, "" if n == run + 1 else text)
    sketch.height += 1
    for row in content.indicators:
        sketch.row(tuple(edges), *row)
    assert indicators(read(sketch)) == content.indicators


@fuzz(25)
@given(
    contents(),
    st.integers(100, 999999),
    st.sampled_from(("{} {}", "{}{}", "{}（{}）", "{}-{}", "{} {}", "{1}{0}", "[{1}]{0}")),
)
def test_code_behind_or_before_a_department(content: Content, code: int, pattern: str) -> None:
    sketch = Sketch()
    sketch.row((0, 110, WIDTH), "项目名称", content.name)
    sketch.row((0, 110, WIDTH), "主管部门及代码", pattern.format(content.organ, code))
    put_funds(sketch)
    put_goal(sketch, content)
    put_indicators(sketch, content)
    (form,) = read(sketch).tables["forms"]
    assert (form["department"], form["department_code"]) == (content.organ, str(code))


@fuzz(25)
@given(contents(), st.sampled_from(("无", "/", "—", "——", "-", "空", "")))
def test_no_sign_and_no_unit_are_no_part_of_a_target(content: Content, none: str) -> None:
    sketch = begin(content)
    put_funds(sketch)
    put_goal(sketch, content)
    edges = (0.0, 80.0, 160.0, 320.0, 380.0, 450.0, WIDTH)
    sketch.row(edges, "一级指标", "二级指标", "三级指标", "指标性质", "指标值", "计量单位")
    for n, (*names, _) in enumerate(content.indicators):
        sketch.row(edges, *names, *((none, "及时", none) if n % 2 else ("≥", "12", "个")))
    if none in ("/", "—", "-"):
        sketch.row(edges, "效益指标", "经济效益指标", none, none, none, none)  # there is no indicator of it
    expected = [(*names, "及时" if n % 2 else "≥12个") for n, (*names, _) in enumerate(content.indicators)]
    assert indicators(read(sketch)) == expected


@fuzz(25)
@given(contents(), amounts(), amounts(), st.booleans(), st.sampled_from(("（万元）", "")))
def test_amounts_below_their_headings(
    content: Content, budget: Decimal, executed: Decimal, has_rate: bool, unit: str
) -> None:
    sketch = begin(content)
    sketch.put(0, 110, "预算执行情况" + ("" if unit else "（万元）"), rows=2)
    heads = [f"全年预算数（A）{unit}", f"全年执行数（B）{unit}"] + (["执行率（B/A）"] if has_rate else [])
    values = [str(budget), str(executed)] + ([f"{executed / budget * 100:.2f}%"] if has_rate else [])
    step = (WIDTH - 110) / len(heads)
    for n, (head, value) in enumerate(zip(heads, values, strict=True)):
        sketch.put(110 + n * step, 110 + (n + 1) * step, head)
        sketch.put(110 + n * step, 110 + (n + 1) * step, value, row=1)
    sketch.height += 2
    put_goal(sketch, content)
    put_indicators(sketch, content)
    extraction = read(sketch, "项目支出绩效自评表")
    assert funds(extraction) == [
        ("adjusted_budget", "total", yuan(budget)),
        ("executed", "total", yuan(executed)),
    ]


@fuzz(25)
@given(contents(), st.lists(amounts(), min_size=4, max_size=4), st.booleans())
def test_grid_of_amounts_with_two_rows_of_headings(content: Content, parts: list[Decimal], numbered: bool) -> None:
    fiscal = parts[0] + parts[1]
    lines = [
        ("合计", "total", fiscal + parts[2]),
        ("财政资金小计", "fiscal", fiscal),
        ("①中央财政资金", "fiscal", parts[0]),
        ("②省级财政资金", "fiscal", parts[1]),
        ("其他资金小计", "other", parts[2]),
    ]
    sketch = Sketch()
    sketch.row((0, 110, 300, 400, WIDTH), "部门名称", content.organ, "部门预算编码", "127")
    sketch.put(0, 60, "部门整体资金（万元）", rows=2 + len(lines))
    sketch.put(60, 150, "资金来源", rows=2)
    marks = ("①", "②", "③=①+②", "④", "⑤") if numbered else ("",) * 5
    edges = (150.0, 230.0, 300.0, 370.0, 450.0, WIDTH)
    for x0, x1, text in ((150.0, 370.0, "预算安排"), (370.0, WIDTH, "拨付情况")):
        sketch.put(x0, x1, text)
    heads = ("年初预算安排金额", "年中调整金额", "小计", "年度拨付金额", "支出实现率(%)")
    for (x0, x1), text, mark in zip(pairwise(edges), heads, marks, strict=True):
        sketch.put(x0, x1, text + mark, row=1)
    sketch.height += 2
    for label, _, amount in lines:
        rate = f"{(amount - Decimal('0.01')) / amount * 100:.2f}"
        cells = (f"{amount:,}", "0.00", f"{amount:,}", f"{amount - Decimal('0.01'):,}", rate)
        sketch.row((60, *edges), label, *cells)
    put_goal(sketch, content)
    put_indicators(sketch, content)
    extraction = read(sketch, "部门整体绩效自评表")
    assert funds(extraction) == [
        (scope, source, yuan(value))
        for _, source, amount in lines
        for scope, value in (
            ("initial_budget", amount),
            ("adjusted_budget", amount),
            ("executed", amount - Decimal("0.01")),
        )
    ]
    assert extraction.tables["forms"][0]["department_code"] == "127"
    assert not [row for row in extraction.tables["findings"] if str(row["rule"]).endswith("_sum")]


@fuzz(25)
@given(contents(), st.lists(amounts(), min_size=4, max_size=4), st.permutations(range(3)))
def test_spending_and_income_side_by_side(content: Content, parts: list[Decimal], order: list[int]) -> None:
    spending = [("基本支出", parts[0]), ("项目支出", parts[1]), ("事业发展性支出", parts[2])]
    spending = [spending[n] for n in order]
    total = sum((amount for _, amount in spending), Decimal(0))
    income = [("财政拨款", total - Decimal("0.01")), ("其他资金", Decimal("0.01")), ("", None)]
    sketch = Sketch()
    sketch.row((0, 110, WIDTH), "部门名称", content.organ)
    edges = (110, 210, 310, 410, WIDTH)
    sketch.put(0, 110, "预算整体情况", rows=5)
    sketch.row(edges, "部门预算支出", "预算金额（万元）", "收入来源", "预算金额（万元）")
    for (left, first), (right, second) in zip(spending, income, strict=True):
        sketch.row(edges, left, str(first), right, str(second) if second is not None else "")
    sketch.row(edges, "合计", str(total), "合计", str(total))
    put_goal(sketch, content)
    put_indicators(sketch, content)
    extraction = read(sketch, "部门整体预算绩效目标表")
    found = {(row["label"], row["amount"]) for row in extraction.tables["funds"]}
    expected = [*spending, ("财政拨款", income[0][1]), ("其他资金", income[1][1]), ("合计", total)]
    assert found == {(label, yuan(amount)) for label, amount in expected if amount is not None}
    assert extraction.tables["forms"][0]["annual_total"] == yuan(total)


@pytest.mark.parametrize("between", ["", "  ", "："])
@fuzz(20)
@given(contents())
def test_label_and_value_in_one_cell(between: str, content: Content) -> None:
    sketch = Sketch()
    sketch.row((0, WIDTH), f"项目名称{between}{content.name}")
    sketch.row((0, 260, WIDTH), f"主管部门{between}{content.organ}", f"项目类别{between}经常性项目")
    put_funds(sketch)
    put_goal(sketch, content)
    put_indicators(sketch, content)
    (form,) = read(sketch).tables["forms"]
    names = ("project_name", "department", "project_category")
    assert tuple(form[name] for name in names) == (content.name, content.organ, "经常性项目")


@fuzz(30)
@given(contents(), st.integers(1, 4), st.booleans())
def test_numbers_of_goals_are_part_of_them(content: Content, count: int, apart: bool) -> None:
    goals = [f"目标{n}：{content.goal}" for n in range(1, count + 1)]
    sketch = begin(content)
    put_funds(sketch)
    if apart:
        sketch.put(0, 110, "年度绩效目标", rows=count)
        for goal in goals:
            sketch.row((110, WIDTH), goal)
    else:
        sketch.row((0, 110, WIDTH), "年度绩效目标", "\n".join(goals))
    put_indicators(sketch, content)
    (form,) = read(sketch).tables["forms"]
    assert form["annual_goal"] == "".join(goals)


WHOLE_NUMBERS = st.integers(10, 99_999_999).map(str) | st.decimals(10, 99999, places=2).map(str) | st.just("0")


@fuzz(60)
@given(contents(), WHOLE_NUMBERS, WHOLE_NUMBERS, st.sampled_from((150.0, 250.0)))
def test_two_amounts_in_one_cell_are_no_amount(content: Content, one: str, other: str, width: float) -> None:
    assume("." not in one or other != "0")  # 12.50 0 is as much as 12.50
    sketch = begin(content)
    sketch.put(0, 110, "年度资金总额（万元）")
    sketch.put(110, 110 + width, f"{one}\n{other}", runs=True)
    sketch.put(110 + width, WIDTH, "")
    sketch.height += 1
    put_goal(sketch, content)
    put_indicators(sketch, content)
    extraction = extract([sketch.page()])
    assert [row["amount"] for row in extraction.tables["funds"]] == [None]
    (told,) = [row for row in extraction.tables["findings"] if row["rule"] == "funds.not_a_number"]
    assert one in str(told["message"]) and other in str(told["message"])


@fuzz(40)
@given(contents(), st.decimals(1000, 9_999_999, places=2), st.integers(4, 9))
def test_an_amount_that_a_narrow_cell_wraps_is_one(content: Content, amount: Decimal, characters: int) -> None:
    printed = f"{amount:,}"
    sketch = begin(content)
    sketch.put(0, 110, "年度资金总额（元）")
    lines = [printed[n : n + characters] for n in range(0, len(printed), characters)]
    left = 110 + characters * 5.2 + 8  # points; the next character would not fit
    sketch.put(110, left, "\n".join(lines), runs=True)
    sketch.put(left, WIDTH, "")
    sketch.height += 1
    put_goal(sketch, content)
    put_indicators(sketch, content)
    (fund,) = extract([sketch.page()]).tables["funds"]
    assert fund["amount"] == amount


@fuzz(60)
@given(contents(), st.permutations(NAMES), st.lists(st.sampled_from(TARGETS), min_size=2, max_size=4), st.data())
def test_lines_that_do_not_pair_are_told(
    content: Content, names: list[str], targets: list[str], data: st.DataObject
) -> None:
    count = data.draw(st.integers(2, 4))
    edges = (0.0, 110.0, 230.0, 400.0, WIDTH)
    sketch = begin(content)
    put_funds(sketch)
    put_goal(sketch, content)
    put_indicators(sketch, content)
    sketch.row(edges, "满意度指标", "服务对象满意度指标", "\n".join(names[:count]), "\n".join(targets))
    extraction = extract([sketch.page()])
    read_rows = indicators(extraction)
    if read_rows[len(content.indicators) :] != [
        ("满意度指标", "服务对象满意度指标", name, target) for name, target in zip(names[:count], targets, strict=False)
    ]:
        assert "indicators.several" in [row["rule"] for row in extraction.tables["findings"]]


@fuzz(60)
@given(
    contents(),
    st.text(st.sampled_from("修缮里程巡查次数完成验收合格率，、"), min_size=20, max_size=60),
    st.text(st.sampled_from("按照合同约定完成验收及时有所提高，。"), min_size=13, max_size=60),
)
def test_wrapped_texts_are_one_indicator(content: Content, name: str, target: str) -> None:
    sketch = begin(content)
    put_funds(sketch)
    put_goal(sketch, content)
    sketch.row((0.0, 110.0, 230.0, 400.0, WIDTH), "一级指标", "二级指标", "三级指标", "指标值")
    sketch.row((0.0, 110.0, 230.0, 400.0, WIDTH), "产出指标", "数量指标", name, target)
    extraction = extract([sketch.page()])
    assert "indicators.several" not in [row["rule"] for row in extraction.tables["findings"]]
    assert len(extraction.tables["indicators"]) == 1
