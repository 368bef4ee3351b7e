"""PDFs that mean harm, made here: each a few kilobytes, each a different way to cost a reader its time or memory."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Sequence
from functools import partial

CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << %s >> >>"
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"


def pdf(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of objects 1, 2, …, the first of them the catalogue, with a correct cross-reference table."""
    data, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start, size = len(data), len(objects) + 1
    data += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return data + b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """A stream object; `data` is written as it is."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), entries, data)


def one_page(content: bytes, resources: bytes = b"", entries: bytes = b"", *more: bytes) -> bytes:
    """A PDF of one page; `entries` go into its content stream, `more` are objects 5, 6, …"""
    return pdf([CATALOG, PAGES, PAGE % resources, stream(content, entries), *more])


def endless_page_tree() -> bytes:
    """A node of the page tree that is its own child."""
    return pdf([CATALOG, b"<< /Type /Pages /Kids [2 0 R] /Count 1000000 >>"])


def deep_page_tree(depth: int = 20_000) -> bytes:
    """A page below thousands of nodes."""
    nodes = [b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % number for number in range(3, depth + 3)]
    return pdf([CATALOG, *nodes, b"<< /Type /Page /MediaBox [0 0 595 842] >>"])


def claimed_pages(count: int = 1_000_000) -> bytes:
    """One page, and a page tree that claims to have many."""
    return pdf([CATALOG, b"<< /Type /Pages /Kids [3 0 R] /Count %d >>" % count, PAGE % b"", stream(b"")])


def many_pages(count: int = 10_000) -> bytes:
    """As many pages as no budget has."""
    kids = b" ".join(b"%d 0 R" % number for number in range(3, count + 3))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"
    return pdf([CATALOG, b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count), *[page] * count])


def bomb(megabytes: int = 500) -> bytes:
    """A content stream that unpacks, twice, to half a gigabyte of blanks."""
    packer = zlib.compressobj(9)
    block = b" " * 2**20
    once = b"".join([*(packer.compress(block) for _ in range(megabytes)), packer.flush()])
    return one_page(zlib.compress(once, 9), b"", b"/Filter [/FlateDecode /FlateDecode]")


def picture_bomb(side: int = 60_000) -> bytes:
    """A picture that takes gigabytes."""
    packed = zlib.compress(zlib.compress(b"\xff" * (side * 100), 9), 9)
    picture = stream(
        packed,
        b"/Type /XObject /Subtype /Image /ColorSpace /DeviceRGB /BitsPerComponent 8 "
        b"/Width %d /Height %d /Filter [/FlateDecode /FlateDecode]" % (side, side),
    )
    return one_page(b"q 595 0 0 842 0 0 cm /P Do Q", b"/XObject << /P 5 0 R >>", b"", picture)


def endless_drawing() -> bytes:
    """A drawing that contains itself, twice."""
    own = stream(
        b"/D Do /D Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /D 5 0 R >> >>"
    )
    return one_page(b"/D Do", b"/XObject << /D 5 0 R >>", b"", own)


def doubling_drawings(depth: int = 40) -> bytes:
    """Drawings each of which shows the next one twice: a trillion in all."""
    drawings = [
        stream(
            b"/D Do /D Do",
            b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /D %d 0 R >> >>" % number,
        )
        for number in range(6, 6 + depth)
    ]
    last = stream(b"0 0 1 1 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]")
    return one_page(b"/D Do", b"/XObject << /D 5 0 R >>", b"", *drawings, last)


def many_rules(count: int = 100_000) -> bytes:
    """A page ruled so closely that every line crosses thousands."""
    lines = [
        b"%d 0 m %d 842 l S 0 %d m 595 %d l S" % ((n * 7) % 595, (n * 7) % 595, n % 842, n % 842) for n in range(count)
    ]
    return one_page(zlib.compress(b"\n".join(lines), 9), b"", b"/Filter /FlateDecode")


def scattered_rules(count: int = 300_000) -> bytes:
    """A page of short rules, no two of which are joined."""
    chance = random.Random(0)
    places = [(chance.random() * 595, chance.random() * 842, chance.random() * 60) for _ in range(count)]
    upright = [b"%.2f %.2f m %.2f %.2f l S" % (x, y, x, y + length) for x, y, length in places[::2]]
    level = [b"%.2f %.2f m %.2f %.2f l S" % (x, y, x + length, y) for x, y, length in places[1::2]]
    return one_page(zlib.compress(b"\n".join(upright + level), 9), b"", b"/Filter /FlateDecode")


def many_words(count: int = 200_000) -> bytes:
    """A page of words all over each other."""
    chance = random.Random(0)
    shown = [b"1 0 0 1 %.2f %.2f Tm (w%d) Tj" % (chance.random() * 590, chance.random() * 840, n) for n in range(count)]
    font = b"/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
    return one_page(zlib.compress(b"BT /F 1 Tf\n%s\nET" % b"\n".join(shown), 9), font, b"/Filter /FlateDecode")


def deep_state(depth: int = 500_000) -> bytes:
    """A graphics state saved over and over, and never restored."""
    return one_page(zlib.compress(b"q " * depth, 9), b"", b"/Filter /FlateDecode")


def strange_numbers() -> bytes:
    """Coordinates that no page has."""
    huge = b"1" + b"0" * 40
    return one_page(
        b"0 0 %s %s re S %s 0 m -%s nan l S BT /F 1e300 Tf 12 0 0 12 %s 0 Tm (1) Tj ET" % ((huge,) * 5),
        b"/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>",
    )


def endless_references() -> bytes:
    """Objects that refer to themselves and to each other wherever a reader expects a value."""
    return pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"3 0 R", b"4 0 R", b"2 0 R"], b"/Prev 9 /Info 3 0 R")


def nested_arrays(depth: int = 200_000) -> bytes:
    """Brackets within brackets."""
    return pdf([CATALOG, PAGES, b"<< /Type /Page /Parent 2 0 R /MediaBox " + b"[" * depth + b"]" * depth + b" >>"])


def outside_references() -> bytes:
    """Things that a reader might open, run or send."""
    action = b"<< /S /URI /URI (http://127.0.0.1:9/x) >>"
    catalog = (
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.launchURL('http://127.0.0.1:9/')) >> "
        b"/AA << /WC << /S /Launch /F (/bin/touch) >> >> >>"
    )
    outside = b"<< /Type /Filespec /F (/etc/passwd) /FS /URL >>"
    content = b"<< /Length 0 /F %s /FFilter /FlateDecode >>\nstream\n\nendstream" % outside
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /AA << /O %s >> >>" % action
    return pdf([catalog, PAGES, page, content])


HOSTILE: dict[str, Callable[[], bytes]] = {
    "endless-page-tree": endless_page_tree,
    "deep-page-tree": deep_page_tree,
    "claimed-pages": claimed_pages,
    "many-pages": many_pages,
    "bomb": bomb,
    "picture-bomb": picture_bomb,
    "endless-drawing": endless_drawing,
    "doubling-drawings": doubling_drawings,
    "many-rules": many_rules,
    "scattered-rules": scattered_rules,
    "many-words": many_words,
    "deep-state": deep_state,
    "strange-numbers": strange_numbers,
    "endless-references": endless_references,
    "nested-arrays": nested_arrays,
    "outside-references": outside_references,
    "empty": bytes,
    "header-only": partial(bytes, b"%PDF-1.7\n"),
}
