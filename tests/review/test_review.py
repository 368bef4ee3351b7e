"""The review page: what it shows and what it takes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from pipeline.dataset.store.corrections import corrected_documents
from pipeline.dataset.views import connect
from pipeline.messages import known, t
from pipeline.review.app import make_app
from pipeline.review.desk import Desk
from pipeline.review.worker import Measure, Request, answer
from pipeline.run.worker_process import Fault
from pipeline.settings import Settings
from tests.documents import FORM
from tests.generator.drawing import Producer, draw
from tests.generator.trait_forms import department_form
from tests.reviewing import MARKUP, NOWHERE, ORIGIN, TOKEN, Here, correct, get, ids
from tests.shared import command_here, ingest_here


def test_documents_are_found_by_project_department_and_text(page: TestClient) -> None:
    everything = get(page, "")
    assert all(name in everything for name in ("民政/wrong.pdf", "long.pdf", "web.pdf", "✖ failed"))
    for query, expected in (
        ("q=养老服务中心", {"民政/wrong.pdf", "long.pdf"}),
        ("q=WRONG", {"民政/wrong.pdf"}),
        ("q=健全和有效", set()),
        ("q=健全和有效&where=forms", {"民政/wrong.pdf", "long.pdf"}),
        ("q=900,000&where=forms", {"民政/wrong.pdf"}),
        ("q=900,000&where=pages", {"民政/wrong.pdf"}),
        ("q=%25", set()),
        ("show=errors", {"民政/wrong.pdf", "web.pdf"}),
        ("show=not_ok", {"web.pdf"}),
        ("show=unreviewed", {"民政/wrong.pdf", "long.pdf"}),
        ("show=corrected", set()),
    ):
        found = set(re.findall(r"data-item>([^<]*)<", get(page, f"?{query}")))
        assert found == expected, query


def test_a_list_is_shown_page_by_page(page: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.review.data.ON_A_PAGE", 2)
    first, second = get(page, ""), get(page, "?page=2")
    assert "3 documents, page 1 of 2" in first
    assert [len(re.findall("data-item", text)) for text in (first, second)] == [2, 1]


def test_a_name_with_markup_is_text(page: TestClient, settings: Settings) -> None:
    document, form, _ = ids(settings, "wrong.pdf")
    for path in (f"documents/{document}", f"forms/{form}", "?q=script", "?q=%22%3E%3Cb%3E"):
        text = get(page, path)
        assert "<script>alert" not in text
        assert "<b>" not in text
    assert MARKUP in unescape(get(page, f"forms/{form}"))
    assert MARKUP in unescape(get(page, f"documents/{document}"))


def test_every_value_has_its_boxes(page: TestClient, settings: Settings) -> None:
    _, form = ids(settings, "long.pdf")
    text = get(page, f"forms/{form}")
    with connect(settings.out) as connection:
        places = connection.execute("SELECT count(*) FROM evidence WHERE form_id = ?", [form]).fetchone()
        cut = connection.execute(
            "SELECT concat_ws('-', \"table\", row_no, field) FROM evidence WHERE form_id = ? AND part_no = 2", [form]
        ).fetchall()
    boxes = re.findall(r'<rect class="value(?: again)?" data-key="([^"]*)"', text)
    assert places == (len(boxes),)
    assert set(boxes) <= set(re.findall(r'<td class="value[^>]*data-key="([^"]*)"', text))
    assert cut, "the page break cuts a value"
    assert all(boxes.count(key) > 1 for (key,) in cut)
    assert len(re.findall('<figure class="page"', text)) == 2


def test_tasks_and_other_values_have_their_boxes(settings: Settings, tmp_path: Path) -> None:
    settings = settings.model_copy(update={"raw": tmp_path / "raw", "out": tmp_path / "out"})
    settings.raw.mkdir()
    sketch = department_form()
    (settings.raw / "tasks.pdf").write_bytes(draw([sketch.page("部门整体支出绩效目标表")], Producer.LINES))
    ingest_here(settings)
    _, form = ids(settings, "tasks.pdf")
    desk: Any = Desk(settings, Here())  # type: ignore[arg-type]
    client = TestClient(make_app(desk, TOKEN, "王芳"), base_url=ORIGIN, raise_server_exceptions=True)
    text = get(client, f"forms/{form}")
    boxes = set(re.findall(r'<rect class="value(?: again)?" data-key="([^"]*)"', text))
    fixed = re.findall(r'<td lang="zh-CN" class="value fixed"[^>]*data-key="([^"]*)">([^<]*)<', text)
    assert {key for key, _ in fixed} <= boxes
    assert ("tasks-2-name", "盲道整治") in fixed and ("tasks-2-amount_total", "593000.00") in fixed
    assert ("other_values-1-text", "工程款") in fixed


def test_findings_lead_to_their_values(page: TestClient, settings: Settings) -> None:
    _, form, second = ids(settings, "wrong.pdf")
    text = get(page, f"forms/{form}")
    assert 'data-key="funds-1-amount"' in re.findall(r'<button type="button" data-note="1"[^>]*>', text)[0]
    assert "differs from" in text
    assert '<rect class="note error" data-note="1"' in text
    assert f"forms/{second}" in text


def test_a_page_is_drawn_at_any_zoom(page: TestClient, settings: Settings) -> None:
    document, *_ = ids(settings, "wrong.pdf")
    for scale, width in ((1, 595), (2.5, 1488)):
        answered = page.get(f"/{TOKEN}/pages/{document}/1.png?scale={scale}")
        assert abs(Image.open(BytesIO(answered.content)).width - width) <= 1
        assert "immutable" in answered.headers["cache-control"]
    assert page.get(f"/{TOKEN}/pages/{document}/9.png").status_code == 404
    assert page.get(f"/{TOKEN}/pages/{document}/1.png?scale=1000").status_code == 422


class SecondPageGone(Here):
    """Workers to whom the size of page 2 is not known."""

    def run(self, requests: list[Request]) -> Iterator[tuple[Request, Any]]:
        for request in requests:
            if isinstance(request, Measure) and 2 in request.pages:
                yield request, Fault("page.unreadable", t("page 2 is damaged"))
            else:
                yield from super().run([request])


def test_a_page_that_cannot_be_shown_hides_no_other(settings: Settings) -> None:
    _, form = ids(settings, "long.pdf")
    desk: Any = Desk(settings, SecondPageGone())  # type: ignore[arg-type]
    client = TestClient(make_app(desk, TOKEN, "王芳"), base_url=ORIGIN)
    text = get(client, f"forms/{form}")
    assert "page 2 is damaged" in text
    assert re.findall('<figure class="page" data-page="([^"]*)"', text) == ["1"]


def test_without_mupdf_pdfium_draws(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from pipeline.review import worker

    path = settings.raw / "long.pdf"
    measured: Any = answer(worker.Measure(path, None, (1,)), NOWHERE)
    monkeypatch.setitem(sys.modules, "pymupdf", None)
    worker._library.cache_clear()
    try:
        drawn = answer(worker.Draw(path, None, 1, 2.0), NOWHERE)
        assert isinstance(drawn, worker.Picture)
        again: Any = answer(worker.Measure(path, None, (1,)), NOWHERE)
        [size], [other] = measured, again
        assert abs(other.width - size.width) < 0.01 > abs(other.height - size.height)
        assert Image.open(BytesIO(drawn.png)).size == (round(size.width * 2), round(size.height * 2))
    finally:
        worker._library.cache_clear()


def test_a_correction_is_kept_shown_and_taken_back(page: TestClient, settings: Settings) -> None:
    document, form, _ = ids(settings, "wrong.pdf")
    edit = {"kind": "value", "table": "funds", "row": 1, "field": "amount", "read": "900,000", "value": "800,000"}
    digest = correct(page, document, form, **edit).json()["digest"]
    text = get(page, f"forms/{form}")
    assert "Corrections wait" in text
    assert "✎ corrected" in text
    assert "800,000.00 yuan" in text
    assert "differs from" not in text
    assert "✎ waits" in get(page, "?show=corrected")
    shown = get(page, f"documents/{document}")
    assert "funds 1, amount: &#39;900,000&#39; to &#39;800,000&#39;" in shown
    url = f"/{TOKEN}/documents/{document}/take-back"
    assert page.post(url, json={"number": 1, "digest": "another"}).status_code == 409
    assert page.post(url, json={"number": 1, "digest": digest}).json() == {"digest": None}
    assert not corrected_documents(settings.corrections)
    assert "Corrections wait" not in get(page, f"forms/{form}")


def test_rows_forms_and_reviews(page: TestClient, settings: Settings) -> None:
    document, form, _ = ids(settings, "wrong.pdf")
    digest = None

    def change(**edit: object) -> str:
        nonlocal digest
        answered = correct(page, document, form, digest=digest, **edit)
        assert answered.status_code == 200, answered.text
        digest = answered.json()["digest"]
        return get(page, f"forms/{form}")

    text = change(kind="add_row", table="indicators", after=1, page=1, values={"level3": "送餐次数", "target": "≥2次"})
    assert 'data-read="送餐次数"' in text
    text = change(kind="remove_row", table="indicators", row=1, name="助餐人数")
    assert 'data-read="助餐人数"' not in text
    assert text.index("送餐次数") < text.index("助餐点个数")
    text = change(kind="reviewed", reviewed=True)
    assert 'aria-pressed="true"' in text
    text = change(kind="reviewed", reviewed=False)
    assert 'aria-pressed="false"' in text
    assert "form 1 of 3" in change(kind="split", fund=0, indicator=5)
    assert "form 1 of 2" in change(kind="merge")


def test_a_pasted_text_becomes_one_line(page: TestClient, settings: Settings) -> None:
    document, form, _ = ids(settings, "wrong.pdf")
    read = FORM.goals[1]
    edit = {
        "kind": "value",
        "table": "forms",
        "row": 0,
        "field": "annual_goal",
        "read": read,
        "value": "全⽉\n 供餐 \n",
    }
    assert correct(page, document, form, **edit).status_code == 200
    assert 'data-read="全月供餐"' in get(page, f"forms/{form}")


def test_what_cannot_be_is_told(page: TestClient, settings: Settings) -> None:
    document, form, other = ids(settings, "wrong.pdf")
    value = {"kind": "value", "table": "funds", "row": 1, "field": "amount", "read": "900,000", "value": "800,000"}
    for edit, status, told in (
        (value | {"read": "1"}, 409, "another value stands there now"),
        (value | {"value": "900,000"}, 409, "nothing to correct"),
        (value | {"row": 99}, 404, "no row 99"),
        (value | {"field": "scope", "read": "lifetime", "value": "weekly"}, 409, "none of"),
        (value | {"why": " "}, 422, "why"),
        (value | {"kind": "guess"}, 422, "kind"),
        ({"kind": "add_row", "table": "indicators", "after": 0, "page": 1, "values": {}}, 409, "at least one value"),
        (
            {"kind": "add_row", "table": "indicators", "after": 0, "page": 2, "values": {"level3": "x"}},
            *(404, "does not stand on page 2"),
        ),
        ({"kind": "remove_row", "table": "indicators", "row": 1, "name": "x"}, 409, "another row"),
        ({"kind": "merge", "form_id": other}, 404, "last form"),
        (value | {"digest": "0" * 16}, 409, "changed meanwhile"),
    ):
        answered = correct(page, document, form, **edit)
        assert answered.status_code == status, (edit, answered.text)
        assert told in answered.json()["error"]
    assert not corrected_documents(settings.corrections)


def test_the_command_tells_what_is_missing(tmp_path: Path) -> None:
    told = command_here("review", "--out", tmp_path / "nothing")
    assert (told.returncode, "there is no dataset at" in told.stderr) == (2, True)


def test_a_path_that_leads_out_of_the_raw_folder(settings: Settings) -> None:
    desk: Any = Desk(settings, Here())  # type: ignore[arg-type]
    document, *_ = ids(settings, "long.pdf")
    row = desk._dataset.snapshot().document(document)
    assert desk._path(row).name == "long.pdf"
    for path in ("../secret.pdf", str(settings.raw.parent / "secret.pdf"), "民政/wrong.pdf", "gone.pdf"):
        with pytest.raises(Exception, match="below"):
            desk._path(row | {"source_path": path})


def test_a_pdf_that_has_changed_shows_its_values_without_its_pages(landed: Settings, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    shutil.copytree(landed.raw, raw)
    (raw / "long.pdf").write_bytes(b"%PDF-1.4 something else")
    settings = landed.model_copy(update={"raw": raw, "corrections": tmp_path / "corrections"})
    desk: Any = Desk(settings, Here())  # type: ignore[arg-type]
    client = TestClient(make_app(desk, TOKEN, "x"), base_url=ORIGIN)
    _, form = ids(settings, "long.pdf")
    text = client.get(f"/{TOKEN}/forms/{form}").text
    assert "has changed since it was read" in text
    assert "老年人助餐服务" in text


def test_a_worker_that_dies_costs_one_picture(settings: Settings) -> None:
    class Dying:
        def run(self, requests: list[Request]) -> Iterator[tuple[Request, Any]]:
            return ((request, Fault("worker.crashed", known("the process died"))) for request in requests)

    client = TestClient(make_app(Desk(settings, Dying()), TOKEN, "x"), base_url=ORIGIN)  # type: ignore[arg-type]
    document, form = ids(settings, "long.pdf")
    assert client.get(f"/{TOKEN}/pages/{document}/1.png").status_code == 409
    assert "the process died" in client.get(f"/{TOKEN}/forms/{form}").text


def test_what_lands_meanwhile_is_seen(landed: Settings, tmp_path: Path) -> None:
    settings = landed.model_copy(update={"out": tmp_path / "out", "corrections": tmp_path / "corrections"})
    ingest_here(settings)
    client = TestClient(make_app(Desk(settings, Here()), TOKEN, "x"), base_url=ORIGIN)  # type: ignore[arg-type]
    client.headers["Origin"] = ORIGIN
    document, form, _ = ids(settings, "wrong.pdf")
    edit = {"kind": "value", "table": "forms", "row": 0, "field": "project_code", "read": None, "value": "A-1"}
    assert correct(client, document, form, **edit).status_code == 200
    assert "Corrections wait" in client.get(f"/{TOKEN}/forms/{form}").text
    ingest_here(settings)
    text = client.get(f"/{TOKEN}/forms/{form}").text
    assert "Corrections wait" not in text
    assert "✎ corrected" in text


def test_a_chinese_browser_shows_codes_by_their_names(page: TestClient, settings: Settings) -> None:
    document, form, _ = ids(settings, "wrong.pdf")
    page.headers["Accept-Language"] = "zh-CN,zh;q=0.9,en;q=0.8"
    text = get(page, f"forms/{form}")
    for name in ("项目绩效目标", "数值：", ".00 元", "错误", "印出的一级指标"):
        assert name in text, name
    assert not re.search(r'class="text">(output|annual|fiscal)<', text)
    assert re.search(r'data-read="annual"', text), "a correction names the code"
    assert '<option value="annual">当年</option>' in text
    assert "✓ 完整" in get(page, f"documents/{document}")
    page.headers["Accept-Language"] = "en-GB,zh;q=0.5"
    assert 'class="text">annual<' in get(page, f"forms/{form}")
