"""Budget tables in the review page: what it shows of them, and the corrections that it takes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from pipeline.dataset.store.corrections import read_corrections
from pipeline.dataset.views import connect
from pipeline.document.corrections.model import AddTableRow, RemoveTableRow, TableNumber, TableRowValue, TableValue
from pipeline.review.app import make_app
from pipeline.review.desk import Desk
from pipeline.settings import Settings
from tests.correcting_tables import EXPENDITURE, changed, expenditure_pages, income_page
from tests.generator.drawing import Producer, draw
from tests.reviewing import ORIGIN, TOKEN, Here, get
from tests.shared import ingest_here

MISREAD = changed(EXPENDITURE, {(4, 2): "660.00"})  # 行政运行; 600.00 in the original


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A dataset of one document without forms: a table over two pages, and one of two panels."""

    settings: Settings
    document: str

    def page(self) -> TestClient:
        desk: Any = Desk(self.settings, Here())  # type: ignore[arg-type]
        client = TestClient(make_app(desk, TOKEN, "王芳"), base_url=ORIGIN)
        client.headers["Origin"] = ORIGIN
        return client

    def table(self, number: int) -> str:
        return f"{self.document[:12]}-t{number:03d}"

    def correct(self, client: TestClient, edit: Mapping[str, object]) -> Any:
        digest = read_corrections(self.settings.corrections, self.document).digest
        body = {"table_id": self.table(1), "digest": digest, "who": "王芳", "why": "misread", **edit}
        return client.post(f"/{TOKEN}/documents/{self.document}/corrections", json=body)


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("review-tables")
    settings = Settings(raw=folder / "raw", out=folder / "out", corrections=folder / "corrections", verify="off")
    settings.raw.mkdir()
    (settings.raw / "tables.pdf").write_bytes(draw([*expenditure_pages(MISREAD, cut=6), income_page()], Producer.LINES))
    ingest_here(settings)
    return settings


@pytest.fixture
def reviewed(landed: Settings, tmp_path: Path) -> Iterator[Reviewed]:
    settings = landed.model_copy(update={"corrections": tmp_path / "corrections"})
    with connect(settings.out) as connection:
        [[document]] = connection.execute("SELECT document_id FROM documents").fetchall()
    yield Reviewed(settings, document)


def cells(text: str) -> Mapping[str, str | None]:
    """The values of a page by key; None where nothing is read."""
    found = re.findall(r'<td class="value[^>]*data-key="([^"]*)"[^>]*>', text)
    tags = re.findall(r'<td class="value[^>]*>', text)
    read = [re.search(r'data-read="([^"]*)"', tag) for tag in tags]
    return {key: unescape(match[1]) if match else None for key, match in zip(found, read, strict=True)}


def test_a_table_is_shown_as_it_is_printed(reviewed: Reviewed) -> None:
    client = reviewed.page()
    text = get(client, f"tables/{reviewed.table(1)}")
    shown = cells(text)
    assert (shown["table-kind"], shown["table-amount_unit"], shown["table-unit_name"]) == ("expenditure", "万元", None)
    assert [shown[f"number-4-1-{n}"] for n in (3, 4, 5)] == ["660.00", "600.00", None]
    assert (shown["row-4-1-code"], shown["row-4-1-label"]) == ("2010301", "行政运行")
    assert text.count('<figure class="page"') == 2
    assert set(re.findall(r'<rect class="value" data-key="(number[^"]*)"', text)) == {
        key for key, read in shown.items() if key.startswith("number") and read is not None
    }
    assert re.findall(r'data-note="\d" data-page="1" data-key="([^"]*)"', text)[0].startswith("number-")
    panels = cells(get(client, f"tables/{reviewed.table(2)}"))
    assert (panels["row-2-1-label"], panels["number-2-1-2"]) == ("二、政府性基金预算拨款收入", None)
    assert (panels["row-2-2-label"], panels["number-2-2-4"]) == ("二、社会保障和就业支出", "50.00")


def test_a_document_without_forms_shows_its_tables_and_all_its_pages(reviewed: Reviewed) -> None:
    client = reviewed.page()
    text = get(client, f"documents/{reviewed.document}")
    assert "No form was found" in text
    assert f"tables/{reviewed.table(1)}" in text
    assert "部门收支总表" in text
    for number in (1, 2, 3):
        page = get(client, f"documents/{reviewed.document}/pages/{number}")
        assert page.count('<figure class="page"') == 1
        assert f"tables/{reviewed.table(1 + (number == 3))}" in page
        picture = client.get(f"/{TOKEN}/pages/{reviewed.document}/{number}.png")
        assert Image.open(BytesIO(picture.content)).width > 500
    assert client.get(f"/{TOKEN}/documents/{reviewed.document}/pages/4").status_code == 404
    assert client.get(f"/{TOKEN}/tables/{reviewed.table(3)}").status_code == 404


def test_a_correction_shows_at_once_and_lands(reviewed: Reviewed) -> None:
    client = reviewed.page()
    edit = {"kind": "table_number", "row": 4, "panel": 1, "column": 3, "read": "660.00", "value": " 600.00\n"}
    assert reviewed.correct(client, edit).status_code == 200
    text = get(client, f"tables/{reviewed.table(1)}")
    assert cells(text)["number-4-1-3"] == "600.00"
    assert "Corrections wait" in text
    assert "Nothing that does not add up" in text
    [made] = read_corrections(reviewed.settings.corrections, reviewed.document).made
    assert isinstance(made, TableNumber)
    assert (made.title, made.page, made.row_label, made.read, made.value) == (
        "部门支出总表", 1, "行政运行", "660.00", "600.00"
    )  # fmt: skip
    listed = unescape(get(client, f"documents/{reviewed.document}"))
    assert "table 1, row 4 '行政运行', column 3: '660.00' to '600.00'" in listed


def test_every_kind_of_correction_is_taken(reviewed: Reviewed) -> None:
    client = reviewed.page()
    row = {"panel": 1, "row": 4}
    for edit in (
        {"kind": "table_value", "field": "kind", "read": "expenditure", "value": "general_expenditure"},
        {"kind": "table_row_value", **row, "field": "functional_code", "read": "2010301", "value": "2010350"},
        {"kind": "table_number", **row, "column": 5, "read": None, "value": "60.00"},
        {
            "kind": "add_table_row",
            "panel": 1,
            "after": 4,
            "page": 1,
            "values": {"label": "事业运行"},
            "numbers": {"3": "1"},
        },
        {"kind": "remove_table_row", "panel": 1, "row": 6, "label": "一般行政管理事务"},
    ):
        answered = reviewed.correct(client, edit)
        assert answered.status_code == 200, answered.text
    made = read_corrections(reviewed.settings.corrections, reviewed.document).made
    assert [type(one) for one in made] == [TableValue, TableRowValue, TableNumber, AddTableRow, RemoveTableRow]
    shown = cells(get(client, f"tables/{reviewed.table(1)}"))
    assert (shown["table-kind"], shown["row-4-1-code"], shown["number-4-1-5"]) == (
        "general_expenditure",
        "2010350",
        "60.00",
    )
    assert (shown["row-5-1-label"], shown["number-5-1-3"], shown["row-6-1-label"]) == (
        "事业运行",
        "1",
        "社会保障和就业支出",
    )
    assert reviewed.correct(client, {"kind": "remove_table"}).status_code == 200
    assert cells(get(client, f"tables/{reviewed.table(1)}"))["table-kind"] == "income_expenditure"
    assert client.get(f"/{TOKEN}/tables/{reviewed.table(2)}").status_code == 404
    taken = client.post(
        f"/{TOKEN}/documents/{reviewed.document}/take-back",
        json={"number": 6, "digest": read_corrections(reviewed.settings.corrections, reviewed.document).digest},
    )
    assert taken.status_code == 200
    assert cells(get(client, f"tables/{reviewed.table(1)}"))["table-kind"] == "general_expenditure"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"read": "606.00"}, "another value stands there now"),
        ({"value": "660.00"}, "nothing to correct"),
        ({"value": "sixty"}, "is no number"),
        ({"row": 40}, "no row 40"),
        ({"kind": "nonsense"}, "kind"),
        ({"table_id": "0" * 12 + "-t001"}, "not one of the document"),
    ],
)
def test_an_edit_that_does_not_fit_is_refused(reviewed: Reviewed, change: dict[str, object], told: str) -> None:
    client = reviewed.page()
    edit = {"kind": "table_number", "row": 4, "panel": 1, "column": 3, "read": "660.00", "value": "600.00", **change}
    answered = reviewed.correct(client, edit)
    assert answered.status_code in (404, 409, 422)
    assert told in answered.text
    assert not read_corrections(reviewed.settings.corrections, reviewed.document).made


def test_tables_are_shown_without_the_pdf(reviewed: Reviewed, tmp_path: Path) -> None:
    gone = Reviewed(reviewed.settings.model_copy(update={"raw": tmp_path}), reviewed.document).page()
    text = get(gone, f"tables/{reviewed.table(1)}")
    assert "cannot be read" in text
    assert cells(text)["number-4-1-3"] == "660.00"


def test_tables_are_shown_without_stored_pages(reviewed: Reviewed, tmp_path: Path) -> None:
    settings = reviewed.settings.model_copy(update={"out": tmp_path / "out", "keep_pages": False})
    ingest_here(settings)
    text = get(Reviewed(settings, reviewed.document).page(), f"tables/{reviewed.table(1)}")
    assert cells(text)["number-4-1-3"] == "660.00"


def test_a_chinese_browser_shows_what_numbers_mean_in_chinese(reviewed: Reviewed) -> None:
    page = reviewed.page()
    page.headers["Accept-Language"] = "zh"
    text = unescape(get(page, f"tables/{reviewed.table(1)}"))
    assert '["行性质", "item", "row_role", "明细"]' in text  # the code for a correction, and its name
    assert 'data-read="expenditure"' in text
    assert '<span class="text">支出总表</span>' in text
