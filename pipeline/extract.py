"""One PDF to rows: read its pages, find and understand its forms, check them, and say where everything stood.

Nothing is written and nothing but the PDF and the package's own schemas is read. A PDF that cannot be read is a
row with status `failed`, not an exception.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.checks.document import check_announced
from pipeline.checks.forms import check_form
from pipeline.checks.funds import check_funds
from pipeline.checks.hidden import check_hidden
from pipeline.checks.indicators import check_across, check_indicators
from pipeline.checks.model import Finding
from pipeline.checks.scores import check_scores
from pipeline.errors import BudgetFormsError, DocumentError, PageError
from pipeline.extraction import Extraction, Row
from pipeline.fields.document import document_facts
from pipeline.fields.form import Form, amount_columns, inherit, understand
from pipeline.forms.knowledge import Knowledge
from pipeline.forms.model import RawForm
from pipeline.forms.narrative import narratives
from pipeline.forms.read import other_form, read_sheet, sheet_title
from pipeline.forms.segment import segment
from pipeline.grid.cells import page_grid, tabled
from pipeline.grid.clipped import Whole, complete
from pipeline.grid.lattice import lattices
from pipeline.grid.model import PageGrid
from pipeline.knowledge import load_knowledge, load_regions
from pipeline.reading.model import OpenDocument, Page, Reader
from pipeline.regions import page_regions
from pipeline.version import __version__

READERS = ("mupdf", "pdfplumber")


def reader_named(name: str) -> Reader:
    """A reader by its name. The import is late: people without PyMuPDF's licence run with pdfplumber alone.

    Raises BudgetFormsError for an unknown name or a reader that is not installed.
    """
    try:
        if name == "mupdf":
            from pipeline.reading.mupdf import MuPdfReader

            return MuPdfReader()
        if name == "pdfplumber":
            from pipeline.reading.plumber import PlumberReader

            return PlumberReader()
    except ImportError as error:
        raise BudgetFormsError(
            "reader.missing", f"the reader {name} needs a package that is not installed: {error.name}"
        ) from error
    raise BudgetFormsError("reader.unknown", f"there is no reader {name!r}; use one of {', '.join(READERS)}")


@dataclass(slots=True)
class _Pages:
    """What was read of a document's pages."""

    grids: list[PageGrid] = field(default_factory=list)
    scans: list[int] = field(default_factory=list)
    with_text: int = 0
    findings: list[Finding] = field(default_factory=list)
    lost: bool = False  # the file was damaged, and pages are blank


def extract_file(path: Path, reader: str = "mupdf") -> Extraction:
    """All rows of one PDF. Never raises for a bad PDF; see `status` and `error_code` of the document row."""
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
        with chosen.open(path) as document:
            pages = _read_pages(document)
            return _assemble(base, document, pages, chosen.name)
    except DocumentError as error:
        return _failed(base, error)


def read_grids(path: Path, reader: str = "mupdf") -> list[PageGrid]:
    """The tables and lines of a PDF's pages, as forms are found in them. Raises DocumentError for a bad PDF."""
    with reader_named(reader).open(path) as document:
        return _read_pages(document).grids


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
    finding = _finding_row(str(base["document_id"]), 1, Finding("document.failed", "error", error.message))
    return Extraction(row, {"findings": [finding]})


def _read_pages(document: OpenDocument) -> _Pages:
    pages = _Pages()
    for number in range(1, document.info.page_count + 1):
        try:
            page = document.page(number)
        except PageError as error:
            pages.findings.append(Finding("page.unreadable", "error", error.message, number))
            continue
        if page.is_scan:
            pages.scans.append(number)
            message = "the page is an image without text; its content is not read"
            pages.findings.append(Finding("page.scanned", "warning", message, number))
        elif page.words:
            pages.with_text += 1
        pages.grids.append(_grid(document, page))
    if document.info.repaired:
        blank = document.info.page_count - pages.with_text - len(pages.scans)
        message = f"the file is damaged and was repaired; {blank} of its pages show no text, compare with the original"
        pages.findings.append(Finding("document.repaired", "warning", message))
        pages.lost = blank > 0
    return pages


def _grid(document: OpenDocument, page: Page) -> PageGrid:
    """The page's grid. A page with indicators is completed with its clipped text if there is any."""
    frames = lattices(page.level, page.upright)
    if tabled(frames, (word for word in page.words if _marked(word.text))):
        return page_grid(page, frames, _whole(document, page))
    grid = page_grid(page, frames)  # a mark may be printed as several words
    if any(_marked(cell.text) for table in grid.tables for cell in table.cells):
        whole = _whole(document, page)
        return page_grid(page, frames, whole) if whole is not None else grid
    return grid


def _marked(text: str) -> bool:
    return "指标" in text or "绩效" in text


def _whole(document: OpenDocument, page: Page) -> Whole | None:
    stored = document.stored_words(page.number)
    return complete(page.words, stored) if stored is not None else None


def _assemble(base: Row, document: OpenDocument, pages: _Pages, method: str) -> Extraction:
    knowledge = load_knowledge()
    forms, others = _forms(pages.grids, knowledge)
    facts = document_facts(pages.grids, load_regions(), knowledge.announcements, forms)
    if facts.year_place is not None:
        inherit(forms, "fiscal_year", facts.fiscal_year, facts.year_place)
    if facts.publisher_place is not None:
        inherit([f for f in forms if f.implementing_unit is None], "department", facts.publisher, facts.publisher_place)
    findings = [*pages.findings, *others, *check_announced(facts.announced, forms), *check_hidden(pages.grids, forms)]
    findings += [*(x for form in forms for x in _check(form)), *check_across(forms)]
    document_id = str(base["document_id"])
    faults = [f for f in pages.findings if f.rule.startswith("page.") or pages.lost]
    row: Row = {
        **base,
        "status": "partial" if faults else "ok",
        "error_code": faults[0].rule if faults else None,
        "error_message": _partial_message(pages) if faults else None,
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
        "text_layer": "digital" if not pages.scans else "mixed" if pages.with_text else "scanned",
    }
    tables: dict[str, list[Row]] = {"forms": [], "funds": [], "indicators": [], "evidence": []}
    for form in forms:
        form_id = f"{document_id[:12]}-{form.form_no:03d}"
        own = [f for f in findings if f.form_no == form.form_no]
        tables["forms"].append(_form_row(form, form_id, document_id, own))
        tables["funds"] += _fund_rows(form, form_id)
        tables["indicators"] += _indicator_rows(form, form_id)
        tables["evidence"] += _evidence_rows(form, form_id, method)
    tables["findings"] = [_finding_row(document_id, n, f) for n, f in enumerate(findings, start=1)]
    tables["regions"] = list(_region_rows(pages.grids, document_id))
    return Extraction(row, tables)


def _forms(grids: Sequence[PageGrid], knowledge: Knowledge) -> tuple[list[Form], list[Finding]]:
    """The forms of a document, and findings for tables that look like forms and are none."""
    raw: list[RawForm] = []
    others: list[Finding] = []
    for sheet in segment(grids, knowledge):
        other = other_form(sheet, knowledge)
        if other is None:
            raw += read_sheet(sheet, knowledge)
        else:
            title, table = sheet_title(sheet), sheet.pieces[0].table
            message = f"{title.text if title else 'a table'} ({other.name}) is no form of targets and was not read"
            others.append(Finding("document.other_form", "info", message, table.page, table.box))
    raw += narratives(grids, knowledge)
    raw.sort(key=lambda form: form.page_first)
    return [understand(form, number, knowledge.taxonomy) for number, form in enumerate(raw, start=1)], others


def _check(form: Form) -> Iterator[Finding]:
    yield from check_form(form)
    yield from check_funds(form)
    yield from check_indicators(form)
    yield from check_scores(form)


def _partial_message(pages: _Pages) -> str:
    unreadable = sum(f.rule == "page.unreadable" for f in pages.findings)
    parts = [f"{len(pages.scans)} pages are images without text"] if pages.scans else []
    parts += [f"{unreadable} pages cannot be read"] if unreadable else []
    parts += ["the file is damaged and pages are blank"] if pages.lost else []
    return "; ".join(parts)


def _form_row(form: Form, form_id: str, document_id: str, findings: Sequence[Finding]) -> Row:
    names = (
        "form_no",
        "form_kind",
        "layout",
        "title",
        "page_first",
        "page_last",
        "fiscal_year",
        "project_name",
        "project_code",
        "project_category",
        "project_nature",
        "department",
        "department_code",
        "implementing_unit",
        "start_date",
        "end_date",
        "amount_unit",
        "lifetime_goal",
        "annual_goal",
    )
    return {
        "form_id": form_id,
        "document_id": document_id,
        **{name: getattr(form, name) for name in names},
        **dict(amount_columns(form)),
        "text_source": "digital",
        "reviewed": False,
        "error_count": sum(f.severity == "error" for f in findings),
        "warning_count": sum(f.severity == "warning" for f in findings),
    }


def _fund_rows(form: Form, form_id: str) -> list[Row]:
    return [
        {
            "form_id": form_id,
            "line_no": f.line_no,
            "scope": f.scope,
            "source": f.source,
            "label": f.label,
            "amount": f.amount,
            "amount_text": f.amount_text,
            "execution_rate": f.execution_rate,
            "score": f.score,
        }
        for f in form.funds
    ]


def _indicator_rows(form: Form, form_id: str) -> list[Row]:
    return [
        {
            "form_id": form_id,
            "indicator_no": r.indicator_no,
            "level1": r.level1,
            "level2": r.level2,
            "level3": r.level3,
            "level1_code": r.level1_code or "other",
            "level2_code": r.level2_code or "other",
            "level_inferred": r.level_inferred,
            "target": r.target.text,
            "target_kind": r.target.kind,
            "target_operator": r.target.operator,
            "target_value": r.target.value,
            "target_value_high": r.target.value_high,
            "target_unit": r.target.unit,
            "target_date": r.target.on,
            "lifetime_target": r.lifetime_target,
            "weight": r.weight,
            "actual": r.actual,
            "actual_value": r.actual_value,
            "score": r.score,
            "deviation_reason": r.deviation_reason,
            "remark": r.remark,
            "page": r.page,
        }
        for r in form.indicators
    ]


def _evidence_rows(form: Form, form_id: str, method: str) -> list[Row]:
    return [
        {
            "form_id": form_id,
            "table": e.table,
            "row_no": e.row_no,
            "field": e.field,
            "part_no": e.part_no,
            "page": e.part.page,
            "x0": e.part.box.x0,
            "y0": e.part.box.y0,
            "x1": e.part.box.x1,
            "y1": e.part.box.y1,
            "text": e.part.text,
            "method": "inferred" if e.inferred else method,
            "confidence": 1.0,
        }
        for e in form.evidence
    ]


def _finding_row(document_id: str, number: int, finding: Finding) -> Row:
    box = finding.box or (None, None, None, None)
    form_id = f"{document_id[:12]}-{finding.form_no:03d}" if finding.form_no is not None else None
    return {
        "document_id": document_id,
        "finding_no": number,
        "form_id": form_id,
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "page": finding.page,
        "x0": box[0],
        "y0": box[1],
        "x1": box[2],
        "y1": box[3],
    }


def _region_rows(grids: Sequence[PageGrid], document_id: str) -> Iterator[Row]:
    number = 0
    for grid in grids:
        for kind, box, text, cells in page_regions(grid):
            number += 1
            yield {
                "document_id": document_id,
                "region_no": number,
                "page": grid.number,
                "kind": kind,
                "x0": box.x0,
                "y0": box.y0,
                "x1": box.x1,
                "y1": box.y1,
                "text": text,
                "cells": cells,
            }
