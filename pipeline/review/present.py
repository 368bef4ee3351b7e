"""A form as the page lays it out: values and pages with their boxes, findings with the value that they are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pipeline.dataset.contract.names import column_name
from pipeline.dataset.contract.schema import Column, load_schema
from pipeline.document.corrections.fields import FIELDS, NUMBERS, OF_NEW_ROWS, column_of, text_of
from pipeline.document.corrections.table_fields import TABLE_FIELDS
from pipeline.document.result import Row
from pipeline.language import Language, shown
from pipeline.messages import Text, both, t
from pipeline.review.data import Shown
from pipeline.review.finding_values import Rows, finding_keys
from pipeline.review.places import box_of, key_of, value_key
from pipeline.review.worker import Size
from pipeline.tables.model import Box

_ALWAYS = ("level1", "level2", "level3", "target", "scope", "label", "source", "amount")
_UNDERSTOOD = ("target_operator", "target_value", "target_value_high", "target_unit", "target_date")
_GRAVEST = ("error", "warning", "info")


class Label(NamedTuple):
    """Name and meaning of a field; `code_names` are the codes that it may hold with their Chinese names."""

    field: str
    label: Text
    description: Text
    code_names: Mapping[str, str]


BOX_COLUMNS = ("x0", "y0", "x1", "y1")


@dataclass(frozen=True, slots=True)
class Cell:
    """A value: `text` as corrections have it, `beside` its parsed meaning. `key` joins it with its boxes."""

    key: str
    field: str
    row: int
    label: Label
    text: str | None
    beside: str | None
    method: str | None
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table."""

    number: int
    name: str | None
    page: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of a form with the columns in which something stands; `all_labels` are those of a new row."""

    table: str
    title: Text
    labels: tuple[Label, ...]
    all_labels: tuple[Label, ...]
    lines: tuple[Line, ...]


class PlainCell(NamedTuple):
    """A value that cannot be corrected: its text, None where nothing is printed, and its key where it has a box."""

    text: str | None
    key: str | None


@dataclass(frozen=True, slots=True)
class PlainList:
    """Rows of a table that cannot be corrected: their values by column."""

    table: str
    title: Text
    labels: tuple[Label, ...]
    lines: tuple[tuple[PlainCell, ...], ...]
    new_labels: tuple[Label, ...]  # of a row that can be added; nothing where none can


@dataclass(frozen=True, slots=True)
class Place:
    """A box on a page: of the value `key`. `again`: it is that of another value too, as in a merged cell."""

    key: str
    box: Box
    title: str
    again: bool


@dataclass(frozen=True, slots=True)
class Note:
    """A finding; `number` counts those shown, `finding_no` those of the document.

    `key` is the value that it is about, if that is known; `form_id` and `table_id` say where it is shown.
    """

    number: int
    finding_no: int
    rule: str
    severity: str
    message: str
    page: int | None
    box: Box | None
    key: str | None
    form_id: str | None
    table_id: str | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page with its boxes. `belongs`: it is one of the form's own, not one that only a value comes from."""

    number: int
    size: Size
    belongs: bool
    places: tuple[Place, ...]
    notes: tuple[Note, ...]


def plain_list(table: str, title: Text, rows: Sequence[Row], places: Iterable[Row]) -> PlainList:
    """The rows of a table that cannot be corrected; `places` are rows of evidence."""
    columns = [c for c in load_schema().tables[table].columns if c.name not in (*BOX_COLUMNS, "form_id", "fiscal_year")]
    labels = tuple(label_of(column) for column in columns)
    boxed = {key_of(row) for row in places}
    number = columns[0].name
    lines = (
        tuple(
            _plain_cell(row.get(c.name), key if (key := f"{table}-{row[number]}-{c.name}") in boxed else None)
            for c in columns
        )
        for row in rows
    )
    return PlainList(table, title, labels, tuple(lines), new_row_labels(table) if table in OF_NEW_ROWS else ())


def _plain_cell(value: object, key: str | None) -> PlainCell:
    return PlainCell(None if value is None else str(value), key)


def other_places(rows: Iterable[Row]) -> list[Row]:
    """The boxes of `other_values`, as rows of evidence."""
    return [{**row, "table": "other_values", "row_no": row["value_no"], "field": "text"} for row in rows]


def new_row_labels(table: str) -> tuple[Label, ...]:
    """The fields of a new row of a table."""
    columns = {column.name: column for column in load_schema().tables[table].columns}
    return tuple(label_of(columns[field]) for field in OF_NEW_ROWS[table])


def new_owner_labels() -> dict[str, tuple[Label, ...]]:
    """The fields of a form and of a budget table that a person adds."""
    columns = {
        table: {column.name: column for column in load_schema().tables[table].columns}
        for table in ("forms", "budget_tables")
    }
    of_table = ("title", *TABLE_FIELDS)
    return {
        "forms": (label_of(columns["forms"]["form_kind"]), *labels_of("forms")),
        "tables": tuple(label_of(columns["budget_tables"][name]) for name in of_table),
    }


def labels_of(table: str) -> tuple[Label, ...]:
    """The fields of a table that can be corrected."""
    columns = {column.name: column for column in load_schema().tables[table].columns}
    meant = {field: columns[column_of(table, field)] for field in FIELDS[table]}
    return tuple(
        label_of(columns[field])._replace(description=label_of(column).description) for field, column in meant.items()
    )


def label_of(column: Column) -> Label:
    """Name and meaning of a column of the dataset."""
    name, description = column_name(column), both(column.description, column.description_zh)
    return Label(column.name, name, description, column.code_names)


def field_cells(form: Row, evidence: Iterable[Row], language: Language) -> tuple[Cell, ...]:
    """The values of the form itself."""
    return _cells("forms", 0, form, _by_key(evidence), language)


def grid(table: str, title: Text, rows: Sequence[Row], evidence: Iterable[Row], page: int, language: Language) -> Grid:
    """The rows of a table; `page` is the form's first."""
    places, everything = _by_key(evidence), labels_of(table)
    used = {label.field for label in everything if any(text_of(table, row, label.field) for row in rows)}
    labels = tuple(label for label in everything if label.field in used or label.field in _ALWAYS)
    lines = []
    for row in rows:
        number: Any = row[NUMBERS[table]]
        cells = [cell for cell in _cells(table, number, row, places, language) if cell.label in labels]
        name = text_of(table, row, "label" if table == "funds" else "level3")
        own: Any = row.get("page") or next((p[0]["page"] for c in cells if (p := places.get(c.key))), page)
        lines.append(Line(number, name, own, tuple(cells)))
    return Grid(table, title, labels, everything, tuple(lines))


def _cells(
    table: str, number: int, row: Row, places: Mapping[str, Sequence[Row]], language: Language
) -> tuple[Cell, ...]:
    cells = []
    for label in labels_of(table):
        found = places.get(value_key(table, number, label.field), ())
        method = str(found[0]["method"]) if found else None
        pages: set[Any] = {place["page"] for place in found}
        text, beside = text_of(table, row, label.field), _beside(table, label.field, row, language)
        key = value_key(table, number, label.field)
        cells.append(Cell(key, label.field, number, label, text, beside, method, tuple(sorted(pages))))
    return tuple(cells)


def _beside(table: str, field: str, row: Row, language: Language) -> str | None:
    """The parsed meaning of a text: an amount in yuan, or a target."""
    if (table, field) == ("funds", "amount"):
        return shown(t("no amount") if row["amount"] is None else in_yuan(row["amount"]), language)
    if (table, field) == ("indicators", "target") and row["target"] is not None:
        parts = (text for name in _UNDERSTOOD if (text := text_of(table, row, name)) is not None)
        kind = shown_code(load_schema().code_names("indicators", "target_kind"), str(row["target_kind"]), language)
        return shown(t("{kind}: {rest}", kind=kind, rest=rest), language) if (rest := " ".join(parts)) else kind
    return None


def in_yuan(amount: object) -> Text:
    """An amount with its unit."""
    return t("{amount:,.2f} yuan", amount=amount)


def shown_code(names: Mapping[str, str], code: str, language: Language) -> str:
    """A code as it is shown: in Chinese by its name, else as it is."""
    return names.get(code, code) if language == "zh" else code


def form_notes(findings: Iterable[Row], form: Row, rows: Rows, evidence: Sequence[Row]) -> tuple[Note, ...]:
    """The findings of a form, as `noted` has them; `rows` are its rows by table."""
    own = [row for row in findings if row["form_id"] == form["form_id"]]
    return noted(own, finding_keys(own, form, rows, evidence))


def document_notes(findings: Iterable[Row]) -> tuple[Note, ...]:
    """All findings of a document, as `noted` has them."""
    return noted(list(findings), None)


def noted(findings: Sequence[Row], keys: Sequence[str | None] | None) -> tuple[Note, ...]:
    """Findings, the gravest first, numbered from 1; `keys` are those of the values that they are about."""
    pairs = list(zip(findings, keys or [None] * len(findings), strict=True))
    pairs.sort(key=lambda pair: _GRAVEST.index(str(pair[0]["severity"])))
    return tuple(_note(number, finding, key) for number, (finding, key) in enumerate(pairs, start=1))


def _note(number: int, finding: Row, key: str | None) -> Note:
    row: Any = finding
    return Note(
        number=number,
        finding_no=row["finding_no"],
        rule=row["rule"],
        severity=row["severity"],
        message=both(row["message"], row.get("message_zh")),
        page=row["page"],
        box=box_of(finding),
        key=key,
        form_id=row["form_id"],
        table_id=row["table_id"],
    )


def sheets(form: Row, evidence: Sequence[Row], found: Sequence[Note], sizes: Mapping[int, Size]) -> tuple[Sheet, ...]:
    """The pages of a form, and after them those that other values come from."""
    own = pages_of(form)
    titles = {table: {label.field: label.label for label in labels_of(table)} for table in FIELDS}
    for table in {str(row["table"]) for row in evidence} - titles.keys():
        titles[table] = {column.name: column_name(column) for column in load_schema().tables[table].columns}
    made = []
    for number, size in sorted(sizes.items(), key=lambda item: (item[0] not in own, item[0])):
        places: list[Place] = []
        for row in evidence:
            if row["page"] == number and (box := box_of(row)) is not None:
                title = titles[str(row["table"])].get(str(row["field"]), str(row["field"]))
                places.append(Place(key_of(row), box, title, again=any(place.box == box for place in places)))
        on_page = tuple(note for note in found if note.page == number and note.box is not None)
        made.append(Sheet(number, size, number in own, tuple(places), on_page))
    return tuple(made)


def pages_of(form: Row) -> range:
    """The pages that a form stands on."""
    first: Any = form["page_first"]
    last: Any = form["page_last"]
    return range(first, last + 1)


def all_pages(form: Row, evidence: Iterable[Row], found: Iterable[Note] = ()) -> tuple[int, ...]:
    """The pages of a form or a table, those that its values come from, and those that findings are about."""
    others: set[Any] = {e["page"] for e in evidence} | {note.page for note in found if note.page is not None}
    return tuple(sorted({*pages_of(form), *others}))


def next_with_findings(shown: Shown, number: int, forward: bool) -> Row | None:
    """The nearest form before or behind form `number` that has a finding."""
    noted = {row["form_id"] for row in shown.tables["findings"]}
    forms: list[Any] = [f for f in shown.tables["forms"] if f["form_id"] in noted]
    if forward:
        return next((f for f in forms if f["form_no"] > number), None)
    return next((f for f in reversed(forms) if f["form_no"] < number), None)


def _by_key(evidence: Iterable[Row]) -> dict[str, list[Row]]:
    places: dict[str, list[Row]] = {}
    for row in evidence:
        places.setdefault(key_of(row), []).append(row)
    return places
