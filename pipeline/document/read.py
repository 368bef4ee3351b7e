"""One PDF to rows: read its pages, find and understand its forms, check them, and say where everything stood.

Nothing is written and nothing but the PDF and the package's own schemas is read. A PDF that cannot be read is a
row with status `failed`, not an exception.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.dictionaries import load_knowledge, load_regions
from pipeline.document.ahead import NOBODY, Ahead, PageRead, ahead
from pipeline.document.checks.document import check_announced
from pipeline.document.checks.forms import check_form
from pipeline.document.checks.funds import check_funds
from pipeline.document.checks.hidden import check_hidden, note_beside_hidden
from pipeline.document.checks.indicators import check_across, check_indicators
from pipeline.document.checks.model import Finding
from pipeline.document.checks.recognised import check_recognised, confirmed
from pipeline.document.checks.scores import check_scores
from pipeline.document.corrections.apply import corrected
from pipeline.document.corrections.model import AnyCorrection
from pipeline.document.ocr_provenance import Place, as_seen, eyes, told_of_document, told_of_page, unread_message
from pipeline.document.result import Extraction, PageRange, Row
from pipeline.document.rows import (
    evidence_rows,
    finding_row,
    form_row,
    fund_rows,
    indicator_rows,
    region_rows,
    sheet_row,
)
from pipeline.errors import BudgetFormsError, DocumentError, PageError
from pipeline.fields.document import document_facts
from pipeline.fields.form import Form, inherit, understand
from pipeline.forms.dictionary import Knowledge
from pipeline.forms.layouts import match_layout, match_other
from pipeline.forms.model import RawForm, Sheet
from pipeline.forms.narrative import narratives
from pipeline.forms.segment import segment
from pipeline.forms.sheet_reader import known_by, read_sheet, sheet_title
from pipeline.pages.lattice import lattices
from pipeline.pages.model import Page, Reader
from pipeline.pages.ocr.document import SCANNED, SeenDocument
from pipeline.pages.ocr.engines import Unread, scans
from pipeline.tables.cells import page_grid, tabled
from pipeline.tables.clipped import Whole, complete
from pipeline.tables.model import PageGrid
from pipeline.version import __version__

READERS = ("mupdf", "pdfplumber")
_MARKS = ("指标", "绩效")  # of tables that may hold a form
LOST_PAGES = ("page.scanned", "page.untrusted", "page.unreadable")  # findings of pages that were not read


def reader_named(name: str) -> Reader:
    """A reader by its name. The import is late: people without PyMuPDF's licence run with pdfplumber alone.

    Raises BudgetFormsError for an unknown name or a reader that is not installed.
    """
    try:
        if name == "mupdf":
            from pipeline.pages.readers.mupdf import MuPdfReader

            return MuPdfReader()
        if name == "pdfplumber":
            from pipeline.pages.readers.plumber import PlumberReader

            return PlumberReader()
    except ImportError as error:
        raise BudgetFormsError(
            "reader.missing", f"the reader {name} needs a package that is not installed: {error.name}"
        ) from error
    raise BudgetFormsError("reader.unknown", f"there is no reader {name!r}; use one of {', '.join(READERS)}")


def extract_file(
    path: Path,
    reader: str = "mupdf",
    password: str | None = None,
    pages: Sequence[PageRange] | None = None,
    corrections: Sequence[AnyCorrection] = (),
) -> Extraction:
    """All rows of one PDF. Never raises for a bad PDF; see `status` and `error_code` of the document row.

    `password` opens it if it is encrypted. `pages` reads no others, each range by itself; what then is told of the
    document as a whole is not worth anything. `corrections` are what a person knows better, in their order.
    """
    chosen = reader_named(reader)
    try:
        data_id, size = _digest(path)
    except OSError as error:
        raise DocumentError(
            "file.unreadable", f"the file cannot be read ({error.strerror})", document=str(path)
        ) from error
    base: Row = {"document_id": data_id, "byte_size": size, "pipeline_version": __version__, "form_count": 0}
    try:
        _check_signature(path)
        with SeenDocument(chosen.open(path, password), path, password, scans()) as document:
            reading = _Reading(document, data_id, ahead())
            ranges = pages or [(1, document.info.page_count)]
            reading.others_ahead.opened(document.info, ranges)
            forms = reading.forms(ranges)
            return _assemble(base, reading, forms, chosen.name, corrections)
    except DocumentError as error:
        return _failed(base, error)


def read_grids(path: Path, reader: str = "mupdf", password: str | None = None) -> list[PageGrid]:
    """The tables and lines of a PDF's pages, as forms are found in them. Raises DocumentError for a bad PDF."""
    with SeenDocument(reader_named(reader).open(path, password), path, password, scans()) as document:
        return list(_Reading(document, "").grids(1, document.info.page_count))


def read_ahead(
    path: Path, reader: str, password: str | None, ranges: Iterable[PageRange]
) -> Iterator[tuple[int, Iterator[PageRead | None]]]:
    """The first page and all pages of each range, for a reading of the whole document (`pipeline.document.ahead`).

    None for a page that it has to see itself: one that cannot be read, or whose stored text does not do. Raises
    DocumentError for a bad PDF.
    """
    with SeenDocument(reader_named(reader).open(path, password), path, password, Unread()) as document:
        for first, last in ranges:
            yield first, (_page_ahead(document, number) for number in range(first, last + 1))


def _page_ahead(document: SeenDocument, number: int) -> PageRead | None:
    try:
        page = _page_read(document, number)
    except PageError:
        return None
    return None if number in document.reasons else page


def _digest(path: Path) -> tuple[str, int]:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest(), path.stat().st_size


def _check_signature(path: Path) -> None:
    """An error page that a crawler saved as .pdf is told apart from a broken PDF."""
    with path.open("rb") as stream:
        head = stream.read(1024)
    if not head:
        raise DocumentError("pdf.empty", "the file is empty; download it again", document=str(path))
    if b"%PDF" not in head and head.lstrip()[:1] == b"<":
        raise DocumentError(
            "pdf.html", "this is a web page saved under a .pdf name; download the document itself", document=str(path)
        )


def _failed(base: Row, error: DocumentError) -> Extraction:
    row = {**base, "status": "failed", "error_code": error.code, "error_message": error.message}
    finding = finding_row(str(base["document_id"]), 1, Finding("document.failed", "error", error.message))
    return Extraction(row, {"findings": [finding]})


@dataclass(slots=True)
class _Reading:
    """A document being read, page by page.

    What is kept of a page is small: its tables are rows of `regions` and have been searched for forms when the next one
    is read, so that a document of thousands of pages does not fill the memory.
    """

    document: SeenDocument
    document_id: str
    others_ahead: Ahead = NOBODY
    pages: list[PageGrid] = field(default_factory=list)  # without their tables
    regions: list[Row] = field(default_factory=list)
    sheets: list[Row] = field(default_factory=list)
    with_text: int = 0  # pages of which the text that is stored was read
    findings: list[Finding] = field(default_factory=list)
    others: list[Finding] = field(default_factory=list)  # tables that look like forms and are none
    ranges: list[PageRange] = field(default_factory=list)
    shown: dict[int, frozenset[str]] = field(default_factory=dict)  # lines of pages with hidden text or beside one

    @property
    def lost(self) -> bool:
        """Whether the file was damaged, and pages are blank."""
        return self.document.info.repaired and self.blank > 0

    @property
    def blank(self) -> int:
        """Number of pages that show neither text nor an image."""
        return self.document.info.page_count - self.with_text - len(self.document.reasons)

    @property
    def text_layer(self) -> str:
        """Whether the pages hold text, images of text, or both; text that cannot be trusted makes it mixed."""
        if not self.document.reasons:
            return "digital"
        return "mixed" if self.with_text or not set(self.document.reasons.values()) <= {SCANNED} else "scanned"

    def forms(self, ranges: Sequence[PageRange]) -> list[Form]:
        """Reads the pages; the forms on them in reading order."""
        knowledge = load_knowledge()
        raw: list[RawForm] = []
        for first, last in ranges:
            begin = len(self.pages)
            for sheet in segment(self.grids(first, last), knowledge):
                raw += self._read(sheet, knowledge)
            for form in narratives(self.pages[begin:], knowledge):
                parts = [part.page for value in (form.title, *form.goals.values()) if value for part in value.parts]
                self.ranges.append((min(form.page_first, *parts), form.page_last))
                raw.append(form)
        if self.document.info.repaired:
            message = (
                f"the file is damaged and was repaired; {self.blank} of its pages show no text, "
                "compare with the original"
            )
            self.findings.append(Finding("document.repaired", "warning", message))
        raw.sort(key=lambda form: form.page_first)
        return [understand(form, number, knowledge.taxonomy) for number, form in enumerate(raw, start=1)]

    def _read(self, sheet: Sheet, knowledge: Knowledge) -> list[RawForm]:
        known = known_by(sheet)
        other = match_other(knowledge, *known)
        if other is not None:
            title, table = sheet_title(sheet), sheet.pieces[0].table
            message = f"{title.text if title else 'a table'} ({other.name}) is no form of targets and was not read"
            self.others.append(Finding("document.other_form", "info", message, table.page, table.box))
            return []
        layout = match_layout(knowledge, *known)
        self.sheets.append(sheet_row(self.document_id, len(self.sheets) + 1, layout.id, known))
        forms = list(read_sheet(sheet, knowledge, layout))
        if forms:
            self.ranges.append((sheet.pieces[0].table.page, sheet.pieces[-1].table.page))
        return forms

    def grids(self, first: int, last: int) -> Iterator[PageGrid]:
        """The pages one by one, with their tables."""
        before: PageGrid | None = None
        for number in range(first, last + 1):
            try:
                grid, has_words = self.others_ahead.page(number) or _page_read(self.document, number)
            except PageError as error:
                self.findings.append(Finding("page.unreadable", "error", error.message, number))
                continue
            if number in self.document.reasons:
                self.findings += told_of_page(self.document, number)
            elif has_words:
                self.with_text += 1
            self.regions += region_rows(grid, self.document_id, len(self.regions))
            self.pages.append(replace(grid, tables=()))
            note_beside_hidden(self.shown, before, grid)
            before = grid
            yield grid


def _page_read(document: SeenDocument, number: int) -> PageRead:
    """Page `number`, which says all that it has to say; raises PageError when it cannot be read."""
    page = document.page(number)
    return PageRead(_grid(document, page), bool(page.words))


def _grid(document: SeenDocument, page: Page) -> PageGrid:
    """The page's grid. A page with indicators is completed with its clipped text if there is any."""
    frames = lattices(page.level, page.upright)
    text = "".join([word[4] for word in page.words])
    if _marked(text) and tabled(frames, [word for word in page.words if _marked(word[4])]):
        return page_grid(page, frames, _whole(document, page))
    grid = page_grid(page, frames)
    # a mark may be printed as several words
    if _parted(text) and any(_marked(cell.text) for table in grid.tables for cell in table.cells):
        whole = _whole(document, page)
        return page_grid(page, frames, whole) if whole is not None else grid
    return grid


def _marked(text: str) -> bool:
    return any(mark in text for mark in _MARKS)


def _parted(text: str) -> bool:
    """Whether the characters of a mark occur at all."""
    return any(all(char in text for char in mark) for mark in _MARKS)


def _whole(document: SeenDocument, page: Page) -> Whole | None:
    stored = document.stored_words(page.number)
    return complete(page.words, stored) if stored is not None else None


def _assemble(
    base: Row, reading: _Reading, forms: Sequence[Form], method: str, corrections: Sequence[AnyCorrection]
) -> Extraction:
    knowledge = load_knowledge()
    facts = document_facts(reading.pages, load_regions(), knowledge.announcements, forms)
    if facts.year_place is not None:
        inherit(forms, "fiscal_year", facts.fiscal_year, facts.year_place)
    if facts.publisher_place is not None:
        inherit([f for f in forms if f.implementing_unit is None], "department", facts.publisher, facts.publisher_place)
    stale: list[Finding] = []
    if corrections:
        forms, stale = corrected(forms, corrections, knowledge.taxonomy)
        facts = document_facts(reading.pages, load_regions(), knowledge.announcements, forms)
    findings = [*reading.findings, *reading.others, *told_of_document(reading.document)]
    findings += check_announced(facts.announced, forms)
    findings += check_hidden(reading.pages, reading.shown, forms)
    findings += [*(x for form in forms for x in _check(form)), *check_across(forms), *stale]
    findings += check_recognised(forms, reading.document.recognised)
    faults = [f for f in reading.findings if f.rule in LOST_PAGES or reading.lost]
    row: Row = {
        **base,
        "status": "partial" if faults else "ok",
        "error_code": faults[0].rule if faults else None,
        "error_message": _partial_message(reading) if faults else None,
        "page_count": reading.document.info.page_count,
        "producer": reading.document.info.producer,
        "form_count": len(forms),
        "fiscal_year": facts.fiscal_year,
        "document_kind": facts.kind,
        "publisher": facts.publisher,
        "region_code": facts.region.code if facts.region else None,
        "region_name": facts.region.name if facts.region else None,
        "announced_project_count": facts.announced.count if facts.announced else None,
        "announced_project_amount": facts.announced.amount if facts.announced else None,
        "text_layer": reading.text_layer,
    }
    tables = _tables(forms, findings, reading, method)
    if reading.document.recognised:
        tables = as_seen(tables, reading.document.recognised, _sums(forms, base))
    return Extraction(row, tables, _joined(reading.ranges), eyes(reading.document))


def _form_id(document_id: object, form_no: int) -> str:
    return f"{str(document_id)[:12]}-{form_no:03d}"


def _sums(forms: Sequence[Form], base: Row) -> frozenset[Place]:
    """The values that sums confirm."""
    document_id = base["document_id"]
    return frozenset((_form_id(document_id, form.form_no), *value) for form in forms for value in confirmed(form))


def _tables(forms: Sequence[Form], findings: Sequence[Finding], reading: _Reading, method: str) -> dict[str, list[Row]]:
    document_id = reading.document_id
    tables: dict[str, list[Row]] = {"forms": [], "funds": [], "indicators": [], "evidence": []}
    by_form: defaultdict[int | None, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_form[finding.form_no].append(finding)
    for form in forms:
        form_id = _form_id(document_id, form.form_no)
        tables["forms"].append(form_row(form, form_id, document_id, by_form[form.form_no]))
        tables["funds"] += fund_rows(form, form_id)
        tables["indicators"] += indicator_rows(form, form_id)
        tables["evidence"] += evidence_rows(form, form_id, method)
    tables["findings"] = [finding_row(document_id, n, f) for n, f in enumerate(findings, start=1)]
    tables["regions"] = reading.regions
    tables["sheets"] = reading.sheets
    return tables


def _joined(ranges: Sequence[PageRange]) -> tuple[PageRange, ...]:
    """The ranges in order; those with a page in common as one."""
    joined: list[PageRange] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(last, joined[-1][1])
        else:
            joined.append((first, last))
    return tuple(joined)


def _check(form: Form) -> Iterator[Finding]:
    yield from check_form(form)
    yield from check_funds(form)
    yield from check_indicators(form)
    yield from check_scores(form)


def _partial_message(reading: _Reading) -> str:
    unreadable = sum(f.rule == "page.unreadable" for f in reading.findings)
    parts = [unread_message(reading.document)] if reading.document.unread else []
    parts += [f"{unreadable} pages cannot be read"] if unreadable else []
    parts += ["the file is damaged and pages are blank"] if reading.lost else []
    return "; ".join(parts)
