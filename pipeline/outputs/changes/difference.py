"""The differences between two versions, row by row and value by value, for `budget-forms diff` and the change report.

Documents are paired first, then their forms and budget tables, then the rows of each of them. So a row whose number
alone has changed, because a form or table before it was added or is gone, is the same row. Memory holds one pair of
documents at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import TypeVar

import duckdb

from pipeline.dataset.contract.names import code_name
from pipeline.dataset.contract.schema import PARTITION, load_schema
from pipeline.dataset.landing.projects import FILLED
from pipeline.document.matching import (
    ROW_NUMBERS,
    FormRows,
    Key,
    Matched,
    by,
    match,
    match_forms,
    match_lines,
    match_rows,
    match_tables,
)
from pipeline.document.result import Row
from pipeline.messages import BLANK, Text, joined, t
from pipeline.outputs.changes.model import Difference
from pipeline.outputs.changes.pairing import DocumentPair, pair_documents
from pipeline.outputs.changes.versions import Version, number_pairs, read_differently, rows_apart, shared_columns

K = TypeVar("K")
Sides = tuple[list[Row], list[Row]]
"""Rows of the old and of the new version."""

IDENTITY = ("document_id", "form_id", "form_no", "table_no")
"""Columns that identify a row, besides the primary key; they are in the keys of a difference."""

READING = ("pipeline_version", "first_seen_at")
"""Columns of `documents` about the reading, not about the document; they are not compared."""

PLACES = ("page", "page_first", "page_last", "x0", "y0", "x1", "y1")
"""Columns with a place on a page: compared in `MOVING` tables only, because an added page moves everything after it."""
MOVING = ("evidence", "regions")

POSITIONS = ("row_no", "column_no", "panel", "parent_row_no", "row_count", "line_count", "table_no")
"""Columns of budget tables with a position in the table: an added row moves all rows after it."""
OF_TABLE = ("kind", "stage", "variant", PARTITION)
"""Columns of `budget_lines` that repeat those of the table."""

REFERENCES = ("duplicate_of", "linked_form_id", "form_ids", "budget_table_id")
"""Columns that name other forms or tables: the same when they name the new one that matches the old one."""

_ALONE = ("documents", "projects")  # they have few rows, which are compared all at once
_NO_NAME = t("(no name)")
_NAMES: dict[str, Callable[[Row], str]] = {
    "documents": lambda row: "",
    "forms": lambda row: "",
    "funds": lambda row: t(
        "{label} ({scope})",
        label=row.get("label") or code_name("funds", "source", row["source"]),
        scope=code_name("funds", "scope", row["scope"]),
    ),
    "indicators": lambda row: str(row.get("level3") or row.get("level2") or row.get("level1") or ""),
    "evidence": lambda row: t(
        "{table} {row} {field} part {part}",
        table=row["table"],
        row=row["row_no"],
        field=row["field"],
        part=row["part_no"],
    ),
    "tasks": lambda row: str(row.get("name") or row["task_no"]),
    "other_values": lambda row: str(row["label"]),
    "findings": lambda row: str(row["rule"]),
    "budget_tables": lambda row: "",
    "budget_lines": lambda row: t(
        "{label}: {heading}", label=row.get("label") or row.get("code") or t("(no label)"), heading=row["heading"]
    ),
    "regions": lambda row: t("{name} (p. {pages})", name=code_name("regions", "kind", row["kind"]), pages=row["page"]),
    "links": lambda row: "",
    "projects": lambda row: joined(
        BLANK,
        (
            text if isinstance(text, str) else str(text)
            for text in (row.get("project_name") or _NO_NAME, row.get("fiscal_year"))
            if text
        ),
    ),
}
_KEYS: dict[str, tuple[Key[Row], ...]] = {
    "forms": (lambda row: True,),  # a form and the one that matches it
    "budget_tables": (lambda row: True,),
    "links": (lambda row: True,),
    "evidence": (by("table", "place", "field", "part_no"),),
    "tasks": (by("name", "content"), by("name", "task_no"), by("content", "task_no"), by("task_no", "task_no")),
    "other_values": (by("label", "text"), by("label", "page"), by("label", "label")),
    "findings": (by("rule", "message"), by("rule", "page"), by("rule")),
    "regions": (by("kind", "page", "text"), by("kind", "page")),
}
"""Keys by which rows of one form (or of one document, outside of forms) match, the surest first; `funds` and
`indicators` are matched by `match_rows`."""


class Differences:
    """The differences in `tables` between two versions, which must stay pinned for as long as this is used.

    Documents come first, then their forms, document by document in the order of their paths, then projects.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, old: Version, new: Version, tables: Collection[str]
    ) -> None:
        self._connection, self._old, self._new, self._tables = connection, old, new, tables
        self._held = [name for name in load_schema().tables if name in tables and name not in _ALONE]
        self._partner: dict[str, str | None] = {}
        """The new form or table that matches each old one of a changed document; None where there is none."""
        self._years: Collection[int | None] = ()
        """The fiscal years in which changed documents have rows."""

    def __iter__(self) -> Iterator[Difference]:
        before, now = self._old.documents(), self._new.documents()
        apart_from = () if "forms" in self._tables else FILLED
        touched = read_differently(self._connection, self._old, self._new, ["forms", *self._held], apart_from)
        pairs = [pair for pair in pair_documents(before, now) if _differs(pair, touched)]
        self._match_forms(pairs)
        if "documents" in self._tables:
            yield from self._documents([pair for pair in pairs if pair.old and pair.old.document_id not in now])
        if self._held:
            for forms in self._contents(pairs):
                for found in forms:
                    yield from found
        if "projects" in self._tables:
            yield from self._projects()

    def by_form(self, pairs: Sequence[DocumentPair]) -> Iterator[Iterator[list[Difference]]]:
        """For each pair of documents the differences of each form, and of all that belongs to no form."""
        self._match_forms(pairs)
        return self._contents(pairs)

    def _match_forms(self, pairs: Sequence[DocumentPair]) -> None:
        number_pairs(self._connection, pairs)
        self._years = self._old.years_of_pairs() | self._new.years_of_pairs()
        tables = (self._sides(name, len(pairs)) for name in ("forms", "indicators"))
        for pair, forms, indicators in zip(pairs, *tables, strict=True):
            old, new = (_with_indicators(*side) for side in zip(forms, indicators, strict=True))
            matched = match_forms(old, new, same_document=pair.same_document)
            self._partner |= {str(rows.form["form_id"]): None for rows in matched.gone}
            self._partner |= {str(a.form["form_id"]): str(b.form["form_id"]) for a, b in matched.pairs}
        for pair, sides in zip(pairs, self._sides("budget_tables", len(pairs)), strict=True):
            tables_matched = match_tables(*sides, same_document=pair.same_document)
            self._partner |= {str(row["table_id"]): None for row in tables_matched.gone}
            self._partner |= {str(a["table_id"]): str(b["table_id"]) for a, b in tables_matched.pairs}

    def _documents(self, replaced: Sequence[DocumentPair]) -> Iterator[Difference]:
        """`replaced` are the documents that the new version does not know even as superseded."""
        became = {pair.old.document_id: pair.new.document_id for pair in replaced if pair.old and pair.new}
        old, new = rows_apart(self._connection, self._old, self._new, "documents")
        before = {became.get(str(row["document_id"]), row["document_id"]): row for row in old}
        now = {row["document_id"]: row for row in new}
        for row, other in sorted(_joined(before, now), key=lambda pair: _path(pair[1] or pair[0])):
            yield from self._of_row("documents", row, other, _path(other or row), "")

    def _projects(self) -> Iterator[Difference]:
        """A project is the same by its key; with another key, as after a corrected name, by its forms."""
        old, new = rows_apart(self._connection, self._old, self._new, "projects")
        before, now = ({_key("projects", row) or "": row for row in rows} for rows in (old, new))
        of_forms = {_texts(row["form_ids"]): key for key, row in now.items() if key not in before}
        renamed = {key: of_forms.get(_texts(self._matching(row["form_ids"])), key) for key, row in before.items()}
        before = {key if key in now else renamed[key]: row for key, row in before.items()}
        for row, other in sorted(_joined(before, now), key=lambda pair: _key("projects", pair[1] or pair[0]) or ""):
            yield from self._of_row("projects", row, other, "", "")

    def _contents(self, pairs: Sequence[DocumentPair]) -> Iterator[Iterator[list[Difference]]]:
        wanted = {"forms", "budget_tables", *self._held, *(ROW_NUMBERS if "evidence" in self._held else ())}
        needed = [name for name in load_schema().tables if name in wanted]
        for pair, *sides in zip(pairs, *(self._sides(name, len(pairs)) for name in needed), strict=True):
            yield self._of_document(pair, dict(zip(needed, sides, strict=True)))

    def _of_document(self, pair: DocumentPair, tables: Mapping[str, Sides]) -> Iterator[list[Difference]]:
        """The differences of each form of a document; `tables` are in the order of the schema."""
        groups = {table: self._by_form(sides) for table, sides in tables.items()}
        for form in dict.fromkeys(form for group in groups.values() for form in group):
            rows = {table: group[form] for table, group in groups.items() if form in group}
            name = _name_of(rows)
            yield list(self._of_form(pair, name, rows))

    def _of_form(self, pair: DocumentPair, name: str, tables: Mapping[str, Sides]) -> Iterator[Difference]:
        place: dict[object, object] = {}  # of an old amount or indicator: its number in the new form
        for table, sides in tables.items():
            if table == "budget_lines":
                matched = match_lines(*sides, same_document=pair.same_document)
            elif number := ROW_NUMBERS.get(table):
                matched = match_rows(table, *sides, same_document=pair.same_document)
                place |= {(a["form_id"], table, a[number]): b[number] for a, b in matched.pairs}
                place |= {(row["form_id"], table, row[number]): None for row in matched.gone}
            else:
                matched = _match(table, sides, place)
            if table in self._held:
                for old, new in matched.all():
                    yield from self._of_row(table, old, new, pair.source_path, name)

    def _by_form(self, sides: Sides) -> Mapping[object, Sides]:
        """The rows of each form or budget table with those of the old one that matches it; rows of one that is gone
        stand alone."""
        groups: dict[object, Sides] = defaultdict(lambda: ([], []))
        for row in sides[1]:
            groups[_owner(row)][1].append(row)
        for row in sides[0]:
            form_id = _owner(row)
            became = self._partner.get(str(form_id), "")
            groups[("gone", form_id) if became is None else became or form_id][0].append(row)
        return groups

    def _of_row(self, table: str, old: Row | None, new: Row | None, document: str, form: str) -> Iterator[Difference]:
        """The differences of one row."""
        columns = shared_columns(self._old, self._new, table)
        row = new or old
        assert row
        name, keys = _NAMES[table](row), (_key(table, old), _key(table, new))
        if old is None or new is None:
            before, now = ({column: side[column] for column in columns} if side else None for side in (old, new))
            yield Difference(table, "gone" if old else "added", document, form, name, None, before, now, *keys)
            return
        for column in columns:
            value = self._matching(old[column]) if column in REFERENCES else old[column]
            if value != new[column] and column not in _not_compared(table):
                yield Difference(table, "changed", document, form, name, column, old[column], new[column], *keys)

    def _matching(self, value: object) -> object:
        if isinstance(value, list):
            return sorted(self._partner.get(form_id, form_id) or form_id for form_id in value)
        return self._partner.get(str(value), value)

    def _sides(self, name: str, count: int) -> Iterator[Sides]:
        """The rows of a table in the old and in the new document of each pair, pair by pair."""
        streams = [version.paired(name, self._years) for version in (self._old, self._new)]
        waiting = [next(stream, None) for stream in streams]
        for number in range(count):
            sides: Sides = ([], [])
            for index, stream in enumerate(streams):
                if (head := waiting[index]) is not None and head[0] == number:
                    sides[index].extend(head[1])
                    waiting[index] = next(stream, None)
            yield sides


def form_name(form: Row) -> Text:
    """The name of a form's project, else its department or title, and its pages."""
    name = next(filter(None, (form.get(column) for column in ("project_name", "department", "title"))), _NO_NAME)
    first, last = form["page_first"], form["page_last"]
    return t("{name} (p. {pages})", name=name, pages=first if first == last else f"{first}–{last}")


def _name_of(tables: Mapping[str, Sides]) -> str:
    """The name of a form or of a budget table."""
    forms = (form_name(row) for side in reversed(tables.get("forms", ())) for row in side)
    titles = (str(row["title"]) for side in reversed(tables.get("budget_tables", ())) for row in side)
    return next(chain(forms, titles), "")


def _owner(row: Row) -> object:
    """The form or budget table that a row belongs to; None for one of the document."""
    return row.get("form_id") or row.get("table_id")


def _differs(pair: DocumentPair, touched: Collection[str]) -> bool:
    return not pair.same_document or (pair.new is not None and pair.new.document_id[:12] in touched)


def _with_indicators(forms: Sequence[Row], indicators: Sequence[Row]) -> list[FormRows]:
    groups: dict[object, list[Row]] = defaultdict(list)
    for row in indicators:
        groups[row["form_id"]].append(row)
    return [FormRows(form, tuple(groups[form["form_id"]])) for form in forms]


def _match(table: str, sides: Sides, place: Mapping[object, object]) -> Matched[Row]:
    """Matches rows; those of evidence by the `place` of the row that they belong to."""
    if table == "evidence":
        sides = _placed(sides[0], place), _placed(sides[1], {})
    return match(*sides, _KEYS[table])


def _placed(rows: Sequence[Row], place: Mapping[object, object]) -> list[Row]:
    """Rows of `evidence`, with the number that their amount or indicator has in the new form."""
    return [{**row, "place": place.get((row["form_id"], row["table"], row["row_no"]), row["row_no"])} for row in rows]


def _joined(old: Mapping[K, Row], new: Mapping[K, Row]) -> list[tuple[Row | None, Row | None]]:
    return [(old.get(key), new.get(key)) for key in dict.fromkeys((*old, *new))]


def _texts(values: object) -> tuple[str, ...]:
    return tuple(sorted(map(str, values))) if isinstance(values, list) else ()


def _not_compared(table: str) -> Collection[str]:
    """Columns that are not compared in rows that match."""
    if table == "documents":
        return READING
    found = load_schema().tables[table]
    of_owner = (PARTITION,) if found.partition_of else OF_TABLE if table == "budget_lines" else ()
    if table.startswith("budget_"):
        of_owner = (*of_owner, *POSITIONS)
    return {*found.primary_key, *IDENTITY, *of_owner, *(() if table in MOVING else PLACES)}


def _key(table: str, row: Row | None) -> str | None:
    if row is None:
        return None
    return "/".join(str(row[column]) for column in load_schema().tables[table].primary_key)


def _path(row: Row | None) -> str:
    return str(row["source_path"]) if row else ""
