"""What text layers and authors do to texts and values: look-alike characters, stray words, odd signs."""

from dataclasses import replace
from decimal import Decimal

import pymupdf
import pytest

from pipeline.document.result import DocumentResult
from pipeline.pages.model import Page, Word
from pipeline.pages.readers import PRIMARY
from pipeline.pages.text_layer_quality import distrusted
from pipeline.run.read_document import read_document
from tests.documents import (
    FORM,
    column,
    extract,
    extract_form,
    finding,
    indicators,
    on_one_page,
    rows_of,
    stored,
    table_of,
)
from tests.forms.test_hard_cases import HEADS, MEALS
from tests.generator.drawing import DrawnCell, DrawnPage, DrawnTable, DrawnText, Producer, draw, ruled_table
from tests.generator.forms import FormContent, FormLayout, lay_out

TITLE = DrawnText(297, 0, FORM.title, "centre", 14)
YEAR = DrawnText(297, 0, FORM.year, "centre")


def rules(extraction: DocumentResult) -> list[object]:
    return column(extraction, "findings", "rule")


def with_code_points(pdf: bytes, **codes: str) -> bytes:
    """The PDF with other code points for some characters: they look the same, and the text layer says otherwise."""
    font = pymupdf.Font("cjk")
    mapped = "\n".join(f"<{font.has_glyph(ord(char)):04x}> <{ord(code):04x}>" for char, code in codes.items())
    with pymupdf.open(stream=pdf) as document:
        for number in range(1, document.xref_length()):
            kind, value = document.xref_get_key(number, "ToUnicode")
            if kind == "xref":
                table = int(value.split()[0])
                own = f"{len(codes)} beginbfchar\n{mapped}\nendbfchar\nendcmap".encode()
                document.update_stream(table, document.xref_stream(table).replace(b"endcmap", own))
        changed: bytes = document.tobytes()
    return changed


@pytest.mark.parametrize(
    "codes",
    [{"目": "⽬", "人": "⼈", "食": "⾷"}, {"长": "⻓", "民": "⺠", "页": "⻚"}, {"老": "\uf934", "年": "\uf98e"}],
    ids=["Kangxi radicals", "CJK Radicals Supplement", "compatibility ideographs"],
)
@pytest.mark.parametrize("reader", PRIMARY)
def test_look_alike_characters(reader: str, codes: dict[str, str]) -> None:
    plain = draw(lay_out(FORM), Producer.LINES)
    changed = with_code_points(plain, **codes)
    with pymupdf.open(stream=changed) as document:
        text = document[0].get_text()
        assert any(code in text for code in codes.values())
    with stored(changed) as path:
        extraction = read_document(path, reader)
    (form,) = extraction.tables["forms"]
    assert (form["project_name"], form["annual_goal"]) == ("老年人助餐服务", FORM.goals[1])
    assert indicators(extraction) == list(FORM.rows)
    assert rules(extraction) == []


def test_full_width_forms() -> None:
    full = FormContent(
        FORM.title,
        year="（２０２３年度）",
        header=(("项目名称：", "助餐", "主管部门：", "民政局"),),
        funds_label="项目资金（元）",
        funds=(("项目资金总额", "８００，０００．５０", "年度资金申请总额", "８００，０００．５０"),),
        goals=("甲", "乙"),
        rows=(("产出指标", "数量指标", "人数", "＞＝１０００人"), ("产出指标", "质量指标", "合格率", "≥９５％")),
    )
    extraction = extract_form(full)
    (form,) = extraction.tables["forms"]
    assert (form["fiscal_year"], form["annual_total"]) == (2023, Decimal("800000.50"))
    assert column(extraction, "indicators", "target") == ["＞＝１０００人", "≥９５％"]
    assert column(extraction, "indicators", "target_value") == [1000, 95]
    assert column(extraction, "indicators", "target_operator") == [">=", ">="]


@pytest.mark.parametrize("reader", PRIMARY)
def test_watermark_in_the_text_layer(reader: str) -> None:
    """A document sharing site leaves its word between others and inside of them."""
    names = "助餐Nhomakorabea人数", "合格率\nNhomakorabea"
    rows = tuple(("产出指标", "数量指标", name, "及时") for name in names)
    extraction = extract_form(replace(FORM, rows=rows), FormLayout(name_characters=20), reader)
    assert [row[2:] for row in indicators(extraction)] == [("助餐人数", "及时"), ("合格率", "及时")]


def test_straight_quotes_around_a_cell_of_several_lines() -> None:
    """A spreadsheet's export puts them there: labels are known all the same, values are kept as printed."""
    header = (('"项目\n名称"', '"老年人\n助餐服务"', '"主管\n部门"', "民政局"),)
    (form,) = extract_form(replace(FORM, header=header)).tables["forms"]
    assert (form["project_name"], form["department"]) == ('"老年人助餐服务"', "民政局")


def test_hint_of_the_template_is_no_part_of_a_goal() -> None:
    goals = "（100字以内）助餐。", "(450字内)"
    form = replace(FORM, goal_headings=("项目总目标(100字以内)", "年度总目标"), goals=goals)
    (read,) = extract_form(form).tables["forms"]
    assert (read["lifetime_goal"], read["annual_goal"]) == ("助餐。", None)


@pytest.mark.parametrize("printed", ["- 1 -", "— 1 —", "第 1 页，共 2 页", "第1页"])
def test_page_number_in_the_last_row_of_a_table(printed: str) -> None:
    """A table runs down to the page's foot, and the page number into its last row."""
    page = on_one_page(TITLE, YEAR, table_of(FORM))
    foot = page.tables[0].rows[-1]
    number = DrawnText(100, foot - 6, printed)
    extraction = extract([replace(page, texts=(*page.texts, number))])
    assert indicators(extraction) == list(FORM.rows)
    assert rules(extraction) == []


@pytest.mark.parametrize("reader", PRIMARY)
def test_amount_glued_to_the_label_beside_it(reader: str) -> None:
    """An amount that ends at its cell's border, and a label that begins there, are one word to a reader."""
    page = on_one_page(TITLE, YEAR, table_of(FORM))
    (table,) = page.tables
    amount, label = (next(c for c in table.cells if c.text == text) for text in ("800,000", "年度资金申请总额"))
    x, y0, _, y1 = table.box(label)
    cells = tuple(replace(cell, text="") if cell in (amount, label) else cell for cell in table.cells)
    y = (y0 + y1) / 2 - 5
    glued = DrawnText(x, y, amount.text, "right"), DrawnText(x, y, label.text)
    glued_page = replace(page, tables=(replace(table, cells=cells),), texts=(*page.texts, *glued))
    extraction = extract([glued_page], reader=reader)
    assert column(extraction, "funds", "label")[:2] == ["项目资金总额", "年度资金申请总额"]
    assert column(extraction, "funds", "amount_text")[:2] == ["800,000", "800,000"]


def test_label_of_a_goal_in_two_cells() -> None:
    """年度 over 总体目标, beside 预期目标 over its text."""
    rows = (
        ("项目名称", "助餐服务", ""),
        ("年度", "预期目标", "实际完成情况"),
        ("总体目标", "吃上热饭", "已吃上热饭"),
        ("二级指标", "三级指标", "年度指标值"),
        ("数量指标", "人数", "≥5人"),
    )
    table = ruled_table(rows, (80, 160, 160))
    extraction = extract([on_one_page(DrawnText(297, 0, "项目绩效自评表", "centre", 14), table)])
    (form,) = extraction.tables["forms"]
    assert (form["lifetime_goal"], form["annual_goal"]) == (None, "吃上热饭")


@pytest.mark.parametrize("reader", PRIMARY)
def test_signs_and_blanks_inside_of_texts(reader: str) -> None:
    form = replace(
        FORM,
        header=(("项目名称", "A-1_运维_（二期）-办刊", "主管部门", "民政局"), *FORM.header[2:]),
        funds=(("项目资金总额", "800,000", "年度资金申请总额", "800,000.60"),),
        rows=(("产出指标", "数量指标", "完成 3 次培训", "≥400 个"), ("产出指标", "数量指标", "金额", "≥22.6 万元")),
    )
    extraction = extract_form(form, reader=reader)
    assert column(extraction, "forms", "project_name") == ["A-1_运维_（二期）-办刊"]
    assert column(extraction, "funds", "amount_text") == ["800,000", "800,000.60"]
    assert [row[2:] for row in indicators(extraction)] == [("完成3次培训", "≥400个"), ("金额", "≥22.6万元")]


@pytest.mark.parametrize(
    ("printed", "kind", "value", "rule"),
    [
        ("=100％", "numeric", Decimal(100), None),
        ("100%%", "numeric", Decimal(100), "indicators.odd_sign"),
        ("2026年1-12月月", "date", None, "indicators.odd_sign"),
        ("》90%", "numeric", Decimal(90), "indicators.odd_sign"),
        ("=20261125日", "date", None, None),
        ("7*24小时", "qualitative", None, None),
    ],
)
def test_odd_values_are_kept_as_printed(printed: str, kind: str, value: Decimal | None, rule: str | None) -> None:
    extraction = extract_form(replace(FORM, rows=((*FORM.rows[0][:3], printed),)))
    (row,) = rows_of(extraction, "indicators")
    assert (row["target"], row["target_kind"], row["target_value"]) == (printed, kind, value)
    assert rules(extraction) == ([rule] if rule else [])


def test_indicator_with_opposite_signs_on_two_forms() -> None:
    other = replace(FORM, rows=(*FORM.rows[:-1], ("满意度指标", "服务对象满意度指标", "受益人数", "≤6个")))
    first = replace(FORM, rows=(*FORM.rows[:-1], ("满意度指标", "服务对象满意度指标", "受益人数", "≥6个")))
    found = finding(extract([*lay_out(first), *lay_out(other)]), "indicators.sign_differs")
    assert (found["severity"], found["page"]) == ("info", 2)


def test_level_2_group_cut_into_blocks() -> None:
    """More than ten rows: the level is printed again, and so is the title on the next page."""
    rows = tuple(("产出指标", "数量指标" + " " * (n // 10), f"事项{n}", f"≥{n}个") for n in range(1, 24))
    extraction = extract_form(replace(FORM, rows=rows), FormLayout(row_height=16, repeat_title=True, breaks=(12,)))
    assert indicators(extraction) == [(*row[:1], "数量指标", *row[2:]) for row in rows]


def test_swapped_cells() -> None:
    """The sign stands under 度量单位 and the unit under 指标值类型."""
    heads = (*HEADS, "度量单位", "指标值类型")
    rows = ((*MEALS[:6], "5", "≥", "件"), ("", "", "", "产出指标", "数量指标", "结案数", "5", "件", "≥"))
    table = ruled_table((heads, *rows), (120, 60, 150, 70, 90, 120, 80, 60, 60))
    extraction = extract([on_one_page(DrawnText(40, 0, "2024年项目支出绩效目标表"), table, width=900)])
    assert column(extraction, "indicators", "target") == ["件5≥", "≥5件"]
    assert finding(extraction, "indicators.swapped_cells")["page"] == 1


@pytest.mark.parametrize(
    ("sign", "reason"), [("\ue000", None), ("龘", "only 60 of its 100 characters are in everyday use")]
)
def test_a_line_of_ornaments_without_a_name_is_one_character_that_nobody_knows(sign: str, reason: str | None) -> None:
    words = Word(0, 0, 500, 10, sign * 40, 1), Word(0, 20, 500, 30, "目标" * 30, 2)
    assert distrusted(Page(1, 600, 800, words, (), (), is_scan=False)) == reason


def test_label_printed_letter_by_letter_marks_a_table_whose_clipped_text_is_read() -> None:
    texts = DrawnCell(0, 0, text="指\n标"), DrawnCell(1, 0, text="项目")
    cells = *texts, DrawnCell(2, 0, text="看得见的" + 3 * "看不见的", clipped=True)
    page = DrawnPage(tables=(DrawnTable(40, 40, (80,), (30, 30, 12), cells),))
    [table] = [row for row in extract([page], reader="mupdf").tables["regions"] if row["cells"]]
    assert isinstance(table["cells"], list)
    assert [cell["text"] for cell in table["cells"]] == ["指标", "项目", "看得见的看不见的看不见的看不见的"]
