r"""Names of files as text and back: Linux allows bytes that are no UTF-8, as archives from old Windows hold (GBK).

Tables hold such bytes as `\xhh`, so that a path leads back to its file; people see them as GB18030.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

_LIKE_ESCAPE = re.compile(rb"\\(?=x[0-9a-f]{2})")
_ESCAPE = re.compile(rb"\\x([0-9a-f]{2})")


def escaped(path: str) -> str:
    r"""A path as printable text, without loss: bytes that are no UTF-8 become `\xhh`, and so do backslashes that would
    look like one."""
    return _LIKE_ESCAPE.sub(rb"\\x5c", os.fsencode(path)).decode("utf-8", "backslashreplace")


def file_below(folder: Path, source_path: str) -> Path:
    """The file with an escaped path below a folder."""
    return folder / os.fsdecode(_bytes(source_path))


def readable(source_path: str) -> str:
    """An escaped path for people: bytes that are no UTF-8 are taken for GB18030 where they can be."""
    return "/".join(_readable_part(part) for part in source_path.split("/"))


def _readable_part(part: str) -> str:
    data = _bytes(part)
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return part


def _bytes(text: str) -> bytes:
    return _ESCAPE.sub(lambda match: bytes.fromhex(match[1].decode()), text.encode())
