"""Fixtures of several test files."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def prefect_home(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One Prefect database for all runs of the command: making a new one takes ten seconds."""
    return str(tmp_path_factory.mktemp("prefect"))
