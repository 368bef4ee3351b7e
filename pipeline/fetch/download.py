"""Downloads one file, unless it is the one known from the last run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from pathlib import Path

import httpx

from pipeline.fetch.client import Client, http_date
from pipeline.fetch.errors import FetchError, TemporaryError
from pipeline.fetch.sources import WebSource
from pipeline.messages import Text, t

KEPT_HEADERS = ("content-disposition", "content-length", "content-type", "date", "etag", "last-modified", "server")
"""Response headers that the catalogue stores."""


@dataclass(frozen=True, slots=True)
class Validators:
    """The response headers that identify a version of a file; the next run compares them. `length` is in bytes."""

    etag: str | None = None
    last_modified: str | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Download:
    """A complete file at `part`, with the address that it came from after redirects and its response headers."""

    part: Path
    url: str
    validators: Validators
    headers: tuple[tuple[str, str], ...]


class Outcome(Enum):
    """Why nothing was downloaded."""

    UNCHANGED = "unchanged"
    OLDER = "older"
    CHANGED = "changed"
    """The file is new or has changed, but the request was `look_only`."""


@dataclass(frozen=True, slots=True)
class DownloadRequest:
    """A file to download to `part`.

    `known` are the validators of the copy on disk, if there is one. A file last modified before `since` is not
    downloaded. With `look_only`, only the headers are read.
    """

    url: str
    part: Path
    known: Validators | None = None
    since: date | None = None
    look_only: bool = False


def download(client: Client, source: WebSource, request: DownloadRequest) -> Download | Outcome:
    """The file, unless it is unchanged or too old. An attempt that breaks off starts again from the first byte.

    Raises `FetchError`.
    """

    def attempt() -> Download | Outcome:
        with client.open(request.url, source, _request_headers(request)) as response:
            if outcome := _outcome_from_headers(request, response):
                return outcome
            return _receive(request, response, client.politeness.max_bytes)

    return client.retrying(attempt)


def _request_headers(request: DownloadRequest) -> dict[str, str]:
    headers = {"Accept-Encoding": "identity"}  # so that Content-Length is the size of the file
    if request.known and request.known.etag:
        headers["If-None-Match"] = request.known.etag
    if request.known and request.known.last_modified:
        headers["If-Modified-Since"] = request.known.last_modified
    return headers


def _outcome_from_headers(request: DownloadRequest, response: httpx.Response) -> Outcome | None:
    """The outcome that follows from the headers alone; None when the body is needed."""
    if response.status_code == 304:
        return Outcome.UNCHANGED
    modified = http_date(response.headers.get("last-modified"))
    if request.since and modified and modified.date() < request.since:
        return Outcome.OLDER
    if request.known and _same(request.known, _validators(response)):
        return Outcome.UNCHANGED
    return Outcome.CHANGED if request.look_only else None


def _same(known: Validators, now: Validators) -> bool:
    """Whether a 200 answer is the known file: some servers ignore conditional requests.

    The length decides where a server sends neither ETag nor Last-Modified.
    """
    if known.etag or now.etag:
        return known.etag == now.etag
    return known.length is not None and (known.length, known.last_modified) == (now.length, now.last_modified)


def _validators(response: httpx.Response) -> Validators:
    length = response.headers.get("content-length", "")
    return Validators(
        response.headers.get("etag"), response.headers.get("last-modified"), int(length) if length.isdecimal() else None
    )


def _receive(request: DownloadRequest, response: httpx.Response, limit: int) -> Download:
    """Writes the body to the part file; `limit` is in bytes."""
    validators = _validators(response)
    if validators.length is not None and validators.length > limit:
        raise FetchError("fetch.size", _too_large(limit))
    size = 0
    with request.part.open("wb") as sink:
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > limit:
                raise FetchError("fetch.size", _too_large(limit))
            sink.write(chunk)
    if validators.length not in (None, size) and "content-encoding" not in response.headers:
        raise TemporaryError("fetch.network", t("{size} bytes came of {length}", size=size, length=validators.length))
    return Download(request.part, str(response.url), replace(validators, length=size), _kept(response.headers))


def _kept(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, headers[name]) for name in KEPT_HEADERS if name in headers)


def _too_large(limit: int) -> Text:
    return t("the file is larger than {mib:g} MiB (max_file_mib)", mib=limit / 2**20)
