"""One file from the network into a part file, asked for only when it has changed, and resumed where it broke off."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import BinaryIO

import httpx

from pipeline.fetch.client import Client, http_date
from pipeline.fetch.errors import FetchError, TemporaryError
from pipeline.fetch.sources import WebSource

KEPT_HEADERS = ("content-disposition", "content-length", "content-type", "date", "etag", "last-modified", "server")
"""What the catalogue keeps of an answer."""


@dataclass(frozen=True, slots=True)
class Validators:
    """How a file that has been fetched is known again: what the server said of it, as it said it."""

    etag: str | None = None
    last_modified: str | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Download:
    """A whole file at `part`, and how it was sent."""

    part: Path
    url: str
    validators: Validators
    headers: tuple[tuple[str, str], ...]


class Outcome(Enum):
    """Why nothing was downloaded."""

    UNCHANGED = "unchanged"
    OLDER = "older"
    CHANGED = "changed"
    """Only looked at: it would have been downloaded."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of a file: `known` is what lies here already, `since` the day before which it is too old."""

    url: str
    part: Path
    known: Validators | None = None
    since: date | None = None
    look_only: bool = False


def download(client: Client, source: WebSource, wish: Wish) -> Download | Outcome:
    """The file, unless it is the known one or too old. What was received of it is kept for the next attempt or run.

    Raises `FetchError`.
    """
    started = time.monotonic()

    def attempt() -> Download | Outcome:
        beginning = None if wish.look_only else _Beginning.of(wish)
        with client.open(wish.url, source, _request_headers(wish, beginning)) as response:
            if told := _told_by_headers(wish, response):
                return told
            return _receive(wish, beginning, response, client.politeness.max_bytes, started, client)

    return client.retrying(attempt)


@dataclass(frozen=True, slots=True)
class _Beginning:
    """The first bytes of a file that broke off; `tag` is what If-Range holds it by."""

    size: int
    tag: str

    @classmethod
    def of(cls, wish: Wish) -> _Beginning | None:
        try:
            told, size = json.loads(_note(wish.part).read_text()), wish.part.stat().st_size
        except (OSError, ValueError):
            return None
        return cls(size, told["tag"]) if size and told["url"] == wish.url else None


def _note(part: Path) -> Path:
    return part.with_suffix(".json")


def forget(part: Path) -> None:
    """Removes a part file and what is noted of it."""
    part.unlink(missing_ok=True)
    _note(part).unlink(missing_ok=True)


def _request_headers(wish: Wish, beginning: _Beginning | None) -> dict[str, str]:
    headers = {"Accept-Encoding": "identity"}  # a range of compressed bytes would be of no use
    if wish.known and wish.known.etag:
        headers["If-None-Match"] = wish.known.etag
    if wish.known and wish.known.last_modified:
        headers["If-Modified-Since"] = wish.known.last_modified
    if beginning:
        headers |= {"Range": f"bytes={beginning.size}-", "If-Range": beginning.tag}
    return headers


def _told_by_headers(wish: Wish, response: httpx.Response) -> Outcome | None:
    """What the headers decide, before any byte of the body is read."""
    if response.status_code == 304:
        return Outcome.UNCHANGED
    if response.status_code == 416:
        forget(wish.part)
        raise TemporaryError("fetch.http", "the server refuses to go on where the download broke off")
    modified = http_date(response.headers.get("last-modified"))
    if wish.since and modified and modified.date() < wish.since:
        return Outcome.OLDER
    if wish.known and response.status_code == 200 and _same(wish.known, _validators(response)):
        return Outcome.UNCHANGED
    return Outcome.CHANGED if wish.look_only else None


def _same(known: Validators, now: Validators) -> bool:
    """Whether an answer is the known file, for servers that answer in full all the same.

    Where a server tells neither tag nor time, the length decides.
    """
    if known.etag or now.etag:
        return known.etag == now.etag
    return known.length is not None and (known.length, known.last_modified) == (now.length, now.last_modified)


def _validators(response: httpx.Response) -> Validators:
    length = response.headers.get("content-length", "")
    return Validators(
        response.headers.get("etag"),
        response.headers.get("last-modified"),
        int(length) if length.isdecimal() and response.status_code == 200 else None,
    )


def _receive(
    wish: Wish, beginning: _Beginning | None, response: httpx.Response, limit: int, started: float, client: Client
) -> Download:
    offset = _offset(wish, beginning, response)
    announced = response.headers.get("content-length", "")
    if announced.isdecimal() and offset + int(announced) > limit:
        raise FetchError("fetch.size", _too_large(limit))
    validators = _validators(response)
    wish.part.parent.mkdir(parents=True, exist_ok=True)
    if not offset:
        _take_note(wish, validators)
    with wish.part.open("r+b" if offset else "wb") as sink:
        sink.seek(offset)
        size = _copy(response, sink, offset, limit, started + client.politeness.max_seconds)
    if announced.isdecimal() and "content-encoding" not in response.headers and size != offset + int(announced):
        raise TemporaryError("fetch.network", f"{size} bytes came of {offset + int(announced)}")
    return Download(wish.part, str(response.url), _whole(validators, size), _kept(response.headers))


def _offset(wish: Wish, beginning: _Beginning | None, response: httpx.Response) -> int:
    """Where the bytes of the answer belong."""
    if response.status_code == 200:
        return 0
    if beginning and response.headers.get("content-range", "").startswith(f"bytes {beginning.size}-"):
        return beginning.size
    forget(wish.part)
    raise TemporaryError("fetch.http", "the server sends other bytes than those asked for")


def _take_note(wish: Wish, validators: Validators) -> None:
    """Only a strong tag, or else a time, tells that the rest of a file belongs to its beginning."""
    forget(wish.part)
    etag = validators.etag if validators.etag and not validators.etag.startswith("W/") else None
    if tag := etag or validators.last_modified:
        _note(wish.part).write_text(json.dumps({"url": wish.url, "tag": tag}))


def _copy(response: httpx.Response, sink: BinaryIO, size: int, limit: int, deadline: float) -> int:
    """Writes the body; returns the size of the file."""
    for chunk in response.iter_bytes():
        size += len(chunk)
        if size > limit:
            raise FetchError("fetch.size", _too_large(limit))
        if time.monotonic() > deadline:
            raise FetchError("fetch.slow", f"too slow: {size} bytes came in the time one file may take (max_seconds)")
        sink.write(chunk)
    return size


def _whole(validators: Validators, size: int) -> Validators:
    return Validators(validators.etag, validators.last_modified, size)


def _kept(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, headers[name]) for name in KEPT_HEADERS if name in headers)


def _too_large(limit: int) -> str:
    return f"the file is larger than {limit / 2**20:g} MiB (max_file_mib)"
