"""`budget-forms check`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.options import Corrections, Out, Password, Raw, make_settings
from pipeline.cli.printing import say
from pipeline.messages import COMMA, joined, t, tn
from pipeline.text import one_line

if TYPE_CHECKING:
    from pipeline.settings import Settings

_SHOWN = 20  # a longer list hides the result


def check(
    out: Out = None,
    evidence: Annotated[
        bool, typer.Option("--evidence", help=t("Read the box of each value again from the PDFs, and compare."))
    ] = False,
    sample: Annotated[
        int | None, typer.Option(min=1, help=t("With --evidence: only so many boxes, always the same ones."))
    ] = None,
    raw: Raw = None,
    password: Password = None,
    corrections: Corrections = None,
) -> None:
    """Checks a dataset against its contract; ends with 1 when it breaks a promise.

    Lists corrections that have not landed, or no longer fit the text that is read; they break no promise.
    """
    from pipeline.dataset.checks.check import check_dataset

    settings = make_settings(out=out, raw=raw, password=password, corrections=corrections)
    problems = check_dataset(settings.out)
    for problem in problems:
        error = t("error: {rule}: {message} ({count})", rule=problem.rule, message=problem.message, count=problem.count)
        named = joined(COMMA, map(one_line, problem.documents))
        say(t("{error}: {documents}", error=error, documents=named) if problem.documents else error)
    if not problems:
        _corrections(settings)
    if problems:
        say(tn("{out}: {count} broken promise", "{out}: {count} broken promises", len(problems), out=settings.out))
    else:
        say(t("{out}: sound", out=settings.out))
    held = not evidence or _evidence(settings, sample)
    raise typer.Exit(int(bool(problems) or not held))


def _corrections(settings: Settings) -> None:
    from pipeline.dataset.checks.stale_corrections import stale_corrections

    for stale in stale_corrections(settings.out, settings.corrections):
        say(t("stale: {stale}", stale=stale.line))


def _evidence(settings: Settings, sample: int | None) -> bool:
    """Whether every box prints its text; prints those that do not."""
    from pipeline.dataset.checks.evidence_audit import check_evidence

    password = settings.password.get_secret_value() if settings.password else None
    found = check_evidence(settings.out, settings.raw, sample, password)
    for claim, printed in found.missed[:_SHOWN]:
        row = f"{claim.table} {claim.row_no}" if claim.row_no else claim.table
        say(
            t(
                "{path} page {page}: {row}, {field}: {text!r}, printed is {printed!r}",
                path=claim.source_path,
                page=claim.page,
                row=row,
                field=claim.field,
                text=claim.text,
                printed=printed,
            )
        )
    for line in found.files[:_SHOWN]:
        say(t("not read: {line}", line=line))
    if (rest := len(found.missed) - _SHOWN) > 0:
        say(tn("and {count} more box", "and {count} more boxes", rest))
    if (rest := len(found.files) - _SHOWN) > 0:
        say(tn("and {count} more file", "and {count} more files", rest))
    say(found.line)
    return not found.missed and not found.files
