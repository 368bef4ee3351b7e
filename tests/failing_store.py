"""An object store that fails: it passes some requests on to a server that works, and then answers none as it should."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import urlsplit

FAULTS = ("error", "refusal", "silence", "nonsense")
_ERROR = b"<?xml version='1.0'?><Error><Code>InternalError</Code><Message>an internal error</Message></Error>"


class FailingStore(ThreadingHTTPServer):
    """Passes `left` requests on to the server at `place`; to later ones it does what its `fault` says."""

    daemon_threads = True

    def __init__(self, place: str, fault: str = FAULTS[0], left: int = 0) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind, self.fault, self.left = urlsplit(place).netloc, fault, left
        self.over = Event()

    @property
    def place(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FailingStore

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.left -= 1
        if self.server.left >= 0:
            self._pass_on(body)
        else:
            self._fail()

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _answer

    def _pass_on(self, body: bytes) -> None:
        connection = http.client.HTTPConnection(self.server.behind)
        connection.request(self.command, self.path, body, dict(self.headers))
        answer = connection.getresponse()
        content = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "connection"):
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        connection.close()

    def _fail(self) -> None:
        if self.server.fault == "error":
            self.send_response(500)
            self.send_header("Content-Length", str(len(_ERROR)))
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else _ERROR)
        elif self.server.fault == "nonsense":
            self.wfile.write(b"nonsense\n")
            self.close_connection = True
        else:
            if self.server.fault == "silence":
                self.server.over.wait()
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Prints nothing."""


@contextmanager
def failing_store(place: str) -> Iterator[FailingStore]:
    """The store, serving until the block ends."""
    with FailingStore(place) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
