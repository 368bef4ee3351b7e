"""PDFs that are published in archives, and archives that mean harm."""

from __future__ import annotations

import io
import zipfile

import pytest

from tests.publisher import Desk, Publisher, Reply, page, pdf, zipped


def test_an_archive_gives_its_pdfs(site: Publisher, desk: Desk) -> None:
    first = zipped(("预算/区教育局2026年预算.pdf", pdf("a")), ("预算/1.pdf", pdf("b")), ("说明.txt", b"x"))
    site.replies |= {"/index.html": Reply(page(("all.zip", "2026年部门预算"))), "/all.zip": Reply(first, etag='"1"')}
    desk.fetch()
    assert desk.files() == {
        "310107/putuo/2026/2026年部门预算 1.pdf": pdf("b"),
        "310107/putuo/2026/区教育局2026年预算.pdf": pdf("a"),
    }
    assert desk.record("区教育局2026年预算").member == "预算/区教育局2026年预算.pdf"
    assert len(desk.fetch().unchanged) == 2
    assert site.bytes_sent(".zip") == 0
    second = zipped(("预算/区教育局2026年预算.pdf", pdf("new")), ("预算/区民政局2026年预算.pdf", pdf("c")))
    site.replies["/all.zip"] = Reply(second, etag='"2"')
    report = desk.fetch()
    assert (len(report.new), len(report.changed), len(report.gone)) == (1, 1, 1)
    assert len(desk.files()) == 3
    report = desk.fetch()  # what has left the archive does not come back with it
    assert (len(report.unchanged), len(report.gone)) == (2, 0)
    assert site.bytes_sent(".zip") == 0


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ((("../../a.pdf", b"%PDF-"),), "a file wants to lie outside of it: ../../a.pdf"),
        ((("/etc/a.pdf", b"%PDF-"),), "a file wants to lie outside of it: /etc/a.pdf"),
        ((("a.pdf", b"0" * 3_000_000),), "a bomb"),
        ((("a.pdf", b"0" * 9_000_000),), "larger than 8 MiB"),
        ((("a.pdf", pdf("a")), ("a.pdf", pdf("b"))), "two files in it are called a.pdf"),
        ((("./a.pdf", pdf("a")), ("a.pdf", pdf("b"))), "two files in it are called a.pdf"),
        ((("a.pdf", pdf("a")), ("more.zip", b"PK")), "there is an archive in it, which is not opened: more.zip"),
    ],
)
def test_archives_that_mean_harm_are_refused(
    site: Publisher, desk: Desk, members: tuple[tuple[str, bytes], ...], why: str
) -> None:
    site.replies |= {"/index.html": Reply(page(("a.zip", "2026年预算"))), "/a.zip": Reply(zipped(*members))}
    report = desk.fetch(politeness="max_file_mib = 8")
    assert [entry.code for entry in report.failed] == ["fetch.archive"]
    assert why in str(report.failed[0].reason)
    assert desk.files() == {}


def test_a_bad_file_in_an_archive_is_reported_in_every_run(site: Publisher, desk: Desk) -> None:
    data = zipped(("区教育局2026年预算.pdf", pdf("a")), ("区民政局2026年预算.pdf", b"<html></html>"))
    site.replies |= {"/index.html": Reply(page(("a.zip", "2026年预算"))), "/a.zip": Reply(data, etag='"1"')}
    for known in (0, 1):
        report = desk.fetch()
        assert (len(report.new), len(report.unchanged)) == (1 - known, known)
        assert "区民政局2026年预算.pdf in the archive: this is a web page" in str(report.failed[0].reason)


def test_two_members_whose_names_differ_in_their_unicode_form(site: Publisher, desk: Desk) -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("é.pdf", pdf("a"))
        archive.writestr("e\u0301.pdf", pdf("b"))
    site.replies |= {"/index.html": Reply(page(("a.zip", "2026年预算"))), "/a.zip": Reply(sink.getvalue())}
    assert [entry.code for entry in desk.fetch().failed] == ["fetch.archive"]


def test_a_name_that_is_said_to_be_utf8_and_is_not_is_damage(site: Publisher, desk: Desk) -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("预算.pdf", pdf("a"))
    data = sink.getvalue().replace("预算".encode(), b"\xff" * 6)
    site.replies |= {"/index.html": Reply(page(("a.zip", "2026年预算"))), "/a.zip": Reply(data)}
    assert [entry.code for entry in desk.fetch().failed] == ["fetch.archive"]


def test_damaged_data_of_bzip2_is_damage(site: Publisher, desk: Desk) -> None:
    data = bytearray(zipped(("a.pdf", pdf("a"))))
    for header, method in ((b"PK\3\4", 8), (b"PK\1\2", 10)):
        data[data.index(header) + method] = 12  # bzip2
    site.replies |= {"/index.html": Reply(page(("a.zip", "2026年预算"))), "/a.zip": Reply(bytes(data))}
    assert [entry.code for entry in desk.fetch().failed] == ["fetch.archive"]
