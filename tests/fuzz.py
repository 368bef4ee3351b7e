"""How long properties are tested: the same few examples in every test run, many others with `make fuzz`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("FUZZ", "1"))
"""How many times as many examples as in a test run; from 2 on they are drawn at random."""


def fuzz(examples: int) -> settings:
    """Settings of a property test that takes so many examples in a test run."""
    return settings(
        max_examples=examples * TIMES,
        derandomize=TIMES == 1,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        print_blob=True,
    )
