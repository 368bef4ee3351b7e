"""Fixtures of several test files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.settings import Settings
from tests.publisher import Desk, Publisher, publisher
from tests.shared import ROOT, ingest_here
from tests.varied import ingest_varied


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that run flows start a Prefect server."""
    for item in items:
        if "prefect_home" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.service)


@pytest.fixture(scope="session")
def prefect_home(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One Prefect database for all runs of the command: making a new one takes ten seconds."""
    return str(tmp_path_factory.mktemp("prefect"))


@pytest.fixture(scope="session")
def sample_dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset of the sample in the repository; only to be read."""
    out = tmp_path_factory.mktemp("sample") / "dataset"
    ingest_here(Settings(raw=ROOT / "data/raw/shanghai-chongming", out=out))
    return out


@pytest.fixture(scope="session")
def varied(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The dataset of `ingest_varied`; only to be read."""
    return ingest_varied(tmp_path_factory.mktemp("varied"))


@pytest.fixture
def site() -> Iterator[Publisher]:
    """A publisher's server without a page."""
    with publisher() as played:
        yield played


@pytest.fixture
def desk(site: Publisher, tmp_path: Path) -> Desk:
    """Someone who fetches from that server."""
    return Desk(site, tmp_path)
