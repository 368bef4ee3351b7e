"""`budget-forms report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.options import Lang, Out, Year, make_settings
from pipeline.cli.printing import say
from pipeline.errors import UsageError
from pipeline.language import language_of
from pipeline.messages import t


def report(
    dest: Annotated[Path, typer.Argument(metavar="DEST.html", help=t("File to write."))] = Path("report.html"),
    out: Out = None,
    year: Year = None,
    lang: Lang = None,
) -> None:
    """Writes one HTML file that summarises the dataset, each number with the rows behind it."""
    from pipeline.outputs.export.files import new_file
    from pipeline.outputs.summary.compute import compute_dataset_report
    from pipeline.outputs.summary.render import render_dataset_report

    settings = make_settings(out=out, year=year)
    if not dest.parent.is_dir():
        raise UsageError(
            "usage.folder",
            t("there is no folder {parent} to write {name} to: make it first", parent=dest.parent, name=dest.name),
        )
    with new_file(dest, "DEST") as path:
        text = render_dataset_report(compute_dataset_report(settings.out, settings.year, language_of(lang)))
        path.write_text(text, encoding="utf-8")
    say(t("the report is in {dest}", dest=dest))
