"""Fetching from a publisher that this machine plays: what lands, and what is asked for again."""

from __future__ import annotations

from datetime import date

from pipeline.dataset.landing.catalogue import read_catalogue
from tests.publisher import Desk, Publisher, Reply, page, pdf, reasons, zipped

FEBRUARY = "Sun, 08 Feb 2026 02:00:00 GMT"
MARCH = "Sun, 08 Mar 2026 02:00:00 GMT"


def test_a_second_fetch_downloads_nothing(site: Publisher, desk: Desk) -> None:
    site.replies |= {
        "/index.html": Reply(page(("a.pdf", "区财政局2026年部门预算"), ("b.pdf", "区教育局2026年部门预算"))),
        "/a.pdf": Reply(pdf("a"), etag='"1"'),
        "/b.pdf": Reply(pdf("b"), modified=FEBRUARY),
    }
    first = desk.fetch()
    assert first.exit_status == 0
    assert desk.files() == {
        "310107/putuo/2026/区教育局2026年部门预算.pdf": pdf("b"),
        "310107/putuo/2026/区财政局2026年部门预算.pdf": pdf("a"),
    }
    assert [entry.path for entry in first.new] == [desk.record(str(e.title)).path for e in first.new]
    catalogue = (desk.raw / "catalogue.parquet").read_bytes()
    second = desk.fetch()
    assert (len(second.unchanged), len(second.new), second.exit_status) == (2, 0, 0)
    assert site.bytes_sent(".pdf") == 0
    assert [len(site.asked_for(path)) for path in ("/a.pdf", "/b.pdf")] == [1, 1]
    assert (desk.raw / "catalogue.parquet").read_bytes() == catalogue


def test_what_the_server_says_nothing_about_is_known_by_its_size(site: Publisher, desk: Desk) -> None:
    site.replies |= {"/index.html": Reply(page(("a.pdf", "2026年预算"))), "/a.pdf": Reply(pdf("a"))}
    desk.fetch()
    assert len(desk.fetch().unchanged) == 1
    site.replies["/a.pdf"] = Reply(pdf("longer"))
    assert len(desk.fetch().changed) == 1


def test_the_catalogue_says_where_a_file_comes_from(site: Publisher, desk: Desk) -> None:
    item = '<li><a href="/down/a.pdf">区财政局2026年部门预算</a><span>2026-02-08 10:30</span></li>'
    site.replies |= {
        "/index.html": Reply(page(more=item)),
        "/down/a.pdf": Reply(status=302, headers={"Location": "/files/1.pdf"}),
        "/files/1.pdf": Reply(pdf("a"), etag='"1"', headers={"Content-Type": "application/pdf"}),
    }
    desk.fetch()
    record = desk.record("区财政局2026年部门预算")
    assert record.source_url == f"{site.url}/down/a.pdf"
    assert record.final_url == f"{site.url}/files/1.pdf"
    assert record.page_url == f"{site.url}/index.html"
    assert record.published_on == date(2026, 2, 8)
    assert (record.publisher, record.region_code, record.region_name) == ("上海市普陀区财政局", "310107", "普陀区")
    assert (record.fiscal_year, record.byte_size, record.etag) == (2026, len(pdf("a")), '"1"')
    assert dict(record.headers)["content-type"] == "application/pdf"


def test_pages_in_gbk_and_in_pages_that_lie_about_it(site: Publisher, desk: Desk) -> None:
    gbk = page(("/预算/a.pdf", "财政局2026年预算")).decode().encode("gbk")
    meta = b'<meta charset="gb2312">' + page(("b.pdf", "喆局2026年预算")).decode().encode("gb18030")
    lying = b'<meta charset="utf-8">' + page(("c.pdf", "教育局2026年预算")).decode().encode("gbk")
    site.replies |= {
        "/1": Reply(gbk, headers={"Content-Type": "text/html; charset=GBK"}),
        "/2": Reply(meta, headers={"Content-Type": "text/html"}),
        "/3": Reply(lying, headers={"Content-Type": "text/html"}),
        "/%E9%A2%84%E7%AE%97/a.pdf": Reply(pdf("a")),
        "/b.pdf": Reply(pdf("b")),
        "/c.pdf": Reply(pdf("c")),
    }
    report = desk.fetch(f'index = ["{site.url}/1", "{site.url}/2", "{site.url}/3"]')
    assert [e.title for e in report.new] == ["财政局2026年预算", "喆局2026年预算", "教育局2026年预算"]


def test_lists_go_on_by_numbered_pages_or_by_a_link(site: Publisher, desk: Desk) -> None:
    site.replies |= {
        "/index.html": Reply(page(("1.pdf", "一局2026年预算"), more='<a href="index_1.html">下一页</a>')),
        "/index_1.html": Reply(page(("2.pdf", "二局2026年预算"), more='<a href="index_2.html">下一页</a>')),
        "/index_2.html": Reply(page(("3.pdf", "三局2026年预算"), more='<a href="index_2.html">下一页</a>')),
    } | {f"/{n}.pdf": Reply(pdf(str(n))) for n in (1, 2, 3)}
    for pagination in ('{ pattern = "index_{n}.html" }', '{ next = "下一页" }'):
        report = desk.fetch(f"pagination = {pagination}", dry_run=True)
        assert len(report.new) == 3
        assert report.exit_status == 0
    assert len(desk.fetch('pagination = { next = "下一页", max_pages = 2 }', dry_run=True).new) == 2
    site.replies["/index_3.html"] = site.replies["/index_4.html"] = site.replies["/index_2.html"]
    desk.fetch('pagination = { pattern = "index_{n}.html" }', dry_run=True)
    assert site.asked_for("/index_3.html")
    assert not site.asked_for("/index_4.html")


def test_a_page_a_department_gives_its_name_to_attachments(site: Publisher, desk: Desk) -> None:
    site.replies |= {
        "/index.html": Reply(page(("t1_1.html", "区教育局2026年部门预算"), ("/about.html", "关于我们"))),
        "/t1_1.html": Reply(page(("x.pdf", "附件1"), ("y.pdf", "区少年宫2026年单位预算"), ("javascript:go()", "打印"))),
        "/x.pdf": Reply(pdf("x")),
        "/y.pdf": Reply(pdf("y")),
    }
    report = desk.fetch(r'follow = { link_pattern = "/t\\d+_\\d+\\.html$" }')
    assert [e.title for e in report.new] == ["区教育局2026年部门预算 附件1", "区少年宫2026年单位预算"]
    assert not site.asked_for("/about.html")


def test_a_body_may_be_named_by_the_title(site: Publisher, desk: Desk) -> None:
    links = (("a.pdf", "区教育局2026年部门预算"), ("b.pdf", "2026年政府预算"), ("c.pdf", "办事指南"))
    site.replies |= {"/index.html": Reply(page(*links))} | {f"/{n}.pdf": Reply(pdf(n)) for n in "abc"}
    desk.fetch('publisher = "title"', "title_pattern = '^(?P<publisher>.+局)?2026年.*预算'")
    assert desk.record("区教育局2026年部门预算").publisher == "区教育局"
    assert desk.record("2026年政府预算").publisher is None
    assert len(desk.files()) == 2


def test_a_replaced_pdf_takes_the_place_of_the_old_one_which_is_kept(site: Publisher, desk: Desk) -> None:
    site.replies |= {"/index.html": Reply(page(("a.pdf", "2026年预算"))), "/a.pdf": Reply(pdf("old"), etag='"1"')}
    desk.fetch()
    old = desk.record("2026年预算")
    site.replies["/a.pdf"] = Reply(pdf("new"), etag='"2"')
    report = desk.fetch()
    assert [entry.path for entry in report.changed] == [old.path]
    assert desk.files() == {old.path: pdf("new")}
    (past,) = (r for r in read_catalogue(desk.raw) if r.superseded_by)
    assert past.document_id == old.document_id
    assert past.superseded_by == desk.record("2026年预算").document_id
    assert (desk.raw / past.path).read_bytes() == pdf("old")


def test_a_failure_costs_one_document(site: Publisher, desk: Desk) -> None:
    links = ((f"{n}.pdf", f"{n}局2026年预算") for n in ("missing", "slow", "page", "empty", "torn", "word", "good"))
    site.replies |= {
        "/index.html": Reply(page(*links)),
        "/slow.pdf": Reply(pdf("slow"), wait=0.5),
        "/page.pdf": Reply("<html><title>页面不存在</title></html>".encode()),
        "/empty.pdf": Reply(b""),
        "/torn.pdf": Reply(pdf("torn")[:-8]),
        "/word.pdf": Reply(zipped(("[Content_Types].xml", b"<x/>"))),
        "/good.pdf": Reply(pdf("good")),
    }
    report = desk.fetch(politeness="retries = 1")
    assert report.exit_status == 1
    assert [entry.path for entry in report.new] == ["310107/putuo/2026/good局2026年预算.pdf"]
    assert list(desk.files().values()) == [pdf("good")]
    told = {entry.url.rpartition("/")[2]: f"{entry.code} {entry.reason}" for entry in report.failed}
    assert told["missing.pdf"] == "fetch.gone the server answers 404 Not Found"
    assert "timed out" in told["slow.pdf"]
    assert told["page.pdf"] == "fetch.type this is a web page (页面不存在), not a PDF"
    assert told["empty.pdf"] == "fetch.type this is an empty file, not a PDF"
    assert told["torn.pdf"].startswith("fetch.type a PDF that breaks off")
    assert told["word.pdf"] == "fetch.type this is an Office document, not a PDF"
    assert len(site.asked_for("/slow.pdf")) == 2


def test_an_error_page_in_the_place_of_a_landed_file_leaves_it_alone(site: Publisher, desk: Desk) -> None:
    site.replies |= {"/index.html": Reply(page(("a.pdf", "2026年预算"))), "/a.pdf": Reply(pdf("a"), etag='"1"')}
    desk.fetch()
    site.replies["/a.pdf"] = Reply(b"<html>maintenance</html>")
    report = desk.fetch()
    assert reasons(report.failed) == [("fetch.type", "this is a web page, not a PDF")]
    assert list(desk.files().values()) == [pdf("a")]
    site.replies["/a.pdf"] = Reply(pdf("a"), etag='"1"')
    assert len(desk.fetch().unchanged) == 1


def test_a_download_that_broke_off_starts_again(site: Publisher, desk: Desk) -> None:
    whole = pdf("large", 200_000)
    site.replies |= {
        "/index.html": Reply(page(("a.pdf", "2026年预算"))),
        "/a.pdf": [Reply(whole, etag='"1"', cut=120_000), Reply(whole, etag='"1"')],
    }
    assert desk.fetch().exit_status == 0
    assert list(desk.files().values()) == [whole]
    assert [request.sent for request in site.asked_for("/a.pdf")] == [120_000, len(whole)]


def test_a_download_that_broke_off_lands_nothing_and_the_next_run_asks_again(site: Publisher, desk: Desk) -> None:
    whole = pdf("large", 200_000)
    site.replies |= {"/index.html": Reply(page(("a.pdf", "2026年预算"))), "/a.pdf": Reply(whole, cut=120_000)}
    report = desk.fetch(politeness="retries = 0")
    assert [entry.code for entry in report.failed] == ["fetch.network"]
    assert desk.files() == {}
    site.replies["/a.pdf"] = Reply(whole)
    assert desk.fetch().exit_status == 0
    assert list(desk.files().values()) == [whole]
    assert [path.name for path in (desk.raw / ".fetch").iterdir()] == ["lock"]


def test_what_is_no_longer_published_is_told_once_and_kept(site: Publisher, desk: Desk) -> None:
    links = [("a.pdf", "一局2026年预算"), ("b.pdf", "二局2026年预算")]
    site.replies |= {"/index.html": Reply(page(*links)), "/a.pdf": Reply(pdf("a")), "/b.pdf": Reply(pdf("b"))}
    desk.fetch()
    site.replies["/index.html"] = Reply(page(links[0]))
    assert [entry.title for entry in desk.fetch().gone] == ["二局2026年预算"]
    assert desk.fetch().gone == ()
    assert len(desk.files()) == 2
    site.replies |= {"/index.html": Reply(page(*links)), "/a.pdf": Reply(status=404)}
    report = desk.fetch()
    assert [(e.title, e.reason) for e in report.gone] == [("一局2026年预算", "the server answers 404 Not Found")]
    assert [e.title for e in report.unchanged] == ["二局2026年预算"]
    site.replies["/index.html"] = Reply(status=500)
    assert desk.fetch(politeness="retries = 0").gone == ()


def test_since_leaves_out_what_is_older_where_that_is_known(site: Publisher, desk: Desk) -> None:
    dated = '<li><a href="old.pdf">一局2026年预算</a>2026-02-08</li>'
    dated += '<li><a href="new.pdf">二局2026年预算</a>2026年3月8日</li>'
    undated = '<li><a href="feb.pdf">三局2026年预算</a></li><li><a href="mar.pdf">四局2026年预算</a></li>'
    site.replies |= {
        "/index.html": Reply(page(more=f"<ul>{dated}{undated}</ul>")),
        "/new.pdf": Reply(pdf("new")),
        "/old.pdf": Reply(pdf("old")),
        "/feb.pdf": Reply(pdf("feb"), modified=FEBRUARY),
        "/mar.pdf": Reply(pdf("mar"), modified=MARCH),
    }
    report = desk.fetch(since=date(2026, 3, 1))
    assert [entry.title for entry in report.new] == ["二局2026年预算", "四局2026年预算"]
    assert [entry.title for entry in report.skipped] == ["一局2026年预算", "三局2026年预算"]


def test_a_dry_run_writes_nothing_and_says_what_would_happen(site: Publisher, desk: Desk) -> None:
    links = [("a.pdf", "一局2026年预算"), ("b.pdf", "二局2026年预算"), ("c.pdf", "三局2026年预算")]
    site.replies |= {"/index.html": Reply(page(*links[:2]))}
    site.replies |= {f"/{n}.pdf": Reply(pdf(n), etag='"1"') for n in "abc"}
    assert len(desk.fetch(dry_run=True).new) == 2
    assert not desk.raw.exists()
    desk.fetch()
    before = {path: path.stat().st_mtime_ns for path in desk.raw.rglob("*")}
    site.replies |= {"/index.html": Reply(page(*links)), "/a.pdf": Reply(pdf("new"), etag='"2"')}
    report = desk.fetch(dry_run=True)
    assert [len(e) for e in (report.new, report.changed, report.unchanged)] == [1, 1, 1]
    assert {path: path.stat().st_mtime_ns for path in desk.raw.rglob("*")} == before


def test_titles_become_names_that_are_safe_short_and_different(site: Publisher, desk: Desk) -> None:
    titles = ["../../2026年预算", "预" * 120 + "2026年", "2026年：收/支?", "同名2026年", "同名2026年", ".隐藏2026年"]
    site.replies |= {"/index.html": Reply(page(*((f"{n}.pdf", title) for n, title in enumerate(titles))))}
    site.replies |= {f"/{n}.pdf": Reply(pdf(str(n))) for n in range(len(titles))}
    report = desk.fetch(r"""title_pattern = ".*" """)
    names = [str(entry.path).removeprefix("310107/putuo/") for entry in report.new]
    assert names[0] == "2026/／..／2026年预算.pdf"
    assert len(names[1].rpartition("/")[2].encode()) < 200
    assert names[2] == "2026/2026年：收／支？.pdf"
    assert names[3] == "2026/同名2026年.pdf"
    assert names[4] != names[3]
    assert names[5] == "2026/隐藏2026年.pdf"
    assert len(desk.files()) == len(titles)


def test_a_file_lost_or_changed_here_is_fetched_again_and_nothing_is_overwritten(site: Publisher, desk: Desk) -> None:
    site.replies |= {"/index.html": Reply(page(("a.pdf", "2026年预算"))), "/a.pdf": Reply(pdf("a"), etag='"1"')}
    desk.fetch()
    landed = desk.raw / desk.record("2026年预算").path
    landed.unlink()
    assert len(desk.fetch().new) == 1
    landed.write_bytes(b"my notes")
    desk.fetch()
    assert landed.read_bytes() == pdf("a")
    assert [path.read_bytes() for path in (desk.raw / ".superseded").rglob("*.pdf")] == [b"my notes"]


def test_a_run_that_was_killed_before_it_wrote_the_catalogue_loses_nothing(site: Publisher, desk: Desk) -> None:
    site.replies |= {"/index.html": Reply(page(("a.pdf", "2026年预算"))), "/a.pdf": Reply(pdf("a"))}
    desk.fetch()
    (desk.raw / "catalogue.parquet").unlink()
    assert len(desk.fetch().new) == 1
    assert len(desk.files()) == 1


def test_a_page_without_any_document_is_a_failure(site: Publisher, desk: Desk) -> None:
    site.replies["/index.html"] = Reply(page(more="<script>load()</script>"))
    assert [entry.code for entry in desk.fetch().failed] == ["fetch.no_links"]
