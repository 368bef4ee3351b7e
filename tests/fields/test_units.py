"""The unit of money of forms that print none: never yuan in silence."""

from collections.abc import Sequence

import pytest

from pipeline.document.result import DocumentResult
from tests.documents import column, extract
from tests.generator.drawing import DrawnPage, DrawnText, ruled_table

HEADS = ("项目名称", "总额", "绩效目标", "一级指标", "二级指标", "三级指标", "指标值")
TITLE = "2025年项目支出绩效目标表"


def page(name: str, title: str, unit: str | None) -> DrawnPage:
    row = (name, "34.20", "全年完成", "产出指标", "数量指标", "个数", "9个")
    texts = [DrawnText(400, 30, title, "centre", 14), *([DrawnText(760, 60, unit, "right")] if unit else [])]
    table = ruled_table((HEADS, row), (120, 60, 150, 70, 90, 120, 80), x=40, y=80)
    return DrawnPage(width=842, height=595, texts=tuple(texts), tables=(table,))


def told(extraction: DocumentResult) -> list[tuple[str, str]]:
    found = [(str(row["rule"]), str(row["severity"])) for row in extraction.tables["findings"]]
    return [(rule, severity) for rule, severity in found if rule.startswith(("funds.unit", "funds.no_unit"))]


@pytest.mark.parametrize(
    ("pages", "amounts", "findings"),
    [
        ((("助餐", TITLE, "单位：万元"),), ["342000.00"], []),
        ((("助餐", TITLE, "金额单位：人民币万元"),), ["342000.00"], []),
        ((("助餐", TITLE, None),), ["34.20"], [("funds.no_unit", "warning")]),
        (
            (("助餐", TITLE, "单位：万元"), ("照护", f"{TITLE}（续）", None), ("护理", f"{TITLE}（续）", None)),
            ["342000.00"] * 3,
            [("funds.unit_continued", "info")] * 2,
        ),
        (
            (("助餐", TITLE, "单位：万元"), ("照护", "2025年其他项目支出绩效目标表", None)),
            ["342000.00"] * 2,
            [("funds.unit_unknown", "error")],
        ),
        (
            (("助餐", TITLE, "单位：万元"), ("照护", f"甲{TITLE}", "单位：元"), ("护理", f"乙{TITLE}", None)),
            ["342000.00", "34.20", None],
            [("funds.unit_unknown", "error")],
        ),
    ],
)
def test_unit_of_forms_that_print_none(
    pages: Sequence[tuple[str, str, str | None]], amounts: list[str | None], findings: list[tuple[str, str]]
) -> None:
    extraction = extract([page(*content) for content in pages])
    assert [a if a is None else str(a) for a in column(extraction, "funds", "amount")] == amounts
    assert told(extraction) == findings
