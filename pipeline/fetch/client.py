"""Sends requests: obeys robots.txt, pauses between requests, follows redirects one by one, retries with growing pauses.

The whole run makes one request at a time.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self, TypeVar

import httpx
from protego import Protego

from pipeline.fetch.deadline import Deadline
from pipeline.fetch.errors import FetchError, GoneError, TemporaryError
from pipeline.fetch.sources import Politeness, WebSource
from pipeline.fetch.ssrf_guard import NETWORK_ERRORS, UNREACHABLE, Transport
from pipeline.messages import t

PAGE_BYTES = 20 * 2**20
ROBOTS_BYTES = 512 * 1024
MAX_REDIRECTS = 5
LONGEST_DELAY = 60.0
"""Longest pause in seconds between requests that a robots.txt may ask for; longer ones are cut to this."""

_TEMPORARY = {408, 425, 429, 500, 502, 503, 504}
_REDIRECTS = {301, 302, 303, 307, 308}
_GONE = {404, 410}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """A page as the server sent it; `url` is its address after redirects."""

    url: str
    content_type: str
    body: bytes


class Client:
    """Sends all requests of a run. It is a context manager."""

    def __init__(self, politeness: Politeness) -> None:
        self.politeness = politeness
        self._clients: dict[tuple[bool, bool], httpx.Client] = {}
        self._robots: dict[str, Protego] = {}
        self._last: dict[str, float] = {}
        self._dead: set[str | None] = set()
        self._deadline = Deadline()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        for client in self._clients.values():
            client.close()

    def page(self, url: str, source: WebSource) -> Page:
        """A page to read links from. Raises `FetchError`."""

        def attempt() -> Page:
            with self.open(url, source) as response:
                return Page(str(response.url), response.headers.get("content-type", ""), _body(response, PAGE_BYTES))

        return self.retrying(attempt)

    def retrying(self, attempt: Callable[[], T]) -> T:
        """The result of `attempt`, which is tried again with growing pauses while it raises `TemporaryError`.

        All attempts together may take `max_seconds`. Raises `FetchError`.
        """
        self._deadline.at = time.monotonic() + self.politeness.max_seconds
        try:
            return self._retrying(attempt)
        finally:
            self._deadline.at = float("inf")

    def _retrying(self, attempt: Callable[[], T]) -> T:
        pause = self.politeness.backoff_seconds
        for left in range(self.politeness.retries, -1, -1):
            try:
                return attempt()
            except TemporaryError as error:
                wait = max(pause, error.wait or 0)
                if not left:
                    self._dead |= {error.host} - {None}
                    raise FetchError(error.code, error.message) from error
                if wait > self.politeness.max_wait_seconds:
                    raise FetchError(
                        error.code,
                        t("{message}; it asks for {wait:.0f} s of patience", message=error.message, wait=wait),
                    ) from error
                if time.monotonic() + wait > self._deadline.at:
                    message = t(
                        "{message}; there is no time left for another attempt (max_seconds)", message=error.message
                    )
                    raise FetchError("fetch.slow", message) from error
                time.sleep(wait)
                pause *= 2
        raise AssertionError("the last attempt returns or raises")

    @contextmanager
    def open(self, url: str, source: WebSource, headers: Mapping[str, str] | None = None) -> Iterator[httpx.Response]:
        """The response at `url` (status 200 or 304) after all redirects; the body has not been read.

        Raises `GoneError`, `TemporaryError` (also for a body that breaks off) and `FetchError`.
        """
        for _ in range(MAX_REDIRECTS + 1):
            self._check_robots(url, source)
            with self._send(url, source, headers or {}) as response:
                if response.status_code not in _REDIRECTS:
                    _check_status(
                        response, conditional=bool({"If-None-Match", "If-Modified-Since"} & set(headers or ()))
                    )
                    yield response
                    return
                url = _target(response)
        raise FetchError("fetch.redirects", t("more than {max_redirects} redirects", max_redirects=MAX_REDIRECTS))

    @contextmanager
    def _send(self, url: str, source: WebSource, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        host = _parse(url).host
        if host in self._dead:
            raise FetchError("fetch.network", t("{host} could not be reached before in this run", host=host))
        client = self._client(source)
        try:
            self._pause(host, url)
            with client.stream("GET", url, headers=dict(headers)) as response:
                yield response
        except NETWORK_ERRORS as error:
            if isinstance(error.__context__, ssl.SSLError):
                raise FetchError(
                    "fetch.tls",
                    t(
                        "{host}: {error}; if the certificate is known to be broken, set verify_tls = false",
                        host=host,
                        error=error,
                    ),
                ) from error
            what = str(error) or type(error).__name__
            unreached = host if isinstance(error, UNREACHABLE) else None
            raise TemporaryError("fetch.network", t("{host}: {what}", host=host, what=what), host=unreached) from error
        finally:
            self._last[host] = time.monotonic()

    def _client(self, source: WebSource) -> httpx.Client:
        policy = source.verify_tls, source.allow_private
        if policy not in self._clients:
            self._clients[policy] = httpx.Client(
                transport=Transport(
                    verify_tls=source.verify_tls, allow_private=source.allow_private, deadline=self._deadline
                ),
                headers={"User-Agent": self.politeness.user_agent, "Accept-Language": "zh-CN,zh;q=0.9"},
                timeout=self.politeness.timeout_seconds,
                trust_env=False,  # a proxy would resolve names itself, past `ssrf_guard`
            )
        return self._clients[policy]

    def _pause(self, host: str, url: str) -> None:
        """Waits until the pause after the last request to the host is over."""
        robots = self._robots.get(_origin(url))
        asked = (robots.crawl_delay(self.politeness.user_agent) if robots else None) or 0
        delay = max(self.politeness.delay_seconds, min(asked, LONGEST_DELAY))
        if (rest := self._last.get(host, float("-inf")) + delay - time.monotonic()) > 0:
            time.sleep(rest)

    def _check_robots(self, url: str, source: WebSource) -> None:
        origin = _origin(url)
        if origin not in self._robots:
            self._robots[origin] = Protego.parse(self._robots_text(f"{origin}/robots.txt", source))
        if not self._robots[origin].can_fetch(url, self.politeness.user_agent):
            raise FetchError("fetch.robots", t("robots.txt of {origin} does not allow it", origin=origin))

    def _robots_text(self, url: str, source: WebSource) -> str:
        """The text of robots.txt. A missing file forbids nothing, an unreadable one everything (RFC 9309)."""
        for _ in range(MAX_REDIRECTS + 1):
            with self._send(url, source, {}) as response:
                if response.status_code in _REDIRECTS:
                    url = _target(response)
                elif response.status_code in _TEMPORARY or response.status_code >= 500:
                    message = t(
                        "{url} cannot be read (status {status_code}), so nothing is fetched from there",
                        url=url,
                        status_code=response.status_code,
                    )
                    raise TemporaryError("fetch.robots", message, wait=_retry_after(response), host=response.url.host)
                elif response.is_success:
                    return _body(response, ROBOTS_BYTES, cut=True).decode("utf-8", "replace")
                else:
                    return ""
        return ""


def _parse(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise FetchError("fetch.address", t("no web address: {error}", error=error)) from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise FetchError("fetch.address", t("only http and https are followed, not {url}", url=url))
    return parsed


def _origin(url: str) -> str:
    parsed = _parse(url)
    return f"{parsed.scheme}://{parsed.netloc.decode('ascii')}"


def _target(response: httpx.Response) -> str:
    """The target of a redirect."""
    if not (location := response.headers.get("location")):
        raise FetchError("fetch.redirects", t("{url} redirects to nowhere", url=response.url))
    try:
        return str(response.url.join(location))
    except httpx.InvalidURL as error:
        raise FetchError(
            "fetch.address", t("{url} redirects to no web address: {error}", url=response.url, error=error)
        ) from error


def _check_status(response: httpx.Response, *, conditional: bool) -> None:
    """Raises an error unless there is a body, or the server says, when it was asked, that nothing has changed."""
    status = response.status_code
    if status == 200 or (status == 304 and conditional):
        return
    answer = f"{status} {response.reason_phrase}".rstrip()
    message = t("the server answers {answer}", answer=answer)
    if status in _GONE:
        raise GoneError("fetch.gone", message)
    if status in _TEMPORARY:
        raise TemporaryError("fetch.http", message, wait=_retry_after(response))
    raise FetchError("fetch.http", message)


def _retry_after(response: httpx.Response) -> float | None:
    """The pause in seconds of the Retry-After header, which holds seconds or a date."""
    value = response.headers.get("retry-after", "")
    if value.isdecimal():
        return float(value)
    moment = http_date(value)
    return None if moment is None else max(0.0, (moment - datetime.now(UTC)).total_seconds())


def http_date(text: str | None) -> datetime | None:
    """A date of an HTTP header; None when it cannot be parsed."""
    try:
        moment = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _body(response: httpx.Response, limit: int, *, cut: bool = False) -> bytes:
    """The whole body. A body longer than `limit` bytes is cut or refused."""
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > limit:
            if cut:
                return bytes(body[:limit])
            raise FetchError("fetch.size", t("the page is larger than {limit} MiB", limit=limit // 2**20))
    return bytes(body)
