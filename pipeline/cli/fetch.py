"""`budget-forms fetch`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer


def fetch(
    sources: Annotated[Path | None, typer.Option(help="File that names the publishers.  [default: sources.toml]")] = None,
    raw: Annotated[Path | None, typer.Option(help="Folder that the PDFs land in.  [default: data/raw]")] = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Only what was published on this day or later, where known."),
    ] = None,
    dry_run: Annotated[bool | None, typer.Option("--dry-run", help="Look and report; write nothing.")] = None,
    only: Annotated[list[str] | None, typer.Option(metavar="ID", help="Only this source; may be repeated.")] = None,
) -> None:
    """Downloads what the publishers in sources.toml have newly published or replaced.

    Ends with 0 when all is well, with 1 when something failed and the rest has landed.
    """
