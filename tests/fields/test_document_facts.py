"""What a document says about itself: its publisher on the cover, and the control totals that it announces."""

from decimal import Decimal

import pytest

from pipeline.document.result import DocumentResult
from tests.documents import FORM, extract, finding
from tests.generator.drawing import DrawnPage, DrawnText
from tests.generator.forms import lay_out


def cover(*lines: str) -> DocumentResult:
    return extract([DrawnPage(texts=tuple(DrawnText(297, 200 + 40 * i, x, "centre", 18) for i, x in enumerate(lines)))])


@pytest.mark.parametrize(
    ("lines", "publisher"),
    [
        (("某市审计局（汇总）", "2026年部门预算公开说明"), "某市审计局"),
        (("2026年某市工业和信息化局部", "门预算"), "某市工业和信息化局"),
        (("2026年某市医疗保障局（本级）部", "门预算"), "某市医疗保障局（本级）"),
        (("某市某区规划和自然", "资源局", "2024年度部门决算"), "某市某区规划和自然资源局"),
        (("中共某市某区委", "社会工作部2024年度", "部门决算"), "中共某市某区委社会工作部"),
        (("2026年度", "某市经济技术开发区生态", "环境局", "单位预算"), "某市经济技术开发区生态环境局"),
        (("某市2026年区级部门预算", "预算主管部门：某市某区商务委员会"), "某市某区商务委员会"),
        (("甲市商务局", "甲市公安局", "关于某事的通知"), "甲市商务局"),  # who signs first
        (("2025年某市物流业运行情况报告", "单位：亿元、%"), None),
        (("评价项目名称：某市国资委", "绩效评价报告"), None),
    ],
)
def test_publisher_on_the_cover(lines: tuple[str, ...], publisher: str | None) -> None:
    assert cover(*lines).document.get("publisher") == publisher


@pytest.mark.parametrize(
    ("text", "count", "amount"),
    [
        ("编报绩效目标的项目共20个，涉及项目预算资金7,054.05万元。", 20, "70540500"),
        ("编报绩效目标的2024年度项目4个，涉及预算金额598.42万元；", 4, "5984200"),
        ("均实行绩效目标管理，共计31个一级项目，涉及资金28,506.17万元", 31, "285061700"),
        ("全面实施绩效目标管理，涉及一级预算项目76个，预算资金45967.29万元", 76, "459672900"),
        ("纳入部门预算绩效管理，涉及预算资金4,468.22万元，设置并编报7个项目绩效目标。", 7, "44682200"),
        ("本部门共17个项目纳入绩效目标管理，涉及财政性资金合计12,796.25万元", 17, "127962500"),
        ("项目支出均实行了绩效目标管理，涉及一般公共预算财政拨款9,399.23万元。", None, "93992300"),
        ("本年度绩效目标管理情况见附表，涉及金额598.42万元。", None, None),
    ],
)
def test_announced_totals(text: str, count: int | None, amount: str | None) -> None:
    document = extract([DrawnPage(texts=(DrawnText(40, 60, text),))]).document
    assert document["announced_project_count"] == count
    assert document["announced_project_amount"] == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    ("publisher", "code"),
    [
        ("上海市普陀区商务委员会", "310107"),  # the most particular place named
        ("中共上海市崇明区委宣传部", "310151"),
        ("崇明区总工会", "310151"),  # no other place has this name
        ("普陀区商务委员会", None),  # another city has one, too
        ("宁波市江北区财政局", "330200"),  # not the one of Chongqing
        ("海南藏族自治州财政局", "632500"),
        ("北京城市副中心工程建设管理办公室", "110000"),
        ("长沙职业教育基地综合协调办公室", "430100"),
        ("朝阳区财政局", None),  # neither in Chaoyang nor surely in Beijing
        ("中山大学附属中学", None),
    ],
)
def test_region_of_the_publisher(publisher: str, code: str | None) -> None:
    assert cover(publisher, "2026年部门预算").document.get("region_code") == code


def test_region_on_the_cover_where_the_publisher_names_none() -> None:
    document = cover("某某大学附属医院", "2026年部门预算", "上海市崇明区卫生健康委员会编").document
    assert (document["region_code"], document["region_name"]) == ("310151", "崇明区")


def test_announcement_goes_on_over_a_page_number() -> None:
    first = (DrawnText(40, 700, "全面实施绩效目标管理，涉及一级预"), DrawnText(280, 800, "— 27 —"))
    second = (DrawnText(40, 60, "算项目3个，预算资金6039万元。"),)
    document = extract([DrawnPage(texts=first), DrawnPage(texts=second)]).document
    assert (document["announced_project_count"], document["announced_project_amount"]) == (3, Decimal(60_390_000))


def test_as_many_forms_as_announced_with_another_sum() -> None:
    text = "编报绩效目标的项目1个，涉及项目预算资金99万元。"
    found = finding(extract([DrawnPage(texts=(DrawnText(40, 60, text),)), *lay_out(FORM)]), "document.announced_amount")
    assert found["page"] == 1 and "990,000" in str(found["message"])


def test_year_of_a_title_that_is_cut_before_its_subject() -> None:
    assert cover("2026年某市医疗保障局（本级）部", "门预算").document["fiscal_year"] == 2026
