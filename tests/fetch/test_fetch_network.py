"""What a fetch asks of a network: its pace, robots.txt, addresses, certificates, sizes and times."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.publisher import Desk, Publisher, Reply, page, pdf, publisher, reasons, self_signed


def test_a_busy_server_is_given_the_time_it_asks_for(site: Publisher, desk: Desk) -> None:
    busy = Reply(status=503, headers={"Retry-After": "0"})
    site.replies |= {
        "/index.html": Reply(page(("a.pdf", "2026年预算"), ("b.pdf", "2026年决算"))),
        "/a.pdf": [busy, busy, Reply(pdf("a"))],
        "/b.pdf": Reply(status=429, headers={"Retry-After": "3600"}),
    }
    report = desk.fetch()
    assert len(report.new) == 1
    assert reasons(report.failed) == [
        ("fetch.http", "the server answers 429 Too Many Requests; it asks for 3600 s of patience")
    ]
    assert len(site.asked_for("/b.pdf")) == 1


def test_robots_are_obeyed(site: Publisher, desk: Desk) -> None:
    robots = b"User-agent: *\nDisallow: /private/\nUser-agent: budget-forms\nDisallow: /*.pdf?\nDisallow: /private/\n"
    site.replies |= {
        "/robots.txt": Reply(robots),
        "/index.html": Reply(page(("/private/a.pdf", "2026年预算"), ("b.pdf?1", "2026年决算"), ("c.pdf", "2026年表"))),
        "/c.pdf": Reply(pdf("c")),
    }
    report = desk.fetch(politeness='contact = "mailto:me@city.test"')
    assert [entry.code for entry in report.failed] == ["fetch.robots", "fetch.robots"]
    assert len(report.new) == 1
    assert not site.asked_for("/private/a.pdf")
    assert len(site.asked_for("/robots.txt")) == 1
    agents = {request.headers["User-Agent"] for request in site.requests}
    assert agents == {"budget-forms/0.1.0 (+mailto:me@city.test)"}


def test_robots_that_cannot_be_read_forbid_everything(site: Publisher, desk: Desk) -> None:
    site.replies |= {"/robots.txt": Reply(status=500), "/index.html": Reply(page(("a.pdf", "2026年预算")))}
    report = desk.fetch(politeness="retries = 0")
    assert [entry.code for entry in report.failed] == ["fetch.robots"]
    assert not site.asked_for("/index.html")


def test_hosts_are_given_a_rest(site: Publisher, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    naps: list[float] = []
    monkeypatch.setattr("pipeline.fetch.client.time.sleep", naps.append)
    site.replies |= {
        "/robots.txt": Reply(b"User-agent: *\nCrawl-delay: 7\n"),
        "/index.html": Reply(page(("a.pdf", "2026年预算"))),
        "/a.pdf": Reply(pdf("a")),
    }
    desk.fetch()
    assert [round(nap) for nap in naps] == [7, 7]


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:1/a.pdf",
        "http://169.254.169.254/a.pdf",
        "http://[::1]/a.pdf",
        "http://[::ffff:10.0.0.1]/a.pdf",
        "http://localhost/a.pdf",
        "http://0/a.pdf",
        "http://[::10.0.0.1]/a.pdf",
        "http://[::ffff:0:10.0.0.1]/a.pdf",
        "http://[64:ff9b::10.0.0.1]/a.pdf",
        "http://[64:ff9b:1::808:808]/a.pdf",
        "http://[2001:4860::5efe:10.0.0.1]/a.pdf",
        "http://[2002:a00:1::]/a.pdf",
        "http://[fec0::1]/a.pdf",
    ],
)
def test_no_connection_to_an_address_that_is_not_public(desk: Desk, target: str) -> None:
    links = f'links = [{{ url = "{target}", title = "2026年预算" }}]'
    report = desk.fetch("index = []", links, "allow_private = false")
    assert [entry.code for entry in report.failed] == ["fetch.private"]


def test_a_redirect_to_a_private_address_is_refused(
    site: Publisher, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The guard takes the publisher's own port for a public server, as there is no other to be had here.
    monkeypatch.setattr("pipeline.fetch.ssrf_guard.is_public", lambda address: address == "127.0.0.1")
    site.replies |= {
        "/index.html": Reply(page(("a.pdf", "2026年预算"), ("b.pdf", "2026年决算"), ("c.pdf", "2026年表"))),
        "/a.pdf": Reply(status=302, headers={"Location": "http://[::1]:8080/admin"}),
        "/b.pdf": Reply(status=302, headers={"Location": "file:///etc/passwd"}),
        "/c.pdf": Reply(status=302, headers={"Location": "/c.pdf"}),
    }
    report = desk.fetch("allow_private = false")
    assert [entry.code for entry in report.failed] == ["fetch.private", "fetch.address", "fetch.redirects"]


def test_a_name_that_changes_its_address_gains_nothing(
    site: Publisher, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    address = "127.0.0.1"

    def resolve(host: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(2, 1, 6, "", (address, port))]

    monkeypatch.setattr("pipeline.fetch.ssrf_guard.is_public", lambda address: address == "127.0.0.1")
    monkeypatch.setattr("pipeline.fetch.ssrf_guard.socket.getaddrinfo", resolve)
    pages = f'index = ["{site.url.replace("127.0.0.1", "publisher.test")}/index.html"]'
    site.replies |= {"/index.html": Reply(page(("a.pdf", "2026年预算"))), "/a.pdf": Reply(pdf("a"))}
    assert len(desk.fetch(pages, "allow_private = false").new) == 1
    # Whoever connects looks up the address that was checked, never the name once more.
    assert asked == ["publisher.test", "127.0.0.1"] * (len(asked) // 2)
    address = "10.0.0.1"
    report = desk.fetch(pages, "allow_private = false")
    assert [entry.code for entry in report.failed] == ["fetch.private"]


def test_certificates_are_verified_unless_the_source_says_otherwise(tmp_path: Path) -> None:
    with publisher(self_signed(tmp_path / "server.pem")) as site:
        site.replies |= {"/index.html": Reply(page(("a.pdf", "2026年预算"))), "/a.pdf": Reply(pdf("a"))}
        desk = Desk(site, tmp_path)
        report = desk.fetch()
        assert [entry.code for entry in report.failed] == ["fetch.tls"]
        assert "set verify_tls = false" in str(report.failed[0].reason)
        assert len(desk.fetch("verify_tls = false").new) == 1


def test_files_that_are_too_large_are_refused(site: Publisher, desk: Desk) -> None:
    site.replies |= {"/index.html": Reply(page(("a.pdf", "2026年预算"))), "/a.pdf": Reply(pdf("a", 20_000))}
    report = desk.fetch(politeness="max_file_mib = 0.015625")
    assert reasons(report.failed) == [("fetch.size", "the file is larger than 0.015625 MiB (max_file_mib)")]


def test_files_that_take_too_long_are_given_up(site: Publisher, desk: Desk) -> None:
    site.replies |= {"/index.html": Reply(page(("a.pdf", "2026年预算"))), "/a.pdf": Reply(pdf("a"))}
    assert [entry.code for entry in desk.fetch(politeness="max_seconds = 1e-9").failed] == ["fetch.slow"]


@pytest.mark.parametrize("path", ["/index.html", "/a.pdf", "/robots.txt"])
def test_headers_that_do_not_end_are_given_up(site: Publisher, desk: Desk, path: str) -> None:
    site.replies |= {"/index.html": Reply(page(("a.pdf", "2026年预算"))), "/a.pdf": Reply(pdf("a"))}
    site.replies[path] = Reply(drip=0.02)
    started = time.monotonic()
    report = desk.fetch(politeness="max_seconds = 0.5")
    assert [entry.code for entry in report.failed] == ["fetch.slow"]
    assert time.monotonic() - started < 5


def test_all_attempts_together_have_the_time_of_one_file(site: Publisher, desk: Desk) -> None:
    site.replies |= {"/index.html": Reply(page(("a.pdf", "2026年预算"))), "/a.pdf": Reply(b"", 503, wait=0.2)}
    started = time.monotonic()
    report = desk.fetch(politeness="max_seconds = 1\nretries = 10")
    assert [entry.code for entry in report.failed] == ["fetch.slow"]
    assert time.monotonic() - started < 5


def test_nothing_can_be_unchanged_that_was_never_here(site: Publisher, desk: Desk) -> None:
    site.replies |= {"/index.html": Reply(page(("a.pdf", "2026年预算"))), "/a.pdf": Reply(status=304)}
    report = desk.fetch()
    assert ([entry.code for entry in report.failed], report.unchanged) == (["fetch.http"], ())
    assert report.exit_status == 1
    site.replies["/index.html"] = Reply(status=304)
    assert [entry.code for entry in desk.fetch().failed] == ["fetch.http"]


@pytest.mark.parametrize("start", [b"<!DOCTYPE html><p>", b"  <p>", b"\xef\xbb\xbf<html>"])
def test_a_web_page_about_pdfs_is_none(site: Publisher, desk: Desk, start: bytes) -> None:
    site.replies |= {"/index.html": Reply(page(("a.pdf", "2026年预算"))), "/a.pdf": Reply(start + pdf("a"))}
    report = desk.fetch()
    assert [entry.code for entry in report.failed] == ["fetch.type"]
    assert desk.files() == {}
