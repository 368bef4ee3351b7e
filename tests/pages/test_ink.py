"""What a page shows beside its words and rules, and what it stores and does not show: read, hidden, or told."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pymupdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document.result import DocumentResult
from pipeline.pages.readers import PRIMARY
from pipeline.run.read_document import read_document
from tests.documents import FORM, stored
from tests.fuzz import fuzz
from tests.generator.borders import Borders, Way
from tests.generator.drawing import Producer, draw
from tests.generator.forms import lay_out
from tests.generator.trait_forms import listed

VALUES = ("forms", "funds", "indicators")
AMOUNTS = ("800,000", "750,000", "700,000", "50,000")
DOTS = 150  # an inch; of the scans
NOT_READ = {"page.scanned", "page.picture_form", "page.untrusted"}
Trait = Callable[[pymupdf.Page, pymupdf.Rect, str], None]
"""Adds a text to a page, at the place of another one."""


def read(document: pymupdf.Document, reader: str) -> DocumentResult:
    with stored(document.tobytes()) as path:
        return read_document(path, reader, ocr=False)


def form_page() -> pymupdf.Document:
    document = pymupdf.open(stream=draw(lay_out(FORM), Producer.LINES))
    assert len(document) == 1
    return document


@cache
def plain_values(reader: str) -> dict[str, list[dict[str, object]]]:
    with form_page() as document:
        return values(read(document, reader))


def values(extraction: DocumentResult) -> dict[str, list[dict[str, object]]]:
    """The rows but for identities and counts of findings, which change with the file."""
    dropped = ("form_id", "document_id", "error_count", "warning_count")
    return {
        table: [{k: v for k, v in row.items() if k not in dropped} for row in extraction.tables.get(table, [])]
        for table in VALUES
    }


def rules(extraction: DocumentResult) -> set[str]:
    return {str(finding["rule"]) for finding in extraction.tables["findings"]}


def grown(place: pymupdf.Rect, x0: float, y0: float, x1: float, y1: float) -> pymupdf.Rect:
    return pymupdf.Rect(place.x0 + x0, place.y0 + y0, place.x1 + x1, place.y1 + y1)


def white(page: pymupdf.Page, place: pymupdf.Rect, text: str) -> None:
    page.insert_text((place.x0, place.y1 - 2), text, fontsize=9, color=(1, 1, 1))


def invisible(page: pymupdf.Page, place: pymupdf.Rect, text: str) -> None:
    page.insert_text((place.x0, place.y1 - 2), text, fontsize=9, render_mode=3)


def transparent(page: pymupdf.Page, place: pymupdf.Rect, text: str) -> None:
    page.insert_text((place.x0, place.y1 - 2), text, fontsize=9, fill_opacity=0.0, stroke_opacity=0.0)


def on_hidden_layer(page: pymupdf.Page, place: pymupdf.Rect, text: str) -> None:
    layer = page.parent.add_ocg("hidden", on=False)
    page.insert_text((place.x0, place.y1 - 2), text, fontsize=9, oc=layer)


@pytest.mark.parametrize("reader", PRIMARY)
@pytest.mark.parametrize("hide", [white, invisible, transparent, on_hidden_layer])
@given(
    text=st.from_regex(r"[1-9][0-9]{2},[0-9]{3}", fullmatch=True),
    amount=st.sampled_from(AMOUNTS),
    aside=st.sampled_from((-40.0, -12.0, 0.0, 3.0)),
)
@fuzz(6)
def test_what_nobody_sees_is_no_value(hide: Trait, reader: str, text: str, amount: str, aside: float) -> None:
    with form_page() as document:
        for place in document[0].search_for(amount):
            hide(document[0], grown(place, aside, 0, aside, 0), text)
        assert values(read(document, reader)) == plain_values(reader)


@pytest.mark.parametrize("reader", PRIMARY)
@pytest.mark.parametrize("fill", [(1, 1, 1), (1, 1, 0)])
@given(text=st.from_regex(r"[1-9][0-9]{2},[0-9]{3}", fullmatch=True))
@fuzz(5)
def test_annotation_over_a_value_is_the_value(fill: tuple[float, ...], reader: str, text: str) -> None:
    with form_page() as document:
        page = document[0]
        place = page.search_for("700,000")[0]
        page.add_freetext_annot(grown(place, -8, -1, 8, 2), text, fontsize=9, fill_color=fill)
        found = read(document, reader)
    amounts = [row["amount_text"] for row in found.tables["funds"]]
    assert text in amounts and "700,000" not in amounts
    methods = {row["text"]: row["method"] for row in found.tables["evidence"] if row["field"] == "amount"}
    assert methods[text] == "annotation"


@pytest.mark.parametrize("reader", PRIMARY)
@given(text=st.from_regex(r"[1-9][0-9]{2},[0-9]{3}", fullmatch=True))
@fuzz(5)
def test_form_fields_are_text_of_the_page(reader: str, text: str) -> None:
    with form_page() as document:
        page = document[0]
        places = page.search_for("800,000")
        for place in places:
            page.add_redact_annot(place)
        page.apply_redactions(graphics=0)
        for number, place in enumerate(places):
            field = pymupdf.Widget()
            field.field_type, field.field_name = 7, f"amount {number}"
            field.rect, field.field_value, field.text_fontsize = grown(place, -8, -1, 8, 2), text, 9
            page.add_widget(field)
        found = read(document, reader)
    amounts = [row["amount_text"] for row in found.tables["funds"]]
    assert amounts.count(text) == len(places)
    methods = {row["text"]: row["method"] for row in found.tables["evidence"] if row["field"] == "amount"}
    assert methods[text] == "form_field" and methods["750,000"] == reader


@cache
def picture() -> bytes:
    with form_page() as document:
        png: bytes = document[0].get_pixmap(dpi=DOTS, colorspace=pymupdf.csGRAY).tobytes("png")
    return png


def whole(page: pymupdf.Page) -> None:
    page.insert_image(page.rect, stream=picture())


def below_a_head(page: pymupdf.Page) -> None:
    page.insert_image(page.rect, stream=picture())
    page.insert_text((40, 30), "2023年部门预算公开说明（含绩效目标申报表）", fontname="china-s", fontsize=9)
    page.insert_text((280, 820), "第12页 共36页", fontname="china-s", fontsize=9)


def half_a_page(page: pymupdf.Page) -> None:
    for line in range(8):
        page.insert_text(
            (60, 60 + 20 * line),
            "二、关于绩效目标设置情况的说明，项目绩效目标申报表如下图所示。",
            fontname="china-s",
            fontsize=11,
        )
    page.insert_image(pymupdf.Rect(110, 300, 467, 802), stream=picture())


def in_strips(page: pymupdf.Page) -> None:
    image = pymupdf.Pixmap(picture())
    high = image.height // 10 + 1
    for top in range(0, image.height, high):
        area = pymupdf.IRect(0, top, image.width, min(top + high, image.height))
        strip = pymupdf.Pixmap(image.colorspace, area, False)
        strip.copy(image, area)
        scale = page.rect.height / image.height
        page.insert_image(
            pymupdf.Rect(0, area.y0 * scale, page.rect.width, area.y1 * scale), pixmap=strip, keep_proportion=False
        )


def as_stamp(page: pymupdf.Page) -> None:
    page.add_stamp_annot(page.rect, stamp=pymupdf.Pixmap(picture()))


def as_curves(page: pymupdf.Page) -> None:
    with form_page() as document:
        svg = document[0].get_svg_image().encode()
    with pymupdf.open(stream=svg, filetype="svg") as drawn, pymupdf.open(stream=drawn.convert_to_pdf()) as curves:
        page.show_pdf_page(page.rect, curves)


def in_a_pattern(page: pymupdf.Page) -> None:
    document = page.parent
    page.insert_image(page.rect, stream=picture())
    ((image, *_),) = page.get_images()
    width, height = page.rect.width, page.rect.height
    pattern = document.get_new_xref()
    document.update_object(
        pattern,
        f"<</Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 {width} {height}]"
        f"/XStep {width}/YStep {height}/Resources<</XObject<</Im {image} 0 R>>>>>>",
    )
    document.update_stream(pattern, f"{width} 0 0 {height} 0 0 cm /Im Do".encode())
    content = document.get_new_xref()
    document.update_object(content, "<<>>")
    document.update_stream(content, f"/Pattern cs /P scn 0 0 {width} {height} re f".encode())
    page.set_contents(content)
    document.xref_set_key(page.xref, "Resources", f"<</Pattern<</P {pattern} 0 R>>>>")


@pytest.mark.parametrize("reader", PRIMARY)
@pytest.mark.parametrize(
    "add",
    [
        whole,
        below_a_head,
        half_a_page,
        in_strips,
        as_stamp,
        pytest.param(as_curves, marks=pytest.mark.slow),
        in_a_pattern,
    ],
)
def test_print_that_is_no_text_is_told(add: Callable[[pymupdf.Page], None], reader: str) -> None:
    with pymupdf.open() as document:
        add(document.new_page())
        found = read(document, reader)
    assert found.document["status"] == "partial"
    assert rules(found) & NOT_READ


def chart(page: pymupdf.Page, area: pymupdf.Rect) -> None:
    """Bars with a frame and lines of curves."""
    for left in range(4):
        bar = pymupdf.Rect(area.x0 + 30 * left, area.y0 + 9 * left, area.x0 + 30 * left + 15, area.y1)
        page.draw_rect(bar, color=None, fill=(0.2, 0.4, 0.7))
        page.draw_circle((bar.x0 + 8, bar.y0 - 12), 6)
        page.draw_bezier(bar.tl, (bar.x0 + 40, bar.y0 - 20), (bar.x0 + 10, bar.y0 + 30), bar.br)


@pytest.mark.parametrize("reader", PRIMARY)
@pytest.mark.parametrize(
    ("line", "severity"),
    [
        ("对事业单位补助2014.41万元，原因是绩效工资增加。", "info"),
        ("对事业单位补助2014.41万元，较上年减少。", "info"),
        ("项目支出绩效目标表", "error"),
        ("三级指标", "error"),
    ],
)
def test_ink_is_told_at_its_place(line: str, severity: str, reader: str) -> None:
    area = pymupdf.Rect(200, 400, 320, 480)
    around = pymupdf.Rect(170, 370, 350, 510)
    with pymupdf.open() as document:
        page = document.new_page()
        for number in range(8):  # the white between lines is no ink
            page.insert_text((60, 60 + 17 * number), line, fontname="china-s", fontsize=15)
        chart(page, area)
        found = read(document, reader)
    (told,) = [f for f in found.tables["findings"] if f["rule"] == "page.unread_ink"]
    assert told["severity"] == severity
    assert pymupdf.Rect(*(float(str(told[side])) for side in ("x0", "y0", "x1", "y1"))) in around


SIZES = {Way.DASHES: 5.0, Way.LETTERS: 9.0, Way.BARS: 2.5, Way.DOUBLE: 2.25}  # points


@pytest.mark.parametrize("reader", PRIMARY)
@pytest.mark.parametrize("way", Way)
def test_borders_are_no_unread_ink(way: Way, reader: str) -> None:
    with stored(draw([listed()], Borders(way, SIZES.get(way, 1.0)))) as path:
        found = read_document(path, reader, ocr=False)
    assert "page.unread_ink" not in rules(found)
    targets = [row["target"] for row in found.tables["indicators"]]
    assert targets == ["≥20公里", "100%", "有所提高"] or "form.not_read" in rules(found)


NAMES = st.text(st.sampled_from("绩效目标表附件2025（）-A"), min_size=1, max_size=12)
ENDINGS = st.sampled_from(("", ".pdf", ".xlsx", ".docx", ".PDF", ".zip"))


@pytest.mark.parametrize("reader", PRIMARY)
@given(name=st.tuples(NAMES, ENDINGS).map("".join), turn=st.sampled_from((0, 90)))
@fuzz(6)
def test_attached_files_are_told(reader: str, name: str, turn: int) -> None:
    with form_page() as document:
        content = document.tobytes()
        document.embfile_add("a", content, filename=name)
        found = read(document, reader)
    (told,) = [f for f in found.tables["findings"] if f["rule"] == "document.attachments"]
    assert name in str(told["message"]) and told["page"] is None

    with form_page() as document:
        page = document[0]
        page.set_rotation(turn)
        page.add_file_annot(pymupdf.Point(300, 500), content, name, ufilename=name)
        box = next(page.annots()).rect * page.rotation_matrix
        found = read(document, reader)
    (told,) = [f for f in found.tables["findings"] if f["rule"] == "document.attachments"]
    assert name in str(told["message"]) and told["page"] == 1
    assert pymupdf.Rect(*(float(str(told[side])) for side in ("x0", "y0", "x1", "y1"))).intersects(box)


@pytest.mark.parametrize("reader", PRIMARY)
def test_xfa_forms_are_told(reader: str) -> None:
    with pymupdf.open() as document:
        document.new_page().insert_text((60, 60), "Please wait")
        stream = document.get_new_xref()
        document.update_object(stream, "<<>>")
        document.update_stream(stream, b"<xdp/>")
        document.xref_set_key(document.pdf_catalog(), "AcroForm", f"<</XFA {stream} 0 R/Fields[]>>")
        found = read(document, reader)
    assert found.document["status"] == "partial" and "document.xfa" in rules(found)
