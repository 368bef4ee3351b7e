"""Layouts and labels that nobody has listed: what their headings, places and the patterns of labels say."""

import shutil
from pathlib import Path

import pytest

import schemas
from pipeline.dictionaries import load_knowledge
from pipeline.errors import KnowledgeError
from pipeline.forms.dictionary import guesses, likely, meanings
from pipeline.forms.inline_labels import amounts_in, labelled_parts
from pipeline.forms.roles import Means
from tests.documents import extract, indicators, on_one_page
from tests.generator.cutting import CutText, cut_table
from tests.generator.drawing import DrawnText
from tests.generator.spans import merged_table
from tests.layouts import cells, funds, only_form, read, rules, table, yuan

KNOWLEDGE = load_knowledge()
WIDTHS = (80, 90, 110, 90, 90)
TITLE = "项目支出绩效目标表"
ROWS = """
    绩效指标 | 一级指标   | 二级指标           | 三级指标     | 指标值
    ^        | 产出指标   | 数量指标           | 助餐人数     | ≥1000人
    ^        | 满意度指标 | 服务对象满意度指标 | 老年人满意度 | ≥95%
"""
READ = [("产出指标", "数量指标", "助餐人数", "≥1000人"), ("满意度指标", "服务对象满意度指标", "老年人满意度", "≥95%")]
HEAD = "项目名称 | 助餐 | < | 项目主管局 | 某市民政局\n"


@pytest.mark.parametrize(
    ("text", "means", "attribute", "value"),
    [
        ("省级预算部门名称", "field", "field", "department"),
        ("项目责任主体（盖章）", "field", "field", "implementing_unit"),
        ("项目服务期限", "field", "field", "period"),
        ("预算资金总额", "fund", "source", "total"),
        ("纳入财政专户管理的收入：", "fund", "source", "special_account"),
        ("未纳入财政专户管理的收入：", "fund", "source", "other"),
        ("中央专项彩票公益金补助", "fund", "source", "fiscal"),
        ("以前年度结转资金", "fund", "source", "carryover"),
        ("2026年度目标", "goal", "scope", "annual"),
        ("项目中长期发展目标", "goal", "scope", "lifetime"),
        ("目标具体完成情况", "goal_actual", "scope", None),
        ("绩效目标值", "column", "column", "target"),
        ("全年实际完成数", "column", "column", "actual"),
        ("设定满分（90分）", "column", "column", "weight"),
    ],
)
def test_label_that_only_a_pattern_knows(text: str, means: Means, attribute: str, value: str | None) -> None:
    assert meanings(KNOWLEDGE, text) == {}
    assert getattr(likely(KNOWLEDGE, text)[means], attribute) == value


def test_pattern_below_a_heading_counts_only_there() -> None:
    assert guesses(KNOWLEDGE, "中期", under="target")["column"].column == "lifetime_target"
    assert "column" not in guesses(KNOWLEDGE, "中期")


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ('means = "fund"\nsource = "total"\nmatch = "("', "is no pattern"),
        ('means = "fund"\nsource = "none"\nmatch = "资金"', "source = 'none'"),
        ('means = "goal"\nmatch = "目标"\nunder = "nothing"', "under is a column"),
        ('means = "goal"', "needs a match"),
    ],
)
def test_pattern_that_is_wrong(entry: str, says: str, tmp_path: Path) -> None:
    assert schemas.__file__ is not None
    folder = Path(shutil.copytree(Path(schemas.__file__).parent, tmp_path / "schemas"))
    with (folder / "label_patterns.toml").open("a", encoding="utf-8") as stream:
        stream.write(f"\n[[pattern]]\n{entry}\n")
    with pytest.raises(KnowledgeError, match=says):
        load_knowledge(folder)


def test_labels_of_money_among_others_and_a_heading_among_others() -> None:
    money = """
    资金投入（万元） | 预算资金总额 | < | 120 | <
    ^ | 其中：财政拨款     | < | 100 | <
    ^ | 企业自主投入资金   | < | 20  | <
    项目服务期限 | 2026年1月1日至2026年12月31日 | < | < | <
    2026年度目标 | 让老年人吃上热饭。 | < | < | <
    """
    rows = table(HEAD + money + ROWS.replace("| 指标值", "| 绩效目标值"))
    extraction = read(TITLE, rows, WIDTHS)
    form = only_form(extraction)
    assert (form["department"], form["annual_goal"], str(form["end_date"])) == (
        "某市民政局",
        "让老年人吃上热饭。",
        "2026-12-31",
    )
    assert [fund[1:] for fund in funds(extraction)] == [
        ("total", yuan("1200000")),
        ("fiscal", yuan("1000000")),
        ("other", yuan("200000")),
    ]
    assert cells(extraction) == READ
    assert rules(extraction) == {"form.no_fiscal_year"}


def test_tasks_with_amounts_are_no_funds() -> None:
    tasks = """
    年度主要任务 | 任务名称 | 主要内容 | 总额 | 财政拨款
    ^ | 养老补助资金 | 发放补助 | 350 | 350
    ^ | 金额合计     | <        | 350 | 350
    """
    extraction = read("部门整体支出绩效目标表", table("部门名称 | 某市民政局 | < | < | <\n" + tasks + ROWS), WIDTHS)
    assert [fund[1:] for fund in funds(extraction)] == [("total", yuan("350")), ("fiscal", yuan("350"))]


@pytest.mark.parametrize(
    ("label", "text", "expected"),
    [
        (
            "资金总额及构成",
            "总额10606.7522万元。其中：一、财政拨款：6923.3552万元；二、自有资金：0万元；三、其他：3683.3970万元",
            ["106067522", "69233552", "0", "36833970"],
        ),
        ("资金总额（万元）", "120，其中：财政拨款100；其他资金20", ["1200000", "1000000", "200000"]),
        ("项目资金（万元）", "财政拨款 100 万元；其他资金 0", ["1000000", "0"]),
    ],
)
def test_amounts_in_a_sentence(label: str, text: str, expected: list[str]) -> None:
    extraction = read(TITLE, table(f"{HEAD}{label} | {text} | < | < | <\n{ROWS}"), WIDTHS)
    assert [amount for _, _, amount in funds(extraction)] == list(map(yuan, expected))


@pytest.mark.parametrize(
    "text", ["投入财政拨款100万元，为1000名老年人提供助餐服务。", "建成3个助餐点", "2026年", "8OO,000"]
)
def test_sentence_about_something_else_holds_no_amounts(text: str) -> None:
    assert amounts_in(text, lambda label: likely(KNOWLEDGE, label)) == []


def test_labels_and_values_in_one_cell() -> None:
    rows = """
    项目名称：助餐 | < | < | < | <
    购买主体：某市民政局 | < | < | 承接主体：公开招标确定 | <
    项目预算（万元）：1,280.00 | < | < | 服务期限：2026年1月-2026年12月 | <
    绩效目标：让老年人吃上热饭。 | < | < | < | <
    """
    extraction = read("政府购买服务项目绩效目标表", table(rows + ROWS), WIDTHS)
    form = only_form(extraction)
    assert [form[name] for name in ("project_name", "department", "amount_unit", "annual_goal")] == [
        "助餐",
        "某市民政局",
        "万元",
        "让老年人吃上热饭。",
    ]
    assert (str(form["start_date"]), funds(extraction)[0][1:]) == ("2026-01-01", ("total", yuan("12800000")))


def test_unit_that_a_label_names_is_not_who_fills_the_form_in() -> None:
    rows = "单位名称 | 某市民政局 | < | < | <\n项目名称 | 助餐 | < | 实施单位 | 助餐中心\n"
    assert only_form(read(TITLE, table(rows + ROWS), WIDTHS))["implementing_unit"] == "助餐中心"


def test_levels_over_their_indicators() -> None:
    """Henan: a list whose levels stand side by side, each over names and targets of its own."""
    rows = """
    单位编码（项目编码）| 单位（项目名称） | 资金总额 | 产出指标 | <       | 满意度指标   | <
    ^                   | ^                | ^        | 三级指标 | 指标值  | 三级指标     | 指标值
    052001              | 某市民政局       | 120      |          |         |              |
    410100240000012345  | 助餐             | 120      | 助餐人数 | ≥1000人 | 老年人满意度 | ≥95%
    ^                   | ^                | ^        | 助餐点   | 12个    | ^            | ^
    """
    extraction = read("2024年部门预算项目绩效目标汇总表", table(rows), (90, 90, 50, 80, 60, 80, 60), "单位：万元")
    form = only_form(extraction)
    assert (form["project_name"], form["project_code"], form["implementing_unit"]) == (
        "助餐",
        "410100240000012345",
        "某市民政局",
    )
    assert cells(extraction) == [
        ("产出指标", None, "助餐人数", "≥1000人"),
        ("产出指标", None, "助餐点", "12个"),
        ("满意度指标", None, "老年人满意度", "≥95%"),
    ]


@pytest.mark.parametrize(
    ("heads", "row", "expected"),
    [
        ("符号 | 内容 | 单位", "≥ | 1000 | 人", ("≥1000人", None)),
        ("中期 | 年度 | 备注", "≥3000人 | ≥1000人 | ", ("≥1000人", "≥3000人")),
    ],
)
def test_headings_below_a_heading_of_targets(heads: str, row: str, expected: tuple[str, str | None]) -> None:
    rows = f"""
    项目名称 | 助餐     | <        | 主管部门 | <    | 某市民政局
    一级指标 | 二级指标 | 三级指标 | 指标值   | <    | <
    ^        | ^        | ^        | {heads}
    产出指标 | 数量指标 | 助餐人数 | {row}
    """
    extraction = read(TITLE, table(rows), (80, 80, 100, 60, 60, 60))
    assert cells(extraction, "target", "lifetime_target") == [expected]


def test_description_beside_the_names_is_no_name() -> None:
    rows = """
    项目名称 | 年度目标   | 一级指标 | 二级指标 | 三级指标 | 指标值  | 指标内容
    助餐     | 吃上热饭。 | 产出指标 | 数量指标 | 助餐人数 | ≥1000人 | 反映用餐的人数
    """
    extraction = read(TITLE, table(rows), (80, 100, 60, 60, 80, 60, 90))
    assert cells(extraction) == [("产出指标", "数量指标", "助餐人数", "≥1000人")]


def test_two_levels_in_one_cell() -> None:
    rows = HEAD + "指标类型 | < | 指标名称 | 目标值 | <\n产出指标-数量指标 | < | 助餐人数 | ≥1000人 | <\n"
    assert cells(read(TITLE, table(rows), WIDTHS)) == [("产出指标", "数量指标", "助餐人数", "≥1000人")]


def test_fields_as_lines_above_a_table_of_indicators() -> None:
    """Two forms on one page, both with the same title, each with its own lines."""
    parts: list[object] = []
    for name in ("助餐", "助餐"):
        lines = (
            "绩效目标表",
            f"项目名称：{name}主管部门：某市民政局",
            "预算金额：45.60万元",
            "绩效目标：全年为老年人服",
            "务。",
        )
        parts += [DrawnText(40, 0, line) for line in lines]
        parts.append(merged_table(table(ROWS), WIDTHS))
    extraction = extract([on_one_page(*parts, width=560)])  # type: ignore[arg-type]
    forms = extraction.tables["forms"]
    assert [form["project_name"] for form in forms] == ["助餐", "助餐"]
    assert {form["department"] for form in forms} == {"某市民政局"}
    assert {form["annual_total"] for form in forms} == {yuan("456000")}
    assert {form["annual_goal"] for form in forms} == {"全年为老年人服务。"}
    assert indicators(extraction, 1) == indicators(extraction, 2) == READ


def test_line_of_several_labels() -> None:
    def means(text: str) -> object:
        return meanings(KNOWLEDGE, text)

    parts = labelled_parts("项目名称：助餐：一期主管部门：某市民政局", means)  # type: ignore[arg-type]
    assert [(name, value) for name, _, value in parts] == [("项目名称", "助餐：一期"), ("主管部门", "某市民政局")]


def test_rows_below_the_indicators_that_only_patterns_know() -> None:
    rows = (
        HEAD
        + ROWS
        + "    预算执行率得分 | < | 9.49 | 自评总分 | 99.49\n    改进措施及结果应用 | 加大宣传。 | < | < | <\n"
    )
    extraction = read(TITLE, table(rows), WIDTHS)
    assert cells(extraction) == READ
    assert "form.unread_text" not in rules(extraction)


@pytest.mark.parametrize(
    "first", ["项目名称：助餐 | < | < | 主管部门：某市民政局 | <", "省级专项名称 | 助餐 | < | < | <"]
)
def test_form_that_begins_with_what_only_patterns_or_colons_tell(first: str) -> None:
    """Twice on one page, the second without a title."""
    form = merged_table(table(f"{first}\n年度资金总额（万元） | 12 | < | < | <\n{ROWS}"), WIDTHS)
    extraction = extract([on_one_page(DrawnText(40, 0, TITLE), form, 30, form, width=560)])
    assert [row["project_name"] for row in extraction.tables["forms"]] == ["助餐", "助餐"]
    assert indicators(extraction, 1) == indicators(extraction, 2) == READ


def test_sign_of_a_target_is_where_signs_stand() -> None:
    rows = """
    项目名称 | 助餐     | < | 主管部门 | 某市民政局 | < | <
    一级指标 | 二级指标 | 三级指标 | 指标值 | 指标方向 | 计量单位 | 指标性质
    产出指标 | 数量指标 | 助餐人数 | 1000   | 大于等于 | 人       | 正向
    """
    extraction = read(TITLE, table(rows), (70, 70, 80, 60, 60, 50, 60))
    assert cells(extraction, "target", "target_operator") == [("大于等于1000人", ">=")]


def test_amounts_of_a_list_by_their_column() -> None:
    rows = """
    项目名称 | 年初预算数 | 全年执行数 | 执行率 | 年度目标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值
    助餐     | 120        | 108        | 90%    | 热饭。   | 产出指标 | 数量指标 | 助餐人数 | ≥1000人    | 1100人
    """
    widths = (60, 60, 60, 50, 60, 50, 50, 60, 60, 60)
    assert funds(read("项目支出绩效自评表", table(rows), widths, "单位：万元")) == [
        ("initial_budget", "total", yuan("1200000")),
        ("executed", "total", yuan("1080000")),
    ]


def test_level_of_a_department_goes_on_below_a_page_break_whatever_its_level_2_is() -> None:
    rows = """
    部门名称 | 某市民政局 | < | < | <
    年度总体目标 | 保障安全。 | < | < | <
    绩效指标 | 一级指标 | 二级指标 | 三级指标   | 指标值
    ^        | 社会效应 | 社会效益 | 事故起数   | 同比下降
    ^        | ^        | 满意度   | 群众满意度 | ≥90%
    """
    parts = cut_table(merged_table(table(rows), WIDTHS), (4,), CutText.FIRST, 40)
    pages = [on_one_page(DrawnText(40, 0, "部门整体支出绩效目标表"), parts[0]), on_one_page(parts[1])]
    assert [row[0] for row in indicators(extract(pages))] == ["社会效应", "社会效应"]


def test_star_before_a_label_says_nothing() -> None:
    assert meanings(KNOWLEDGE, "*项目名称") == meanings(KNOWLEDGE, "项目名称★：") == meanings(KNOWLEDGE, "项目名称")


@pytest.mark.parametrize(
    ("head", "row", "expected"),
    [
        (
            "一级指标 | 权重 | 二级指标 | 权重 | 三级指标 | 目标值",
            "产出指标 | 50 | 数量指标 | 30 | 助餐人数 | ≥1000人",
            ("≥1000人", 30),
        ),
        (
            "一级指标 | 二级指标 | 三级指标 | 指标值 | < | <\n^ | ^ | ^ | 2024年 | 2025年 | 2026年",
            "产出指标 | 数量指标 | 助餐人数 | ≥800人 | ≥900人 | ≥1000人",
            ("≥800人", None),
        ),
    ],
)
def test_one_target_and_one_weight_an_indicator(head: str, row: str, expected: tuple[str, int | None]) -> None:
    rows = f"项目名称 | 助餐 | < | 主管部门 | 某市民政局 | <\n{head}\n{row}\n"
    extraction = read(TITLE, table(rows), (70, 70, 80, 70, 80, 70))
    assert cells(extraction, "target", "weight") == [expected]
    assert "form.unread_text" not in rules(extraction)


def test_column_of_level_names_under_another_heading() -> None:
    rows = HEAD + "绩效指标 | 指标名称 | < | 指标值 | <\n数量指标 | 助餐人数 | < | ≥1000人 | <\n"
    assert cells(read(TITLE, table(rows), WIDTHS)) == [(None, "数量指标", "助餐人数", "≥1000人")]


def test_goal_in_numbered_parts() -> None:
    goals = "绩效目标 | 绩效目标1 | 吃上热饭。 | < | <\n^ | 绩效目标2 | 减轻负担。 | < | <\n"
    assert only_form(read(TITLE, table(HEAD + goals + ROWS), WIDTHS))["annual_goal"] == "吃上热饭。减轻负担。"


def test_goals_beside_the_indicators_of_their_period() -> None:
    """Hubei since 2022: the goal stands left of its indicators, below a label beside their header."""
    rows = """
    项目名称 | 助餐 | < | 项目主管部门 | 某市民政局
    支出项目类别 | √专项经费 □基本建设 | < | < | <
    起始年度 | 2024 | < | 终止年度 | 2026
    项目总预算 | 1500 | < | 项目当年预算 | 500
    长期绩效目标 | 一级指标 | 二级指标 | 指标内容 | 指标值
    建成助餐网络 | 产出指标 | 数量指标 | 助餐点     | 30个
    年度绩效目标 | 一级指标 | 二级指标 | 指标内容 | 指标值
    建成十个点   | 产出指标 | 数量指标 | 助餐点     | 10个
    """
    extraction = read("项目支出绩效目标申报表", table(rows), WIDTHS, "单位：万元")
    form = only_form(extraction)
    names = ("project_name", "project_category", "lifetime_goal", "annual_goal", "lifetime_total", "annual_total")
    assert [form[name] for name in names] == [
        "助餐",
        "专项经费",
        "建成助餐网络",
        "建成十个点",
        yuan("15000000"),
        yuan("5000000"),
    ]
    assert (str(form["start_date"]), str(form["end_date"])) == ("2024-01-01", "2026-12-31")
    assert cells(extraction, "level3", "target", "lifetime_target") == [("助餐点", "10个", "30个")]


def test_indicators_that_no_header_heads_are_no_rest_of_a_goal() -> None:
    """Two indicators side by side in a row: not read, but named in findings, on the next page too."""
    rows = HEAD + "绩效目标 | 吃上热饭。 | < | < | <\n" + "产出指标 | 数量指标 | 助餐人数 | ≥1000人 | 质量指标\n" * 2
    parts = cut_table(merged_table(table(rows), WIDTHS), (3,), CutText.FIRST, 40)
    extraction = extract([on_one_page(DrawnText(40, 0, TITLE), parts[0]), on_one_page(parts[1])])
    assert only_form(extraction)["annual_goal"] == "吃上热饭。"
    named = " ".join(str(row["message"]) for row in extraction.tables["findings"] if row["page"] == 2)
    assert all(text in named for text in ("数量指标", "助餐人数", "≥1000人"))
