"""`budget-forms check`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.options import Corrections, Out, Password, Raw, make_settings
from pipeline.text import one_line

if TYPE_CHECKING:
    from pipeline.settings import Settings

_SHOWN = 20  # a longer list hides the result


def check(
    out: Out = None,
    evidence: Annotated[
        bool, typer.Option("--evidence", help="Read the box of each value again from the PDFs, and compare.")
    ] = False,
    sample: Annotated[
        int | None, typer.Option(min=1, help="With --evidence: only so many boxes, always the same ones.")
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
        named = f": {', '.join(map(one_line, problem.documents))}" if problem.documents else ""
        print(f"error: {problem.rule}: {problem.message} ({problem.count}){named}")
    if not problems:
        _corrections(settings)
    print(f"{settings.out}: {len(problems)} broken promises" if problems else f"{settings.out}: sound")
    held = not evidence or _evidence(settings, sample)
    raise typer.Exit(int(bool(problems) or not held))


def _corrections(settings: Settings) -> None:
    from pipeline.dataset.checks.stale_corrections import stale_corrections

    for stale in stale_corrections(settings.out, settings.corrections):
        print(f"stale: {stale}")


def _evidence(settings: Settings, sample: int | None) -> bool:
    """Whether every box prints its text; prints those that do not."""
    from pipeline.dataset.checks.evidence_audit import check_evidence

    password = settings.password.get_secret_value() if settings.password else None
    found = check_evidence(settings.out, settings.raw, sample, password)
    for claim, printed in found.missed[:_SHOWN]:
        row = f"{claim.table} {claim.row_no}" if claim.row_no else claim.table
        print(f"{claim.source_path} page {claim.page}: {row}, {claim.field}: {claim.text!r}, printed is {printed!r}")
    for line in found.files[:_SHOWN]:
        print(f"not read: {line}")
    for rest, what in ((len(found.missed), "boxes"), (len(found.files), "files")):
        if rest > _SHOWN:
            print(f"and {rest - _SHOWN} more {what}")
    print(found)
    return not found.missed and not found.files
