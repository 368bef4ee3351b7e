"""The command `budget-forms`. Each command loads what it needs when it runs, so that help and errors come at once."""

from __future__ import annotations

import os
import sys

import typer

from pipeline.cli.changes import changes, labels
from pipeline.cli.check import check
from pipeline.cli.diff import diff
from pipeline.cli.export import export
from pipeline.cli.extract import extract
from pipeline.cli.fetch import fetch
from pipeline.cli.ingest import ingest
from pipeline.cli.query import query
from pipeline.cli.report import report
from pipeline.cli.review import review
from pipeline.cli.serve import serve
from pipeline.errors import BudgetFormsError

app = typer.Typer(
    help="Reads the performance-target forms in Chinese public budget PDFs into a checked dataset.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (extract, fetch, ingest, serve, changes, labels, diff, query, export, report, review, check):
    app.command()(command)


def main() -> None:
    """Runs the command line and ends the process: 0 success, 1 something failed, 2 wrong use, 130 interrupted."""
    try:
        status = app(sys.argv[1:] or ["--help"], standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as error:
        status = _give_up(f"{error.format_message()} Try: budget-forms --help", error.exit_code)
    except BudgetFormsError as error:
        status = _give_up(str(error), error.exit_status)
    except BrokenPipeError:  # the reader of our output, such as `head`, has closed it
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        status = 0
    sys.exit(status)


def _give_up(message: str, status: int) -> int:
    print(f"budget-forms: {' '.join(message.split())}", file=sys.stderr)
    return status
