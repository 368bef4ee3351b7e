"""Pages with second prints, watermarks, seals, drawn check boxes and turned content read as the same pages without."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document.result import DocumentResult, Row
from pipeline.pages.frames import Frame, displayed_box, upright_box
from pipeline.pages.readers import PRIMARY
from pipeline.run.read_document import read_document
from tests.documents import FORM, JOURNAL, SCORED, SYSTEM, list_pages
from tests.fuzz import fuzz
from tests.generator.drawing import Producer, draw
from tests.generator.forms import FormLayout, lay_out
from tests.generator.marking import printed_again, sealed, turned, watermarked, with_choice

DOCUMENTS = {
    "form": lay_out(FORM, FormLayout(breaks=(3, 5))),
    "scored": lay_out(SCORED),
    "list": list_pages((JOURNAL, SYSTEM), (2,)),
}
WATERMARKS = ("样本", "内部资料", "某市财政局", "仅供公开使用")


@cache
def plain(name: str) -> bytes:
    return draw(DOCUMENTS[name], Producer.RECTANGLES if name == "scored" else Producer.LINES)


def extract(pdf: bytes, reader: str) -> DocumentResult:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "page.pdf"
        path.write_bytes(pdf)
        return read_document(path, reader)


def rows(extraction: DocumentResult) -> Mapping[str, object]:
    """All that was read, without what names the file."""
    names = {"document_id", "form_id"}
    return {
        table: [{k: v for k, v in row.items() if k not in names} for row in extraction.tables[table]]
        for table in ("forms", "funds", "indicators")
    }


def box_of(row: Row) -> list[float]:
    return [float(str(row[edge])) for edge in ("x0", "y0", "x1", "y1")]


@cache
def read_plain(name: str, reader: str) -> DocumentResult:
    return extract(plain(name), reader)


@pytest.mark.parametrize("reader", PRIMARY)
@fuzz(4)
@given(
    st.sampled_from(sorted(DOCUMENTS)),
    st.integers(-10, 10).map(lambda tenths: tenths / 10),
    st.integers(-6, 6).map(lambda tenths: tenths / 10),
)
def test_text_printed_twice_counts_once(reader: str, name: str, dx: float, dy: float) -> None:
    assert rows(extract(printed_again(plain(name), dx, dy), reader)) == rows(read_plain(name, reader))


@pytest.mark.parametrize("reader", PRIMARY)
@pytest.mark.parametrize("degrees", [90, 180, 270])
@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_turned_content_is_set_upright(reader: str, name: str, degrees: int) -> None:
    found = extract(turned(plain(name), degrees), reader)
    assert rows(found) == rows(read_plain(name, reader))
    page = DOCUMENTS[name][0]
    frame = Frame(page.width, page.height, degrees // 90, 0.0)
    for row, upright in zip(found.tables["regions"], read_plain(name, reader).tables["regions"], strict=True):
        assert box_of(row) == pytest.approx(displayed_box(frame, box_of(upright)), abs=0.01)


@pytest.mark.parametrize("reader", PRIMARY)
@fuzz(4)
@given(
    st.sampled_from(sorted(DOCUMENTS)),
    st.sampled_from(WATERMARKS),
    st.floats(10, 70),
    st.one_of(st.floats(7, 83), st.floats(-83, -7), st.just(0.0)),
    st.sampled_from([0, 90, 150]),
    st.floats(0.65, 0.93),
)
def test_watermarks_are_in_no_value(
    reader: str, name: str, text: str, size: float, degrees: float, step: float, lightness: float
) -> None:
    if not degrees and not step:
        size = max(size, 24)
    elif step:
        size = min(size, step / 7)
    marked = watermarked(plain(name), text, size, degrees, step, (lightness,) * 3, 1)
    assert rows(extract(marked, reader)) == rows(read_plain(name, reader))


@pytest.mark.parametrize("reader", PRIMARY)
@fuzz(4)
@given(
    st.sampled_from(sorted(DOCUMENTS)),
    st.sampled_from(("某市民政局", "某区文化馆财务专用章", "中国共产党某市委员会宣传部")),
    st.tuples(st.floats(100, 480), st.floats(100, 480)),
    st.tuples(st.floats(28, 45), st.floats(7, 12)),
    st.sampled_from([(1, 0, 0), (0.8, 0.1, 0.1), (0, 0, 0)]),
)
def test_seals_are_in_no_value(
    reader: str,
    name: str,
    text: str,
    place: tuple[float, float],
    size: tuple[float, float],
    colour: tuple[float, float, float],
) -> None:
    marked = sealed(plain(name), text, *place, *size, colour)
    assert rows(extract(marked, reader)) == rows(read_plain(name, reader))


@pytest.mark.parametrize("reader", PRIMARY)
@pytest.mark.parametrize("ticked", ["sign", "cross", "tick", "filled"])
def test_drawn_boxes_choose_an_option(reader: str, ticked: str) -> None:
    marked = with_choice(plain("form"), "经常性项目", "一次性", ticked)
    assert rows(extract(marked, reader)) == rows(read_plain("form", reader))


@fuzz(50)
@given(
    st.tuples(st.floats(1, 900), st.floats(1, 900)),
    st.integers(0, 3),
    st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)),
)
def test_boxes_go_to_the_displayed_page_and_back(
    size: tuple[float, float], quarters: int, shares: tuple[float, ...]
) -> None:
    frame = Frame(*size, quarters, 0.0)
    (x0, x1), (y0, y1) = sorted(shares[:2]), sorted(shares[2:])
    box = x0 * size[0], y0 * size[1], x1 * size[0], y1 * size[1]
    assert upright_box(frame, displayed_box(frame, box)) == pytest.approx(box, abs=1e-6)
