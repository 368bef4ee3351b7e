"""The review page: whom it lets in."""

from __future__ import annotations

import re

from fastapi.testclient import TestClient

from pipeline.dataset.store.corrections import corrected_documents
from pipeline.settings import Settings
from tests.reviewing import ORIGIN, TOKEN, get, ids


def test_nobody_else_is_let_in(page: TestClient, settings: Settings) -> None:
    document, form, _ = ids(settings, "wrong.pdf")
    paths = ("", f"documents/{document}", f"forms/{form}", f"pages/{document}/1.png", "static/review.js")
    for path in paths:
        assert page.get(f"/{TOKEN}/{path}").status_code == 200
        for wrong in (f"/{path}", f"/{TOKEN}x/{path}", f"/{TOKEN[:-1]}/{path}", f"//{TOKEN}/{path}"):
            refused = page.get(wrong)
            assert refused.status_code == 404, wrong
            assert "use the address that" in refused.text, "it is told before anything looks at the rest of the path"
        assert page.get(f"/{TOKEN}/{path}", headers={"Host": "evil.example"}).status_code == 421
        assert page.get(f"/{TOKEN}/{path}", headers={"Host": "127.0.0.1.evil.example:80"}).status_code == 421
        assert page.put(f"/{TOKEN}/{path}").status_code == 405


def test_changes_come_from_the_page_only(page: TestClient, settings: Settings) -> None:
    document, form, _ = ids(settings, "wrong.pdf")
    url = f"/{TOKEN}/documents/{document}/corrections"
    review = {"form_id": form, "digest": None, "who": "x", "why": "x", "kind": "reviewed", "reviewed": True}
    for headers in (
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
    ):
        assert page.post(url, json=review, headers=headers).status_code == 403
    del page.headers["Origin"]
    assert page.post(url, json=review).status_code == 403
    assert page.get(url).status_code == 405
    page.headers["Origin"] = ORIGIN
    assert page.post(url, content=b"kind=reviewed", headers={"Content-Type": "text/plain"}).status_code == 415
    assert page.post(url, json=review | {"why": "x" * 2_000_000}).status_code == 413
    assert not corrected_documents(settings.corrections)
    assert page.post(url, json=review).status_code == 200


def test_a_browser_is_told_what_not_to_do(page: TestClient, settings: Settings) -> None:
    document, form, _ = ids(settings, "wrong.pdf")
    for path in (f"forms/{form}", f"pages/{document}/1.png", "static/review.css", "forms/0"):
        headers = page.get(f"/{TOKEN}/{path}", headers={"Origin": "http://evil.example"}).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-content-type-options"] == "nosniff"
        assert not [name for name in headers if name.startswith("access-control")]
    for path in ("", f"documents/{document}", f"forms/{form}"):
        text = get(page, path)
        assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?! src=)|javascript:", text)
        assert not re.findall(r"https?://", text)


def test_nothing_outside_is_served(page: TestClient, settings: Settings) -> None:
    secret = settings.raw.parent / "secret.pdf"
    secret.write_bytes((settings.raw / "long.pdf").read_bytes())
    for path in ("static/../app.py", "static/..%2Fapp.py", "static/%2e%2e/app.py", "pages/..%2Fsecret/1.png"):
        assert page.get(f"/{TOKEN}/{path}").status_code in (404, 422), path
    assert page.get(f"/{TOKEN}/pages/{'0' * 64}/1.png").status_code == 404
