"""Small forms, each with one trait that real documents have: drawn for the pictures of docs/traits.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pymupdf

from . import separated
from .borders import Borders
from .cutting import CutText
from .drawing import DrawnPage, Producer, draw
from .trait_breaks import LONG
from .traits import WIDTH, Content, Sketch, begin, put_funds, put_goal, put_indicators

Change = Callable[[pymupdf.Page], None]

CONTENT = Content(
    "盲道与坡道整治",
    "云溪区残疾人联合会",
    "整治主次干道盲道，方便残疾人出行。",
    [
        ("产出指标", "数量指标", "修缮里程", "≥20公里"),
        ("产出指标", "质量指标", "验收合格率", "100%"),
        ("效益指标", "社会效益指标", "出行便利程度", "有所提高"),
    ],
)
OPTIONS = (("经常性项目", "一次性项目"), ("延续项目", "新增项目"), ("一般项目", "重点项目"))
TEXT_FIELD = 7  # of the types of form fields of MuPDF
MARKED = (1.0, 0.55, 0.5)  # red, green, blue; of what nobody sees, or what only the file says


def whole(amount: str = "59.30") -> Sketch:
    """A form with all of its parts."""
    sketch = begin(CONTENT)
    put_funds(sketch, amount)
    put_goal(sketch, CONTENT)
    put_indicators(sketch, CONTENT)
    return sketch


def pdf_of(sketch: Sketch, title: str = "项目支出绩效目标表", above: str | None = None) -> bytes:
    return draw([sketch.page(title, above)], Producer.LINES)


def bordered(borders: Borders) -> bytes:
    """The form with its borders drawn in a way."""
    return draw([whole().page()], borders)


def with_sides(sides: str, first_row: int = 0, first_x: float = 0) -> bytes:
    """The form of which cells from a row and a place on have some sides only (of L, T, R, B)."""
    sketch = whole()
    sketch.cells = [
        (x0, x1, replace(cell, borders=sides) if cell.row >= first_row and x0 >= first_x else cell)
        for x0, x1, cell in sketch.cells
    ]
    return pdf_of(sketch)


def changed(change: Change, pdf: bytes | None = None) -> bytes:
    """A PDF with something added to its first page."""
    with pymupdf.open(stream=pdf or pdf_of(whole())) as document:
        change(document[0])
        data: bytes = document.tobytes()
    return data


def place(page: pymupdf.Page, text: str, left: float = 0, right: float = 0) -> pymupdf.Rect:
    """Where a text stands, with some points more at its left and right."""
    found = page.search_for(text)[0]
    return pymupdf.Rect(found.x0 - left, found.y0, found.x1 + right, found.y1)


def annotation(page: pymupdf.Page) -> None:
    page.add_freetext_annot(place(page, "59.30", 8, 12), "69.30", fontsize=9, fill_color=(1, 1, 0.8))


def form_field(page: pymupdf.Page) -> None:
    box = place(page, "59.30", 30, 30)
    page.add_redact_annot(box)
    page.apply_redactions(graphics=0)
    field = pymupdf.Widget()
    field.field_type, field.field_name, field.field_value = TEXT_FIELD, "amount", "59.30"
    field.rect, field.text_fontsize, field.fill_color = box, 9, (0.88, 0.92, 1)
    page.add_widget(field)


def hidden_text(page: pymupdf.Page) -> None:
    box = place(page, "59.30")
    page.insert_text((box.x1 + 8, box.y1 - 2), "88.00", fontsize=9, color=MARKED)


def pasted(page: pymupdf.Page) -> None:
    """A form as a picture below some text."""
    with pymupdf.open(stream=pdf_of(whole())) as document:
        picture = document[0].get_pixmap(dpi=60, clip=(30, 30, 565, 290), colorspace=pymupdf.csGRAY)
    for line in range(2):
        text = "二、关于绩效目标设置情况的说明，项目绩效目标申报表如下图所示。"
        page.insert_text((50, 60 + 20 * line), text, fontname="china-s", fontsize=11)
    page.insert_image((90, 100, 500, 300), pixmap=picture)


def scanned(page: pymupdf.Page) -> None:
    """A scanned form below a running head."""
    with pymupdf.open(stream=pdf_of(whole())) as document:
        picture = document[0].get_pixmap(matrix=pymupdf.Matrix(0.9, 0.9).prerotate(0.7), colorspace=pymupdf.csGRAY)
    page.draw_rect(page.rect, color=None, fill=(0.93, 0.93, 0.9))
    page.insert_image(page.rect, pixmap=picture)
    page.insert_text((50, 30), "云溪区2025年部门预算公开", fontname="china-s", fontsize=9)


def curves(page: pymupdf.Page) -> None:
    """The form with its letters as outlines."""
    with pymupdf.open(stream=pdf_of(whole())) as document:
        picture = document[0].get_svg_image(text_as_path=True).encode()
    with pymupdf.open(stream=picture, filetype="svg") as drawn, pymupdf.open(stream=drawn.convert_to_pdf()) as found:
        page.show_pdf_page(page.rect, found)


def chart(page: pymupdf.Page) -> None:
    page.insert_text((60, 60), "二、支出按经济分类构成如下图：", fontname="china-s", fontsize=11)
    for number, height in enumerate((60, 95, 30, 74)):
        left = 120 + 70 * number
        page.draw_rect((left, 190 - height, left + 30, 190), color=None, fill=(0.3, 0.5, 0.75))
        page.draw_bezier((left, 90), (left + 30, 70), (left + 50, 120), (left + 70, 85), color=(0.8, 0.3, 0.2))
        page.draw_circle((left, 90), 4, fill=(0.8, 0.3, 0.2))
    page.draw_line((100, 190), (420, 190))


def attached(page: pymupdf.Page) -> None:
    page.insert_text((60, 60), "附件：项目支出绩效目标表", fontname="china-s", fontsize=11)
    page.add_file_annot((200, 46), pdf_of(whole()), "绩效目标表.pdf", icon="Paperclip")


def placeholder(page: pymupdf.Page) -> None:
    page.insert_text(
        (60, 60), "请稍候……如果此消息未被替换，您的阅读器可能无法显示此类文档。", fontname="china-s", fontsize=11
    )


def outlined(text: str) -> Change:
    """A mark around a text, of which only the file says that it is odd."""

    def draw_outline(page: pymupdf.Page) -> None:
        for box in page.search_for(text):
            page.draw_rect((box.x0 - 2, box.y0 - 2, box.x1 + 2, box.y1 + 2), color=MARKED)

    return draw_outline


def tall_boxes(page: pymupdf.Page) -> None:
    for text in ("12", "36"):
        box = place(page, text)
        page.draw_rect((box.x0, box.y0 - 8, box.x1, box.y1 + 8), color=MARKED)


def with_numbers() -> bytes:
    """A form with numbers in its goal."""
    sketch = begin(CONTENT)
    sketch.row((0, 110, WIDTH), "年度绩效目标", LONG.goal)
    return pdf_of(sketch)


def options() -> Sketch:
    """A form that lets one choose."""
    sketch = begin(CONTENT)
    for (value, _), label in zip(OPTIONS, ("项目类别", "项目属性", "项目性质"), strict=True):
        sketch.row((0, 110, WIDTH), label, value)
    return sketch


def notations() -> bytes:
    """Amounts as forms print them."""
    sketch = Sketch()
    edges = (0.0, 130.0, 258.0, 386.0, WIDTH)
    sketch.row(edges, "860,000元整", "860,000*", "860,000①", "￥860,000.00")
    sketch.row(edges, "约860,000", "△40,000", "40,000-", "捌拾陆万元整")
    sketch.row(edges, "860、000", "（40,000）", "86万元", "860 000.00")
    return pdf_of(sketch, "860000")


def two_amounts() -> bytes:
    sketch = begin(CONTENT)
    sketch.row((0, 110, WIDTH), "年度资金总额（万元）", "59.30\n12.40")
    return pdf_of(sketch)


def no_number() -> bytes:
    sketch = begin(CONTENT)
    sketch.row((0, 110, WIDTH), "年度资金总额（万元）", "详见附表3")
    return pdf_of(sketch)


def unpaired_rows() -> bytes:
    """A row whose names and targets are several lines each, and not as many."""
    sketch = begin(CONTENT)
    edges = (0.0, 110.0, 230.0, 400.0, WIDTH)
    sketch.row(edges, "一级指标", "二级指标", "三级指标", "指标值")
    sketch.row(edges, "产出指标", "数量指标", "修缮里程\n巡查次数\n培训人数", "≥20公里\n≥12次")
    return pdf_of(sketch)


def heading_overrun() -> bytes:
    sketch = begin(CONTENT)
    edges = (0.0, 26.0, 150.0, 360.0, WIDTH)
    for n, ((x0, x1), text) in enumerate(
        zip(pairwise(edges), ("一级指标二级指标", "", "三级指标", "指标值"), strict=True)
    ):
        sketch.put(x0, x1, text, align="left" if n == 0 else "centre", runs=n == 0)
    sketch.height += 1
    for row in CONTENT.indicators:
        sketch.row(edges, *row)
    return pdf_of(sketch)


def code_after_name() -> bytes:
    sketch = Sketch()
    sketch.row((0, 110, WIDTH), "项目名称", CONTENT.name)
    sketch.row((0, 110, WIDTH), "主管部门及代码", f"{CONTENT.organ}          105")
    return pdf_of(sketch)


def one_cell() -> bytes:
    sketch = Sketch()
    sketch.row((0, WIDTH), f"项目名称：{CONTENT.name}")
    sketch.row((0, 260, WIDTH), f"主管部门  {CONTENT.organ}", "项目类别  经常性项目")
    return pdf_of(sketch)


def no_sign_no_unit() -> bytes:
    sketch = begin(CONTENT)
    edges = (0.0, 80.0, 160.0, 320.0, 380.0, 450.0, WIDTH)
    sketch.row(edges, "一级指标", "二级指标", "三级指标", "指标性质", "指标值", "计量单位")
    sketch.row(edges, "产出指标", "数量指标", "修缮里程", "≥", "20", "公里")
    sketch.row(edges, "产出指标", "质量指标", "验收情况", "无", "合规", "无")
    sketch.row(edges, "效益指标", "经济效益指标", "/", "/", "/", "/")
    return pdf_of(sketch)


def amounts_below_headings() -> bytes:
    sketch = begin(CONTENT)
    sketch.put(0, 110, "预算执行情况", rows=2)
    edges = (110.0, 245.0, 380.0, WIDTH)
    sketch.row(edges, "全年预算数（A）（万元）", "全年执行数（B）（万元）", "执行率（B/A）")
    sketch.row(edges, "7574", "6643", "87.71%")
    return pdf_of(sketch, "项目支出绩效自评表")


def grid_of_amounts() -> bytes:
    sketch = Sketch()
    sketch.put(0, 90, "资金来源", rows=2)
    edges = (90.0, 175.0, 260.0, 345.0, 430.0, WIDTH)
    sketch.put(90, 345, "预算安排")
    sketch.put(345, WIDTH, "拨付情况")
    heads = ("年初预算①", "年中调整②", "小计③=①+②", "年度拨付④", "支出实现率")
    for (x0, x1), text in zip(pairwise(edges), heads, strict=True):
        sketch.put(x0, x1, text, row=1)
    sketch.height += 2
    for label in ("合计", "财政资金小计", "①中央财政资金"):
        sketch.row((0, *edges), label, "120.00", "0.00", "120.00", "118.50", "98.75")
    return pdf_of(sketch, "部门整体绩效自评表")


def side_by_side() -> bytes:
    sketch = Sketch()
    edges = (0.0, 130.0, 258.0, 386.0, WIDTH)
    sketch.row(edges, "部门预算支出", "预算金额（万元）", "收入来源", "预算金额（万元）")
    sketch.row(edges, "基本支出", "510.00", "财政拨款", "690.00")
    sketch.row(edges, "项目支出", "190.00", "其他资金", "10.00")
    sketch.row(edges, "合计", "700.00", "合计", "700.00")
    return pdf_of(sketch, "部门整体绩效目标表")


def numbered_goals() -> bytes:
    sketch = begin(CONTENT)
    sketch.put(0, 110, "年度绩效目标", rows=2)
    for number, goal in enumerate((CONTENT.goal, "组织验收，全部合格。"), start=1):
        sketch.row((110, WIDTH), f"目标{number}：{goal}")
    return pdf_of(sketch)


def prose() -> bytes:
    sketch = Sketch()
    edges = (0.0, 90.0, 150.0, 260.0, WIDTH)
    text = (
        "1、1-产出指标；11-数量指标；修缮里程；年度指标值：≥20公里。2、1-产出指标；12-质量指标；"
        "验收合格率；年度指标值：100%。3、2-效益指标；22-社会效益指标；出行便利程度；年度指标值：有所提高。"
    )
    sketch.row(edges, "项目名称", "金额", "绩效目标", "绩效指标")
    sketch.row(edges, CONTENT.name, "59.30", CONTENT.goal, text)
    return pdf_of(sketch, above="单位：万元")


def other_values() -> bytes:
    sketch = begin(CONTENT)
    sketch.row((0, 110, 300, 400, WIDTH), "立项必要性", "盲道破损", "资金用途", "工程款")
    sketch.row((0, 110, WIDTH), "立项依据", "《云溪区无障碍环境建设三年计划》")
    return pdf_of(sketch)


def department_form() -> Sketch:
    """A department's form with tasks, and a label that no table has a column for."""
    sketch = Sketch()
    sketch.row((0, 110, 300, 400, WIDTH), "部门名称", CONTENT.organ, "资金用途", "工程款")
    put_tasks(sketch)
    put_goal(sketch, CONTENT)
    put_indicators(sketch, CONTENT)
    return sketch


def put_tasks(sketch: Sketch) -> None:
    edges = (70.0, 180.0, 360.0, 440.0, WIDTH)
    sketch.put(0, 70, "年度主要任务", rows=3)
    sketch.row(edges, "任务名称", "主要内容", "金额（万元）", "预期效果")
    sketch.row(edges, "基本履职", "人员经费及单位运转", "2,080.76", "运转正常")
    sketch.row(edges, "盲道整治", "整治主次干道盲道", "59.30", "出行方便")


def tasks() -> bytes:
    sketch = Sketch()
    put_tasks(sketch)
    return pdf_of(sketch, "部门整体支出绩效目标表")


def listed() -> DrawnPage:
    """A list with one project."""
    widths = (90.0, 60.0, 130.0, 60.0, 70.0, 100.0, 60.0)
    sketch = Sketch()
    edges = tuple(sum(widths[:n]) * WIDTH / sum(widths) for n in range(len(widths) + 1))
    sketch.row(edges, "项目名称", "金额", "年度目标", "一级指标", "二级指标", "三级指标", "指标值")
    goal = CONTENT.goal + "组织验收，全部合格。"
    for (x0, x1), text in zip(pairwise(edges), (CONTENT.name, "59.30", goal), strict=False):
        sketch.put(x0, x1, text, rows=3)
    for row in CONTENT.indicators:
        sketch.row(edges[3:], *row)
    return sketch.page(above="单位：万元")


def list_with_cut_goal() -> bytes:
    """A list whose merged goal goes on below the break."""
    page = listed()
    first, second = separated.cut(page.tables[0], 3, CutText.LINES)
    return draw([replace(page, tables=(first,)), DrawnPage(tables=(second,))], Producer.LINES)
