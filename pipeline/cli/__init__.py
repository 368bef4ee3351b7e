"""The command `budget-forms`. What it needs is loaded within `main`, so that Ctrl-C is one line from the start."""

from __future__ import annotations

import io
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, current_thread, main_thread

INTERRUPTED = 128 + signal.SIGINT


def main() -> None:
    """Runs the command line and ends the process: 0 success, 1 something failed, 2 wrong use, 130 interrupted."""
    _print_anything()
    with _interrupts_noted() as interrupted:
        try:
            from pipeline.cli.commands import run

            status = run(sys.argv[1:])
        except BaseException as error:
            # libraries turn a KeyboardInterrupt into errors of their own, or, as Typer does, into a status
            if not interrupted.is_set() or isinstance(error, SystemExit):
                raise
            status = INTERRUPTED
        if status == INTERRUPTED:
            _say_interrupted()
    sys.exit(status)


def _say_interrupted() -> None:
    from pipeline.language import shown
    from pipeline.messages import t

    print(shown(t("budget-forms: interrupted")), file=sys.stderr)


def _print_anything() -> None:
    """Characters that the encoding of a terminal does not have are printed as escapes, and are no error."""
    out = sys.stdout
    # the locale C has "surrogateescape", which is of use for names of files, and of none for Chinese in ASCII
    if isinstance(out, io.TextIOWrapper) and (out.errors == "strict" or out.encoding.lower() not in ("utf-8", "utf8")):
        out.reconfigure(errors="backslashreplace")


@contextmanager
def _interrupts_noted() -> Iterator[Event]:
    """Sets the event on Ctrl-C, which raises KeyboardInterrupt as usual."""
    interrupted = Event()
    usual = signal.getsignal(signal.SIGINT)
    if usual is not signal.default_int_handler or current_thread() is not main_thread():
        yield interrupted
        return

    def note(number: int, frame: object) -> None:
        interrupted.set()
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, note)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, usual)
