"""The review page in one language: its pages, its attributes, its script and its refusals."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi.testclient import TestClient

from pipeline.dataset.contract.schema import load_schema
from pipeline.dataset.views import connect
from pipeline.review.app import make_app
from pipeline.review.desk import Desk
from pipeline.settings import Settings
from tests.english import english_in
from tests.reviewing import ORIGIN, TOKEN, Here
from tests.shared import ROOT

SHOWN = ("title", "alt", "placeholder", "aria-label", "data-ask", "data-title", "data-hint", "data-why", "data-broken")
"""Attributes whose text a person meets."""
CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


class Page(HTMLParser):
    """What a page says in each language: its texts and attributes, those apart that are marked as Chinese data."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.language = re.search('<html lang="([^"]*)"', text)
        self.own: list[str] = []
        self.data: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        is_data = found.get("lang") == "zh-CN" and tag != "html"
        if tag not in ("meta", "link", "input", "img", "br", "rect"):
            self._open.append((tag, is_data))
        texts = [text for name in SHOWN if (text := found.get(name))]
        texts += [text for _, text in json.loads(found.get("data-allowed") or "[]")]
        texts += [part for line in json.loads(found.get("data-detail") or "[]") for part in (line[0],)]
        self._say(*texts, is_data=is_data and tag in ("td", "textarea"))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(tag in ("kbd", "code", "script") for tag, _ in self._open):
            self._say(data, is_data=any(is_data for _, is_data in self._open))

    def _say(self, *texts: str, is_data: bool) -> None:
        (self.data if is_data else self.own).extend(text.strip() for text in texts if text.strip())


@pytest.fixture(scope="module")
def desk(varied: Settings) -> Any:
    return Desk(varied, Here())  # type: ignore[arg-type]


def client(desk: Any, language: str) -> TestClient:
    made = TestClient(make_app(desk, TOKEN, "Wang"), base_url=ORIGIN)
    made.headers.update({"Origin": ORIGIN, "Accept-Language": language})
    return made


def addresses(settings: Settings) -> Iterator[str]:
    """All pages of the dataset, and some that do not exist."""
    yield from ("", "?q=服务&show=errors", "?q=没有&where=pages", "nowhere", "?page=0", "documents/" + "0" * 64)
    with connect(settings.out) as connection:
        for document, pages in connection.execute("SELECT document_id, page_count FROM documents").fetchall():
            yield f"documents/{document}"
            yield from (f"documents/{document}/pages/{page}" for page in (*range(1, (pages or 0) + 1), 99))
        yield from (f"forms/{form}" for (form,) in connection.execute("SELECT form_id FROM forms").fetchall())
        yield from (
            f"tables/{table}" for (table,) in connection.execute("SELECT table_id FROM budget_tables").fetchall()
        )


def test_chinese_pages_have_no_english(desk: Any, varied: Settings) -> None:
    chinese = client(desk, "zh-CN,zh;q=0.9")
    for address in addresses(varied):
        page = Page(chinese.get(f"/{TOKEN}/{address}").text)
        assert page.language is not None and page.language[1] == "zh-CN", address
        for text in (*page.own, *page.data):
            assert english_in(text) == [], (address, text)
        words = {text for text in page.own if re.fullmatch("[A-Za-z][a-z]+(?: [a-z]+)?", text)}
        assert words <= {"budget-forms"}, address


def test_english_pages_have_chinese_in_their_data_only(desk: Any, varied: Settings) -> None:
    english = client(desk, "en")
    described = {column.description for table in load_schema().tables.values() for column in table.columns}
    in_chinese = {text for text in described if CHINESE.search(text)}  # they name what documents print
    in_chinese |= {path.name for path in varied.raw.iterdir()}
    with connect(varied.out) as connection:
        named = connection.execute(
            "SELECT coalesce(project_name, title) FROM forms UNION SELECT title FROM budget_tables "
            "UNION SELECT heading FROM budget_lines"
        )
        in_chinese |= {name for (name,) in named.fetchall()}
    for address in addresses(varied):
        page = Page(english.get(f"/{TOKEN}/{address}").text)
        assert page.language is not None and page.language[1] == "en", address
        odd = [text for text in page.own if CHINESE.search(text) and not any(known in text for known in in_chinese)]
        assert odd == [], address


def test_refusals_are_in_the_language_of_the_browser(desk: Any, varied: Settings) -> None:
    chinese = client(desk, "zh")
    document = next(
        address for address in addresses(varied) if address.startswith("documents/") and "0000" not in address
    )
    body = {"form_id": f"{document[10:22]}-001", "digest": None, "who": "王芳", "why": "", "kind": "merge"}
    asked = f"/{TOKEN}/{document}/corrections"
    answers = [
        chinese.get("/another-token/"),
        chinese.put(f"/{TOKEN}/"),
        chinese.get(f"/{TOKEN}/", headers={"Host": "evil.example"}),
        chinese.get(f"/{TOKEN}/static/other.js"),
        chinese.get(f"/{TOKEN}/pages/{document[10:]}/99.png"),
        chinese.post(asked, json=body, headers={"Origin": "http://evil.example"}),
        chinese.post(asked, content="x", headers={"Content-Type": "text/plain"}),
        chinese.post(asked, json=body),
        chinese.post(asked, json=body | {"why": "错"}),
    ]
    for answered in answers:
        told = unescape(answered.text) if answered.text.startswith("<") is False else ""
        assert answered.status_code >= 400
        assert CHINESE.search(told), answered.text
        assert english_in(told) == []


def test_the_script_has_no_text_of_its_own() -> None:
    script = ROOT.joinpath("pipeline/review/static/review.js").read_text(encoding="utf-8")
    code = re.sub(r"(?<!:)//.*|(?<![\w.])t\(\"[^\"]*\"", "", script)
    assert [
        text for text in re.findall(r'"([^"\n]*)"', code) if english_in(text) and "," not in text
    ] == []  # selectors
    assert [text for text in re.findall(r"`([^`]*)`", code) if english_in(re.sub(r"\$\{[^}]*\}", "", text))] == []
