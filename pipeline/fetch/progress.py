"""Passes the progress of a fetch run to the receiver that the caller sets with `telling`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from pipeline.fetch.model import Progress

# A context variable, because a flow's parameters are stored as JSON.
_listener: ContextVar[Progress | None] = ContextVar("listener", default=None)


def listener(default: Progress) -> Progress:
    """The receiver of this block, or `default`."""
    return _listener.get() or default


@contextmanager
def telling(to: Progress) -> Iterator[None]:
    """Makes `to` the receiver of progress within the block."""
    token = _listener.set(to)
    try:
        yield
    finally:
        _listener.reset(token)
