"""`budget-forms review`."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from pipeline.cli.flows import interruptible
from pipeline.cli.options import Corrections, Lang, Out, Password, Raw, Reader, Schemas, make_settings
from pipeline.cli.printing import say
from pipeline.messages import t


def review(
    raw: Raw = None,
    out: Out = None,
    corrections: Corrections = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help=t("Port of the page; 0: any."))] = 0,
    who: Annotated[
        str | None, typer.Option(help=t("Name that corrections are signed with.  \\[default: yours]"))
    ] = None,
    reader: Annotated[
        Reader | None, typer.Option(help=t("Library that reads documents without stored pages.  \\[default: mupdf]"))
    ] = None,
    password: Password = None,
    schemas: Schemas = None,
    lang: Lang = None,
) -> None:
    """Shows pages, values and findings in a web browser on this machine, and takes corrections.

    Prints the address. It holds a token, and is served on 127.0.0.1 only, so others cannot use it. Ctrl-C ends it.
    """
    from pipeline.review.server import serve_review
    from pipeline.run.inputs import ingest_command

    settings = make_settings(
        raw=raw, out=out, corrections=corrections, reader=reader, password=password, schemas=schemas
    )
    with interruptible(
        t("corrections are kept; to land them: {ingest_command}", ingest_command=ingest_command(settings))
    ):
        serve_review(settings, port, who or _user(), lang, lambda address: say(t("review: {address}", address=address)))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "unknown"
