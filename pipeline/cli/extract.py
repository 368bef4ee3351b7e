"""`budget-forms extract`: reads PDFs without writing anything."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.options import Password
from pipeline.cli.printing import say
from pipeline.dataset.contract.names import code_name, name_for_people
from pipeline.language import shown
from pipeline.messages import COMMA, SEMICOLON, Text, both, joined, known, t, tn

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.document.result import DocumentResult, Row

JSON_TABLES = (
    *("forms", "funds", "indicators", "tasks", "other_values", "budget_tables", "budget_lines", "evidence"),
    "findings",
)
FACTS = ("project_code", "project_category", "department", "implementing_unit", "start_date", "end_date")


def extract(
    files: Annotated[list[Path], typer.Argument(help=t("PDF files to read."), metavar="FILE.pdf…")],
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help=t(
                "One JSON object a line: a document with its forms, indicators, budget tables, evidence and findings."
            ),
        ),
    ] = False,
    reader: Annotated[str, typer.Option(help=t("mupdf, or pdfplumber for use without AGPL code."))] = "mupdf",
    password: Password = None,
    schemas: Annotated[
        Path | None, typer.Option(help=t("Folder of layouts and labels of your own, beside those of the package."))
    ] = None,
    explain: Annotated[
        bool,
        typer.Option("--explain", help=t("Print the use of each cell, its rule and dictionary entry.")),
    ] = False,
    page: Annotated[int | None, typer.Option(min=1, help=t("With --explain: only this page."), metavar="N")] = None,
) -> None:
    """Reads PDFs and prints their forms and budget tables. Writes nothing.

    Exit status 1 when a document failed or was read in part.
    """
    from pipeline.dictionaries import use_schemas
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
    own = schemas or os.environ.get("BUDGET_FORMS_SCHEMAS")
    use_schemas(Path(own) if own else None)
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
        say(t("{name}: {code}: {message}", name=path.name, code=error.code, message=error.message))
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

    from pipeline.document.rows import error_of
    from pipeline.text import one_line

    document, tables = result.document, result.tables
    findings, budget = tables.get("findings", []), tables.get("budget_tables", [])
    counts = [code_name("documents", "status", document["status"]), *_counts(document, tables)]
    about = escape(shown(joined(COMMA, counts)))
    console.print(f"[bold]{escape(one_line(path.name))}[/bold]{escape(shown(t(': ')))}{about}", soft_wrap=True)
    if (message := error_of(document)) is not None:
        console.print(f"  {document['error_code']}{shown(t(': '))}{escape(shown(message))}", soft_wrap=True)
    for form in tables.get("forms", []):
        own = {name: [row for row in rows if row.get("form_id") == form["form_id"]] for name, rows in tables.items()}
        console.print(f"\n[bold]{escape(shown(_name(form)))}[/bold]  {escape(shown(_about(form)))}", soft_wrap=True)
        for line in _form_lines(form, own):
            console.print(f"  {escape(shown(line))}", soft_wrap=True)
    if budget:
        console.print(f"\n[bold]{shown(t('budget tables'))}[/bold]")
    for line in map(_table_line, budget):
        console.print(f"  {escape(shown(line))}", soft_wrap=True)
    for line in _finding_lines([f for f in findings if f["form_id"] is None]):
        console.print(f"  {escape(shown(line))}", soft_wrap=True)
    if (tables.get("forms") or budget) and findings:
        summary = Table(*map(shown, (t("rule"), t("severity"), t("findings"))), box=None, padding=(0, 2, 0, 0))
        found = Counter((str(finding["rule"]), str(finding["severity"])) for finding in findings)
        for (rule, severity), count in sorted(found.items()):
            summary.add_row(rule, shown(code_name("findings", "severity", severity)), str(count))
        console.print(summary)


def _counts(document: Row, tables: Mapping[str, Sequence[Row]]) -> Iterator[Text]:
    yield tn("{count} page", "{count} pages", _whole(document.get("page_count")))
    yield tn("{count} form", "{count} forms", _whole(document["form_count"]))
    yield tn("{count} indicator", "{count} indicators", len(tables.get("indicators", [])))
    if budget := tables.get("budget_tables"):
        yield tn("{count} budget table", "{count} budget tables", len(budget))


def _whole(number: object) -> int:
    return number if isinstance(number, int) else 0


def _name(form: Row) -> Text:
    name = form["project_name"] or form["department"] or t("(no name)")
    return t("{number} {name}", number=form["form_no"], name=name)


def _about(form: Row) -> Text:
    year = known(str(form["fiscal_year"])) if form["fiscal_year"] else t("year unknown")
    kind = code_name("forms", "form_kind", form["form_kind"])
    return joined(COMMA, (_pages(form), year, kind, t("layout {id}", id=form["layout"])))


def _table_line(table: Row) -> Text:
    kinds = [code_name("budget_tables", name, table[name]) for name in ("kind", "basis", "variant") if table[name]]
    stage = code_name("budget_tables", "stage", table["stage"])
    return t(
        "{number:>3}  {title}: {facts}",
        number=table["table_no"],
        title=table["title"],
        facts=joined(COMMA, (joined(known("/"), kinds), stage, _pages(table), _numbers(table))),
    )


def _numbers(table: Row) -> Text:
    if table["is_empty"]:
        return t("empty")
    unit = table["amount_unit"] or t("no unit")
    return tn("{count} number in {unit}", "{count} numbers in {unit}", _whole(table["line_count"]), unit=unit)


def _pages(row: Row) -> Text:
    first, last = row["page_first"], row["page_last"]
    return t("page {page}", page=first if first == last else f"{first}-{last}")


def _form_lines(form: Row, own: dict[str, list[Row]]) -> Iterator[Text]:
    if facts := [t("{name} {value}", name=name_for_people(name), value=form[name]) for name in FACTS if form[name]]:
        yield joined(SEMICOLON, facts)
    for fund in own.get("funds", []):
        amount = fund["amount"]
        money = t("{amount:,} yuan", amount=amount) if isinstance(amount, Decimal) else known(str(fund["amount_text"]))
        scope, source = (code_name("funds", name, fund[name]) for name in ("scope", "source"))
        yield t("{label}: {money} ({scope}, {source})", label=fund["label"], money=money, scope=scope, source=source)
    for row in own.get("indicators", []):
        levels = " / ".join(str(row[level]) for level in ("level1", "level2", "level3") if row[level])
        yield t(
            "{number:>3}  {levels}: {target}", number=row["indicator_no"], levels=levels, target=row["target"] or ""
        )
    for task in own.get("tasks", []):
        total = task["amount_total"]
        money = t("{amount:,} yuan", amount=total) if isinstance(total, Decimal) else t("no amount")
        yield t("task {number}  {name}: {money}", number=task["task_no"], name=task["name"] or "", money=money)
    for other in own.get("other_values", []):
        yield t("{label}: {text}", label=other["label"], text=other["text"])
    yield from _finding_lines(own.get("findings", []))


def _finding_lines(findings: list[Row]) -> Iterator[Text]:
    for finding in findings:
        severity = code_name("findings", "severity", finding["severity"])
        message = both(finding["message"], finding["message_zh"])
        line = t("{severity} {rule}: {message}", severity=severity, rule=finding["rule"], message=message)
        yield t("{line} (page {page})", line=line, page=finding["page"]) if finding["page"] else line
