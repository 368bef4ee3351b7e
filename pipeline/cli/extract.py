"""`budget-forms extract`: reads PDFs without writing anything."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.options import Password

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.document.result import Extraction, Row

JSON_TABLES = ("forms", "funds", "indicators", "evidence", "findings")


def extract(
    files: Annotated[list[Path], typer.Argument(help="PDF files to read.", metavar="FILE.pdf…")],
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="One JSON object a line: a document with its forms, funds, indicators, evidence and findings.",
        ),
    ] = False,
    reader: Annotated[str, typer.Option(help="mupdf, or pdfplumber for use without AGPL code.")] = "mupdf",
    password: Password = None,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Print the use of each cell, its rule and dictionary entry."),
    ] = False,
    page: Annotated[int | None, typer.Option(min=1, help="With --explain: only this page.", metavar="N")] = None,
) -> None:
    """Reads PDFs and prints their forms. Writes nothing. Exit status 1 when a document failed or was read in part."""
    from pipeline.errors import UsageError
    from pipeline.run.read_document import read_document

    missing = [str(path) for path in files if not path.is_file()]
    if missing:
        raise UsageError("usage.file", f"no such file: {', '.join(missing)}")
    if page is not None and not explain:
        raise UsageError("usage.page", "--page goes with --explain")
    if explain and as_json:
        raise UsageError("usage.explain", "give --explain or --json, not both")
    secret = password or os.environ.get("BUDGET_FORMS_PASSWORD")
    whole = True
    for path in files:
        if explain:
            whole &= _explain(path, reader, secret, page)
            continue
        extraction = read_document(path, reader, secret, verify=True)
        whole &= extraction.document["status"] == "ok"
        if as_json:
            sys.stdout.write(json.dumps(_as_json(path, extraction), ensure_ascii=False, default=_plain) + "\n")
        else:
            from rich.console import Console

            _show(Console(), path, extraction)
    if not whole:
        raise typer.Exit(1)


def _explain(path: Path, reader: str, password: str | None, page: int | None) -> bool:
    """Print the explanation of a document; False when it cannot be read."""
    from pipeline.cli.explain import explain_file
    from pipeline.errors import DocumentError

    try:
        explain_file(path, reader, password, page)
    except DocumentError as error:
        print(f"{path.name}: {error.code}: {error.message}")
        return False
    return True


def _as_json(path: Path, extraction: Extraction) -> Row:
    return {
        "document": {**extraction.document, "file_name": path.name},
        **{table: extraction.tables.get(table, []) for table in JSON_TABLES},
    }


def _plain(value: object) -> str:
    """Decimals and dates as text: JSON's numbers are floats to most readers, and money is no float."""
    if isinstance(value, Decimal | date):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _show(console: Console, path: Path, extraction: Extraction) -> None:
    from rich.markup import escape
    from rich.table import Table

    from pipeline.text import one_line

    document, tables = extraction.document, extraction.tables
    console.print(
        f"[bold]{escape(one_line(path.name))}[/bold]: {document['status']}, {document.get('page_count') or 0} pages, "
        f"{document['form_count']} forms, {len(tables.get('indicators', []))} indicators"
    )
    if document.get("error_message"):
        console.print(f"  {document['error_code']}: {escape(str(document['error_message']))}")
    for form in tables.get("forms", []):
        _show_form(console, form, tables)
    loose = [f for f in tables.get("findings", []) if f["form_id"] is None]
    for line in _finding_lines(loose):
        console.print(f"  {escape(line)}", soft_wrap=True)
    if not tables.get("forms"):
        return
    summary = Table("rule", "severity", "findings", box=None, padding=(0, 2, 0, 0))
    counts: dict[tuple[str, str], int] = {}
    for finding in tables.get("findings", []):
        name = (str(finding["rule"]), str(finding["severity"]))
        counts[name] = counts.get(name, 0) + 1
    for (rule, severity), count in sorted(counts.items()):
        summary.add_row(rule, severity, str(count))
    if counts:
        console.print(summary)


def _show_form(console: Console, form: Row, tables: dict[str, list[Row]]) -> None:
    from rich.markup import escape

    own = {
        table: [row for row in tables.get(table, []) if row["form_id"] == form["form_id"]]
        for table in ("funds", "indicators", "findings")
    }
    name = form["project_name"] or form["department"] or "(no name)"
    pages = (
        form["page_first"] if form["page_first"] == form["page_last"] else f"{form['page_first']}-{form['page_last']}"
    )
    console.print(
        f"\n[bold]{form['form_no']} {escape(str(name))}[/bold]  page {pages}, {form['fiscal_year'] or 'year unknown'}, "
        f"{form['form_kind']}, layout {form['layout']}",
        soft_wrap=True,
    )
    facts = [
        (key, form[key])
        for key in ("project_code", "project_category", "department", "implementing_unit", "start_date", "end_date")
        if form[key]
    ]
    if facts:
        console.print("  " + escape("; ".join(f"{key} {value}" for key, value in facts)), soft_wrap=True)
    for fund in own["funds"]:
        amount = fund["amount"]
        shown = f"{amount:,} yuan" if isinstance(amount, Decimal) else str(fund["amount_text"])
        console.print(
            f"  {escape(str(fund['label']))}: {escape(shown)} ({fund['scope']}, {fund['source']})", soft_wrap=True
        )
    for row in own["indicators"]:
        levels = " / ".join(str(row[level]) for level in ("level1", "level2", "level3") if row[level])
        console.print(
            f"  {row['indicator_no']:>3}  {escape(levels)}: {escape(str(row['target'] or ''))}", soft_wrap=True
        )
    for line in _finding_lines(own["findings"]):
        console.print(f"  {escape(line)}", soft_wrap=True)


def _finding_lines(findings: list[Row]) -> Iterator[str]:
    for finding in findings:
        place = f" (page {finding['page']})" if finding["page"] else ""
        yield f"{finding['severity']} {finding['rule']}: {finding['message']}{place}"
