"""What `schemas/` says is checked when it is loaded, and errors name the file and the entry."""

import shutil
from pathlib import Path

import pytest

import schemas
from pipeline.dictionaries import load_knowledge, load_regions
from pipeline.errors import KnowledgeError
from pipeline.forms.dictionary import meanings
from pipeline.forms.layouts import match_layout
from pipeline.forms.roles import Means

KNOWLEDGE = load_knowledge()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the package's own schemas to spoil."""
    assert schemas.__file__ is not None
    return Path(shutil.copytree(Path(schemas.__file__).parent, tmp_path / "schemas"))


@pytest.mark.parametrize(
    ("text", "means", "attribute", "value"),
    [
        ("项目名称", "field", "field", "project_name"),
        ("项 目\n名 称：", "field", "field", "project_name"),
        ("一、项目名称", "field", "field", "project_name"),
        ("其中：财政资金", "fund", "source", "fiscal"),
        ("年度资金总额（万元）", "fund", "scope", "annual"),
        ("项目资金总额", "fund", "scope", "lifetime"),
        ("资金总额", "fund", "scope", None),  # bare: the layout says it
        ("年度总目标", "goal", "scope", "annual"),
        ("实施期目标（2024年-2026年）", "goal", "scope", "lifetime"),
        ("分值权重（90分）", "column", "column", "weight"),
        ("三级指标名称", "column", "column", "level3"),
        ("合计", "total_row", "means", "total_row"),
        ("联系电话", "ignored", "means", "ignored"),  # persons are not carried into the tables
    ],
)
def test_meaning_of_a_label(text: str, means: Means, attribute: str, value: str | None) -> None:
    assert getattr(meanings(KNOWLEDGE, text)[means], attribute) == value


@pytest.mark.parametrize("text", ["", "老年人助餐服务", "800,000", "项目名称" * 20])
def test_value_means_nothing_as_a_label(text: str) -> None:
    assert meanings(KNOWLEDGE, text) == {}


def test_every_layout_can_be_chosen() -> None:
    assert {layout.id for layout in KNOWLEDGE.layouts} >= {"generic-project", "generic-department"}
    assert all(layout.titles or layout.needs or layout.id == "generic-project" for layout in KNOWLEDGE.layouts)


def test_every_level_2_has_a_known_parent() -> None:
    codes = set(KNOWLEDGE.taxonomy.level1.values())
    assert all(set(parents) <= codes for parents in KNOWLEDGE.taxonomy.parents.values())


def test_regions_have_codes_of_six_digits() -> None:
    names = load_regions().names
    assert names["310151"] == "崇明区"
    assert all(len(code) == 6 and code.isdigit() for code in names)
    assert len(set(names.values())) == len(names)
    assert len([code for code in names if code.endswith("0000")]) == 34


@pytest.mark.parametrize(
    ("file", "text", "code", "says"),
    [
        ("labels.toml", "[[label", "schemas.unreadable", "labels.toml"),
        ("labels.toml", '[[label]]\nmeans = "nonsense"\ntexts = []', "schemas.invalid", "label 1: means = 'nonsense'"),
        ("labels.toml", '[[label]]\nmeans = "field"\nfield = "colour"\ntexts = ["色"]', "schemas.invalid", "'colour'"),
        ("labels.toml", '[[label]]\nmeans = "total_row"\nscop = "annual"\ntexts = []', "schemas.invalid", "scop"),
        ("labels.toml", '[[label]]\nmeans = "goal"\nscope = "daily"\ntexts = ["日"]', "schemas.invalid", "'daily'"),
        ("labels.toml", '[[label]]\nmeans = "goal"\ntexts = ["目标", "目 标"]', "schemas.duplicate", "'目 标'"),
        ("other_forms.toml", '[[other_form]]\nname = "监控表"', "schemas.invalid", "other_form 1"),
    ],
)
def test_spoiled_file_is_named(folder: Path, file: str, text: str, code: str, says: str) -> None:
    (folder / file).write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError) as raised:
        load_knowledge(folder)
    assert raised.value.code == code
    assert says in str(raised.value)


LAYOUT = '\n[[layout]]\nid = "mine"\nform_kind = "project_target"\n'


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ('\n[[layout]]\nid = "mine"', "schemas.invalid", "needs an id and a form_kind"),
        (LAYOUT + 'title = "x"', "schemas.invalid", "unknown keys ['title']"),
        (LAYOUT.replace("mine", "generic-project"), "schemas.duplicate", "'generic-project'"),
        (LAYOUT + 'fund_scope = "daily"', "schemas.invalid", "layout 'mine': fund_scope"),
        (LAYOUT + 'name_from_title = "(绩效"', "schemas.invalid", "is no pattern"),
    ],
)
def test_spoiled_layout_is_named(folder: Path, text: str, code: str, says: str) -> None:
    with (folder / "layouts.toml").open("a", encoding="utf-8") as layouts:
        layouts.write(text)
    with pytest.raises(KnowledgeError, match=r"layouts\.toml") as raised:
        load_knowledge(folder)
    assert raised.value.code == code
    assert says in str(raised.value)


def test_layouts_need_the_generic_one(folder: Path) -> None:
    (folder / "layouts.toml").write_text(LAYOUT, encoding="utf-8")
    with pytest.raises(KnowledgeError, match="generic-project"):
        load_knowledge(folder)


def test_missing_file_is_named(folder: Path) -> None:
    (folder / "taxonomy.toml").unlink()
    with pytest.raises(KnowledgeError, match=r"taxonomy\.toml"):
        load_knowledge(folder)


def test_layout_gives_a_label_a_meaning_of_its_own(folder: Path) -> None:
    own = (
        LAYOUT
        + 'titles = ["我的表"]\n[[layout.label]]\nmeans = "field"\nfield = "project_nature"\ntexts = ["项目类别"]'
    )
    with (folder / "layouts.toml").open("a", encoding="utf-8") as layouts:
        layouts.write(own)
    knowledge = load_knowledge(folder)
    (mine,) = (layout for layout in knowledge.layouts if layout.id == "mine")
    assert meanings(knowledge, "项目类别", mine)["field"].field == "project_nature"
    assert meanings(knowledge, "项目类别")["field"].field == "project_category"


@pytest.mark.parametrize(
    ("old", "new"), [("(?P<amount>", "(?P<money>"), ('example = "本部门编报', 'example = "本部门')]
)
def test_announcement_that_cannot_match_is_refused(folder: Path, old: str, new: str) -> None:
    path = folder / "announcements.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"announcements\.toml"):
        load_knowledge(folder)


@pytest.mark.parametrize(
    ("title", "labels", "layout"),
    [
        (
            "预算14表水务改革发展专项转移支付资金绩效目标表",
            "转移支付名称 市级主管部门 年度金额 其他资金",
            "beijing-transfer-payment",
        ),
        (
            "2026年市级一般性项目绩效目标表(一级项目)",
            "项目名称 当年财政拨款预算金额 当年绩效目标 指标名称 计量单位",
            "chongqing-project-list",
        ),
        (
            "部门预算项目支出及其他支出预算表",
            "支出项目类别(资金使用单位) 总计 财政专户拨款 绩效目标",
            "guangdong-project-amounts",
        ),
        ("表11:2026年市级部门项目支出绩效表", "单位名称 项目名称 金额 绩效目标", "zhejiang-project-list"),
        ("2026年项目支出绩效目标表", "项目名称 金额 绩效目标", "generic-project"),
    ],
)
def test_layout_of_a_title_and_the_labels_below_it(title: str, labels: str, layout: str) -> None:
    assert match_layout(KNOWLEDGE, title, set(labels.split())).id == layout


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("layouts.toml", 'id = "beijing-department"', "id = [3]"),
        ("layouts.toml", 'form_kind = "department_overall"', "form_kind = {}"),
        ("labels.toml", "[[label]]", "label = 3\n[[other]]"),
        ("labels.toml", "texts = [", 'texts = "项目名称"\nwhy = ['),  # would be four labels of one character
        ("taxonomy.toml", "[level1]", "level1 = 3\n[level3]"),
    ],
)
def test_a_file_of_another_shape_is_named(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=Path(name).name):
        load_knowledge(folder)
