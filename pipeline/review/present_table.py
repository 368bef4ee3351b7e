"""A budget table as the page lays it out: its printed rows and columns, each number with its place and its meaning."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from pipeline.budget.model import Column, RowIdentity
from pipeline.dataset.contract.schema import load_schema
from pipeline.document.corrections.table_fields import ROW_FIELDS, TABLE_FIELDS, row_text
from pipeline.document.result import Row
from pipeline.document.table_layout import TableLayout
from pipeline.language import Language, shown
from pipeline.messages import known as known_text
from pipeline.review.places import box_of, is_same_place
from pipeline.review.present import Label, Note, Place, Sheet, in_yuan, label_of, noted, pages_of, shown_code
from pipeline.review.worker import Size
from pipeline.tables.model import Box

_MEANING = ("side", "fund", "use", "origin", "phase", "item", "value_kind", "heading", "method")
_TRUTHS = {"yes": "是", "no": "否"}
_DERIVED = ("level", "parent_row_no", "is_leaf")


class Head(NamedTuple):
    """A heading over several grid columns and rows."""

    text: str
    columns: int
    rows: int
    is_number: bool


@dataclass(frozen=True, slots=True)
class TableCell:
    """A text that can be corrected: what a correction needs, and its meaning as JSON `[[name, text, field, shown], …]`.

    `key` joins it with its box. `kind` is that of the correction. A number has a `column`, other texts have a `field`.
    """

    key: str
    kind: str
    row: int
    panel: int
    column: int | None
    field: str | None
    label: Label
    text: str | None
    method: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class TableLine:
    """A body row: of each panel its code, its label and its numbers. `begins_page`: it is the first of its page."""

    number: int
    page: int
    begins_page: bool
    cells: tuple[TableCell, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """One of the parts side by side, for a new row: its columns of numbers with their headings."""

    number: int
    columns: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class TableGrid:
    """A table as it is printed."""

    heads: tuple[tuple[Head, ...], ...]
    lines: tuple[TableLine, ...]
    panels: tuple[Panel, ...]
    width: int  # columns


@cache
def labels(table: str, names: tuple[str, ...]) -> Mapping[str, Label]:
    """Names and meanings of columns of a table of the dataset."""
    columns = {column.name: column for column in load_schema().tables[table].columns}
    return {name: label_of(columns[name]) for name in names}


def table_cells(table: Row) -> tuple[TableCell, ...]:
    """The fields of the table itself."""
    known = labels("budget_tables", TABLE_FIELDS)
    return tuple(
        TableCell(f"table-{name}", "table_value", 0, 0, None, name, known[name], _text(table[name]), None, "[]")
        for name in TABLE_FIELDS
    )


def table_grid(layout: TableLayout, lines: Iterable[Row], language: Language) -> TableGrid:
    """The printed rows of a table; `lines` are its rows of `budget_lines`."""
    numbers = {(line["row_no"], line["panel"], line["column_no"]): line for line in lines}
    panels = sorted({row.panel for row in layout.rows} | {column.panel for column in layout.columns.values()})
    columns = {panel: {n: c for n, c in sorted(layout.columns.items()) if c.panel == panel} for panel in panels}
    coded = {row.panel for row in layout.rows if row.code}
    made: list[TableLine] = []
    for number, group in groupby(sorted(layout.rows, key=lambda row: row.row_no), key=lambda row: row.row_no):
        rows = {row.panel: row for row in group}
        cells: list[TableCell] = []
        for panel in panels:
            row = rows.get(panel) or RowIdentity(number, panel, next(iter(rows.values())).page)
            cells += _row_cells(row, panel in coded, language)
            cells += [
                _number(row, n, column, numbers.get((number, panel, n)), language)
                for n, column in columns[panel].items()
            ]
        page = next(iter(rows.values())).page
        made.append(TableLine(number, page, not made or made[-1].page != page, tuple(cells)))
    heads = _heads([(panel in coded, list(columns[panel].values())) for panel in panels])
    new = tuple(Panel(p, tuple((n, "/".join(c.path)) for n, c in columns[p].items())) for p in panels)
    return TableGrid(heads, tuple(made), new, sum(1 + (p in coded) + len(columns[p]) for p in panels))


def number_key(line: Row) -> str:
    """The key of a number and its box."""
    return f"number-{line['row_no']}-{line['panel']}-{line['column_no']}"


def row_key(line: Row) -> str:
    """The key of the label of a row."""
    return f"row-{line['row_no']}-{line['panel']}-label"


def table_notes(findings: Iterable[Row], table_id: str, lines: Sequence[Row]) -> tuple[Note, ...]:
    """The findings of a table, each with the number or text that it is about, if that is known."""
    own = [row for row in findings if row["table_id"] == table_id]
    return noted(own, [_key_of(row, lines) for row in own])


_OF_TABLE = {"table.no_unit": "table-amount_unit", "table.unknown_title": "table-kind"}
_OF_LABELS = ("table.code_name", "table.number_not_read")


def _key_of(finding: Row, lines: Sequence[Row]) -> str | None:
    """The value that a finding is about: a field of the table, the label of a row, or a number, printed or missing."""
    rule, box = str(finding["rule"]), box_of(finding)
    if rule in _OF_TABLE:
        return _OF_TABLE[rule]
    placed = [(line, own) for line in lines if line["page"] == finding["page"] and (own := box_of(line)) is not None]
    if box is None:
        return next((row_key(line) for line in lines if finding["text"] and line["label"] == finding["text"]), None)
    beside = next((line for line, own in placed if _is_level(own, box)), None)
    if rule in _OF_LABELS:
        return row_key(beside) if beside is not None else None
    if (there := next((line for line, own in placed if is_same_place(own, box)), None)) is not None:
        return number_key(there)
    above = next((line for line, own in placed if _is_below(own, box)), None)
    if rule == "table.not_a_number" and beside is not None and above is not None:
        return number_key({**beside, "panel": above["panel"], "column_no": above["column_no"]})
    return None


def _is_level(one: Box, other: Box) -> bool:
    """Whether two boxes stand in one row: the middle of one lies within the height of the other."""
    return other.y0 <= (one.y0 + one.y1) / 2 <= other.y1 or one.y0 <= (other.y0 + other.y1) / 2 <= one.y1


def _is_below(one: Box, other: Box) -> bool:
    """Whether two boxes stand in one column: the middle of one lies within the width of the other."""
    return other.x0 <= (one.x0 + one.x1) / 2 <= other.x1 or one.x0 <= (other.x0 + other.x1) / 2 <= one.x1


def table_sheets(
    table: Row, lines: Sequence[Row], found: Sequence[Note], sizes: Mapping[int, Size]
) -> tuple[Sheet, ...]:
    """The pages of a table, with a box for each number, and after them those that only findings are about."""
    made = []
    own = pages_of(table)
    for number, size in sorted(sizes.items(), key=lambda item: (item[0] not in own, item[0])):
        boxed = [(line, box) for line in lines if line["page"] == number and (box := box_of(line)) is not None]
        places = tuple(Place(number_key(line), box, _title(line), again=False) for line, box in boxed)
        on_page = tuple(note for note in found if note.page == number and note.box is not None)
        made.append(Sheet(number, size, number in own, places, on_page))
    return tuple(made)


def _row_cells(row: RowIdentity, has_code: bool, language: Language) -> list[TableCell]:
    known = labels("budget_lines", (*ROW_FIELDS, *_DERIVED))
    detail = [_detail(known[name], row_text(row, name), name, language) for name in ROW_FIELDS]
    detail += [_detail(known[name], getattr(row, name), None, language) for name in _DERIVED]
    stored = json.dumps(detail, ensure_ascii=False)
    fields = ("code", "label") if has_code else ("label",)
    return [
        TableCell(
            f"row-{row.row_no}-{row.panel}-{name}",
            *("table_row_value", row.row_no, row.panel, None, name, known[name], row_text(row, name), None),
            stored if name == "label" else "[]",
        )
        for name in fields
    ]


def _number(row: RowIdentity, n: int, column: Column, line: Row | None, language: Language) -> TableCell:
    place = f"{row.label or ''} {row.code or ''}".strip()
    heading = Label("amount_text", known_text("/".join(column.path)), known_text(place), {})
    text, method, detail = None, None, list[list[str | None]]()
    if line is not None:
        known = labels("budget_lines", (*_MEANING, "amount"))
        text, method = str(line["amount_text"]), str(line["method"])
        amount: Any = line["amount"]
        detail = [
            _detail(known["amount"], None if amount is None else shown(in_yuan(amount), language), None, language)
        ]
        detail += [_detail(known[name], line[name], None, language) for name in _MEANING]
    stored = json.dumps(detail, ensure_ascii=False)
    key = f"number-{row.row_no}-{row.panel}-{n}"
    return TableCell(key, "table_number", row.row_no, row.panel, n, None, heading, text, method, stored)


def _heads(panels: Sequence[tuple[bool, Sequence[Column]]]) -> tuple[tuple[Head, ...], ...]:
    """The rows of headings over all panels; of each panel, code and label come before its numbers."""
    depth = max((len(column.path) for _, columns in panels for column in columns), default=1) or 1
    rows: list[list[Head]] = [[] for _ in range(depth)]
    known = labels("budget_lines", ("code", "label"))
    for has_code, columns in panels:
        rows[0] += [Head(known["code"].label, 1, depth, False)] * has_code + [
            Head(known["label"].label, 1, depth, False)
        ]
        for level in range(depth):
            rows[level] += _level([column.path or ("",) for column in columns], level, depth)
    return tuple(map(tuple, rows))


def _level(paths: Sequence[tuple[str, ...]], level: int, depth: int) -> list[Head]:
    """The headings of one row: a last heading reaches down to the body, others stand once over all that they share."""
    made: list[Head] = []
    reaching = ((n, path) for n, path in enumerate(paths) if len(path) > level)
    for _, group in groupby(reaching, key=lambda item: _group(item, level)):
        shared = list(group)
        is_last = len(shared[0][1]) == level + 1
        made.append(Head(shared[0][1][level], len(shared), depth - level if is_last else 1, True))
    return made


def _group(item: tuple[int, tuple[str, ...]], level: int) -> tuple[object, ...]:
    n, path = item
    return (n,) if len(path) == level + 1 else path[: level + 1]


def _title(line: Row) -> str:
    return f"{line['label'] or ''} · {line['heading']}"


def _detail(label: Label, value: object, field: str | None, language: Language) -> list[str | None]:
    """A line of a meaning: its name, its text, the field that a correction names, and the text as it is shown."""
    text = _text(value)
    meant = None if text is None else shown_code(label.code_names or _TRUTHS, text, language)
    return [shown(label.label, language), text, field, meant]


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is None else str(value)
