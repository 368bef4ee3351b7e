"""The printed pages of a document, as one Parquet file: written once by a reader, read any number of times.

A row is a mark of a page. `kind` tells its columns:

- `page`: the page; the box is 0, 0, width, height (points, as displayed); `text` says why its words are not trusted
  (null: they are), `line` its quarter turns, `flag` whether it is a scan, `confidence` the share of the page that its
  largest image covers, `method` the damage that the library met (null: none);
- `lost`: a page that could not be read; `text` is the message, `method` the code;
- `word`, `covered`, `stored`, `ornament`, `unmapped`: words that show, words under white areas, all words including
  clipped ones, watermarks and letters of seals, words of unknown characters; `line` is the reader's text line,
  `confidence` that of recognition;
- `level`, `upright`: rules, as boxes without height or width;
- `picture`, `overlay`, `ink`, `attachment`: images, words of annotations and form fields (`method` says which), ink
  that nothing explains, attached files (`text` is the name);
- `recognition`: how a page was recognised; `method` is the engine, `x0` the lean in degrees.

Marks stand in the order of pages, then in the reader's order, which later steps rely on. Coordinates are kept as
float64: rows read from the store are the same, bit for bit, as rows of pages that never left memory.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise, repeat
from typing import Any
from zlib import crc32

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.messages import Text, restored, stored
from pipeline.pages.model import (
    Area,
    Attachment,
    DocumentInfo,
    LostPage,
    Overlay,
    Page,
    PageReading,
    Recognition,
    Rule,
    Word,
)

VERSION = 1  # of this format; part of the fingerprint, since this module is
_KINDS = (
    *("page", "lost", "word", "covered", "stored", "level", "upright", "recognition", "ornament", "unmapped"),
    *("picture", "overlay", "ink", "attachment"),
)
_SCHEMA = pa.schema(
    {
        "page": pa.int32(),
        "kind": pa.dictionary(pa.int8(), pa.string()),
        "x0": pa.float64(),
        "y0": pa.float64(),
        "x1": pa.float64(),
        "y1": pa.float64(),
        "text": pa.string(),
        "line": pa.int32(),
        "flag": pa.bool_(),
        "confidence": pa.float64(),
        "method": pa.string(),
    }
)
_READ = _SCHEMA.set(1, pa.field("kind", pa.dictionary(pa.int32(), pa.string())))
_COORDINATES = ("x0", "y0", "x1", "y1")
_PAGES_IN_MEMORY = 100  # pages of a row group: about a megabyte of columns
_new = tuple.__new__  # what a NamedTuple does, without matching names: pages have hundreds of marks


class DamagedPagesError(ValueError):
    """Bytes that are not, or not whole, what `encode` gives."""


@dataclass(slots=True)
class _Columns:
    """The columns of some pages, filled mark by mark."""

    page: list[int] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    x0: list[float | None] = field(default_factory=list)
    y0: list[float | None] = field(default_factory=list)
    x1: list[float | None] = field(default_factory=list)
    y1: list[float | None] = field(default_factory=list)
    text: list[str | None] = field(default_factory=list)
    line: list[int | None] = field(default_factory=list)
    flag: list[bool | None] = field(default_factory=list)
    confidence: list[float | None] = field(default_factory=list)
    method: list[str | None] = field(default_factory=list)

    def add(self, page: PageReading) -> None:
        before = len(self.kind)
        if isinstance(page, LostPage):
            self._one("lost", (None, None, None, None), stored(page.message), None, None, None, page.code)
        else:
            self._page(page)
        self.page.extend(repeat(page.number, len(self.kind) - before))

    def _page(self, page: Page) -> None:
        size = (0.0, 0.0, page.width, page.height)
        self._one(
            "page", size, _stored(page.untrusted), page.quarters, page.is_scan, page.picture, _stored(page.damaged)
        )
        found = page.recognition
        if found is not None:
            self._one("recognition", (found.lean, None, None, None), None, None, None, None, found.engine)
        self._words("word", page.words, found.confidence if found is not None else None)
        self._words("covered", page.covered)
        self._words("ornament", page.ornaments)
        self._words("unmapped", page.unmapped)
        if page.stored is not None:
            self._words("stored", page.stored)
        if page.level:
            at, start, end = zip(*page.level, strict=True)
            self._boxes("level", start, at, end, at)
        if page.upright:
            at, start, end = zip(*page.upright, strict=True)
            self._boxes("upright", at, start, at, end)
        for kind, areas in (("picture", page.pictures), ("ink", page.unread_ink)):
            if areas:
                self._boxes(kind, *zip(*areas, strict=True))
        if page.overlays:
            x0, y0, x1, y1, method = zip(*page.overlays, strict=True)
            self._boxes("overlay", x0, y0, x1, y1, method=method)
        if page.attachments:
            self._boxes("attachment", *zip(*page.attachments, strict=True))

    def _one(self, kind: str, box: Sequence[float | None], *rest: Any) -> None:
        self.kind.append(_KINDS.index(kind))
        columns: tuple[list[Any], ...] = (
            *(self.x0, self.y0, self.x1, self.y1),
            *(self.text, self.line, self.flag, self.confidence, self.method),
        )
        for column, value in zip(columns, (*box, *rest), strict=True):
            column.append(value)

    def _words(self, kind: str, words: Sequence[Word], confidence: Sequence[float] | None = None) -> None:
        if not words:
            return
        x0, y0, x1, y1, text, line = zip(*words, strict=True)
        self._boxes(kind, x0, y0, x1, y1, text, line, confidence)

    def _boxes(
        self,
        kind: str,
        x0: Sequence[float],
        y0: Sequence[float],
        x1: Sequence[float],
        y1: Sequence[float],
        text: Sequence[str] | None = None,
        line: Sequence[int] | None = None,
        confidence: Sequence[float] | None = None,
        method: Sequence[str] | None = None,
    ) -> None:
        blank = [None] * len(x0)
        self.kind += [_KINDS.index(kind)] * len(x0)
        self.x0 += x0
        self.y0 += y0
        self.x1 += x1
        self.y1 += y1
        self.text += text or blank
        self.line += line or blank
        self.confidence += confidence or blank
        self.flag += blank
        self.method += method or blank

    def batch(self) -> Any:
        kinds = pa.DictionaryArray.from_arrays(pa.array(self.kind, pa.int8()), pa.array(_KINDS))
        columns = [
            kinds if name == "kind" else pa.array(getattr(self, name), _SCHEMA.field(name).type)
            for name in _SCHEMA.names
        ]
        return pa.record_batch(columns, schema=_SCHEMA)


def encode(info: DocumentInfo, pages: Iterable[PageReading]) -> bytes:
    """Pages as a zstd Parquet file, `info` in its metadata; the same pages give the same bytes."""
    sink = io.BytesIO()
    with pq.ParquetWriter(
        sink,
        _SCHEMA,
        compression="zstd",
        use_dictionary=["kind", "text", "method"],
        use_byte_stream_split=list(_COORDINATES),
        write_statistics=False,
        store_schema=False,
        write_page_checksum=True,
    ) as writer:
        columns, count, untrusted = _Columns(), 0, []
        marks: list[int] = []  # of each row group
        for page in pages:
            columns.add(page)
            count += 1
            if isinstance(page, Page) and page.untrusted is not None:
                untrusted.append(page.number)
            if count % _PAGES_IN_MEMORY == 0:
                writer.write_batch(columns.batch())
                marks.append(len(columns.kind))
                columns = _Columns()
        if columns.kind or not count:
            writer.write_batch(columns.batch())
            marks.append(len(columns.kind))
        about = {"version": VERSION, "info": asdict(info), "untrusted": untrusted, "marks": marks}
        told = json.dumps(about).encode()
        writer.add_key_value_metadata({"document": told, "digest": _digest(told)})
    return sink.getvalue()


def _digest(data: bytes) -> bytes:
    """A checksum of metadata; the pages of columns have their own."""
    return f"{crc32(data):08x}".encode()


def join(parts: Iterable[bytes]) -> bytes:
    """Files of successive pages of one document as one file. Raises `DamagedPagesError` for a part that is none."""
    files = [StoredPages(part) for part in parts]
    info = replace(files[0].info, repaired=any(file.info.repaired for file in files))
    return encode(info, (page for file in files for page in file))


class StoredPages:
    """The pages of one file, decoded some at a time. Raises `DamagedPagesError` when `data` is no such file.

    `info` is what the PDF says about itself, `untrusted` the numbers of the pages whose words are not what people see.
    """

    def __init__(self, data: bytes) -> None:
        try:
            self._file = pq.ParquetFile(
                pa.BufferReader(data), read_dictionary=["kind"], page_checksum_verification=True
            )
            metadata = self._file.metadata.metadata or {}
            if metadata[b"digest"] != _digest(metadata[b"document"]) or not self._file.schema_arrow.equals(_READ):
                raise DamagedPagesError("the footer is not what was written")
            told = json.loads(metadata[b"document"])
            version = told["version"]
            groups = range(self._file.metadata.num_row_groups)
            if [self._file.metadata.row_group(group).num_rows for group in groups] != told["marks"]:
                raise DamagedPagesError("the footer counts other marks than were written")
            info = told["info"]
            self.info = DocumentInfo(**{**info, "attachments": tuple(info["attachments"])})
            self.untrusted: tuple[int, ...] = tuple(told["untrusted"])
        except DamagedPagesError:
            raise
        except Exception as error:  # Arrow raises several unrelated types for damaged bytes
            raise DamagedPagesError(str(error)) from error
        if version != VERSION:
            raise DamagedPagesError(f"format {version}")

    def __iter__(self) -> Iterator[PageReading]:
        try:
            for group in range(self._file.num_row_groups):
                yield from _pages(self._file.read_row_group(group, use_threads=False))
        except Exception as error:  # a damaged footer can ask for anything
            raise DamagedPagesError(str(error)) from error


def _pages(rows: Any) -> Iterator[PageReading]:
    kinds = rows["kind"].combine_chunks()
    names = kinds.dictionary.to_pylist()
    codes, numbers = kinds.indices.to_numpy(zero_copy_only=False), rows["page"].to_numpy()
    changes = ((codes[1:] != codes[:-1]) | (numbers[1:] != numbers[:-1])).nonzero()[0] + 1
    starts = [0, *changes.tolist()] if len(codes) else []
    columns = {name: rows[name].to_numpy(zero_copy_only=False).tolist() for name in _COORDINATES}
    columns |= {name: rows[name].to_pylist() for name in ("text", "line", "flag", "confidence", "method")}
    found: dict[str, slice] = {}
    number = -1
    for start, end in pairwise([*starts, len(codes)]):
        if numbers[start] != number:
            if found:
                yield _page(number, found, columns)
            number, found = int(numbers[start]), {}
        found[names[codes[start]]] = slice(start, end)
    if found:
        yield _page(number, found, columns)


def _page(number: int, found: dict[str, slice], columns: dict[str, list[Any]]) -> PageReading:
    if "lost" in found:
        at = found["lost"].start
        return LostPage(number, columns["method"][at], restored(columns["text"][at]))
    at = found["page"].start
    return Page(
        number,
        columns["x1"][at],
        columns["y1"][at],
        _words(found.get("word"), columns),
        _rules(found.get("level"), columns, "y0", "x0", "x1"),
        _rules(found.get("upright"), columns, "x0", "y0", "y1"),
        columns["flag"][at],
        _words(found.get("covered"), columns),
        columns["confidence"][at],
        _restored(columns["text"][at]),
        _words(found["stored"], columns) if "stored" in found else None,
        _recognition(found["recognition"].start, found.get("word"), columns) if "recognition" in found else None,
        columns["line"][at],
        _words(found.get("ornament"), columns),
        _words(found.get("unmapped"), columns),
        _areas(found.get("picture"), columns),
        tuple([Overlay(*mark) for mark in _named(found.get("overlay"), columns, "method")]),
        _areas(found.get("ink"), columns),
        tuple([Attachment(*mark) for mark in _named(found.get("attachment"), columns, "text")]),
        _restored(columns["method"][at]),
    )


def _stored(text: Text | None) -> str | None:
    return None if text is None else stored(text)


def _restored(line: str | None) -> Text | None:
    return None if line is None else restored(line)


def _words(place: slice | None, columns: dict[str, list[Any]]) -> tuple[Word, ...]:
    if place is None:
        return ()
    marks = zip(*(columns[name][place] for name in (*_COORDINATES, "text", "line")), strict=True)
    return tuple([_new(Word, mark) for mark in marks])


def _rules(place: slice | None, columns: dict[str, list[Any]], at: str, start: str, end: str) -> tuple[Rule, ...]:
    if place is None:
        return ()
    marks = zip(columns[at][place], columns[start][place], columns[end][place], strict=True)
    return tuple([_new(Rule, mark) for mark in marks])


def _areas(place: slice | None, columns: dict[str, list[Any]]) -> tuple[Area, ...]:
    if place is None:
        return ()
    return tuple([Area(*box) for box in zip(*(columns[name][place] for name in _COORDINATES), strict=True)])


def _named(place: slice | None, columns: dict[str, list[Any]], name: str) -> Iterable[tuple[Any, ...]]:
    """Boxes with the column `name`."""
    if place is None:
        return ()
    return zip(*(columns[column][place] for column in (*_COORDINATES, name)), strict=True)


def _recognition(at: int, words: slice | None, columns: dict[str, list[Any]]) -> Recognition:
    confidence = tuple(columns["confidence"][words]) if words is not None else ()
    return Recognition(columns["method"][at], confidence, columns["x0"][at])
