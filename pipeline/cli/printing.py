"""Prints texts in the language of the person."""

from __future__ import annotations

import sys

from pipeline.language import shown
from pipeline.messages import Text


def say(text: Text) -> None:
    """Prints a line to standard output."""
    print(shown(text), flush=True)


def note(text: Text) -> None:
    """Prints a line beside the result: to standard error."""
    print(shown(text), file=sys.stderr)
