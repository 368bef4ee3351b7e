"""The blocks of a text page: where texts and pictures stand, and what shapes are drawn.

PyMuPDF tells of them as texts, with all characters of the page spelled out once more, and 1.28 keeps a reference too
many to each, so that none is ever freed: 80 KiB a page of ruled tables, gigabytes over a year's documents. Where the
layout of MuPDF's structures is known they are read as they lie in memory, which takes a tenth of the time.
"""

from __future__ import annotations

import ctypes
import re
import struct
import sys
from sys import getrefcount
from typing import Any

import pymupdf

IMAGE, VECTOR = 1, 3  # kinds of blocks that are no text; a vector is a drawn shape
STROKED, IS_BOX = 1, 2  # bits of `flags`
Block = tuple[float, float, float, float, int, int, int]
"""x0, y0, x1, y1 in points, unturned; kind; and of a shape the flags, and alpha, red, green and blue in one number."""

_KNOWN = pymupdf.mupdf_version.split(".")[:2] == ["1", "28"]
_IN_MEMORY = _KNOWN and sys.byteorder == "little" and ctypes.sizeof(ctypes.c_void_p) == 8
# fz_stext_block of MuPDF 1.28: type, id, bbox; a union of 32 bytes that begins with a vector's flags and colour; the
# addresses of the blocks before and after. Padding stands for what is not needed.
_BLOCK = struct.Struct("<i4x4fII24x8xQ")
_MEMORY = (ctypes.c_char * sys.maxsize).from_address(0)  # of this process: a block is where its address says
_DESCRIPTION = re.compile(
    r"\s*<vector (filled|stroked), color: #([0-9a-f]{6}), alpha: (\d+), is-rect: (\w+), continues: \w+>\s*"
)
_UNKNOWN = STROKED, 0xFF000000  # a black shape of unknown kind: only the drawings tell more
_IN_USE = 3  # references to what a list or tuple holds, a variable names and a function is called with
_release = ctypes.pythonapi.Py_DecRef
_release.argtypes = [ctypes.py_object]
_release.restype = None


def blocks_of(text_page: Any) -> list[Block]:
    """The blocks on a text page's area, in the order of drawing."""
    return _read_from_memory(text_page) if _IN_MEMORY else _told(text_page)


def _read_from_memory(text_page: Any) -> list[Block]:
    page = text_page.this.m_internal
    area = page.mediabox
    left, top, right, bottom = area.x0, area.y0, area.x1, area.y1
    blocks: list[Block] = []
    first = page.first_block
    address = int(first.this) if first else 0
    while address:
        kind, x0, y0, x1, y1, flags, argb, address = _BLOCK.unpack_from(_MEMORY, address)
        if x0 < right and x1 > left and y0 < bottom and y1 > top:
            blocks.append((x0, y0, x1, y1, kind, flags, argb))
    return blocks


def _told(text_page: Any) -> list[Block]:
    """The same by what PyMuPDF tells, in any version; boxes of texts may differ by a little."""
    return [(*block[:4], block[6], *_flags_and_colour(block)) for block in _released(text_page.extractBLOCKS())]


def _flags_and_colour(block: tuple[Any, ...]) -> tuple[int, int]:
    if block[6] != VECTOR:
        return 0, 0
    match = _DESCRIPTION.fullmatch(block[4])
    if match is None:
        return _UNKNOWN
    flags = STROKED * (match[1] == "stroked") | IS_BOX * (match[4] == "true")
    return flags, int(match[3]) << 24 | int(match[2], 16)


def _released(blocks: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    for block in blocks:
        text = block[4]
        if len(text) > 1 and getrefcount(text) == _IN_USE + 1:  # shorter texts are shared by the whole program
            _release(text)
        if getrefcount(block) == _IN_USE + 1:
            _release(block)
    return blocks
