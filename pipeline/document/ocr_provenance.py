"""Marks of recognition in the rows of forms, and findings about pages that were recognised or could not be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from itertools import groupby

from pipeline.document.checks.model import Finding
from pipeline.document.result import CONFIRMED, READ_ONCE, Row
from pipeline.messages import COMMA, SEMICOLON, Text, joined, t, tn
from pipeline.pages.frames import Frame, displayed_box
from pipeline.pages.model import PICTURED_FORM, PICTURED_TEXT, SCANNED, LostPage, Page, PageReading
from pipeline.pages.recognition import lowest_confidence, with_recognised

INSTALL = 'pip install "budget-forms[ocr]"'
BOX = ("x0", "y0", "x1", "y1")
RULES: Mapping[str, str] = {
    SCANNED: "page.scanned",
    PICTURED_FORM: "page.picture_form",
    PICTURED_TEXT: "page.picture_text",
}
Place = tuple[object, object, object, object]
"""form_id, table, row_no and field of a row of `evidence`."""


@dataclass(slots=True)
class UntrustedPages:
    """The pages of a document whose words are not what people see, and what recognition made of them.

    `reasons` has why, by page number; `recognised` the pages that were read from their picture; `unread` those that
    were not, with the reason of the failure where there was one.
    """

    engine: str | None
    reasons: dict[int, Text] = field(default_factory=dict)
    recognised: dict[int, Page] = field(default_factory=dict)
    unread: dict[int, Text | None] = field(default_factory=dict)

    def shown(self, page: Page, found: PageReading | None) -> Page:
        """The page as it is to be used: `found`, what OCR gave for it, where its own words do not do."""
        if page.untrusted is None:
            return page
        self.reasons[page.number] = page.untrusted
        if isinstance(found, Page):
            merged = with_recognised(page, found) if page.untrusted in (PICTURED_FORM, PICTURED_TEXT) else found
            self.recognised[page.number] = merged
            return merged
        self.unread[page.number] = found.message if isinstance(found, LostPage) else None
        return page

    def page_finding(self, number: int) -> Iterator[Finding]:
        """The finding of a page that could not be recognised."""
        if number not in self.unread:
            return
        reason, failure = self.reasons[number], self.unread[number]
        rule = RULES.get(reason, "page.untrusted")
        then = t("its content is not read") if reason in RULES else t("what was read of it may be wrong")
        failed = t("its recognition failed: {reason}", reason=failure) if failure else t("its recognition failed")
        cure = t("install what reads scans: {command}", command=INSTALL) if self.engine is None else failed
        yield Finding(rule, "warning", joined(SEMICOLON, (reason, then, cure)), number)

    def document_findings(self) -> Iterator[Finding]:
        """Which pages were recognised, and on which of them nothing was legible."""
        for reason, pages in groupby(
            sorted(self.recognised, key=lambda n: (self.reasons[n], n)), self.reasons.__getitem__
        ):
            numbers = list(pages)
            message = t(
                "{pages} read from the picture with {engine}: {reason}",
                pages=_pages(numbers),
                engine=self.engine,
                reason=reason,
            )
            yield Finding("page.recognised", "info", message, numbers[0])
        blank = [n for n, page in self.recognised.items() if not page.words]
        if blank:
            yield Finding(
                "page.no_text",
                "info",
                t("no text was recognised on the picture of {pages}", pages=_pages(blank)),
                blank[0],
            )

    @property
    def message(self) -> Text:
        """For the row of a document: how many of its pages were not read, and what to do."""
        scanned = sum(self.reasons[n] == SCANNED for n in self.unread)
        parts = []
        if scanned:
            parts.append(tn("{count} page is an image without text", "{count} pages are images without text", scanned))
        pictured = sum(self.reasons[n] in (PICTURED_FORM, PICTURED_TEXT) for n in self.unread)
        if pictured:
            parts.append(tn("{count} page shows text in pictures", "{count} pages show text in pictures", pictured))
        if other := len(self.unread) - scanned - pictured:
            parts.append(
                tn(
                    "the text of {count} page is not to be trusted",
                    "the text of {count} pages is not to be trusted",
                    other,
                )
            )
        if self.engine is None:
            parts.append(t("{command} reads them", command=INSTALL))
        return joined(COMMA, parts)

    @property
    def engine_used(self) -> str | None:
        """See `DocumentResult.ocr_engine`."""
        return (self.engine or "") if self.reasons else None


def as_seen(
    tables: dict[str, list[Row]], recognised: Mapping[int, Page], confirmed: Set[Place] = frozenset()
) -> dict[str, list[Row]]:
    """The rows with method, confidence and source of text of recognised pages."""
    evidence = [_evidence(row, recognised, confirmed) for row in tables["evidence"]]
    by_eye = {row["form_id"] for row in evidence if row["method"] == "ocr"}
    forms = [{**f, "text_source": "ocr"} if f["form_id"] in by_eye else f for f in tables["forms"]]
    return {**tables, "evidence": evidence, "forms": forms}


def displayed(tables: dict[str, list[Row]], frames: Mapping[int, Frame]) -> dict[str, list[Row]]:
    """The rows with boxes on pages as displayed; `frames` are those of pages that were set upright, by number."""
    names = ("evidence", "findings", "regions", "other_values", "budget_lines")
    return {**tables, **{name: [_placed(row, frames) for row in tables[name]] for name in names}}


def _evidence(row: Row, recognised: Mapping[int, Page], confirmed: Set[Place]) -> Row:
    found = recognised.get(_number(row))
    if found is None:
        return row
    if row["method"] in ("inferred", "corrected") or row["x0"] is None:
        return row
    sure = lowest_confidence(found, [float(str(row[name])) for name in BOX])
    is_confirmed = (row["form_id"], row["table"], row["row_no"], row["field"]) in confirmed
    confidence = CONFIRMED if is_confirmed else None if sure is None else min(sure, READ_ONCE)
    return {**row, "method": "ocr", "confidence": confidence}


def _placed(row: Row, frames: Mapping[int, Frame]) -> Row:
    frame = frames.get(_number(row))
    if frame is None or row.get("x0") is None:
        return row
    return {**row, **dict(zip(BOX, displayed_box(frame, [float(str(row[name])) for name in BOX]), strict=True))}


def _number(row: Row) -> int:
    page = row.get("page")
    return page if isinstance(page, int) else 0


def _pages(numbers: list[int]) -> Text:
    """Numbers of pages as a person writes them: pages 1-3, 7."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    text = ", ".join("-".join(map(str, part)) for part in parts)
    return t("pages {numbers}", numbers=text) if len(numbers) > 1 else t("page {numbers}", numbers=text)
