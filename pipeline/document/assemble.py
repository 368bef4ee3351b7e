"""Turns the pages of one document into rows: finds, parses, corrects and checks its forms.

A pure function: no file is opened but the package's own schemas.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from pipeline.budget.find import TableFinder
from pipeline.budget.read import TableReading
from pipeline.dictionaries import load_budget_knowledge, load_code_names, load_knowledge, load_places, load_regions
from pipeline.document.budget_rows import budget_rows
from pipeline.document.checks.budget import check_tables, check_unread_tables
from pipeline.document.checks.budget_text import check_text
from pipeline.document.checks.document import check_announced
from pipeline.document.checks.forms import check_form
from pipeline.document.checks.funds import check_funds
from pipeline.document.checks.hidden import check_hidden, check_unmapped, note_beside_hidden
from pipeline.document.checks.indicators import check_across, check_indicators
from pipeline.document.checks.ink import check_attachments, check_content, check_ink
from pipeline.document.checks.model import Finding
from pipeline.document.checks.recognised import check_places, check_recognised, confirmed
from pipeline.document.checks.scores import check_scores
from pipeline.document.checks.unread_forms import may_show_form, unread_form
from pipeline.document.corrections.apply import corrected
from pipeline.document.corrections.model import AnyCorrection, TableCorrection, texts_in
from pipeline.document.ocr_provenance import Place, UntrustedPages, as_seen, displayed
from pipeline.document.privacy import PrivateTexts
from pipeline.document.result import NOTHING_COMPARED, DocumentResult, Row
from pipeline.document.rows import (
    error_columns,
    evidence_rows,
    finding_row,
    form_row,
    fund_rows,
    id_of_form,
    indicator_rows,
    note_overlays,
    other_value_rows,
    region_rows,
    task_rows,
)
from pipeline.document.table_readings import read_tables
from pipeline.document.witness import compare_evidence
from pipeline.fields.document import DocumentFacts, document_facts
from pipeline.fields.form import inherit, understand
from pipeline.fields.model import Form
from pipeline.fields.units import infer_units
from pipeline.forms.dictionary import Knowledge
from pipeline.forms.layouts import match_layout, match_other
from pipeline.forms.model import RawForm, Sheet
from pipeline.forms.narrative import narratives
from pipeline.forms.segment import segment
from pipeline.forms.sheet_reader import known_by, read_sheet, sheet_title
from pipeline.messages import SEMICOLON, Text, joined, t, tn
from pipeline.pages.frames import Frame, frame_of
from pipeline.pages.lattice import lattices
from pipeline.pages.model import MARKS, SCANNED, DocumentPages, LostPage, Overlay, Page, Word
from pipeline.tables.cells import page_grid, tabled
from pipeline.tables.clipped import complete
from pipeline.tables.model import Box, PageGrid
from pipeline.version import __version__

# Findings of what was not read.
LOST = (
    *("page.scanned", "page.picture_form", "page.untrusted", "page.unreadable", "page.damaged"),
    *("document.repaired", "document.xfa"),
)
WAITING = 64  # pages that are kept until the forms on them are known; of more, only those that show one


def assemble(document: DocumentPages, corrections: Sequence[AnyCorrection] = ()) -> DocumentResult:
    """All rows of one document from its pages; `corrections` are applied in their order."""
    reading = _Reading(document, UntrustedPages(document.ocr_engine))
    return _result(reading, reading.forms(), corrections)


def failed_result(document_id: str, byte_size: int, code: str, message: Text) -> DocumentResult:
    """The rows of a document that could not be read at all."""
    row: Row = {**_identity(document_id, byte_size), "status": "failed", "error_code": code, **error_columns(message)}
    finding = finding_row(document_id, 1, Finding("document.failed", "error", message))
    return DocumentResult(row, {"findings": [finding]})


def page_grids(document: DocumentPages) -> Iterator[PageGrid]:
    """The tables and lines of the pages of a document, as forms are found in them."""
    untrusted = UntrustedPages(document.ocr_engine)
    pages = (page for page in document.pages if isinstance(page, Page))
    return (_grid(untrusted.shown(page, document.recognised.get(page.number))) for page in pages)


def _identity(document_id: str, byte_size: int) -> Row:
    return {"document_id": document_id, "byte_size": byte_size, "pipeline_version": __version__, "form_count": 0}


@dataclass(slots=True)
class _Reading:
    """A document being assembled, page by page.

    What is kept of a page is small: its tables are rows of `regions` and have been searched for forms when the next one
    is taken, so that a document of thousands of pages does not fill the memory.
    """

    document: DocumentPages
    untrusted: UntrustedPages
    pages: list[PageGrid] = field(default_factory=list)  # without their tables
    regions: list[Row] = field(default_factory=list)
    with_text: int = 0  # pages of which the text that is stored was read
    findings: list[Finding] = field(default_factory=list)
    others: list[Finding] = field(default_factory=list)  # tables that look like forms and are none
    unread: list[Finding] = field(default_factory=list)  # pages with a form that was not read
    shown: dict[int, frozenset[str]] = field(default_factory=dict)  # lines of pages with hidden text or beside one
    covered: dict[int, Sequence[Word]] = field(default_factory=dict)  # words that are no text of a page, by its number
    unmapped: dict[int, Sequence[Word]] = field(default_factory=dict)  # words of unknown characters, by page
    frames: dict[int, Frame] = field(default_factory=dict)  # of pages that were set upright, by number
    waiting: list[PageGrid] = field(default_factory=list)  # pages on which forms are not all known yet
    used: defaultdict[int, list[Box]] = field(default_factory=lambda: defaultdict(list))  # what forms used, by page
    overlays: dict[int, Sequence[Overlay]] = field(default_factory=dict)  # of annotations and form fields, by page
    private: PrivateTexts = field(default_factory=PrivateTexts)
    budget: TableFinder = field(default_factory=lambda: TableFinder(load_budget_knowledge()))

    @property
    def blank(self) -> int:
        """Number of pages that show neither text nor an image."""
        return self.document.info.page_count - self.with_text - len(self.untrusted.reasons)

    @property
    def text_layer(self) -> str:
        """Whether the pages hold text, images of text, or both; text that cannot be trusted makes it mixed."""
        if not self.untrusted.reasons:
            return "digital"
        return "mixed" if self.with_text or not set(self.untrusted.reasons.values()) <= {SCANNED} else "scanned"

    def forms(self) -> list[Form]:
        """Takes the pages; the forms on them in reading order."""
        knowledge = load_knowledge()
        raw: list[RawForm] = []
        for sheet in segment(self.grids(knowledge), knowledge):
            raw += self._read(sheet, knowledge)
            self._note_unread(sheet.pieces[-1].table.page, knowledge)  # a form may begin further down on this page
        self._note_unread(self.document.info.page_count + 1, knowledge)
        raw += narratives(self.pages, knowledge)
        if self.document.info.repaired:
            message = t(
                "the file is damaged and was repaired; {blank} of its pages show no text, compare with the original",
                blank=self.blank,
            )
            self.findings.append(Finding("document.repaired", "warning", message))
        self.findings += check_content(self.document.info)
        raw.sort(key=lambda form: form.page_first)
        return [understand(form, number, knowledge.taxonomy) for number, form in enumerate(raw, start=1)]

    def _read(self, sheet: Sheet, knowledge: Knowledge) -> list[RawForm]:
        known, title = known_by(sheet), sheet_title(sheet)
        other = match_other(knowledge, *known)
        forms = list(read_sheet(sheet, knowledge, match_layout(knowledge, *known))) if other is None else []
        if forms or other is not None:
            for piece in sheet.pieces:
                self.used[piece.table.page].append(piece.table.box)
            for part in title.parts if title else ():
                self.used[part.page].append(part.box)
        if other is not None:
            table, name = sheet.pieces[0].table, title.text if title else None
            message = t(
                "{table} ({name}) is no form of targets and was not read", table=name or t("a table"), name=other.name
            )
            self.others.append(Finding("document.other_form", "info", message, table.page, table.box, text=name))
        return forms

    def _note_unread(self, before: int, knowledge: Knowledge) -> None:
        """Report the pages before this one that show a form that was not read."""
        done = [page for page in self.waiting if page.number < before]
        self.waiting = [page for page in self.waiting if page.number >= before]
        found = (unread_form(page, self.used[page.number], knowledge) for page in done)
        self.unread += [finding for finding in found if finding is not None]

    def grids(self, knowledge: Knowledge) -> Iterator[PageGrid]:
        """The pages one by one, with their tables."""
        before: PageGrid | None = None
        for read in self.document.pages:
            if isinstance(read, LostPage):
                self.findings.append(Finding("page.unreadable", "error", read.message, read.number))
                continue
            self.findings += check_attachments(read)
            if read.damaged is not None:
                message = t(
                    "the page is damaged, and what was read of it may be incomplete: {damaged}", damaged=read.damaged
                )
                self.findings.append(Finding("page.damaged", "warning", message, read.number))
            page = self.untrusted.shown(read, self.document.recognised.get(read.number))
            if read.untrusted is not None:
                self.findings += self.untrusted.page_finding(read.number)
            elif page.words:
                self.with_text += 1
            grid = _grid(page)
            if read.untrusted is None and page.words:
                self.findings += check_ink(page, grid)
            self._note(page)
            self.budget.add(grid)
            self.private.note(grid)
            self.regions += region_rows(grid, self.document.document_id, len(self.regions))
            self.pages.append(replace(grid, tables=()))
            note_beside_hidden(self.shown, before, grid)
            before = grid
            if may_show_form(grid):
                self.waiting.append(grid)
                if len(self.waiting) > WAITING and unread_form(self.waiting[-WAITING], (), knowledge) is None:
                    del self.waiting[-WAITING]
            yield grid

    def _note(self, page: Page) -> None:
        """Keep what has to be known of a page when all forms are read."""
        if page.covered or page.ornaments:
            self.covered[page.number] = (*page.covered, *page.ornaments)
        if page.overlays:
            self.overlays[page.number] = page.overlays
        if page.unmapped:
            self.unmapped[page.number] = page.unmapped
        if (frame := frame_of(page)) is not None:
            self.frames[page.number] = frame


def _grid(page: Page) -> PageGrid:
    """The page's grid. A page with indicators is completed with its clipped text if there is any."""
    frames = lattices(page.level, page.upright)
    if page.stored is None:
        return page_grid(page, frames)
    if tabled(frames, [word for word in page.words if _marked(word[4])]):
        return page_grid(page, frames, complete(page.words, page.stored))
    grid = page_grid(page, frames)
    # a mark may be printed as several words
    if any(_marked(cell.text) for table in grid.tables for cell in table.cells):
        return page_grid(page, frames, complete(page.words, page.stored))
    return grid


def _marked(text: str) -> bool:
    return any(mark in text for mark in MARKS)


def _result(reading: _Reading, forms: Sequence[Form], corrections: Sequence[AnyCorrection]) -> DocumentResult:
    document, untrusted = reading.document, reading.untrusted
    knowledge = load_knowledge()
    facts = document_facts(reading.pages, load_regions(), knowledge.announcements, forms)
    _inherit(forms, facts)
    infer_units(forms)
    stale: list[Finding] = []
    if of_forms := [c for c in corrections if not isinstance(c, TableCorrection)]:
        complete = partial(_inherit_one, facts)
        forms, stale = corrected(forms, of_forms, knowledge.taxonomy, document.info.page_count, complete)
        facts = document_facts(reading.pages, load_regions(), knowledge.announcements, forms)
    unread = _without_added(reading.unread, forms)
    findings = [*reading.findings, *reading.others, *unread, *untrusted.document_findings()]
    findings += check_announced(facts.announced, forms)
    findings += check_hidden(reading.pages, reading.shown, forms)
    findings += [*(x for form in forms for x in _check(form)), *check_across(forms), *stale]
    findings += check_unmapped(reading.unmapped, forms)
    findings += check_recognised(forms, untrusted.recognised)
    findings += check_places(facts.publisher_place, forms, untrusted.recognised, load_places)
    budget, stale = read_tables(reading.budget.tables(), facts.fiscal_year, corrections, document.info.page_count)
    findings += [*check_tables(budget, load_code_names()), *check_text(reading.pages, budget), *stale]
    unread_tables = list(check_unread_tables(reading.budget.left(), reading.used, budget))
    findings += unread_tables
    faults = [*(f for f in reading.findings if f.rule in LOST), *unread, *unread_tables]
    row: Row = {
        **_identity(document.document_id, document.byte_size),
        "status": "partial" if faults else "ok",
        "error_code": faults[0].rule if faults else None,
        **error_columns(_partial_message(reading, len(unread), len(unread_tables)) if faults else None),
        "page_count": document.info.page_count,
        "producer": document.info.producer,
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
    evidence = [line for form in forms for line in evidence_rows(form, _form_id(document, form), document.reader)]
    note_overlays(evidence, reading.overlays)
    agreement = NOTHING_COMPARED
    if document.witness is not None:
        compared, agreement = compare_evidence(evidence, document, reading.covered, reading.frames, findings)
        findings += compared
    tables = {**_tables(forms, findings, reading), **_budget(budget, findings, document), "evidence": evidence}
    if untrusted.recognised:
        tables = as_seen(tables, untrusted.recognised, _sums(forms, document))
    if reading.frames:
        tables = displayed(tables, reading.frames)
    private = reading.private
    private.note_texts([text for correction in corrections for text in texts_in(correction)])
    return DocumentResult(private.masked_row(row), private.masked_rows(tables), untrusted.engine_used, agreement)


def _inherit(forms: Sequence[Form], facts: DocumentFacts) -> None:
    """Give forms that print neither year nor organ those of their document."""
    if facts.year_place is not None:
        inherit(forms, "fiscal_year", facts.fiscal_year, facts.year_place)
    if facts.publisher_place is not None:
        inherit([f for f in forms if f.implementing_unit is None], "department", facts.publisher, facts.publisher_place)


def _inherit_one(facts: DocumentFacts, form: Form) -> None:
    _inherit([form], facts)


def _without_added(unread: Sequence[Finding], forms: Sequence[Form]) -> list[Finding]:
    """The findings of pages with a form that was not read, without those of forms that a person has added."""
    pages = {number for form in forms if form.is_added for number in range(form.page_first, form.page_last + 1)}
    return [finding for finding in unread if finding.page not in pages]


def _form_id(document: DocumentPages, form: Form) -> str:
    return id_of_form(document.document_id, form.form_no)


def _sums(forms: Sequence[Form], document: DocumentPages) -> frozenset[Place]:
    """The values that sums confirm."""
    return frozenset((_form_id(document, form), *value) for form in forms for value in confirmed(form))


def _tables(forms: Sequence[Form], findings: Sequence[Finding], reading: _Reading) -> dict[str, list[Row]]:
    document_id = reading.document.document_id
    names = ("forms", "funds", "indicators", "tasks", "other_values")
    tables: dict[str, list[Row]] = {name: [] for name in names}
    by_form: defaultdict[int | None, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_form[finding.form_no].append(finding)
    for form in forms:
        form_id = _form_id(reading.document, form)
        tables["forms"].append(form_row(form, form_id, document_id, by_form[form.form_no]))
        tables["funds"] += fund_rows(form, form_id)
        tables["indicators"] += indicator_rows(form, form_id)
        tables["tasks"] += task_rows(form, form_id)
        tables["other_values"] += other_value_rows(form, form_id)
    tables["findings"] = [finding_row(document_id, n, f) for n, f in enumerate(findings, start=1)]
    tables["regions"] = reading.regions
    return tables


def _budget(
    tables: Sequence[TableReading], findings: Sequence[Finding], document: DocumentPages
) -> dict[str, list[Row]]:
    by_table: defaultdict[int, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.table_no is not None:
            by_table[finding.table_no].append(finding)
    rows, lines = budget_rows(tables, by_table, document)
    return {"budget_tables": rows, "budget_lines": lines}


def _check(form: Form) -> Iterator[Finding]:
    yield from check_form(form)
    yield from check_funds(form)
    yield from check_indicators(form)
    yield from check_scores(form)


def _partial_message(reading: _Reading, unread: int, unread_tables: int) -> Text:
    unreadable = sum(f.rule == "page.unreadable" for f in reading.findings)
    damaged = sum(f.rule == "page.damaged" for f in reading.findings)
    info = reading.document.info
    parts = [reading.untrusted.message] if reading.untrusted.unread else []
    parts += [tn("{count} page cannot be read", "{count} pages cannot be read", unreadable)] if unreadable else []
    parts += [tn("{count} page is damaged", "{count} pages are damaged", damaged)] if damaged else []
    parts += [t("the file is damaged and was repaired")] if info.repaired else []
    if unread:
        parts.append(
            tn("{count} page shows a form that was not read", "{count} pages show a form that was not read", unread)
        )
    if unread_tables:
        parts.append(
            tn(
                "{count} grid of budget tables was not read",
                "{count} grids of budget tables were not read",
                unread_tables,
            )
        )
    parts += [t("the document is an XFA form")] if info.xfa else []
    return joined(SEMICOLON, parts)
