"""What is told of pages that were read from their pictures: in the rows of forms, and of the pages that were not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from itertools import groupby

from pipeline.document.checks.model import Finding
from pipeline.document.result import CONFIRMED, READ_ONCE, Row
from pipeline.pages.ocr.document import SCANNED, SeenDocument
from pipeline.pages.ocr.engines import INSTALL
from pipeline.pages.ocr.model import Recognised

BOX = ("x0", "y0", "x1", "y1")
Place = tuple[object, object, object, object]
"""form_id, table, row_no and field of a row of `evidence`."""


def told_of_page(document: SeenDocument, number: int) -> Iterator[Finding]:
    """The finding of a page whose stored text does not do, if it could not be read from its picture either."""
    if number in document.unread:
        reason = document.reasons[number]
        rule = "page.scanned" if reason == SCANNED else "page.untrusted"
        then = "its content is not read" if reason == SCANNED else "what was read of it may be wrong"
        what = f"install what reads scans: {INSTALL}" if document.scans.version is None else "its recognition failed"
        yield Finding(rule, "warning", f"{reason}; {then}; {what}", number)


def told_of_document(document: SeenDocument) -> Iterator[Finding]:
    """Which pages were read from their pictures, and on which of them nothing was legible."""
    for reason, pages in groupby(
        sorted(document.recognised, key=lambda n: (document.reasons[n], n)), document.reasons.get
    ):
        numbers = list(pages)
        message = f"{_pages(numbers)} read from the picture with {document.scans.version}: {reason}"
        yield Finding("page.recognised", "info", message, numbers[0])
    blank = [n for n, found in document.recognised.items() if not found.page.words]
    if blank:
        yield Finding("page.no_text", "info", f"no text was recognised on the picture of {_pages(blank)}", blank[0])


def unread_message(document: SeenDocument) -> str:
    """For the row of a document: how many of its pages were not read, and what to do."""
    scanned = sum(document.reasons[n] == SCANNED for n in document.unread)
    parts = [f"{scanned} pages are images without text"] if scanned else []
    if other := len(document.unread) - scanned:
        parts.append(f"the text of {other} pages is not to be trusted")
    help_ = f", {INSTALL} reads them" if document.scans.version is None else ""
    return " and ".join(parts) + help_


def eyes(document: SeenDocument) -> str | None:
    """What reads the document's pictures; the empty string where nothing does, None where none has to be read."""
    return (document.scans.version or "") if document.reasons else None


def as_seen(
    tables: dict[str, list[Row]], recognised: Mapping[int, Recognised], confirmed: Set[Place] = frozenset()
) -> dict[str, list[Row]]:
    """The rows with what recognition has to say: method, confidence, source of text, and boxes as displayed."""
    evidence = [_evidence(row, recognised, confirmed) for row in tables["evidence"]]
    by_eye = {row["form_id"] for row in evidence if row["method"] == "ocr"}
    forms = [{**f, "text_source": "ocr"} if f["form_id"] in by_eye else f for f in tables["forms"]]
    others = {name: [_placed(row, recognised) for row in tables[name]] for name in ("findings", "regions")}
    return {**tables, **others, "evidence": evidence, "forms": forms}


def _evidence(row: Row, recognised: Mapping[int, Recognised], confirmed: Set[Place]) -> Row:
    found = recognised.get(_number(row))
    if found is None:
        return row
    told = _placed(row, recognised)
    if row["method"] in ("inferred", "corrected") or row["x0"] is None:
        return told
    sure = found.sure([float(str(row[name])) for name in BOX])
    is_confirmed = (row["form_id"], row["table"], row["row_no"], row["field"]) in confirmed
    confidence = CONFIRMED if is_confirmed else None if sure is None else min(sure, READ_ONCE)
    return {**told, "method": "ocr", "confidence": confidence}


def _placed(row: Row, recognised: Mapping[int, Recognised]) -> Row:
    found = recognised.get(_number(row))
    if found is None or row.get("x0") is None:
        return row
    return {**row, **dict(zip(BOX, found.displayed([float(str(row[name])) for name in BOX]), strict=True))}


def _number(row: Row) -> int:
    page = row.get("page")
    return page if isinstance(page, int) else 0


def _pages(numbers: list[int]) -> str:
    """Numbers of pages as a person writes them: pages 1-3, 7."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    text = ", ".join("-".join(map(str, part)) for part in parts)
    return f"page{'s' * (len(numbers) > 1)} {text}"
