"""`budget-forms remove`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from pipeline.cli.options import Out, Raw, make_settings


def remove(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="DOCUMENT...", help="Path below the folder of PDFs, a pattern of such paths, or a document_id."
        ),
    ],
    out: Out = None,
    raw: Raw = None,
) -> None:
    """Takes documents out of the dataset, with all their rows and stored pages. PDFs and corrections stay."""
    from pipeline.dataset.store.paths import display
    from pipeline.run.removal import remove_documents

    settings = make_settings(out=out, raw=raw)
    removal = remove_documents(settings, names)
    for path in removal.removed:
        print(f"removed: {path}", file=sys.stderr)
    for path in removal.still_there:
        print(
            f"still there: {display(settings.raw)}/{path}: move this PDF away, or the next run reads it again",
            file=sys.stderr,
        )
    print(f"{len(removal.removed)} documents removed")
