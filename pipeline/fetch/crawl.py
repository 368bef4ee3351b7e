"""Follows a source's index pages, with further pages of lists and pages of departments, to the links of documents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import unquote, urljoin, urlsplit

from pipeline.fetch.client import Client
from pipeline.fetch.errors import FetchError, GoneError
from pipeline.fetch.html_links import Anchor, LinkPage, names_something, read_links
from pipeline.fetch.model import Progress
from pipeline.fetch.sources import Pagination, WebSource
from pipeline.fields.dates import parse_year
from pipeline.messages import t

_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a document. `page` is the address of the page with the link, None for an address from the sources
    file; `context` is the title of the link or page that led there, for links without a meaningful text.
    """

    url: str
    title: str
    context: str = ""
    date: date | None = None
    page: str | None = None


@dataclass(slots=True)
class Crawl:
    """The links of a source. `complete`: all pages were read, so a document without a link is gone."""

    links: list[Link] = field(default_factory=list)
    failed: list[tuple[str, FetchError]] = field(default_factory=list)
    complete: bool = True


def crawl(source: WebSource, client: Client, progress: Progress) -> Crawl:
    """All links of the source, each address once. Unreadable pages are listed; the others are read all the same."""
    walk = _Walk(source, client, progress)
    walk.run()
    return walk.result


class _Walk:
    def __init__(self, source: WebSource, client: Client, progress: Progress) -> None:
        self.source, self.client, self.progress = source, client, progress
        self.result = Crawl()
        self._taken: set[str] = set()
        self._read: set[str] = set()

    def run(self) -> None:
        self._take(Link(direct.url, direct.title, date=direct.published) for direct in self.source.links)
        lead: dict[str, Link] = {}
        for address in self.source.index:
            for url, index in self._list(address):
                found = [_link(anchor, index.title, url) for anchor in index.anchors if self._is_document(anchor)]
                self._take(link for link in found if self._is_wanted(link.title))
                for anchor in index.anchors:
                    if self._leads_on(anchor):
                        lead.setdefault(anchor.url, _link(anchor, index.title, url))
        self._follow([link for url, link in lead.items() if url not in self._read])
        if not self.result.links and not self.result.failed:
            self.result.failed.append((self.source.index[0], _nothing()))

    def _follow(self, leads: list[Link]) -> None:
        follow = self.source.follow
        if follow is None:
            return
        self.result.complete &= len(leads) <= follow.max_pages
        for lead in leads[: follow.max_pages]:
            try:
                url, index = self._page(lead.url)
            except FetchError as error:
                self._fail(lead.url, error)
                continue
            found = [_link(anchor, lead.title, url, lead.date) for anchor in index.anchors if self._is_document(anchor)]
            self._take(link for link in found if self._is_wanted(link.title) or self._is_wanted(lead.title))

    def _list(self, address: str) -> Iterator[tuple[str, LinkPage]]:
        """The pages of one list in order, until a page is missing or has no new link."""
        pages, next_page, met = self.source.pagination, address, set[str]()
        for number in range(pages.max_pages if pages else 1):
            try:
                url, index = self._page(next_page)
            except GoneError as error:
                if not number or pages is None or pages.pattern is None:  # the list has no further page
                    self._fail(next_page, error)
                return
            except FetchError as error:
                self._fail(next_page, error)
                return
            links = {a.url for a in index.anchors if self._is_document(a) or self._leads_on(a)}
            if number and links <= met:  # servers also answer for pages that do not exist
                return
            met |= links
            yield url, index
            if pages is None or not (next_page := _next(pages, number, address, index)) or next_page in self._read:
                return
        self.result.complete = False

    def _page(self, address: str) -> tuple[str, LinkPage]:
        self._read.add(address)
        self.progress(f"{self.source.id}: page {address}")
        page = self.client.page(address, self.source)
        return page.url, read_links(page.body, page.content_type, page.url)

    def _fail(self, address: str, error: FetchError) -> None:
        self.result.failed.append((address, error))
        self.result.complete = False

    def _take(self, links: Iterable[Link]) -> None:
        for link in links:
            if link.url not in self._taken:
                self._taken.add(link.url)
                self.result.links.append(link)

    def _is_document(self, anchor: Anchor) -> bool:
        return self.source.link_pattern.search(anchor.url) is not None

    def _is_wanted(self, title: str) -> bool:
        return self.source.title_pattern is None or self.source.title_pattern.search(title) is not None

    def _leads_on(self, anchor: Anchor) -> bool:
        follow = self.source.follow
        if follow is None or self._is_document(anchor):
            return False
        address = follow.link_pattern is None or follow.link_pattern.search(anchor.url)
        return bool(address and (follow.title_pattern is None or follow.title_pattern.search(anchor.title)))


def _next(pages: Pagination, number: int, first: str, index: LinkPage) -> str:
    """The address of the page after page `number` (from 0) of a list; empty when there is none."""
    if pages.pattern is not None:
        return urljoin(first, pages.pattern.replace("{n}", str(pages.first + number)))
    return next((anchor.url for anchor in index.anchors if pages.next and pages.next.search(anchor.text)), "")


def _link(anchor: Anchor, context: str, page: str, day: date | None = None) -> Link:
    title = anchor.title if names_something(anchor.title) else f"{context} {anchor.title}".strip()
    return Link(anchor.url, title or _file_name(anchor.url), context, anchor.date or day, page)


def _file_name(url: str) -> str:
    return unquote(urlsplit(url).path).rpartition("/")[2]


def _nothing() -> FetchError:
    return FetchError(
        "fetch.no_links",
        t(
            "no link on the pages is that of a document: look at link_pattern and title_pattern, "
            "and whether the page makes its links with scripts, which are not run"
        ),
    )


def fiscal_year(source: WebSource, link: Link, title: str) -> int | None:
    """The fiscal year of a document by the rule of its source; None when the rule finds none, or several."""
    if isinstance(source.fiscal_year, int):
        return source.fiscal_year
    if source.fiscal_year == "path":
        years = set(_YEAR.findall(unquote(urlsplit(link.url).path)))
        return int(years.pop()) if len(years) == 1 else None
    return next((year for text in (title, link.title, link.context) if (year := parse_year(text))), None)


def publisher(source: WebSource, link: Link, title: str) -> str | None:
    """The publisher of a document by the rule of its source; None: the publisher named in the document counts."""
    if source.publisher == "name":
        return source.name
    if source.publisher == "document" or source.title_pattern is None:
        return None
    for text in (title, link.title, link.context):
        if (match := source.title_pattern.search(text)) and match["publisher"]:
            return match["publisher"].strip()
    return None
