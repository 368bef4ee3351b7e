"""Several byte strings in one file, each under a name, so that any of them is read alone.

The parts lie one after the other; then comes an index of them (JSON), then its size and checksum. Nothing is trusted
before all checksums have been verified.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from typing_extensions import Buffer

_END = struct.Struct("<4sII")
_MAGIC = b"BFS1"


class Place(NamedTuple):
    """Where a part lies in the file."""

    offset: int
    size: int
    checksum: int


class DamagedError(Exception):
    """The file is not one that `write_parts` has written to its end."""


def write_parts(sink: BinaryIO, parts: Mapping[str, Buffer]) -> dict[str, Place]:
    """Writes all parts to the beginning of a file; returns where they lie."""
    places, offset = {}, 0
    for name, part in parts.items():
        data = memoryview(part)
        sink.write(data)
        places[name] = Place(offset, data.nbytes, zlib.crc32(data))
        offset += data.nbytes
    index = json.dumps(places).encode()
    sink.write(index + _END.pack(_MAGIC, len(index), zlib.crc32(index)))
    return places


def verified(path: Path) -> dict[str, Place]:
    """Where the parts of a file lie, once all of them have been looked at.

    Raises `DamagedError`, or `OSError` when it is not there.
    """
    data = memoryview(path.read_bytes())
    if len(data) < _END.size:
        raise DamagedError
    magic, size, checksum = _END.unpack(data[-_END.size :])
    index = data[: -_END.size][-size:]
    if magic != _MAGIC or len(index) != size or zlib.crc32(index) != checksum:
        raise DamagedError
    places = {name: Place(*place) for name, place in json.loads(bytes(index)).items()}
    if any(zlib.crc32(data[p.offset : p.offset + p.size]) != p.checksum for p in places.values()):
        raise DamagedError
    return places


def read_one(path: Path, place: Place) -> bytes:
    """One part of a file."""
    with path.open("rb") as file:
        file.seek(place.offset)
        return file.read(place.size)
