"""Makes file names of titles: readable, safe on every file system, of bounded length."""

from __future__ import annotations

import hashlib
import re
import unicodedata

MAX_BYTES = 180
"""Bytes of a name in UTF-8 without its ending: file systems allow 255, with a mark and the ending."""

UNDATED = "undated"
_UNSAFE = str.maketrans('/\\:*?"<>|', "／＼：＊？＂＜＞｜")
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def file_stem(title: str) -> str:
    """The title as a file name without an ending; `document` when no usable character is left."""
    text = "".join(c for c in unicodedata.normalize("NFC", title) if unicodedata.category(c)[0] != "C" or c.isspace())
    name = " ".join(text.split()).translate(_UNSAFE)
    name = name.encode()[:MAX_BYTES].decode("utf-8", "ignore").strip(" .")
    return f"_{name}" if _RESERVED.fullmatch(name) else name or "document"


def folder(region_code: str, source_id: str, year: int | None) -> str:
    """The folder of a source and year, relative to the raw folder."""
    return f"{region_code}/{source_id}/{year or UNDATED}"


def mark(*what: str) -> str:
    """Eight hexadecimal digits that distinguish files with the same name; a digest of `what`."""
    return hashlib.sha256("\0".join(what).encode()).hexdigest()[:8]
