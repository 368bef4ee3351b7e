"""A time limit for all that is received for one file or page, headers and retries included.

Timeouts of HTTP libraries are for one read: a server that sends a byte now and then never meets them.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import httpcore

from pipeline.fetch.errors import FetchError
from pipeline.messages import t


@dataclass(slots=True)
class Deadline:
    """The moment (`time.monotonic`) at which the file or page that is being fetched is given up."""

    at: float = float("inf")

    def left(self, wanted: float | None = None) -> float | None:
        """Seconds that an operation may take, `wanted` at most. Raises `FetchError` when there are none left."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise FetchError("fetch.slow", t("too slow: it was not there whole within max_seconds"))
        if wanted is not None:
            return min(wanted, left)
        return None if left == float("inf") else left


class TimedBackend(httpcore.NetworkBackend):
    """Connections on which every operation ends at the deadline."""

    def __init__(self, backend: httpcore.NetworkBackend, deadline: Deadline) -> None:
        self._backend, self._deadline = backend, deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        timeout = self._deadline.left(timeout)
        stream = self._backend.connect_tcp(host, port, timeout, local_address, socket_options)
        return _TimedStream(stream, self._deadline)


class _TimedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _TimedStream(stream, self._deadline)

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
