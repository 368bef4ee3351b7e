"""The blocks of a text page, without the memory that PyMuPDF forgets.

PyMuPDF 1.28 keeps a reference too many to each block and to its text, so that none is ever freed: 80 KiB a page of
ruled tables, gigabytes over a year's documents.
"""

from __future__ import annotations

import ctypes
from sys import getrefcount
from typing import Any

_IN_USE = 3  # references to what a list or tuple holds, a variable names and a function is called with
_release = ctypes.pythonapi.Py_DecRef
_release.argtypes = [ctypes.py_object]
_release.restype = None


def blocks_of(text_page: Any) -> list[tuple[Any, ...]]:
    """What `extractBLOCKS` gives: x0, y0, x1, y1, text or description, number and kind of each block."""
    blocks: list[tuple[Any, ...]] = text_page.extractBLOCKS()
    for block in blocks:
        text = block[4]
        if len(text) > 1 and getrefcount(text) == _IN_USE + 1:  # shorter texts are shared by the whole program
            _release(text)
        if getrefcount(block) == _IN_USE + 1:
            _release(block)
    return blocks
