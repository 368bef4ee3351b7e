"""Places that organs begin with, compared with the tables of all places."""

from __future__ import annotations

import pytest

from pipeline.dictionaries import load_places


@pytest.mark.parametrize(
    ("text", "name", "near"),
    [
        ("输林市财政局", "输林市", "榆林市"),
        ("陕西省输林市横山区教育局", "输林市", "榆林市"),
        ("榆林市横出区教育局", "横出区", "横山区"),  # near within a known place
        ("宁厦回族自治区财政厅", "宁厦回族自治区", "宁夏回族自治区"),
        ("2024年中共广洲市委办公室", "广洲市", "广州市"),
    ],
)
def test_a_misread_place_has_near_names(text: str, name: str, near: str) -> None:
    place = load_places().unknown_in(text)
    assert place is not None
    assert (place.name, near in place.near) == (name, True)


@pytest.mark.parametrize(
    "text",
    [
        "榆林市横山区教育局",
        "昆山市教育局",  # a county-level city, one character from 中山市
        "西安市高新区管委会",  # no administrative division, one character from 高陵区
        "上海市普陀区商务委员会",
        "鼓楼区民政局",
        "市财政局",
        "中央市场监督局",
        "海南藏族自治州财政局",
        "中山大学附属中学",
        "宝鸡高新技术产业开发区",
    ],
)
def test_known_places_and_no_places_are_no_finding(text: str) -> None:
    assert load_places().unknown_in(text) is None


def test_every_known_place_is_known() -> None:
    places = load_places()
    names = {*places.regions.names.values(), *(name for found in places.counties.values() for name in found)}
    assert len(names) > 2_800
    assert not [name for name in names if places.unknown_in(f"{name}财政局")]
