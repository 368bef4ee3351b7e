"""Extracts links from HTML pages in any charset; scripts are not run."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, unquote_to_bytes, urldefrag, urljoin, urlsplit, urlunsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.text import unify

_META = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META_BYTES = 4096
_ROW = 3
"""Steps up from a link in which its date may stand, as in <li><a>…</a><span>2026-02-08</span></li>."""

_CROWD = 3
"""Links that may stand beside each other under one date."""

# Texts of links that name nothing: 附件1, 点击下载, 1.pdf, P020260208612345678901.pdf
_BARE = re.compile(
    r"(?:附件|下载|点击|此处|查看|浏览|打开|全文|正文|文件|详见|详情|(?i:pdf|zip)|[A-Za-z]{1,2}(?=\d)|[\d一二三四五六七八九十\W_])*"
)
_DAY = re.compile(r"(20\d\d)\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)|(?<!\d)(20\d\d)([01]\d)([0-3]\d)(?!\d)")
_ENDING = re.compile(r"(?i)\.(pdf|zip)$")


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link of a page. `title` is empty when the link names nothing; `date` is the date printed beside it."""

    url: str
    text: str
    title: str
    date: date | None


@dataclass(frozen=True, slots=True)
class LinkPage:
    """The title of a page and its links, in page order."""

    title: str
    anchors: tuple[Anchor, ...]


def read_links(body: bytes, content_type: str, url: str) -> LinkPage:
    """The links of the page at `url`, without scripts, mail addresses and links within the page."""
    text, charset = decode(body, content_type)
    tree = LexborHTMLParser(text)
    base = tree.css_first("base[href]")
    root = urljoin(url, (base.attributes.get("href") or "").strip()) if base else url
    anchors = tuple(_anchors(tree, root, charset))
    return LinkPage(_page_title(tree), anchors)


def decode(body: bytes, content_type: str) -> tuple[str, str]:
    """The text of a page and its charset: by byte order mark, header or meta element, else the first that decodes."""
    for mark, charset in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace"), charset
    named = [match[1] for match in [_HEADER.search(content_type)] if match]
    named += [match[1].decode("ascii", "ignore") for match in [_META.search(body[:_META_BYTES])] if match]
    candidates = [charset for charset in map(_codec, named) if charset]
    for charset in (*candidates, "utf-8", "gb18030"):
        try:
            return body.decode(charset), charset
        except UnicodeDecodeError:  # pages lie about it, or one character is damaged
            continue
    charset = candidates[0] if candidates else "gb18030"
    return body.decode(charset, "replace"), charset


def _codec(name: str) -> str | None:
    """Python's name of a charset; GB 18030 for GBK and GB 2312, because pages use its characters under these names."""
    try:
        known = codecs.lookup(name).name
    except LookupError:
        return None
    return "gb18030" if known in ("gb2312", "gbk") else known


def _page_title(tree: LexborHTMLParser) -> str:
    for selector in ("h1", "title"):
        node = tree.css_first(selector)
        if node and (text := _text(node)):
            return text
    return ""


def _anchors(tree: LexborHTMLParser, root: str, charset: str) -> Iterator[Anchor]:
    for node in tree.css("a[href], area[href], iframe[src], embed[src]"):
        href = node.attributes.get("href") or node.attributes.get("src") or ""
        if address := _address(root, href, charset):
            text = _text(node)
            yield Anchor(address, text, _best_title(text, node.attributes.get("title") or ""), _date(node, address))


def _address(root: str, href: str, charset: str) -> str | None:
    """The absolute address of a link, percent-encoded like in a browser; None when it is no web address."""
    href = re.sub(r"[\t\r\n]", "", href).strip().replace("\\", "/")
    try:
        parts = urlsplit(urldefrag(urljoin(root, href))[0])
        if not href or href.startswith("#") or parts.scheme not in ("http", "https") or not parts.hostname:
            return None
    except ValueError:
        return None
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query.encode(charset, "replace"), safe="/%:@!$&'()*+,;=~-._?")
    return urlunsplit((parts.scheme, parts.netloc, path or "/", query, ""))


def _text(node: LexborNode) -> str:
    return unify(" ".join(node.text(deep=True, separator=" ").split()))


def _best_title(text: str, attribute: str) -> str:
    """The text of a link, or its `title` attribute where the text is cut short or names nothing."""
    attribute = unify(" ".join(attribute.split()))
    cut = text.rstrip(".…。")
    if attribute and (cut != text or not names_something(text)):
        text = attribute
    return _ENDING.sub("", text).strip()


def names_something(text: str) -> bool:
    """Whether a link's text describes its target; 附件1 and 下载 do not."""
    return _BARE.fullmatch(text) is None


def _date(node: LexborNode, address: str) -> date | None:
    own, around = _text(node), node.parent
    for _ in range(_ROW):
        if around is None or len(around.css("a[href]")) > _CROWD:
            break
        if found := _day(_text(around).replace(own, " ", 1)):
            return found
        around = around.parent
    return _day(unquote_to_bytes(urlsplit(address).path).decode("utf-8", "replace"))


def _day(text: str) -> date | None:
    """The first valid date in a text."""
    for match in _DAY.finditer(text):
        year, month, day = (int(group) for group in match.groups() if group)
        with suppress(ValueError):
            return date(year, month, day)
    return None
