"""Landscape lists of provinces: levels as rows of their own, names repeated on every row or page, no amounts."""

from collections.abc import Sequence

import pytest

from pipeline.document.result import DocumentResult
from tests.documents import column, extract, on_one_page, others
from tests.generator.cutting import CutText, cut_table
from tests.generator.drawing import DrawnCell, DrawnText
from tests.generator.spans import Row, merged_table
from tests.layouts import cells, read

# Yunnan, 部门项目支出绩效目标05-2: the header begins in row 3, then the columns are numbered
HEAD: tuple[Row, ...] = (
    ("2024年部门项目支出绩效目标表", *[...] * 8),
    ("单位名称：云南省某某局", *[...] * 8),
    ("单位名称、项目名称", "项目年度绩效目标", "绩效指标", *[...] * 6),
    (None, None, "一级指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位", "指标属性"),
    tuple("123456789"),
)
WIDTHS = (120, 140, 70, 80, 110, 60, 60, 60, 70)
UNIT, FIRST, SECOND = "云南省某某局", "乡村振兴经费", "信息化运维"
GOALS = {FIRST: "完成十个示范村建设。", SECOND: "系统稳定运行。"}
INDICATORS = {
    FIRST: (
        ("产出指标", "数量指标", "示范村数量", "=", "10", "个", "定量指标"),
        ("产出指标", "数量指标", "培训人次", ">=", "200", "人次", "定量指标"),
        ("产出指标", "质量指标", "验收合格率", "=", "100", "%", "定量指标"),
        ("效益指标", "社会效益指标", "村容村貌", "=", "改善", "", "定性指标"),
    ),
    SECOND: (
        ("产出指标", "时效指标", "故障响应", "<=", "2", "小时", "定量指标"),
        ("满意度指标", "服务对象满意度指标", "使用者满意度", ">=", "90", "%", "定量指标"),
    ),
}
PRINTED = {name: [(*row[:3], "".join(row[3:6])) for row in rows] for name, rows in INDICATORS.items()}


def level_rows(level_columns: tuple[int, int]) -> list[list[str]]:
    """Unit, project and goal, and levels on rows of their own, level 1 and level 2 in the columns given."""
    rows = [[UNIT]]
    for name, indicators in INDICATORS.items():
        rows.append([name, GOALS[name]])
        above: tuple[str, ...] = ("", "")
        for indicator in indicators:
            if indicator[0] != above[0]:
                rows.append([""] * level_columns[0] + [indicator[0]])
            if indicator[:2] != above:
                rows.append([""] * level_columns[1] + [indicator[1]])
            rows.append([""] * 4 + list(indicator[2:]))
            above = indicator[:2]
    return [row + [""] * (len(WIDTHS) - len(row)) for row in rows]


def pages(rows: Sequence[Row], breaks: Sequence[int], repeat_head: bool) -> DocumentResult:
    """The list broken before the given rows of its body."""
    parts = cut_table(merged_table(rows, WIDTHS, least=20), breaks, CutText.FIRST, 0)
    head = merged_table(HEAD, WIDTHS)
    return extract([on_one_page(*([head] if not n or repeat_head else []), p, width=900) for n, p in enumerate(parts)])


def assert_both(extraction: DocumentResult) -> None:
    assert column(extraction, "forms", "project_name") == [FIRST, SECOND]
    assert column(extraction, "forms", "implementing_unit") == [UNIT, UNIT]
    assert column(extraction, "forms", "annual_goal") == list(GOALS.values())
    assert [cells(extraction, form_no=number) for number in (1, 2)] == list(PRINTED.values())


IN_COLUMNS, IN_THE_FIRST_COLUMN = (2, 3), (0, 0)


@pytest.mark.parametrize("level_columns", [IN_COLUMNS, IN_THE_FIRST_COLUMN])
def test_levels_as_rows(level_columns: tuple[int, int]) -> None:
    extraction = pages(level_rows(level_columns), (), False)
    assert_both(extraction)
    assert column(extraction, "forms", "title") == ["2024年部门项目支出绩效目标表"] * 2
    assert column(extraction, "forms", "fiscal_year") == [2024, 2024]


@pytest.mark.parametrize("repeat_head", [False, True])
@pytest.mark.parametrize("before_row", range(1, 16))
@pytest.mark.parametrize("level_columns", [IN_COLUMNS, IN_THE_FIRST_COLUMN])
def test_levels_as_rows_over_pages(level_columns: tuple[int, int], before_row: int, repeat_head: bool) -> None:
    """The page may end between a level and what stands below it."""
    assert_both(pages(level_rows(level_columns), (before_row,), repeat_head))


@pytest.mark.parametrize("repeat_head", [False, True])
def test_page_that_holds_nothing_but_levels(repeat_head: bool) -> None:
    assert_both(pages(level_rows(IN_THE_FIRST_COLUMN), (2, 4), repeat_head))


def test_level_that_has_the_name_of_another_is_told_by_its_indent() -> None:
    """成本指标 is a level 1 of the scheme of 2021 and a level 2 below 产出指标 in that of 2015."""
    rows = [
        [SECOND, GOALS[SECOND]],
        ["产出指标"],
        ["成本指标"],
        ["", "", "", "", "费用", "<=", "5", "万元"],
        ["成本指标"],
        ["", "", "", "", "碳排放", "<=", "3", "吨"],
    ]
    texts = [row + [""] * (len(WIDTHS) - len(row)) for row in rows]
    table = merged_table((*HEAD, *texts), WIDTHS)
    indents = {len(HEAD) + 1: 0, len(HEAD) + 2: 12, len(HEAD) + 4: 0}
    drawn = tuple(c for c in table.cells if c.row not in indents or c.column)
    blank = tuple(DrawnCell(row, 0) for row in indents)
    page = on_one_page(type(table)(table.x, 0, table.column_widths, table.row_heights, drawn + blank), width=900)
    tops = page.tables[0].rows
    names = {row: str(texts[row - len(HEAD)][0]) for row in indents}
    labels = tuple(DrawnText(46 + indent, tops[row] + 4, names[row]) for row, indent in indents.items())
    extraction = extract([type(page)(page.width, page.height, labels, page.tables)])
    assert cells(extraction) == [
        ("产出指标", "成本指标", "费用", "<=5万元"),
        ("成本指标", None, "碳排放", "<=3吨"),
    ]


REPEATED_HEAD = (
    *("单位名称", "项目名称", "年度目标", "一级指标", "二级指标", "三级指标"),
    *("指标性质", "指标值", "度量单位", "权重", "指标方向性"),
)
REPEATED_WIDTHS = (60, 70, 90, 60, 60, 70, 50, 50, 50, 40, 60)
MEALS = ("市民政局", "助餐服务", "让老年人吃上热饭。")
CARE = ("市民政局", "照护补贴", "按月发放。")
REPEATED = (
    (*MEALS, "产出指标", "数量指标", "助餐人数", "≥", "1000", "人", "50", "正向指标"),
    (*MEALS, "产出指标", "质量指标", "合格率", "＝", "100", "%", "40", "正向指标"),
    (*CARE, "产出指标", "时效指标", "发放时间", "≤", "10", "日", "90", "反向指标"),
)
TITLE = "2024年项目支出绩效目标表"


def assert_repeated(extraction: DocumentResult) -> None:
    assert column(extraction, "forms", "implementing_unit") == ["市民政局"] * 2
    assert column(extraction, "forms", "project_name") == ["助餐服务", "照护补贴"]
    assert column(extraction, "forms", "annual_goal") == [MEALS[2], CARE[2]]
    read_rows = [cells(extraction, "level3", "target", "weight", form_no=number) for number in (1, 2)]
    assert read_rows == [[("助餐人数", "≥1000人", 50), ("合格率", "＝100%", 40)], [("发放时间", "≤10日", 90)]]


def test_name_and_goal_on_every_row() -> None:
    """Neither a merged cell nor a blank one says that two rows are one project: only the texts do."""
    assert_repeated(read(TITLE, (REPEATED_HEAD, *REPEATED), REPEATED_WIDTHS))


@pytest.mark.parametrize("before_row", [1, 2])
@pytest.mark.parametrize("repeat_head", [False, True])
def test_name_and_goal_on_every_row_and_page(before_row: int, repeat_head: bool) -> None:
    head, body = merged_table((REPEATED_HEAD,), REPEATED_WIDTHS), merged_table(REPEATED, REPEATED_WIDTHS, least=30)
    first, second = cut_table(body, (before_row,), CutText.EVERY, 0)
    title = DrawnText(40, 0, TITLE)
    on_second = [head] if repeat_head else []
    assert_repeated(extract([on_one_page(title, head, first, width=780), on_one_page(*on_second, second, width=780)]))


def test_projects_of_one_name_and_several_amounts_stay_apart() -> None:
    rows: tuple[Row, ...] = (
        ("项目名称", "资金总额", "绩效目标", "一级指标", "二级指标", "三级指标", "指标值"),
        ("培训", "80", "办班。", "产出指标", "数量指标", "班数", "≥2期"),
        ("培训", "20", "办班。", "产出指标", "数量指标", "班数", "≥1期"),
    )
    extraction = read(TITLE, rows, (80, 60, 90, 70, 80, 90, 70), "单位：万元")
    assert column(extraction, "forms", "annual_total") == [800_000, 200_000]


def test_target_beside_the_years_before() -> None:
    """指标值 over 前年, 上年 and 预计当年实现: only the last is what the year is to reach."""
    rows: tuple[Row, ...] = (
        ("项目名称", "年度目标", "一级指标", "二级指标", "三级指标", "指标值", ..., ..., "目标值确定依据"),
        (None, None, None, None, None, "前年", "上年", "预计当年实现", None),
        ("学生资助", "资助到位。", "产出指标", "数量指标", "资助人数", "800人", "900人", "≥1000人", "学籍"),
        (None, None, None, "质量指标", "准确率", "98%", "99%", "100%", "台账"),
    )
    extraction = read(TITLE, rows, (80, 90, 60, 70, 80, 50, 50, 80, 80))
    assert cells(extraction) == [
        ("产出指标", "数量指标", "资助人数", "≥1000人"),
        ("产出指标", "质量指标", "准确率", "100%"),
    ]
    assert others(extraction) >= {("前年", "800人"), ("前年", "98%"), ("上年", "99%")}
