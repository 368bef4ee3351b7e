"""Refuses connections to addresses that are not public, unless the source allows them.

The host name is resolved here, all its addresses are checked, and the connection goes to a checked address; the name is
not resolved again. So the check covers addresses from `sources.toml`, links and redirects alike, and DNS rebinding does
not help an attacker. TLS still verifies the name.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Iterable, Iterator
from functools import cache

import httpcore
import httpx

from pipeline.fetch.deadline import Deadline, TimedBackend
from pipeline.fetch.errors import FetchError
from pipeline.messages import t

NETWORK_ERRORS = (
    httpx.TransportError,
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
)
UNREACHABLE = (httpcore.ConnectError, httpcore.ConnectTimeout)

_WRAPPING = tuple(
    map(ipaddress.IPv6Network, ("64:ff9b::/96", "::/96", "::ffff:0:0:0/96"))  # NAT64, compatible, translated
)
_LOCAL_NAT64 = ipaddress.IPv6Network("64:ff9b:1::/48")
_ISATAP = (0x00005EFE, 0x02005EFE)  # third quarter of an address that ends with an IPv4 address

Options = Iterable[httpcore.SOCKET_OPTION]


def is_public(address: str) -> bool:
    """Whether an IP address is public; of an address that embeds an IPv4 address, whether that one is."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.is_site_local or ip in _LOCAL_NAT64:
            return False
        if (wrapped := _wrapped(ip)) is not None:
            return is_public(str(wrapped))
    return ip.is_global and not ip.is_multicast


def _wrapped(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that routers may deliver to instead."""
    if any(ip in network for network in _WRAPPING) or (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo or (None, None))[1]


class GuardedBackend(httpcore.NetworkBackend):
    """Connects to public addresses only. Raises `FetchError` for others."""

    def __init__(self) -> None:
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Options | None = None,
    ) -> httpcore.NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(
                t("the name {host} cannot be resolved: {error}", host=host, error=error)
            ) from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if inner := [address for address in addresses if not is_public(address)]:
            raise FetchError(
                "fetch.private",
                t(
                    "{host} is {inner}, which is no public address; if that is meant, set allow_private = true",
                    host=host,
                    inner=inner[0],
                ),
            )
        failure: Exception = httpcore.ConnectError(t("the name {host} has no address", host=host))
        for address in addresses:
            try:
                return self._backend.connect_tcp(address, port, timeout, local_address, socket_options)
            except UNREACHABLE as error:
                failure = error
        raise failure


class Transport(httpx.BaseTransport):
    """An httpx transport over connections of `GuardedBackend`."""

    def __init__(self, *, verify_tls: bool, allow_private: bool, deadline: Deadline) -> None:
        backend = httpcore.SyncBackend() if allow_private else GuardedBackend()
        self._pool = httpcore.ConnectionPool(
            _tls(verify_tls), max_connections=4, keepalive_expiry=30, network_backend=TimedBackend(backend, deadline)
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                request.method,
                httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.read(),
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions)

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


@cache
def _tls(verify: bool) -> ssl.SSLContext:
    """The TLS context; cached, as loading it is slow.

    Without verification, outdated protocols and ciphers are accepted as well.
    """
    context = httpx.create_ssl_context(verify=verify)
    if not verify:
        context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
    return context
