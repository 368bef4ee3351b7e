"""`budget-forms remove`."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli.options import Out, Raw, make_settings
from pipeline.cli.printing import note, say
from pipeline.messages import t, tn


def remove(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="DOCUMENT...", help=t("Path below the folder of PDFs, a pattern of such paths, or a document_id.")
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
        note(t("removed: {path}", path=path))
    for path in removal.still_there:
        note(
            t(
                "still there: {folder}/{path}: move this PDF away, or the next run reads it again",
                folder=display(settings.raw),
                path=path,
            )
        )
    say(tn("{count} document removed", "{count} documents removed", len(removal.removed)))
