"""`budget-forms extract`: reads PDFs without writing anything."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.options import Password
from pipeline.messages import t

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.document.result import DocumentResult, Row

JSON_TABLES = (
    *("forms", "funds", "indicators", "tasks", "other_values", "budget_tables", "budget_lines", "evidence"),
    "findings",
)
FACTS = ("project_code", "project_category", "department", "implementing_unit", "start_date", "end_date")


def extract(
    files: Annotated[list[Path], typer.Argument(help="PDF files to read.", metavar="FILE.pdf…")],
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="One JSON object a line: a document with its forms, indicators, budget tables, evidence and findings.",
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
    """Reads PDFs and prints their forms and budget tables. Writes nothing.

    Exit status 1 when a document failed or was read in part.
    """
    from pipeline.errors import UsageError
    from pipeline.run.read_document import read_document

    if folder := next((path for path in files if path.is_dir()), None):
        read = f"budget-forms ingest --raw {shlex.quote(str(folder))}"
        raise UsageError(
            "usage.folder", t("{folder} is a folder: read it into a dataset with `{read}`", folder=folder, read=read)
        )
    missing = [str(path) for path in files if not path.is_file()]
    if missing:
        raise UsageError("usage.file", t("no such file: {missing}", missing=", ".join(missing)))
    if page is not None and not explain:
        raise UsageError("usage.page", t("--page goes with --explain"))
    if explain and as_json:
        raise UsageError("usage.explain", t("give --explain or --json, not both"))
    secret = password or os.environ.get("BUDGET_FORMS_PASSWORD")
    whole = True
    for path in files:
        if explain:
            whole &= _explain(path, reader, secret, page)
            continue
        result = read_document(path, reader, secret, verify=True)
        whole &= result.document["status"] == "ok"
        if as_json:
            sys.stdout.write(json.dumps(_as_json(path, result), ensure_ascii=False, default=_plain) + "\n")
        else:
            from rich.console import Console

            _show(Console(), path, result)
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


def _as_json(path: Path, result: DocumentResult) -> Row:
    return {
        "document": {**result.document, "file_name": path.name},
        **{table: result.tables.get(table, []) for table in JSON_TABLES},
    }


def _plain(value: object) -> str:
    """Decimals and dates as text: JSON's numbers are floats to most readers, and money is no float."""
    if isinstance(value, Decimal | date):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _show(console: Console, path: Path, result: DocumentResult) -> None:
    from rich.markup import escape
    from rich.table import Table

    from pipeline.text import one_line

    document, tables = result.document, result.tables
    findings, budget = tables.get("findings", []), tables.get("budget_tables", [])
    console.print(
        f"[bold]{escape(one_line(path.name))}[/bold]: {document['status']}, {document.get('page_count') or 0} pages, "
        f"{document['form_count']} forms, {len(tables.get('indicators', []))} indicators"
        + (f", {len(budget)} budget tables" if budget else "")
    )
    if document.get("error_message"):
        console.print(f"  {document['error_code']}: {escape(str(document['error_message']))}")
    for form in tables.get("forms", []):
        own = {name: [row for row in rows if row.get("form_id") == form["form_id"]] for name, rows in tables.items()}
        console.print(f"\n[bold]{escape(_name(form))}[/bold]  {_about(form)}", soft_wrap=True)
        for line in _form_lines(form, own):
            console.print(f"  {escape(line)}", soft_wrap=True)
    if budget:
        console.print("\n[bold]budget tables[/bold]")
    for line in map(_table_line, budget):
        console.print(f"  {escape(line)}", soft_wrap=True)
    for line in _finding_lines([f for f in findings if f["form_id"] is None]):
        console.print(f"  {escape(line)}", soft_wrap=True)
    if (tables.get("forms") or budget) and findings:
        summary = Table("rule", "severity", "findings", box=None, padding=(0, 2, 0, 0))
        counts = Counter((str(finding["rule"]), str(finding["severity"])) for finding in findings)
        for (rule, severity), count in sorted(counts.items()):
            summary.add_row(rule, severity, str(count))
        console.print(summary)


def _name(form: Row) -> str:
    return f"{form['form_no']} {form['project_name'] or form['department'] or '(no name)'}"


def _about(form: Row) -> str:
    return f"{_pages(form)}, {form['fiscal_year'] or 'year unknown'}, {form['form_kind']}, layout {form['layout']}"


def _table_line(table: Row) -> str:
    kind = "/".join(str(table[name]) for name in ("kind", "basis", "variant") if table[name])
    numbers = "empty" if table["is_empty"] else f"{table['line_count']} numbers in {table['amount_unit'] or 'no unit'}"
    return f"{table['table_no']:>3}  {table['title']}: {kind}, {table['stage']}, {_pages(table)}, {numbers}"


def _pages(row: Row) -> str:
    first, last = row["page_first"], row["page_last"]
    return f"page {first if first == last else f'{first}-{last}'}"


def _form_lines(form: Row, own: dict[str, list[Row]]) -> Iterator[str]:
    if facts := [f"{name} {form[name]}" for name in FACTS if form[name]]:
        yield "; ".join(facts)
    for fund in own.get("funds", []):
        amount = fund["amount"]
        shown = f"{amount:,} yuan" if isinstance(amount, Decimal) else str(fund["amount_text"])
        yield f"{fund['label']}: {shown} ({fund['scope']}, {fund['source']})"
    for row in own.get("indicators", []):
        levels = " / ".join(str(row[level]) for level in ("level1", "level2", "level3") if row[level])
        yield f"{row['indicator_no']:>3}  {levels}: {row['target'] or ''}"
    for task in own.get("tasks", []):
        total = task["amount_total"]
        shown = f"{total:,} yuan" if isinstance(total, Decimal) else "no amount"
        yield f"task {task['task_no']}  {task['name'] or ''}: {shown}"
    for other in own.get("other_values", []):
        yield f"{other['label']}: {other['text']}"
    yield from _finding_lines(own.get("findings", []))


def _finding_lines(findings: list[Row]) -> Iterator[str]:
    for finding in findings:
        place = f" (page {finding['page']})" if finding["page"] else ""
        yield f"{finding['severity']} {finding['rule']}: {finding['message']}{place}"
