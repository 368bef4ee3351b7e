"""All commands. Each loads what it needs when it runs, so that help and errors come at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, get_args

import typer

from pipeline.cli.changes import changes, labels
from pipeline.cli.check import check
from pipeline.cli.diff import diff
from pipeline.cli.export import export
from pipeline.cli.extract import extract
from pipeline.cli.fetch import fetch
from pipeline.cli.help import Command, Group
from pipeline.cli.ingest import ingest
from pipeline.cli.options import PROGRAM
from pipeline.cli.query import query
from pipeline.cli.remove import remove
from pipeline.cli.report import report
from pipeline.cli.review import review
from pipeline.cli.serve import serve
from pipeline.errors import BudgetFormsError, reason_of
from pipeline.language import SETTING, Language, language_of, shown
from pipeline.messages import Text, t
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
    remove: "remove 'beijing/*' --out my-dataset",
}
"""All commands, each with an example."""

_STORES = frozenset(("botocore", "aiobotocore", "s3fs", "gcsfs", "adlfs", "fsspec", "aiohttp"))

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, cls=Group)
for command, example in EXAMPLES.items():
    app.command(cls=Command, epilog=t("Example: {command}", command=f"{PROGRAM} {example}"))(command)


def _print_version(asked: bool) -> None:
    if asked:
        print(f"{PROGRAM} {__version__}")
        raise typer.Exit


@app.callback(cls=Group, epilog=t("Example: {command}", command=f"{PROGRAM} ingest --raw my-pdfs --out my-dataset"))
def about(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help=t("Print the version and end."))
    ] = False,
    lang: Annotated[
        Language | None,
        typer.Option(help=t("Language: zh or en.  \\[default: BUDGET_FORMS_LANG, else that of the environment]")),
    ] = None,
) -> None:
    """Reads budget tables and performance-target forms in Chinese public budget PDFs into a checked dataset."""


def run(arguments: Sequence[str]) -> int:
    """Runs one command line; the exit status. Errors that a person can mend are one line."""
    with _speaking(arguments):
        try:
            language_of()  # a setting that names none is an error of all commands
            return _run(list(arguments) or ["--help"])
        except BudgetFormsError as error:
            return _give_up(error.message, error.exit_status)


def _run(arguments: list[str]) -> int:
    try:
        status = app(arguments, prog_name=PROGRAM, standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as error:
        from pipeline.library_messages import usage_message

        help_ = f"{PROGRAM} --help"
        message = usage_message(error.format_message())
        return _give_up(t("{message} Try: {command}", message=message, command=help_), error.exit_code)
    except BudgetFormsError:
        raise
    except BrokenPipeError:  # the reader of our output, such as `head`, has closed it
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except Exception as error:
        if (fault := _of_machine(error)) is None:
            raise
        return _give_up(fault, 2)
    return int(status or 0)


@contextmanager
def _speaking(arguments: Sequence[str]) -> Iterator[None]:
    """Makes the language of `--lang` that of the block, and of processes that it starts."""
    named = _language_named(arguments)
    before = os.environ.get(SETTING)
    if named is not None:
        os.environ[SETTING] = named
    try:
        yield
    finally:
        if named is not None:
            os.environ.pop(SETTING)
            if before is not None:
                os.environ[SETTING] = before


def _language_named(arguments: Sequence[str]) -> str | None:
    """The value of `--lang`, before the command or after it; help is written before options are read."""
    for number, option in enumerate(arguments):
        name, equals, value = option.partition("=")
        if name == "--lang":
            named = value if equals else next(iter(arguments[number + 1 :]), "")
            return named if named in get_args(Language) else None
    return None


def _of_machine(error: Exception) -> Text | None:
    """The message when a disk, the network or an object store has failed; their libraries' errors have no common base.

    All else is a fault of the program and keeps its traceback.
    """
    library = type(error).__module__.partition(".")[0]
    if isinstance(error, OSError) or library in _STORES:
        reason = reason_of(error) if isinstance(error, OSError) else one_line(str(error))
        return t("{name}: {reason}: look at disk, network and address", name=type(error).__name__, reason=reason)
    if library in ("duckdb", "_duckdb"):
        from pipeline.dataset.views import store_error

        failed = store_error(error)
        return failed.message if failed is not None else None
    return None


def _give_up(message: Text, status: int) -> int:
    print(f"{PROGRAM}: {' '.join(shown(message).split())}", file=sys.stderr)
    return status
