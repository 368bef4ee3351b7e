"""What told the layouts of each document, so that a changed layout file re-reads only what it can touch.

A document is read by the layouts that its sheets have, and the other layouts have no part in it. So it would be read as
before when each of its sheets still gets the layout that it had, with the same content. That is so when

- the layouts that its sheets had are there and unchanged, and
- no layout that is new or changed fits one of its sheets.

For among the unchanged layouts the same one is the most particular, and those that are gone or do not fit any more had
lost against it before. Of labels only digests are kept, and some labels share theirs: a layout may then seem to fit a
sheet that it does not fit, which costs a reading and changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dataset.contract.schema import Table
from pipeline.dataset.landing.layouts import Layouts
from pipeline.dataset.store.model import Draft, Version
from pipeline.dataset.store.parts import read_pieces
from pipeline.dataset.store.paths import read_bytes
from pipeline.document.rows import label_digest
from pipeline.forms.layouts import GENERIC, fits

FILE_NAME = "layouts.json"
SHEETS = Table.model_validate(
    {
        "name": "sheets",
        "label_zh": "表页",
        "description": "What told the layout of each sheet of a document; only ingest reads it.",
        "primary_key": ["document_id", "sheet_no"],
        "sort_key": ["document_id", "sheet_no"],
        "partition_of": "documents",
        "columns": [
            {"name": name, "type": kind, "description": told, "label_zh": told, "required": required, **more}
            for name, kind, told, required, more in (
                ("document_id", "string", "document", True, {}),
                ("fiscal_year", "int16", "partition", False, {"partition": True}),
                ("sheet_no", "int32", "number of the sheet", True, {}),
                ("layout", "string", "layout that it had; null: not known, any may touch it", False, {}),
                ("title", "string", "key of its title", True, {}),
                ("labels", "binary", "digests of its labels, two bytes each", True, {}),
            )
        ],
    }
)


def read_layouts(version: Version) -> dict[str, Layouts]:
    """The sets of layouts that documents of a version were read with, by the fingerprint."""
    place = version.files.get(FILE_NAME)
    told = json.loads(read_bytes(place)) if place is not None else {}
    return {fingerprint: Layouts(contents) for fingerprint, contents in told.items()}


def write_layouts(draft: Draft, layouts: Mapping[str, Layouts], used: Collection[str]) -> None:
    """Writes the sets of layouts that documents of a version being built were read with."""
    told = {fingerprint: dict(layouts[fingerprint].contents) for fingerprint in sorted(used) if fingerprint in layouts}
    with draft.write(FILE_NAME) as sink:
        sink.write(json.dumps(told, indent=1).encode())


def untouched(version: Version, documents: Mapping[str, str], before: Mapping[str, Layouts], now: Layouts) -> set[str]:
    """Of `documents`, the fingerprints by which they were read by their ids, those that layouts of `now` do not touch.

    A document whose layouts are not known is touched.
    """
    judges = {fingerprint: Judge(before[fingerprint], now) for fingerprint in before.keys() & set(documents.values())}
    candidates = {document for document, fingerprint in documents.items() if fingerprint in judges}
    wanted, touched = pa.array(sorted(candidates), pa.string()), set()
    for part in version.parts(SHEETS.name):
        for piece in read_pieces(part):
            rows = piece.filter(pc.is_in(piece["document_id"], value_set=wanted)).to_pylist()
            touched |= {row["document_id"] for row in rows if judges[documents[row["document_id"]]].touches(row)}
    return candidates - touched


class Judge:
    """Tells, for the rows of `SHEETS`, whether going from some layouts to others can touch a sheet."""

    def __init__(self, before: Layouts, now: Layouts) -> None:
        self._kept = {name for name, content in before.contents.items() if now.contents.get(name) == content}
        self._new = [layout for layout in now.known if layout.id not in self._kept and layout.id != GENERIC]
        needs = {need for layout in self._new for need in layout.needs}
        self._digests = {need: label_digest(need) for need in needs}

    def touches(self, sheet: Mapping[str, Any]) -> bool:
        if sheet["layout"] not in self._kept:
            return True
        labels = _Digested(sheet["labels"], self._digests)
        return any(fits(layout, sheet["title"], labels) for layout in self._new)


class _Digested:
    """Labels of which only digests are known: contains those that may be among them."""

    def __init__(self, digests: bytes, by_label: Mapping[str, bytes]) -> None:
        self._digests = {digests[place : place + 2] for place in range(0, len(digests), 2)}
        self._by_label = by_label

    def __contains__(self, label: object) -> bool:
        return self._by_label[str(label)] in self._digests


def unknown_sheet(document_id: str, number: int = 1) -> dict[str, object]:
    """The row of a document of which is not known what told its layouts, because reading it has not come to an end."""
    return {"document_id": document_id, "sheet_no": number, "layout": None, "title": "", "labels": b""}
