"""`budget-forms changes` and `budget-forms labels`."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli.options import Out, make_settings


def changes(out: Out = None) -> None:
    """Prints what the current version of the dataset changed: documents, forms, values, and labels nothing knows."""
    from pipeline.outputs.changes.store import read_report

    print(read_report(make_settings(out=out).out), end="")


def labels(
    out: Out = None,
    year: Annotated[int | None, typer.Option(help="Only forms of this fiscal year.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first, which cost most.")] = None,
) -> None:
    """Lists the labels and texts that nothing knows, those that cost most forms first."""
    from pipeline.dataset.store.versions import pinned
    from pipeline.outputs.changes.changes import unknown_labels
    from pipeline.outputs.changes.markdown import labels_as_markdown

    settings = make_settings(out=out, year=year)
    with pinned(settings.out) as version:
        groups = unknown_labels(version, settings.year)
    print(labels_as_markdown(groups, limit) if groups else f"{settings.out}: every label and text is known\n", end="")
