"""Names and telephone numbers of persons reach no table but `regions`, however the remarks in `schemas/` are worded."""

from pathlib import Path

import pytest

import schemas
from pipeline.dictionaries import load_knowledge
from pipeline.document.privacy import PrivateTexts
from tests.layouts import only_form, read, table

PERSONS = ("欧阳春晓", "13800138000", "诸葛秋实", "司马夏至", "慕容冬雪")
FORM = """
    项目名称 | 社区食堂 | 项目负责人 | 欧阳春晓 | 联系电话 | 13800138000
    主管部门 | 民政局 | < | 填表人：诸葛秋实 | < | <
    经办人   | 司马夏至 | 及其他 | 同上 | 备注 | 无
    ^        | 司马夏至 | 及其他 | 同上 | ^    | 无
    项目资金（万元） | 年度资金总额 | < | 10.00 | < | <
    一级指标 | 二级指标 | 三级指标 | 指标值 | 审核人 | <
    产出指标 | 数量指标 | 助餐人数 | ≥100人 | 慕容冬雪 | <
"""


@pytest.mark.parametrize("remark", [None, "left out", ""])
def test_no_person_is_named(remark: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the remarks as they are, and with each of them reworded: they are for people, no code goes by them."""
    if remark is not None:
        monkeypatch.setattr(
            "pipeline.document.assemble.load_knowledge", lambda: load_knowledge(_reworded(tmp_path, remark))
        )
    extraction = read("项目支出绩效目标表", table(FORM), (80, 90, 70, 90, 70, 90), "2026年度")
    assert only_form(extraction)["project_name"] == "社区食堂"
    tables = {name: str(rows) for name, rows in {**extraction.tables, "documents": [extraction.document]}.items()}
    assert [(name, person) for name, text in tables.items() for person in PERSONS if person in text] == [
        ("regions", person) for person in PERSONS
    ]
    labels = {row["label"] for row in extraction.tables["other_values"]}
    assert labels.isdisjoint({"项目负责人", "联系电话", "填表人", "审核人"})


def _reworded(folder: Path, remark: str) -> Path:
    """The schemas with `remark` in place of every remark."""
    for file in Path(schemas.__file__).parent.rglob("*.toml"):
        copy = folder / file.relative_to(Path(schemas.__file__).parent)
        copy.parent.mkdir(exist_ok=True)
        lines = file.read_text(encoding="utf-8").splitlines()
        copy.write_text(
            "\n".join(f'why = "{remark}"' if line.startswith("why = ") else line for line in lines), encoding="utf-8"
        )
    return folder


@pytest.mark.parametrize(
    "number",
    [
        *("138.1111.3333", "138/1111/4444", "138·1111·2626", "138_1111_2727", "138\u00a01111\u00a02424"),
        *("008613811118888", "(86)13822220000", "（+86）13822220000", "010 82224444", "0571 82226666", "01082225555"),
        *("０１０－８２２２７７７７", "（０２１）８２２２８８８８", "010-82223333 ext 12"),
        *("110105 19491231 002X", "110105-19491231-002X", "１１０１０５１９４９１２３１００２Ｘ"),
    ],
)
def test_a_number_is_private_however_it_is_written(number: str) -> None:
    assert PrivateTexts(any=True).masked(f"说明{number}。") == "说明***。"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电 话：82229992", "电 话：***"),
        ("TEL:010.82229993", "TEL:***"),
        ("电话82229993/82229994", "电话***"),
        ("手机短号：668123", "手机短号：***"),
    ],
)
def test_a_number_behind_its_label_is_private(text: str, masked: str) -> None:
    assert PrivateTexts(any=True).masked(text) == masked


@pytest.mark.parametrize(
    "text",
    ["2023.01.01-2023.12.31", "010 1234567", "1381.1113.333", "138,111,133.33", "02010203 12345678", "12345热线"],
)
def test_dates_amounts_and_codes_are_not_private(text: str) -> None:
    assert PrivateTexts(any=True).masked(text) == text
