"""Corrections that change nothing any more: the reasons, and the findings about them."""

from __future__ import annotations

from pipeline.document.checks.model import shorten
from pipeline.document.corrections.model import Authored, CorrectionError
from pipeline.messages import Text, t

CONFLICT, NEEDLESS = "correction.conflict", "correction.needless"


class NotApplied(Exception):
    """The reason why a correction changes nothing; `rule` is CONFLICT or NEEDLESS."""

    def __init__(self, rule: str, reason: Text) -> None:
        super().__init__(rule, reason)
        self.rule, self.reason = rule, reason


def reason_of(error: NotApplied | CorrectionError) -> NotApplied:
    """The reason that an error names; a correction that cannot be is a conflict."""
    return error if isinstance(error, NotApplied) else NotApplied(CONFLICT, error.message)


def severity_of(stale: NotApplied) -> str:
    """The severity of a finding about a correction that was not applied."""
    return "warning" if stale.rule == CONFLICT else "info"


def stale_message(effect: Text, correction: Authored, stale: NotApplied) -> Text:
    """The message of that finding; `effect` describes the correction."""
    outcome = t("was not applied") if stale.rule == CONFLICT else t("is no longer needed")
    return t(
        "{effect} {outcome}: {reason} (corrected by {who}: {why})",
        effect=effect,
        outcome=outcome,
        reason=stale.reason,
        who=correction.who,
        why=shorten(correction.why),
    )


def check_read(now: str | None, read: str | None, value: str | None) -> None:
    """Raises `NotApplied` unless the text that a correction replaces is read there now."""
    if now == value != read:
        raise NotApplied(NEEDLESS, t("it is read so by now"))
    if now != read:
        raise NotApplied(CONFLICT, t("{now} is read there now", now=quoted(now)))


def check_after(number: int) -> None:
    """Raises `CorrectionError` unless a row may be inserted behind the row of a number; 0 puts it first."""
    if number < 0:
        raise CorrectionError("correction.row", t("{number} is no number of a row", number=number))


def quoted(text: str | None) -> Text:
    """A text as messages repeat it."""
    return t("nothing") if text is None else t("{text!r}", text=shorten(text))
