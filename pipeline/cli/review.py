"""`budget-forms review`."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from pipeline.cli.flows import interruptible
from pipeline.cli.options import Corrections, Lang, Out, Password, Raw, Reader, make_settings


def review(
    raw: Raw = None,
    out: Out = None,
    corrections: Corrections = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page; 0: any.")] = 0,
    who: Annotated[str | None, typer.Option(help="Name that corrections are signed with.  \\[default: yours]")] = None,
    reader: Annotated[
        Reader | None, typer.Option(help="Library that reads documents without stored pages.  \\[default: mupdf]")
    ] = None,
    password: Password = None,
    lang: Lang = None,
) -> None:
    """Shows pages, values and findings in a web browser on this machine, and takes corrections.

    Prints the address. It holds a token, and is served on 127.0.0.1 only, so others cannot use it. Ctrl-C ends it.
    """
    from pipeline.review.app import serve_review
    from pipeline.run.inputs import ingest_command

    settings = make_settings(raw=raw, out=out, corrections=corrections, reader=reader, password=password)
    with interruptible(f"corrections are kept; to land them: {ingest_command(settings)}"):
        serve_review(settings, port, who or _user(), lang, lambda address: print(f"review: {address}", flush=True))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "unknown"
