"""What can go wrong with one page or one file; the run goes on with the others."""

from __future__ import annotations

from pipeline.errors import BudgetFormsError


class FetchError(BudgetFormsError):
    """A page or file that is not had in this run. Asking again at once would not help."""


class GoneError(FetchError):
    """The server says that there is nothing at the address (404, 410)."""


class TemporaryError(FetchError):
    """Worth another attempt.

    `wait` is the number of seconds that the server asked for, `host` one that is to be left alone for the rest of the
    run when no attempt reaches it.
    """

    def __init__(self, code: str, message: str, *, wait: float | None = None, host: str | None = None) -> None:
        super().__init__(code, message)
        self.wait, self.host = wait, host
