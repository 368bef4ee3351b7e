"""Asking the review page in one process, and the document that its tests look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from fastapi.testclient import TestClient

from pipeline.dataset.views import connect
from pipeline.review.worker import Request, answer
from pipeline.settings import Settings
from tests.documents import FORM
from tests.shared import Place

TOKEN = "a-token-that-nobody-guesses"
ORIGIN = "http://127.0.0.1:9999"
MARKUP = '<script>alert("x")</script><b>助餐'
WRONG = replace(
    FORM,
    header=(("项目名称", MARKUP, "项目类别", "经常性项目"), *FORM.header[1:]),
    funds=(("项目资金总额", "900,000", "年度资金申请总额", "800,000"), *FORM.funds[1:]),
)
NOWHERE = Place()


class Here:
    """Does in this process what the workers do; the tests of the browser have the workers themselves."""

    def run(self, requests: list[Request]) -> Iterator[tuple[Request, Any]]:
        return ((request, answer(request, NOWHERE)) for request in requests)


def ids(settings: Settings, name: str) -> list[str]:
    """The document and the forms of a file."""
    with connect(settings.out) as connection:
        [document] = connection.execute("SELECT document_id FROM documents WHERE file_name = ?", [name]).fetchall()
        forms = connection.execute("SELECT form_id FROM forms WHERE document_id = ? ORDER BY 1", document).fetchall()
    return [document[0], *(form[0] for form in forms)]


def get(page: TestClient, path: str) -> str:
    answered = page.get(f"/{TOKEN}/{path}")
    assert answered.status_code == 200, answered.text
    return str(answered.text)


def correct(client: TestClient, document: str, form: str, **edit: object) -> Any:
    body = {"form_id": form, "digest": None, "who": "王芳", "why": "misread", **edit}
    return client.post(f"/{TOKEN}/documents/{document}/corrections", json=body)
