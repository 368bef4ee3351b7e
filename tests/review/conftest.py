"""A dataset with forms that are wrong, cut and none, and a browser that asks for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from pipeline.review.app import make_app
from pipeline.review.desk import Desk
from pipeline.settings import Settings
from tests.documents import FORM
from tests.generator.cutting import CutText
from tests.generator.drawing import Producer, draw
from tests.generator.forms import FormLayout, lay_out
from tests.reviewing import ORIGIN, TOKEN, WRONG, Here
from tests.shared import ingest_here


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("review")
    settings = Settings(raw=folder / "raw", out=folder / "out", corrections=folder / "corrections", verify="off")
    (settings.raw / "民政").mkdir(parents=True)
    (settings.raw / "民政/wrong.pdf").write_bytes(draw([*lay_out(WRONG), *lay_out(FORM)], Producer.LINES))
    (settings.raw / "long.pdf").write_bytes(
        draw(lay_out(FORM, FormLayout(breaks=(2,), cut_text=CutText.SPLIT)), Producer.LINES)
    )
    (settings.raw / "web.pdf").write_text("<html>no PDF</html>")
    ingest_here(settings)
    return settings


@pytest.fixture
def settings(landed: Settings, tmp_path: Path) -> Settings:
    """The dataset for one test, without corrections."""
    return landed.model_copy(update={"corrections": tmp_path / "corrections"})


@pytest.fixture
def page(settings: Settings) -> TestClient:
    desk: Any = Desk(settings, Here())  # type: ignore[arg-type]
    client = TestClient(make_app(desk, TOKEN, "王芳"), base_url=ORIGIN, raise_server_exceptions=True)
    client.headers["Origin"] = ORIGIN
    return client
