"""Names with codes glued to them, and the codes of indicator levels."""

import pytest

from pipeline.dictionaries import load_knowledge
from pipeline.fields.levels import classify, split_levels
from pipeline.fields.names import split_organ, split_project

TAXONOMY = load_knowledge().taxonomy


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("11000022T000000460216-《北京审计》杂志办刊经费", "11000022T000000460216", "《北京审计》杂志办刊经费"),
        ("51000021R000000019951-工资性支出", "51000021R000000019951", "工资性支出"),
        ("219001-办公设备购置", "219001", "办公设备购置"),
        ("219001—办公设备购置", "219001", "办公设备购置"),
        ("老年人助餐服务", None, "老年人助餐服务"),
        ("2023年全国文明城市创建", None, "2023年全国文明城市创建"),
        ("12345热线运行", None, "12345热线运行"),
        ("110-报警服务", None, "110-报警服务"),
        ("5G-A网络建设", None, "5G-A网络建设"),
    ],
)
def test_project_code_before_the_name(text: str, code: str | None, name: str) -> None:
    assert split_project(text) == (code, name)


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("231_烟台市审计局", "231", "烟台市审计局"),
        ("[292]国家信访局", "292", "国家信访局"),
        ("105001长春市信访局", "105001", "长春市信访局"),
        ("219001-区民政局（本级）", "219001", "区民政局（本级）"),
        ("（101）市财政局", "101", "市财政局"),
        ("崇明区总工会", None, "崇明区总工会"),
    ],
)
def test_organ_code_before_the_name(text: str, code: str | None, name: str) -> None:
    assert split_organ(text) == (code, name)


@pytest.mark.parametrize(
    ("level1", "level2", "codes"),
    [
        ("产出指标", "数量指标", ("output", "quantity")),
        ("产出", "质量", ("output", "quality")),
        ("产出（工作量）指标", "进度指标", ("output", "timeliness")),
        ("产品指标", "产出成本指标", ("output", "cost")),
        ("成本指标(0-20)分", "生态环境\n成本指标", ("cost", "ecological_cost")),
        ("产出指标(50分)", "时效目标", ("output", "timeliness")),
        ("产出指标50分", "数量指标", ("output", "quantity")),
        ("满意度指标10", "服务对象满意度指", ("satisfaction", "satisfaction")),  # cut at the cell's right border
        ("效益指标（30分）", "可持 续影 响指标", ("outcome", "sustainability")),
        ("效果指标", "环境效益指标", ("outcome", "ecological")),
        ("社会公众或服务对象满意度指标", "社会公众或服务对象满意度指标指标", ("satisfaction", "satisfaction")),
        ("投入指标", "预算执行率", ("other", "other")),
    ],
)
def test_codes_of_printed_levels(level1: str, level2: str, codes: tuple[str, str]) -> None:
    levels = classify(TAXONOMY, level1, level2)
    assert (levels.level1_code, levels.level2_code) == codes
    assert levels.belongs


@pytest.mark.parametrize(
    ("level2", "inferred"),
    [("数量指标", "output"), ("社会效益指标", "outcome"), ("生态环境成本", "cost"), ("成本指标", None), (None, None)],
)
def test_level_1_is_inferred_where_only_one_is_possible(level2: str | None, inferred: str | None) -> None:
    assert classify(TAXONOMY, None, level2).level1_code == inferred


def test_level_2_under_a_foreign_level_1() -> None:
    assert not classify(TAXONOMY, "效益指标", "数量指标").belongs
    assert classify(TAXONOMY, "产出指标", "成本指标").belongs  # the scheme of 2015
    assert classify(TAXONOMY, "成本指标", "成本指标").belongs  # the scheme of 2021


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("产出指标数量指标举办培训", ("产出指标", "数量指标", "举办培训")),
        ("满意度指标服务对象满意度指标学员满意度", ("满意度指标", "服务对象满意度指标", "学员满意度")),
        ("举办培训", None),
        ("产出指标某某指标举办培训", None),
    ],
)
def test_levels_run_together(text: str, levels: tuple[str, str, str] | None) -> None:
    assert split_levels(TAXONOMY, text) == levels
