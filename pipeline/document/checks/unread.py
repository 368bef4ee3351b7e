"""The messages of findings about texts that were not understood, and the way back from a message to the text.

`findings` has no column for the text itself; who groups findings by label takes it from the message.
"""

from __future__ import annotations

import ast
import re

from pipeline.document.checks.model import shorten

UNKNOWN_LABEL = "layout.unknown_label"
UNREAD_TEXT = "form.unread_text"

_QUOTED = re.compile(r"^(?:the label|no field used the text) ('.*'|\".*\")(?: is in no dictionary; .*)?$", re.DOTALL)


def label_message(text: str, layout: str) -> str:
    """What `layout.unknown_label` says of a label on a form that `layout` read."""
    return f"the label {text!r} is in no dictionary; add it to labels.toml or to {layout}"


def text_message(text: str) -> str:
    """What `form.unread_text` says."""
    return f"no field used the text {shorten(text)!r}"


def text_of(message: str) -> str:
    """The text that a message of either rule is about; the whole message when it is none of them."""
    found = _QUOTED.match(message)
    return str(ast.literal_eval(found[1])) if found else message
