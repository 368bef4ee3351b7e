"""A minute of the random kills of `python -m benchmarks.kills`, on every test run."""

from pathlib import Path

import pytest

from benchmarks.kills import series

pytestmark = pytest.mark.service


def test_killed_at_random_moments(tmp_path: Path) -> None:
    found = series(tmp_path, kills=40, with_workers=5, seconds=60)
    assert found.faults == []
    assert found.kills == found.landed + found.resumed + found.workers > 3
    assert found.readings > 0
