"""A publisher's web server for the tests: pages, files and misbehaviour, on this machine and in this process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(slots=True)
class Reply:
    """What the server answers at one address.

    `cut` bytes are sent at most before the connection is closed, `wait` seconds pass before the answer. An `etag` or
    `modified` makes the server answer conditional requests, `ranges` those for a part.
    """

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: str | None = None
    modified: str | None = None
    ranges: bool = False
    cut: int | None = None
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    headers: Mapping[str, str]
    sent: int
    """Bytes of the body that were sent."""


class Publisher:
    """Answers with `replies`, by path; a list of replies is used up one by one, down to the last. Keeps all requests."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.replies: dict[str, Reply | list[Reply]] = {}
        self.requests: list[Request] = []

    def asked_for(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == path]

    def bytes_sent(self, ending: str) -> int:
        return sum(request.sent for request in self.requests if request.path.endswith(ending))

    def reply(self, path: str) -> Reply:
        found = self.replies.get(path, Reply(b"not here", 404))
        if isinstance(found, list):
            return found.pop(0) if len(found) > 1 else found[0]
        return found


@contextmanager
def publisher() -> Iterator[Publisher]:
    """The server, for as long as the block lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    played = Publisher(f"http://127.0.0.1:{server.server_port}")
    server.RequestHandlerClass = _handler(played)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield played
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(played: Publisher) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            reply = played.reply(self.path)
            status, start = _status(reply, self.headers)
            body = reply.body[start:] if status in (200, 206) or status >= 400 else b""
            sent = body if reply.cut is None else body[: max(0, reply.cut - start)]
            played.requests.append(Request(self.path, dict(self.headers), len(sent)))
            threading.Event().wait(reply.wait)
            self.send_response(status)
            for name, value in _headers(reply, status, start, len(body)).items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(sent)
            except OSError:  # the reader has had enough
                self.close_connection = True
            if len(sent) < len(body):
                self.close_connection = True

        def log_message(self, *_args: object) -> None:
            pass

    return Handler


def _status(reply: Reply, asked: Mapping[str, str]) -> tuple[int, int]:
    """The status of the answer, and the byte that it begins with."""
    same_tag = reply.etag is not None and asked.get("If-None-Match") == reply.etag
    same_time = reply.modified is not None and asked.get("If-Modified-Since") == reply.modified
    if same_tag or (same_time and "If-None-Match" not in asked):
        return 304, 0
    start = asked.get("Range", "").removeprefix("bytes=").removesuffix("-")
    if reply.ranges and start and asked.get("If-Range") in (reply.etag, reply.modified):
        return 206, int(start)
    return reply.status, 0


def _headers(reply: Reply, status: int, start: int, length: int) -> dict[str, str]:
    told = {"ETag": reply.etag, "Last-Modified": reply.modified, "Content-Length": str(length) if status != 304 else None}
    if status == 206:
        told["Content-Range"] = f"bytes {start}-{len(reply.body) - 1}/{len(reply.body)}"
    return {name: value for name, value in told.items() if value is not None} | reply.headers
