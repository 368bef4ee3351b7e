"""Indicators as prose: any notation that repeats itself is read back, item by item."""

from collections.abc import Callable, Sequence
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dictionaries import load_knowledge
from pipeline.forms.model import Part, Value
from pipeline.forms.prose import Prose, prose_indicators
from pipeline.forms.roles import Role
from pipeline.tables.model import Box
from tests.fuzz import fuzz

Item = tuple[str, str, str, str]
LEVELS = (
    ("产出指标", "数量指标", "11"),
    ("产出指标", "质量指标", "12"),
    ("产出指标", "时效指标", "13"),
    ("效益指标", "社会效益指标", "22"),
    ("满意度指标", "服务对象满意度指标", "31"),
)
NAMES = ("助餐人数", "巡查覆盖率", "整改完成时限", "居民安全意识", "村民评价", "万元投入带动数", "3A级景区个数")
TARGETS = ("≥20次", "≤30分钟", "＝100%", ">5个", "≥1,000人", "<3.5%")


def read(text: str) -> Prose:
    value = Value(text, (Part(1, Box(0, 0, 100, 100), text),))
    return prose_indicators(value, load_knowledge())


def rows(prose: Prose) -> list[Item]:
    roles = (Role.LEVEL1, Role.LEVEL2, Role.LEVEL3, Role.TARGET)
    return [tuple(row.cells[role].text if role in row.cells else "" for role in roles) for row in prose.indicators]  # type: ignore[misc]


def coded(between: str, dash: str, end: str) -> Callable[[Sequence[Item]], str]:
    codes = {level2: code for _, level2, code in LEVELS}

    def write(items: Sequence[Item]) -> str:
        return "".join(
            f"{n}、{codes[two][0]}{dash}{one}{between}{codes[two]}{dash}{two}{between}{name}；"
            f"实施周期指标值：长期，年度指标值：{target}{end}"
            for n, (one, two, name, target) in enumerate(items, 1)
        )

    return write


def in_lines(pattern: str) -> Callable[[Sequence[Item]], str]:
    def write(items: Sequence[Item]) -> str:
        return "".join(pattern.format(n, *item) for n, item in enumerate(items, 1))

    return write


def nested(colon: str, after: str) -> Callable[[Sequence[Item]], str]:
    def write(items: Sequence[Item]) -> str:
        text = ""
        for one, of_one in groupby(items, key=lambda item: item[0]):
            text += f"{one}{colon}"
            for two, of_two in groupby(of_one, key=lambda item: item[1]):
                text += f"{two}{colon}" + "".join(f"{name}{target}{after}" for _, _, name, target in of_two)
        return text

    return write


NOTATIONS = {
    "codes with commas": coded("，", "－", "；"),
    "codes with semicolons": coded("；", "-", "。"),
    "codes with long dashes": coded(",", "—", "；"),
    "dashes and brackets": in_lines("{1}-{2}-{3}（{4}）；"),
    "dashes": in_lines("{1}-{2}-{3}-{4}；"),
    "numbered lines": in_lines("{0}.{1}：{2}：{3}{4}\n"),
    "numbers in brackets": in_lines("（{0}）{1}-{2}-{3}：{4}。"),
    "labels": in_lines("一级指标：{1}；二级指标：{2}；三级指标：{3}；指标值：{4}。"),
    "brackets": in_lines("【{1}】【{2}】{3}，{4}；"),
    "nested": nested("：", "；"),
    "nested with stops": nested(":", "。"),
}


@st.composite
def some_items(draw: st.DrawFn) -> list[Item]:
    levels = sorted(draw(st.lists(st.sampled_from(LEVELS), min_size=1, max_size=6)), key=LEVELS.index)
    names = draw(st.permutations(NAMES))
    return [
        (one, two, name, draw(st.sampled_from(TARGETS))) for (one, two, _), name in zip(levels, names, strict=False)
    ]


@pytest.mark.parametrize("notation", NOTATIONS)
@fuzz(40)
@given(some_items())
def test_prose_in_any_notation_is_read_back(notation: str, items: list[Item]) -> None:
    prose = read(NOTATIONS[notation](items))
    assert rows(prose) == items
    assert prose.left == []


def test_levels_alone() -> None:
    prose = read("1.数量指标：巡查次数≥20次；2.质量指标：整改率≥95%")
    assert rows(prose) == [("", "数量指标", "巡查次数", "≥20次"), ("", "质量指标", "整改率", "≥95%")]


def test_several_labelled_items_below_one_level() -> None:
    prose = read("数量指标：巡查次数，指标值：≥60次；整改数，指标值：≥5个")
    assert rows(prose) == [("", "数量指标", "巡查次数", "≥60次"), ("", "数量指标", "整改数", "≥5个")]


def test_text_before_the_first_level_is_told() -> None:
    assert read("围绕年度目标开展工作。产出指标：数量指标：巡查次数≥20次").left == ["围绕年度目标开展工作"]


def test_prose_without_levels_has_no_indicators() -> None:
    assert read("巡查次数≥20次；整改率≥95%") == Prose([], [])
