"""All commands. Each loads what it needs when it runs, so that help and errors come at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated

import typer

from pipeline.cli.changes import changes, labels
from pipeline.cli.check import check
from pipeline.cli.diff import diff
from pipeline.cli.export import export
from pipeline.cli.extract import extract
from pipeline.cli.fetch import fetch
from pipeline.cli.ingest import ingest
from pipeline.cli.options import PROGRAM
from pipeline.cli.query import query
from pipeline.cli.report import report
from pipeline.cli.review import review
from pipeline.cli.serve import serve
from pipeline.errors import BudgetFormsError
from pipeline.text import one_line
from pipeline.version import __version__

EXAMPLES: Mapping[Callable[..., None], str] = {
    extract: "extract report.pdf",
    fetch: "fetch --dry-run",
    ingest: "ingest --raw my-pdfs --out my-dataset",
    serve: "serve --cron '0 6 * * *'",
    changes: "changes --out my-dataset",
    labels: "labels --limit 20",
    diff: "diff my-dataset@before my-dataset",
    query: "query --ready boilerplate --output boilerplate.csv",
    export: "export budget.xlsx",
    report: "report report.html",
    review: "review --out my-dataset",
    check: "check --evidence --sample 1000",
}
"""All commands, each with an example."""

_STORES = frozenset(("botocore", "aiobotocore", "s3fs", "gcsfs", "adlfs", "fsspec", "aiohttp"))

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
for command, example in EXAMPLES.items():
    app.command(epilog=f"Example: {PROGRAM} {example}")(command)


def _print_version(asked: bool) -> None:
    if asked:
        print(f"{PROGRAM} {__version__}")
        raise typer.Exit


@app.callback(epilog=f"Example: {PROGRAM} ingest --raw my-pdfs --out my-dataset")
def _about(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Reads budget tables and performance-target forms in Chinese public budget PDFs into a checked dataset."""


def run(arguments: Sequence[str]) -> int:
    """Runs one command line; the exit status. Errors that a person can mend are one line."""
    try:
        status = app(list(arguments) or ["--help"], prog_name=PROGRAM, standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as error:
        return _give_up(f"{error.format_message()} Try: {PROGRAM} --help", error.exit_code)
    except BudgetFormsError as error:
        return _give_up(str(error), error.exit_status)
    except BrokenPipeError:  # the reader of our output, such as `head`, has closed it
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except Exception as error:
        if (message := _of_machine(error)) is None:
            raise
        return _give_up(message, 2)
    return int(status or 0)


def _of_machine(error: Exception) -> str | None:
    """The message when a disk, the network or an object store has failed; their libraries' errors have no common base.

    All else is a fault of the program and keeps its traceback.
    """
    library = type(error).__module__.partition(".")[0]
    if isinstance(error, OSError) or library in _STORES:
        return f"{type(error).__name__}: {one_line(str(error))}: look at disk, network and address"
    if library in ("duckdb", "_duckdb"):
        from pipeline.dataset.views import store_error

        failed = store_error(error)
        return str(failed) if failed is not None else None
    return None


def _give_up(message: str, status: int) -> int:
    print(f"{PROGRAM}: {' '.join(message.split())}", file=sys.stderr)
    return status
