"""Check boxes: which options a cell prints and which of them are ticked."""

import pytest

from pipeline.fields.options import parse_options


@pytest.mark.parametrize(
    ("text", "names", "ticked"),
    [
        ("持续性□ 新增性√", "持续性 新增性", "新增性"),
        ("新增项目□延续项目☑", "新增项目 延续项目", "延续项目"),
        ("□常年性 ☑延续性 □一次性", "常年性 延续性 一次性", "延续性"),
        ("□√常年性 □一次性", "常年性 一次性", "常年性"),
        ("☐常年性 ☒延续性", "常年性 延续性", "延续性"),
        ("□新增 ■延续", "新增 延续", "延续"),
        ("常年性（ ）延续性（√）", "常年性 延续性", "延续性"),
        ("1、部门预算项目☑ 2、省直专项□", "部门预算项目 省直专项", "部门预算项目"),
        ("1.□房屋购建类 2.☑房屋修缮类 3.□信息网络类", "房屋购建类 房屋修缮类 信息网络类", "房屋修缮类"),
        ("（1）新增□（2）延续□", "新增 延续", ""),
        ("常年性☑ 延续性☑ 一次性□", "常年性 延续性 一次性", "常年性 延续性"),
    ],
)
def test_options(text: str, names: str, ticked: str) -> None:
    options = parse_options(text)
    assert options is not None
    assert (options.names, options.ticked) == (tuple(names.split()), tuple(ticked.split()))


@pytest.mark.parametrize("text", ["", "经常性项目", "本级支出(部门)项目", "是√否", "□", "类别：□甲 ☑乙", "其他□____"])
def test_no_options(text: str) -> None:
    """Without boxes, or with text on both sides of them, nobody can say what is ticked."""
    assert parse_options(text) is None
