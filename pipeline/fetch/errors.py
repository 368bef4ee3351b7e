"""Errors of one page or file; the run continues with the others."""

from __future__ import annotations

from pipeline.errors import BudgetFormsError
from pipeline.messages import Text


class FetchError(BudgetFormsError):
    """A page or file cannot be fetched in this run; another attempt would not help."""


class GoneError(FetchError):
    """The server answers 404 or 410."""


class TemporaryError(FetchError):
    """Another attempt may succeed.

    `wait` is the pause in seconds that the server asked for. `host` is a host that is skipped for the rest of the run
    when no attempt reaches it.
    """

    def __init__(self, code: str, message: Text, *, wait: float | None = None, host: str | None = None) -> None:
        super().__init__(code, message)
        self.wait, self.host = wait, host
