"""Recognises file types by content: servers send error pages with status 200 under the name of a PDF."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path

from pipeline.fetch.errors import FetchError
from pipeline.messages import Text, t

HEAD = 1024
TAIL = 2048
_HTML = re.compile(rb"<!doctype\s+html|<html|<head|<body|<script", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>\s*([^<]{1,80})", re.IGNORECASE)
_OTHERS = {
    b"Rar!": t("a RAR archive: unpack it by hand"),
    b"7z\xbc\xaf": t("a 7z archive: unpack it by hand"),
    b"\xd0\xcf\x11\xe0": t("an Office document"),
    b"\xff\xd8\xff": t("an image"),
    b"\x89PNG": t("an image"),
}


class Kind(Enum):
    """The accepted types of a download."""

    PDF = "pdf"
    ZIP = "zip"


def kind_of(path: Path) -> Kind:
    """The type of a file. Raises `FetchError` that names the type when it is neither PDF nor ZIP."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        file.seek(max(0, path.stat().st_size - TAIL))
        tail = file.read()
    if head.startswith(b"PK\x03\x04") and b"[Content_Types].xml" not in head[:64]:
        return Kind.ZIP  # first, because a PDF that is stored in it uncompressed shows its own mark
    before, mark, _ = head.partition(b"%PDF-")
    if mark and not before.lstrip().startswith(b"<") and not _HTML.search(before):
        if b"%%EOF" not in tail and b"startxref" not in tail:
            raise FetchError("fetch.type", t("a PDF that breaks off: its end is missing"))
        return Kind.PDF
    raise FetchError("fetch.type", t("this is {what}, not a PDF", what=_what(head)))


def _what(head: bytes) -> Text:
    if not head:
        return t("an empty file")
    if _HTML.search(head):
        title = _TITLE.search(head.decode("utf-8", "replace"))
        return t("a web page ({title})", title=title[1].strip()) if title else t("a web page")
    if head.startswith(b"PK\x03\x04"):
        return t("an Office document")
    return next((what for start, what in _OTHERS.items() if head.startswith(start)), t("no known kind of file"))
