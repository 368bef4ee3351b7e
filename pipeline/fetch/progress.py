"""Who is told how a fetch run gets on: whoever the caller names with `telling`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from pipeline.fetch.model import Progress

# A context variable, because a flow's parameters are stored as JSON.
_listener: ContextVar[Progress | None] = ContextVar("listener", default=None)


def listener(default: Progress) -> Progress:
    """Who is to be told within this block, or `default` when nobody has been named."""
    return _listener.get() or default


@contextmanager
def telling(to: Progress) -> Iterator[None]:
    """Has the runs within the block tell `to`."""
    token = _listener.set(to)
    try:
        yield
    finally:
        _listener.reset(token)
