"""Pages as bytes: what comes back is what was stored, bit for bit, and damage is noticed."""

from __future__ import annotations

import io
from dataclasses import replace

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document.assemble import assemble
from pipeline.messages import known
from pipeline.pages.model import (
    Area,
    Attachment,
    DocumentInfo,
    DocumentPages,
    LostPage,
    Overlay,
    Page,
    PageReading,
    Recognition,
    Rule,
    Word,
)
from pipeline.pages.read import identify
from pipeline.pages.store import DamagedPagesError, StoredPages, encode, join
from tests.documents import SAMPLE, SAMPLE_READERS
from tests.fuzz import fuzz
from tests.shared import pages_of_pdf

NUMBERS = st.floats(allow_nan=False, width=64)  # infinity, -0.0 and the smallest ones too
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
WORDS = st.lists(
    st.builds(Word, NUMBERS, NUMBERS, NUMBERS, NUMBERS, TEXTS, st.integers(-(2**31), 2**31 - 1)), max_size=4
).map(tuple)
RULES = st.lists(st.builds(Rule, NUMBERS, NUMBERS, NUMBERS), max_size=3).map(tuple)
AREAS = st.lists(st.builds(Area, NUMBERS, NUMBERS, NUMBERS, NUMBERS), max_size=3).map(tuple)
OVERLAYS = st.lists(
    st.builds(Overlay, NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.sampled_from(("annotation", "form_field"))), max_size=3
).map(tuple)
ATTACHMENTS = st.lists(st.builds(Attachment, NUMBERS, NUMBERS, NUMBERS, NUMBERS, TEXTS), max_size=2).map(tuple)
INFOS = st.builds(
    DocumentInfo,
    st.integers(0, 10**6),
    st.none() | TEXTS,
    st.booleans(),
    st.booleans(),
    st.lists(TEXTS, max_size=2).map(tuple),
)


def recognised(page: Page, lean: float, confidence: float) -> Page:
    sure = tuple(confidence / (n + 1) for n in range(len(page.words)))
    return replace(page, recognition=Recognition("模型 1", sure, lean))


PAGES = st.builds(
    Page,
    number=st.just(0),
    width=NUMBERS,
    height=NUMBERS,
    words=WORDS,
    level=RULES,
    upright=RULES,
    is_scan=st.booleans(),
    covered=WORDS,
    picture=st.none() | NUMBERS,
    untrusted=st.none() | TEXTS,
    stored=st.none() | WORDS.filter(len),  # words that show are among them
    quarters=st.integers(0, 3),
    ornaments=WORDS,
    unmapped=WORDS,
    pictures=AREAS,
    overlays=OVERLAYS,
    unread_ink=AREAS,
    attachments=ATTACHMENTS,
)
SEEN = st.builds(recognised, PAGES, NUMBERS, st.floats(0, 1))
LOST = st.builds(LostPage, st.just(0), TEXTS, TEXTS)
DOCUMENTS = st.lists(PAGES | SEEN | LOST, max_size=5).flatmap(
    lambda pages: st.lists(st.integers(1, 10**6), min_size=len(pages), max_size=len(pages), unique=True).map(
        lambda numbers: [replace(p, number=n) for p, n in zip(pages, sorted(numbers), strict=True)]
    )
)


@fuzz(30)
@given(INFOS, DOCUMENTS)
def test_what_is_stored_comes_back(info: DocumentInfo, pages: list[PageReading]) -> None:
    data = encode(info, pages)
    stored = StoredPages(data)
    assert stored.info == info
    assert stored.untrusted == tuple(p.number for p in pages if isinstance(p, Page) and p.untrusted is not None)
    again = list(stored)
    assert again == pages
    assert repr(again) == repr(pages)  # a tuple is equal to one with names, and 0.0 to -0.0
    assert list(stored) == pages  # taken twice
    assert encode(info, iter(pages)) == data


@fuzz(30)
@given(INFOS, DOCUMENTS, st.integers(1, 4))
def test_parts_joined_are_the_whole(info: DocumentInfo, pages: list[PageReading], size: int) -> None:
    parts = [encode(info, pages[start : start + size]) for start in range(0, max(len(pages), 1), size)]
    assert join(parts) == encode(info, pages)


def test_long_documents_come_back_in_row_groups() -> None:
    pages: list[PageReading] = [
        Page(n, 595, 842, (Word(n, 2, 3, 4, f"第{n}页", n),), (), (), False) for n in range(1, 251)
    ]
    data = encode(DocumentInfo(250, None), pages)
    assert pq.ParquetFile(io.BytesIO(data)).num_row_groups == 3
    assert list(StoredPages(data)) == pages


@fuzz(200)
@given(st.data())
def test_damage_is_noticed_or_does_not_matter(data: st.DataObject) -> None:
    """Bytes cut off, and single bytes changed."""
    pages = sample_pages()
    whole = encode(DocumentInfo(len(pages), None), pages)
    at = data.draw(st.integers(0, len(whole) - 1))
    if data.draw(st.booleans()):
        damaged = whole[:at]
    else:
        damaged = whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :]
    try:
        stored = StoredPages(damaged)
        found = list(stored)
    except DamagedPagesError:
        return
    assert found == pages
    assert stored.info == DocumentInfo(len(pages), None)


def sample_pages() -> list[PageReading]:
    word = Word(1.25, 2.5, 3.75, 5.0, "绩效目标", 1)
    page = Page(
        1, 595.3, 841.9, (word,) * 9, (Rule(1, 2, 3),) * 3, (Rule(4, 5, 6),) * 3, False, untrusted=known("played")
    )
    return [page, LostPage(2, "worker.timeout", known("took too long")), replace(page, number=3, untrusted=None)]


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" * 9, b"%PDF-1.7", encode(DocumentInfo(1, None), [])[:-9]])
def test_what_is_no_file_of_pages_is_told(data: bytes) -> None:
    with pytest.raises(DamagedPagesError):
        StoredPages(data)


@pytest.mark.parametrize("reader", SAMPLE_READERS)
def test_rows_of_stored_pages_are_those_of_memory(reader: str) -> None:
    pages = pages_of_pdf(SAMPLE, reader)
    document_id, size = identify(SAMPLE)
    info = DocumentInfo(len(pages), "a program")
    stored = StoredPages(encode(info, pages))
    assert list(stored) == pages
    first, second = (assemble(DocumentPages(document_id, size, info, reader, read)) for read in (pages, stored))
    assert repr(first) == repr(second)
    assert len(first.tables["forms"]) == 7
