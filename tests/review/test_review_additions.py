"""The review page: findings that open their fields, pages without forms, and what a person adds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from pipeline.dataset.checks.check import check_dataset
from pipeline.dataset.store.corrections import change_corrections, corrected_documents, read_corrections
from pipeline.dataset.views import connect
from pipeline.document.corrections.model import AddForm
from pipeline.review.app import make_app
from pipeline.review.desk import Desk
from pipeline.review.script_texts import script_texts
from pipeline.settings import Settings
from tests.correcting import WHEN
from tests.correcting_tables import EXPENDITURE, changed, expenditure_pages
from tests.documents import FORM, on_one_page
from tests.english import english_in
from tests.generator.drawing import DrawnText, Producer, draw
from tests.generator.forms import lay_out
from tests.reviewing import ORIGIN, TOKEN, Here, get
from tests.shared import ROOT, ingest_here

BLANK = replace(
    FORM,
    header=(("项目名称", "", "项目类别", "经常性项目"), *FORM.header[1:]),
    rows=(
        ("产出指标", "数量指标", "助餐人数", ">=1000人"),
        ("产出指标", "数量指标", "送餐次数", ""),
        ("产出指标", "质量指标", "送餐次数", ""),
        ("产出指标", "质量指标", "合格率", "300%"),
    ),
)
AES_256 = 5  # pymupdf.PDF_ENCRYPT_AES_256, which its types leave out
COVER = on_one_page(DrawnText(60, 0, "某区民政局2024年度部门预算"))


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A document with a cover, a form with blank values, a budget table, and a last page with text."""

    settings: Settings
    document: str

    def client(self, **headers: str) -> TestClient:
        desk: Any = Desk(self.settings, Here())  # type: ignore[arg-type]
        client = TestClient(make_app(desk, TOKEN, "王芳"), base_url=ORIGIN)
        client.headers.update({"Origin": ORIGIN, **headers})
        return client

    @property
    def form(self) -> str:
        return f"{self.document[:12]}-001"

    def post(self, client: TestClient, edit: Mapping[str, object]) -> Any:
        digest = read_corrections(self.settings.corrections, self.document).digest
        body = {"digest": digest, "who": "王芳", "why": "not read", **edit}
        return client.post(f"/{TOKEN}/documents/{self.document}/corrections", json=body)

    def take_back(self, client: TestClient, number: int) -> None:
        digest = read_corrections(self.settings.corrections, self.document).digest
        body = {"number": number, "digest": digest}
        assert client.post(f"/{TOKEN}/documents/{self.document}/take-back", json=body).status_code == 200


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("additions")
    settings = Settings(raw=folder / "raw", out=folder / "out", corrections=folder / "corrections", verify="off")
    settings.raw.mkdir()
    table = expenditure_pages(changed(EXPENDITURE, {(4, 2): "见附注"}))
    pages = [COVER, *lay_out(BLANK), *table, on_one_page(DrawnText(60, 0, "附：其他项目"))]
    (settings.raw / "blank.pdf").write_bytes(draw(pages, Producer.LINES))
    locked = pymupdf.open(stream=draw([COVER, COVER], Producer.LINES))
    locked.save(settings.raw / "locked.pdf", encryption=AES_256, user_pw="芝麻", owner_pw="x")
    ingest_here(settings)
    return settings


@pytest.fixture
def reviewed(landed: Settings, tmp_path: Path) -> Reviewed:
    settings = landed.model_copy(update={"corrections": tmp_path / "corrections"})
    return Reviewed(settings, document_of(settings, "blank.pdf"))


def document_of(settings: Settings, name: str) -> str:
    with connect(settings.out) as connection:
        [[document]] = connection.execute("SELECT document_id FROM documents WHERE file_name = ?", [name]).fetchall()
    return str(document)


def told(page: str) -> list[tuple[str, str]]:
    """The rule and the key of each finding of a page."""
    return re.findall(r'data-key="([^"]*)" data-finding="\d+">.*?<code>([^<]*)</code>', page, re.DOTALL)


ADDED = {
    "kind": "add_form",
    "page": 4,
    "page_last": 4,
    "form_kind": "project_target",
    "values": {"project_name": "适老化改造", "amount_unit": "万元", "annual_goal": " "},
}


def test_a_finding_about_a_missing_value_opens_its_field(reviewed: Reviewed) -> None:
    found = [(rule, key) for key, rule in told(get(reviewed.client(), f"forms/{reviewed.form}"))]
    assert ("form.no_project_name", "forms-0-project_name") in found
    targets = [key for rule, key in found if rule == "indicators.no_target"]
    assert targets == ["indicators-2-target", "indicators-3-target"]
    assert ("indicators.percent_over_100", "indicators-4-target") in found


def test_a_finding_about_a_table_opens_the_cell_that_holds_no_number(reviewed: Reviewed) -> None:
    page = get(reviewed.client(), f"tables/{reviewed.document[:12]}-t001")
    assert ("number-4-1-3", "table.not_a_number") in told(page)
    assert 'data-key="number-4-1-3"' in page


def test_the_lists_lead_to_each_finding(reviewed: Reviewed) -> None:
    client = reviewed.client()
    assert f'href="/{TOKEN}/documents/{reviewed.document}#findings"' in get(client, "")
    page = get(client, f"documents/{reviewed.document}")
    with connect(reviewed.settings.out) as connection:
        rows = connection.execute(
            "SELECT finding_no, coalesce('forms/' || form_id, 'tables/' || table_id), page FROM findings "
            "WHERE document_id = ?",
            [reviewed.document],
        ).fetchall()
    assert len(rows) > 3
    for number, owner, on in rows:
        place = owner or f"documents/{reviewed.document}/pages/{on}"
        assert f'href="/{TOKEN}/{place}#finding={number}"' in page
        assert f'data-finding="{number}"' in get(client, place)


def test_every_page_is_shown_and_what_stands_on_it(reviewed: Reviewed) -> None:
    client = reviewed.client()
    for number in (1, 2, 3, 4):
        page = get(client, f"documents/{reviewed.document}/pages/{number}")
        assert f'<figure class="page" data-page="{number}"' in page
        assert page.count('<rect class="note') == page.count('<button type="button" data-note')
    form = get(client, f"forms/{reviewed.form}")
    assert all(f"documents/{reviewed.document}/pages/{number}" in form for number in (1, 3))


def test_the_pages_of_a_document_that_could_not_be_read(reviewed: Reviewed) -> None:
    document = document_of(reviewed.settings, "locked.pdf")
    assert "it needs a password" in get(reviewed.client(), f"documents/{document}")
    opened = replace(reviewed, settings=reviewed.settings.model_copy(update={"password": SecretStr("芝麻")}))
    client = opened.client()
    page = get(client, f"documents/{document}")
    assert page.count(f"documents/{document}/pages/") == 2
    assert "nothing can be added" in page
    assert 'data-page="2"' in get(client, f"documents/{document}/pages/2")
    assert client.get(f"/{TOKEN}/pages/{document}/2.png").status_code == 200
    assert client.get(f"/{TOKEN}/documents/{document}/pages/3").status_code == 404
    body = {"digest": None, "who": "王芳", "why": "not read", **ADDED}
    answered = client.post(f"/{TOKEN}/documents/{document}/corrections", json=body)
    assert (answered.status_code, "could not be read" in answered.json()["error"]) == (409, True)


def test_nothing_is_added_to_a_superseded_document(tmp_path: Path) -> None:
    settings = Settings(raw=tmp_path / "raw", out=tmp_path / "out", corrections=tmp_path / "corrections", verify="off")
    settings.raw.mkdir()
    documents = []
    for pages in ([COVER, *lay_out(FORM)], lay_out(FORM)):
        (settings.raw / "one.pdf").write_bytes(draw(pages, Producer.LINES))
        ingest_here(settings)
        with connect(settings.out) as connection:
            [found] = connection.execute("SELECT document_id FROM documents WHERE superseded_by IS NULL").fetchall()
        documents.append(Reviewed(settings, str(found[0])))
    old, new = documents
    client = old.client()
    answered = old.post(client, ADDED | {"page": 1, "page_last": 1})
    assert (answered.status_code, "has taken the place" in answered.json()["error"]) == (409, True)
    assert not corrected_documents(settings.corrections)
    assert new.post(client, ADDED | {"page": 1, "page_last": 1}).status_code == 200


def test_a_form_is_added_filled_landed_and_taken_back(reviewed: Reviewed) -> None:
    client = reviewed.client()
    answer = reviewed.post(client, ADDED).json()
    assert answer["shown"] == f"forms/{reviewed.document[:12]}-90001"
    page = get(client, answer["shown"])
    assert 'data-read="适老化改造"' in page
    assert "added form 90001" in page
    added = {"form_id": answer["shown"].removeprefix("forms/"), "kind": "add_row", "after": 0, "page": 4}
    money = {"scope": "annual", "source": "total", "amount": "80.5"}
    for table, values in (
        ("funds", money),
        ("indicators", {"level3": "改造户数", "target": "≥100户"}),
        ("tasks", {"name": "入户评估", "amount_total": "3"}),
    ):
        assert reviewed.post(client, {**added, "table": table, "values": values}).status_code == 200, table
    page = get(client, answer["shown"])
    assert all(text in page for text in ("805,000.00 yuan", "≥100户", "入户评估", "30000.00"))
    second = reviewed.post(client, ADDED | {"values": {"title": "第二张"}}).json()
    assert second["shown"].endswith("-90002")

    ingest_here(reviewed.settings)
    assert check_dataset(reviewed.settings.out) == []
    with connect(reviewed.settings.out) as connection:
        forms = connection.execute(
            "SELECT form_no, text_source FROM forms WHERE document_id = ? ORDER BY 1", [reviewed.document]
        ).fetchall()
    assert forms == [(1, "digital"), (90_001, "person"), (90_002, "person")]

    reviewed.take_back(client, 1)
    [left] = read_corrections(reviewed.settings.corrections, reviewed.document).made
    assert getattr(left, "form", None) == 90_002  # its rows went with the first one
    third = reviewed.post(client, ADDED).json()
    assert third["shown"].endswith("-90003")  # the number of a form that has landed is not given again
    reviewed.take_back(client, 1)
    reviewed.take_back(client, 1)
    ingest_here(reviewed.settings)


def test_the_number_of_the_only_form_that_has_landed_is_not_given_again(reviewed: Reviewed) -> None:
    client = reviewed.client()
    reviewed.post(client, ADDED)
    ingest_here(reviewed.settings)
    reviewed.take_back(client, 1)
    assert reviewed.post(client, ADDED).json()["shown"].endswith("-90002")
    reviewed.take_back(client, 1)
    ingest_here(reviewed.settings)


def test_a_form_is_added_behind_the_highest_number(reviewed: Reviewed) -> None:
    client = reviewed.client()
    keep(reviewed, added(99_999, "甲"))
    answer = reviewed.post(client, ADDED).json()
    assert answer["shown"].endswith("-90001")
    assert 'data-read="适老化改造"' in get(client, answer["shown"])


def test_of_two_forms_with_one_number_each_is_taken_back_by_itself(reviewed: Reviewed) -> None:
    client = reviewed.client()
    for number, left in ((1, ["乙"]), (2, ["甲"])):
        keep(reviewed, added(90_001, "甲"), added(90_001, "乙"))
        reviewed.take_back(client, number)
        made = read_corrections(reviewed.settings.corrections, reviewed.document).made
        assert [getattr(correction, "name", None) for correction in made] == left
        keep(reviewed)


def added(number: int, name: str) -> AddForm:
    place: dict[str, Any] = {"who": "王芳", "when": WHEN, "why": "not read", "page": 4, "page_last": 4}
    return AddForm(**place, form=number, name=name, form_kind="project_target", values={"project_name": name})


def keep(reviewed: Reviewed, *made: AddForm) -> None:
    folder = reviewed.settings.corrections
    before = read_corrections(folder, reviewed.document).digest
    change_corrections(folder, reviewed.document, "blank.pdf", before, made)


def test_a_table_and_its_rows_are_added(reviewed: Reviewed) -> None:
    client = reviewed.client()
    table = {
        "kind": "add_table",
        "page": 4,
        "page_last": 4,
        "title": "政府采购预算表",
        "table_kind": "procurement",
        "amount_unit": "万元",
        "unit_name": None,
        "columns": ["合计", "资金来源/一般公共预算"],
    }
    answer = reviewed.post(client, table).json()
    assert answer["shown"] == f"tables/{reviewed.document[:12]}-t90001"
    row = {
        "table_id": answer["shown"].removeprefix("tables/"),
        "kind": "add_table_row",
        "after": 0,
        "panel": 1,
        "page": 4,
    }
    made = reviewed.post(client, {**row, "values": {"label": "合计"}, "numbers": {"1": "50", "2": "50"}})
    assert made.status_code == 200, made.text
    page = get(client, answer["shown"])
    assert ['data-read="50"' in page, "500,000.00 yuan" in unescape(page)] == [True, True]
    assert "added by a person" in get(client, f"documents/{reviewed.document}")
    assert "政府采购预算表" in get(client, f"documents/{reviewed.document}/pages/4")


def test_a_task_is_added_to_a_form_that_was_found(reviewed: Reviewed) -> None:
    client = reviewed.client()
    edit = {"form_id": reviewed.form, "kind": "add_row", "table": "tasks", "after": 0, "page": 2}
    assert reviewed.post(client, {**edit, "values": {"name": "助餐", "content": "送餐上门"}}).status_code == 200
    assert "送餐上门" in get(client, f"forms/{reviewed.form}")


@pytest.mark.parametrize(
    ("other", "status", "reason"),
    [
        ({"page": 9, "page_last": 9}, 409, "none of the document's 1 to 4"),
        ({"page": 4, "page_last": 3}, 409, "none of the document's"),
        ({"values": {}}, 409, "needs the name"),
        ({"values": {"project_name": "甲", "start_date": "2024"}}, 409, "is no day"),
        ({"values": {"project_name": "甲", "x": "y"}}, 409, "has no field"),
        ({"form_kind": "form"}, 422, "form_kind"),
        ({"form": 1}, 422, "form"),
        ({"digest": "0" * 16}, 409, "changed meanwhile"),
    ],
)
def test_an_addition_that_cannot_be_is_told(
    reviewed: Reviewed, other: dict[str, Any], status: int, reason: str
) -> None:
    answered = reviewed.post(reviewed.client(), ADDED | other)
    assert (answered.status_code, reason in answered.json()["error"]) == (status, True), answered.text
    assert not corrected_documents(reviewed.settings.corrections)


def test_an_added_form_is_not_split_and_not_merged_into(reviewed: Reviewed) -> None:
    client = reviewed.client()
    shown = reviewed.post(client, ADDED).json()["shown"].removeprefix("forms/")
    cut = reviewed.post(client, {"form_id": shown, "kind": "split", "fund": 0, "indicator": 1})
    assert "not split" in cut.json()["error"]
    joined = reviewed.post(client, {"form_id": reviewed.form, "kind": "merge"})
    assert "last form" in joined.json()["error"]


def test_texts_are_those_of_the_browsers_language(reviewed: Reviewed) -> None:
    chinese = reviewed.client(**{"Accept-Language": "zh-CN,zh;q=0.9"})
    page = get(chinese, f"documents/{reviewed.document}/pages/4")
    assert "补录没有识别到的绩效表" in page
    assert english_in(re.sub(r"<[^>]*>", " ", page)) == []
    assert "Add a form that was not found" in get(reviewed.client(), f"documents/{reviewed.document}/pages/4")


def test_the_texts_of_the_script_are_those_that_the_page_gives_it() -> None:
    script = ROOT.joinpath("pipeline/review/static/review.js").read_text(encoding="utf-8")
    given = script_texts()
    assert set(re.findall(r'(?<![\w.])t\("([^"]*)"', script)) == given.keys()
    assert [text for text, chinese in given.items() if text == chinese] == []
