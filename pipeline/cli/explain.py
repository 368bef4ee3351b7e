"""`budget-forms extract --explain`: how a document was read, cell by cell, for people and for pipes."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.outputs.query.display import cut

if TYPE_CHECKING:
    from pipeline.document.explain import CellExplanation, Explanation, FormExplanation
    from pipeline.forms.dictionary import Entry

PLACE, TEXT, USE, RULE = 7, 18, 23, 21
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
    print(f"{one_line(path.name)}: {len(explanation.pages)} pages, {sum(f.forms for f in explanation.forms)} forms")
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
        yield "Tables that belong to no form"
    for table in tables:
        yield (
            f"  page {table.page}, table {table.number} ({table.rows} rows, {table.columns} columns, "
            f"begins with {cut(table.text, TEXT)!r}):"
        )
        yield from (f"    {gate.value}" for gate in table.gates)
    if not forms and not tables:
        on_page = "" if page is None else f" {page}"
        yield (
            f"  no table on page{on_page}"
            if page in explanation.pages or page is None
            else f"  there is no page {page}"
        )


def _form_lines(form: FormExplanation, page: int | None, width: int | None) -> Iterator[str]:
    pages = (
        f"page {form.page_first}" if form.page_first == form.page_last else f"pages {form.page_first}-{form.page_last}"
    )
    yield f"{form.title or '(no title)'}, {pages}"
    if form.other is not None:
        yield f"  no form of targets, and not read: {form.other.name} (other_forms.toml)"
        return
    yield f"  layout     {_layout(form)}"
    yield f"  structure  {form.structure.value if form.structure is not None else 'unknown'}"
    yield f"  projects   {'; '.join(cut(name, TEXT * 2) for name in form.names[:3]) or 'without a name'}" + (
        f" and {len(form.names) - 3} more" if len(form.names) > 3 else ""
    )
    if not form.forms:
        yield "  an empty template: it names no project with an amount or goal, and no indicator with a target"
    cells = [cell for cell in form.cells if cell.text and (page is None or cell.page == page)]
    for (number, table), own in groupby(cells, key=lambda cell: (cell.page, cell.table)):
        yield f"  page {number}, " + (f"table {table}" if table else "lines")
        for cell in own:
            yield from _cell_lines(cell, width)
    missed = sum(cell.taken is None and cell.table > 0 for cell in cells)
    if cells:
        yield f"  {len(cells)} texts, {missed} of them used by no field"


def _layout(form: FormExplanation) -> str:
    assert form.layout is not None  # only other forms have none
    assert form.reason is not None
    phrase, needs = form.reason
    why = [f"the title has {phrase}"] if phrase else []
    why += [f"these labels are printed: {', '.join(needs)}"] if needs else []
    return f"{form.layout.id}: " + ("; ".join(why) or "no layout with a title or needed labels fits")


def _cell_lines(cell: CellExplanation, width: int | None) -> Iterator[str]:
    from rich.cells import cell_len

    from pipeline.text import one_line

    place = f"r{cell.row} c{cell.column}" if cell.table else ""
    if cell.taken is None and not cell.table:  # a value of a narrative
        yield f"    {cut(one_line(cell.text), (width or 100) - 4)}"
        return
    if cell.taken is None:
        use, rule = "nothing", f"reported as {cell.unread.value}" if cell.unread is not None else "not reported"
    else:
        use, rule = f"{cell.taken.use.value} {cell.meaning}".strip(), cell.taken.rule.value
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
