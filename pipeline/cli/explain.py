"""`budget-forms extract --explain`: how a document was read, cell by cell, for people and for pipes."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli.printing import say
from pipeline.language import shown
from pipeline.messages import COMMA, SEMICOLON, Text, joined, t, tn
from pipeline.outputs.query.display import cut

if TYPE_CHECKING:
    from pipeline.document.explain import CellExplanation, Explanation, FormExplanation
    from pipeline.forms.dictionary import Entry

PLACE, TEXT, USE, RULE = 7, 18, 23, 21
HEAD = 10
"""Columns of a terminal that place, text, use and rule of a cell take; a Chinese character takes two."""


def explain_file(path: Path, reader: str, password: str | None, page: int | None) -> None:
    """Print how a PDF is read; with `page` only that page. Raises DocumentError for a bad PDF."""
    from pipeline.dictionaries import load_knowledge
    from pipeline.document.assemble import page_grids
    from pipeline.document.explain import explain
    from pipeline.run.read_document import read_document_pages
    from pipeline.text import one_line

    explanation = explain(list(page_grids(read_document_pages(path, reader, password))), load_knowledge())
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    counts = (
        tn("{count} page", "{count} pages", len(explanation.pages)),
        tn("{count} form", "{count} forms", sum(f.forms for f in explanation.forms)),
    )
    say(t("{name}: {counts}", name=one_line(path.name), counts=joined(COMMA, counts)))
    for line in explanation_lines(explanation, page, width):
        print(line)


def explanation_lines(explanation: Explanation, page: int | None = None, width: int | None = None) -> Iterator[str]:
    """The lines to print: forms with their cells, then the tables that are no forms. `page` leaves out all others.

    Lines longer than `width` columns are broken; without a width none is.
    """
    forms = [form for form in explanation.forms if page is None or form.page_first <= page <= form.page_last]
    tables = [table for table in explanation.tables if page is None or table.page == page]
    for form in forms:
        yield ""
        yield from _form_lines(form, page, width)
    if tables:
        yield ""
        yield shown(t("Tables that belong to no form"))
    for table in tables:
        yield "  " + shown(
            t(
                "page {page}, table {number} ({rows} rows, {columns} columns, begins with {text!r}):",
                page=table.page,
                number=table.number,
                rows=table.rows,
                columns=table.columns,
                text=cut(table.text, TEXT),
            )
        )
        yield from (f"    {shown(gate.value)}" for gate in table.gates)
    if not forms and not tables:
        yield f"  {shown(_nothing(page, explanation.pages))}"


def _nothing(page: int | None, pages: Container[int]) -> Text:
    if page is None:
        return t("no table on any page")
    return t("no table on page {page}", page=page) if page in pages else t("there is no page {page}", page=page)


def _form_lines(form: FormExplanation, page: int | None, width: int | None) -> Iterator[str]:
    yield shown(joined(COMMA, (form.title or t("(no title)"), _pages(form))))
    if form.other is not None:
        name = form.other.name
        yield "  " + shown(t("no form of targets, and not read: {name} (other_forms.toml)", name=name))
        return
    yield f"  {_head(t('layout'))}{shown(_layout(form))}"
    yield f"  {_head(t('structure'))}{shown(form.structure.value if form.structure is not None else t('unknown'))}"
    yield f"  {_head(t('projects'))}{shown(_projects(form.names))}"
    if not form.forms:
        yield "  " + shown(
            t("an empty template: it names no project with an amount or goal, and no indicator with a target")
        )
    cells = [cell for cell in form.cells if cell.text and (page is None or cell.page == page)]
    for (number, table), own in groupby(cells, key=lambda cell: (cell.page, cell.table)):
        place = t("table {number}", number=table) if table else t("lines")
        yield "  " + shown(joined(COMMA, (t("page {page}", page=number), place)))
        for cell in own:
            yield from _cell_lines(cell, width)
    missed = sum(cell.taken is None and cell.table > 0 for cell in cells)
    if cells:
        yield "  " + shown(t("{count} texts, {missed} of them used by no field", count=len(cells), missed=missed))


def _pages(form: FormExplanation) -> Text:
    if form.page_first == form.page_last:
        return t("page {page}", page=form.page_first)
    return t("pages {numbers}", numbers=f"{form.page_first}-{form.page_last}")


def _head(name: Text) -> str:
    return _padded([(shown(name), HEAD)]) + " "


def _projects(names: Sequence[str]) -> Text:
    if not names:
        return t("without a name")
    first = joined(SEMICOLON, (cut(name, TEXT * 2) for name in names[:3]))
    return t("{names} and {count} more", names=first, count=len(names) - 3) if len(names) > 3 else first


def _layout(form: FormExplanation) -> Text:
    assert form.layout is not None  # only other forms have none
    assert form.reason is not None
    phrase, needs = form.reason
    why = [t("the title has {phrase}", phrase=phrase)] if phrase else []
    why += [t("these labels are printed: {labels}", labels=joined(COMMA, needs))] if needs else []
    none = t("no layout with a title or needed labels fits")
    return t("{name}: {why}", name=form.layout.id, why=joined(SEMICOLON, why) if why else none)


def _cell_lines(cell: CellExplanation, width: int | None) -> Iterator[str]:
    from rich.cells import cell_len

    from pipeline.text import one_line

    place = f"r{cell.row} c{cell.column}" if cell.table else ""
    if cell.taken is None and not cell.table:  # a value of a narrative
        yield f"    {cut(one_line(cell.text), (width or 100) - 4)}"
        return
    if cell.taken is None:
        use = shown(t("nothing"))
        kind = cell.unread.value if cell.unread is not None else None
        rule = shown(t("reported as {kind}", kind=kind) if kind is not None else t("not reported"))
    else:
        use, rule = f"{shown(cell.taken.use.value)} {cell.meaning}".strip(), shown(cell.taken.rule.value)
    columns = _padded([(place, PLACE), (cut(one_line(cell.text), TEXT), TEXT), (cut(use, USE), USE), (rule, RULE)])
    entry = _entry(cell.entry) if cell.entry is not None else ""
    line = f"  {columns} {entry}".rstrip()
    if width is None or cell_len(line) <= width or not entry:
        yield line
    else:
        yield f"  {columns}".rstrip()
        yield f"  {' ' * (PLACE + TEXT + 2)}{entry}"


def _entry(entry: Entry) -> str:
    return f"{entry.file} /{entry.text}/" if entry.is_pattern else f"{entry.file} {entry.text}"


def _padded(columns: Iterable[tuple[str, int]]) -> str:
    from rich.cells import cell_len

    return " ".join(text + " " * (width - cell_len(text)) for text, width in columns)
