"""`budget-forms changes` and `budget-forms labels`."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli.options import Out, Year, make_settings
from pipeline.cli.printing import say
from pipeline.language import language_of
from pipeline.messages import t


def changes(out: Out = None) -> None:
    """Prints the changes of the current version: documents, forms, values, and labels that no dictionary knows."""
    from pipeline.outputs.changes.store import read_report

    print(read_report(make_settings(out=out).out, language_of()), end="")


def labels(
    out: Out = None,
    year: Year = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help=t("Only so many, those on most forms.  \\[default: all]"))
    ] = None,
) -> None:
    """Lists the labels and texts that no dictionary knows, those that cost most forms first."""
    from pipeline.dataset.store.versions import pinned
    from pipeline.outputs.changes.changes import unknown_labels
    from pipeline.outputs.changes.markdown import labels_as_markdown

    settings = make_settings(out=out, year=year)
    with pinned(settings.out) as version:
        groups = unknown_labels(version, settings.year)
    if groups:
        print(labels_as_markdown(groups, language_of(), limit), end="")
    else:
        say(t("{out}: every label and text is known", out=settings.out))
