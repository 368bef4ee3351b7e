"""Corrections that change nothing any more: the reasons, and the findings about them."""

from __future__ import annotations

from pipeline.document.checks.model import shorten
from pipeline.document.corrections.model import Authored, CorrectionError

CONFLICT, NEEDLESS = "correction.conflict", "correction.needless"


class NotApplied(Exception):
    """The reason why a correction changes nothing; `rule` is CONFLICT or NEEDLESS."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(rule, reason)
        self.rule, self.reason = rule, reason


def reason_of(error: NotApplied | CorrectionError) -> NotApplied:
    """The reason that an error names; a correction that cannot be is a conflict."""
    return error if isinstance(error, NotApplied) else NotApplied(CONFLICT, error.message)


def severity_of(stale: NotApplied) -> str:
    """The severity of a finding about a correction that was not applied."""
    return "warning" if stale.rule == CONFLICT else "info"


def stale_message(effect: str, correction: Authored, stale: NotApplied) -> str:
    """The message of that finding; `effect` describes the correction."""
    outcome = "was not applied" if stale.rule == CONFLICT else "is no longer needed"
    return f"{effect} {outcome}: {stale.reason} (corrected by {correction.who}: {shorten(correction.why)})"


def check_read(now: str | None, read: str | None, value: str | None) -> None:
    """Raises `NotApplied` unless the text that a correction replaces is read there now."""
    if now == value != read:
        raise NotApplied(NEEDLESS, "it is read so by now")
    if now != read:
        raise NotApplied(CONFLICT, f"{quoted(now)} is read there now")


def quoted(text: str | None) -> str:
    """A text as messages repeat it."""
    return "nothing" if text is None else repr(shorten(text))
