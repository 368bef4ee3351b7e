"""`budget-forms check`."""

from __future__ import annotations

import typer

from pipeline.cli.options import Out, make_settings


def check(out: Out = None) -> None:
    """Holds a dataset against its own promises; ends with 1 when one of them is broken."""
    from pipeline.dataset.check import check_dataset

    folder = make_settings(out=out).out
    problems = check_dataset(folder)
    for problem in problems:
        print(f"{problem.severity}: {problem.rule}: {problem.message} ({problem.count})")
    print(f"{folder}: {len(problems)} broken promises" if problems else f"{folder}: sound")
    raise typer.Exit(int(bool(problems)))
