"""One form a project: found, joined over page breaks, and read into rows, however it is cut and placed."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.pages.readers import PRIMARY
from pipeline.run.read_document import read_document
from tests.documents import (
    FORM,
    SAMPLE,
    SAMPLE_READERS,
    column,
    extract,
    extract_form,
    indicators,
    on_one_page,
    rows_of,
    table_of,
    with_rows_on_top,
)
from tests.fuzz import fuzz
from tests.generator.cutting import VISIBLE_CUTS, CutText, cut_table, stretch_row
from tests.generator.drawing import DrawnPage, DrawnText, Producer, ruled_table
from tests.generator.forms import FormContent, FormLayout, lay_out

OTHER = replace(
    FORM,
    header=(("项目名称", "居家照护补贴", "项目类别", "一次性项目"), *FORM.header[1:]),
    rows=(
        ("产出指标", "数量指标", "补贴人数", "=200人"),
        ("产出指标", "质量指标", "发放准确率", "=100%"),
        ("效益指标", "社会效益指标", "照护质量", "提高"),
    ),
)
TITLE = DrawnText(297, 0, FORM.title, "centre", 14)
YEAR = DrawnText(297, 0, FORM.year, "centre")
PRINTED = list(FORM.rows)


def test_values_of_a_form() -> None:
    extraction = extract_form(FORM)
    (form,) = extraction.tables["forms"]
    expected = {
        "form_kind": "project_target",
        "layout": "shanghai-district-target",
        "title": "财政项目支出绩效目标申报表",
        "fiscal_year": 2023,
        "project_name": "老年人助餐服务",
        "project_category": "经常性项目",
        "department": "崇明区民政局",
        "implementing_unit": "崇明区养老服务中心",
        "amount_unit": "元",
        "lifetime_goal": FORM.goals[0],
        "annual_goal": FORM.goals[1],
        "lifetime_total": Decimal("800000.00"),
        "lifetime_fiscal": Decimal("750000.00"),
        "lifetime_other": Decimal("50000.00"),
        "annual_total": Decimal("800000.00"),
        "annual_fiscal": Decimal("700000.00"),
        "annual_carryover": Decimal("50000.00"),
        "annual_other": Decimal("50000.00"),
    }
    assert {name: form[name] for name in expected} == expected
    assert indicators(extraction) == PRINTED
    assert extraction.tables["findings"] == []


def test_fund_lines_are_printed_lines() -> None:
    lines = [(row["scope"], row["source"], row["label"]) for row in rows_of(extract_form(FORM), "funds")]
    assert lines == [
        ("lifetime", "total", "项目资金总额"),
        ("annual", "total", "年度资金申请总额"),
        ("lifetime", "fiscal", "其中：财政资金"),
        ("annual", "fiscal", "其中：当年财政拨款"),
        ("annual", "carryover", "上年结转资金"),
        ("lifetime", "other", "其他资金"),
        ("annual", "other", "其他资金"),
    ]


@pytest.mark.parametrize(
    ("above", "title"),
    [
        ("某市公共卫生中心（新址）", "某市公共卫生中心（新址）建设项目支出绩效目标表"),
        ("（2023年度）", "建设项目支出绩效目标表"),
        ("附件1", "建设项目支出绩效目标表"),
    ],
)
def test_title_of_two_lines(above: str, title: str) -> None:
    lines = (DrawnText(297, 20, above, "centre", 14), DrawnText(297, 38, "建设项目支出绩效目标表", "centre", 14))
    page = on_one_page(table_of(FORM))
    (form,) = rows_of(extract([replace(page, texts=lines)]), "forms")
    assert form["title"] == title


@pytest.mark.parametrize("repeat_title", [False, True])
@pytest.mark.parametrize("cut_text", VISIBLE_CUTS)
@pytest.mark.parametrize("breaks", [(1,), (3,), (4,), (6,), (2, 5)])
def test_form_cut_by_page_breaks(breaks: tuple[int, ...], cut_text: CutText, repeat_title: bool) -> None:
    extraction = extract_form(FORM, FormLayout(breaks=breaks, cut_text=cut_text, repeat_title=repeat_title))
    (form,) = extraction.tables["forms"]
    assert (form["page_first"], form["page_last"]) == (1, len(breaks) + 1)
    assert indicators(extraction) == PRINTED


def test_level_1_printed_on_the_page_after_its_first_row() -> None:
    """效益指标 begins with the only row of page 2 and is printed on page 3."""
    assert indicators(extract_form(FORM, FormLayout(breaks=(4, 5), cut_text=CutText.LAST))) == PRINTED


def test_long_form_breaks_where_the_page_is_full() -> None:
    rows = tuple((*row[:2], f"{row[2]}{number}", row[3]) for row in FORM.rows for number in range(12))
    extraction = extract_form(replace(FORM, rows=rows))
    assert column(extraction, "forms", "page_last") == [3]
    assert indicators(extraction) == list(rows)


def test_rows_know_their_page() -> None:
    extraction = extract_form(FORM, FormLayout(breaks=(3, 5)))
    assert column(extraction, "indicators", "page") == [1, 1, 1, 2, 2, 3, 3]


@pytest.mark.parametrize("count", [1, 2])
def test_form_with_few_rows(count: int) -> None:
    assert indicators(extract_form(replace(FORM, rows=FORM.rows[:count]))) == PRINTED[:count]


@pytest.mark.parametrize("count", [1, 2])
def test_form_with_few_rows_before_the_page_break(count: int) -> None:
    assert indicators(extract_form(FORM, FormLayout(breaks=(count,)))) == PRINTED


def test_two_forms_on_one_page() -> None:
    page = on_one_page(TITLE, YEAR, table_of(FORM), 20, TITLE, YEAR, table_of(OTHER))
    extraction = extract([page])
    assert column(extraction, "forms", "project_name") == ["老年人助餐服务", "居家照护补贴"]
    assert [indicators(extraction, number) for number in (1, 2)] == [PRINTED, list(OTHER.rows)]


@pytest.mark.parametrize("gap", [0.0, 15.0], ids=["touching", "apart"])
def test_second_form_without_title(gap: float) -> None:
    extraction = extract([on_one_page(TITLE, YEAR, table_of(FORM), gap, table_of(OTHER))])
    assert column(extraction, "forms", "project_name") == ["老年人助餐服务", "居家照护补贴"]
    assert [indicators(extraction, number) for number in (1, 2)] == [PRINTED, list(OTHER.rows)]


def test_second_form_begins_below_the_spilled_rows_of_the_first() -> None:
    first, second = cut_table(table_of(FORM), [len(table_of(FORM).row_heights) - 1], CutText.FIRST, 0)
    pages = [on_one_page(TITLE, YEAR, first), on_one_page(second, 20, TITLE, YEAR, table_of(OTHER))]
    extraction = extract(pages)
    assert [indicators(extraction, number) for number in (1, 2)] == [PRINTED, list(OTHER.rows)]
    assert [(form["page_first"], form["page_last"]) for form in extraction.tables["forms"]] == [(1, 2), (2, 2)]


def test_form_after_form_on_pages_of_their_own() -> None:
    extraction = extract([*lay_out(FORM, FormLayout(breaks=(3,))), *lay_out(OTHER), *lay_out(FORM)])
    names = ["老年人助餐服务", "居家照护补贴", "老年人助餐服务"]
    assert column(extraction, "forms", "project_name") == names
    assert [(form["page_first"], form["page_last"]) for form in extraction.tables["forms"]] == [(1, 2), (3, 3), (4, 4)]
    assert column(extraction, "forms", "form_no") == [1, 2, 3]


def test_empty_template_is_no_form() -> None:
    template = replace(
        FORM,
        year="（年度）",
        header=tuple((label, "", right, "") for label, _, right, _ in FORM.header),
        funds=tuple((label, label and "", right, "") for label, _, right, _ in FORM.funds),
        goals=("", ""),
        rows=(("产出指标", "数量指标", "......", ""), ("产出指标", "质量指标", "......", "")),
    )
    extraction = extract([*lay_out(FORM), *lay_out(template)])
    assert column(extraction, "forms", "project_name") == ["老年人助餐服务"]
    assert extraction.document["status"] == "ok"


@pytest.mark.parametrize("reader", PRIMARY)
def test_title_and_year_in_the_table(reader: str) -> None:
    table = with_rows_on_top(table_of(FORM), "项目支出绩效目标表", "（2024年度）")
    extraction = extract([on_one_page(table)], reader=reader)
    (form,) = extraction.tables["forms"]
    assert (form["title"], form["fiscal_year"]) == ("项目支出绩效目标表", 2024)
    assert indicators(extraction) == PRINTED


def test_two_forms_with_titles_in_one_table_each() -> None:
    tables = [with_rows_on_top(table_of(form), "项目支出绩效目标表", "（2024年度）") for form in (FORM, OTHER)]
    extraction = extract([on_one_page(*tables)])
    assert column(extraction, "forms", "project_name") == ["老年人助餐服务", "居家照护补贴"]
    assert column(extraction, "forms", "fiscal_year") == [2024, 2024]


def test_goal_in_several_boxes_below_its_heading() -> None:
    rows = (
        ("项目名称", "助餐服务"),
        ("总体目标", "年度目标"),
        (None, "目标1：吃上热饭"),
        (None, "目标2：吃上好饭"),
        ("三级指标", "指标值"),
        ("人数", "≥5人"),
    )
    extraction = extract([on_one_page(TITLE, ruled_table(rows, (80, 200)))])
    assert column(extraction, "forms", "annual_goal") == ["目标1：吃上热饭目标2：吃上好饭"]
    assert indicators(extraction) == [(None, None, "人数", "≥5人")]


def test_goal_cut_by_the_page_break() -> None:
    """The goal row ends on the next page, in the middle of a sentence."""
    table = table_of(FORM)
    goals = next(cell.row for cell in table.cells if cell.text.startswith("让老年人"))
    parts = cut_table(stretch_row(table, goals, 30), [goals + 1], CutText.SPLIT, 0)
    extraction = extract([on_one_page(TITLE, YEAR, parts[0]), on_one_page(parts[1])])
    (form,) = extraction.tables["forms"]
    assert (form["lifetime_goal"], form["annual_goal"]) == FORM.goals
    assert indicators(extraction) == PRINTED


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("市行政中心保安服务项目绩效目标表", "市行政中心保安服务"),
        ("301007_市机关事务管理局_食堂运转项目绩效目标表", "食堂运转"),
        ("2026年项目支出绩效目标表", None),
        ("部门预算项目支出绩效目标申报表", None),
    ],
)
def test_name_that_only_the_title_prints(title: str, name: str | None) -> None:
    unnamed = replace(FORM, title=title, header=(("主管部门", "崇明区民政局", "项目类别", "经常性项目"),))
    (form,) = extract_form(unnamed).tables["forms"]
    assert form["project_name"] == name


def test_unit_in_a_cell_of_its_own() -> None:
    """A converter divides 项目资金（万元）: the unit stands in a cell without any label."""
    table = table_of(FORM)
    cells = tuple(replace(c, text="（万元）") if c.text.startswith("项目资金\n") else c for c in table.cells)
    assert cells != table.cells
    (form,) = extract([on_one_page(TITLE, YEAR, replace(table, cells=cells))]).tables["forms"]
    assert (form["amount_unit"], form["annual_total"]) == ("万元", Decimal(8_000_000_000))


def test_head_and_goals_on_different_pages() -> None:
    """The first page holds names and money alone; only its title says that it is a form."""
    table = table_of(FORM)
    goals = min(cell.row for cell in table.cells if "目标" in cell.text)
    head, rest = cut_table(table, [goals], CutText.FIRST, 0)
    extraction = extract([on_one_page(TITLE, YEAR, head), on_one_page(rest)])
    (form,) = extraction.tables["forms"]
    assert (form["project_name"], form["page_first"], form["page_last"]) == ("老年人助餐服务", 1, 2)
    assert (form["lifetime_goal"], form["annual_goal"]) == FORM.goals
    assert indicators(extraction) == PRINTED


def test_layout_that_only_the_second_page_tells() -> None:
    names = ruled_table((("项目名称", "水库移民扶持"), ("当年预算", "12,700.00"), ("项目概况", "扶持移民")), (120, 480))
    heads = ("指标名称", "指标性质", "指标值", "计量单位", "指标权重(%)", "是否核心")
    rows = ruled_table((heads, ("受益移民", "≥", "26", "万人", "90", "是")), (100,) * 6)
    title = DrawnText(340, 0, "2026年市级重点专项资金绩效目标表（一级项目）", "centre", 14)
    pages = [on_one_page(title, names, width=700), on_one_page(rows, width=700)]
    (form,) = extract(pages).tables["forms"]
    assert (form["layout"], form["page_first"], form["page_last"]) == ("chongqing-flat", 1, 2)


def test_form_without_a_year_takes_the_documents() -> None:
    cover = DrawnPage(texts=(DrawnText(297, 200, "崇明区民政局2024年部门预算", "centre", 20),))
    extraction = extract([cover, *lay_out(replace(FORM, year=""))])
    (form,) = extraction.tables["forms"]
    (evidence,) = (row for row in extraction.tables["evidence"] if row["field"] == "fiscal_year")
    assert form["fiscal_year"] == extraction.document["fiscal_year"] == 2024
    assert (evidence["method"], evidence["page"]) == ("inferred", 1)


def test_the_forms_own_year_wins() -> None:
    cover = DrawnPage(texts=(DrawnText(297, 200, "崇明区民政局2024年部门预算", "centre", 20),))
    extraction = extract([cover, *lay_out(FORM)])
    assert (extraction.document["fiscal_year"], column(extraction, "forms", "fiscal_year")) == (2024, [2023])


def test_document_without_forms_is_a_good_result() -> None:
    page = DrawnPage(texts=(DrawnText(40, 60, "一、部门主要职能"), DrawnText(40, 80, "本部门负责全区养老服务。")))
    extraction = extract([page])
    assert (extraction.document["status"], extraction.document["form_count"]) == ("ok", 0)
    assert extraction.tables["forms"] == []


def test_budget_table_is_no_form() -> None:
    page = on_one_page(
        DrawnText(40, 0, "财务收支预算总表"),
        replace(table_of(FORM), cells=tuple(c for c in table_of(FORM).cells if c.row < 7 and not c.vertical)),
    )
    assert extract([page]).tables["forms"] == []


def test_level_cells_repeated_on_every_row() -> None:
    """Equal neighbours are merged by the generator, so a blank makes each cell a cell of its own."""
    rows = tuple((row[0] + " " * number, row[1] + " " * number, *row[2:]) for number, row in enumerate(FORM.rows))
    assert indicators(extract_form(replace(FORM, rows=rows))) == PRINTED


def test_label_row_without_indicator_is_no_indicator() -> None:
    rows = (("成本指标", "社会成本指标", "", ""), *FORM.rows)
    assert indicators(extract_form(replace(FORM, rows=rows))) == PRINTED


def test_level_1_is_inferred_only_where_it_is_not_printed() -> None:
    rows = (("", "生态环境成本指标", "能耗", "≤5%"), *FORM.rows)
    first, *rest = rows_of(extract_form(replace(FORM, rows=rows)), "indicators")
    assert (first["level1"], first["level1_code"], first["level_inferred"]) == (None, "cost", True)
    assert not any(row["level_inferred"] for row in rest)


def test_self_evaluation() -> None:
    form = replace(
        FORM,
        title="项目支出绩效自评表",
        columns=("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因"),
        rows=(
            ("产出指标", "数量指标", "助餐人数", "≥900人", "880人", "50", "49.5", "天气"),
            ("产出指标", "质量指标", "合格率", "=100%", "100%", "30", "30", "无"),
            ("产出指标", "时效指标", "及时性", "及时", "及时", "20", "20", "无"),
        ),
    )
    extraction = extract_form(form)
    assert column(extraction, "forms", "form_kind") == ["self_evaluation"]
    names = ("level3", "target", "actual", "actual_value", "weight", "score", "deviation_reason")
    assert [[row[name] for name in names] for row in rows_of(extraction, "indicators")] == [
        ["助餐人数", "≥900人", "880人", Decimal(880), Decimal(50), Decimal("49.5"), "天气"],
        ["合格率", "=100%", "100%", Decimal(100), Decimal(30), Decimal(30), "无"],
        ["及时性", "及时", "及时", None, Decimal(20), Decimal(20), "无"],
    ]


@pytest.mark.parametrize("reader", SAMPLE_READERS)
def test_the_sample(reader: str) -> None:
    extraction = read_document(SAMPLE, reader)
    assert extraction.document["status"] == "ok"
    assert [len(indicators(extraction, number)) for number in range(1, 8)] == [8, 9, 9, 10, 11, 11, 12]
    assert column(extraction, "forms", "page_first") == [1, 2, 3, 4, 6, 8, 9]
    assert column(extraction, "forms", "page_last") == [1, 2, 3, 5, 7, 8, 10]
    for spilled in (4, 5, 7):
        assert indicators(extraction, spilled)[-1][:2] == ("满意度指标", "服务对象满意度指标")
    assert "error" not in column(extraction, "findings", "severity")


NAMES = st.text("老年人助餐服务点位数量合格及时完成情况提升1239", min_size=2, max_size=30).map("项".__add__)
TARGETS = (">=95%", "=100%", "≤65万元", "及时", "规范", "≥13459.00(平方米)", "2023年12月底前完成", "健全和有效")
LEVELS = (
    ("成本指标", "经济成本指标"),
    ("产出指标", "数量指标"),
    ("产出指标", "质量指标"),
    ("产出指标", "时效指标"),
    ("效益指标", "经济效益指标"),
    ("效益指标", "社会效益指标"),
    ("效益指标", "可持续影响指标"),
    ("满意度指标", "服务对象满意度指标"),
)


@st.composite
def forms(draw: st.DrawFn) -> FormContent:
    """Levels in their usual order, each with any number of indicators."""
    levels = sorted(draw(st.lists(st.sampled_from(LEVELS), min_size=1, max_size=25)), key=LEVELS.index)
    return replace(FORM, rows=tuple((*pair, draw(NAMES), draw(st.sampled_from(TARGETS))) for pair in levels))


@st.composite
def layouts(draw: st.DrawFn, rows: int) -> FormLayout:
    """Pages high enough that only the breaks drawn here cut the form.

    With three pages, nobody can tell to which neighbour a cell belongs that is blank on the whole second page: texts
    printed in the middle or at the end are cut once.
    """
    cut_text = draw(st.sampled_from(VISIBLE_CUTS))
    most = 1 if cut_text in (CutText.LAST, CutText.MIDDLE) else 3
    return FormLayout(
        page_width=draw(st.sampled_from((595, 842))),
        page_height=2000,
        row_height=draw(st.integers(18, 40)),
        breaks=tuple(sorted(draw(st.sets(st.integers(1, rows), max_size=most)) - {rows})),
        cut_text=cut_text,
        repeat_title=draw(st.booleans()),
    )


@fuzz(25)
@given(st.data(), forms(), st.sampled_from(Producer))
def test_drawn_form_is_read_back(data: st.DataObject, form: FormContent, producer: Producer) -> None:
    extraction = extract(lay_out(form, data.draw(layouts(len(form.rows)))), producer)
    (read,) = extraction.tables["forms"]
    assert (read["project_name"], read["annual_goal"]) == (FORM.header[0][1], FORM.goals[1])
    assert indicators(extraction) == list(form.rows)
