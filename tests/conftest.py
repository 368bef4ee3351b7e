"""Fixtures of several test files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.publisher import Desk, Publisher, publisher


@pytest.fixture(scope="session")
def prefect_home(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One Prefect database for all runs of the command: making a new one takes ten seconds."""
    return str(tmp_path_factory.mktemp("prefect"))


@pytest.fixture
def site() -> Iterator[Publisher]:
    """A publisher's server without a page."""
    with publisher() as played:
        yield played


@pytest.fixture
def desk(site: Publisher, tmp_path: Path) -> Desk:
    """Someone who fetches from that server."""
    return Desk(site, tmp_path)
