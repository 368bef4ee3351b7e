"""A publisher's web server for the tests: pages, files and misbehaviour, on this machine and in this process; and the
desk of someone who fetches from it."""

from __future__ import annotations

import io
import ssl
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from pipeline.dataset.landing.catalogue import Record, read_catalogue
from pipeline.fetch.model import FetchEntry, FetchReport
from pipeline.fetch.run import fetch_sources
from pipeline.settings import FetchParameters


@dataclass(slots=True)
class Reply:
    """What the server answers at one address.

    `cut` bytes are sent at most before the connection is closed, `wait` seconds pass before the answer. An `etag` or
    `modified` makes the server answer conditional requests.
    """

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: str | None = None
    modified: str | None = None
    cut: int | None = None
    wait: float = 0.0
    drip: float = 0.0
    """Seconds between the characters of a header that does not end."""


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    headers: Mapping[str, str]
    sent: int
    """Bytes of the body that were sent."""


class Publisher:
    """Answers with `replies`, by path; a list of them is used up one by one, down to the last. Keeps the requests."""

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
def publisher(certificate: Path | None = None) -> Iterator[Publisher]:
    """The server, for as long as the block lasts; with TLS when it has a certificate."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    played = Publisher(f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}")
    if certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
        server.socket = tls.wrap_socket(server.socket, server_side=True)
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
            status = _status(reply, dict(self.headers))
            body = reply.body if status == 200 or status >= 400 else b""
            sent = body[: reply.cut]
            played.requests.append(Request(self.path, dict(self.headers), len(sent)))
            threading.Event().wait(reply.wait)
            if reply.drip:
                self._drip(reply.drip)
                return
            self.send_response(status)
            for name, value in _headers(reply, status, len(body)).items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(sent)
            except OSError:  # the reader has had enough
                self.close_connection = True
            if len(sent) < len(body):
                self.close_connection = True

        def _drip(self, seconds: float) -> None:
            self.close_connection = True
            try:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
                for _ in range(round(20 / seconds)):  # longer than any test waits
                    self.wfile.write(b"x")
                    threading.Event().wait(seconds)
            except OSError:  # the reader has had enough
                pass

        def log_message(self, *_args: object) -> None:
            pass

    return Handler


def _status(reply: Reply, asked: Mapping[str, str]) -> int:
    same_tag = reply.etag is not None and asked.get("If-None-Match") == reply.etag
    same_time = reply.modified is not None and asked.get("If-Modified-Since") == reply.modified
    if same_tag or (same_time and "If-None-Match" not in asked):
        return 304
    return reply.status


def _headers(reply: Reply, status: int, length: int) -> dict[str, str]:
    told = {"ETag": reply.etag, "Last-Modified": reply.modified}
    if status != 304:
        told["Content-Length"] = str(length)
    return {name: value for name, value in told.items() if value is not None} | reply.headers


class Desk:
    """The sources file and raw folder of someone who fetches."""

    def __init__(self, site: Publisher, folder: Path) -> None:
        self.site, self.folder, self.raw = site, folder, folder / "raw"

    def fetch(self, *lines: str, politeness: str = "", since: date | None = None, dry_run: bool = False) -> FetchReport:
        """One run over one source, which has `lines` on top of what every source needs."""
        given = {line.partition(" =")[0] for line in lines}
        usual = {
            "id": '"putuo"',
            "name": '"上海市普陀区财政局"',
            "region_code": '"310107"',
            "fiscal_year": '"title"',
            "document_kind": '"department_budget"',
            "allow_private": "true",
            "index": f'["{self.site.url}/index.html"]',
        }
        source = [*lines, *(f"{name} = {value}" for name, value in usual.items() if name not in given)]
        text = (
            "[politeness]\ndelay_seconds = 0\nbackoff_seconds = 0.01\ntimeout_seconds = 0.3\n"
            f"{politeness}\n[[source]]\n" + "\n".join(source)
        )
        sources = self.folder / "sources.toml"
        sources.write_text(text, encoding="utf-8")
        self.site.requests.clear()
        return fetch_sources(FetchParameters(sources=sources, raw=self.raw, since=since, dry_run=dry_run))

    def files(self) -> dict[str, bytes]:
        """All files that are not hidden, by their paths."""
        found = (path.relative_to(self.raw) for path in sorted(self.raw.rglob("*.pdf")))
        return {str(p): (self.raw / p).read_bytes() for p in found if not p.parts[0].startswith(".")}

    def record(self, title: str) -> Record:
        (found,) = (r for r in read_catalogue(self.raw) if r.title == title and r.superseded_by is None)
        return found


def self_signed(path: Path) -> Path:
    """A certificate that nobody vouches for, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    certificate = builder.not_valid_before(datetime(2020, 1, 1)).not_valid_after(datetime(2120, 1, 1))
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + certificate.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    )
    return path


def pdf(text: str, size: int = 0) -> bytes:
    """Bytes that are a PDF to anyone who looks at its two ends."""
    return b"%PDF-1.7\n" + text.encode() + b"\n" + b"0" * size + b"\n%%EOF\n"


def page(*links: tuple[str, str], title: str = "预算公开", more: str = "") -> bytes:
    items = "".join(f'<li><a href="{href}">{text}</a></li>' for href, text in links)
    return f"<html><head><title>{title}</title></head><body><ul>{items}</ul>{more}</body></html>".encode()


def zipped(*members: tuple[str, bytes]) -> bytes:
    """An archive with names in GBK and without a word about it, as Windows makes them."""
    sink, names = io.BytesIO(), [name.encode("gbk") for name, _ in members]
    stands_in = [f"{number}".rjust(len(name), "@").encode() for number, name in enumerate(names)]
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (_, data) in zip(stands_in, members, strict=True):
            archive.writestr(name.decode(), data)
    archived = sink.getvalue()
    for stand_in, name in zip(stands_in, names, strict=True):
        archived = archived.replace(stand_in, name)
    return archived


def reasons(entries: tuple[FetchEntry, ...]) -> list[tuple[str | None, str | None]]:
    """Code and reason of each entry."""
    return [(entry.code, entry.reason) for entry in entries]
