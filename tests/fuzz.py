"""How long properties are tested: the same few examples in every test run, many others with `make fuzz`."""

from __future__ import annotations

import math
import os

from hypothesis import HealthCheck, settings

TIMES = float(os.environ.get("FUZZ", "1"))
"""How many times as many examples as in a test run; above 1 they are drawn at random. `make quick` takes a quarter."""


def examples(number: int) -> int:
    """How many examples are taken where a test run takes `number`; one at least."""
    return math.ceil(number * TIMES)


def fuzz(number: int) -> settings:
    """Settings of a property test that takes `number` examples in a test run."""
    return settings(
        max_examples=examples(number),
        derandomize=TIMES <= 1,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        print_blob=True,
    )
